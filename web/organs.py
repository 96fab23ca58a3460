"""One organ: what became of its report in every year, and what each visit to its column saw; and one visit in full."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from portals.model import Organ, Series
from portals.series import built_in_series
from storage import queries
from storage.database import Database
from storage.records import Assessment, Capture, Visit
from web.board import marks, unregistered
from web.desk import Desk, counted_years, desk, moment, page

router = APIRouter()

VISITS = 100


@dataclass(frozen=True, slots=True)
class Year:
    series: Series
    told: Assessment
    marks: tuple[str, ...]


@router.get("/organs/{organ_id}", response_class=HTMLResponse)
def organ_page(request: Request, organ_id: str, as_of: str | None = None) -> HTMLResponse:
    here = desk(request)
    at = moment(as_of)
    organ = queries.organ(here.db, organ_id)
    years = _years(here, organ_id, as_of)
    if organ is None and not years:
        raise HTTPException(404)
    visits = queries.visits(here.db, organ_id, until=at)
    return page(
        request,
        "organ.html",
        organ=organ or unregistered(organ_id),
        parent=queries.organ(here.db, organ.parent) if organ and organ.parent else None,
        years=years,
        as_of=as_of or "",
        moment=at or here.clock(),
        visits=list(reversed(visits))[:VISITS],
    )


def _years(here: Desk, organ_id: str, as_of: str | None) -> list[Year]:
    """The assessment in force of every year and series that has one, newest year first."""
    at = moment(as_of)
    found = []
    for year in counted_years(here.clock()):
        for series in built_in_series():
            history = queries.assessment_history(here.db, organ_id, series.key, year)
            known = [told for told in history if at is None or told.at <= at]
            if known:
                found.append(Year(series, known[-1], marks(known[-1])))
    return found


@router.get("/visits/{visit_id}", response_class=HTMLResponse)
def visit_page(request: Request, visit_id: str) -> HTMLResponse:
    here = desk(request)
    visit = queries.visit(here.db, visit_id)
    if visit is None:
        raise HTTPException(404)
    named = visit.organs[:VISITS]
    return page(
        request,
        "visit.html",
        visit=visit,
        captures=queries.captures_by_id(here.db, visit.captures),
        organs=[queries.organ(here.db, key) or unregistered(key) for key in named],
        more_organs=len(visit.organs) - len(named),
    )


def evidence(db: Database, references: tuple[str, ...]) -> dict[str, Capture | Visit]:
    """What the index knows of the pieces of evidence that an assessment names."""
    known: dict[str, Capture | Visit] = {**queries.captures_by_id(db, [key for key in references if ":" not in key])}
    for key in references:
        if key.startswith("visit:") and (visit := queries.visit(db, key.removeprefix("visit:"))):
            known[key] = visit
    return known


def organ_or_gone(db: Database, organ_id: str) -> Organ:
    return queries.organ(db, organ_id) or unregistered(organ_id)
