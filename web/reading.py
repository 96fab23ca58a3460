"""A read report as a page shows it: the form's tables with every cell, and the findings numbered beside their cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

import reports
from reports.form import Form, FormError, RowSpec, TableSpec, finding_names, load_form
from reports.model import Cell, Finding, Place, Report
from web.words import Words

Show = Callable[[str], "Box"]
ORDER = ("error", "warning", "doubtful", "info")


@dataclass(frozen=True, slots=True)
class Fault:
    """A finding, or several with one cause."""

    number: int
    severity: str
    name: str
    code: str
    messages: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]  # (cell, what it is called)
    expected: str
    actual: str
    suggestion: str
    culprit: str  # the one cell that would explain it; empty when none is known
    place: str


@dataclass(frozen=True, slots=True)
class Box:
    """One cell of a table as shown: a heading or a value."""

    text: str
    head: bool = False
    colspan: int = 1
    rowspan: int = 1
    name: str = ""  # table.row.column
    classes: str = ""
    title: str = ""
    faults: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    label: str
    head: tuple[tuple[Box, ...], ...]
    body: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A reading ready to be shown."""

    report: Report
    faults: tuple[Fault, ...]
    tables: tuple[Table, ...]


def load(stored: Mapping[str, Any] | None) -> Report | None:
    """A report as storage keeps it; None when there is none, or one of a form that this program does not know."""
    try:
        return reports.load(dict(stored)) if stored else None
    except (KeyError, ValueError, TypeError):  # written by another version of the reader: it will be read again
        return None


def show(report: Report, words: Words) -> Read:
    form = _form(report.form)
    faults = tuple(_faults(report, words))
    return Read(report, faults, tuple(_tables(report, form, faults, words)) if form else ())


def cell_text(cell: Cell | None) -> str:
    """What stands in the document; empty when the cell is not there."""
    if cell is None:
        return ""
    return cell.raw if cell.raw is not None else "" if cell.value is None else str(cell.value)


def cell_label(name: str, form: str | None) -> str:
    """A cell's name for a person: row and column as the form calls them."""
    known = _form(form)
    try:
        return known.label_of(name) if known else name
    except (StopIteration, KeyError, ValueError):  # a cell of another form
        return name


def _form(key: str | None) -> Form | None:
    try:
        return load_form(key) if key else None
    except (FormError, OSError):  # a form of which there is no file: earlier years' prose
        return None


# Findings


def _faults(report: Report, words: Words) -> Iterator[Fault]:
    grouped: dict[object, list[Finding]] = {}
    for finding in report.findings:
        grouped.setdefault(finding.cause or id(finding), []).append(finding)
    ranked = sorted(grouped.values(), key=lambda group: min(_gravity(item) for item in group))
    for number, group in enumerate(ranked, start=1):
        yield _fault(number, group, report.form, words)


def _gravity(finding: Finding) -> int:
    return ORDER.index(finding.severity)


def _fault(number: int, group: Sequence[Finding], form: str | None, words: Words) -> Fault:
    worst, zh = min(group, key=_gravity), words.language == "zh"
    names, cause = finding_names().get(worst.code), worst.cause
    suggestion = words("suggestion", cell=cell_label(cause.cell, form), value=cause.value) if cause else ""
    return Fault(
        number=number,
        severity=worst.severity,
        name=(names.zh if zh else names.en) if names else worst.code,
        code=worst.code,
        messages=tuple(item.message_zh if zh else item.message_en for item in group),
        cells=tuple((name, cell_label(name, form)) for name in _cells(group)),
        expected=_text(worst.expected),
        actual=_text(worst.actual),
        suggestion=suggestion,
        culprit=cause.cell if cause else "",
        place=place_text(worst.place, words),
    )


def _cells(group: Sequence[Finding]) -> list[str]:
    """The cells concerned, the one to blame first."""
    named = (item.cause.cell for item in group if item.cause)
    return list(dict.fromkeys([*named, *(name for item in group for name in item.cells)]))


def place_text(place: Place | None, words: Words) -> str:
    if place is None:
        return ""
    page = words("place_page", n=place.page) if place.page else ""
    line = words("place_line", n=place.line) if place.line else ""
    return " · ".join(part for part in (page, line, place.path) if part)


def _text(value: object) -> str:
    return "" if value is None else str(value)


# Tables


