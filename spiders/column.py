"""What a crawl is told about one place to look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column to look through, or a home page from which the column is still to be found."""

    url: str
    organs: tuple[str, ...]  # ids of the organs whose reports are expected here
    seen_before: tuple[str, ...] = ()  # URLs of reports of the series that its last complete visit showed: the canary
    titles_before: tuple[str, ...] = ()  # their titles: a site that moved shows them at other addresses
    is_home: bool = False  # `url` is a home page
    home: str | None = None  # of a column: where to look for it anew when it is gone
    known: tuple[str, ...] = ()  # columns that an earlier visit found from this home page
    overdue: bool = False  # what is not found may be called missing: also look whether the column moved
    calls: tuple[str, ...] = ()  # data calls (GET) that an earlier visit's browser made for the list
