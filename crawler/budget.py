"""What one site may take of a crawl: pages, bytes and time; and addresses that lead round and round. Pure bookkeeping.

A site that uses up its share is left as it is, and the visits under way there end as partial, which accuses nobody.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit

from ruamel.yaml import YAML

from crawler.refusals import OverBudget

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Budget:
    """One site's share for each of its columns; what a browser's pages ask for counts."""

    pages: int = 300
    megabytes: int = 300
    seconds: float = 1800.0  # from the first request to the site


@dataclass(slots=True)
class _Spent:
    began: float
    pages: int = 0
    received: int = 0  # bytes


@dataclass(slots=True)
class Purse:
    """Every site's share in one crawl."""

    budget: Budget
    columns: Counter[str]  # host → columns to visit there
    _spent: dict[str, _Spent] = field(default_factory=dict)

    def ask(self, host: str, now: float) -> None:
        """Counts a request that is about to be made. Raises OverBudget."""
        spent, share = self._spent.setdefault(host, _Spent(now)), max(1, self.columns[host])
        for used, allowed, what in (
            (spent.pages + 1, self.budget.pages, "pages"),
            (spent.received / 2**20, self.budget.megabytes, "megabytes"),
            (now - spent.began, self.budget.seconds, "seconds"),
        ):
            if used > allowed * share:
                raise OverBudget(f"{host} has used up its budget of {allowed * share:.0f} {what}")
        spent.pages += 1

    def got(self, host: str, size: int) -> None:
        if host in self._spent:
            self._spent[host].received += size


@dataclass(frozen=True, slots=True)
class _Marks:
    longest: int
    deepest: int
    repeated: re.Pattern[str]
    facets: int
    dates: int
    sessions: re.Pattern[str]
    calendar: frozenset[str]


@cache
def _marks() -> _Marks:
    data = YAML(typ="safe").load(files("crawler").joinpath("data/traps.yaml").read_text(encoding="utf-8"))
    names = "|".join(re.escape(name) for name in data["sessions"])
    return _Marks(
        int(data["longest"]),
        int(data["deepest"]),
        re.compile(rf"(/[^/]{{1,100}}(?:/[^/]{{1,100}}){{0,3}}?)\1{{{int(data['repeated']) - 1},}}(?=/|$)"),
        int(data["facets"]),
        int(data["dates"]),
        re.compile(rf"(?:;|(?<=[?&]))(?:{names})\w*=[^&;?#/]*&?", re.IGNORECASE),
        frozenset(data["calendar"]),
    )


# /2024/03/, /2024/3/8, /2024-03-08: the last part of a path and nothing else. Not /202403: ids of pages look like that.
_DATE = re.compile(r"/(?:19|20)\d\d([-/])(?:0?[1-9]|1[0-2])(?:\1(?:[0-2]?\d|3[01]))?/?$")


class Traps:
    """Remembers a crawl's addresses as far as it takes to see a calendar, a session id or a pile of facets in them."""

    def __init__(self) -> None:
        self._sessions: dict[str, str] = {}
        self._facets: dict[str, set[tuple[str, ...]]] = {}
        self._dates: dict[str, set[str]] = {}

    def check(self, url: str) -> None:
        """Raises OverBudget for an address of a trap."""
        marks, parts = _marks(), urlsplit(url)
        if len(url) > marks.longest:
            raise OverBudget(f"a trap: an address of {len(url)} characters")
        if parts.path.count("/") > marks.deepest or marks.repeated.search(parts.path):
            raise OverBudget(f"a trap: a path that repeats itself: {url[:200]}")
        self._check_session(url, marks)
        site = f"{parts.netloc}{parts.path}"
        names = parse_qsl(parts.query, keep_blank_values=True)
        dated = [
            (name, value) for name, value in names if name.lower() in marks.calendar and any(map(str.isdigit, value))
        ]
        rest = tuple(sorted({name for name, _ in names}))
        if dated and len(dated) == len(names):
            self._count(self._dates, site, parts.query, marks.dates, "a calendar")
        elif match := _DATE.search(parts.path):
            self._count(self._dates, parts.netloc + parts.path[: match.start()], match[0], marks.dates, "a calendar")
        if len(rest) > 1:
            self._count(self._facets, site, rest, marks.facets, "facets")

    def _check_session(self, url: str, marks: _Marks) -> None:
        plain = marks.sessions.sub("", url).rstrip("?&")
        if plain != url and self._sessions.setdefault(plain, url) != url:
            raise OverBudget(f"a trap: {self._sessions[plain][:200]} with another session id")

    def _count(self, kept: dict[str, set[T]], key: str, value: T, most: int, what: str) -> None:
        seen = kept.setdefault(key, set())
        if value not in seen and len(seen) >= most:
            raise OverBudget(f"a trap: more than {most} addresses of {what} under {key[:200]}")
        seen.add(value)
