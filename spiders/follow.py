"""Follows an accepted candidate to its document: its page, what is framed in that, and what is attached to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from portals.series import has_form
from portals.titles import fold, organ_in, series_of
from spiders.article import Article, guessed_dates, is_document, read_article
from spiders.candidates import ACCEPT, Expectation, named_in
from spiders.fetched import Fetch, Page
from spiders.leads import MAY_BE_ITS
from storage.records import Candidate, Outcome

_HOME = re.compile(r"/?(?:(?:index|default|home)\.[a-z]{3,5})?", re.IGNORECASE)


async def follow(fetch: Fetch, candidate: Candidate, page: Page, wanted: Expectation, has_browser: bool) -> Candidate:
    """An accepted candidate with the captures of its page, of what is framed in it, and of what is attached to it.

    A page that says of itself that it is somebody else's report, or another year's, is not taken.
    """
    if not candidate.accepted:
        return candidate
    if page.html is not None:
        article = read_article(page.html, page.url)
        if reason := _denies(article.titles, candidate, wanted):
            return replace(candidate, accepted=False, score=0.0, reasons=(*candidate.reasons, reason))
        if reason := _contradicts(article, candidate, wanted):
            score = min(candidate.score, ACCEPT)
            candidate = replace(candidate, score=score, reasons=(*candidate.reasons, reason))
        elif reason := _is_of_another_source(article, candidate, wanted):
            score = min(candidate.score, ACCEPT)
            candidate = replace(candidate, score=score, reasons=(*candidate.reasons, reason, MAY_BE_ITS))
    return await complete(fetch, candidate, page, wanted, has_browser)


def _denies(titles: Sequence[str], candidate: Candidate, wanted: Expectation) -> str | None:
    """Why a page's own title shows that it is not the report that the list promises; None when it does not."""
    own = next((title for title in titles if series_of(title) == candidate.series), None)
    if own is None:
        return None
    named = named_in(own, wanted)
    if named is not None and named.id != candidate.organ and named_in(candidate.title, wanted) is None:
        return f"its page is called «{own}»: it is {named.name}'s"
    return None


def _contradicts(article: Article, candidate: Candidate, wanted: Expectation) -> str | None:
    """What a page says of itself that its list does not: that it is another registered organ's. A person settles it."""
    titles = [title for title in article.titles if series_of(title) == candidate.series]
    named = next((organ for title in titles if (organ := named_in(title, wanted))), None)
    if named is None:
        said = {organ.id: organ for said in article.says if (organ := named_in(said, wanted))}
        named = next(iter(said.values())) if len(said) == 1 else None
    if named is None or named.id == candidate.organ:
        return None
    return f"its page says that it is {named.name}'s"


def _is_of_another_source(article: Article, candidate: Candidate, wanted: Expectation) -> str | None:
    """That a page whose titles name nobody names another registered organ as its source: the document decides.

    Portals show the government's newest report in the frame of every department's column.
    """
    if not article.source or any(organ_in(title) for title in (candidate.title, *article.titles)):
        return None
    named = named_in(article.source, wanted)
    its = fold(article.source).startswith(fold(wanted.organ.name))  # 甲县人民政府办公室, of the government's own
    return f"its page names as its source {named.name}" if named and named != wanted.organ and not its else None


async def complete(fetch: Fetch, candidate: Candidate, page: Page, wanted: Expectation, has_browser: bool) -> Candidate:
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
    # showVsbpdfIframe("/__local/1.pdf"); without a form to miss, only a page that shows hardly anything is suspect
    if has_browser and (article.unfilled if has_form(candidate.series) else article.shell):
        rendered = await fetch(candidate.url, browser=True)
        if rendered.html is not None:
            page, article = rendered, read_article(rendered.html, rendered.url)
    parts, framed = await _framed(fetch, article)
    attached = {**article.attachments, **framed}
    attachments = [await fetch(url) for url, label in attached.items() if not _is_anothers(label, wanted)]
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


def _is_anothers(label: str, wanted: Expectation) -> bool:
    """Whether an attachment is called by another registered organ's name: 甲县2023年年报汇总 gathers everybody's."""
    named = named_in(label, wanted)
    return named is not None and named.id != wanted.organ.id


async def _framed(fetch: Fetch, article: Article) -> tuple[list[Page], dict[str, str]]:
    """The pages framed in an article, and the documents attached to those."""
    parts: list[Page] = []
    attached: dict[str, str] = {}
    for url in article.frames:
        part = await fetch(url)
        if part.verdict.outcome is Outcome.COMPLETE:
            parts.append(part)
            attached |= read_article(part.html, part.url).attachments if part.html else {}
    return parts, attached


def held(pages: Sequence[Page]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(page.capture for page in pages if page.capture))
