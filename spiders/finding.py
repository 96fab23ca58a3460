"""Candidates among what a visit saw: clear titles are followed, unclear ones looked behind, until all was found.

Says what was found and for whom it is still open; whether what is open is absent, `proof` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from portals.titles import fold, organ_in, report_year
from spiders.behind import gathers, is_years_list, look_behind
from spiders.candidates import (
    ACCEPT,
    SURE,
    Expectation,
    Unclear,
    is_of_series,
    is_organs_year,
    is_reprint,
    is_years_label,
    named_in,
    unclear,
    weigh,
    wordless,
)
from spiders.column import Column
from spiders.crawling import Crawl
from spiders.follow import follow
from spiders.leads import ONLY_READING
from spiders.navigation import is_group
from spiders.places import same_site
from spiders.rules import rules
from spiders.survey import Survey
from storage.records import Candidate, Sighting

_MOST_UNCLEAR = 24  # links that say too little, looked at in one visit, beside one an organ
_SAME_YEARS = 2  # for which two names have reports; one is what a list shows twice in the year of a reform
_PART = re.compile(r".{2,}(中心|大队|支队|总队|所|站|院|分局|学校)")
_SHANGHAI = timedelta(hours=8)


class Finding:
    """What is found of what is wanted in one visit. `looked`: addresses of what was followed or looked behind."""

    def __init__(self, crawl: Crawl, column: Column) -> None:
        self._crawl = crawl
        self._day = (crawl.clock() + _SHANGHAI).date()
        self._place = column.url
        self._column = None if column.is_home else column.url
        overdue = column.overdue
        self.survey = Survey(
            crawl.fetch, crawl.series, crawl.has_browser, column.calls, self._settles, thorough=overdue
        )
        self.wanted = crawl.expectations(column)
        self.candidates: list[Candidate] = []
        self.looked: set[str] = set()

    async def find(self, *, in_column: bool) -> None:
        """Looks through what the survey shows by now. `in_column`: what it shows are lists of the series."""
        self._mind_the_others()
        await self._follow_new()
        self.looked |= {one.url for one in self.candidates if one.accepted and not one.failure}
        self.looked |= self.survey.done - self.survey.perhaps
        budget = _MOST_UNCLEAR + len(self.wanted)
        while (link := self._next_unclear(in_column)) is not None:
            if budget == 0:
                if link.must:
                    self.survey.trouble(
                        f"more links that say too little than are looked at, such as «{link.sighting.title}»"
                    )
                break
            budget -= 1
            self.looked.add(link.sighting.url)
            self.candidates += await look_behind(self.survey, link, self.open())
            self._mind_the_others()
            await self._follow_new()
        self.candidates = [self._held_against_years(one) for one in self.candidates]
        self.candidates.sort(key=lambda one: (one.organ, -one.score, one.url))

    def _held_against_years(self, one: Candidate) -> Candidate:
        """Refuses what may be a former name of the organ's, when the lists show both names for the same years."""
        name = organ_in(one.title)
        wanted = next(wanted for wanted in self.wanted if wanted.organ.id == one.organ)
        if not one.accepted or name is None or named_in(one.title, wanted) is not None:
            return one
        if is_part_of(name, wanted):
            return _refused(one, f"{name} is a part of {wanted.organ.name}, which owes a report of its own")
        reports = [each for each in self.survey.listed() if is_of_series(each, self._crawl.series)]
        own = {report_year(each.title) for each in reports if named_in(each.title, wanted) == wanted.organ}
        theirs = {report_year(each.title) for each in reports if organ_in(each.title) == name}
        if len(own & theirs) < _SAME_YEARS:
            return one
        return _refused(
            one, f"{name} has reports for the same years as {wanted.organ.name}: it is no former name of it"
        )

    def open(self) -> list[Expectation]:
        """Whose report was not found yet for sure."""
        sure = {one.organ for one in self.candidates if _is_sure(one)}
        return [wanted for wanted in self.wanted if wanted.organ.id not in sure]

    def all_found(self) -> bool:
        """Whether everybody's report was found for sure, and nothing of it failed."""
        return {one.organ for one in self.candidates if _is_sure(one) and not one.failure} >= self._ids()

    def mind_strangers(self) -> None:
        """From now on what names nobody is not at once the one wanted organ's: the lists may be everybody's."""
        self.wanted = [replace(wanted, alone=False) for wanted in self.wanted]

    def _mind_the_others(self) -> None:
        """As `mind_strangers`, where another registered organ's reports are shown too, or a table of organs is."""
        if len(self.wanted) != 1 or not self.wanted[0].alone:
            return
        [wanted], seen = self.wanted, self.survey.sightings.values()
        own = (one for one in seen if is_of_series(one, self._crawl.series) and not is_reprint(one.title))
        named = (named_in(one.title, wanted) for one in own)
        rows = (named_in(one.title, wanted) for one in seen if is_organs_year(one) and organ_in(one.title))
        if any(organ is not None and organ.id != wanted.organ.id for organ in named) or any(
            organ is None or organ.id != wanted.organ.id for organ in rows
        ):
            self.mind_strangers()

    def _ids(self) -> set[str]:
        return {wanted.organ.id for wanted in self.wanted}

    def _settles(self, sightings: Iterable[Sighting]) -> bool:
        """Whether these links show everybody's report."""
        kept = list(sightings)
        kept = [one for one in kept if one.date or not is_years_label(one.title, self._crawl.year)]  # perhaps a list
        found = [one for wanted in self.wanted for sighting in kept if (one := weigh(sighting, wanted))]
        return {one.organ for one in found if one.accepted and one.score >= SURE} >= self._ids()

    async def _follow_new(self) -> None:
        while new := self._new():  # a year's list may be behind what reads like the year's report
            self.candidates += [await self._follow(one) for one in new]

    def _new(self) -> list[Candidate]:
        known = {(one.organ, one.url, one.title) for one in self.candidates}
        return [one for one in self._weighed() if (one.organ, one.url, one.title) not in known]

    async def _follow(self, candidate: Candidate) -> Candidate:
        wanted = next(one for one in self.wanted if one.organ.id == candidate.organ)
        if not candidate.accepted:
            return candidate
        page = await self._crawl.fetch(candidate.url)
        label = is_years_label(candidate.title, wanted.year) and not candidate.dates
        if label and await is_years_list(self.survey, page, wanted):
            return _refused(candidate, "its page is the year's list")
        if gathers(self.survey, page, wanted):
            await self.survey.read(page)
            reasons = (*candidate.reasons, "its page leads to organs' own reports")
            candidate = replace(candidate, score=min(candidate.score, ACCEPT), reasons=reasons)
        return await follow(self._crawl.fetch, candidate, page, wanted, self._crawl.has_browser)

    def _weighed(self) -> list[Candidate]:
        found = [
            candidate
            for wanted in self.wanted
            for sighting in self.survey.sightings.values()
            if (candidate := weigh(sighting, wanted))
        ]
        return sorted(found, key=lambda candidate: (candidate.organ, -candidate.score, candidate.url))

    def _is_off(self, sighting: Sighting) -> bool:
        """Whether it is a part of somebody else's site: 省直部门 in a footer."""
        return is_group(sighting) and not same_site(sighting.url, self._place)

    def _next_unclear(self, in_column: bool) -> Unclear | None:
        wanted = self.open()
        if not wanted:
            return None
        listed = in_column or self.survey.shows_series()
        links = [
            link
            for sighting in self.survey.sightings.values()
            if sighting.url not in self.looked
            and not self._is_off(sighting)
            and (link := self._unclear(sighting, wanted, listed))
        ]
        return min(links, key=lambda link: (link.rank, link.sighting.url), default=None)

    def _unclear(self, sighting: Sighting, wanted: list[Expectation], listed: bool) -> Unclear | None:
        if rules().empty_labels.match(fold(sighting.title)):
            return wordless(sighting, self.survey.done) if listed else None
        own = self._column is None and sighting.url not in self.survey.menu
        return unclear(sighting, wanted, self._day, listed, self._column, own=own)


