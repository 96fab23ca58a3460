"""What a title says: of which series it is, for which report year, of which organ. Pure; the URL is never asked.

A title only makes a candidate. Whether the document is the report is settled by reading it (room `reports`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from portals.folding import fold
from portals.model import Organ
from portals.names import Names, is_plain, organ_in, says_region
from portals.series import built_in_series

__all__ = [
    "Names",
    "fold",
    "is_earlier",
    "is_plain",
    "organ_in",
    "organ_named",
    "report_year",
    "says_region",
    "series_of",
]


@dataclass(frozen=True, slots=True)
class _Patterns:
    key: str
    titles: re.Pattern[str]
    lookalikes: tuple[tuple[re.Pattern[str], str], ...]
    excludes: tuple[tuple[re.Pattern[str], str], ...]


@cache
def _patterns() -> tuple[_Patterns, ...]:
    return tuple(
        _Patterns(
            series.key,
            re.compile("|".join(series.titles)),
            tuple((re.compile(pattern), what) for pattern, what in series.lookalikes),
            tuple((re.compile(pattern), what) for pattern, what in series.excludes),
        )
        for series in built_in_series()
    )


@lru_cache(4096)  # this and the others: each visit asks the same of the same links several times
def series_of(title: str) -> str | None:
    """The key of the series that the title is of, or the name of the look-alike that it is, or None.

    A look-alike's name is Chinese (解读, 编制通知), so that it is never mistaken for a key.
    """
    folded = fold(title)
    named: str | None = None
    for patterns in _patterns():
        what = _first(patterns.lookalikes, folded)
        if patterns.titles.search(folded):
            what = what or _first(patterns.excludes, folded)
            if what is None:
                return patterns.key
        named = named or what
    return named


def _first(patterns: tuple[tuple[re.Pattern[str], str], ...], folded: str) -> str | None:
    return next((what for pattern, what in patterns if pattern.search(folded)), None)


_DIGITS = {
    digit: str(value)
    for value, digits in enumerate(("〇零○oо0", "一", "二", "三", "四", "五", "六", "七", "八", "九"))
    for digit in digits
}
_CHINESE_YEAR = re.compile(r"(?<![〇零○一二三四五六七八九])([二][〇零○oо0][〇零○oо0一二三四五六七八九]{2})(?=年)")
# Not a report year: the day of publication (2024-01-31, 2024年1月, 20240131), the number of a document (〔2024〕3号).
_OTHER_YEARS = re.compile(
    r"(?<!\d)20\d{2}[-./]\d{1,2}([-./]\d{1,2})?(?!\d)"
    r"|(?<!\d)20\d{2}年\d{1,2}月(\d{1,2}[日号])?"
    r"|(?<!\d)20\d{6}(?!\d)"
    r"|[\[(]20\d{2}[\])](年?第?)?\d+号"
)
_YEAR_ALONE = re.compile(r"20\d{2}年?度?")
_PERIOD = re.compile(r"20(\d{2})年1月1日?[至到-]+(20\1年)?12月(31日?)?")
_SEVERAL = re.compile(r"20\d{2}年?度?[-~至到、和与及]20\d{2}")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_STRONG = re.compile(
    r"(?<!\d)(20\d{2})年?度?(政府信息公开|信息公开|政务公开|法治政府|政府网站|年报|年度报告|工作年度报告)"
)


@lru_cache(4096)
def report_year(title: str) -> int | None:
    """The report year that the title names; None when it names none, or two and does not say which.

    2024年发布2023年政府信息公开工作年度报告 says which; 2022—2023年年报 does not.
    """
    text = _CHINESE_YEAR.sub(lambda match: "".join(_DIGITS[digit] for digit in match[1]), fold(title))
    text = _OTHER_YEARS.sub("|", _PERIOD.sub(r"20\1年", text))
    if _SEVERAL.search(text):
        return None
    years = {int(year) for year in _YEAR.findall(text)}
    if len(years) > 1:
        years = {int(year) for year, _ in _STRONG.findall(text)}
    return years.pop() if len(years) == 1 else None


def is_earlier(title: str, series: str, year: int) -> bool:
    """Whether a title is a report's of the series, of a year before this one, or that year's own list's: 2021年."""
    is_item = series_of(title) == series or _YEAR_ALONE.fullmatch(fold(title)) is not None
    return is_item and (report_year(title) or year) < year


def organ_named(title: str, organs: Sequence[Organ] | Names) -> Organ | None:
    """The one of `organs` that the title names; None when it names none of them, or several.

    For many titles make a `Names` once; a sequence is made ready again unless it is the one of the call before.
    """
    return (organs if isinstance(organs, Names) else _ready(organs)).named(title)


_latest: list[tuple[Sequence[Organ], int, Names]] = []


def _ready(organs: Sequence[Organ]) -> Names:
    if not (_latest and _latest[0][0] is organs and _latest[0][1] == len(organs)):
        _latest[:] = [(organs, len(organs), Names(organs))]
    return _latest[0][2]
