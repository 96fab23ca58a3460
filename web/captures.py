"""One archived response: what is known of it, and the way to its payload."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from storage import cdx, queries
from storage.archive import Payload
from storage.records import Capture
from web import replay
from web.desk import desk, page

router = APIRouter()


@router.get("/captures/{capture_id}", response_class=HTMLResponse)
def capture_page(request: Request, capture_id: str) -> HTMLResponse:
    here = desk(request)
    capture = _capture(request, capture_id)
    fault, payload = "", None
    try:
        payload = replay.read(here.archive, capture)
    except HTTPException as error:
        fault = error.detail
    return page(
        request,
        "capture.html",
        capture=capture,
        headers=_headers(payload),
        whole=payload.whole if payload else True,
        size=len(payload.body) if payload else None,
        fault=fault,
        memento=f"/web/{cdx.timestamp(capture.at)}/{capture.url}" if capture.kind in ("response", "revisit") else "",
        beside=queries.renderings(here.db, capture.url, capture.at) if capture.status is not None else [],
        others=queries.captures(here.db, capture.url, limit=50),
    )


@router.get("/captures/{capture_id}/payload")
def payload(request: Request, capture_id: str) -> Response:
    capture = _capture(request, capture_id)
    return replay.served(capture, replay.read(desk(request).archive, capture))


def _capture(request: Request, capture_id: str) -> Capture:
    capture = queries.capture(desk(request).db, capture_id)
    if capture is None:
        raise HTTPException(404)
    return capture


def _headers(found: Payload | None) -> list[tuple[str, str]]:
    """The response's headers as received; odd bytes are shown as the mark for such."""
    if found is None:
        return []
    return [(name.decode("latin-1"), value.decode("utf-8", "replace")[:500]) for name, value in found.headers][:100]