def _is_sure(one: Candidate) -> bool:
    """Whether it is the report by what is seen of it. Of what only reading can tell, reading may say that it is not."""
    return one.accepted and one.score >= SURE and ONLY_READING not in one.reasons


def is_part_of(name: str, wanted: Expectation) -> bool:
    """Whether a name is this organ's with a part's behind it: 甲县公安局|交警大队. Not so 甲县政府办|公室."""
    own = (fold(each) for each in (wanted.organ.name, *wanted.organ.aliases))
    return any(name.startswith(each) and _PART.fullmatch(name[len(each) :]) for each in own)


_PLACE = re.compile(r"^.{1,5}?[省市州县区旗盟镇乡]")
_COMMON = re.compile(
    r"人民政府|街道办事处|办事处|委员会|办公室|管理|监督|服务|工作|行政|综合|执法|发展|事务|中心|分局|[局委办厅所站院队镇乡]"
)


def is_like(name: str, wanted: Expectation) -> bool:
    """Whether a name shares a word, beside place and common words, with the organ's: 数据局 and 大数据局."""
    own = "|".join(_PLACE.sub("", fold(each)) for each in (wanted.organ.name, *wanted.organ.aliases))
    words = _COMMON.split(_PLACE.sub("", name))
    return any(word[at : at + 2] in own for word in words for at in range(len(word) - 1))


def _refused(one: Candidate, why: str) -> Candidate:
    return replace(one, accepted=False, score=0.0, reasons=(*one.reasons, why))
