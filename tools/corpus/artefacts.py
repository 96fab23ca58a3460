"""What extraction does to rows of text; a careful reader can still tell the truth. Never a fault of the organ."""

from __future__ import annotations

from random import Random

from tools.corpus.layout import GCell, Grid
from tools.corpus.spec import Spec


def scar(rng: Random, spec: Spec, grids: dict[str, Grid]) -> dict[str, str]:
    """Glue, lose or add cells in some rows of the requests and challenges tables. Returns row → what was done."""
    done: dict[str, str] = {}
    for key in ("requests", "challenges"):
        grid, table = grids.get(key), spec.tables[key]
        if grid is None or not table.present:
            continue
        for at, row in enumerate(table.rows):
            if rng.random() > (0.08 if key == "requests" else 0.25):
                continue
            line = (3 + at) if key == "requests" else 3
            values = sorted((c for c in grid.cells if c.row == line and c.value), key=lambda c: c.column)
            if any(not c.text.isdigit() for c in values):
                continue
            kind = rng.choice(["glue", "glue", "lose_zero", "add_zero", "shift"])
            if _KINDS[kind](rng, grid, values):
                done[f"{key}.{row.key}"] = kind
    return done


def _glue(rng: Random, grid: Grid, values: list[GCell]) -> bool:
    """The whole row in one cell: 801000081."""
    values[0].text = "".join(c.text for c in values)
    for cell in values[1:]:
        grid.cells.remove(cell)
    return True


def _lose_zero(rng: Random, grid: Grid, values: list[GCell]) -> bool:
    """A zero is lost next to another zero; what stands before it moves to the right."""
    pairs = [at for at in range(1, len(values)) if values[at].text == values[at - 1].text == "0"]
    if not pairs:
        return False
    at = rng.choice(pairs)
    for right in range(at, 0, -1):
        values[right].text = values[right - 1].text
    grid.cells.remove(values[0])
    return True


def _add_zero(rng: Random, grid: Grid, values: list[GCell]) -> bool:
    """A zero stands twice at a page's end."""
    zeros = [cell for cell in values if cell.text == "0"]
    if not zeros:
        return False
    cell = rng.choice(zeros)
    for other in values:
        if other.column > cell.column:
            other.column += 1
    grid.cells.append(GCell(cell.row, cell.column + 1, "0", value=True))
    grid.width = max(grid.width, values[-1].column + 1, cell.column + 2)
    return True


def _shift(rng: Random, grid: Grid, values: list[GCell]) -> bool:
    """An empty cell pushes the row to the right."""
    for cell in values:
        cell.column += 1
    grid.width = max(grid.width, values[-1].column + 1)
    return True


_KINDS = {"glue": _glue, "lose_zero": _lose_zero, "add_zero": _add_zero, "shift": _shift}
