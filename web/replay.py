"""An archived payload as an HTTP response that can do nothing.

A payload is a stranger's page on our own host: it is served in a sandbox without scripts, forms, network or origin, and
what is not a page, a picture or a PDF is only handed over as a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import HTTPException
from fastapi.responses import Response

from storage.archive import Archive, Payload
from storage.errors import StorageError
from storage.records import Capture

LARGEST = 50 << 20
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SHOWN = frozenset(
    {"text/html", "text/plain", "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
)
_CHARSET = re.compile(r"[A-Za-z0-9._:-]{1,40}")


def read(archive: Archive, capture: Capture) -> Payload:
    """The payload; 502 with the reason when the archive cannot give it."""
    try:
        return archive.payload(capture, LARGEST)
    except StorageError as error:
        raise HTTPException(502, str(error)) from error


def served(capture: Capture, found: Payload, status: int = 200, more: Mapping[str, str] | None = None) -> Response:
    """The payload as it was archived, content codings undone."""
    media_type = _served_as(capture, found)
    charset = found.charset if found.charset and _CHARSET.fullmatch(found.charset) else None
    headers = {
        "Content-Security-Policy": SANDBOX,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
        # not by argument: the library would add a charset of its own
        "Content-Type": f"{media_type}; charset={charset}"
        if media_type.startswith("text/") and charset
        else media_type,
    }
    if media_type not in _SHOWN:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(_file_name(capture), safe='')}"
    return Response(found.body, status, headers={**headers, **(more or {})})


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
