"""Which one cell explains several broken sums. A cause is named only when no other cell explains as much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reports.form import Constraint, Form
from reports.model import Cause, Finding
from reports.reading import Reading
from reports.solve import Number, balance


def with_causes(reading: Reading, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings; those that one wrong cell explains carry the cell and the value that would mend them all."""
    if reading.form is None:
        return tuple(findings)
    causes = _explain(reading.form, reading.known)
    by_cells = {(*line.left, *line.right): cause for line, cause in causes}
    return tuple(replace(f, cause=by_cells[f.cells]) if f.cells in by_cells else f for f in findings)


def _explain(form: Form, known: dict[str, Number | None]) -> list[tuple[Constraint, Cause]]:
    tested = [(line, sides) for line in form.constraints if (sides := balance(line, known)) is not None]
    open_ = [(line, sides) for line, sides in tested if sides[0] != sides[1]]
    sound = {name for line, sides in tested if sides[0] == sides[1] for name in (*line.left, *line.right)}
    explained: list[tuple[Constraint, Cause]] = []
    while open_:
        best = _best(open_, sound, known)
        if best is None:
            break
        cause, lines = best
        explained += [(line, cause) for line in lines]
        open_ = [(line, sides) for line, sides in open_ if line not in lines]
    return explained


def _best(
    open_: Sequence[tuple[Constraint, tuple[Number, Number]]], sound: set[str], known: dict[str, Number | None]
) -> tuple[Cause, list[Constraint]] | None:
    """The cell that mends most of the broken sums at once without breaking one; None when two mend as many."""
    wanted: dict[str, dict[Number, list[Constraint]]] = {}
    for line, (left, right) in open_:
        for name in (*line.left, *line.right):
            value = known[name]
            if name in sound or value is None:
                continue
            change = right - left if name in line.left else left - right
            wanted.setdefault(name, {}).setdefault(value + change, []).append(line)
    options = [
        (len(lines), name, value, lines)
        for name, values in wanted.items()
        if len(values) == 1
        for value, lines in values.items()
        if value >= 0
    ]
    most = max((count for count, *_ in options), default=0)
    top = [option for option in options if option[0] == most]
    if most < 2 or len({tuple(line.key for line in lines) for *_, lines in top}) < len(top):
        return None
    _, name, value, lines = top[0]
    return Cause(name, value), lines
