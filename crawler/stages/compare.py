"""Compare: each report that was just read, held against last year's and against those of the organs below it.

What is found is kept as a reading of its own, and never changes what was read of a single document.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from crawler.workplace import Workplace
from reports import Report, check_rollup, check_years, dump, load
from reports.version import VERSION
from storage import queries
from storage.beside import COMPARED, Beside
from storage.records import Observation, Reading, Version


def compare(place: Workplace, seen: Iterable[Observation]) -> int:
    """Compares the reports that were seen, and those that they stand beside; how many comparisons are new."""
    parents = {organ.id: organ.parent for organ in queries.organs(place.db)}
    concerned: dict[tuple[str, str, int], None] = {}
    for item in (item for item in seen if _is_news(place, item)):
        concerned[item.organ, item.series, item.year] = None
        concerned[item.organ, item.series, item.year + 1] = None
        if parent := parents.get(item.organ):
            concerned[parent, item.series, item.year] = None
    now = place.clock()
    versions = (queries.version_at(place.db, *obligation, now) for obligation in concerned)
    return sum(_compare(place, version, now) for version in versions if version)


def _is_news(place: Workplace, seen: Observation) -> bool:
    """The same document was not seen before: most days bring none."""
    known = queries.observations(place.db, seen.organ, seen.series, seen.year, seen.at)
    return all(item.reading != seen.reading for item in known if item.at < seen.at)


def _compare(place: Workplace, version: Version, now: datetime) -> bool:
    beside = queries.beside(place.db, version, now)
    if beside.alone or queries.reading(place.db, beside.key, VERSION):
        return False
    current = _report(place, beside.current)
    if current is None:
        return False
    queries.put_reading(place.db, Reading(beside.key, VERSION, COMPARED, "", dump(_found(place, current, beside))))
    return True


def _found(place: Workplace, current: Report, beside: Beside) -> Report:
    """The report without its contents, with what the comparison found."""
    previous = _report(place, beside.previous) if beside.previous else None
    parts = [report for key in beside.parts if (report := _report(place, key))]
    findings = (
        *(check_years(previous, current) if previous else ()),
        *check_rollup(current, parts, complete=False),  # the register does not say that it knows every organ
    )
    return replace(current, cells={}, sections=(), text="", findings=findings)


def _report(place: Workplace, key: str) -> Report | None:
    reading = queries.reading(place.db, key, VERSION)
    return load(reading.report) if reading and reading.report else None
