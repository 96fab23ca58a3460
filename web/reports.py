"""One obligation: its assessment with the working and the evidence, the report as read, and how its versions differ."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from alerts.text import BEIJING
from compliance.explain import explain
from portals.due import due
from portals.series import find_series
from reports.model import Report
from storage import queries
from storage.database import Database
from storage.records import Assessment, Version
from web import difference
from web.board import marks
from web.desk import desk, language, moment, page, series_or_404, year_or_400
from web.organs import evidence, organ_or_gone
from web.reading import load, show
from web.words import words

router = APIRouter()


@router.get("/reports/{organ_id}/{series}/{year}", response_class=HTMLResponse)
def report_page(
    request: Request, organ_id: str, series: str, year: int, version: int | None = None, as_of: str | None = None
) -> HTMLResponse:
    here, at = desk(request), moment(as_of)
    series_or_404(series)
    year_or_400(year, year)
    held = queries.versions(here.db, organ_id, series, year, at)
    told = assessed(here.db, organ_id, series, year, as_of)
    if not held and told is None:
        raise HTTPException(404)
    chosen = _chosen(held, version)
    organ = organ_or_gone(here.db, organ_id)
    owed = due(organ, series, year)
    reading = queries.reading(here.db, chosen.reading) if chosen else None
    report = load(queries.report_of(here.db, chosen, at or here.clock())) if chosen else None
    spoken = language(request)
    return page(
        request,
        "report.html",
        organ=organ,
        series=find_series(series),
        year=year,
        as_of=as_of or "",
        moment=at or here.clock(),
        told=told,
        marks=marks(told) if told else (),
        versions=held,
        version=chosen,
        dates=_dates(here.db, organ_id, series, year, chosen),
        reading=reading,
        read=show(report, words(spoken)) if report else None,
        why=explain(told, owed) if told and owed else None,
        known=evidence(here.db, told.evidence) if told else {},
        captures=queries.captures_by_id(here.db, chosen.captures) if chosen else {},
    )


@router.get("/versions/{organ_id}/{series}/{year}", response_class=HTMLResponse)
def versions_page(
    request: Request,
    organ_id: str,
    series: str,
    year: int,
    before: int | None = None,
    after: int | None = None,
    as_of: str | None = None,
) -> HTMLResponse:
    here, at = desk(request), moment(as_of)
    series_or_404(series)
    held = queries.versions(here.db, organ_id, series, year_or_400(year, year), at)
    if not held:
        raise HTTPException(404)
    new = _chosen(held, after)
    old = _chosen(held, before) if before is not None else held[max(0, (new.number if new else 1) - 2)]
    if old is None or new is None:
        raise HTTPException(404)
    told = assessed(here.db, organ_id, series, year, as_of)
    reports = _report(here.db, old), _report(here.db, new)
    spoken = words(language(request))
    return page(
        request,
        "versions.html",
        organ=organ_or_gone(here.db, organ_id),
        series=find_series(series),
        year=year,
        as_of=as_of or "",
        told=told,
        versions=held,
        old=old,
        new=new,
        days_after_due=_days_after(told.due_notice, new) if told else None,
        cells=difference.cells(*reports, spoken),
        lines=difference.lines(*reports),
        readable=None not in reports,
    )


def assessed(db: Database, organ_id: str, series: str, year: int, as_of: str | None) -> Assessment | None:
    """The assessment in force at a moment, or the last one."""
    at = moment(as_of)
    history = queries.assessment_history(db, organ_id, series, year)
    known = [told for told in history if at is None or told.at <= at]
    return known[-1] if known else None


def _chosen(held: list[Version], number: int | None) -> Version | None:
    """A version by its number, or the last; 404 when there is no such number."""
    if number is None:
        return held[-1] if held else None
    if not 1 <= number <= len(held):
        raise HTTPException(404)
    return held[number - 1]


def _dates(db: Database, organ_id: str, series: str, year: int, version: Version | None) -> list[tuple[str, date]]:
    """Every date that was claimed for this version, each once with where it stood."""
    if version is None:
        return []
    seen = queries.observations(db, organ_id, series, year, version.last_seen)
    same = [item for item in seen if item.content_digest == version.content_digest and item.at >= version.first_seen]
    return sorted({pair for item in same for pair in item.dates}, key=lambda pair: (pair[1], pair[0]))


def _report(db: Database, version: Version) -> Report | None:
    return load(queries.report_of(db, version))


def _days_after(due_day: date, version: Version) -> int:
    return (version.first_seen.astimezone(BEIJING).date() - due_day).days
