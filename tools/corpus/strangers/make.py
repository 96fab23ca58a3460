"""One stranger by number, labelled like every document of the corpus."""

from __future__ import annotations

from random import Random

from tools.corpus.draw import Sample, draw
from tools.corpus.noise import radicals
from tools.corpus.spec import Spec, broken_sums
from tools.corpus.strangers import faked, office, paper, plain, web
from tools.corpus.strangers.layout import Part, parts

QUICK = (
    "strange_html", "strange_faked", "strange_docx", "strange_xlsx", "strange_pdf", "strange_pdf_open",
    "strange_cells", "strange_tabs", "strange_scars",
)  # fmt: skip
# these need Chromium, pdftotext and LibreOffice
STRANGERS = (*QUICK, "strange_browser", "strange_layout", "strange_pdftotext", "strange_office")
_SHOW_BLANKS = {"strange_html", "strange_docx", "strange_xlsx", "strange_pdf", "strange_office", "strange_cells"}


def make_stranger(seed: int, number: int, format_: str) -> Sample:
    rng = Random(f"stranger {seed}/{number}/{format_}")
    spec = draw(rng, blanks=format_ in _SHOW_BLANKS)
    if format_ == "strange_scars":
        while _about_tables(spec):
            spec = draw(rng, blanks=False)
    elif spec.tables["requests"].present and rng.random() < 0.06:
        _zeros_as(rng, spec, format_ in _SHOW_BLANKS)
    given = list(parts(rng, spec))
    data, way, scars = _write(rng, format_, spec, given)
    spec.expected |= broken_sums(spec)
    truth = spec.truth()
    for kind in set(scars.values()):
        if kind.startswith("lost "):
            truth[kind[5:]] = None  # it is not in the document
    return Sample(
        number, format_, data, truth, spec.expected, spec.faults, spec.organ, spec.year, scars, way, frozenset(scars)
    )


def _about_tables(spec: Spec) -> bool:
    return bool(broken_sums(spec)) or any(
        code.split(".")[0] in ("cell", "row", "label", "table", "power") for code, _ in spec.expected
    )


def _zeros_as(rng: Random, spec: Spec, blanks: bool) -> None:
    """An author who writes no zeros: in one row, or in all of them."""
    mark = rng.choice(["/", "-", "—", "无", *([""] if blanks else [])])
    rows = spec.tables["requests"].rows
    for row in rng.choice([rows, rng.sample(rows, 3)]):
        for slot in row.slots:
            if slot.name and slot.text == "0":
                slot.text, slot.value = mark, None
                spec.expected.add(("cell.placeholder" if mark else "cell.blank", slot.name))
    spec.faults.append(f"zeros as {mark!r}")


def _write(rng: Random, format_: str, spec: Spec, given: list[Part]) -> tuple[bytes, str, dict[str, str]]:
    scars: dict[str, str] = {}
    match format_.removeprefix("strange_"):
        case "html":
            data, way = web.page(rng, given, spec.title)
        case "faked":
            data, way = faked.faked_page(rng, given, spec.title)
        case "docx":
            data, way = office.word(rng, given, numbered="section_missing" not in spec.faults)
        case "xlsx":
            data, way = office.workbook(rng, given)
        case "pdf" | "pdf_open":
            _radicals(rng, given)
            data, way = paper.typeset(rng, given, ruled=format_ == "strange_pdf")
        case "browser":
            data, way = paper.browser(rng, given, spec.title)
        case "office":
            word, way = office.word(
                rng, given, "section_missing" not in spec.faults, tracked=False, landscape=rng.random() < 0.3
            )
            data = paper.office(word)
        case "cells":
            data, way = plain.a_line_a_cell(rng, given, any(code == "cell.blank" for code, _ in spec.expected))
        case "tabs" | "scars":
            data, way, scars = plain.tabbed(rng, given, scar=format_ == "strange_scars")
        case kind:
            printed, way = paper.typeset(rng, given, ruled=rng.random() < 0.7)
            data = plain.extracted(printed, layout=kind == "layout")
    return data, way, scars


def _radicals(rng: Random, given: list[Part]) -> None:
    if rng.random() < 0.15:
        for part in given:
            part.text = radicals(part.text)
            for row in part.rows:
                for box in row:
                    box.text = radicals(box.text)
