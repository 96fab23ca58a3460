"""The walk from a home page to the column of annual reports: best promise first, within a budget of pages and clicks.

Finds lists and reads them whole into a survey. What it could not look at, it says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urljoin, urlsplit

from portals.titles import fold, organ_in
from spiders.candidates import is_known_item, is_of_series, is_organ_label, is_organs_year, leads_on
from spiders.fetched import Page
from spiders.listing import Link, Listing, links_on, read_listing
from spiders.navigation import (
    SURE_LABEL,
    Step,
    is_called_a_column,
    is_group,
    is_near,
    is_root,
    promise_of,
    promises_a_column,
    steps,
    ways,
)
from spiders.pages import Verdict
from spiders.places import same_host, same_site
from spiders.survey import Survey
from spiders.unlinked import mapped_columns, site_maps
from storage.records import Outcome, Sighting

_DIRECTORIES = 4  # pages that lead to organs' pages, looked at in one walk
_BOARDS, _BOARD_PAGES = 3, 4  # lists of notices that are looked through, and pages of each
_RESTLESS = 12  # pages on which a walk goes on to look for other columns, where one lacks a report that is overdue
_RENDERED = 4  # pages whose menu is looked at in the browser, when nothing was found without


@dataclass(frozen=True, slots=True)
class Found:
    """A list of the series' reports. `named`: the page itself says so; `shows`: it shows such reports."""

    url: str
    way: tuple[str, ...]
    named: bool
    shows: bool


