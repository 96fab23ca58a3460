"""What a visit is worth: whether what it did not find is proved to be absent. In doubt it is not.

docs/finding.md has the evidence that is asked for as a table. Asks nothing of a portal.
"""

from __future__ import annotations

from urllib.parse import urljoin

from portals.titles import fold, organ_in, report_year, series_of
from spiders.candidates import (
    Expectation,
    is_known_item,
    is_of_series,
    is_organ_label,
    is_organs_year,
    is_years_label,
    named_in,
)
from spiders.column import Column
from spiders.fetched import Page
from spiders.finding import Finding, is_like, is_part_of
from spiders.navigation import SURE_LABEL, folder_of, is_near, promise_of, promises_a_column
from spiders.pages import Verdict, judge_column
from spiders.places import same_host, same_page
from spiders.walk import Walk
from storage.records import Outcome, Sighting


class Proof:
    """Holds what was seen against what a claim of absence needs."""

    def __init__(self, column: Column, finding: Finding, series: str, year: int) -> None:
        self._column, self._finding, self._survey = column, finding, finding.survey
        self._series, self._year = series, year
        self._tops: tuple[str, ...] = () if column.is_home else (column.url,)  # the columns in which its list may lie

    def of_column(self, first: Page) -> Verdict:
        """What the visit to a registered column is worth, after everything was looked at."""
        survey = self._survey
        if survey.troubles:
            return survey.troubles[0]
        if self.canary_lost() and not self._finding.all_found():
            return Verdict(Outcome.REDESIGNED, "most of what the column showed before is not there any more")
        if not survey.shows_series():
            if not self._is_there(first.url):  # deleted columns often lead to the home page
                return Verdict(Outcome.MOVED, f"leads to {first.url}, which shows no report")
            if (column := judge_column(first.html or "")).outcome is not Outcome.COMPLETE:
                return column
        return self._hidden() or Verdict(Outcome.COMPLETE)

    def of_place(self, wanted: Expectation) -> Verdict | None:
        """Why a registered column that was seen whole may not be where this organ's reports appear; None when it is.

        A portal's column may show the government's own reports, and the departments' where no link leads that we read.
        """
        if (name := self._under_another_name(wanted)) is not None:
            return Verdict(Outcome.PARTIAL, f"the report of {name}, a new name, may be its own")
        its = self._shows_own(wanted) or self._own_empty_list(wanted) is not None
        if self._shown() and not its and not self._says_that_it_is_empty():
            return Verdict(Outcome.PARTIAL, "the column shows others' reports, and never showed this organ's")
        return None

    def _says_that_it_is_empty(self) -> bool:
        """Whether the column is registered for one organ, and says so itself: others' reports stand where it leads."""
        alone = len(self._column.organs) == 1 and not self._survey.choices
        return alone and any(same_page(url, self._column.url) for url in self._survey.empty)

    def _is_there(self, url: str) -> bool:
        """Whether the column's address leads to itself, or into its own folder: /nb/ to /nb/list?orgCode=7.

        /cz/nb.htm has none: what lies in /cz/ is the organ's home page.
        """
        folder = folder_of(self._column.url)
        has_folder = folder != "/" and same_page(urljoin(self._column.url, folder), self._column.url)
        return same_page(url, self._column.url) or (has_folder and is_near(url, self._column.url))

    def from_home(self, wanted: Expectation, walk: Walk) -> Verdict:
        """What the visit from a home page is worth for one organ."""
        if self._survey.troubles:
            return self._survey.troubles[0]
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
        if self.canary_lost():
            return Verdict(Outcome.REDESIGNED, "most of what was shown before is not there any more")
        if not walk.exhausted:
            return Verdict(Outcome.PARTIAL, "the site has more columns than one visit looks at")
        return self._is_its_column(wanted, walk)

    def canary_lost(self) -> bool:
        """Whether most of what the last complete visit showed is gone, by address and by title."""
        if not self._column.seen_before:
            return False
        shown = [one for one in self._survey.listed() if is_known_item(one, self._series)]
        urls, titles = {one.url for one in shown}, {fold(one.title) for one in shown}
        known = {fold(title) for title in self._column.titles_before}
        same, alike = urls & set(self._column.seen_before), titles & known
        return 2 * len(same) < len(set(self._column.seen_before)) and 2 * len(alike) < len(known)

    def _is_its_column(self, wanted: Expectation, walk: Walk) -> Verdict:
        """Whether what was found is surely where this organ's reports appear."""
        self._tops = tuple(one.url for one in walk.found)
        if (name := self._under_another_name(wanted)) is not None:
            return Verdict(Outcome.PARTIAL, f"the report of {name}, a new name, may be its own")
        if self._shows_own(wanted):
            return self._hidden() or Verdict(Outcome.COMPLETE, "by the reports of earlier years that the column shows")
        if (empty := self._own_empty_list(wanted)) is not None:
            detail = f"«{empty.title}» is its own list, {empty.url}, and says that it has none"
            return self._hidden() or Verdict(Outcome.COMPLETE, detail)
        if (called := self._called_by_its_name(wanted, walk)) is not None:
            return self._hidden() or Verdict(Outcome.COMPLETE, f"{called} is called its own column, and lists none")
        if self._shown():
            return Verdict(Outcome.PARTIAL, "the columns found show others' reports, and never showed this organ's")
        own = [one for one in walk.found if one.named and is_near(one.url, self._column.url)]
        if own and wanted.alone:
            return self._hidden() or Verdict(
                Outcome.COMPLETE, f"{own[0].url} is called the column of annual reports, and lists none"
            )
        return Verdict(Outcome.PARTIAL, "an empty column was found, and it is not sure whose it is")

    def _under_another_name(self, wanted: Expectation) -> str | None:
        """A name like the organ's, on no register, that has a report of the year and none of earlier years in sight."""
        reports = [one.title for one in self._survey.sightings.values() if is_of_series(one, self._series)]
        named = {(organ_in(title), report_year(title)) for title in reports if named_in(title, wanted) is None}
        earlier = {name for name, year in named if year != self._year}
        new = sorted(name for name, year in named if name and year == self._year and name not in earlier)
        return next((name for name in new if is_like(name, wanted) and not is_part_of(name, wanted)), None)

    def _called_by_its_name(self, wanted: Expectation, walk: Walk) -> str | None:
        """The address of a column without reports whose own title is the organ's name and the series': 甲镇…公开年报.

        A site's name behind the title says nothing of whose column it is.
        """
        for one in walk.found:
            owners = [organ_in(title) for title in self._survey.called.get(one.url, ()) if promise_of(title)]
            if one.named and not one.shows and any(named_in(name, wanted) == wanted.organ for name in owners if name):
                return one.url
        return None

    def _hidden(self) -> Verdict | None:
        """Why lists that were read to their end may still hold what was looked for."""
        return self._says_nothing() or self._behind_a_control() or self._in_organs_lists() or self._named_and_unlinked()

    def _says_nothing(self) -> Verdict | None:
        """No report is in sight, and the page does not say that there is none."""
        if self._shown():
            return None
        if self._survey.choices:
            return Verdict(Outcome.PARTIAL, "the page asks to choose a year or an organ, and shows nothing by itself")
        if self._survey.mute:
            why = "asks in a form, or shows pictures, and says nothing of reports"
            return Verdict(Outcome.PARTIAL, f"{self._survey.mute} {why}")
        return None

    def _behind_a_control(self) -> Verdict | None:
        """A control is called by the year, the organ, or as a column, and only a script knows where it leads."""
        for label in sorted(self._survey.controls):
            called = Sighting("", label, None, "")
            mine = is_organ_label(called) and any(_is_of(called, one) for one in self._finding.open())
            if mine or is_years_label(label, self._year) or promises_a_column(called):
                return Verdict(Outcome.PARTIAL, f"what is behind «{label}» only a script knows")
        return None

    def _in_organs_lists(self) -> Verdict | None:
        """Links that are called by organs' names lead to their lists, and which is this organ's, nothing says."""
        for wanted in self._finding.open():
            if not self._shows_own(wanted) and (whose := self._unseen_lists()) and not self._own_empty_list(wanted):
                why = (
                    f"the page leads to organs' own lists, such as «{whose[0].title}», and none is surely this organ's"
                )
                return Verdict(Outcome.PARTIAL, why)
        return None

    def _named_and_unlinked(self) -> Verdict | None:
        """The report is named on the page, and no link leads to it: a script may."""
        linked = {fold(sighting.title) for sighting in self._survey.sightings.values()}
        open_ = self._finding.open()
        for title in sorted(self._survey.unlinked):
            if series_of(title) == self._series and report_year(title) == self._year and not _is_linked(title, linked):
                named = [named_in(title, wanted) for wanted in open_]
                if any(
                    organ is None or organ.id == wanted.organ.id for organ, wanted in zip(named, open_, strict=True)
                ):
                    return Verdict(Outcome.PARTIAL, f"no link leads to «{title[:80]}», which the page names")
        return None

    def _unseen_lists(self) -> list[Sighting]:
        """Links on this host that are called by organs' names, several of them, and behind which nobody looked."""
        labels = [one for one in self._survey.listed() if is_organ_label(one) and same_host(one.url, self._column.url)]
        unseen = [one for one in labels if one.url not in self._seen()]
        return unseen if len({one.url for one in labels}) > 1 else []

    def _own_empty_list(self, wanted: Expectation) -> Sighting | None:
        """The list of one organ among others' that a table of contents calls by its name, and that says it is empty.

        An organ's name in the frame of a page leads to its home page: that is no list.
        """
        labels = [one for one in self._survey.listed() if is_organ_label(one) and same_host(one.url, self._column.url)]
        if len({one.url for one in labels}) < 2:
            return None
        mine = (one for one in labels if named_in(one.title, wanted) == wanted.organ)
        return next((one for one in mine if one.url in self._survey.empty and self._is_list(one.url)), None)

    def _is_list(self, url: str) -> bool:
        """Whether a page that was read is a list of annual reports: by what it calls itself, or by where it lies."""
        within = (top for top in self._tops if folder_of(top) != "/")
        return url in self._survey.named or any(is_near(url, top) for top in within)

    def _seen(self) -> set[str]:
        return self._finding.looked | self._survey.done

    def _shows_own(self, wanted: Expectation) -> bool:
        """Whether a report of this organ's is shown, of whatever year."""
        return any(_is_of(one, wanted) for one in self._shown())

    def _shown(self) -> list[Sighting]:
        listed = self._survey.listed()
        return [
            one for one in listed if is_of_series(one, self._series) or is_organs_year(one) or self._is_earlier(one)
        ]

    def _is_earlier(self, sighting: Sighting) -> bool:
        """Whether it is a report whose title names no year, and whose day says that it is of an earlier one."""
        return (
            sighting.date is not None
            and sighting.date.year <= self._year
            and series_of(sighting.title) == self._series
            and report_year(sighting.title) is None
        )


def _is_of(sighting: Sighting, wanted: Expectation) -> bool:
    """Whether a report of whatever year is this organ's: it names it, or nobody in a column that is its own."""
    named = named_in(sighting.title, wanted)
    if named is not None:
        return named.id == wanted.organ.id
    return wanted.alone and organ_in(sighting.title) is None


def _is_linked(title: str, linked: set[str]) -> bool:
    """Whether a link has this title, or one of which a list shows only so much (2023年…报告(甲县…)."""
    folded = fold(title)
    begins = folded.rstrip(".…·")
    return folded in linked or (begins != folded and any(one.startswith(begins) for one in linked))
