"""The spider: looks through columns for the reports that organs owe, and says of each column what it showed.

One coroutine a column, read from top to bottom; requests go through Scrapy's downloader and all its middlewares.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

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
from scrapy.http import Response
from scrapy.http.response.text import TextResponse

from portals.model import Organ
from portals.titles import Names
from spiders.article import is_document, read_article
from spiders.candidates import Expectation, is_of_series, weigh
from spiders.listing import Listing, read_listing, rules
from spiders.pages import Verdict, html_of, judge_page
from storage.records import Candidate, Outcome, Sighting, Visit

_UNREACHABLE = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column to look through."""

    url: str
    organs: tuple[str, ...]  # ids of the organs whose reports are expected here
    seen_before: tuple[str, ...] = ()  # URLs of reports of the series that its last complete visit showed: the canary


@dataclass(frozen=True, slots=True)
class Page:
    """What became of one request."""

    url: str
    verdict: Verdict
    response: Response | None
    captures: tuple[str, ...]  # every exchange that it took, redirects and a browser's data calls among them
    capture: str | None = None  # the one that holds what the page shows

    @property
    def html(self) -> str | None:
        ok = self.verdict.outcome is Outcome.COMPLETE
        return html_of(self.response) if ok and isinstance(self.response, TextResponse) else None


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
        self._places = asyncio.Semaphore(columns_at_once)
        self._by_id = {organ.id: organ for organ in organs}
        self._names = Names(organs)

    async def start(self) -> AsyncIterator[Visit]:
        visits = [asyncio.ensure_future(self._visit(column)) for column in self.columns]
        for coming in asyncio.as_completed(visits):
            if visit := await coming:
                yield visit

    async def _visit(self, column: Column) -> Visit | None:
        """None when we fell over what a portal sent: the column then counts as not visited, and the others go on."""
        async with self._places:
            try:
                return await ColumnVisit(self, column).run()
            except Exception:
                self.logger.exception("our fault: the visit to %s was given up", column.url)
                return None

    def expectations(self, column: Column) -> list[Expectation]:
        alone = len(column.organs) == 1
        return [Expectation(self._by_id[i], self.series, self.year, alone, self._names) for i in column.organs]

    async def fetch(self, url: str, *, browser: bool = False) -> Page:
        """One page, with the verdict on it; never raises for what a portal does."""
        captures: list[str] = []
        meta: dict[str, Any] = {"captures": captures}
        if browser:
            meta |= {"playwright": True, "playwright_context": "visit"}
        try:
            request = scrapy.Request(url, meta=meta, dont_filter=False)
            response = await self.crawler.engine.download_async(request)
        except IgnoreRequest as error:
            return Page(url, Verdict(_why_ignored(str(error)), str(error)), None, tuple(captures))
        except _UNREACHABLE as error:
            return Page(url, Verdict(Outcome.UNREACHABLE, str(error)), None, tuple(captures))
        except ValueError as error:
            return Page(url, Verdict(Outcome.UNREACHABLE, f"not a usable URL: {error}"), None, tuple(captures))
        return Page(response.url, judge_page(response), response, tuple(captures), response.meta.get("capture"))


def _why_ignored(message: str) -> Outcome:
    """Scrapy's middlewares tell why they drop a request only in words."""
    if "robots.txt" in message:
        return Outcome.ROBOTS
    return Outcome.MOVED if "offsite" in message else Outcome.UNREACHABLE


