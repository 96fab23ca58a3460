"""Two readings of one report, such as a text page and its 全真版 PDF: where do they disagree, and what follows?

What they disagree about was misread once or published twice: nobody is accused of a fault that stands there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from reports.checks.tell import tell
from reports.form import load_form
from reports.model import Cell, Finding, Report

_ANOTHER = 0.25
"""Copies that differ in a larger share of their cells are not copies: last year's file, or another organ's."""


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


def weigh(main: Report, copies: Sequence[Report]) -> Report:
    """`main` with what its copies say against it.

    A cell that both give and give differently is a finding `copies.differ`, doubtful. Findings about such a cell, or
    about one that only the copy gives, become doubtful. What only `main` gives counts for nothing: a copy may be short.
    """
    apart = [(copy, found) for copy in copies if (found := _against(main, copy))]
    cells = {item.name for _, found in apart for item in found}
    kept = tuple(_doubted(finding, cells) for finding in main.findings)
    return replace(main, findings=(*kept, *(told for copy, found in apart for told in _told(main, copy, found))))


def _against(main: Report, copy: Report) -> list[Difference]:
    found = [item for item in differences(main, copy) if item.other.value is not None]
    return found if main.year == copy.year and len(found) <= _ANOTHER * len(main.cells) else []


def _doubted(finding: Finding, cells: set[str]) -> Finding:
    about = {*finding.cells, *([finding.cause.cell] if finding.cause else [])}
    if finding.severity in ("error", "warning") and about & cells:
        return replace(finding, severity="doubtful")
    return finding


def _told(main: Report, copy: Report, found: Sequence[Difference]) -> Iterator[Finding]:
    form = load_form(main.form or "ogi-2021")
    for item in (item for item in found if item.one.value is not None):
        yield tell(
            "copies.differ", "doubtful",
            f"{form.label_of(item.name)}：此处为{item.one.value}，同一报告的另一文件（{copy.media}）为{item.other.value}。",
            f"{item.name} is {item.one.value} here and {item.other.value} in another file of the same report "
            f"({copy.media}).",
            cells=(item.name,), expected=item.other.value, actual=item.one.value, place=item.one.place,
        )  # fmt: skip
