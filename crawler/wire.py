"""HTTP/1.1 as it goes over the wire: sends a request, keeps every byte of the answer, in order, odd ones too.

The evidence is the bytes; interpreting them (content codings, charsets, status) is left to Scrapy and to the readers.
Only addresses that `crawler.addresses` allows are connected to, and only when `crawler.politeness` opens the gate.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)

from crawler.addresses import resolve
from crawler.clock import Clock
from crawler.config import Network
from crawler.politeness import Gate
from storage.http import parse_head
from storage.records import Exchange

Header = tuple[bytes, bytes]
Truncation = Literal["length", "disconnect"]
_Key = tuple[str, str, int]  # scheme, host, port
_NO_BODY = {204, 304}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may take."""

    head: int = 64 * 1024  # bytes
    body: int = 64 * 1024 * 1024  # bytes, on the wire
    connect: float = 10.0  # seconds
    total: float = 60.0  # seconds, from the connection to the last byte


@dataclass(frozen=True, slots=True)
class Answer:
    """An exchange, and its answer taken apart as far as HTTP framing goes."""

    exchange: Exchange
    status: int
    headers: tuple[Header, ...]  # in order, duplicates kept
    entity: bytes  # transfer coding removed, content coding still on


@dataclass(slots=True)
class _Connection:
    key: _Key
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    reused: bool = False


@dataclass(slots=True)
class WireClient:
    """Fetches over kept-alive connections, at most one request at a time on each."""

    clock: Clock
    gate: Gate
    allow: Sequence[Network] = ()
    limits: Limits = field(default_factory=Limits)
    _idle: dict[_Key, list[_Connection]] = field(default_factory=dict)

    async def fetch(self, method: str, url: str, headers: Sequence[Header] = (), body: bytes = b"") -> Answer:
        """One request, one answer; redirects are the caller's business.

        Raises Scrapy's download errors, and ForbiddenAddress. An answer cut short is returned, with
        `exchange.truncated` set: what came is evidence of what happened.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UnsupportedURLSchemeError(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = str(await resolve(parts.hostname, port, self.allow))
        request = _request_bytes(method, parts.path or "/", parts.query, parts.netloc, headers, body)
        async with self.gate.turn(parts.hostname, address):
            at = self.clock()
            try:
                async with asyncio.timeout(self.limits.total):
                    connection, head = await self._ask((parts.scheme, parts.hostname, port), address, request)
                    return await self._answer(connection, head, Exchange(url, at, request, head, b"", address), method)
            except TimeoutError as error:
                raise DownloadTimeoutError(f"no answer within {self.limits.total:.0f} s") from error

    async def close(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                connection.writer.close()
        self._idle.clear()

    async def _ask(self, key: _Key, address: str, request: bytes) -> tuple[_Connection, bytes]:
        while True:
            connection = await self._connect(key, address)
            try:
                connection.writer.write(request)
                await connection.writer.drain()
                return connection, await _read_head(connection.reader, self.limits.head)
            except (OSError, asyncio.IncompleteReadError) as error:
                connection.writer.close()
                if not connection.reused:  # a kept-alive connection may die between two requests; a new one may not
                    raise DownloadFailedError("the server closed the connection without an answer") from error
            except BaseException:
                connection.writer.close()
                raise

    async def _answer(self, connection: _Connection, head: bytes, exchange: Exchange, method: str) -> Answer:
        kept = False
        try:
            status, headers = _taken_apart(head)
            wire, entity, truncated = await _read_body(connection.reader, method, status, headers, self.limits.body)
            if kept := not truncated and _keeps_alive(head, headers):
                connection.reused = True
                self._idle.setdefault(connection.key, []).append(connection)
        finally:
            if not kept:
                connection.writer.close()
        return Answer(replace(exchange, body=wire, truncated=truncated), status, headers, entity)

    async def _connect(self, key: _Key, address: str) -> _Connection:
        scheme, host, port = key
        while idle := self._idle.get(key):
            connection = idle.pop()
            if not connection.reader.at_eof() and not connection.writer.is_closing():
                return connection
        context = _tls_context() if scheme == "https" else None
        try:
            async with asyncio.timeout(self.limits.connect):
                reader, writer = await asyncio.open_connection(
                    address, port, ssl=context, server_hostname=host if context else None, limit=self.limits.head
                )
        except TimeoutError as error:
            raise DownloadTimeoutError(
                f"no connection to {address}:{port} within {self.limits.connect:.0f} s"
            ) from error
        except ConnectionRefusedError as error:
            raise DownloadConnectionRefusedError(f"{address}:{port} refused the connection") from error
        except (ssl.SSLError, OSError) as error:
            raise DownloadFailedError(f"no connection to {address}:{port}: {error}") from error
        return _Connection(key, reader, writer)


def _taken_apart(head: bytes) -> tuple[int, tuple[Header, ...]]:
    parsed = parse_head(head)
    if parsed.status is None:
        raise DownloadFailedError(f"not an HTTP answer: {head[:60]!r}")
    return parsed.status, tuple(parsed.headers)


def _keeps_alive(head: bytes, headers: Sequence[Header]) -> bool:
    framed = bool(header(headers, b"content-length") or header(headers, b"transfer-encoding"))
    return framed and head.startswith(b"HTTP/1.1") and b"close" not in header(headers, b"connection").lower()


def header(headers: Sequence[Header], name: bytes) -> bytes:
    """The first value of a header, by its lower-case name; empty when it is not there."""
    return next((value for key, value in headers if key.lower() == name), b"")


def _tls_context() -> ssl.SSLContext:
    # Portals often send an incomplete chain or one for another name. The answer is evidence of what the
    # host served; refusing to look would only turn a published report into an unknown.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _request_bytes(method: str, path: str, query: str, netloc: str, headers: Sequence[Header], body: bytes) -> bytes:
    target = (path + ("?" + query if query else "")).encode("ascii", "replace")
    lines = [
        method.encode("ascii") + b" " + target + b" HTTP/1.1",
        b"Host: " + netloc.rpartition("@")[2].encode("idna"),
    ]
    lines += [key + b": " + value for key, value in headers if key.lower() not in (b"host", b"content-length")]
    if body:
        lines.append(b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def _read_head(reader: asyncio.StreamReader, limit: int) -> bytes:
    """The final response's head; interim 1xx answers are passed over."""
    while True:
        lines: list[bytes] = []
        size = 0
        while True:
            line = await _line(reader)
            size += len(line)
            if size > limit:
                raise DownloadFailedError(f"response head of more than {limit} bytes")
            lines.append(line)
            if line in (b"\r\n", b"\n") and len(lines) > 1:
                break
        head = b"".join(lines)
        if not (head.startswith(b"HTTP/") and head.split(None, 2)[1][:1] == b"1"):
            return head


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise DownloadFailedError("line too long in a response head") from error


