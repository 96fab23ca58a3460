"""Follows links to documents: an accepted candidate's page, its frames and attachments; a link that says too little.

A page behind an unclear link may be the report, or a list of its own (a year's, an organ's): both are told here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from portals.titles import organ_in, organ_named, report_year, series_of
from spiders.article import Article, guessed_dates, is_document, page_titles, read_article
from spiders.candidates import (
    ACCEPT,
    SURE,
    Expectation,
    Unclear,
    as_candidate,
    is_of_series,
    is_years_label,
    named_in,
    weigh_page,
)
from spiders.fetched import Fetch, Page
from spiders.listing import Link, read_listing
from spiders.survey import Survey
from storage.records import Candidate, Outcome, Sighting

ONLY_READING = "a document: only reading it can tell"
"""The reason of a candidate that counts only when its document itself names the year."""

_HOME = re.compile(r"/?(?:(?:index|default|home)\.[a-z]{3,5})?", re.IGNORECASE)


async def follow(fetch: Fetch, candidate: Candidate, wanted: Expectation, has_browser: bool) -> Candidate:
    """An accepted candidate with the captures of its page, of what is framed in it, and of what is attached to it.

    A page that says of itself that it is somebody else's report, or another year's, is not taken.
    """
    if not candidate.accepted:
        return candidate
    page = await fetch(candidate.url)
    if page.html is not None and (reason := _denies(page_titles(page.html), candidate, wanted)):
        return replace(candidate, accepted=False, score=0.0, reasons=(*candidate.reasons, reason))
    return await complete(fetch, candidate, page, has_browser)


def _denies(titles: Sequence[str], candidate: Candidate, wanted: Expectation) -> str | None:
    """Why a page's own title shows that it is not the report that the list promises; None when it does not."""
    own = next((title for title in titles if series_of(title) == candidate.series), None)
    if own is None:
        return None
    named = named_in(own, wanted)
    if named is not None and named.id != candidate.organ and named_in(candidate.title, wanted) is None:
        return f"its page is called «{own}»: it is {named.name}'s"
    return None


async def complete(fetch: Fetch, candidate: Candidate, page: Page, has_browser: bool) -> Candidate:
    """As `follow`, with the page already there."""
    if page.verdict.outcome is not Outcome.COMPLETE:
        failure = f"{page.verdict.outcome.value}: {page.verdict.detail}"
        return replace(candidate, captures=held([page]), failure=failure)
    if page.html is None or is_document(page.url):
        return replace(candidate, captures=held([page]))
    if _is_home(page.url) and not _is_home(candidate.url):  # where portals send those who ask for what was taken down
        failure = f"{Outcome.MOVED.value}: leads to the home page {page.url}"
        return replace(candidate, captures=held([page]), failure=failure)
    article = read_article(page.html, page.url)
    if article.shell and not article.attachments and not article.frames and has_browser:
        page = await fetch(candidate.url, browser=True)
        article = read_article(page.html or "", page.url)
    parts, attached = await _framed(fetch, article)
    attached = tuple(dict.fromkeys((*article.attachments, *attached)))
    attachments = [await fetch(url) for url in attached]
    failures = [
        f"attachment {one.url}: {one.verdict.outcome.value}, {one.verdict.detail}"
        for one in attachments
        if one.verdict.outcome is not Outcome.COMPLETE
    ]
    if article.goes_on:
        failures.append(f"it goes on at {article.goes_on}")
    dates = tuple(dict.fromkeys((*candidate.dates, *article.dates))) or guessed_dates(page.html or "", page.url)
    source = (f"the page names its source: {article.source}",) if article.source else ()
    return replace(
        candidate,
        captures=held([page, *parts, *attachments]),
        reasons=(*candidate.reasons, *source),
        dates=dates,
        failure="; ".join(failures)[:500] or None,
    )


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return not parts.query and _HOME.fullmatch(parts.path) is not None