def _tables(report: Report, form: Form, faults: Sequence[Fault], words: Words) -> Iterator[Table]:
    by_cell: dict[str, list[Fault]] = {}
    for fault in faults:
        for name, _ in fault.cells:
            by_cell.setdefault(name, []).append(fault)

    def value(name: str) -> Box:
        return _value(name, report.cells.get(name), by_cell.get(name, []), words)

    for key, spec in form.tables.items():
        if spec.one_row:
            yield _one_row(key, spec, value)
        elif any(row.columns for row in spec.rows):
            yield _by_group(key, spec, value)
        else:
            yield _grid(key, spec, value)


def _value(name: str, cell: Cell | None, faults: Sequence[Fault], words: Words) -> Box:
    text, title, classes = cell_text(cell), "", []
    if cell is None or (cell.raw is None and cell.value is None):
        classes.append("absent")
        text, title = "—", words["absent"]
    elif cell.how == "repaired":
        classes.append("repaired")
        text, title = _text(cell.value), words("repaired", raw=cell.raw or "")
    else:
        title = place_text(cell.place, words)
    blamed = [ORDER.index(fault.severity) for fault in faults if fault.culprit in ("", name)]
    if blamed and min(blamed) < ORDER.index("info"):
        classes.append(f"has-{ORDER[min(blamed)]}")
    elif faults:
        classes.append("involved")  # it takes part in a sum that does not foot, because of another cell
    numbers = tuple(fault.number for fault in faults if fault.culprit in ("", name))
    return Box(text, name=name, classes=" ".join(classes), title=title, faults=numbers)


def _grid(key: str, spec: TableSpec, value: Show) -> Table:
    """Rows by columns; rows of one group share its heading."""
    head = (Box("", head=True, colspan=2), *(Box(column.label, head=True) for column in spec.columns))
    body: list[tuple[Box, ...]] = []
    for group, members in groupby(spec.rows, key=lambda row: row.group):
        rows = list(members)
        for index, row in enumerate(rows):
            lead = (Box(group, head=True, rowspan=len(rows), classes="group"),) if group and index == 0 else ()
            label = Box(row.label, head=True, colspan=1 if group else 2)
            body.append((*lead, label, *(value(f"{key}.{row.key}.{column}") for column in spec.keys(row))))
    return Table(spec.label, (head,), tuple(body))


def _by_group(key: str, spec: TableSpec, value: Show) -> Table:
    """Every group has columns of its own, headed anew."""
    width = max(len(spec.keys(row)) for row in spec.rows)
    body: list[tuple[Box, ...]] = []
    for group, members in groupby(spec.rows, key=lambda row: (row.group, row.columns)):
        rows = list(members)
        columns = spec.keys(rows[0])
        spans = _spans(len(columns), width)
        if not body or body[-1][0].text != group[0]:
            body.append((Box(group[0], head=True, colspan=width + 1, classes="group"),))
        labels = (Box(spec.column(c).label, head=True, colspan=s) for c, s in zip(columns, spans, strict=True))
        body.append((Box("", head=True), *labels))
        body += [_spanned(key, row, columns, spans, value) for row in rows]
    return Table(spec.label, (), tuple(body))


def _spanned(key: str, row: RowSpec, columns: Sequence[str], spans: Sequence[int], value: Show) -> tuple[Box, ...]:
    found = [Box(row.label, head=True)]
    for column, span in zip(columns, spans, strict=True):
        found.append(replace(value(f"{key}.{row.key}.{column}"), colspan=span))
    return tuple(found)


def _one_row(key: str, spec: TableSpec, value: Show) -> Table:
    """All values side by side under two or three rows of headings."""
    width = len(spec.columns)
    top: list[Box] = []
    middle: list[Box] = []
    for group, members in groupby(spec.rows, key=lambda row: row.group):
        rows = list(members)
        if group:
            top.append(Box(group, head=True, colspan=width * len(rows)))
            middle += [Box(row.label, head=True, colspan=width) for row in rows]
        else:
            top += [Box(row.label, head=True, colspan=width, rowspan=2) for row in rows]
    lowest = tuple(Box(column.label, head=True) for _ in spec.rows for column in spec.columns)
    values = tuple(value(f"{key}.{row.key}.{column}") for row in spec.rows for column in spec.keys(row))
    return Table(spec.label, (tuple(top), tuple(middle), lowest), (values,))


def _spans(columns: int, width: int) -> list[int]:
    """How `columns` columns fill a width: the last takes what is left."""
    return [1] * (columns - 1) + [width - columns + 1]
