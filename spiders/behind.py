"""What is behind a link that says too little: the report, or a list of its own (a year's, an organ's)."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from portals.titles import report_year
from spiders.article import Article, is_document, read_article
from spiders.candidates import (
    ACCEPT,
    Expectation,
    Unclear,
    is_of_series,
    is_organ_label,
    is_years_label,
    named_in,
    weigh_page,
    whose_list,
)
from spiders.fetched import Page
from spiders.follow import complete, held
from spiders.leads import left_to_reading, what_may_be
from spiders.listing import Link, links_on, read_listing
from spiders.places import same_host
from spiders.survey import Survey
from storage.records import Candidate, Outcome, Sighting


async def look_behind(survey: Survey, link: Unclear, wanted: Sequence[Expectation]) -> tuple[Candidate, ...]:
    """What is behind an unclear link: candidates, or () when it was a list (then `survey` has it), or nothing."""
    page = await survey.fetch(link.sighting.url)
    if page.verdict.outcome is not Outcome.COMPLETE:
        if link.must:
            what = f"«{link.sighting.title}» ({link.why})"
            survey.trouble(f"{what} could not be looked at: {page.verdict.outcome.value}, {page.verdict.detail}")
        return ()
    if page.html is None or is_document(page.url):
        if link.misdated and not link.must:
            return ()  # it is called last year's, and has no page that says otherwise
        return tuple(replace(one, captures=held([page])) for one in left_to_reading(link, wanted))
    article = read_article(page.html, page.url)
    found = [one for each in wanted if (one := weigh_page(link.sighting, article, each))]
    taken = any(one.accepted for one in found)
    if taken and link.is_label:
        faces = await _as_a_list(survey, article, page, wanted[0])
        leads_on = bool(faces) and not article.dates and _leads_to_the_year(faces, wanted[0].year, survey)
        if faces and await _reads_as_list(survey, faces, wanted[0].series):
            return ()
        if leads_on or (not _holds_anything(article) and _leads_to_organs(page)):
            # 2023年 leads to 2023年政府信息公开年度报告: a table of years, or of organs' names, may be called
            # so too. What it leads to is surer, if it is the report.
            found = [replace(one, score=min(one.score, ACCEPT)) for one in found]
    if not taken:
        if await _read_as_a_list(survey, link, article, page, wanted):
            return ()
        found = list(what_may_be(link, article, wanted)) or found
    whose = {one.organ.id: one for one in wanted}
    fetch, browser = survey.fetch, survey.has_browser
    return tuple(
        [await complete(fetch, one, page, whose[one.organ], browser) if one.accepted else one for one in found]
    )


async def _read_as_a_list(
    survey: Survey, link: Unclear, article: Article, page: Page, wanted: Sequence[Expectation]
) -> bool:
    """Reads a page that is no report of itself as the list that it may be. False when it may be something else too."""
    if link.is_label or _is_list(article, page, wanted[0].series, survey):
        await survey.read(page, whose=whose_list(link.sighting, wanted[0]))
        return True
    undated = link.nobodys and link.sighting.date is None
    if undated and await is_years_list(survey, page, wanted[0]):
        return True
    if gathers(survey, page, wanted[0]):
        await survey.read(page)
        return True
    if not article.is_form and _leads_to_one_of(survey, page, wanted):
        await survey.read(page)
    return False


def _holds_anything(article: Article) -> bool:
    """Whether a page holds what a report's page does: its text, a document, a frame, a day of its own."""
    return bool(article.is_form or article.attachments or article.frames or article.dates)


def gathers(survey: Survey, page: Page, wanted: Expectation) -> bool:
    """Whether an article without a report of its own leads to organs' by their names: 甲县2023年…年度报告集中发布."""
    if page.html is None or is_document(page.url):
        return False
    article = read_article(page.html, page.url)
    if (
        article.is_form
        or article.frames
        or any(named_in(label, wanted) is None for label in article.attachments.values())
    ):
        return False
    return _leads_to_organs(page, _menu(survey))


def _leads_to_one_of(survey: Survey, page: Page, wanted: Sequence[Expectation]) -> bool:
    """Whether a page leads to one organ's by its name, whose report is still looked for."""
    organs = {one.organ.id for one in wanted}
    named = (named_in(one.title, wanted[0]) for one in _organs_links(page, _menu(survey)))
    return any(organ is not None and organ.id in organs for organ in named)


