"""A government's consolidated report against its parts: its own report and those of all below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reports.checks.tell import tell
from reports.form import load_form
from reports.model import Finding, Report


def check_rollup(parent: Report, parts: Sequence[Report], *, complete: bool) -> tuple[Finding, ...]:
    """Findings about `parent`. `complete`: every part is there, the parent's own report among them.

    Silent when a part is of another year or form, or when the parent is not known to speak for all. A parent that is
    smaller than one of its parts is wrong in any case; that it differs from the sum, only when parts are complete.
    """
    if not parts or parent.form is None or parent.extra.get("scope") != "consolidated":
        return ()
    if any(part.year != parent.year or part.form != parent.form for part in parts):
        return ()
    return tuple(_compare(parent, parts, complete))


def _compare(parent: Report, parts: Sequence[Report], complete: bool) -> Iterator[Finding]:
    form = load_form(parent.form or "ogi-2021")
    for name, cell in parent.cells.items():
        if not _adds_up(name) or cell.value is None:
            continue
        values = [part.cells[name].value for part in parts]
        known = [value for value in values if value is not None]
        most = max(known, default=0)
        largest = next((part.organ or part.source for part in parts if part.cells[name].value == most), "")
        total = sum(known)
        if cell.value < most:
            yield tell(
                "rollup.mismatch", "warning", f"{form.label_of(name)}汇总为{cell.value}，小于{largest}一家的{most}。",
                f"{name} is {cell.value}, less than the {most} of {largest} alone.",
                cells=(name,), expected=total if complete and None not in values else None, actual=cell.value,
                place=cell.place,
            )  # fmt: skip
        elif complete and None not in values and cell.value != total:
            yield tell(
                "rollup.mismatch", "warning", f"{form.label_of(name)}汇总为{cell.value}，各单位合计{total}。",
                f"{name} is {cell.value}, the parts make {total}.",
                cells=(name,), expected=total, actual=cell.value, place=cell.place,
            )  # fmt: skip


def _adds_up(name: str) -> bool:
    """Totals of rows, and what section two counts; 规章 are the government's, whoever lists them."""
    table, row, column = name.split(".")
    if table == "proactive_disclosure":
        return row != "regulations" and column not in ("change", "previous_items")
    return column == "total"
