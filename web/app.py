"""Puts the pages together. Nothing happens at import; everything is given: database, archive, clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from storage.archive import Archive
from storage.database import Database
from web import answers, board, calendar, captures, cdx, health, ledger, memento, organs, reports, search
from web.desk import Desk, environment, page

ROUTERS = (
    board.router,
    organs.router,
    reports.router,
    search.router,
    captures.router,
    health.router,
    memento.router,
    cdx.router,
    ledger.router,
    calendar.router,
    answers.router,
)
FOR_PROGRAMS = ("/cdx", "/timegate/", "/timemap/", "/web/")


def create_app(
    database: Database,
    archive: Archive,
    clock: Callable[[], datetime],
    public_url: str | None = None,
    *,
    secret: bytes | None = None,
    inbox: Path | None = None,
) -> FastAPI:
    """The pages as an ASGI application. It only reads: `database` may be opened for reading.

    `public_url` is where others reach it (TimeMaps hold absolute addresses); None takes each request's own. With the
    `secret` that signed the links in mails, answers to them are left in the folder `inbox` for the next round.
    """
    app = FastAPI(title="Nianbao", docs_url=None, redoc_url=None, openapi_url=None)
    base = public_url.rstrip("/") if public_url else None
    app.state.desk = Desk(database, archive, clock, environment(), base, secret, inbox)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.middleware("http")(_harden)
    return app


async def _refused(request: Request, fault: Exception) -> Response:
    status = fault.status_code if isinstance(fault, HTTPException) else 400
    detail = str(fault.detail) if isinstance(fault, HTTPException) and status != 404 else ""
    if request.url.path.startswith(FOR_PROGRAMS):
        return PlainTextResponse((detail or "nothing is archived under this address") + "\n", status)
    return page(request, "refused.html", status, code=status, detail=detail)


async def _harden(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
