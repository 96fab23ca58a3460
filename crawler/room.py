"""The parts that one crawl process shares: clock, wire, archive writer. Built once from the job, found by the crawler.

`EngineRoom.fetch` is the one way out: whatever Scrapy or a browser's page asks for passes the registered hosts, traps,
budgets, robots.txt, addresses and the gate here, and is archived. Writing happens on a thread off the reactor's.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from crawler.addresses import Resolver
from crawler.budget import Purse, Traps
from crawler.clock import Clock, frozen_clock, system_clock
from crawler.courtesy import retry_after
from crawler.framing import Header, header
from crawler.job import Job
from crawler.politeness import PATIENCE, Gate
from crawler.refusals import OffSite, OverBudget, Refusal
from crawler.robots import Got, Robots
from crawler.scribe import Scribe
from crawler.turnstile import Turnstile
from crawler.wire import Answer, WireClient
from spiders.pages import load_marks
from storage.archive import Archive, Payload
from storage.bucket import Bucket
from storage.codec import moment_text
from storage.errors import PayloadTooLarge, StorageError
from storage.http import address, content_codings, decoded, parse_head
from storage.ids import Ids
from storage.records import Capture, Outcome, Rendering, Visit
from storage.warc import WarcWriter

log = logging.getLogger(__name__)
_FAILURES = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)
_REMEMBERED = 1000  # addresses asked for in this crawl that can be asked for again conditionally
_ROBOTS_LIMIT = 8 << 20  # bytes


@cache
def _ids() -> Ids:
    return Ids(system_clock, secrets.token_bytes(8))


def new_id() -> str:
    """The identity of a record. The one place where a crawl draws randomness, once a process."""
    return _ids()()


class EngineRoom:
    """One crawl process's shared parts."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.clock: Clock = frozen_clock(job.as_of) if job.as_of else system_clock
        self._turnstile = Turnstile(Path(job.turnstile), time.monotonic, PATIENCE) if job.turnstile else None
        self.gate = Gate(job.delay, time.monotonic, self._turnstile)
        self.wire = WireClient(
            self.clock, self.gate, Resolver([ip_network(one) for one in job.allow_addresses], time.monotonic)
        )
        self._hosts = frozenset(job.hosts)
        self._until = time.monotonic() + job.seconds if job.seconds is not None else None
        self._purse = Purse(job.budget, Counter(urlsplit(column.url).hostname or "" for column in job.columns))
        self._traps = Traps()
        self._robots = Robots(self._robots_txt, self._heard_of_robots)
        self._archive = Archive(Path(job.archive), bucket=Bucket(job.bucket) if job.bucket else None)
        self.scribe = Scribe(WarcWriter(Path(job.archive), job.prefix, new_id=new_id), self.gate.calm)
        self._latest: OrderedDict[str, Capture] = OrderedDict()
        self._lost: set[str] = set()  # known, and not readable any more

    async def fetch(
        self, method: str, url: str, headers: Sequence[Header] = (), body: bytes = b""
    ) -> tuple[Answer, Capture, Payload | None]:
        """One exchange, archived. The payload is that of the known capture when the server says 304.

        A URL asked for before is asked for conditionally, and an unchanged payload is archived as a revisit.
        Raises Refusal for what is not asked for: cloned and hijacked portals abound.
        """
        host = urlsplit(url).hostname or ""
        try:
            self._look_at(url, host)
            await self._robots.check(url)
            self._purse.ask(host, time.monotonic())
            return await self._exchange(method, url, headers, body)
        except Refusal as refusal:
            if host in self._hosts:
                refused = self.gate.line(host).refused
                refused[type(refusal).__name__] = refused.get(type(refusal).__name__, 0) + 1
            raise

    async def keep_rendering(self, rendering: Rendering) -> Sequence[Capture]:
        return await self.scribe.rendering(rendering)

    async def keep_visit(self, visit: Visit) -> None:
        """Writes what a visit found, after everything that it rests on; on disk when this returns."""
        await self.scribe.visit(visit, self.job.before.pop(visit.column_url, None))

    async def close(self) -> None:
        await self.wire.close()
        self.wire.resolver.close()
        await self.scribe.close()

    def ledger(self) -> list[dict[str, Any]]:
        """How every host was treated so far."""
        return [replace(line, crawl=self.job.prefix).row() for line in self.gate.ledger.values()]

    def _look_at(self, url: str, host: str) -> None:
        if host not in self._hosts:
            raise OffSite(url)
        if self._until is not None and time.monotonic() > self._until:
            raise OverBudget("the hours in which anything may be asked for are over")
        self._traps.check(url)

    async def _exchange(
        self, method: str, url: str, headers: Sequence[Header], body: bytes = b""
    ) -> tuple[Answer, Capture, Payload | None]:
        host = urlsplit(url).hostname or ""
        known = self._known(url) if method == "GET" else None
        try:
            answer = await self.wire.fetch(method, url, [*headers, *_conditions(known)], body)
        except _FAILURES:
            self.gate.answered(host, Outcome.UNREACHABLE)
            raise
        self._note(host, url, answer)
        refers_to = known if answer.status in (200, 304) else None  # the writer looks at the payload
        capture = await self.scribe.exchange(answer.exchange, refers_to)
        whole = answer.exchange.truncated is None  # a later 304 must never give back half a list
        if method == "GET" and capture.kind == "response" and answer.status == 200 and whole:
            self._remember(url, capture)
        if known is None or answer.status != 304:
            return answer, capture, None
        try:
            return answer, capture, await self.scribe.off_thread(self._archive.payload, known)
        except StorageError as error:  # a file that was moved or is damaged: the page is asked for whole
            log.warning("%s is unchanged, but what the archive has of it cannot be read: %s", url, error)
        self._latest.pop(url, None)
        self._lost.add(url)
        return await self._exchange(method, url, headers, body)

    def _note(self, host: str, url: str, answer: Answer) -> None:
        """What an answer means for the next request to its host."""
        failure = _failure(answer.status)
        asked = header(answer.headers, b"retry-after")
        seconds = retry_after(answer.status, asked, header(answer.headers, b"date"), system_clock())
        self.gate.back_off(host, seconds, failure or Outcome.SERVER_ERROR)
        self.gate.answered(host, failure, url)
        size = len(answer.exchange.head) + len(answer.exchange.body)
        self._purse.got(host, size)
        line, now = self.gate.line(host), moment_text(system_clock().replace(microsecond=0))
        line.first, line.last, line.received = line.first or now, now, line.received + size
        line.statuses[str(answer.status)] = line.statuses.get(str(answer.status), 0) + 1

    def _known(self, url: str) -> Capture | None:
        """The capture that an unchanged page would repeat."""
        return self._latest.get(url) or (None if url in self._lost else self.job.known.get(url))

    def _remember(self, url: str, capture: Capture) -> None:
        self._latest[url] = capture
        if len(self._latest) > _REMEMBERED:
            self._latest.popitem(last=False)

    async def _robots_txt(self, url: str) -> Got:
        host = urlsplit(url).hostname or ""
        self._look_at(url, host)
        headers = [(b"User-Agent", self.job.user_agent.encode()), (b"Accept-Encoding", b"gzip, deflate")]
        answer, _, earlier = await self._exchange("GET", url, headers)
        if earlier is not None:
            return Got(200, earlier.body)
        try:
            body, _ = decoded(content_codings(parse_head(answer.exchange.head)), answer.entity, _ROBOTS_LIMIT)
        except PayloadTooLarge:
            body = b""
        location = address(header(answer.headers, b"location"))
        return Got(answer.status, body, location, _failure(answer.status))

    def _heard_of_robots(self, host: str, what: str, delay: float | None) -> None:
        self.gate.line(host).robots = what
        if delay:
            self.gate.raise_delay(host, delay)


_rooms: WeakKeyDictionary[Crawler, EngineRoom] = WeakKeyDictionary()


def furnish(crawler: Crawler, room: EngineRoom) -> None:
    """Gives a crawler its room, before it starts: Scrapy copies settings deeply, so parts cannot travel in them."""
    _rooms[crawler] = room


def room_of(crawler: Crawler) -> EngineRoom:
    return _rooms[crawler]


def _failure(status: int) -> Outcome | None:
    """What a status says against the host as a whole; 404 and its like say nothing."""
    outcome: Outcome | None = load_marks().statuses.get(status)
    if outcome in (Outcome.BLOCKED, Outcome.SERVER_ERROR):
        return outcome
    return Outcome.SERVER_ERROR if status >= 500 else None


def _conditions(known: Capture | None) -> list[Header]:
    if known is None:
        return []
    conditions = [(b"If-None-Match", known.etag), (b"If-Modified-Since", known.last_modified)]
    return [(name, value.encode("latin-1", "replace")) for name, value in conditions if value]