class Walk:
    """One walk. `survey` holds what the lists showed, `failed` what was promised and could not be seen."""

    def __init__(self, survey: Survey, home: str, series: str, *, within: bool = False) -> None:
        """`within`: goes nowhere but to what lies in the home page's own folder."""
        self._within = within
        self.survey, self._home, self._series = survey, home, series
        self.found: list[Found] = []
        self.failed: list[tuple[Step, Verdict]] = []
        self.exhausted = True  # whether every promise was followed, as far as the budget goes
        self.pages = 0
        self._gone: dict[str, Verdict] = {}  # columns of an earlier walk that could not be seen
        self._remembered = 0  # how many of the found columns an earlier walk had found
        # pages read that said too little of themselves, and their links
        self._undecided: dict[str, list[Sighting]] = {}
        self.organs: list[Link] = []  # links that are called by organs' names
        self._directories: list[Step] = []  # pages that promise such links
        self.heard: list[tuple[Link, str | None]] = []  # reports that pages on the way name, and the pages' captures
        self._boards: dict[str, None] = {}  # addresses of lists of notices
        self._todo: list[Step] = []
        self._scripted: list[tuple[Page, tuple[str, ...]]] = []
        self._seen: set[str] = {home}  # a column that leads to the home page is gone

    async def from_home(self, home: Page) -> None:
        """Walks from a home page that was fetched. It may have led to www, and the whole site with it."""
        self._seen.add(home.url)
        if same_site(home.url, self._home) and urlsplit(home.url).netloc != urlsplit(self._home).netloc:
            self._home = urljoin(home.url, urlsplit(self._home).path)  # in its folder: the walk may be kept within
        await self._arrive(home, None)
        await self._follow_steps()
        while self._scripted and (not self.found or self._lacks()):
            page, way = self._scripted.pop(0)
            links = await self._rendered(page)
            self._plan(links, way)
            await self._follow_steps()
        if not any(one.shows for one in self.found):
            await self._by_maps(home)

    async def _by_maps(self, home: Page) -> None:
        """Site maps that no link leads to. Only the home page of a site has them."""
        if not is_root(home.url):
            return
        robots = await self.survey.fetch(urljoin(home.url, "/robots.txt"))
        for url in site_maps(robots.text or "", home.url):
            if url in self._seen or any(one.shows for one in self.found):
                continue
            self._seen.add(url)
            page = await self.survey.fetch(url)
            if page.text is None:
                continue
            mapped = mapped_columns(page.text, page.url)
            self._todo += [Step(place, "", "column", 0.6, ()) for place in mapped if place not in self._seen]
            if not mapped and page.html is not None:
                self._plan(links_on(page.html, page.url), ())
            await self._follow_steps()

    async def _follow_steps(self) -> None:
        while self._todo:
            step = self._next()
            if step is None:
                return
            if self.pages >= ways().max_pages:
                self.exhausted = False
                return
            await self._take(step)

    async def to_hits(self, links: Iterable[Link]) -> None:
        """Looks at what a site's search calls a column of annual reports."""
        called = [replace(link, date=None) for link in links if same_site(link.url, self._home)]
        columns = tuple(link for link in called if promises_a_column(Sighting(link.url, link.title, None, "")))
        self._plan(columns, ())
        await self._follow_steps()

    async def to_known(self, urls: tuple[str, ...], way: tuple[str, ...]) -> None:
        """Looks at columns that an earlier walk found. The walk itself goes on as if it knew nothing of them.

        One that is gone counts as not seen only where the site still leads to it.
        """
        for url in urls:
            await self._take(Step(url, way[-1] if way else "", "column", 1.0, way[:-1]))
        self._remembered = len(self.found)
        self._gone, self.failed = {step.url: verdict for step, verdict in self.failed}, []

    def _next(self) -> Step | None:
        """The best promise left; None when nothing left could change what was found."""
        self._todo.sort(key=lambda step: (-step.score, step.depth))
        step = self._todo.pop(0)
        if any(one.shows for one in self.found[self._remembered :]) and not (
            (step.leads == "column" and step.score >= 0.6) or (self._lacks() and self.pages < _RESTLESS)
        ):
            return None
        if len(self.found) >= ways().max_columns:
            self.exhausted = False
            return None
        return step

    def _lacks(self) -> bool:
        """Whether a report is overdue that was not found: another column may hold it."""
        return self.survey.thorough and not self.survey.settled()

    async def _take(self, step: Step) -> None:
        if step.url in self._seen or step.url in self.survey.done:
            self._meet_again(step)
            if step.url not in self._seen:
                await self._pass_through(step)
            return
        self._seen.add(step.url)
        self.pages += 1
        page = await self.survey.fetch(step.url)
        if page.html is None:
            if page.verdict.outcome is not Outcome.COMPLETE:
                self.failed.append((step, page.verdict))
            return
        if page.url != step.url and (page.url in self._seen or is_root(page.url)):
            self._decide_again(page.url, step)
            return
        self._seen.add(page.url)
        await self._arrive(page, step)

    def _decide_again(self, url: str, step: Step) -> None:
        """A page that did not show what it is when it was read, and which this label promises to be the column."""
        if url in self._undecided and _is_sure(step):
            self._decide(url, self._undecided.pop(url), (*step.way, step.label), named=False, surely=True)

    def _meet_again(self, step: Step) -> None:
        """A column that was read already, and to which the site still leads: it is still the column."""
        if verdict := self._gone.pop(step.url, None):
            self.failed.append((step, verdict))
            return
        self._decide_again(step.url, step)
        known = next((one for one in self.found[: self._remembered] if one.url == step.url), None)
        if known is None and step.leads == "column" and step.url in self.survey.done and self._shows_items():
            known = Found(step.url, (*step.way, step.label), named=True, shows=True)
        if known is not None and known not in self.found[self._remembered :]:
            self.found.append(known)

    def _shows_items(self) -> bool:
        return any(is_known_item(one, self._series) for one in self.survey.sightings.values())

    async def _pass_through(self, step: Step) -> None:
        """Goes on from a page that somebody else read as a list: there may be columns below it."""
        self._seen.add(step.url)
        self.pages += 1
        page = await self.survey.fetch(step.url)
        if page.html is not None:
            listing = read_listing(page.html, page.url)
            self._hear(listing.links, page)
            await self._further(page, listing, (*step.way, step.label))

    async def _arrive(self, page: Page, step: Step | None) -> None:
        listing = read_listing(page.html or "", page.url)
        self._hear(listing.links, page)
        way = (*step.way, step.label) if step else ()
        shows = self._shows(listing)
        named = is_called_a_column(page.html or "")
        promised = step is not None and step.leads == "column"
        if not promised:
            self.survey.menu |= {link.url for link in listing.links}
        home_is_it = step is None and not is_root(
            page.url
        )  # a register may name the column where the home page belongs
        if promised or (named and (step is not None or home_is_it)) or shows >= 2:
            await self._read(page, way, named, surely=_is_sure(step))
        if step is None or step.leads == "hub" or not self.found or self.found[-1].url != page.url or not shows:
            await self._further(page, listing, way)
        else:  # a column within the column: this year's beside the old ones
            below = (link for link in listing.links if is_near(link.url, page.url) and link.url != page.url)
            self._plan(tuple(link for link in below if promise_of(link.title) >= SURE_LABEL), way)

    async def _further(self, page: Page, listing: Listing, way: tuple[str, ...]) -> None:
        if len(way) >= ways().max_depth:
            return
        self._plan(listing.links, way)
        if listing.scripted and len(self._scripted) < _RENDERED:
            self._scripted.append((page, way))  # its menu may be a script's work
        for frame in listing.frames[:2]:  # hubs framed into hubs
            if is_near(frame, self._home):
                self._todo.append(Step(frame, way[-1] if way else "", "hub", 0.5, way))

    async def to_directories(self) -> None:
        """Looks at the pages that lead to organs' own: a walk that found a column had no need of them."""
        for step in self._directories[:_DIRECTORIES]:
            await self._take(step)

    async def to_boards(self, since: date) -> None:
        """Looks through what was posted among the notices (通知公告) since a day: some put a report there alone."""
        for board in list(self._boards)[:_BOARDS]:
            todo, seen = [board], {board}
            while todo and len(seen) <= _BOARD_PAGES:
                page = await self.survey.fetch(todo.pop(0))
                if page.html is None:
                    break
                listing = read_listing(page.html, page.url)
                self._hear(listing.links, page)
                days = [link.date for link in listing.links if link.date]
                if listing.scripted and (not days or max(days) < since):  # its tabs may open on a year of before
                    await self._rendered(page, turn=True)
                if not days or min(days) >= since:  # without a day it may be framed
                    further = listing.pages if days else [url for url in listing.frames if same_host(url, page.url)]
                    todo = [url for url in further if url not in seen][:1]
                    seen |= set(todo)

    def _hear(self, links: Sequence[Link], page: Page) -> None:
        """Notes the reports that a page names, and the lists of notices to which it leads on its own host."""
        called = [(link, Sighting(link.url, link.title, link.date, "")) for link in links]
        self.heard += [(link, page.capture) for link, sighting in called if is_of_series(sighting, self._series)]
        near = [link for link in links if link.date is None and same_host(link.url, page.url)]
        near = [link for link in near if is_near(link.url, self._home) or not self._within]
        self._boards |= dict.fromkeys(link.url for link in near if ways().boards.search(fold(link.title)))

    def _plan(self, links: tuple[Link, ...], way: tuple[str, ...]) -> None:
        called = [link for link in links if link.date is None and is_near(link.url, self._home)]
        self.organs += [link for link in called if organ_in(link.title) == fold(link.title)]
        directories = [link for link in called if ways().directories.search(fold(link.title))]
        self._directories += [Step(link.url, link.title, "hub", 0.5, way) for link in directories]
        met = self._seen - self._undecided.keys() - self._gone.keys()
        planned = (step for step in steps(links, self._home, way) if step.url not in met)
        self._todo += [step for step in planned if is_near(step.url, self._home) or not self._within]

    async def _rendered(self, page: Page, *, turn: bool = False) -> tuple[Link, ...]:
        """The links of a page whose menu only a script builds. `turn`: hears what its further pages name too."""
        if not self.survey.has_browser:
            return ()
        shown = await self.survey.fetch(page.url, browser=True, turn=turn)
        self.survey.browser = True
        for state in shown.before:
            self._hear(links_on(state.html, shown.url), replace(shown, capture=state.capture))
        links = links_on(shown.html, shown.url) if shown.html else ()
        self._hear(links, shown)
        return links

    async def _read(self, page: Page, way: tuple[str, ...], named: bool, *, surely: bool) -> None:
        """`surely`: the way here promised the column. Then it is one, whatever it calls itself, if it says that it is
        empty, or leads to organs' lists."""
        before = len(self.survey.sightings)
        await self.survey.read(page)
        self._decide(page.url, list(self.survey.sightings.values())[before:], way, named=named, surely=surely)

    def _decide(self, url: str, new: list[Sighting], way: tuple[str, ...], *, named: bool, surely: bool) -> None:
        """Whether a page that was read, and showed these links, is a column."""
        shows = any(is_of_series(sighting, self._series) for sighting in new)
        contents = sum(self._is_part(one, url) for one in new) > 1
        named = named or (surely and url in self.survey.empty)
        if shows or named or (surely and (contents or leads_on(new, self._series, url))):
            self.found.append(Found(url, way, named, shows))
        else:
            self._undecided[url] = new

    def _is_part(self, one: Sighting, url: str) -> bool:
        """Whether a link in a table of contents leads to one organ's part of it, or one group's."""
        if is_organs_year(one) or (is_organ_label(one) and same_host(one.url, url)):
            return True
        return is_group(one) and one.url not in self.survey.menu

    def _shows(self, listing: Listing) -> int:
        """How many reports of the series a page shows."""
        sightings = (Sighting(link.url, link.title, link.date, "") for link in listing.links)
        return sum(is_of_series(sighting, self._series) for sighting in sightings)


def _is_sure(step: Step | None) -> bool:
    """Whether a link's own words promise the column of annual reports, wherever on the site it leads."""
    return step is not None and step.leads == "column" and promise_of(step.label) >= SURE_LABEL
