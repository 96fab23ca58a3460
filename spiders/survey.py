"""Reads a whole list: its first page, the pages that it names, its data calls, its frames, a browser where it pays.

Gathers sightings and captures, and every reason why something may not have been seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from portals.titles import fold, is_plain, organ_in, report_year, series_of
from spiders.article import page_titles
from spiders.candidates import is_known_item, is_of_series, leads_on, years_label
from spiders.datalists import Call, CallPlan, is_data, plan_calls, read_data_list, wanting
from spiders.fetched import Fetch, Page, Revealed
from spiders.listing import Link, Listing, links_of, opened_links, read_listing
from spiders.navigation import SURE_LABEL, is_choice, promise_of
from spiders.pages import Verdict
from spiders.places import same_host, same_page
from spiders.rules import is_harmless, rules
from storage.records import Outcome, Sighting

_PAGE_NUMBER = re.compile(r"([?&](?:page|pageNo|pageNum|pageIndex|p|current|cur)=)(\d+)")
_LIST_KINDS = ("xhr", "fetch")
_PIECES = re.compile(r"[\s_|—–-]+")
_SITES_NAME = re.compile(r"[省市县区州旗盟](?:人民)?政府$")
_LIST_NAME = re.compile(r"(年报|年度报告)(专栏|列表)?$")
_MOST_FRAMES = 4
_OLD = 6  # hours from which on a list says nothing of what came since
_MOST_DEPTH = 2  # frames within frames


def _of_itself(listing: Listing, page: Page) -> list[Link]:
    """What a page of a list shows beside its links: documents within it, and itself where it is the report."""
    shown = [Link(url, "", None) for url in listing.beside.embedded]
    if listing.is_form:
        title = next((title for title in page_titles(page.html or "") if series_of(title) is not None), "")
        shown.append(Link(page.url, title, None))
    return shown


def _is_named(listing: Listing, page: Page) -> bool:
    """Whether a page calls itself a list of annual reports and leads to no other: home pages have a box called so."""
    called = (title for title in page_titles(page.html or "") if report_year(title) is None)
    others = (link for link in listing.links if link.url != page.url and promise_of(link.title) >= SURE_LABEL)
    return any(_LIST_NAME.search(title) for title in called) and next(others, None) is None


def _called_by_a_name(page: Page) -> str:
    """The organ whose list a page calls itself: 甲县财政局政府信息公开年报. "" when it names none, or a year's.

    甲县人民政府 may be the site's name, which stands over the towns' lists too.
    """
    titles = (title for title in page_titles(page.html or "") if report_year(title) is None)
    pieces = (piece for title in titles for piece in _PIECES.split(title) if promise_of(piece) >= SURE_LABEL)
    names = (name for piece in pieces if (name := organ_in(piece)) and not is_plain(name))
    return next((name for name in names if not _SITES_NAME.search(name)), "")


class Survey:
    """What several lists showed, and what of them could not be seen."""

    def __init__(
        self,
        fetch: Fetch,
        series: str,
        has_browser: bool,
        calls: Sequence[str] = (),
        settled: Callable[[Iterable[Sighting]], bool] = lambda sightings: False,
        *,
        thorough: bool = False,
    ) -> None:
        """`thorough`: what is not found may be called missing, so a browser looks wherever a script could add to it."""
        self._fetch, self._series, self.has_browser = fetch, series, has_browser
        self._known_calls, self._settled, self.thorough = calls, settled, thorough
        self._answered: set[str] = set()  # data calls whose answer we have
        self._whose = ""  # the organ whose list is read just now
        self.sightings: dict[tuple[str, str], Sighting] = {}
        self.captures: list[str] = []
        self.troubles: list[Verdict] = []
        self.systems: list[str] = []
        self.calls: list[str] = []  # data calls that worked, or that the browser revealed
        self.browser = False
        self.choices = False  # a page offers years or organs in a box, and showed nothing for all that
        self.mute = ""  # the address of a page without a report that asks in a form, or shows pictures
        self.aside: set[tuple[str, str]] = set()  # sightings that only a search, or somebody else's list, showed
        self.empty: set[str] = set()  # addresses of pages that say that they have nothing yet
        self.perhaps: set[str] = set()  # addresses of lists' pages and frames that may be the report themselves
        self.named: set[str] = set()  # addresses of pages that call themselves a list of annual reports
        self.called: dict[str, tuple[str, ...]] = {}  # what the pages of lists call themselves
        self.unlinked: set[str] = set()  # texts like titles, to which no link belongs
        self.controls: set[str] = set()  # labels of what only a script leads from
        self.done: set[str] = set()  # addresses that were read as pages of a list
        self.menu: set[str] = set()  # addresses to which pages on the way led: what a column's frame repeats

    def shows_series(self) -> bool:
        return any(is_of_series(sighting, self._series) for sighting in self.sightings.values())

    async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
        page = await self._fetch(url, browser=browser, turn=turn, call=call)
        self.captures += page.captures
        return page

    async def read(self, first: Page, depth: int = 0, whose: str = "") -> None:
        """Reads the list that begins with a page already fetched.

        `whose`: the organ by whose name the way led here, else the page calls itself by one. What it newly shows of the
        series, or of years, and names nobody is its.
        """
        outer, self._whose = self._whose, whose or _called_by_a_name(first) or self._whose
        try:
            await self._read(first, depth)
        finally:
            self._whose = outer

    async def _read(self, first: Page, depth: int) -> None:
        self.done |= {first.url}
        before = len(self.sightings)
        listing = self._note(first)
        shown, hidden = len(self.sightings), listing.hidden
        await self._pages(listing)
        hidden = max(hidden, self._lacking(listing, before))
        plans, shortcut = plan_calls(first.html or "", first.url), False
        lacking = await self._run_all(plans) if plans else None
        if lacking is not None:
            shown, hidden = len(self.sightings), lacking
        elif listing.scripted and not self._series_since(before):
            shortcut = await self._known()
        await self._frames(listing, depth)
        # A data call of an earlier visit may have gone stale behind the page: what it does not show is not absent.
        seen = self._series_since(before) and (not shortcut or self.settled())
        settled = self.settled()
        seen = seen and (settled or not self.thorough)
        offers = listing.beside.choices or any(is_choice(label) for label in listing.beside.controls)
        if hidden or listing.turned or (offers and not settled) or (listing.scripted and not seen):
            await self._browse(first.url, hidden, shown, before)
        if not self._series_since(before):
            self.choices = self.choices or listing.beside.choices
            if not listing.placeholder and (listing.beside.asks or listing.beside.pictures):
                self.mute = first.url

    def put_aside(self, before: set[tuple[str, str]]) -> None:
        """What was not in sight before clears whom it names, and is no list's content."""
        self.aside |= set(self.sightings) - before

    def settled(self) -> bool:
        """Whether everybody's report is in sight."""
        return self._settled(self.sightings.values())

    def listed(self) -> list[Sighting]:
        """What lists showed, without what only a search found."""
        return [sighting for key, sighting in self.sightings.items() if key not in self.aside]

    def trouble(self, detail: str, outcome: Outcome = Outcome.PARTIAL) -> None:
        self.troubles.append(Verdict(outcome, detail))

    def note(self, links: Iterable[Link], capture: str | None) -> int:
        """Keeps links as sightings; how many were new."""
        before = len(self.sightings)
        shown = {url for url, _ in self.sightings} if self._whose else set()
        for link in links:
            told = series_of(link.title) == self._series or years_label(link.title) is not None
            theirs = self._whose and link.url not in shown and told
            title = f"{self._whose} {link.title}" if theirs and organ_in(link.title) is None else link.title
            self.sightings.setdefault((link.url, title), Sighting(link.url, title, link.date, capture or ""))
        return len(self.sightings) - before

    def _series_since(self, before: int) -> bool:
        """Whether what was noted since then shows a report of the series."""
        return any(is_of_series(sighting, self._series) for sighting in list(self.sightings.values())[before:])

    def _mind_age(self, page: Page) -> None:
        if page.hours_old >= _OLD:
            self.trouble(f"{page.url} is a network's copy of {page.hours_old} hours ago")

    def _note(self, page: Page) -> Listing:
        listing = read_listing(page.html or "", page.url)
        self._mind_age(page)
        self.note(listing.links, page.capture)
        self.note(_of_itself(listing, page), page.capture)
        self.perhaps |= {page.url} if listing.is_form else set()
        self.unlinked |= set(listing.beside.unlinked)
        self.controls |= set(listing.beside.controls)
        rows = (Sighting(link.url, link.title, link.date, "") for link in listing.links)
        if listing.placeholder and not any(is_of_series(row, self._series) for row in rows):
            self.empty.add(page.url)  # 暂无数据 in the box beside a list says nothing of the list
        self.named |= {page.url} if _is_named(listing, page) else set()
        self.called[page.url] = page_titles(page.html or "")
        if listing.system and listing.system not in self.systems:
            self.systems.append(listing.system)
        if listing.broken_off:
            self.trouble(f"{page.url} breaks off before its end")
        if listing.cut:
            self.trouble(f"more pages, links or controls than are looked at: {page.url}")
        return listing

    def _lacking(self, listing: Listing, before: int) -> int:
        """How many of the rows that the page tells of (共 13 条) its pages did not show; rows are what has a date."""
        rows = [one for one in list(self.sightings.values())[before:] if one.date is not None]
        return max(0, listing.told - len(rows)) if listing.told is not None and rows else 0

    async def _pages(self, listing: Listing) -> None:
        """Every further page that the first, or they, name."""
        todo = list(listing.pages)
        budget = rules().max_pages
        while todo:
            url = todo.pop(0)
            if url in self.done or same_page(url, listing.url):  # its pager calls the first page index.html
                continue
            if budget == 0:
                self.trouble(f"more than {rules().max_pages} pages")
                return
            budget -= 1
            self.done.add(url)
            page = await self.fetch(url)
            if page.html is None:
                # A pager that counts one page too many is common; a page refused in the middle is a gap.
                self.trouble(f"{url}: {page.verdict.outcome.value}, {page.verdict.detail}")
                continue
            if page.url != url and page.url in self.done:  # a page that wants a cookie sends its reader to the first
                self.trouble(f"{url}, a further page of the list, leads back to {page.url}")
                continue
            self.done.add(page.url)
            todo += [url for url in self._note(page).pages if url not in self.done]

    async def _frames(self, listing: Listing, depth: int) -> None:
        """Reads what is framed. A frame that was not seen may hold the list; a stranger's only where no list is."""
        frames = [url for url in listing.frames if not is_harmless(url)]
        if len(frames) > _MOST_FRAMES or (frames and depth == _MOST_DEPTH):
            self.trouble(f"more frames than are looked at, such as {frames[-1]}")
        for url in frames[:_MOST_FRAMES] if depth < _MOST_DEPTH else ():
            if url in self.done:
                continue
            self.done.add(url)
            page = await self.fetch(url)
            if page.html is not None:
                await self.read(page, depth + 1)
            elif page.verdict.outcome is Outcome.COMPLETE:
                self.perhaps.add(url)  # a document
                self.note([Link(url, "", None)], page.capture)
            elif not self.shows_series() or same_host(url, listing.url):
                self.trouble(f"a frame of the page, {url}: {page.verdict.outcome.value}, {page.verdict.detail}")

    async def _run_all(self, plans: Sequence[CallPlan]) -> int | None:
        """As `_run`, for all lists of a page; those that stand beside it are spared once everything was found."""
        lacking = 0
        for plan in plans:
            if len(plans) > 1 and self.settled():
                break
            rows = await self._run(plan)
            if rows is None:
                return None
            lacking += rows
        return lacking

    async def _run(self, plan: CallPlan) -> int | None:
        """Asks for every part of a list that comes by data calls; how many rows are known to be wanting.

        0 when all came; None when an answer was no data: the browser may do better.
        """
        parts: list[tuple[Link, ...]] = []
        total = plan.total
        while len(parts) < rules().max_pages:
            call = plan.call(len(parts) + 1)
            gained = self._note_data(await self.fetch(call.url, call=call))
            if gained is None:
                if parts:  # a browser may show no more than the first part, and say nothing of the others
                    self.trouble(f"part {len(parts) + 1} of the list could not be had: {call.url[:200]}")
                return None
            links, _, told = gained
            total = told if total is None else total
            repeated = set(links) <= {link for part in parts for link in part}
            parts.append(links)
            if repeated or wanting(parts, total) == 0:
                break
        if plan.system not in self.systems:
            self.systems.append(plan.system)
        return wanting(parts, total)

    def _note_data(self, page: Page) -> tuple[tuple[Link, ...], int, int | None] | None:
        """(rows, how many are new, number of all records as told) of a data call's answer; None when it is none."""
        text = page.text
        data = read_data_list(text, page.url) if text is not None and is_data(text) else None
        if data is None:
            return None
        self._answered.add(page.url)
        self._mind_age(page)
        links = links_of(data, page.url)
        return links, self.note(links, page.capture), data.total

    async def _known(self) -> bool:
        """The data calls that an earlier visit's browser made: asked directly, further pages too. Whether any were."""
        for known in self._known_calls:
            url = known
            seen, total = 0, None
            for _ in range(rules().max_pages):
                gained = self._note_data(await self.fetch(url, call=Call(url)))
                if gained is None:
                    break
                seen, total = seen + len(gained[0]), gained[2] if total is None else total
                following = _PAGE_NUMBER.sub(lambda match: f"{match[1]}{int(match[2]) + 1}", url, count=1)
                if not gained[1] or following == url or (total is not None and seen >= total):
                    break
                url = following
            if seen:
                self.calls.append(known)
        return bool(self._known_calls)

    async def _browse(self, url: str, hidden: int, shown: int, before: int) -> None:
        """Looks again as a person would. `hidden`: rows that beside the first `shown` sightings must be there."""
        if not self.has_browser:
            self.trouble("the list may be built by script, and there is no browser here")
            return
        page = await self.fetch(url, browser=True, turn=True)
        self.browser = True
        if page.html is None:
            self.trouble(f"in the browser: {page.verdict.outcome.value}, {page.verdict.detail}")
            return
        for turned in page.before:
            part = read_listing(turned.html, page.url)
            self.note(part.links, turned.capture)
            await self._pages(part)
        self.note(opened_links(page.opened, page.url), page.capture)
        rendered = self._note(page)
        self.controls -= {fold(label) for label in page.chosen}
        await self._pages(rendered)
        if not page.turned_all:
            self.trouble("a script turns the list's pages, and not all of them could be turned")
        elif hidden > len(self.sightings) - shown:
            self.trouble(f"{hidden} records of the list are loaded by script")
        new = list(self.sightings.values())[before:]
        if rendered.loading and not self._series_since(before):
            self.trouble("in the browser the page still says that it loads")
        items = any(is_known_item(one, self._series) for one in new)
        self._revealed(page.revealed, items or leads_on(new, self._series, page.url))

    def _revealed(self, revealed: Sequence[Revealed], seen: bool) -> None:
        """What the page asked for in the browser: calls to repeat, and calls that failed and may have held the list."""
        for asked in revealed:
            failed = asked.status is None or asked.status >= 400
            if (
                failed
                and asked.url not in self._answered
                and not is_harmless(asked.url)
                and (asked.kind in _LIST_KINDS or (asked.kind == "script" and not seen))
            ):
                self.trouble(f"in the browser, {asked.kind} {asked.url[:200]}: {asked.status or 'no answer'}")
            elif not failed and asked.kind in _LIST_KINDS and asked.method == "GET" and self._is_new_call(asked.url):
                self.calls.append(asked.url)

    def _is_new_call(self, url: str) -> bool:
        """Of a list's calls only the first page's is kept: the others follow from it."""
        known = {_PAGE_NUMBER.sub("", call) for call in self.calls}
        return len(known) < 5 and _PAGE_NUMBER.sub("", url) not in known
