"""One visit: to a registered column, or from a home page to the column that is still to be found.

In doubt a visit is not complete. From a home page it is complete for an organ only when the list that was found is
surely where its reports appear, and was seen whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from portals.titles import fold, organ_in, report_year, series_of
from spiders.candidates import (
    SURE,
    Expectation,
    Unclear,
    is_known_item,
    is_of_series,
    is_organ_label,
    is_organs_year,
    named_in,
    unclear,
    weigh,
)
from spiders.column import Column
from spiders.fetched import Page
from spiders.follow import follow, look_behind
from spiders.navigation import SURE_LABEL, Step, is_near
from spiders.pages import Verdict, judge_column
from spiders.places import likely_homes, same_host, same_page
from spiders.survey import Survey
from spiders.unlinked import searches
from spiders.walk import Walk
from storage.records import Candidate, Outcome, Profile, Sighting, Visit

if TYPE_CHECKING:
    from spiders.annual_report import AnnualReportSpider

_MOST_UNCLEAR = 24  # links that say too little, looked at in one visit, beside one an organ
_GONE = (Outcome.REDESIGNED, Outcome.MOVED, Outcome.SOFT_404)


async def visit_column(spider: AnnualReportSpider, column: Column) -> Sequence[Visit]:
    """One visit; from a home page that several organs share, one for each group that it says the same of."""
    visit = _Visit(spider, column)
    return await (visit.from_home() if column.is_home else visit.to_column())


class _Visit:
    """One visit, gathered step by step."""

    def __init__(self, spider: AnnualReportSpider, column: Column, *, own: bool = False) -> None:
        """`own`: the page is one organ's own within a portal, to which the portal's home page led."""
        self._spider, self._column, self._own = spider, column, own
        self._at: datetime = spider.clock()
        self._wanted = spider.expectations(column)
        self._survey = Survey(spider.fetch, spider.series, spider.has_browser, column.calls, self._settles)
        self._candidates: list[Candidate] = []
        self._walk: Walk | None = None
        self._looked: set[str] = set()  # addresses of links that said too little, and what they lead to
        self._failed: list[tuple[Step, Verdict]] = []  # what a look around was promised and could not see

    # A registered column

    async def to_column(self) -> Sequence[Visit]:
        first = await self._survey.fetch(self._column.url)
        if first.html is None:
            verdict = first.verdict
            if verdict.outcome is Outcome.COMPLETE:
                verdict = Verdict(Outcome.REDESIGNED, "not a page of HTML")
        else:
            await self._survey.read(first)
            await self._find()
            verdict = self._worth(first)
        if not self._all_found():
            if verdict.outcome in _GONE:
                verdict = await self._propose(verdict)
            elif verdict.outcome is Outcome.COMPLETE:
                verdict = await self._elsewhere(verdict)
        return (self._result(verdict, self._column.organs),)

    def _worth(self, first: Page) -> Verdict:
        """What the visit to a column is worth, after everything was looked at."""
        survey = self._survey
        if survey.troubles:
            return survey.troubles[0]
        if self._canary_lost() and not self._all_found():
            return Verdict(Outcome.REDESIGNED, "most of what the column showed before is not there any more")
        if not survey.shows_series():
            if not same_page(first.url, self._column.url):  # deleted columns often lead to the home page
                return Verdict(Outcome.MOVED, f"leads to {first.url}, which shows no report")
            if (column := judge_column(first.html or "")).outcome is not Outcome.COMPLETE:
                return column
        return self._hidden() or Verdict(Outcome.COMPLETE)

    def _hidden(self) -> Verdict | None:
        """Why a list that was read to its end may still hold what was looked for."""
        survey, year = self._survey, self._spider.year
        if survey.choices and not survey.shows_series():
            return Verdict(Outcome.PARTIAL, "the page asks to choose a year or an organ, and shows nothing by itself")
        for wanted in self._open():
            if not self._shows_own(wanted) and (whose := self._organs_lists()) and not self._met(wanted):
                why = (
                    f"the page leads to organs' own lists, such as «{whose[0].title}», and none is surely this organ's"
                )
                return Verdict(Outcome.PARTIAL, why)
        linked = {fold(sighting.title) for sighting in survey.sightings.values()}
        for title in sorted(survey.unlinked):
            if series_of(title) == self._spider.series and report_year(title) == year and fold(title) not in linked:
                named = [named_in(title, wanted) for wanted in self._open()]
                if any(organ is None or organ.id in self._column.organs for organ in named):
                    return Verdict(Outcome.PARTIAL, f"no link leads to «{title[:80]}», which the page names")
        return None

    def _organs_lists(self) -> list[Sighting]:
        """Links on this host that are called by organs' names, several of them, and behind which nobody looked."""
        labels = [one for one in self._survey.listed() if is_organ_label(one) and same_host(one.url, self._column.url)]
        unseen = [one for one in labels if one.url not in self._looked | self._survey.done]
        return unseen if len({one.url for one in labels}) > 1 else []

    def _met(self, wanted: Expectation) -> bool:
        """Whether the page behind this organ's own name was looked at."""
        called = (one for one in self._survey.listed() if is_organ_label(one) and _is_of(one, wanted))
        return any(one.url in self._looked | self._survey.done for one in called)

    def _shows_own(self, wanted: Expectation) -> bool:
        """Whether a report of this organ's is shown, of whatever year."""
        return any(_is_of(one, wanted) for one in self._shown())

    def _shown(self) -> list[Sighting]:
        series = self._spider.series
        return [one for one in self._survey.listed() if is_of_series(one, series) or is_organs_year(one)]

    async def _elsewhere(self, verdict: Verdict) -> Verdict:
        """Before a report may be called missing: a column may go on standing where it was, and be filled elsewhere."""
        if not self._column.overdue:
            return verdict
        before, listed = len(self._survey.troubles), set(self._survey.sightings)
        found = await self._look_around()
        del self._survey.troubles[before:]  # of columns that the register does not name
        self._survey.aside |= set(self._survey.sightings) - listed
        unseen = [(step, why) for step, why in self._failed if step.leads == "column" and step.score >= SURE_LABEL]
        if unseen and not self._all_found():
            step, why = unseen[0]
            return Verdict(why.outcome, f"the site also links «{step.label}», which could not be seen: {why.detail}")
        if found and self._all_found():
            return replace(verdict, detail=f"found elsewhere: {found[0]}")
        return verdict

    def _canary_lost(self) -> bool:
        if not self._column.seen_before:
            return False
        shown = [one for one in self._survey.listed() if is_known_item(one, self._spider.series)]
        urls, titles = {one.url for one in shown}, {fold(one.title) for one in shown}
        known = {fold(title) for title in self._column.titles_before}
        same, alike = urls & set(self._column.seen_before), titles & known
        return 2 * len(same) < len(set(self._column.seen_before)) and 2 * len(alike) < len(known)

    async def _propose(self, verdict: Verdict) -> Verdict:
        """Looks for a column that is gone, from the home page on: what it finds is read, and proves no absence."""
        found = await self._look_around()
        return replace(verdict, detail=f"{verdict.detail}; found instead: {found[0]}") if found else verdict

    async def _look_around(self) -> list[str]:
        """Walks from the column's home pages; the columns found on the way, which the survey has read."""
        homes = [self._column.home] if self._column.home else likely_homes(self._column.url)
        if self._column.home is None:  # perhaps the whole site's: what names nobody is nobody's
            self._wanted = [replace(wanted, alone=False) for wanted in self._wanted]
        found: list[str] = []
        for home in homes:
            self._walk = Walk(self._survey, home, self._spider.series)
            page = await self._survey.fetch(home)
            if page.html is None or self._all_found():
                continue
            await self._walk.from_home(page)
            await self._find()
            self._failed += self._walk.failed
            if not self._walk.found:
                await self._search(page)
            found += [one.url for one in self._walk.found]
        return found

    # A home page

    async def from_home(self) -> Sequence[Visit]:
        column = self._column
        self._walk = walk = Walk(self._survey, column.url, self._spider.series, within=self._own)
        if column.known:
            await walk.to_known(column.known, ())
            await self._find()
            if self._all_found() and not self._survey.troubles and not self._canary_lost():
                return (self._result(Verdict(Outcome.COMPLETE), column.organs),)
        first = await self._survey.fetch(column.url)
        if first.html is None:
            return (self._result(_failure(first), column.organs),)
        await walk.from_home(first)
        await self._find()
        unsure = any(self._worth_from_home(wanted).outcome is not Outcome.COMPLETE for wanted in self._open())
        if unsure and not self._own:  # a portal's search finds everybody's
            await self._search(first)
        by_name = {visit.organs: visit for visit in await self._by_names()}
        groups: dict[Verdict, list[str]] = {}
        for wanted in self._wanted:
            if (wanted.organ.id,) not in by_name:
                groups.setdefault(self._worth_from_home(wanted), []).append(wanted.organ.id)
        return [*by_name.values(), *(self._result(verdict, tuple(ids)) for verdict, ids in groups.items())]

    async def _by_names(self) -> list[Visit]:
        """Goes to the pages that are called by organs' names, for organs whose reports the way from here did not show.

        Portals give departments and towns a page each, and no host: the register names the portal's home page.
        """
        walk = self._walk
        unsure = [one for one in self._open() if self._worth_from_home(one).outcome is not Outcome.COMPLETE]
        if self._own or not unsure or walk is None:
            return []
        await walk.to_directories()
        visits: list[Visit] = []
        for wanted in unsure:
            link = next((one for one in walk.organs if self._names(one.title, wanted)), None)
            if link is None or same_page(link.url, self._column.url):
                continue
            place = Column(link.url, (wanted.organ.id,), is_home=True, overdue=self._column.overdue)
            [visit] = await _Visit(self._spider, place, own=True).from_home()
            if visit.outcome is Outcome.COMPLETE or any(one.accepted for one in visit.candidates):
                captures = tuple(dict.fromkeys((*self._survey.captures, *visit.captures)))
                detail = f"on its own pages, {link.url}: {visit.detail}"[:500]
                visits.append(replace(visit, column_url=self._column.url, captures=captures, detail=detail))
        return visits

    @staticmethod
    def _names(title: str, wanted: Expectation) -> bool:
        named = named_in(title, wanted)
        return named is not None and named.id == wanted.organ.id

    async def _search(self, home: Page) -> None:
        """Asks the site's own search for whose report was not found: where it leads, no list need lead."""
        for call in searches(home.html or "", home.url, self._spider.year):
            if not self._open():
                return
            await self._survey.search(call)
            await self._find()

    def _worth_from_home(self, wanted: Expectation) -> Verdict:
        """What the visit is worth for one organ."""
        walk, survey = self._walk, self._survey
        assert walk is not None
        if survey.troubles:
            return survey.troubles[0]
        unseen = [verdict for step, verdict in walk.failed if step.leads == "column" and step.score >= SURE_LABEL - 0.1]
        if not walk.found:
            failed = unseen or [verdict for _, verdict in walk.failed if verdict.outcome is not Outcome.SOFT_404]
            if failed:
                return Verdict(failed[0].outcome, f"on the way to the column: {failed[0].detail}")
            return Verdict(
                Outcome.PARTIAL, f"no column of annual reports was found on {walk.pages} pages from the home page"
            )
        if unseen:
            return Verdict(unseen[0].outcome, f"a column that the site links could not be seen: {unseen[0].detail}")
        if self._canary_lost():
            return Verdict(Outcome.REDESIGNED, "most of what was shown before is not there any more")
        if not walk.exhausted:
            return Verdict(Outcome.PARTIAL, "the site has more columns than one visit looks at")
        return self._is_its_column(wanted, walk)

    def _is_its_column(self, wanted: Expectation, walk: Walk) -> Verdict:
        """Whether what was found is surely where this organ's reports appear."""
        shown = self._shown()
        if self._shows_own(wanted):
            return self._hidden() or Verdict(Outcome.COMPLETE, "by the reports of earlier years that the column shows")
        if shown:
            return Verdict(Outcome.PARTIAL, "the columns found show others' reports, and never showed this organ's")
        own = [one for one in walk.found if one.named and is_near(one.url, self._column.url)]
        if own and wanted.alone:
            return self._hidden() or Verdict(
                Outcome.COMPLETE, f"{own[0].url} is called the column of annual reports, and lists none"
            )
        return Verdict(Outcome.PARTIAL, "an empty column was found, and it is not sure whose it is")

    def _settles(self, sightings: Iterable[Sighting]) -> bool:
        """Whether these links show everybody's report."""
        kept = list(sightings)
        found = [one for wanted in self._wanted for sighting in kept if (one := weigh(sighting, wanted))]
        return {one.organ for one in found if one.accepted and one.score >= SURE} >= set(self._column.organs)

    def _all_found(self) -> bool:
        sure = {one.organ for one in self._candidates if one.accepted and one.score >= SURE and not one.failure}
        return sure >= set(self._column.organs)

    # Both

    async def _find(self) -> None:
        """Candidates among what was seen: followed when they are accepted, looked behind when they say too little."""
        self._mind_the_others()
        done = {(one.organ, one.url, one.title) for one in self._candidates}
        weighed = [one for one in self._weighed() if (one.organ, one.url, one.title) not in done]
        self._candidates += [await self._follow(one) for one in weighed]
        self._looked |= {one.url for one in self._candidates if one.accepted} | self._survey.done
        budget = _MOST_UNCLEAR + len(self._wanted)
        while (link := self._next_unclear(self._looked)) is not None:
            if budget == 0:
                if link.must:
                    self._survey.trouble(
                        f"more links that say too little than are looked at, such as «{link.sighting.title}»"
                    )
                break
            budget -= 1
            self._looked.add(link.sighting.url)
            behind = await look_behind(self._survey, link, self._open(), self._spider.has_browser)
            self._candidates += behind
            self._mind_the_others()
            known = {(one.organ, one.url, one.title) for one in self._candidates}
            fresh = [one for one in self._weighed() if (one.organ, one.url, one.title) not in known]
            self._candidates += [await self._follow(one) for one in fresh]
        self._candidates.sort(key=lambda one: (one.organ, -one.score, one.url))

    async def _follow(self, candidate: Candidate) -> Candidate:
        wanted = next(one for one in self._wanted if one.organ.id == candidate.organ)
        return await follow(self._spider.fetch, candidate, wanted, self._spider.has_browser)

    def _mind_the_others(self) -> None:
        """Where another registered organ's reports are shown too, what names nobody is not at once this organ's."""
        if len(self._wanted) != 1 or not self._wanted[0].alone:
            return
        [wanted] = self._wanted
        shown = (one for one in self._survey.sightings.values() if is_of_series(one, self._spider.series))
        named = (named_in(sighting.title, wanted) for sighting in shown)
        if any(organ is not None and organ.id != wanted.organ.id for organ in named):
            self._wanted = [replace(wanted, alone=False)]

    def _open(self) -> list[Expectation]:
        """Whose report was not found yet for sure."""
        sure = {one.organ for one in self._candidates if one.accepted and one.score >= SURE}
        return [wanted for wanted in self._wanted if wanted.organ.id not in sure]

    def _next_unclear(self, looked: set[str]) -> Unclear | None:
        wanted = self._open()
        if not wanted:
            return None
        until = (self._at + timedelta(hours=8)).date()
        column = None if self._column.is_home else self._column.url
        in_column = self._survey.shows_series() or self._walk is None or bool(self._walk.found)
        links = [
            link
            for sighting in self._survey.sightings.values()
            if sighting.url not in looked and (link := unclear(sighting, wanted, until, in_column, column))
        ]
        return min(links, key=lambda link: (link.rank, link.sighting.url), default=None)

    def _weighed(self) -> list[Candidate]:
        found = [
            candidate
            for wanted in self._wanted
            for sighting in self._survey.sightings.values()
            if (candidate := weigh(sighting, wanted))
        ]
        return sorted(found, key=lambda candidate: (candidate.organ, -candidate.score, candidate.url))

    def _result(self, verdict: Verdict, organs: tuple[str, ...]) -> Visit:
        survey, walk = self._survey, self._walk
        taken = {one.url for one in self._candidates if one.accepted}
        columns = tuple(dict.fromkeys(one.url for one in walk.found)) if walk else ()
        way = next((one.way for one in walk.found), ()) if walk else ()
        profile = Profile(columns, way, tuple(survey.systems), survey.browser, tuple(dict.fromkeys(survey.calls)))
        return Visit(
            id=self._spider.new_id(),
            at=self._at,
            column_url=self._column.url,
            organs=organs,
            year=self._spider.year,
            outcome=verdict.outcome,
            detail=verdict.detail[:500],
            captures=tuple(survey.captures),
            sightings=(*survey.listed(), *(survey.sightings[key] for key in survey.aside if key[0] in taken)),
            candidates=tuple(one for one in self._candidates if one.organ in organs),
            profile=profile if profile != Profile() else None,
            series=self._spider.series,
        )


def _is_of(sighting: Sighting, wanted: Expectation) -> bool:
    """Whether a report of whatever year is this organ's: it names it, or nobody in a column that is its own."""
    named = named_in(sighting.title, wanted)
    if named is not None:
        return named.id == wanted.organ.id
    return wanted.alone and organ_in(sighting.title) is None


def _failure(page: Page) -> Verdict:
    if page.verdict.outcome is Outcome.COMPLETE:
        return Verdict(Outcome.REDESIGNED, "the home page is not a page of HTML")
    return page.verdict
