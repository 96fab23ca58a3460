"""What stands in the cells: blanks, placeholders, text, units, impossible numbers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from reports.checks.tell import blame, short, tell
from reports.form import Column, Form
from reports.model import Cell, Finding, Severity
from reports.numbers import Said
from reports.reading import Reading
from reports.solve import Number, implied


def check(reading: Reading) -> Iterator[Finding]:
    if reading.form is None:
        return
    for name, cell in reading.cells.items():
        if cell.raw is None:
            continue
        said = reading.said.get(name)
        if said is None or said.says in ("blank", "placeholder", "text"):
            if cell.value is None:
                yield _empty(reading, reading.form, cell, said)
            continue
        yield from _number(reading, reading.form, cell, said)


def _empty(reading: Reading, form: Form, cell: Cell, said: Said | None) -> Finding:
    """A cell without a number. What the sums ask for goes into `expected`, never into the cell."""
    wanted = implied(cell.name, reading.known, form.constraints)
    label = form.label_of(cell.name)
    hint_zh = f"按勾稽关系应为{wanted}。" if wanted is not None else ""
    hint_en = f" The sums ask for {wanted}." if wanted is not None else ""
    raw = short(cell.raw or "")
    severity: Severity = blame(reading)
    if said is not None and said.says == "placeholder":
        code, zh, en = "cell.placeholder", f"填的是“{raw}”，应填数字。", f"holds {raw!r} instead of a number."
        severity = "doubtful" if reading.document.fidelity == "ocr" else "error"
    elif said is not None and said.says == "text":
        code, zh, en = "cell.not_a_number", f"填的是“{raw}”，不是数字。", f"holds {raw!r}, which is no number."
    else:
        code, zh, en = "cell.blank", "没有数字。", "is empty."
    return tell(
        code, severity, f"{label}{zh}{hint_zh}", f"{cell.name} {en}{hint_en}",
        cells=(cell.name,), expected=wanted, actual=cell.raw or None, place=cell.place,
    )  # fmt: skip


def _number(reading: Reading, form: Form, cell: Cell, said: Said) -> Iterator[Finding]:
    column, label, value = form.column_of(cell.name), form.label_of(cell.name), said.value
    unsure = reading.document.fidelity == "ocr" or cell.how == "repaired"
    severity: Severity = "doubtful" if unsure else "error"
    if value is None:
        return
    if said.says == "unit":
        yield tell(
            "cell.unit", severity,
            f"{label}带有单位“{said.unit}”。", f"{cell.name} carries the unit {said.unit!r}.",
            cells=(cell.name,), expected=_in_unit(value, said.unit, column), actual=cell.raw, place=cell.place,
        )  # fmt: skip
    problem = _problem(value, said, column)
    if problem:
        zh, en, wanted = problem
        yield tell(
            "cell.invalid_number", severity,
            f"{label}为{cell.raw and short(cell.raw)}，{zh}。", f"{cell.name} is {value}: {en}.",
            cells=(cell.name,), expected=wanted, actual=value, place=cell.place,
        )  # fmt: skip


def _in_unit(value: Number, unit: str | None, column: Column) -> Number:
    """The figure in the form's own unit: 251000元 in a column of 万元 is 25.1."""
    if column.unit == "万元" and unit == "元":
        exact = Decimal(value) / 10000
        return int(exact) if exact == exact.to_integral_value() else exact.normalize()
    return value


def _problem(value: Number, said: Said, column: Column) -> tuple[str, str, Number | None] | None:
    if column.kind != "change" and value < 0:
        return "不应为负数", "negative", None
    if column.kind == "money":
        if said.decimals > 2 and isinstance(value, Decimal):
            return "万元数应保留两位小数", "a fee has at most two decimals", round(value, 2)
        return None
    if value != int(value):
        return "件数应为整数", "a count must be whole", None
    return None
