"""One visit: to a registered column, or from a home page to the column that is still to be found.

What it is worth, `proof` says. A column that may have moved is looked for elsewhere before anything counts as absent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from portals.titles import report_year
from spiders.candidates import Expectation, named_in
from spiders.column import Column
from spiders.crawling import Crawl
from spiders.fetched import Page
from spiders.finding import Finding
from spiders.navigation import SURE_LABEL, Step, is_root
from spiders.pages import Verdict
from spiders.places import likely_homes, same_page
from spiders.proof import Proof
from spiders.searching import Searching
from spiders.walk import Walk
from storage.records import Outcome, Profile, Visit

_GONE = (Outcome.REDESIGNED, Outcome.MOVED, Outcome.SOFT_404)


async def visit_column(crawl: Crawl, column: Column) -> Sequence[Visit]:
    """One visit; from a home page that several organs share, one for each group that it says the same of."""
    visit = _Visit(crawl, column)
    return await (visit.from_home() if column.is_home else visit.to_column())


class _Visit:
    """One visit, gathered step by step."""

    def __init__(self, crawl: Crawl, column: Column, *, own: bool = False) -> None:
        """`own`: the page is one organ's own within a portal, to which the portal's home page led."""
        self._crawl, self._column, self._own = crawl, column, own
        self._at = crawl.clock()
        self._finding = Finding(crawl, column)
        self._survey = self._finding.survey
        self._proof = Proof(column, self._finding, crawl.series, crawl.year)
        self._search = Searching(self._finding, crawl.series, crawl.year)
        self._walk: Walk | None = None
        self._failed: list[tuple[Step, Verdict]] = []  # what a look around was promised and could not see
        self._homes_unseen: list[tuple[str, Verdict]] = []  # where a look around could not even begin

    async def _find(self) -> None:
        await self._finding.find(in_column=self._walk is None or bool(self._walk.found))

    # A registered column

    async def to_column(self) -> Sequence[Visit]:
        first = await self._survey.fetch(self._column.url)
        if first.html is None:
            verdict = first.verdict
            if verdict.outcome is Outcome.COMPLETE:
                verdict = Verdict(Outcome.REDESIGNED, "not a page of HTML")
        elif is_root(first.url) and not is_root(self._column.url):  # where portals send who asks for what is gone
            verdict = Verdict(Outcome.MOVED, f"leads to the home page {first.url}")
        else:
            await self._survey.read(first)
            await self._find()
            verdict = self._proof.of_column(first)
        if not self._finding.all_found():
            if verdict.outcome in _GONE:
                verdict = await self._propose(verdict)
            elif verdict.outcome is Outcome.COMPLETE:
                verdict = await self._elsewhere(verdict)
        if verdict.outcome is not Outcome.COMPLETE:
            return (self._result(verdict, self._column.organs),)
        doubts = {one.organ.id: self._proof.of_place(one) for one in self._finding.open()}
        return self._results({one: doubts.get(one) or verdict for one in self._column.organs})

    async def _elsewhere(self, verdict: Verdict) -> Verdict:
        """Before a report may be called missing: a column may go on standing where it was, and be filled elsewhere."""
        if not self._column.overdue:
            return verdict
        before, listed = len(self._survey.troubles), set(self._survey.sightings)
        found = await self._look_around()
        del self._survey.troubles[before:]  # of columns that the register does not name
        self._survey.aside |= set(self._survey.sightings) - listed
        if self._finding.all_found():
            return replace(verdict, detail=f"found elsewhere: {found[0]}") if found else verdict
        if self._homes_unseen:
            home, why = self._homes_unseen[0]
            return Verdict(why.outcome, f"whether {home} leads to another column could not be seen: {why.detail}")
        for step, why in self._failed:
            if step.leads == "column" and step.score >= SURE_LABEL:
                what = f"the site also links «{step.label}», which could not be seen"
                return Verdict(why.outcome, f"{what}: {why.detail}")
        return verdict

    async def _propose(self, verdict: Verdict) -> Verdict:
        """Looks for a column that is gone, from the home page on.

        What it finds is read. It proves an absence only where it shows what the column showed before, and this organ's.
        """
        found = await self._look_around()
        if not found:
            return verdict
        instead = f"{verdict.detail}; found instead: {found[0]}"
        if self._walk and self._walk.found and self._column.seen_before and not self._unsure(self._walk):
            return Verdict(Outcome.COMPLETE, f"{instead}, which shows what the column showed before")
        return replace(verdict, detail=instead)

    async def _look_around(self) -> list[str]:
        """Walks from the column's home pages; the columns found on the way, which the survey has read."""
        homes = [self._column.home] if self._column.home else likely_homes(self._column.url)
        if self._column.home is None:  # perhaps the whole site's
            self._finding.mind_strangers()
        found: list[str] = []
        own_calls = list(self._survey.calls)
        for home in homes:
            self._walk = Walk(self._survey, home, self._crawl.series)
            page = await self._survey.fetch(home)
            if page.verdict.outcome not in (Outcome.COMPLETE, Outcome.SOFT_404):
                self._homes_unseen.append((home, page.verdict))
            if page.html is None or self._finding.all_found():
                continue
            await self._walk.from_home(page)
            await self._find()
            self._failed += self._walk.failed
            await self._listen(self._walk)
            await self._search.search(page)
            found += [one.url for one in self._walk.found]
        self._survey.calls = own_calls  # what other columns ask for would be taken for this one's rows next time
        return found

    # A home page

    async def from_home(self) -> Sequence[Visit]:
        column = self._column
        self._walk = walk = Walk(self._survey, column.url, self._crawl.series, within=self._own)
        if column.known:
            await walk.to_known(column.known, ())
            await self._find()
            if self._finding.all_found() and not self._survey.troubles and not self._proof.canary_lost():
                return (self._result(Verdict(Outcome.COMPLETE), column.organs),)
        first = await self._survey.fetch(column.url)
        if first.html is None:
            return (self._result(_failure(first), column.organs),)
        await walk.from_home(first)
        await self._find()
        await self._listen(walk)
        if not self._own and (column.overdue or self._unsure(walk)):  # a portal's search finds everybody's
            await self._search.search(first)
        by_name = {visit.organs: visit for visit in await self._by_names(walk)}
        others = [one for one in self._finding.wanted if (one.organ.id,) not in by_name]
        return [*by_name.values(), *self._results({one.organ.id: self._proof.from_home(one, walk) for one in others})]

    async def _listen(self, walk: Walk) -> None:
        """Notes the year's reports that pages on the way name (最新信息), and those among the notices once overdue.

        They clear whom they name, and are no list's content.
        """
        if self._finding.open() and self._column.overdue:
            await walk.to_boards(date(self._crawl.year + 1, 1, 1))
        before = set(self._survey.sightings)
        for link, capture in walk.heard:
            if report_year(link.title) == self._crawl.year:
                self._survey.note([link], capture)
        self._survey.put_aside(before)
        if len(self._survey.sightings) > len(before):
            await self._find()

    def _unsure(self, walk: Walk) -> list[Expectation]:
        """Whose report was not found, although nothing proves yet that it is absent."""
        open_ = self._finding.open()
        return [one for one in open_ if self._proof.from_home(one, walk).outcome is not Outcome.COMPLETE]

    async def _by_names(self, walk: Walk) -> list[Visit]:
        """Goes to the pages that are called by organs' names, for organs whose reports the way from here did not show.

        Portals give departments and towns a page each, and no host: the register names the portal's home page.
        """
        unsure = self._unsure(walk)
        if self._own or not unsure:
            return []
        await walk.to_directories()
        visits: list[Visit] = []
        for wanted in unsure:
            link = next((one for one in walk.organs if _names(one.title, wanted)), None)
            if link is None or same_page(link.url, self._column.url):
                continue
            place = Column(link.url, (wanted.organ.id,), is_home=True, overdue=self._column.overdue)
            [visit] = await _Visit(self._crawl, place, own=True).from_home()
            if visit.outcome is Outcome.COMPLETE or any(one.accepted for one in visit.candidates):
                captures = tuple(dict.fromkeys((*self._survey.captures, *visit.captures)))
                detail = f"on its own pages, {link.url}: {visit.detail}"[:500]
                visits.append(replace(visit, column_url=self._column.url, captures=captures, detail=detail))
        return visits

    # Both

    def _results(self, worth: dict[str, Verdict]) -> list[Visit]:
        """One visit for all organs of which the same can be said."""
        groups: dict[Verdict, list[str]] = {}
        for organ, verdict in worth.items():
            groups.setdefault(verdict, []).append(organ)
        return [self._result(verdict, tuple(organs)) for verdict, organs in groups.items()]

    def _result(self, verdict: Verdict, organs: tuple[str, ...]) -> Visit:
        survey, walk, candidates = self._survey, self._walk, self._finding.candidates
        taken = {one.url for one in candidates if one.accepted}
        beside = {url for url, _ in survey.aside} - {one.url for one in survey.listed()}
        columns = tuple(dict.fromkeys(one.url for one in walk.found)) if walk else ()
        way = next((one.way for one in walk.found), ()) if walk else ()
        profile = Profile(columns, way, tuple(survey.systems), survey.browser, tuple(dict.fromkeys(survey.calls)))
        return Visit(
            id=self._crawl.new_id(),
            at=self._at,
            column_url=self._column.url,
            organs=organs,
            year=self._crawl.year,
            outcome=verdict.outcome,
            detail=verdict.detail[:500],
            captures=tuple(survey.captures),
            sightings=(*survey.listed(), *(survey.sightings[key] for key in survey.aside if key[0] in taken)),
            candidates=tuple(replace(one, beside=one.url in beside) for one in candidates if one.organ in organs),
            profile=profile if profile != Profile() else None,
            series=self._crawl.series,
        )


def _names(title: str, wanted: Expectation) -> bool:
    named = named_in(title, wanted)
    return named is not None and named.id == wanted.organ.id


def _failure(page: Page) -> Verdict:
    if page.verdict.outcome is Outcome.COMPLETE:
        return Verdict(Outcome.REDESIGNED, "the home page is not a page of HTML")
    return page.verdict
