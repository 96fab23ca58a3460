"""Which sighting is the report that an organ owes for a year: a score with its reasons, also for what is refused.

Pure. The report year comes from the title, never from the URL; what is accepted here is still to be confirmed by
reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit

from portals.model import Organ
from portals.titles import Names, fold, is_plain, organ_in, organ_named, report_year, says_region, series_of
from spiders.article import Article, is_document
from spiders.listing import is_cut
from spiders.navigation import folder_of, is_group, is_near, is_root, promises_a_column, ways
from storage.records import Candidate, Sighting

ACCEPT = 0.5
SURE = 0.7
"""Below this an accepted candidate is fetched and read, and still needs a person to say whose report it is."""

# In a government's own column these are other organs, registered or not: towns and departments publish there too.
_NOT_A_GOVERNMENT = re.compile(r"(镇|乡|街道|街道办事处|局|厅|院|署|站|所|中心|学校|公司)(人民政府)?$")
_REPRINT = re.compile(r"[\W\d]*转(载|发)(?!.*(工作|的通知)$)")


@dataclass(frozen=True, slots=True)
class Expectation:
    """Whose report of which year is looked for in a column."""

    organ: Organ
    series: str
    year: int
    alone: bool  # no other organ's reports are expected in this column
    names: Names  # of every registered organ
    here: Names | None = None  # of those whose pages are on the same host
    government: Organ | None = None  # the only one whose pages are on the same host


def named_in(title: str, wanted: Expectation) -> Organ | None:
    """The registered organ that a title names. 审计局 may be forty organs' name, and on this host one's.

    市审计局 is this host's too although another city's is registered by that very name.
    """
    named = organ_named(title, wanted.names)
    here = wanted.here.named(title) if wanted.here is not None else None
    if named is None or (here is not None and not says_region(title, named)):
        named = here or named
    if named is None and wanted.government is not None and _without_year(title) in _plain_names(wanted.government.name):
        return wanted.government
    return named


def _without_year(title: str) -> str:
    """人民政府 of 人民政府 2023, a year in the government's row of a table."""
    row = _ORGANS_YEAR.match(fold(title))
    return row[1] if row else fold(title)


@lru_cache(1024)
def _plain_names(government: str) -> frozenset[str]:
    """What a list of a county's organs calls the county's own government: 人民政府, 县政府, 县人民政府."""
    kind = government.removesuffix("人民政府")[-1:]
    return frozenset(("人民政府", "本级政府", f"{kind}政府", f"{kind}人民政府"))


def weigh(sighting: Sighting, wanted: Expectation) -> Candidate | None:
    """The sighting as a candidate; None when its title has nothing to do with the series.

    In a column that gathers several organs also None when it does not name this one: each of 200 organs would
    otherwise keep a refusal of every other's report.
    """
    kind = series_of(sighting.title)
    named = named_in(sighting.title, wanted)
    if kind is None or not (wanted.alone or (named is not None and named.id == wanted.organ.id)):
        return None
    score, reasons = 0.0, []
    if kind == wanted.series:
        score, reasons = 0.4, [f"title names the series {kind}"]
    else:
        reasons.append(f"title is of another kind: {kind}")
    year = report_year(sighting.title)
    if year == wanted.year:
        score, reasons = score + 0.3, [*reasons, f"title names {year}"]
    else:
        score, reasons = 0.0, [*reasons, f"title names {year or 'no year'}, wanted {wanted.year}"]
    weight, reason = _whose(sighting.title, named, wanted)
    score, reasons = (score + weight if score and weight else 0.0), [*reasons, reason]
    accepted = kind == wanted.series and score >= ACCEPT
    dates = (("list", sighting.date),) if sighting.date else ()
    return Candidate(
        organ=wanted.organ.id,
        series=wanted.series,
        year=wanted.year,
        url=sighting.url,
        title=sighting.title,
        score=round(score, 2),
        reasons=tuple(reasons),
        accepted=accepted,
        dates=dates,
    )


def _whose(title: str, named: Organ | None, wanted: Expectation) -> tuple[float, str]:
    """What the organ that a title names adds to the score (0 refuses it), and the reason."""
    if named is not None:
        return (0.3 if named.id == wanted.organ.id else 0.0), f"title names {named.name}"
    stranger = organ_in(title)
    if stranger is None:
        return 0.1, "title names no organ; the column is this organ's own"
    if _REPRINT.match(fold(title)):
        return 0.0, f"title says that it is reprinted: it is {stranger}'s"
    if wanted.organ.kind == "government" and _NOT_A_GOVERNMENT.search(stranger):
        return 0.0, f"title names {stranger}, which is not registered and no government"
    return -0.15, f"title names {stranger}, which is not registered; it may be a former name"


