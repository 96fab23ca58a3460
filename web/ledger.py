"""The ledger for download: /ledger.xlsx, and its tables as CSV."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from alerts import ledger
from alerts.choose import within
from alerts.facts import Fact, facts
from portals.series import find_series
from storage import queries
from web.board import last_moment, newest_year
from web.desk import desk, language, moment, series_or_404, year_or_400

router = APIRouter()


@router.get("/ledger.xlsx")
def workbook(
    request: Request, year: int | None = None, as_of: str | None = None, series: str = "ogi", region: str = ""
) -> Response:
    found, chosen, at = _found(request, year, as_of, series, region)
    known, spoken = find_series(series), language(request)
    name = (known.name_zh if spoken == "zh" else known.name_en) if known else series
    data = ledger.export(found, chosen, name, at, spoken)
    return _file(data, ledger.XLSX, ledger.file_name(chosen, at, spoken))


@router.get("/ledger/{table}.csv")
def table(
    request: Request,
    table: str,
    year: int | None = None,
    as_of: str | None = None,
    series: str = "ogi",
    region: str = "",
) -> Response:
    """`table`: obligations, findings, cells (form of 2021) or cells-2019."""
    key = {"cells": "cells ogi-2021", "cells-2019": "cells ogi-2019"}.get(table, table)
    found, chosen, _ = _found(request, year, as_of, series, region)
    spoken = language(request)
    for made in ledger.tables(found, spoken):
        if made.key == key:
            return _file(ledger.as_csv(made, spoken), "text/csv; charset=utf-8", f"{table}-{chosen}.csv")
    raise HTTPException(404)


def _found(
    request: Request, year: int | None, as_of: str | None, series: str, region: str
) -> tuple[list[Fact], int, datetime]:
    here = desk(request)
    series_or_404(series)
    chosen = year_or_400(year, newest_year(here.db, series, here.clock()))
    at = moment(as_of) or last_moment(here.db, chosen, series) or here.clock()
    wanted = {organ.id for organ in queries.organs(here.db) if within(organ.region, region)} if region else None
    return facts(here.db, chosen, series, at, language(request), wanted), chosen, at


def _file(data: bytes, media_type: str, name: str) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return Response(data, headers={"Content-Type": media_type, "Content-Disposition": disposition})
