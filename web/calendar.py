"""/calendar.ics: the due dates for a calendar program to subscribe to."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from alerts import calendar
from portals.series import find_series
from web.board import Filters, newest_year, rows
from web.desk import desk, language, moment, series_or_404, year_or_400

router = APIRouter()


@router.get("/calendar.ics")
def due_dates(
    request: Request,
    year: int | None = None,
    as_of: str | None = None,
    series: str = "ogi",
    region: str = "",
    organ: str = "",
) -> Response:
    here = desk(request)
    known = find_series(series_or_404(series))
    chosen = year_or_400(year, newest_year(here.db, series, here.clock()))
    found = [row for row in rows(here.db, chosen, series, moment(as_of)) if Filters(region=region).passes(row)]
    found = [row for row in found if not organ or row.organ.id == organ]
    if known is None or (organ and not found):
        raise HTTPException(404)
    data = calendar.feed(
        (row.assessment for row in found),
        {row.organ.id: row.organ for row in found},
        known,
        here.clock(),
        language(request),
        here.public_url or str(request.base_url).rstrip("/"),
    )
    return Response(data, headers={"Content-Type": "text/calendar; charset=utf-8"})
