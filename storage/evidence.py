"""What is known of many obligations at once, for judging them; and of which of them more is known than at some time.

Everything that a judgement rests on carries a serial number of the transaction that wrote it: a visit when it is
indexed, a candidate when it is settled, an organ when an import changes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from portals.titles import is_earlier
from storage import codec
from storage.database import Database
from storage.models import (
    CandidateRow,
    ExpectedRow,
    JudgedRow,
    ObservationRow,
    OrganRow,
    ReadingRow,
    SettledRow,
    VisitRow,
)
from storage.records import Judgement, Observation, Visit

_CHUNK = 400  # names asked for at a time


def known(connection: Connection) -> int:
    """The serial number of the last transaction that wrote something that a judgement rests on."""
    columns = (VisitRow.serial, SettledRow.serial, OrganRow.serial, JudgedRow.serial)
    return max(connection.execute(select(func.max(column))).scalar() or 0 for column in columns)


def known_serial(db: Database) -> int:
    """How much is known: everything that is written later has a higher serial number."""
    with db.read() as connection:
        return known(connection)


def renewed(db: Database, year: int, series: str, last: Judgement, until: datetime) -> set[str]:
    """Organs that something was learnt of which the last judgement could not know, of what is up to `until`.

    It did not know what was written after it, nor did it regard what is later than its moment.
    """
    serial = last.serial or 0
    visits = and_(
        VisitRow.year == year, VisitRow.series == series, VisitRow.at <= until,
        or_(VisitRow.serial > serial, VisitRow.at > last.at),
    )  # fmt: skip
    taken = and_(CandidateRow.series == series, CandidateRow.year == year, CandidateRow.at <= until)
    of_visit = CandidateRow.visit == VisitRow.id
    settled = and_(SettledRow.visit == CandidateRow.visit, SettledRow.number == CandidateRow.number)
    named = select(CandidateRow.organ).where(taken).distinct()
    with db.read() as connection:
        expected = connection.execute(select(VisitRow.record["organs"]).where(visits)).scalars()
        found = {organ for organs in expected for organ in organs}
        found.update(connection.execute(named.join(VisitRow, of_visit).where(visits)).scalars())
        found.update(connection.execute(named.join(SettledRow, settled).where(SettledRow.serial > serial)).scalars())
        found.update(connection.execute(select(OrganRow.id).where(OrganRow.serial > serial)).scalars())
    return found


def season_visits(
    db: Database, year: int, series: str, until: datetime, organs: Collection[str], urls: Collection[str]
) -> list[Visit]:
    """Visits that looked for the organs' reports of the series, oldest first.

    Without what no verdict rests on: links to other addresses than `urls` but for one earlier report, candidates that
    were not accepted.
    """
    visits: list[Visit] = []
    with db.read() as connection:
        for chunk in _chunks(_expected(connection, organs, year, until)):
            wanted = and_(VisitRow.id.in_(chunk), VisitRow.series == series)
            records = connection.execute(select(VisitRow.record).where(wanted)).scalars()
            visits.extend(codec.from_plain(Visit, _bare(record, urls)) for record in records)
    return sorted(visits, key=lambda visit: (visit.at, visit.id))


def _bare(record: dict[str, Any], urls: Collection[str]) -> dict[str, Any]:
    sightings = [sighting for sighting in record["sightings"] if sighting["url"] in urls]
    old = (one for one in record["sightings"] if is_earlier(one["title"], record.get("series", "ogi"), record["year"]))
    sightings += [one for one in islice(old, 1) if one not in sightings]  # that the list was in order
    candidates = [candidate for candidate in record["candidates"] if candidate["accepted"]]
    return record | {"sightings": sightings, "candidates": candidates, "profile": None}


def _expected(connection: Connection, organs: Collection[str], year: int, until: datetime) -> set[str]:
    """Ids of the visits that looked for the organs' reports."""
    found: set[str] = set()
    for chunk in _chunks(organs):
        wanted = and_(ExpectedRow.organ.in_(chunk), ExpectedRow.year == year, ExpectedRow.at <= until)
        found.update(connection.execute(select(ExpectedRow.visit).where(wanted)).scalars())
    return found