async def _read_body(
    reader: asyncio.StreamReader, method: str, status: int, headers: Sequence[Header], limit: int
) -> tuple[bytes, bytes, Truncation | None]:
    """The body on the wire, the entity, and how it was cut short, if it was."""
    if method == "HEAD" or status in _NO_BODY:
        return b"", b"", None
    if header(headers, b"transfer-encoding").lower().rstrip().endswith(b"chunked"):
        return await _read_chunked(reader, limit)
    length = header(headers, b"content-length")
    body = bytearray()
    wanted = int(length) if length.isdigit() else None
    while wanted is None or len(body) < wanted:
        if len(body) > limit:
            return bytes(body), bytes(body), "length"
        try:
            block = await reader.read(65536 if wanted is None else min(65536, wanted - len(body)))
        except OSError:
            return bytes(body), bytes(body), "disconnect"
        if not block:
            break
        body += block
    short = wanted is not None and len(body) < wanted
    return bytes(body), bytes(body), "disconnect" if short else None


async def _read_chunked(reader: asyncio.StreamReader, limit: int) -> tuple[bytes, bytes, Truncation | None]:
    wire, entity = bytearray(), bytearray()
    try:
        while True:
            line = await _line(reader)
            wire += line
            size = int(line.split(b";")[0].strip() or b"0", 16)
            if size == 0:
                break
            if len(entity) + size > limit:
                return bytes(wire), bytes(entity), "length"
            block = await reader.readexactly(size)
            wire += block
            entity += block
            wire += await _line(reader)
        while (line := await _line(reader)) not in (b"\r\n", b"\n"):  # trailers
            wire += line
        wire += line
    except asyncio.IncompleteReadError as error:
        wire += error.partial
        return bytes(wire), bytes(entity), "disconnect"
    except (OSError, ValueError):
        return bytes(wire), bytes(entity), "disconnect"
    return bytes(wire), bytes(entity), None