def is_reprint(title: str) -> bool:
    """Whether a title says that it is somebody else's report: 【转载】甲市人民政府2023年…"""
    return _REPRINT.match(fold(title)) is not None


def is_of_series(sighting: Sighting, series: str) -> bool:
    """Whether the title is a report of the series, of whatever year and organ: such a sighting shows that a list works.

    A menu's 政府信息公开年报 names no year and shows nothing.
    """
    return series_of(sighting.title) == series and report_year(sighting.title) is not None


def is_known_item(sighting: Sighting, series: str) -> bool:
    """What a list must show again, or it is not the list that it was: reports of whatever year, or years' own pages."""
    label = years_label(sighting.title) is not None or is_organs_year(sighting)
    return label or is_of_series(sighting, series)


def is_organs_year(sighting: Sighting) -> bool:
    """Whether a link stands for one year in one organ's row of a table: 财政局 2023. Of which series, the page says."""
    return _ORGANS_YEAR.match(fold(sighting.title)) is not None


def is_years_label(title: str, year: int) -> bool:
    """Whether a link is called by the year and nothing else: 2023年, 2023年度年报."""
    return years_label(title) == year


def years_label(title: str) -> int | None:
    """The year that a link is called by, and by nothing else: 2023年, 【2023】, 二〇二三年度公开年报; else None."""
    words = _ANY_YEAR.sub("", fold(title), count=1).strip("[]()|:·-")
    return report_year(title) if _LABEL_WORDS.fullmatch(words) else None


def is_organ_label(sighting: Sighting) -> bool:
    """Whether a link is called by an organ's name and nothing else: in a column, it leads to that organ's reports."""
    folded = fold(sighting.title)
    return sighting.date is None and organ_in(sighting.title) == folded and not ways().menus.search(folded)


def whose_list(label: Sighting, wanted: Expectation) -> str:
    """The name of the organ whose reports are behind a link that is called by a name; "" where that is nobody's.

    财政局 may be a registered organ's name here. 人民政府 is the registered county's; without one it says too little.
    """
    if not is_organ_label(label):
        return ""
    named = named_in(label.title, wanted)
    if named is not None:
        return named.name
    return "" if is_plain(label.title) else label.title


def leads_on(sightings: Sequence[Sighting], series: str, page: str) -> bool:
    """Whether a page is a table of contents of lists below it: of years, of organs, of columns."""
    below = [one for one in sightings if is_near(one.url, page) and one.url != page and one.date is None]
    organs = {one.title for one in below if is_organ_label(one)}
    return len(organs) > 1 or any(is_known_item(one, series) or promises_a_column(one) for one in below)


# Titles that say too little, and pages that say more

_REPORT_WORDS = re.compile(r"年报|年度报告|工作报告|情况报告|信息公开.*报告|annual ?report", re.I)
_CUT_REPORT = re.compile(r"信息公开|政府信|年度|政府$|公开$|20\d\d")
_WHOLE = (
    "政府信息公开工作年度报告",
    "政府信息公开年度报告",
    "政府信息公开年报",
    "政府信息公开工作情况",
    "信息公开年度报告",
)
_BEGINNINGS = {whole[:length] for whole in _WHOLE for length in range(2, len(whole))}  # 政府, 政府信, 政府信息公…
_BROKEN_OFF = re.compile(rf"年度?(?:的)?[政信]$|(?:{'|'.join(sorted(_BEGINNINGS))})$")
_ORGANS_YEAR = re.compile(r"^([\u4e00-\u9fff]{2,40})20\d\d年?度?$")
_ANY_YEAR = re.compile(r"20\d\d|二[〇零○一二三四五六七八九]{3}")
_LABEL_WORDS = re.compile(r"年?度?(政府信息公开|信息公开|公开)?(年报|年度报告|工作年度报告|工作年报)?")
_TELLING = re.compile(r"公开|报告|年报|附件|正文|全文|pdf|doc", re.I)


@dataclass(frozen=True, slots=True)
class Unclear:
    """A link whose title does not settle whether it is a report that is looked for, or leads to one."""

    sighting: Sighting
    why: str
    rank: int  # the lower, the likelier
    must: bool  # without having looked at it nothing can be called absent
    is_label: bool = False  # it reads as a label of a list of its own: a year's, an organ's
    yearless: bool = False  # a report of the series, of a year that its title does not name
    vague: bool = False  # its title may be of the series or not: what is behind it says
    misdated: bool = False  # a report of the series that is called last year's, and appeared when this year's was due
    nobodys: bool = False  # a report of the series and year that names no organ


