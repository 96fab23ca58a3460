"""Open leads: what may be a report that is looked for, and does not say enough of itself to be refused or taken.

Nothing is refused for what it does not say. Its document is read, and where that does not settle it a person does:
whoever it may belong to is not accused. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from portals.titles import organ_in, report_year, series_of
from spiders.article import Article
from spiders.candidates import ACCEPT, SURE, Expectation, Unclear, as_candidate, named_in
from storage.records import Candidate

ONLY_READING = "a document: only reading it can tell"
"""The reason of a candidate that counts only when its document itself names the year."""

MAY_BE_ITS = "nor does its page; it may be this organ's"
"""The reason of a candidate of which only the document itself may say whose it is."""

_NOBODYS = 0.55
_TOLD = 0.75  # by what its text says of itself, where no title says it


def what_may_be(link: Unclear, article: Article, wanted: Sequence[Expectation]) -> Iterator[Candidate]:
    """Candidates of a page whose titles neither make it a report that is looked for nor another one."""
    kinds = [(series_of(title), report_year(title)) for title in article.titles]
    years = {year for kind, year in kinds if kind == wanted[0].series and year is not None}
    another = article.is_form and article.period not in (None, wanted[0].year)
    denied = years - {wanted[0].year} or another or any(kind not in (None, wanted[0].series) for kind, _ in kinds)
    last_years = link.misdated and not another and years <= {wanted[0].year - 1}
    if last_years or (not denied and (link.yearless or (link.vague and (article.attachments or article.frames)))):
        yield from left_to_reading(link, wanted)
    elif link.nobodys:
        yield from _nobodys(link, article, wanted)


def left_to_reading(link: Unclear, wanted: Sequence[Expectation]) -> Iterator[Candidate]:
    """What only reading can tell the year of. Its title, its row of a table or its own column says whose it is."""
    named = named_in(link.sighting.title, wanted[0])
    if named is None and not wanted[0].alone and not link.must:
        return
    nobodys = organ_in(link.sighting.title) is None
    score = SURE if named is not None or (wanted[0].alone and nobodys) else ACCEPT
    for one in wanted:
        if named is None or one.organ.id == named.id:
            yield as_candidate(link.sighting, one, score, (link.why, ONLY_READING))


def _nobodys(link: Unclear, article: Article, wanted: Sequence[Expectation]) -> Iterator[Candidate]:
    """A report of the year whose title names nobody, in a column of several: of whom its source or its text says.

    Where neither does, it may be anybody's of whom no report was found: nobody is cleared by it, nor accused.
    """
    own = [title for title in article.titles if series_of(title) == wanted[0].series]
    if any(named_in(title, wanted[0]) or organ_in(title) for title in own):
        return
    by_text = {organ.id for said in article.says if (organ := named_in(said, wanted[0]))}
    by_source = named_in(article.source, wanted[0]) if article.source else None
    for one in wanted:
        if by_text == {one.organ.id}:
            yield as_candidate(link.sighting, one, _TOLD, (link.why, f"its text says that it is {one.organ.name}'s"))
        elif not by_text and (by_source is None or by_source.id == one.organ.id):
            yield as_candidate(link.sighting, one, _NOBODYS, (link.why, MAY_BE_ITS))
