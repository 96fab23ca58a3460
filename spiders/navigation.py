"""What the labels of links promise from a home page to the column of annual reports. Pure; labels are data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import urlsplit

from portals.titles import fold, report_year, series_of
from spiders.article import is_document, page_titles
from spiders.listing import Link
from spiders.rules import BadRules, make, read_data
from storage.records import Sighting

Leads = Literal["column", "hub", "other"]
SURE_LABEL = 0.9
"""A link that promises this much must have been seen before a list counts as the only one."""


@dataclass(frozen=True, slots=True)
class Label:
    leads: str
    score: float
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Ways:
    max_pages: int
    max_depth: int
    max_columns: int
    labels: tuple[Label, ...]
    directories: re.Pattern[str]
    boards: re.Pattern[str]
    groups: re.Pattern[str]
    menus: re.Pattern[str]
    column_titles: re.Pattern[str]
    map_paths: tuple[str, ...]
    most_maps: int
    address_hints: re.Pattern[str]
    most_mapped: int
    search_words: tuple[str, ...]
    search_names: str
    search_labels: re.Pattern[str]


@cache
def ways() -> Ways:
    data = read_data("navigation.yaml")
    data["labels"] = [make(Label, entry) for entry in data["labels"]]
    if strange := {label.leads for label in data["labels"]} - {"column", "hub", "other"}:
        raise BadRules(f"navigation.yaml: {strange}")
    return make(Ways, data)


@dataclass(frozen=True, slots=True)
class Step:
    """A link that may lead to the column."""

    url: str
    label: str
    leads: Leads
    score: float
    way: tuple[str, ...]  # labels clicked before it

    @property
    def depth(self) -> int:
        return len(self.way) + 1


def steps(links: tuple[Link, ...], home: str, way: tuple[str, ...]) -> Iterator[Step]:
    """The links of a page that are worth following, each with what it promises."""
    for link in links:
        folded = fold(link.title)
        names_a_report = series_of(link.title) is not None and report_year(link.title) is not None
        if names_a_report or link.date is not None or len(folded) > 40 or is_document(link.url):
            continue
        best = _best(folded)
        if best is None or best.leads == "other":
            continue
        score = best.score * (1.0 if _near(link.url, home) else 0.7) - 0.02 * len(way)
        leads: Leads = "column" if best.leads == "column" else "hub"
        yield Step(link.url, link.title, leads, score, way)


def promises_a_column(sighting: Sighting) -> bool:
    """Whether a link is called a list of annual reports, of no single year."""
    if sighting.date is not None or len(fold(sighting.title)) > 40 or is_document(sighting.url):
        return False
    best = _best(fold(sighting.title))
    return best is not None and best.leads == "column" and report_year(sighting.title) is None


def is_group(sighting: Sighting) -> bool:
    """Whether a link in a column that several organs share is called by a kind of organs: 县直部门, 乡镇年报."""
    return sighting.date is None and ways().groups.search(fold(sighting.title)) is not None


_YEAR = re.compile(r"^20\d\d(年|年度)?$")


def is_choice(label: str) -> bool:
    """Whether a control in a list offers a part of it: a year, a group of organs."""
    folded = fold(label)
    return _YEAR.match(folded) is not None or ways().groups.search(folded) is not None


def promise_of(label: str) -> float:
    """How much a label promises by its words alone, from 0 to 1."""
    best = _best(fold(label))
    return best.score if best else 0.0


def _best(folded: str) -> Label | None:
    """The best of what a label promises; `other` only when nothing names the reports."""
    found = [label for label in ways().labels if label.pattern.search(folded)]
    columns = [label for label in found if label.leads == "column" and label.score >= 0.8]
    if not columns and any(label.leads == "other" for label in found):
        return next(label for label in found if label.leads == "other")
    return max((label for label in found if label.leads != "other"), key=lambda label: label.score, default=None)


def _near(url: str, home: str) -> bool:
    """Whether an address is on the home page's host and, when that lies in a folder (/jyj/), within it."""
    there, here = urlsplit(url), urlsplit(home)
    return there.netloc == here.netloc and there.path.startswith(folder_of(home))


def folder_of(url: str) -> str:
    """/jyj/ of http://x/jyj/index.html; / of http://x/index.html"""
    return urlsplit(url).path.rpartition("/")[0] + "/"


def is_near(url: str, home: str) -> bool:
    return _near(url, home)


def is_root(url: str) -> bool:
    return urlsplit(url).path in ("", "/", "/index.html", "/index.htm", "/index.shtml") and not urlsplit(url).query


def is_called_a_column(html: str) -> bool:
    """Whether the page itself says that it lists annual reports on open government information, of no single year."""
    named = ways().column_titles
    return any(named.search(fold(title)) and report_year(title) is None for title in page_titles(html))
