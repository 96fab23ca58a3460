"""Assessments with their history: one row a change, however often the same was judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, and_, func, select

from storage import codec
from storage.database import Database
from storage.models import AssessmentRow, JudgedRow
from storage.records import Assessment

_CHUNK = 400  # organs asked for by name; of more, a whole season is loaded

Plain = dict[str, Any]


def put_assessments(db: Database, assessments: Iterable[Assessment]) -> int:
    """Keep assessments; how many say something new. One equal to the one in force is not kept again.

    Judging a moment of the past again changes what is known of that moment, not of those judged after it.
    """
    new = 0
    with db.write() as connection:
        for (year, series, at), group in groupby(assessments, key=lambda item: (item.year, item.series, item.at)):
            new += _put_moment(db, connection, year, series, at, {item.organ: codec.plain(item) for item in group})
    return new


def _put_moment(
    db: Database, connection: Connection, year: int, series: str, at: datetime, judged: dict[str, Plain]
) -> int:
    """Keep what was judged of one moment, by organ."""
    season = and_(AssessmentRow.year == year, AssessmentRow.series == series)
    if len(judged) <= _CHUNK:
        season = and_(season, AssessmentRow.organ.in_(judged))
    known = _edge(connection, season, AssessmentRow.at <= at, func.max(AssessmentRow.at))
    changed = {
        organ: record
        for organ, record in judged.items()
        if organ not in known or known[organ][1] | {"at": record["at"]} != record
    }
    rows = [_row(year, series, at, record) for record in changed.values()]
    later = connection.execute(
        select(func.min(JudgedRow.at)).where(JudgedRow.year == year, JudgedRow.series == series, JudgedRow.at > at)
    ).scalar()
    if later is not None:  # what held before this moment was judged to hold after it too, and still does
        following = _edge(connection, season, AssessmentRow.at > at, func.min(AssessmentRow.at))
        rows.extend(
            _row(year, series, later, known[organ][1] | {"at": codec.plain(later)})
            for organ in changed
            if organ in known and (organ not in following or following[organ][0] > later)
        )
    db.upsert(connection, AssessmentRow, rows)
    db.insert_new(connection, JudgedRow, [{"year": year, "series": series, "at": at}])
    return len(changed)


def _row(year: int, series: str, at: datetime, record: Plain) -> dict[str, Any]:
    place = {"organ": record["organ"], "series": series, "year": year, "at": at}
    return place | {"status": record["status"], "record": record}


def _edge(connection: Connection, season: Any, side: Any, extreme: Any) -> dict[str, tuple[datetime, Plain]]:
    """By organ, the row of a season that is last (or first) on one side of a moment, as (since when, record)."""
    chosen = (
        select(AssessmentRow.organ, extreme.label("at")).where(season, side).group_by(AssessmentRow.organ).subquery()
    )
    statement = (
        select(AssessmentRow.organ, AssessmentRow.at, AssessmentRow.record)
        .join(chosen, and_(AssessmentRow.organ == chosen.c.organ, AssessmentRow.at == chosen.c.at))
        .where(season)
        .order_by(AssessmentRow.organ)
    )
    return {row.organ: (row.at, row.record) for row in connection.execute(statement)}


def assessments(db: Database, year: int, series: str, as_of: datetime | None = None) -> list[Assessment]:
    """Every obligation's assessment in force at a moment (now, when None), by organ. `at` is since when it holds."""
    return list(_in_force(db, year, series, AssessmentRow.at <= as_of if as_of is not None else True).values())


def assessments_before(db: Database, year: int, series: str, at: datetime) -> dict[str, Assessment]:
    """Every obligation's assessment in force just before a moment, by organ."""
    return _in_force(db, year, series, AssessmentRow.at < at)


def assessment_before(db: Database, organ: str, series: str, year: int, at: datetime) -> Assessment | None:
    """One obligation's assessment in force just before a moment, None when it had not been judged."""
    known = [item for item in assessment_history(db, organ, series, year) if item.at < at]
    return known[-1] if known else None


def assessment_history(db: Database, organ: str, series: str, year: int) -> list[Assessment]:
    """The assessments of one obligation, one a change, oldest first."""
    wanted = and_(AssessmentRow.organ == organ, AssessmentRow.series == series, AssessmentRow.year == year)
    with db.read() as connection:
        rows = connection.execute(select(AssessmentRow.record).where(wanted).order_by(AssessmentRow.at)).all()
    return [codec.from_plain(Assessment, row.record) for row in rows]


def judged_moments(db: Database, year: int, series: str) -> Sequence[datetime]:
    """The moments that a season was judged as of, oldest first."""
    statement = select(JudgedRow.at).where(JudgedRow.year == year, JudgedRow.series == series).order_by(JudgedRow.at)
    with db.read() as connection:
        return list(connection.execute(statement).scalars())


def _in_force(db: Database, year: int, series: str, within: Any) -> dict[str, Assessment]:
    season = and_(AssessmentRow.year == year, AssessmentRow.series == series)
    with db.read() as connection:
        found = _edge(connection, season, within, func.max(AssessmentRow.at))
    return {organ: codec.from_plain(Assessment, record) for organ, (_, record) in found.items()}