def unclear(
    sighting: Sighting,
    wanted: Sequence[Expectation],
    until: date,
    in_column: bool,
    column: str | None = None,
    *,
    own: bool = False,
) -> Unclear | None:
    """Why a link must be looked at although its title says too little; None when the title settles it, either way.

    `until` is the day of the visit; `in_column` whether the page that showed it lists reports of the series; `column`
    is the registered column's address, and None on a walk, which goes by labels itself. `own`: only a list showed the
    link, no page on the way to it.
    """
    title, year = sighting.title, wanted[0].year
    kind, named_year = series_of(title), report_year(title)
    if kind not in (None, wanted[0].series):
        return None
    named = named_in(title, wanted[0])
    if named is not None and all(named.id != one.organ.id for one in wanted):
        return None
    say = _Sayer(sighting)
    if named_year is None and column and is_near(sighting.url, column) and promises_a_column(sighting):
        return say("a column within the column", 2, True, is_label=True)
    below = column is not None and folder_of(column) != "/" and is_near(sighting.url, column)
    if in_column and is_group(sighting) and (below or own or not wanted[0].alone):
        return say("a part of a column of several", 2, True, is_label=True)
    if in_column and sighting.date is None and is_years_label(title, year - 1):
        return say("last year's own page: it shows whose column this is", 6, False, is_label=True)
    if named_year not in (None, year):
        # A report for 2024 cannot exist before 2024 is over: here the label may be the year of publication.
        early = named_year == year + 1 and (sighting.date or until) <= date(year + 1, 12, 25)
        if kind and early:
            return say(f"title names {named_year}, which was not over", 3, True)
        mine = named is not None or (wanted[0].alone and organ_in(title) is None)
        if kind and mine and named_year == year - 1 and sighting.date and sighting.date.year == year + 1:
            # Written over last year's report, title and all; or last year's, which came a year late
            return say(f"title names {named_year}, and appeared when {year}'s was due", 3, True, misdated=True)
        if kind and mine and named_year == year - 1 and sighting.date is None and not is_document(sighting.url):
            return say(f"title names {named_year}; of when it is, only its page tells", 6, False, misdated=True)
        return None
    return _too_little(say, title, kind, named_year, named, wanted, in_column)


def _too_little(
    say: _Sayer,
    title: str,
    kind: str | None,
    named_year: int | None,
    named: Organ | None,
    wanted: Sequence[Expectation],
    in_column: bool,
) -> Unclear | None:
    folded, sighting, year = fold(title), say.sighting, wanted[0].year
    alone = wanted[0].alone
    if kind is not None:
        if named_year is None:
            if sighting.date is not None and sighting.date < date(year, 1, 1):
                return None  # a year before there could be one
            dated = sighting.date is not None
            return say("title names no year", 2, dated, is_label=not dated, yearless=True)
        nobody = not alone and named is None and organ_in(title) is None
        return say("title names no organ, in a column of several", 4, True, nobodys=True) if nobody else None
    if is_cut(title) and (named is not None or _CUT_REPORT.search(folded.rstrip(".…·"))):
        return say("title is cut", 1, True)
    if in_column and _is_broken_off(sighting, wanted, named_year):
        return say("title breaks off", 3, True)
    if years_label(title) in (year, year + 1):
        return say("a year's own page", 2, in_column, is_label=True)
    if named_year == year and is_organs_year(sighting):
        return say("a year in an organ's row", 2 if named else 4, in_column, is_label=True)
    if named_year == year and _REPORT_WORDS.search(folded):
        return say("title does not say which report", 2, True, vague=True)
    if named_year == year and "公开" in folded and in_column:  # 2023年政府信息公开工作总结: some call it so
        return say("title may be a report's by another word", 4, True, vague=True)
    if named is not None and len(folded) <= len(fold(named.name)) + 4 and in_column:
        return say("an organ's own page", 3, True, is_label=True)
    if in_column and sighting.date and sighting.date >= date(year + 1, 1, 1):
        if _REPORT_WORDS.search(folded):
            return say("title does not say which report", 2, True, vague=True)
        if "公开" in folded and (alone or named is not None):
            return say("title speaks of openness", 5, True, vague=True)
        if alone and _TELLING.search(folded):
            return say("published at that time in this column", 5, False, vague=True)
    since = sighting.date is None or sighting.date >= date(year + 1, 1, 1)
    if in_column and since and named_year in (None, year) and is_document(sighting.url):
        return say("a document of which its title says nothing", 5, True)
    return None


