"""A site on loopback that answers as it is told, and notes when it was asked for what."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from pathlib import Path

from crawler.addresses import LookUp, Resolver
from crawler.job import Job
from crawler.room import EngineRoom

Reply = bytes | Callable[[dict[str, str]], bytes]


@dataclass(frozen=True)
class Asked:
    at: float  # monotonic
    path: str
    headers: dict[str, str]  # names in lower case


def reply(status: int = 200, body: bytes = b"ok", **headers: str) -> bytes:
    """An answer's bytes; `Retry_After="3"` becomes Retry-After."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{named}\r\n".encode() + body


@dataclass
class Site:
    """Replies by path; "*" is for all others, else they are 404."""

    replies: dict[str, Reply]
    port: int = 0
    asked: list[Asked] = field(default_factory=list)

    async def speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)
                }
                path = head[0].split(" ")[1]
                self.asked.append(Asked(time.monotonic(), path, headers))
                made = self.replies.get(path) or self.replies.get("*") or reply(404, b"no")
                writer.write(made(headers) if callable(made) else made)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def gaps(self) -> list[float]:
        return [later.at - one.at for one, later in zip(self.asked, self.asked[1:], strict=False)]


@asynccontextmanager
async def serving(replies: dict[str, Reply], address: str = "127.0.0.2") -> AsyncIterator[Site]:
    site = Site(replies)
    server = await asyncio.start_server(site.speak, address, 0)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


@asynccontextmanager
async def room_for(
    folder: Path, *hosts: str, names: LookUp | None = None, **changes: object
) -> AsyncIterator[EngineRoom]:
    """A crawl process's room, without the process. `names` stands in for DNS."""
    job = Job(2023, "ogi", (), (), hosts, str(folder), "test", allow_addresses=("127.0.0.0/8", "::1/128"), delay=0)
    room = EngineRoom(replace(job, **changes))  # type: ignore[arg-type]
    if names:
        room.wire.resolver = Resolver([ip_network(one) for one in job.allow_addresses], time.monotonic, names)
    try:
        yield room
    finally:
        await room.close()
