"""Who owes what, and where it is looked for: organs, series, deadline rules. Plain data; `portals.load` reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Level = Literal["province", "city", "county", "township"]
Kind = Literal["government", "department", "township"]


@dataclass(frozen=True, slots=True)
class Organ:
    """行政机关. `level` is that of the government that the organ is or belongs to; `kind` says what it owes."""

    id: str
    name: str
    aliases: tuple[str, ...]
    level: Level
    kind: Kind
    region: str  # GB/T 2260 code
    parent: str | None
    home_url: str | None
    column_url: str | None
    since: date | None = None  # the first day of its existence; None: long ago
    until: date | None = None  # the last one; None: it exists
    successor: str | None = None  # the organ that took over its duties
    exempt: str | None = None  # why it owes no report at all, in words
    columns: tuple[tuple[str, str], ...] = ()  # (key of another series, URL of the column where it is looked for)


@dataclass(frozen=True, slots=True)
class Series:
    """What recurs. Patterns are matched against a title whose spacing and widths are folded."""

    key: str
    name_zh: str
    name_en: str
    titles: tuple[str, ...]  # regular expressions; one must match
    lookalikes: tuple[tuple[str, str], ...]  # (regular expression, what it is): a title that matches is another series
    first_year: int
    has_form: bool = True  # whether documents are read into a form's cells and checked; else existence and dates only
    reminder_zh: str = ""  # what a reminder may cite, beside the rule's ground
    reminder_en: str = ""
    excludes: tuple[
        tuple[str, str], ...
    ] = ()  # (regular expression, what it is): about a report, not one (解读, 编制通知)


@dataclass(frozen=True, slots=True)
class DueRule:
    """By when one kind of organ owes a report year's report. Days are month-day in the year after the report year."""

    series: str
    years: tuple[int, int | None]  # first and last report year, inclusive; None is open
    kinds: tuple[Kind, ...]
    levels: tuple[Level, ...]
    regions: tuple[str, ...]  # region code prefixes; empty is everywhere
    notice: tuple[int, int]
    statute: tuple[int, int]
    ground_zh: str
    ground_en: str


@dataclass(frozen=True, slots=True)
class Obligation:
    """One organ's one report for one reporting year."""

    organ: Organ
    series: str
    year: int
    due_notice: date
    due_statute: date
    rule: DueRule
    exempt: str | None = None  # why nothing is owed after all: "abolished", or the register's words