def last_visits(
    db: Database, year: int, series: str, until: datetime, organs: Collection[str], newest: int
) -> dict[str, list[Visit]]:
    """By organ, the newest visits that looked for its report of the series, so many at most, oldest first."""
    of_series = and_(VisitRow.id == ExpectedRow.visit, VisitRow.series == series)
    wanted = and_(ExpectedRow.year == year, ExpectedRow.at <= until)
    statement = select(ExpectedRow.organ, ExpectedRow.at, ExpectedRow.visit).join(VisitRow, of_series).where(wanted)
    looks: dict[str, list[tuple[datetime, str]]] = {}
    for row in _rows(db, statement, ExpectedRow.organ, organs):
        looks.setdefault(row.organ, []).append((row.at, row.visit))
    chosen = {organ: [visit for _, visit in sorted(found)[-newest:]] for organ, found in looks.items()}
    names = {visit for found in chosen.values() for visit in found}
    rows = _rows(db, select(VisitRow.id, VisitRow.record), VisitRow.id, names)
    visits = {row.id: codec.from_plain(Visit, row.record) for row in rows}
    return {organ: [visits[name] for name in found] for organ, found in chosen.items()}


def season_observations(
    db: Database, year: int, series: str, until: datetime, organs: Collection[str]
) -> list[Observation]:
    """Confirmed publications: by organ, oldest first, within one visit the best candidate first."""
    wanted = and_(ObservationRow.series == series, ObservationRow.year == year, ObservationRow.at <= until)
    order = (ObservationRow.organ, ObservationRow.at, ObservationRow.visit, ObservationRow.number)
    rows = _rows(db, select(ObservationRow.record).where(wanted).order_by(*order), ObservationRow.organ, organs)
    return [codec.from_plain(Observation, row.record) for row in rows]


def candidate_states(
    db: Database, year: int, series: str, until: datetime, reader_version: str, organs: Collection[str]
) -> dict[tuple[str, str], str]:
    """(visit, candidate's address) → what this version of the reader made of it, if it has settled it."""
    statement = (
        select(CandidateRow.visit, CandidateRow.record["url"].as_string().label("url"), ReadingRow.state)
        .join(SettledRow, and_(SettledRow.visit == CandidateRow.visit, SettledRow.number == CandidateRow.number))
        .join(ReadingRow, and_(ReadingRow.key == SettledRow.key, ReadingRow.reader_version == reader_version))
        .where(
            CandidateRow.series == series, CandidateRow.year == year, CandidateRow.at <= until, CandidateRow.accepted,
            SettledRow.reader_version == reader_version,
        )
    )  # fmt: skip
    return {(row.visit, row.url): row.state for row in _rows(db, statement, CandidateRow.organ, organs)}


def finding_counts(db: Database, keys: Collection[str], reader_version: str) -> dict[str, Mapping[str, int]]:
    """Reading → number of findings by severity: each violated constraint is one, also those that share a cause."""
    counted = select(ReadingRow.key, ReadingRow.findings).where(ReadingRow.reader_version == reader_version)
    found = {row.key: row.findings for row in _rows(db, counted, ReadingRow.key, set(keys))}
    early = {key for key, counts in found.items() if counts is None}  # kept before they were counted
    reports = select(ReadingRow.key, ReadingRow.report).where(ReadingRow.reader_version == reader_version)
    return found | {row.key: count_findings(row.report) for row in _rows(db, reports, ReadingRow.key, early)}


def count_findings(report: Mapping[str, Any] | None) -> dict[str, int]:
    """The findings of a report as JSON, by severity."""
    return dict(Counter(finding["severity"] for finding in (report or {}).get("findings", ())))


def _rows(db: Database, statement: Any, by: Any, names: Collection[str]) -> Iterator[Any]:
    """The rows of a statement in which `by` is one of the names."""
    with db.read() as connection:
        for chunk in _chunks(names):
            yield from connection.execute(statement.where(by.in_(chunk)))


def _chunks(names: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    for start in range(0, len(ordered), _CHUNK):
        yield ordered[start : start + _CHUNK]
