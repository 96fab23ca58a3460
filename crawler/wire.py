"""HTTP/1.1 as it goes over the wire: sends a request, keeps every byte of the answer, in order, odd ones too.

The evidence is the bytes; interpreting them (content codings, charsets, status) is left to Scrapy and to the readers.
Only addresses that `crawler.addresses` allows are connected to, and only when `crawler.politeness` opens the gate.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit

from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    UnsupportedURLSchemeError,
)

from crawler.addresses import Resolver
from crawler.clock import Clock
from crawler.framing import NO_BODY, Body, Header, Truncation, header, read_body, read_head, request_bytes
from crawler.politeness import Gate
from storage.http import parse_head
from storage.records import Exchange

_Key = tuple[str, str, int, str]  # scheme, host, port, address
# Exchanges at once, over all hosts. With 400 under way a busy machine came to its answers after more than ten seconds,
# and took its own slowness for the hosts'.
_AT_ONCE = 64
_IDLE = 64  # kept-alive connections at most, over all hosts


@dataclass(frozen=True, slots=True)
class Limits:
    """What one exchange may take."""

    head: int = 64 * 1024  # bytes
    body: int = 64 * 1024 * 1024  # bytes, on the wire
    connect: float = 10.0  # seconds
    total: float = 60.0  # seconds, from the request to the last byte; and
    pace: float = 8 * 1024.0  # one more for every so many bytes: large files from slow servers, but no drip
    longest: float = 600.0  # seconds, whatever the pace


@dataclass(frozen=True, slots=True)
class Answer:
    """An exchange, and its answer taken apart as far as HTTP framing goes."""

    exchange: Exchange
    status: int
    headers: tuple[Header, ...]  # in order, duplicates kept
    entity: bytes  # transfer coding removed, content coding still on


@dataclass(eq=False, slots=True)
class _Connection:
    key: _Key
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    reused: bool = False

    @property
    def usable(self) -> bool:
        """Alive, and nothing came that was not asked for: it would be taken for the next answer."""
        unasked = getattr(self.reader, "_buffer", b"")
        return not (self.reader.at_eof() or self.writer.is_closing() or unasked)


@dataclass(slots=True)
class WireClient:
    """Fetches over kept-alive connections, at most one request at a time on each."""

    clock: Clock
    gate: Gate
    resolver: Resolver
    limits: Limits = field(default_factory=Limits)
    _idle: OrderedDict[_Connection, None] = field(default_factory=OrderedDict)
    _under_way: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_AT_ONCE))

    async def fetch(self, method: str, url: str, headers: Sequence[Header] = (), body: bytes = b"") -> Answer:
        """One request, one answer; redirects are the caller's business.

        Raises Scrapy's download errors, and Refusal. An answer cut short is returned, with `exchange.truncated` set:
        what came is evidence of what happened. Of a name's addresses the first that can be connected to is asked.
        """
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise UnsupportedURLSchemeError(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        request = request_bytes(method, parts.path or "/", parts.query, parts.netloc, headers, body)
        *others, last = await self.resolver.addresses(parts.hostname, port)
        for address in (*others, last):
            async with self.gate.turn(parts.hostname, str(address)), self._under_way:
                try:
                    connection = await self._connect((parts.scheme, parts.hostname, port, str(address)))
                except (DownloadFailedError, DownloadTimeoutError, DownloadConnectionRefusedError):
                    if address == last:
                        raise
                    continue
                self.resolver.prefer(parts.hostname, address)
                return await self._exchange(connection, method, url, request)
        raise AssertionError("the last address either answers or raises")

    async def close(self) -> None:
        for connection in self._idle:
            connection.writer.close()
        self._idle.clear()

    async def _exchange(self, connection: _Connection, method: str, url: str, request: bytes) -> Answer:
        at, head, body, kept = self.clock(), b"", Body(), False
        truncated: Truncation | None = None
        status, headers = 0, tuple[Header, ...]()
        loop, limits = asyncio.get_running_loop(), self.limits
        began = loop.time()
        try:
            async with asyncio.timeout(limits.total) as timer:
                connection, head = await self._ask(connection, request)
                status, headers = _taken_apart(head)

                def got(size: int) -> None:
                    timer.reschedule(began + min(limits.longest, limits.total + size / limits.pace))

                truncated = await read_body(connection.reader, body, method, status, headers, limits.body, got)
            kept = not truncated and _keeps_alive(head, status, headers)
        except TimeoutError as error:
            if not status:
                raise DownloadTimeoutError(f"no answer within {limits.total:.0f} s") from error
            truncated = "time"
        finally:
            self._rest(connection) if kept else connection.writer.close()
        exchange = Exchange(url, at, request, head, bytes(body.wire), connection.key[3], truncated)
        return Answer(exchange, status, headers, exchange.body if body.joined is None else body.entity)

    async def _ask(self, connection: _Connection, request: bytes) -> tuple[_Connection, bytes]:
        """Sends the request, and reads the answer's head; over a new connection where a kept one had died."""
        while True:
            try:
                connection.writer.write(request)
                await connection.writer.drain()
                return connection, await read_head(connection.reader, self.limits.head)
            except TimeoutError:
                raise  # an OSError too, but ours
            except (OSError, asyncio.IncompleteReadError) as error:
                connection.writer.close()
                if not connection.reused:  # a kept-alive connection may die between two requests; a new one may not
                    raise DownloadFailedError("the server closed the connection without an answer") from error
            connection = await self._connect(connection.key)

    def _rest(self, connection: _Connection) -> None:
        """Keeps a connection for the next request; the one that rested longest goes when there are too many."""
        connection.reused = True
        self._idle[connection] = None
        while len(self._idle) > _IDLE:
            self._idle.popitem(last=False)[0].writer.close()

    async def _connect(self, key: _Key) -> _Connection:
        for connection in [one for one in self._idle if one.key == key]:
            del self._idle[connection]
            if connection.usable:
                return connection
            connection.writer.close()
        scheme, host, port, address = key
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
    if not parsed.status:
        raise DownloadFailedError(f"not an HTTP answer: {head[:60]!r}")
    return parsed.status, tuple(parsed.headers)


def _keeps_alive(head: bytes, status: int, headers: Sequence[Header]) -> bool:
    framed = status in NO_BODY or header(headers, b"content-length") or header(headers, b"transfer-encoding")
    return bool(framed) and head.startswith(b"HTTP/1.1") and b"close" not in header(headers, b"connection").lower()


@cache
def _tls_context() -> ssl.SSLContext:
    """One for all connections: making one reads every root certificate of the system.

    Portals often send an incomplete chain or one for another name, and speak TLS of ten years ago. The answer is
    evidence of what the host served; refusing to look would only turn a published report into an unknown.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
