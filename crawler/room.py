"""The parts that one crawl process shares: clock, wire, archive writer. Built once from the job, found by the crawler.

Writing, compressing and syncing happen on one thread of their own, off the reactor's.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawler.clock import Clock, frozen_clock, system_clock
from crawler.job import Job
from crawler.politeness import Gate
from crawler.wire import Answer, Header, WireClient
from storage.archive import Archive, Payload
from storage.records import Capture, Rendering, Visit
from storage.warc import WarcWriter

R = TypeVar("R")


def new_id() -> str:
    """The one place where a crawl draws randomness: the identity of a record."""
    return str(uuid.uuid4())


class EngineRoom:
    """One crawl process's shared parts."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.clock: Clock = frozen_clock(job.as_of) if job.as_of else system_clock
        self.gate = Gate(job.delay, time.monotonic)
        allow = [ip_network(network) for network in job.allow_addresses]
        self.wire = WireClient(self.clock, self.gate, allow)
        self._archive = Archive(Path(job.archive))
        self._writer = WarcWriter(Path(job.archive), job.prefix, new_id=new_id)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._latest = dict(job.known)

    async def fetch(
        self, method: str, url: str, headers: Sequence[Header] = (), body: bytes = b""
    ) -> tuple[Answer, Capture, Payload | None]:
        """One exchange, archived. The payload is that of the known capture when the server says 304.

        A URL asked for before is asked for conditionally, and an unchanged payload is archived as a revisit.
        Raises IgnoreRequest for a host that is not registered: cloned and hijacked portals abound.
        """
        if urlsplit(url).hostname not in self.job.hosts:
            raise IgnoreRequest(f"offsite: {url} is not on a registered host")
        known = self._latest.get(url) if method == "GET" else None
        answer = await self.wire.fetch(method, url, [*headers, *_conditions(known)], body)
        refers_to = known if answer.status in (200, 304) else None  # the writer looks at the payload
        capture = await self._on_thread(self._writer.exchange, answer.exchange, refers_to)
        if method == "GET" and capture.kind == "response" and answer.status == 200:
            self._latest[url] = capture
        earlier = await self._on_thread(self._archive.payload, known) if known and answer.status == 304 else None
        return answer, capture, earlier

    async def keep_rendering(self, rendering: Rendering) -> Sequence[Capture]:
        return await self._on_thread(self._writer.rendering, rendering)

    async def keep_visit(self, visit: Visit) -> None:
        """Writes what a visit found, after everything that it rests on; on disk when this returns."""
        await self._on_thread(self._writer.visit, visit)
        await self._on_thread(self._writer.sync)

    async def close(self) -> None:
        await self.wire.close()
        await self._on_thread(self._writer.close)
        self._thread.shutdown()

    async def _on_thread(self, work: Callable[..., R], *args: object) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)


_rooms: WeakKeyDictionary[Crawler, EngineRoom] = WeakKeyDictionary()


def furnish(crawler: Crawler, room: EngineRoom) -> None:
    """Gives a crawler its room, before it starts: Scrapy copies settings deeply, so parts cannot travel in them."""
    _rooms[crawler] = room


def room_of(crawler: Crawler) -> EngineRoom:
    return _rooms[crawler]


def _conditions(known: Capture | None) -> list[Header]:
    if known is None:
        return []
    conditions = [(b"If-None-Match", known.etag), (b"If-Modified-Since", known.last_modified)]
    return [(name, value.encode("latin-1", "replace")) for name, value in conditions if value]
