"""The header of the requests table: what stands above each column of figures. Only of use where columns are aligned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from reports.document import RawCell
from reports.fold import key
from reports.form import TableSpec
from reports.rows import Unit


@dataclass(frozen=True, slots=True)
class Header:
    """Header cells by grid column, the lowest above each."""

    cells: dict[int, RawCell]

    def columns_of(self, spec: TableSpec) -> dict[str, int]:
        """Form column → grid column, for those that the header names in the form's words, each once."""
        words: dict[str, list[int]] = {}
        for column, cell in self.cells.items():
            words.setdefault(key(cell.text), []).append(column)
        named = {column.key: words.get(key(column.label), []) for column in spec.columns}
        return {name: found[0] for name, found in named.items() if len(found) == 1}


def header_of(units: Sequence[Unit], first: Unit) -> Header:
    """The header above the table's first row of figures: rows without figures in the same table."""
    cells: dict[int, RawCell] = {}
    for unit in units[: first.index]:
        if unit.block == first.block and not unit.figures:
            for cell in unit.row.cells:
                if cell.text.strip() and cell.span == 1:
                    cells[cell.column] = cell
    return Header(cells)


def usual_width(units: Sequence[Unit]) -> int | None:
    """How many figures nearly all rows have; None when they do not agree."""
    counts = Counter(len(unit.tokens) for unit in units)
    if not counts:
        return None
    width, count = counts.most_common(1)[0]
    return width if count >= 8 and count >= 0.8 * len(units) else None
