"""From bytes to a read and checked report. Pure: no network, database, clock or environment."""

from __future__ import annotations

from dataclasses import replace

from reports.causes import with_causes
from reports.checks import CHECKS
from reports.content import digest, main_text
from reports.document import Document, Paragraph, Picture
from reports.figures import figures_of
from reports.kinds import detect, read_document
from reports.loose import gather_loose
from reports.model import Report, Unreadable
from reports.prose import read_prose
from reports.reading import Reading
from reports.scope import scope_of
from reports.sources.archive import members
from reports.sources.ocr import look
from reports.tables import detect_form, document_units, read_tables


def read_report(data: bytes, *, source: str, media_type: str | None = None, converted: bool = False) -> Report:
    """Read a document of any supported kind; what it is is told by its content, `media_type` only breaks ties.

    `converted`: another program made these bytes from the original, and may have moved cells; what is odd in them is
    then doubtful. Raises Unreadable. A document that is no report is a Report whose `form` and `title` are None.
    """
    if detect(data, media_type) == "zip":
        return _fullest(data, source)
    document = read_document(data, source=source, media_type=media_type)
    return judge(read(replace(document, fidelity="drawn") if converted else document, source))


def _fullest(data: bytes, source: str) -> Report:
    """Of the documents in a ZIP the one with most cells; Unreadable as the first of them when none can be read."""
    reports: list[Report] = []
    refused: list[Unreadable] = []
    for name, inner in members(data):
        try:
            document = read_document(inner, source=f"{source}#{name}")
            reports.append(judge(read(document, f"{source}#{name}")))
        except Unreadable as error:
            refused.append(error)
    if not reports:
        raise refused[0]
    best = max(reports, key=lambda report: sum(cell.value is not None for cell in report.cells.values()))
    return replace(best, source=source, extra=best.extra | {"member": best.source.partition("#")[2]})


def read(document: Document, source: str) -> Reading:
    """What the document says, before anything is judged. Its pictures are looked at when a table may be in them."""
    reading = _read(document, source)
    if not _may_show_more(reading):
        return reading
    closer = look(document)
    again = _read(closer, source) if closer is not None else reading
    return again if _filled(again) > _filled(reading) else reading


def _may_show_more(reading: Reading) -> bool:
    """A report, or next to no words, with pictures and without all of its tables."""
    if reading.document.show is None or not any(isinstance(block, Picture) for block in reading.document.blocks):
        return False
    if reading.form is not None:
        return not all(reading.tables[key].found for key in reading.tables)
    words = sum(len(block.text) for block in reading.document.blocks if isinstance(block, Paragraph))
    return reading.prose.title is not None or words < 200


def _filled(reading: Reading) -> int:
    return sum(cell.value is not None for cell in reading.cells.values())


def _read(document: Document, source: str) -> Reading:
    document = gather_loose(document)
    prose = read_prose(document)
    units = document_units(document)
    form = detect_form(units, prose.year)
    reading = Reading(source, document, form, prose)
    if form is not None:
        reading.tables, filler = read_tables(document, form, units, prose.headings)
        reading.cells, reading.said = filler.cells, filler.said
    return reading


def judge(reading: Reading) -> Report:
    """All checks, and the report that they belong to."""
    findings = with_causes(reading, [finding for check in CHECKS for finding in check(reading)])
    if reading.document.fidelity == "ocr":  # what a machine made out in a picture proves nothing
        findings = tuple(f if f.severity == "info" else replace(f, severity="doubtful") for f in findings)
    prose = reading.prose
    text = main_text(reading)
    report = Report(
        source=reading.source,
        media=reading.document.media,
        title=prose.title,
        organ=prose.organ,
        year=prose.year,
        form=reading.form.form if reading.form else None,
        cells=reading.cells,
        sections=prose.sections,
        figures=figures_of(reading),
        signed=prose.signed,
        findings=findings,
        text=text,
        extra=_extra(reading),
    )
    return replace(report, content_digest=digest(reading, text))


def _extra(reading: Reading) -> dict[str, str]:
    """What the page says about itself, and `scope`: "own" or "consolidated" where the prose tells."""
    scope = scope_of(reading.prose.organ, "\n".join(section.text for section in reading.prose.sections))
    return dict(reading.document.metadata) | ({"scope": scope} if scope else {})
