"""Reports as others extract them to text: tab-separated rows, one cell a line, with the scars of extraction."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from tools.corpus.layout import Block, GCell, Grid

_HALF = str.maketrans("（），：“”", '(),:""')


def write_rows(rng: Random, blocks: Iterable[Block]) -> bytes:
    """A line a row, tabs between cells; merged cells leave empty ones behind."""
    half = rng.random() < 0.3
    lines: list[str] = [""] * rng.randint(0, 2)
    for block in blocks:
        if block.grid is None:
            lines += [block.text, ""]
            continue
        for row in _expanded(block.grid):
            cells = [_label(rng, c, half) if c is not None else "" for c in row]
            lines.append("\t".join(cells))
            if rng.random() < 0.03:
                lines.append("")  # a page ended here
        lines.append("")
    return "\n".join(lines).encode()


def _expanded(grid: Grid) -> list[list[GCell | None]]:
    rows: list[list[GCell | None]] = [[None] * grid.width for _ in range(grid.height)]
    for cell in grid.cells:
        rows[cell.row][cell.column] = cell
    return rows


def _label(rng: Random, cell: GCell, half: bool) -> str:
    text = cell.text
    if cell.value:
        return text
    if half:
        text = text.translate(_HALF)
    if len(text) > 2 and rng.random() < 0.08:
        at = rng.randint(1, len(text) - 1)
        text = text[:at] + " " + text[at:]
    return text


def write_lines(rng: Random, blocks: Iterable[Block], tabs: bool = True) -> bytes:
    """A line a cell; with tabs before each cell and a blank line between rows, or without either."""
    lead = "\t" if tabs else ""
    lines: list[str] = []
    for block in blocks:
        if block.grid is None:
            lines.append(rng.choice(["", " "]) + block.text)
            lines += [""] * rng.randint(0, 2)
            continue
        lines.append("")
        for row in block.grid.by_row():
            held = _held(block.grid, row[0].row) if tabs else 0
            lines += [lead] * held
            lines += [lead + _broken(rng, cell, tabs) for cell in row if tabs or cell.text]
            lines.append("")
        lines.append("")
    return "\n".join(lines).encode()


def _held(grid: Grid, row: int) -> int:
    """Cells that hang over from rows above at the row's start."""
    return sum(1 for c in grid.cells if c.row < row < c.row + c.rows and c.column < 3 and not c.value)


def _broken(rng: Random, cell: GCell, tabs: bool) -> str:
    text = cell.text
    if tabs and not cell.value and 2 < len(text) <= 4 and rng.random() < 0.2:
        at = rng.randint(1, len(text) - 1)
        return text[:at] + rng.choice(["\n", "\n\n"]) + text[at:]
    return text
