"""Assessments with their history: one row a change, however often the same was judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select
from sqlalchemy.orm import aliased

from storage import codec
from storage.database import Database
from storage.models import AssessmentRow, JudgedRow
from storage.records import Assessment, Judgement, Status

_CHUNK = 400  # organs asked for by name at a time
_MANY = 20_000  # organs of which rather the whole season is asked for

Plain = dict[str, Any]
Within = ColumnElement[bool]


def put_assessments(db: Database, assessments: Iterable[Assessment]) -> int:
    """Keep assessments; how many say something new. One equal to the one in force is not kept again.

    Judging a moment of the past again changes what is known of that moment, not of those judged after it.
    """
    new = 0
    for (year, series, at), group in groupby(assessments, key=lambda item: (item.year, item.series, item.at)):
        new += put_judgement(db, year, series, Judgement(at, None, None), group)
    return new


def put_judgement(db: Database, year: int, series: str, judged: Judgement, assessments: Iterable[Assessment]) -> int:
    """`put_assessments` of one moment, with how much was known then. What is in force and not among them holds on."""
    by_organ = {item.organ: codec.plain(item) for item in assessments}
    with db.write() as connection:
        new = _put_moment(db, connection, _season(year, series), judged.at, by_organ)
        row = {"year": year, "series": series, "at": judged.at, "serial": judged.serial, "ground": judged.ground}
        db.upsert(connection, JudgedRow, [row])
    return new


def _season(year: int, series: str) -> Within:
    return and_(AssessmentRow.year == year, AssessmentRow.series == series)


def _put_moment(db: Database, connection: Connection, season: Within, at: datetime, judged: dict[str, Plain]) -> int:
    """Keep what was judged of one moment, by organ."""
    known = _edge(connection, season, AssessmentRow.at <= at, organs=judged)
    changed = {
        organ: record
        for organ, record in judged.items()
        if organ not in known or known[organ][1] | {"at": record["at"]} != record
    }
    rows = [_row(at, record) for record in changed.values()]
    some = next(iter(changed.values()), None)
    later = _next_judged(connection, some["year"], some["series"], at) if some else None
    if later is not None:  # what held before this moment was judged to hold after it too, and still does
        following = _edge(connection, season, AssessmentRow.at > at, last=False, organs=changed)
        rows.extend(
            _row(later, known[organ][1] | {"at": codec.plain(later)})
            for organ in changed
            if organ in known and (organ not in following or following[organ][0] > later)
        )
    db.upsert(connection, AssessmentRow, rows)
    return len(changed)


def _next_judged(connection: Connection, year: int, series: str, at: datetime) -> datetime | None:
    wanted = and_(JudgedRow.year == year, JudgedRow.series == series, JudgedRow.at > at)
    return connection.execute(select(func.min(JudgedRow.at)).where(wanted)).scalar()


def _row(at: datetime, record: Plain) -> dict[str, Any]:
    place = {name: record[name] for name in ("organ", "series", "year", "status")}
    until = datetime.fromisoformat(record["until"]) if record.get("until") else None
    return place | {"at": at, "until": until, "record": record}


def _edge(
    connection: Connection,
    season: Within,
    side: Within,
    *,
    last: bool = True,
    organs: Collection[str] | None = None,
    only: Within | None = None,
) -> dict[str, tuple[datetime, Plain]]:
    """By organ, the row of a season that is last (or first) on one side of a moment, as (since when, record).

    Of these `only` the rows that it holds for, and of the `organs` alone.
    """
    found: dict[str, tuple[datetime, Plain]] = {}
    extreme = func.max(AssessmentRow.at) if last else func.min(AssessmentRow.at)
    for among in _among(organs):
        chosen = (
            select(AssessmentRow.organ, extreme.label("at"))
            .where(season, side, *among)
            .group_by(AssessmentRow.organ)
            .subquery()
        )
        statement = (
            select(AssessmentRow.organ, AssessmentRow.at, AssessmentRow.record)
            .join(chosen, and_(AssessmentRow.organ == chosen.c.organ, AssessmentRow.at == chosen.c.at))
            .where(season, *(() if only is None else (only,)))
            .order_by(AssessmentRow.organ)
        )
        found |= {row.organ: (row.at, row.record) for row in connection.execute(statement)}
    return found


def _among(organs: Collection[str] | None) -> Iterator[tuple[Within, ...]]:
    if organs is None or len(organs) > _MANY:
        yield ()
        return
    names = sorted(organs)
    for start in range(0, len(names), _CHUNK):
        yield (AssessmentRow.organ.in_(names[start : start + _CHUNK]),)


def assessments(
    db: Database,
    year: int,
    series: str,
    as_of: datetime | None = None,
    *,
    organs: Collection[str] | None = None,
    statuses: Collection[Status] | None = None,
) -> list[Assessment]:
    """The assessments in force at a moment (now, when None), by organ. `at` is since when it holds.

    Every obligation's; or only those of some organs, or with some statuses.
    """
    side = AssessmentRow.at <= as_of if as_of is not None else AssessmentRow.at.is_not(None)
    only = None if statuses is None else AssessmentRow.status.in_([status.value for status in statuses])
    with db.read() as connection:
        found = _edge(connection, _season(year, series), side, organs=organs, only=only)
    chosen = found if organs is None else {organ: found[organ] for organ in found if organ in organs}
    return [codec.from_plain(Assessment, record) for _, record in chosen.values()]


def assessments_before(
    db: Database, year: int, series: str, at: datetime, organs: Collection[str] | None = None
) -> dict[str, Assessment]:
    """The assessments in force just before a moment, by organ: every obligation's, or those of some organs."""
    with db.read() as connection:
        found = _edge(connection, _season(year, series), AssessmentRow.at < at, organs=organs)
    return {organ: codec.from_plain(Assessment, record) for organ, (_, record) in found.items()}


