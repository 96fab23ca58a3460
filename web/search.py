"""Full-text search over what reports said, as of any day; each hit leads to the report as it stood when it said so."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from storage import queries
from storage.search import Hit
from web.desk import desk, moment, page, year_or_400
from web.organs import organ_or_gone

router = APIRouter()

HITS = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with the name of its organ."""

    hit: Hit
    organ: str


@router.get("/search", response_class=HTMLResponse)
def search_page(request: Request, q: str = "", year: str = "", as_of: str | None = None) -> HTMLResponse:
    here, at = desk(request), moment(as_of)
    chosen = year_or_400(int(year), 0) if year.isdecimal() else None
    hits = queries.search(here.db, q, year=chosen, until=at, limit=HITS + 1)
    return page(
        request,
        "search.html",
        query=q,
        year=chosen or "",
        as_of=as_of or "",
        found=[Found(hit, organ_or_gone(here.db, hit.organ).name) for hit in hits[:HITS]],
        more=len(hits) > HITS,
    )
