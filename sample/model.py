"""The sample province as data: sites, organs, publications, events, and what a board must say. Nothing here judges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

Suffix = Literal["pdf", "docx"]
EventKind = Literal["refuse", "503", "challenge"]


@dataclass(frozen=True, slots=True)
class Figures:
    """The cells of one report as they are spelled in it, `table.row.column` to text; "" is an empty cell."""

    key: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """From `at` on the report stands with these cells instead."""

    at: datetime
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReportText:
    """What a report says around its tables. Texts may hold {cell.names}, so that prose and tables agree."""

    figures: str
    look: Literal["plain", "word", "broken", "half"]
    intro: str
    sections: Mapping[str, str]  # overview, problems, other_matters
    headings: Mapping[str, str]  # section key to heading, where the organ has its own
    signature: str  # organ and day below the text; may be empty
    auto_numbered: tuple[str, ...]  # sections whose number is made by the list, as Word does it
    breaks: tuple[str, ...]  # rows of the requests table after which a page of the PDF ends
    chart: bool  # a picture of the results follows the requests table


@dataclass(frozen=True, slots=True)
class Publication:
    """One entry of a column: an article, perhaps with the report in it or attached to it."""

    title: str
    columns: tuple[str, ...]
    published: datetime
    number: int  # in the article's address; the same at every start
    text: str  # the article's own words; empty when the report stands in the article
    organ: str | None
    year: int | None
    source: str  # 信息来源 as the page names it
    report: ReportText | None
    inline: bool  # the report stands in the article
    attachments: tuple[Suffix, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    path: str
    title: str
    per_page: int
    empty: str  # what the page says when nothing is published on it


@dataclass(frozen=True, slots=True)
class Event:
    """From `start` up to `end` the site refuses, answers 503, or shows a challenge page."""

    kind: EventKind
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a board must say about an organ after the round of that day."""

    day: date
    status: str
    late_by: str | None
    cause: str | None
    published: date | None
    revised: bool


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of an organ's report of the year, written by hand from the law, never computed."""

    organ: str
    due_notice: date
    due_statute: date
    rounds: Mapping[date, Expectation]
    findings: Mapping[str, int]  # severity to count, at the end of the season
    codes: tuple[str, ...]  # codes of those findings, as far as they are laid down


@dataclass(frozen=True, slots=True)
class Organ:
    id: str
    name: str
    aliases: tuple[str, ...]
    level: str
    kind: str
    region: str
    parent: str
    home: str  # path on its site
    column: str  # key of the column on which its reports appear
    truth: Truth


@dataclass(frozen=True, slots=True)
class Site:
    """One host. `system` is the portal software that it imitates: its templates and the shape of its addresses."""

    key: str  # the file's stem
    name: str
    address: str
    system: str
    encoding: str
    header_charset: str  # "" is none
    meta_charset: str  # "" is none
    counter: Literal["page", "script"]  # who counts the visits: "page" changes every page at every request
    validators: tuple[str, ...]  # "etag", "last-modified"
    gzip: bool
    robots: str
    furniture: Mapping[str, str]
    columns: Mapping[str, Column]
    organs: tuple[Organ, ...]
    publications: tuple[Publication, ...]
    events: tuple[Event, ...]

    def event_at(self, now: datetime) -> EventKind | None:
        """What keeps visitors out at that moment; None when the site is up."""
        return next((event.kind for event in self.events if event.start <= now < event.end), None)

    def url(self, path: str, port: int) -> str:
        return f"http://{self.address}:{port}{path}"


@dataclass(frozen=True, slots=True)
class Province:
    """The whole sample. `figures` by key; `form` is the layout of the tables; `root` holds templates."""

    root: Path
    name: str
    year: int
    rounds: tuple[date, ...]  # each round looks at the end of that day, Asia/Shanghai
    control: str  # the address of the clock and the log
    port: int
    sites: tuple[Site, ...]
    figures: Mapping[str, Figures]

    def organs(self) -> Iterator[tuple[Site, Organ]]:
        for site in self.sites:
            for organ in site.organs:
                yield site, organ

    def organs_rows(self, port: int | None = None) -> list[dict[str, str]]:
        """One row an organ with the columns that `nianbao organs import` takes."""
        at = port or self.port
        return [
            {
                "id": organ.id,
                "name": organ.name,
                "aliases": ";".join(organ.aliases),
                "level": organ.level,
                "kind": organ.kind,
                "region": organ.region,
                "parent": organ.parent,
                "home_url": site.url(organ.home, at),
                "column_url": site.url(site.columns[organ.column].path, at),
            }
            for site, organ in self.organs()
        ]

    def truth(self) -> dict[str, Truth]:
        """What the board must say, by organ id."""
        return {organ.id: organ.truth for _, organ in self.organs()}

    def site(self, key: str) -> Site:
        """Raises KeyError when no site has that key."""
        return {site.key: site for site in self.sites}[key]
