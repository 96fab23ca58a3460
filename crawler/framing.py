"""HTTP/1.1 framing as it comes over the wire: heads and bodies, every byte kept, cut off where it is too much.

Knows nothing of connections, politeness or addresses; interpreting the bytes is left to others.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from scrapy.exceptions import DownloadFailedError

Header = tuple[bytes, bytes]
Truncation = Literal["length", "time", "disconnect"]
NO_BODY = {204, 304}
_BLOCK = 65536
_MOST_INTERIM = 8
_INTERIM = re.compile(rb"HTTP/[\d.]+[ \t]+1\d\d")


@dataclass(slots=True)
class Body:
    """What came of a body so far: as it was on the wire, and freed of its transfer coding."""

    wire: bytearray = field(default_factory=bytearray)
    joined: bytearray | None = None  # of chunks; None when there are no chunks

    @property
    def entity(self) -> bytes:
        return bytes(self.wire if self.joined is None else self.joined)


def header(headers: Sequence[Header], name: bytes) -> bytes:
    """The first value of a header, by its lower-case name; empty when it is not there."""
    return next((value for key, value in headers if key.lower() == name), b"")


def request_bytes(method: str, path: str, query: str, netloc: str, headers: Sequence[Header], body: bytes) -> bytes:
    target = (path + ("?" + query if query else "")).encode("ascii", "replace")
    lines = [
        method.encode("ascii") + b" " + target + b" HTTP/1.1",
        b"Host: " + netloc.rpartition("@")[2].encode("idna"),
    ]
    lines += [key + b": " + value for key, value in headers if key.lower() not in (b"host", b"content-length")]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def read_head(reader: asyncio.StreamReader, limit: int) -> bytes:
    """The final response's head; interim 1xx answers are passed over. Raises DownloadFailedError beyond `limit`."""
    for _ in range(_MOST_INTERIM):
        lines: list[bytes] = []
        size = 0
        while not (len(lines) > 1 and lines[-1] in (b"\r\n", b"\n")):
            line = await _line(reader)
            size += len(line)
            if size > limit:
                raise DownloadFailedError(f"response head of more than {limit} bytes")
            lines.append(line)
        if not _INTERIM.match(lines[0]):
            return b"".join(lines)
    raise DownloadFailedError("interim answers without end")


async def read_body(
    reader: asyncio.StreamReader,
    body: Body,
    method: str,
    status: int,
    headers: Sequence[Header],
    limit: int,
    got: Callable[[int], None],
) -> Truncation | None:
    """Fills `body`, and says how it was cut short, if it was. `got` hears how many bytes there are so far."""
    if method == "HEAD" or status in NO_BODY:
        return None
    try:
        if header(headers, b"transfer-encoding").lower().rstrip().endswith(b"chunked"):
            return await _read_chunked(reader, body, limit, got)
        return await _read_plain(reader, body, header(headers, b"content-length"), limit, got)
    except asyncio.IncompleteReadError as error:
        body.wire += error.partial
        return "disconnect"
    except TimeoutError:
        raise  # an OSError too, but ours
    except (OSError, ValueError, DownloadFailedError):
        return "disconnect"


async def _read_plain(
    reader: asyncio.StreamReader, body: Body, length: bytes, limit: int, got: Callable[[int], None]
) -> Truncation | None:
    wanted = int(length[:18]) if length.isdigit() else None
    while wanted is None or len(body.wire) < wanted:
        if len(body.wire) > limit:
            return "length"
        block = await reader.read(_BLOCK if wanted is None else min(_BLOCK, wanted - len(body.wire)))
        if not block:
            break
        body.wire += block
        got(len(body.wire))
    return "disconnect" if wanted is not None and len(body.wire) < wanted else None


async def _read_chunked(
    reader: asyncio.StreamReader, body: Body, limit: int, got: Callable[[int], None]
) -> Truncation | None:
    body.joined = bytearray()
    while True:
        line = await _line(reader)
        body.wire += line
        size = int(line.split(b";")[0].strip() or b"0", 16)
        if size < 0:
            raise ValueError("a chunk of less than nothing")
        if size == 0:
            break
        while size:  # block by block: a chunk may be as large as its sender says
            if len(body.wire) > limit:
                return "length"
            block = await reader.read(min(_BLOCK, size))
            if not block:
                return "disconnect"
            body.wire += block
            body.joined += block
            size -= len(block)
            got(len(body.wire))
        body.wire += await _line(reader)
    while (line := await _line(reader)) not in (b"\r\n", b"\n"):  # trailers
        body.wire += line
        if len(body.wire) > limit:
            return "length"
    body.wire += line
    return None


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise DownloadFailedError("line too long in a response") from error
