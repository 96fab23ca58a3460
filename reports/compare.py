"""Two readings of one report, such as a text page and its 全真版 PDF: where do they disagree?"""

from __future__ import annotations

from dataclasses import dataclass

from reports.model import Cell, Report


@dataclass(frozen=True, slots=True)
class Difference:
    """A cell that the two give differently; None on one side is a difference too."""

    name: str
    one: Cell
    other: Cell


def differences(one: Report, other: Report) -> tuple[Difference, ...]:
    """Cells with different values. Empty when the two are not of one form: then they cannot be compared."""
    if one.form is None or one.form != other.form:
        return ()
    pairs = ((name, cell, other.cells[name]) for name, cell in one.cells.items())
    return tuple(Difference(name, cell, twin) for name, cell, twin in pairs if cell.value != twin.value)