def _leads_to_organs(page: Page, known: Set[str] = frozenset()) -> bool:
    """Whether several links of a page, beside those `known`, are called by organs' names."""
    return len({one.url for one in _organs_links(page, known)}) > 1


def _organs_links(page: Page, known: Set[str]) -> list[Sighting]:
    new = (Sighting(link.url, link.title, link.date, "") for link in _links(page) if link.url not in known)
    return [one for one in new if is_organ_label(one) and same_host(one.url, page.url)]


def _menu(survey: Survey) -> Set[str]:
    """Addresses to which pages before an article led as well: the site's menu."""
    return survey.menu | {sighting.url for sighting in survey.sightings.values()}


async def is_years_list(survey: Survey, page: Page, wanted: Expectation) -> bool:
    """Whether a page that is called by year and series alone, 2023年度政府信息公开年报, is a list, and then reads it.

    What claims a day of its own is an article.
    """
    if page.html is None or is_document(page.url):
        return False
    article = read_article(page.html, page.url)
    faces = () if article.dates else await _as_a_list(survey, article, page, wanted)
    return bool(faces) and await _reads_as_list(survey, faces, wanted.series)


async def _as_a_list(survey: Survey, article: Article, page: Page, wanted: Expectation) -> tuple[Page, ...]:
    """The page, with what is framed in it, if it may be a list: a year's list may be called 2023年…年报 too.

    () when it holds the report's text, or a document. A document that is called as a report is a list's row on a page
    that claims no date; a frame may hold the report, unless it shows rows of its own.
    """
    if article.is_form or (article.dates and article.frames):
        return ()
    framed = [await survey.fetch(url) for url in article.frames]
    shows = any(_frame_is_a_list(frame, wanted) for frame in framed)
    faces = (page, *(frame for frame in framed if frame.html is not None))
    rows = {link.url for face in faces for link in _links(face) if _is_row(link, wanted.series)}
    attached = set(article.attachments) - (set() if article.dates else rows)
    return faces if not attached and (shows or not framed) else ()


def _frame_is_a_list(frame: Page, wanted: Expectation) -> bool:
    """Whether a frame shows rows of the year that is looked for, or says that there are none."""
    if frame.html is None or read_article(frame.html, frame.url).is_form:
        return False
    listing = read_listing(frame.html, frame.url)
    of_year = (link.title for link in listing.links if _is_row(link, wanted.series))
    labels = any(is_years_label(link.title, wanted.year) for link in listing.links)
    return listing.placeholder or labels or wanted.year in map(report_year, of_year)


def _links(page: Page) -> tuple[Link, ...]:
    return links_on(page.html or "", page.url)


def _is_row(link: Link, series: str) -> bool:
    return is_of_series(Sighting(link.url, link.title, link.date, ""), series)


def _leads_to_the_year(faces: Sequence[Page], year: int, survey: Survey) -> bool:
    """Whether a page links something that is called by the year alone, and that no page before it showed."""
    known = {*(face.url for face in faces), *(sighting.url for sighting in survey.sightings.values())}
    links = (link for face in faces for link in _links(face))
    return any(is_years_label(link.title, year) and link.url not in known for link in links)


async def _reads_as_list(survey: Survey, faces: Sequence[Page], series: str) -> bool:
    """Whether a page, read as a list, shows reports, or says that it has none yet."""
    known = set(survey.sightings)
    await survey.read(faces[0])
    shows = any(is_of_series(one, series) for key, one in survey.sightings.items() if key not in known)
    return shows or any(read_listing(face.html or "", face.url).placeholder for face in faces)


def _is_list(article: Article, page: Page, series: str, survey: Survey) -> bool:
    """Whether the page shows reports of the series that no page before it showed.

    A document that is called as one is attached to an article that claims a date, and a list's row elsewhere.
    """
    known = {sighting.url for sighting in survey.sightings.values()} | (
        set(article.attachments) if article.dates else set()
    )
    new = [link for link in _links(page) if link.url not in known]
    return any(_is_row(link, series) for link in new)
