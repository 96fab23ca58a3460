"""The spider: looks through columns for the reports that organs owe, and says of each column what it showed.

One coroutine a column; requests go through Scrapy's downloader and all its middlewares.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import scrapy
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from portals.model import Organ
from portals.titles import Names
from spiders.candidates import Expectation
from spiders.column import Column
from spiders.datalists import Call
from spiders.fetched import Page, Shown
from spiders.pages import Verdict, judge_page, stub_target
from spiders.places import host_of
from spiders.rules import rules
from spiders.visiting import visit_column
from storage.records import Outcome, Visit

_UNREACHABLE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    OSError,
)
_FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "X-Requested-With": "XMLHttpRequest"}
_STUBS = 3  # meta refreshes that are followed, one to the next


class AnnualReportSpider(scrapy.Spider):
    name = "annual_report"

    def __init__(
        self,
        columns: Sequence[Column],
        organs: Sequence[Organ],
        series: str,
        year: int,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        has_browser: bool,
        columns_at_once: int = 16,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.columns, self.series, self.year = columns, series, year
        self.clock, self.new_id, self.has_browser = clock, new_id, has_browser
        self._at_once = columns_at_once
        self._by_id = {organ.id: organ for organ in organs}
        self._names = Names(organs)
        self._on_host_named: dict[str, Names] = {}
        self._on_host: dict[str, list[Organ]] = {}
        for organ in organs:
            for host in {host_of(url) for url in (organ.column_url, organ.home_url) if url}:
                self._on_host.setdefault(host, []).append(organ)

    async def start(self) -> AsyncIterator[Visit]:
        """The visits, in the order in which they end; one that was handed out is not kept."""
        todo = iter(self.columns)
        done: asyncio.Queue[Sequence[Visit]] = asyncio.Queue(2 * self._at_once)
        workers = [asyncio.ensure_future(self._work(todo, done)) for _ in range(self._at_once)]
        try:
            for _ in self.columns:
                for visit in await done.get():
                    yield visit
        finally:
            for worker in workers:
                worker.cancel()

    async def _work(self, todo: Iterator[Column], done: asyncio.Queue[Sequence[Visit]]) -> None:
        for column in todo:
            await done.put(await self._visit(column))

    async def _visit(self, column: Column) -> Sequence[Visit]:
        """() when we fell over what a portal sent: the column then counts as not visited, and the others go on."""
        try:
            return await visit_column(self, column)
        except Exception:
            self.logger.exception("our fault: the visit to %s was given up", column.url)
            return ()

    def expectations(self, column: Column) -> list[Expectation]:
        alone, host = len(column.organs) == 1, host_of(column.url)
        here, governments = (
            self._names_on(host),
            [one for one in self._on_host.get(host, ()) if one.kind == "government"],
        )
        government = governments[0] if len(governments) == 1 else None
        wanted = (self._by_id[identity] for identity in column.organs)
        return [Expectation(one, self.series, self.year, alone, self._names, here, government) for one in wanted]

    def _names_on(self, host: str) -> Names:
        if host not in self._on_host_named:
            self._on_host_named[host] = Names(self._on_host.get(host, ()))
        return self._on_host_named[host]

    async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
        """One page, with the verdict on it; never raises for what a portal does. Follows a stub that moves on."""
        page = await self._fetch_once(url, browser, turn, call)
        for _ in range(_STUBS):
            target = stub_target(page.response) if page.verdict.outcome is Outcome.MOVED and page.response else None
            if target is None or target == page.url:
                break
            following = await self._fetch_once(target, browser, turn, None)
            captures = (*page.captures, *following.captures)
            if following.response is None and following.verdict.outcome is Outcome.MOVED:  # off to a stranger
                return Page(page.url, page.verdict, page.response, captures, page.capture)
            page = Page(following.url, following.verdict, following.response, captures, following.capture)
        return page

    async def _fetch_once(self, url: str, browser: bool, turn: bool, call: Call | None) -> Page:
        captures: list[str] = []
        meta: dict[str, Any] = {"captures": captures}
        if browser:
            meta |= {"playwright": True, "playwright_context": "visit"}
            meta |= {"turn": sorted(rules().next_labels - _LAST | rules().more_labels)} if turn else {}
        try:
            request = scrapy.Request(url, meta=meta)
            if call is not None:
                request = request.replace(method=call.method, body=call.body.encode(), headers=_FORM)
            response = await self.crawler.engine.download_async(request)
        except IgnoreRequest as error:
            outcome = getattr(error, "outcome", None) or _why_ignored(str(error))
            return Page(url, Verdict(outcome, str(error)), None, tuple(captures))
        except _UNREACHABLE as error:
            return Page(url, Verdict(Outcome.UNREACHABLE, str(error)), None, tuple(captures))
        except ValueError as error:
            return Page(url, Verdict(Outcome.UNREACHABLE, f"not a usable URL: {error}"), None, tuple(captures))
        seen = response.meta
        return Page(
            response.url,
            judge_page(response),
            response,
            tuple(captures),
            seen.get("capture"),
            tuple(Shown(html, capture) for html, capture in seen.get("before", ())),
            bool(seen.get("turned_all", True)),
            tuple(seen.get("revealed", ())),
            tuple((url, title) for url, title in seen.get("opened", ())),
            tuple(seen.get("chosen", ())),
        )


_LAST = {"尾页", "末页", "最后一页"}  # turning jumps over nothing


def _why_ignored(message: str) -> Outcome:
    """Scrapy's middlewares tell why they drop a request only in words."""
    if "robots.txt" in message:
        return Outcome.ROBOTS
    return Outcome.MOVED if "offsite" in message else Outcome.UNREACHABLE
