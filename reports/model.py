"""What reading and checking a document yields. Pure data; nothing here knows how a document is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

Severity = Literal["error", "warning", "doubtful", "info"]
"""error: the organ's fault, proven by the document. warning: very probably the organ's. doubtful: we may have misread;
shown, never mailed as the organ's fault. info: noted, repaired."""

How = Literal["read", "repaired", "absent"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the source: page and box, DOM path, or line and column. Unknown parts are None."""

    page: int | None = None  # from 1
    box: tuple[float, float, float, float] | None = (
        None  # left, top, right, bottom; PDF points from the page's top left
    )
    path: str | None = None  # DOM path, or table/row/cell for DOCX and XLSX
    line: int | None = None  # from 1
    column: int | None = None  # from 1, in characters


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the form, `table.row.column`. `value` is None when the document does not contain it."""

    name: str
    value: int | Decimal | None
    raw: str | None  # as it stands in the source
    place: Place | None
    how: How = "read"


@dataclass(frozen=True, slots=True)
class Cause:
    """The one cell, and the value, that would explain a finding (and those that share this cause)."""

    cell: str
    value: int | Decimal


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a document; `code` is one of ogi-form's findings."""

    code: str
    severity: Severity
    message_zh: str
    message_en: str
    cells: tuple[str, ...] = ()
    expected: int | Decimal | str | None = None
    actual: int | Decimal | str | None = None
    place: Place | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a sentence. `value` is in the bare unit: 2.5 万元 is 25000, unit 元; a share's unit is %."""

    value: int | Decimal
    unit: str  # as written behind it: 件, 条, 元, %; empty when nothing known follows
    raw: str  # as it stands: 103万余件
    rounded: bool  # 约, 近, 余 and the like beside it: no exact figure
    sentence: str
    section: str | None  # as in the form; None before the first heading
    place: Place | None  # of the paragraph or line


@dataclass(frozen=True, slots=True)
class Section:
    key: str  # as in the form: overview, …
    heading: str  # as it stands, numbering included
    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A read and checked report."""

    source: str
    media: str  # what it was read as: "text/html", "application/pdf", …
    title: str | None
    organ: str | None  # as the title names it
    year: int | None  # report year, from the title; where that names none, from the period that the preface states
    form: str | None  # "ogi-2021", "ogi-2019", None when no form was recognised
    cells: dict[str, Cell]  # every cell of the form, in the form's order
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()  # those in the prose
    signed: date | None = None  # 落款: when it was written, not when it was published
    findings: tuple[Finding, ...] = ()
    text: str = ""  # main text, normalised; what full-text search sees
    content_digest: str = ""  # sha256 of normalised text and cells: equal means the same version
    extra: dict[str, str] = field(default_factory=dict)  # page metadata such as PubDate


class Unreadable(Exception):
    """The document could not be read here; `state` says which way, `str()` says it to a person."""

    def __init__(
        self,
        state: Literal["empty", "encrypted", "broken", "too_large", "too_long", "unsupported", "not_readable_here"],
        message: str,
    ) -> None:
        super().__init__(message)
        self.state = state
