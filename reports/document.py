"""A document as its source gave it: paragraphs and tables in reading order. No knowledge of any form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from reports.model import Place

Fidelity = Literal["exact", "drawn", "text", "ocr"]
"""exact: cells as the author made them (HTML, DOCX, XLSX). drawn: cells told by lines and positions (PDF).
text: a lossy extraction by others. ocr: read from an image."""


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell as it stands; a merged cell is there once, and `inherited` in the rows and columns it spans."""

    text: str
    place: Place | None = None
    column: int = 0
    span: int = 1
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[RawCell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`aligned`: a column number means the same in every row; otherwise only the order of cells can be relied on."""

    rows: tuple[Row, ...]
    aligned: bool
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    place: Place | None = None
    numbering: str = ""  # automatic numbering that the source computes: "六、"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image that is large enough to show a table."""

    place: Place | None = None


Block = Paragraph | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    media: str
    fidelity: Fidelity
    blocks: tuple[Block, ...]
    titles: tuple[str, ...] = ()  # titles that the page claims, best first
    metadata: dict[str, str] = field(default_factory=dict)
    attachments: tuple[str, ...] = ()
    # the picture at a place: the bytes of its file, or its pixels; None when they are not in the document
    show: Callable[[Place], Any] | None = field(default=None, compare=False, repr=False)

    @property
    def lossless(self) -> bool:
        return self.fidelity == "exact"