def assessment_before(db: Database, organ: str, series: str, year: int, at: datetime) -> Assessment | None:
    """One obligation's assessment in force just before a moment, None when it had not been judged."""
    return assessments_before(db, year, series, at, [organ]).get(organ)


def assessment_history(db: Database, organ: str, series: str, year: int) -> list[Assessment]:
    """The assessments of one obligation, one a change, oldest first."""
    wanted = and_(_season(year, series), AssessmentRow.organ == organ)
    with db.read() as connection:
        rows = connection.execute(select(AssessmentRow.record).where(wanted).order_by(AssessmentRow.at)).all()
    return [codec.from_plain(Assessment, row.record) for row in rows]


def assessments_between(
    db: Database, year: int, series: str, since: datetime, until: datetime
) -> dict[str, list[Assessment]]:
    """By organ, the assessments that began to hold after `since` and up to `until`, oldest first."""
    wanted = and_(_season(year, series), AssessmentRow.at > since, AssessmentRow.at <= until)
    statement = select(AssessmentRow.organ, AssessmentRow.record).where(wanted)
    found: dict[str, list[Assessment]] = {}
    with db.read() as connection:
        for row in connection.execute(statement.order_by(AssessmentRow.organ, AssessmentRow.at)):
            found.setdefault(row.organ, []).append(codec.from_plain(Assessment, row.record))
    return found


def status_since(db: Database, year: int, series: str, status: Status, as_of: datetime) -> dict[str, datetime]:
    """By organ, since when a status has held without a break, of those that have it at the moment."""
    other = aliased(AssessmentRow)
    broken = exists().where(
        other.organ == AssessmentRow.organ,
        other.series == series,
        other.year == year,
        other.at > AssessmentRow.at,
        other.at <= as_of,
        other.status != status.value,
    )
    wanted = and_(_season(year, series), AssessmentRow.status == status.value, AssessmentRow.at <= as_of, ~broken)
    statement = select(AssessmentRow.organ, func.min(AssessmentRow.at).label("since")).where(wanted)
    with db.read() as connection:
        return {row.organ: row.since for row in connection.execute(statement.group_by(AssessmentRow.organ))}


def status_counts(db: Database, year: int, series: str, as_of: datetime) -> Counter[str]:
    """How many obligations have which status at a moment."""
    place = (AssessmentRow.organ, AssessmentRow.at)
    wanted = and_(_season(year, series), AssessmentRow.at <= as_of)
    chosen = select(place[0], func.max(place[1]).label("at")).where(wanted).group_by(place[0]).subquery()
    statement = (
        select(AssessmentRow.status, func.count().label("n"))
        .join(chosen, and_(place[0] == chosen.c.organ, place[1] == chosen.c.at))
        .where(_season(year, series))
        .group_by(AssessmentRow.status)
    )
    with db.read() as connection:
        return Counter({row.status: row.n for row in connection.execute(statement)})


def running_out(db: Database, year: int, series: str, since: datetime, until: datetime) -> set[str]:
    """Organs of assessments that hold at `since`, if not for longer than to a moment before `until`."""
    wanted = and_(_season(year, series), AssessmentRow.until >= since, AssessmentRow.until < until)
    with db.read() as connection:
        return set(connection.execute(select(AssessmentRow.organ).where(wanted).distinct()).scalars())


def judged_moments(db: Database, year: int, series: str) -> Sequence[datetime]:
    """The moments that a season was judged as of, oldest first."""
    statement = select(JudgedRow.at).where(JudgedRow.year == year, JudgedRow.series == series).order_by(JudgedRow.at)
    with db.read() as connection:
        return list(connection.execute(statement).scalars())


def last_judged(db: Database, year: int, series: str) -> Judgement | None:
    """The last moment that a season was judged as of."""
    statement = select(JudgedRow).where(JudgedRow.year == year, JudgedRow.series == series)
    with db.read() as connection:
        row = connection.execute(statement.order_by(JudgedRow.at.desc()).limit(1)).first()
    return None if row is None else Judgement(row.at, row.serial, row.ground)
