"""One archived response: what is known of it, and its payload, shown so that it can do nothing.

A payload is a stranger's page on our own host: it is served in a sandbox without scripts, forms, network or origin, and
what is not a page, a picture or a PDF is only handed over as a file.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response

from storage import queries
from storage.archive import Payload
from storage.errors import StorageError
from storage.records import Capture
from web.desk import desk, page

router = APIRouter()

LARGEST = 50 << 20
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SHOWN = frozenset(
    {"text/html", "text/plain", "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
)
_CHARSET = re.compile(r"[A-Za-z0-9._:-]{1,40}")


@router.get("/captures/{capture_id}", response_class=HTMLResponse)
def capture_page(request: Request, capture_id: str) -> HTMLResponse:
    here = desk(request)
    capture = _capture(request, capture_id)
    fault, payload = "", None
    try:
        payload = here.archive.payload(capture, LARGEST)
    except StorageError as error:
        fault = str(error)
    return page(
        request,
        "capture.html",
        capture=capture,
        headers=_headers(payload),
        whole=payload.whole if payload else True,
        size=len(payload.body) if payload else None,
        fault=fault,
        beside=queries.renderings(here.db, capture.url, capture.at) if capture.status is not None else [],
        others=queries.captures(here.db, capture.url, limit=50),
    )


@router.get("/captures/{capture_id}/payload")
def payload(request: Request, capture_id: str) -> Response:
    """The payload as it was archived, content codings undone."""
    capture = _capture(request, capture_id)
    try:
        found = desk(request).archive.payload(capture, LARGEST)
    except StorageError as error:
        raise HTTPException(502, str(error)) from error
    media_type = _served_as(capture, found)
    charset = found.charset if found.charset and _CHARSET.fullmatch(found.charset) else None
    if media_type.startswith("text/") and charset:
        media_type += f"; charset={charset}"
    headers = {
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Content-Type": media_type,  # not by argument: the library would add a charset of its own
    }
    if media_type.partition(";")[0] not in _SHOWN:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_file_name(capture), safe='')}"
    return Response(found.body, headers=headers)


def _capture(request: Request, capture_id: str) -> Capture:
    capture = queries.capture(desk(request).db, capture_id)
    if capture is None:
        raise HTTPException(404)
    return capture


def _served_as(capture: Capture, found: Payload) -> str:
    """The type to serve: the claimed one if it is harmless to show, what we made ourselves, else bytes."""
    if capture.kind == "rendering":
        return "text/html"
    if capture.kind == "screenshot":
        return "image/png"
    claimed = (found.media_type or "").lower()
    return claimed if claimed in _SHOWN else "application/octet-stream"


def _file_name(capture: Capture) -> str:
    last = capture.url.partition("?")[0].rstrip("/").rpartition("/")[2]
    name = "".join(mark if mark.isalnum() or mark in "._-" else "_" for mark in last)[-80:].lstrip(".")
    return name or capture.id


def _headers(found: Payload | None) -> list[tuple[str, str]]:
    """The response's headers as received; odd bytes are shown as the mark for such."""
    if found is None:
        return []
    return [(name.decode("latin-1"), value.decode("utf-8", "replace")[:500]) for name, value in found.headers][:100]
