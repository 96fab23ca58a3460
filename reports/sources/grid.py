"""Spreads cells with row and column spans over a grid, as every source with merged cells needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reports.document import RawCell, Row
from reports.model import Place, Unreadable

MAX_COLUMNS = 400
MAX_CELLS = 400_000


@dataclass(frozen=True, slots=True)
class Spanned:
    """A cell as the source gives it: only where it begins."""

    text: str
    rows: int = 1
    columns: int = 1
    place: Place | None = None


def spread(rows: Iterable[Iterable[Spanned]]) -> Iterator[Row]:
    """Rows with the grid column of each cell; a cell that spans rows is there again, inherited, in each of them."""
    hanging: dict[int, tuple[RawCell, int]] = {}  # column → (cell, rows that it still covers)
    count = 0
    for row in rows:
        cells = [
            RawCell(cell.text, cell.place, column, cell.span, inherited=True) for column, (cell, _) in hanging.items()
        ]
        taken = {column + at for column, (cell, _) in hanging.items() for at in range(cell.span)}
        hanging = {column: (cell, left - 1) for column, (cell, left) in hanging.items() if left > 1}
        column = 0
        for spanned in row:
            while column in taken:
                column += 1
            if column >= MAX_COLUMNS:
                break
            width = min(spanned.columns, MAX_COLUMNS - column)
            cell = RawCell(spanned.text, spanned.place, column, width)
            cells.append(cell)
            taken.update(range(column, column + width))
            if spanned.rows > 1:
                hanging[column] = (cell, spanned.rows - 1)
            column += width
        count += len(cells)
        if count > MAX_CELLS:
            raise Unreadable("too_large", f"a table of more than {MAX_CELLS} cells")
        cells.sort(key=lambda cell: cell.column)
        yield Row(tuple(cells))