def wordless(sighting: Sighting, lists: Iterable[str]) -> Unclear | None:
    """Why a link without any words, or with words that say nothing (更多, 点击进入), must be looked at.

    It leads to a document or an article, or lies below one of `lists`, the addresses of lists that were read. None for
    what leads to home pages, videos, other hosts' badges.
    """
    below = any(is_near(sighting.url, place) for place in lists if not is_root(place))
    if sighting.title and not below and not is_document(sighting.url):
        return None
    return Unclear(sighting, "a link without words", 4, True) if below or _leads_to_content(sighting.url) else None


def _leads_to_content(url: str) -> bool:
    """Whether an address reads like that of a document or an article, and not like a column's or a home page's."""
    return is_document(url) or re.search(r"\d{4,}", urlsplit(url).path) is not None


def _is_broken_off(sighting: Sighting, wanted: Sequence[Expectation], named_year: int | None) -> bool:
    """Whether a title may be the beginning of a report's, by its words or, among what came out since, by its length."""
    folded, year = fold(sighting.title).rstrip(".…·"), wanted[0].year
    if named_year == year and _BROKEN_OFF.search(folded):
        return True
    if named_year is not None or sighting.date is None or sighting.date < date(year + 1, 1, 1):
        return False
    names = (fold(name) for one in wanted for name in (one.organ.name, *one.organ.aliases))
    return is_cut(sighting.title) or (len(folded) > 3 and any(name.startswith(folded) for name in names))


@dataclass(frozen=True, slots=True)
class _Sayer:
    sighting: Sighting

    def __call__(self, why: str, rank: int, must: bool, **more: bool) -> Unclear:
        return Unclear(self.sighting, why, rank, must, **more)


def as_candidate(sighting: Sighting, wanted: Expectation, score: float, reasons: tuple[str, ...]) -> Candidate:
    """An accepted candidate for this expectation."""
    return Candidate(
        organ=wanted.organ.id,
        series=wanted.series,
        year=wanted.year,
        url=sighting.url,
        title=sighting.title,
        score=round(score, 2),
        reasons=reasons,
        accepted=True,
        dates=(("list", sighting.date),) if sighting.date else (),
    )


def weigh_page(sighting: Sighting, article: Article, wanted: Expectation) -> Candidate | None:
    """The sighting as a candidate by what its page says of itself; None when the page has nothing of the series.

    When neither title says the year or the kind, the page's own text may: the prescribed headings, and the period that
    it is about.
    """
    listed = f"the list calls it «{sighting.title}»"
    refused: Candidate | None = None
    for own in article.titles:
        if organ_in(own) is None and (name := whose_list(sighting, wanted)):
            own = f"{name} {own}"  # 财政局 leads to 2023年政府信息公开工作年度报告
        found = weigh(replace(sighting, title=own), wanted)
        if found is None:
            continue
        found = replace(found, reasons=(*found.reasons, f"by the page's own title; {listed}"))
        if found.accepted:
            return found
        refused = refused or found
    if article.is_form and (article.period == wanted.year or article.period is None):
        return _by_text(sighting, article, wanted, listed) or refused
    return refused


def _by_text(sighting: Sighting, article: Article, wanted: Expectation, listed: str) -> Candidate | None:
    """A page that is the prescribed report by its text: whose and of which year, its titles say or the column does.

    The first title that names anybody counts: behind 甲县教育局考试中心2023年… follows the site's name.
    """
    titles = (sighting.title, *article.titles)
    # The name of the site stands over every page of it, and says nothing of this one.
    own = (sighting.title, *(title for title in article.titles if series_of(title) == wanted.series))
    teller = next((title for title in own if named_in(title, wanted) or organ_in(title)), sighting.title)
    named = named_in(teller, wanted)
    said = {organ.id: organ for clause in article.says if (organ := named_in(clause, wanted))}
    if named is None and organ_in(teller) is None and len(said) == 1:
        [named] = said.values()
    if (named is None and not wanted.alone) or (named is not None and named.id != wanted.organ.id):
        return None
    years = {year for title in titles if (year := report_year(title)) is not None}
    if article.period is None and years and wanted.year not in years:
        return None
    weight, whose = _whose(teller, named, wanted)
    if not weight:
        return None
    told = f"its text is about {article.period}" if article.period else "no year is named"
    score = 0.4 + (0.3 if article.period == wanted.year else 0.1) + weight
    title = article.titles[0] if article.titles else sighting.title
    reasons = ("the page holds the prescribed report", told, whose, listed)
    return as_candidate(replace(sighting, title=title), wanted, score, reasons)