class ColumnVisit:
    """One visit to one column, gathered step by step into a Visit."""

    def __init__(self, spider: AnnualReportSpider, column: Column) -> None:
        self._spider = spider
        self._column = column
        self._at = spider.clock()
        self._captures: list[str] = []
        self._sightings: dict[tuple[str, str], Sighting] = {}
        self._trouble: Verdict | None = None

    async def run(self) -> Visit:
        first = await self._spider.fetch(self._column.url)
        self._captures += first.captures
        if first.html is None:
            verdict = first.verdict
            if verdict.outcome is Outcome.COMPLETE:
                verdict = Verdict(Outcome.REDESIGNED, "not a page of HTML")
            return self._result(verdict, ())
        listing = await self._read_pages(first)
        if self._needs_browser(listing):
            await self._look_with_browser(first.url)
        candidates = [await self._follow(candidate) for candidate in self._weighed()]
        return self._result(self._verdict(first), tuple(candidates))

    async def _read_pages(self, first: Page) -> Listing:
        """Reads the first page and every further one that it, or they, name."""
        listing = self._note(first)
        todo, done = list(listing.pages), {first.url, self._column.url}
        while todo:
            url = todo.pop(0)
            if url in done:
                continue
            done.add(url)
            page = await self._spider.fetch(url)
            self._captures += page.captures
            if page.html is None:
                # A pager that counts one page too many is common; a page refused in the middle is a gap.
                self._trouble = Verdict(Outcome.PARTIAL, f"{url}: {page.verdict.outcome.value}, {page.verdict.detail}")
                continue
            todo += [url for url in self._note(page).pages if url not in done]
            if len(done) > 40:
                self._trouble = Verdict(Outcome.PARTIAL, "more than 40 pages")
                break
        return listing

    def _note(self, page: Page) -> Listing:
        listing = read_listing(page.html or "", page.url)
        for link in listing.links:
            sighting = Sighting(link.url, link.title, link.date, page.capture or "")
            self._sightings.setdefault((link.url, link.title), sighting)
        if listing.hidden:
            self._trouble = Verdict(Outcome.PARTIAL, f"{listing.hidden} records of the list are loaded by script")
        return listing

    def _needs_browser(self, listing: Listing) -> bool:
        """Whether a script may hide the report: there are scripts, and no report of the series is seen without them."""
        return listing.hidden > 0 or (listing.scripted and not self._shows_the_series())

    async def _look_with_browser(self, url: str) -> None:
        if not self._spider.has_browser:
            self._trouble = Verdict(Outcome.PARTIAL, "the list may be built by script, and there is no browser here")
            return
        page = await self._spider.fetch(url, browser=True)
        self._captures += page.captures
        if page.html is None:
            detail = f"in the browser: {page.verdict.outcome.value}, {page.verdict.detail}"
            self._trouble = Verdict(Outcome.PARTIAL, detail)
            return
        self._trouble = None
        self._note(page)

    def _weighed(self) -> list[Candidate]:
        found = [
            candidate
            for wanted in self._spider.expectations(self._column)
            for sighting in self._sightings.values()
            if (candidate := weigh(sighting, wanted))
        ]
        return sorted(found, key=lambda candidate: (candidate.organ, -candidate.score, candidate.url))

    async def _follow(self, candidate: Candidate) -> Candidate:
        """Fetches an accepted candidate's page and what is attached to it."""
        if not candidate.accepted:
            return candidate
        page = await self._spider.fetch(candidate.url)
        if page.verdict.outcome is not Outcome.COMPLETE:
            failure = f"{page.verdict.outcome.value}: {page.verdict.detail}"
            return replace(candidate, captures=_held([page]), failure=failure)
        if page.html is None or is_document(page.url):
            return replace(candidate, captures=_held([page]))
        article = read_article(page.html, page.url)
        if article.shell and not article.attachments and self._spider.has_browser:
            page = await self._spider.fetch(candidate.url, browser=True)
            article = read_article(page.html or "", page.url)
        attachments = [await self._spider.fetch(url) for url in article.attachments]
        failures = [
            f"attachment {attachment.url}: {attachment.verdict.outcome.value}, {attachment.verdict.detail}"
            for attachment in attachments
            if attachment.verdict.outcome is not Outcome.COMPLETE
        ]
        return replace(
            candidate,
            captures=_held([page, *attachments]),
            dates=(*candidate.dates, *article.dates),
            failure="; ".join(failures)[:500] or None,
        )

    def _verdict(self, first: Page) -> Verdict:
        """What the visit is worth, after everything was looked at. In doubt it is not complete."""
        if self._trouble:
            return self._trouble
        seen = {sighting.url for sighting in self._sightings.values()}
        if self._column.seen_before and not seen & set(self._column.seen_before):
            return Verdict(Outcome.REDESIGNED, "no report that the column showed before is there any more")
        if not self._shows_the_series():
            if not _same_page(first.url, self._column.url):  # deleted columns often lead to the home page
                return Verdict(Outcome.MOVED, f"leads to {first.url}, which shows no report")
            if not re.search(rules()["column_words"], first.html or ""):
                return Verdict(Outcome.REDESIGNED, "nothing on the page says that it lists annual reports")
        return Verdict(Outcome.COMPLETE)

    def _shows_the_series(self) -> bool:
        return any(is_of_series(sighting, self._spider.series) for sighting in self._sightings.values())

    def _result(self, verdict: Verdict, candidates: tuple[Candidate, ...]) -> Visit:
        return Visit(
            id=self._spider.new_id(),
            at=self._at,
            column_url=self._column.url,
            organs=self._column.organs,
            year=self._spider.year,
            outcome=verdict.outcome,
            detail=verdict.detail[:500],
            captures=tuple(self._captures),
            sightings=tuple(self._sightings.values()),
            candidates=candidates,
        )


def _same_page(one: str, other: str) -> bool:
    """Whether two addresses are one page: http and https, /nb/ and /nb/index.html are."""

    def plain(url: str) -> tuple[str, str, str]:
        parts = urlsplit(url)
        return (parts.hostname or "", re.sub(r"/(index\.\w+)?$", "", parts.path), parts.query)

    return plain(one) == plain(other)


def _held(pages: Sequence[Page]) -> tuple[str, ...]:
    return tuple(page.capture for page in pages if page.capture)