async def _framed(fetch: Fetch, article: Article) -> tuple[list[Page], tuple[str, ...]]:
    """The pages framed in an article, and the documents attached to those."""
    parts: list[Page] = []
    attached: tuple[str, ...] = ()
    for url in article.frames:
        part = await fetch(url)
        if part.verdict.outcome is Outcome.COMPLETE:
            parts.append(part)
            attached += read_article(part.html, part.url).attachments if part.html else ()
    return parts, attached


def held(pages: Sequence[Page]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(page.capture for page in pages if page.capture))


async def look_behind(
    survey: Survey, link: Unclear, wanted: Sequence[Expectation], has_browser: bool
) -> tuple[Candidate, ...]:
    """What is behind an unclear link: candidates, or () when it was a list (then `survey` has it), or nothing."""
    page = await survey.fetch(link.sighting.url)
    if page.verdict.outcome is not Outcome.COMPLETE:
        if link.must:
            what = f"«{link.sighting.title}» ({link.why})"
            survey.trouble(f"{what} could not be looked at: {page.verdict.outcome.value}, {page.verdict.detail}")
        return ()
    if page.html is None or is_document(page.url):
        return _unread_document(link, wanted, page)
    article = read_article(page.html, page.url)
    found = [one for each in wanted if (one := weigh_page(link.sighting, article, each))]
    taken = any(one.accepted for one in found)
    if not taken and (link.is_label or _is_list(page, wanted[0].series, survey)):
        await survey.read(page)
        return ()
    if taken and link.is_label and (faces := await _as_a_list(survey, article, page, wanted[0])):
        leads_on = not article.dates and _leads_to_the_year(faces, wanted[0].year, survey)
        if await _reads_as_list(survey, faces, wanted[0].series):
            return ()
        if leads_on:  # what is behind that is looked at too, and surer if it is the report
            found = [replace(one, score=min(one.score, ACCEPT)) for one in found]
    found = found or list(_nobodys(link, article, wanted))
    fetch = survey.fetch
    return tuple([await complete(fetch, one, page, has_browser) if one.accepted else one for one in found])


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
    return read_listing(page.html or "", page.url).links


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


def _nobodys(link: Unclear, article: Article, wanted: Sequence[Expectation]) -> Iterator[Candidate]:
    """A report of the year that names nobody, in a column of several: most likely that of whoever runs the column.

    Nobody is cleared by it, and whoever it may be is not accused.
    """
    names = wanted[0].names
    own = [title for title in article.titles if series_of(title) == wanted[0].series]
    if not link.nobodys or any(organ_named(title, names) or organ_in(title) for title in own):
        return
    if named := organ_named(article.source, names) if article.source else None:
        likely = [one for one in wanted if one.organ.id == named.id]
    else:
        likely = [one for one in wanted if one.organ.kind == "government"] or list(wanted[:1])
    for one in likely:
        yield as_candidate(link.sighting, one, 0.55, (link.why, "nor does its page; it may be this organ's"))


def _is_list(page: Page, series: str, survey: Survey) -> bool:
    """Whether the page shows reports of the series that no page before it showed."""
    known = {sighting.url for sighting in survey.sightings.values()}
    new = [link for link in _links(page) if link.url not in known]
    return any(_is_row(link, series) for link in new)


def _unread_document(link: Unclear, wanted: Sequence[Expectation], page: Page) -> tuple[Candidate, ...]:
    """A document whose title settles nothing: only reading it can, and a person decides whose it is."""
    sighting, this_year = link.sighting, report_year(link.sighting.title) == wanted[0].year
    if named := named_in(sighting.title, wanted[0]):
        wanted = [one for one in wanted if one.organ.id == named.id]
    elif not wanted[0].alone and not link.must:
        return ()
    sure = this_year and (named is not None or wanted[0].alone)  # its own column, or its row of a table, says whose
    found = (as_candidate(sighting, one, SURE if sure else 0.5, (link.why, ONLY_READING)) for one in wanted)
    return tuple(replace(one, captures=held([page])) for one in found)
