"""Asks a site's own search for whose report was not found: where it leads, no list need lead.

What it finds clears, and proves nothing absent: a column that only the search finds may be an old one.
"""

from __future__ import annotations

from collections.abc import Iterator

from spiders.candidates import is_of_series
from spiders.datalists import is_data, read_data_list
from spiders.fetched import Page
from spiders.finding import Finding
from spiders.listing import Link, links_of, links_on, read_listing
from spiders.navigation import ways
from spiders.unlinked import Search, search_of, search_pages
from spiders.walk import Walk
from storage.records import Sighting

_MOST_NAMES = 8  # organs by whose names a portal's search is asked in one visit


class Searching:
    """The searches of one visit."""

    def __init__(self, finding: Finding, series: str, year: int) -> None:
        self._finding, self._survey = finding, finding.survey
        self._series, self._year = series, year

    async def search(self, home: Page) -> None:
        """Asks the search that a home page offers, until everything was found or nothing is left to ask."""
        search = await self._search_from(home) if self._finding.open() else None
        if search is None:
            return
        asking = _Asking(search, self._finding, self._series)
        for words in self._words():
            await asking.ask(words)
            await self._finding.find(in_column=False)
            if not self._finding.open():
                return
        before, troubles = set(self._survey.sightings), len(self._survey.troubles)
        await Walk(self._survey, home.url, self._series).to_hits(asking.hits)
        await self._finding.find(in_column=True)
        self._survey.put_aside(before)
        del self._survey.troubles[troubles:]

    async def _search_from(self, home: Page) -> Search | None:
        """The site's own search: on its home page, or on one that is called so."""
        html = home.html or ""
        if search := search_of(html, home.url, in_utf8=home.in_utf8):
            return search
        for url in search_pages(links_on(html, home.url), home.url):
            page = await self._survey.fetch(url)
            if page.html and (search := search_of(page.html, page.url, in_utf8=page.in_utf8)):
                return search
        return None

    def _words(self) -> Iterator[str]:
        """What is typed; by names only for those of several for whom it is still open when their turn has come."""
        yield from (words.format(year=self._year) for words in ways().search_words)
        if len(self._finding.wanted) > 1:
            for one in self._finding.open()[:_MOST_NAMES]:
                yield ways().search_names.format(organ=one.organ.name, year=self._year)


class _Asking:
    """One search, asked several times. `hits`: all that it found."""

    def __init__(self, search: Search, finding: Finding, series: str) -> None:
        self._search, self._survey, self._series = search, finding.survey, series
        self._scripted: bool | None = None  # whether only a script shows what was found; None before it was tried
        self.hits: list[Link] = []

    async def ask(self, words: str) -> None:
        call = self._search.ask(words)
        page = await self._survey.fetch(call.url, call=call if call.method == "POST" else None)
        links = _links(page)
        if self._scripted is not False and call.method == "GET" and not self._any_report(links):
            page, links = await self._by_browser(call.url, page, links)
        before = set(self._survey.sightings)
        self._survey.note(links, page.capture)
        self._survey.put_aside(before)
        self.hits += links

    async def _by_browser(self, url: str, page: Page, links: tuple[Link, ...]) -> tuple[Page, tuple[Link, ...]]:
        """The same answer in the browser, where a script may show more; the first time tells for the others."""
        if page.html is None or not self._survey.has_browser or not read_listing(page.html, page.url).scripted:
            return page, links
        shown = await self._survey.fetch(url, browser=True)
        found = _links(shown)
        self._scripted = bool({link.url for link in found} - {link.url for link in links})
        return (shown, found) if self._scripted else (page, links)

    def _any_report(self, links: tuple[Link, ...]) -> bool:
        return any(is_of_series(Sighting(link.url, link.title, link.date, ""), self._series) for link in links)


def _links(page: Page) -> tuple[Link, ...]:
    text = page.text or ""
    data = read_data_list(text, page.url) if is_data(text) else None
    if data is not None:
        return links_of(data, page.url)
    return links_on(page.html, page.url) if page.html is not None else ()
