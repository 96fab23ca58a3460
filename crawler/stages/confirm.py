"""Whether what was read is the report that was looked for. Pure: the document confirms, never the link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from compliance import REFUSED
from crawler.reading import Result
from portals.series import has_form
from portals.titles import Names, organ_in, series_of
from reports import Report, dump, load, weigh
from reports.version import VERSION
from spiders.candidates import SURE
from spiders.leads import MAY_BE_ITS, ONLY_READING
from storage.records import Candidate, Observation, Reading, Unread

UNCONFIRMED = "unconfirmed"
"""Read, but not told to be the report: a person may look. It accuses nobody, and clears nobody."""

_EXISTS = "exists"
"""The content digest of what has no form: existence and dates only, so that it never counts as revised."""

_SOME_CELLS = 20  # of the 200 that a form has
_MOST_SECTIONS = 4  # of the six that a report has; an article that only announces it has none
_FULL = 0.95  # of the cells of the fullest document


def settle_on(unread: Unread, results: Sequence[Result]) -> Reading:
    """One reading of a candidate's page and attachments: of the document that is the report, if one is.

    Of a series without a form nothing but that it is there is settled, by the title of its page.
    Of several the first with full tables counts (the page before its attachments), so that the same one counts at
    every visit, and versions compare like with like. The others are held against it.
    """
    if not has_form(unread.candidate.series):
        return _settle_existence(unread, results)
    reports = [load(result.report) for result in results if result.report]
    reports = [report for report in reports if _is_report(report)]
    if not reports:
        fault = next((result for result in results if result.state != "read"), None)
        if fault is None and _is_vague(unread.candidate):
            return _reading(unread, REFUSED, "all that it offers was read, and is something else")
        if fault is None:
            return _reading(unread, UNCONFIRMED, "none of its documents holds the form's tables")
        return _reading(unread, fault.state, fault.detail)
    fullest = max(_filled(report) for report in reports)
    full = [report for report in reports if _filled(report) >= _FULL * fullest]
    main = weigh(full[0], full[1:])
    candidate = unread.candidate
    kind = series_of(main.title or candidate.title)
    if kind is not None and kind != candidate.series:
        return _reading(unread, REFUSED, f"the document is of another kind: {kind}", main)
    if main.year is not None and main.year != candidate.year:
        far_back = main.year < candidate.year - 1  # last year's may be this one's, whose title was left as it was
        if ONLY_READING in candidate.reasons and (far_back or _was_there_before(candidate)):
            return _reading(
                unread, REFUSED, f"the document names {main.year}, and is older than {candidate.year}", main
            )
        return _reading(unread, UNCONFIRMED, f"the document names {main.year}, the list {candidate.year}", main)
    if ONLY_READING in candidate.reasons and main.year != candidate.year:
        return _reading(unread, UNCONFIRMED, "neither its list nor the document says which year it is about", main)
    if candidate.score < SURE:
        return _reading(unread, UNCONFIRMED, f"whose report it is cannot be told: {candidate.reasons[-1]}", main)
    if candidate.failure and not _is_whole(main):
        return _reading(unread, UNCONFIRMED, f"the rest of it could not be had: {candidate.failure}", main)
    return _reading(unread, "read", "", main)


def _is_vague(candidate: Candidate) -> bool:
    """Whether its title does not even say that it is of the series, and nothing of it is lacking."""
    return ONLY_READING in candidate.reasons and series_of(candidate.title) is None and not candidate.failure


def _was_there_before(candidate: Candidate) -> bool:
    """Whether every date that is claimed for it lies before its report year was over."""
    return bool(candidate.dates) and all(day <= date(candidate.year, 12, 25) for _, day in candidate.dates)


def _settle_existence(unread: Unread, results: Sequence[Result]) -> Reading:
    candidate = unread.candidate
    if ONLY_READING in candidate.reasons:
        return _reading(unread, UNCONFIRMED, "neither its list nor its page says which year it is about")
    if candidate.score < SURE:
        return _reading(unread, UNCONFIRMED, f"whose it is cannot be told: {candidate.reasons[-1]}")
    fault = next((result for result in results if result.state != "read"), None)
    if fault is not None and not any(result.state == "read" for result in results):
        return _reading(unread, fault.state, fault.detail)
    return _reading(unread, "read", "")


def observation_of(unread: Unread, reading: Reading, names: Callable[[], Names] | None = None) -> Observation | None:
    """The publication that a reading confirms; None when it confirms none.

    A reading is of a document; the same one may be somebody's for sure and another's only perhaps. `names` of every
    registered organ, asked for only where the list does not say whose the document is.
    """
    candidate = unread.candidate
    report = load(reading.report) if reading.report else None
    sure = reading.state == "read" and candidate.score >= SURE
    if not sure and not (report is not None and names is not None and _says_so_itself(report, candidate, names)):
        return None
    if report is None and has_form(candidate.series):
        return None
    if report is not None and report.year not in (None, candidate.year):
        return None
    if report is not None and report.title and names is not None and _is_anothers(report.title, candidate, names):
        return None
    return Observation(
        organ=candidate.organ,
        series=candidate.series,
        year=candidate.year,
        at=unread.at,
        url=candidate.url,
        title=candidate.title,
        captures=candidate.captures,
        content_digest=report.content_digest if report else _EXISTS,
        reading=reading.key,
        dates=candidate.dates,
    )


def _says_so_itself(report: Report, candidate: Candidate, names: Callable[[], Names]) -> bool:
    """Whether nobody but the document says whose it is, and it says that it is this organ's, of the year, and whole."""
    if MAY_BE_ITS not in candidate.reasons or report.organ is None or report.year != candidate.year:
        return False
    named = names().named(report.organ)
    return named is not None and named.id == candidate.organ and _is_whole(report)


def _is_anothers(title: str, candidate: Candidate, names: Callable[[], Names]) -> bool:
    """Whether the document names another registered organ, and what led to it none: 人民政府 | 2023 in a table."""
    if organ_in(title) is None or (series_of(candidate.title) is not None and organ_in(candidate.title) is not None):
        return False
    named = names().named(title)
    return named is not None and named.id != candidate.organ


def _reading(unread: Unread, state: str, detail: str, report: Report | None = None) -> Reading:
    return Reading(unread.key, VERSION, state, detail, dump(report) if report else None)


def _is_report(report: Report) -> bool:
    """Its tables, or its sections where the tables are missing for real."""
    return _filled(report) >= _SOME_CELLS or len(report.sections) >= _MOST_SECTIONS


def _is_whole(report: Report) -> bool:
    return bool(report.cells) and _filled(report) >= _FULL * len(report.cells)


def _filled(report: Report) -> int:
    return sum(1 for cell in report.cells.values() if cell.value is not None)
