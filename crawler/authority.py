"""Asks a time stamp authority (RFC 3161 over HTTP) to date something. What the answer is worth is `storage.stamps`."""

from __future__ import annotations

import http.client
import urllib.request
from functools import partial

from storage.errors import ArchiveError
from storage.stamps import Ask

_SECONDS = 30
_LIMIT = 1 << 20  # bytes of an answer


def authority(url: str) -> Ask:
    """What to send requests with. Raises ArchiveError when the authority cannot be reached."""
    return partial(_ask, url)


def _ask(url: str, query: bytes) -> bytes:
    request = urllib.request.Request(url, query, {"Content-Type": "application/timestamp-query"})  # noqa: S310 - http(s)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310 - the settings' loader saw to it
            data: bytes = answer.read(_LIMIT)
    except (OSError, http.client.HTTPException) as error:
        raise ArchiveError(f"the time stamp authority {url} cannot be asked: {error}") from error
    return data
