"""What reading a document has told before anything is judged: the form, its cells, and how each row was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from reports.document import Document, RawCell
from reports.form import Form, TableSpec
from reports.headers import Header
from reports.model import Cell, Place, Section
from reports.numbers import Said
from reports.rows import Alignment, Unit
from reports.solve import Number

Trouble = Literal["none", "moved", "split", "dropped", "restored", "gap", "ambiguous", "unsolved"]
"""moved: right number of values, in wrong columns. split: glued cells separated. dropped: a cell too many left out.
restored: a lost cell given back. gap: a lost cell whose place is known, left empty. ambiguous: several repairs are
possible. unsolved: none is."""


@dataclass(slots=True)
class RowRead:
    """One row of the form as the document has it."""

    key: str
    unit: Unit
    trouble: Trouble = "none"
    clean: bool = True  # after a repair every sum that the row takes part in holds
    weak: bool = False  # told by its place in the order only: its label is lost


@dataclass(slots=True)
class TableRead:
    spec: TableSpec
    rows: dict[str, RowRead] = field(default_factory=dict)
    alignment: Alignment | None = None
    columns: tuple[int, ...] | None = None
    width: int | None = None  # the number of values that nearly all rows have, when it is not the form's
    header: Header | None = None

    @property
    def found(self) -> bool:
        return bool(self.rows)


@dataclass(slots=True)
class Prose:
    """What stands around the tables."""

    title: str | None = None
    title_block: int = -1  # where in the document it stands; -1 when only the page claims it
    organ: str | None = None
    year: int | None = None
    sections: tuple[Section, ...] = ()
    headings: tuple[Heading, ...] = ()
    signed: date | None = None
    preface: str = ""  # between the title and section one
    text: str = ""  # main text, one paragraph a line


@dataclass(frozen=True, slots=True)
class Heading:
    """A section heading: `number` is the Chinese numeral before it as an integer, None when there is none."""

    key: str
    text: str
    number: int | None
    exact: bool  # the form's own wording
    listed: bool  # numbered by the source's markup, whatever the text says
    block: int
    place: Place | None


@dataclass(slots=True)
class Reading:
    source: str
    document: Document
    form: Form | None
    prose: Prose
    tables: dict[str, TableRead] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    said: dict[str, Said] = field(default_factory=dict)  # for cells that stand in the document

    @property
    def known(self) -> dict[str, Number | None]:
        return {name: cell.value for name, cell in self.cells.items()}


def cell_of(name: str, raw: RawCell | None, said: Said | None, repaired: bool) -> Cell:
    if raw is None:
        return Cell(name, None, None, None, "absent")
    return Cell(name, said.value if said else None, raw.text, raw.place, "repaired" if repaired else "read")
