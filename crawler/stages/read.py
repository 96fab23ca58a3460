"""Read: what was fetched as a candidate, read and checked. The document confirms a publication, never the link."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from compliance import REFUSED
from crawler.reading import File, Reader, Result
from crawler.workplace import Workplace
from portals.titles import series_of
from reports.version import VERSION
from storage import queries
from storage.errors import ArchiveError
from storage.records import Capture, Observation, Reading, Unread

Progress = Callable[[int, int, str], None]
_DOUBT = "unconfirmed"
_SOME_CELLS = 20  # of the 200 that a form has
_MOST_SECTIONS = 4  # of the six that a report has; an article that only announces it has none


@dataclass(frozen=True, slots=True)
class Readings:
    """What a pass of reading came to."""

    states: Counter[str] = field(default_factory=Counter)
    troubles: tuple[str, ...] = ()  # "title (url): why", for a person


def read(place: Workplace, progress: Progress) -> Readings:
    """Reads every candidate that this version of the reader has not settled yet, up to the clock's moment."""
    todo = queries.unread_candidates(place.db, VERSION, until=place.clock())
    states: Counter[str] = Counter()
    troubles: list[str] = []
    with Reader() as reader:
        for done, unread in enumerate(todo):
            progress(done, len(todo), unread.candidate.title)
            reading = queries.reading(place.db, unread.key, VERSION) or _read_and_keep(place, reader, unread)
            queries.settle(place.db, unread, VERSION, observation_of(unread, reading))
            states[reading.state] += 1
            if reading.state not in ("read", REFUSED):
                troubles.append(f"{unread.candidate.title} ({unread.candidate.url}): {reading.detail}")
    progress(len(todo), len(todo), "")
    return Readings(states, tuple(troubles))


def _read_and_keep(place: Workplace, reader: Reader, unread: Unread) -> Reading:
    files = [capture for capture in unread.captures if capture.kind != "screenshot"]
    results = [_read_file(place, reader, capture) for capture in files]
    reading = settle_on(unread, results)
    queries.put_reading(place.db, reading)
    return reading


def _read_file(place: Workplace, reader: Reader, capture: Capture) -> Result:
    try:
        payload = place.archive.payload(capture)
    except ArchiveError as error:
        return Result("broken", f"the archive cannot give it back: {error}")
    if not payload.whole:
        return Result("broken", "only a part of it was received")
    claimed = f"{payload.media_type}; charset={payload.charset}" if payload.charset else payload.media_type
    return reader.read(File(capture.url, claimed, payload.body))


def settle_on(unread: Unread, results: Sequence[Result]) -> Reading:
    """One reading of a candidate's page and attachments: the document with the fullest tables, if one is the report.

    The content digest covers every document that is a report, so that a change in the attached PDF alone is a version.
    """
    reports = [result.report for result in results if result.report and _is_report(result.report)]
    if not reports:
        worst = next((result for result in results if result.state != "read"), None)
        if worst is None:
            return Reading(unread.key, VERSION, _DOUBT, "none of its documents holds the form's tables")
        return Reading(unread.key, VERSION, worst.state, worst.detail)
    main = max(reports, key=_filled)
    digests = sorted({str(report["content_digest"]) for report in reports})
    joined = digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
    candidate = unread.candidate
    year, kind = main.get("year"), series_of(str(main.get("title") or candidate.title))
    if year is not None and year != candidate.year:
        detail = f"the document names {year}, the list {candidate.year}"
        return Reading(unread.key, VERSION, _DOUBT, detail, main)
    if kind is not None and kind != candidate.series:
        return Reading(unread.key, VERSION, REFUSED, f"the document is of another kind: {kind}", main)
    return Reading(unread.key, VERSION, "read", "", main | {"content_digest": joined})


def observation_of(unread: Unread, reading: Reading) -> Observation | None:
    """The publication that a reading confirms; None when it confirms none."""
    if reading.state != "read" or reading.report is None:
        return None
    candidate = unread.candidate
    return Observation(
        organ=candidate.organ,
        series=candidate.series,
        year=candidate.year,
        at=unread.at,
        url=candidate.url,
        title=candidate.title,
        captures=candidate.captures,
        content_digest=str(reading.report["content_digest"]),
        reading=reading.key,
        dates=candidate.dates,
    )


def _is_report(report: dict[str, object]) -> bool:
    """Whether a document is the report itself: its tables, or its sections where the tables are missing for real."""
    sections = report.get("sections")
    return _filled(report) >= _SOME_CELLS or (isinstance(sections, list) and len(sections) >= _MOST_SECTIONS)


def _filled(report: dict[str, object]) -> int:
    cells = report.get("cells")
    return sum(1 for cell in cells.values() if cell["value"] is not None) if isinstance(cells, dict) else 0
