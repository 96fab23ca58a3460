"""When the next request to a host may go out, and when none may any more. One gate for Scrapy and for browsers.

Holds per host and per address: one machine often serves a whole county's portals. What happened is kept by host, as
lines of a ledger that can be shown to whoever asks how we behaved.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from crawler.ledger import Line
from crawler.refusals import HostGivenUp
from crawler.turnstile import Turnstile
from storage.records import Outcome

Monotonic = Callable[[], float]

PATIENCE = 120.0
"""Seconds. A host that asks for a longer wait than this is left alone for the rest of the round: it is obeyed."""

_GIVE_UP = {Outcome.UNREACHABLE: 5, Outcome.SERVER_ERROR: 5, Outcome.BLOCKED: 20}  # failures one after another
_MOST_BACKOFF = 60.0


class Gate:
    """Spaces requests by `delay` seconds, from the end of one to the start of the next: a server sees no less, whatever
    the network and the two machines do in between.

    One request at a time under each key; only an intranet or test that allows a delay of 0 gets more. A turnstile
    makes that hold over several processes.
    """

    def __init__(self, delay: float, monotonic: Monotonic, turnstile: Turnstile | None = None) -> None:
        self._delay = delay
        self._monotonic = monotonic
        self._turnstile = turnstile
        self._not_before: dict[str, float] = {}
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._stumbles: dict[str, int] = {}  # failures one after another, by host
        self._broken: dict[str, set[str]] = {}  # what of a host failed in that row
        self._sound: set[str] = set()  # hosts that answered well before
        self._given_up: dict[str, tuple[str, Outcome]] = {}
        self.ledger: dict[str, Line] = {}
        self.calm = asyncio.Event()  # cleared by whoever cannot take more answers for now
        self.calm.set()

    def line(self, host: str) -> Line:
        return self.ledger.setdefault(host, Line(host, self._delay))

    def raise_delay(self, host: str, seconds: float) -> None:
        """Crawl-delay or a site's own data: may only raise the delay."""
        line = self.line(host)
        line.delay = max(line.delay, seconds)
        if line.requests:  # robots.txt itself was one, and the next comes no sooner after it
            self._hold(f"host:{host}", line.delay)
        if line.delay > PATIENCE:
            self.give_up(host, f"{host} asks for {line.delay:.0f} s between requests", Outcome.ROBOTS)

    def back_off(self, host: str, seconds: float, outcome: Outcome = Outcome.SERVER_ERROR) -> None:
        """Retry-After: nothing goes to `host` for that long."""
        if seconds > PATIENCE:
            self.give_up(host, f"{host} asks not to come back for {seconds:.0f} s", outcome)
        elif seconds > 0:
            self.line(host).held_back += seconds
            self._hold(f"host:{host}", seconds)

    def give_up(self, host: str, why: str, outcome: Outcome) -> None:
        """Nothing more goes to `host`; the first reason stays."""
        self._given_up.setdefault(host, (why, outcome))
        self.line(host).given_up = self._given_up[host][0]

    def answered(self, host: str, failure: Outcome | None, url: str = "") -> None:
        """What an answer said, if it was one of failure: each one doubles the wait, several end it.

        Where others were answered well, a page that is asked for again and fails again counts once.
        """
        if failure is None:
            self._sound.add(host)
            self._stumbles.pop(host, None)
            self._broken.pop(host, None)
            return
        count = self._stumbles[host] = self._stumbles.get(host, 0) + 1
        line = self.line(host)
        line.failures += 1
        broken = self._broken.setdefault(host, set())
        one_page = url and failure is Outcome.SERVER_ERROR and host in self._sound
        broken.add(url if one_page else str(count))
        if len(broken) >= _GIVE_UP.get(failure, 5):
            self.give_up(host, f"{host} was given up after {count} failures ({failure.value})", failure)
        elif line.delay and failure is not Outcome.BLOCKED:
            self._hold(f"host:{host}", min(line.delay * 2**count, _MOST_BACKOFF))

    @asynccontextmanager
    async def turn(self, host: str, address: str) -> AsyncIterator[None]:
        """Waits until a request may go to `host` at `address`, and holds both until it is done.

        Raises HostGivenUp, also when that happened while it was waited for.
        """
        keys = (f"host:{host}", f"address:{address}")  # a host may be written as its address
        self._refuse(host)
        async with self._slot(keys[0]), self._slot(keys[1]):
            await self.calm.wait()
            self._refuse(host)
            async with self._among_processes(keys):
                while (wait := max(self._not_before.get(key, 0.0) for key in keys) - self._monotonic()) > 0:
                    await asyncio.sleep(wait)
                    self._refuse(host)
                line = self.line(host)
                line.asked(self._monotonic(), address)
                try:
                    self._space(keys, line)
                    yield
                finally:
                    self._space(keys, line)

    @asynccontextmanager
    async def _among_processes(self, keys: Sequence[str]) -> AsyncIterator[None]:
        """Keeps other processes from these keys, and takes over from them how long each must be left alone."""
        entered: list[str] = []
        if self._turnstile is None or not self._delay:
            yield
            return
        try:
            for key in keys:
                self._hold(key, await self._turnstile.enter(key))
                entered.append(key)
            yield
        finally:
            for key in entered:
                self._turnstile.hold(key, self._not_before.get(key, 0.0) - self._monotonic())
                self._turnstile.leave(key)

    def _refuse(self, host: str) -> None:
        if host in self._given_up:
            raise HostGivenUp(*self._given_up[host])

    def _space(self, keys: Sequence[str], line: Line) -> None:
        for key in keys:
            self._hold(key, line.delay)

    def _hold(self, key: str, seconds: float) -> None:
        self._not_before[key] = max(self._not_before.get(key, 0.0), self._monotonic() + seconds)

    def _slot(self, key: str) -> asyncio.Semaphore:
        return self._slots.setdefault(key, asyncio.Semaphore(1 if self._delay else 8))
