"""When the next request to a host may go out. One gate for Scrapy's requests and for the browser's.

Holds per host and per address: one machine often serves a whole county's portals.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

Monotonic = Callable[[], float]


class Gate:
    """Spaces requests by `delay` seconds, from start to start.

    One request at a time under each key; only an intranet or test that allows a delay of 0 gets more.
    """

    def __init__(self, delay: float, monotonic: Monotonic) -> None:
        self._delay = delay
        self._monotonic = monotonic
        self._raised: dict[str, float] = {}  # host → seconds, from robots.txt or the site's data
        self._not_before: dict[str, float] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}

    def raise_delay(self, host: str, seconds: float) -> None:
        """Crawl-delay or a site's own data: may only raise the delay. Capped at two minutes."""
        self._raised[host] = max(self._raised.get(host, 0.0), min(seconds, 120.0))

    def back_off(self, host: str, seconds: float) -> None:
        """Retry-After: nothing goes to `host` for that long. Capped at two minutes."""
        key = f"host:{host}"
        until = self._monotonic() + min(max(seconds, 0.0), 120.0)
        self._not_before[key] = max(self._not_before.get(key, 0.0), until)

    @asynccontextmanager
    async def turn(self, host: str, address: str) -> AsyncIterator[None]:
        """Waits until a request may go to `host` at `address`, and holds both until it is done."""
        keys = (f"host:{host}", f"address:{address}")  # a host may be written as its address
        async with self._slot(keys[0]), self._slot(keys[1]):
            delay = max(self._delay, self._raised.get(host, 0.0))
            if (wait := max(self._not_before.get(key, 0.0) for key in keys) - self._monotonic()) > 0:
                await asyncio.sleep(wait)
            ready = self._monotonic() + delay
            for key in keys:
                self._not_before[key] = max(self._not_before.get(key, 0.0), ready)
            yield

    def _slot(self, key: str) -> asyncio.Semaphore:
        return self._slots.setdefault(key, asyncio.Semaphore(1 if self._delay else 8))
