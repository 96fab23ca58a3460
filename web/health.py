"""Whether the service works: for a person (/health) and for a monitor (/healthz: 200 or 503)."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from storage import queries
from storage.errors import StorageError
from storage.records import Round
from web.board import newest_year
from web.desk import Desk, desk, page

router = APIRouter()


@dataclass(frozen=True, slots=True)
class State:
    database: str  # empty when it answers
    archive: str  # empty when the folder is there
    organs: int = 0
    files: int = 0
    year: int | None = None
    last: Round | None = None
    outbox: tuple[tuple[str, int], ...] = ()

    @property
    def well(self) -> bool:
        return not self.database and not self.archive


@router.get("/health", response_class=HTMLResponse)
def health(request: Request) -> HTMLResponse:
    here = desk(request)
    state = _state(here)
    return page(request, "health.html", 200 if state.well else 503, state=state, now=here.clock())


@router.get("/healthz")
def healthz(request: Request) -> JSONResponse:
    state = _state(desk(request))
    return JSONResponse(
        {"database": state.database or "ok", "archive": state.archive or "ok"}, 200 if state.well else 503
    )


def _state(here: Desk) -> State:
    archive = "" if here.archive.folder.is_dir() else "the archive's folder is not there"
    try:
        organs = len(queries.organs(here.db))
        year = newest_year(here.db, "ogi", here.clock())
        held = queries.rounds(here.db, year, "ogi")
        outbox = tuple((state, len(queries.messages(here.db, state))) for state in ("pending", "dead"))
        files = len(here.archive.files())
    except (StorageError, OSError) as error:
        return State(str(error), archive)
    return State("", archive, organs, files, year, held[-1] if held else None, outbox)
