"""robots.txt, by RFC 9309: asked for before anything else of an origin, and obeyed, by the browser's requests too.

4xx: there are no rules. 5xx or no answer: nothing may be asked, and the reason is the host's trouble, not its rules.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from protego import Protego

from crawler.refusals import ForbiddenByRobots, OffSite, RobotsUnknown
from storage.records import Outcome
from storage.urls import target_uri

TOKEN = "nianbao"  # noqa: S105 - the product token that robots.txt may name
PATH = "/robots.txt"
_LARGEST = 500 * 1024  # bytes that are read of one (RFC 9309, 2.5)
_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Got:
    """An answer, as far as robots.txt is concerned; `failure` is what its status means for a visit, None if nothing."""

    status: int
    body: bytes  # without codings
    location: str = ""
    failure: Outcome | None = None


Fetch = Callable[[str], Awaitable[Got]]


class Rules:
    """What one origin's robots.txt says to us."""

    def __init__(self, body: bytes) -> None:
        self._parsed = Protego.parse(body[:_LARGEST].decode("utf-8-sig", "replace"))

    def allow(self, url: str) -> bool:
        return self._parsed.can_fetch(url, TOKEN)

    @property
    def delay(self) -> float | None:
        """Seconds between requests: the larger of Crawl-delay and Request-rate."""
        rate = self._parsed.request_rate(TOKEN)
        asked = [self._parsed.crawl_delay(TOKEN), rate.seconds / rate.requests if rate and rate.requests else None]
        return max((seconds for seconds in asked if seconds), default=None)


class Robots:
    """The rules of every origin, each fetched once. One that could not be had is asked for again with the next page."""

    def __init__(self, fetch: Fetch, told: Callable[[str, str, float | None], None]) -> None:
        """`told` hears (host, what became of its robots.txt, the delay that it asks for)."""
        self._fetch, self._told = fetch, told
        self._rules: dict[str, Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def check(self, url: str) -> None:
        """Raises ForbiddenByRobots, RobotsUnknown, or what fetching robots.txt raises."""
        parts = urlsplit(url)
        if parts.path == PATH:
            return
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            async with self._asking.setdefault(origin, asyncio.Lock()):
                if origin not in self._rules:
                    self._rules[origin] = await self._ask(origin, parts.hostname or "")
        if not self._rules[origin].allow(url):
            raise ForbiddenByRobots(url)

    async def _ask(self, origin: str, host: str) -> Rules:
        got = await self._follow(origin + PATH)
        if got.failure is not None and not 400 <= got.status < 429:
            self._told(host, f"status {got.status}", None)
            raise RobotsUnknown(f"status {got.status} for robots.txt, so nothing may be asked for", got.failure)
        if got.status != 200:
            self._told(host, f"none: status {got.status}", None)
            return Rules(b"")
        rules = Rules(got.body)
        self._told(host, "obeyed", rules.delay)
        return rules

    async def _follow(self, url: str) -> Got:
        """The answer after its redirects; one that leads too far, or to a stranger, says that there are no rules."""
        for _ in range(_REDIRECTS + 1):
            try:
                got = await self._fetch(url)
            except OffSite:
                break
            if not 300 <= got.status < 400 or not got.location:
                return got
            url = target_uri(urljoin(url, got.location))
        return Got(404, b"")
