"""A stored reading as a page shows it: the form's tables with every cell, and the findings numbered beside their cells.

Works on the JSON that the reader left behind, whatever its version: what is not there is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from reports.form import Form, FormError, RowSpec, TableSpec, finding_names, load_form
from web.words import Words

Json = Mapping[str, Any]
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

    form: str | None
    title: str | None
    signed: str | None
    faults: tuple[Fault, ...]
    tables: tuple[Table, ...]
    sections: tuple[tuple[str, str], ...]  # (heading, text)
    raw: Json = field(repr=False)


def show(report: Json, words: Words, changed: frozenset[str] = frozenset()) -> Read:
    """`changed` are cells to be marked as changed."""
    form = _form(report.get("form"))
    faults = tuple(_faults(report, form, words))
    return Read(
        form=report.get("form"),
        title=report.get("title"),
        signed=report.get("signed"),
        faults=faults,
        tables=tuple(_tables(report, form, faults, words, changed)) if form else (),
        sections=tuple((part.get("heading") or "", part.get("text") or "") for part in report.get("sections") or ()),
        raw=report,
    )


def cell_text(cell: Json | None) -> str:
    """What stands in the document; empty when the cell is not there."""
    if not cell:
        return ""
    raw, value = cell.get("raw"), cell.get("value")
    return str(raw) if raw is not None else "" if value is None else str(value)


def cell_label(name: str, form: str | None) -> str:
    """A cell's name for a person: row and column as the form calls them."""
    known = _form(form)
    try:
        return known.label_of(name) if known else name
    except (StopIteration, KeyError, ValueError):  # a cell of another form
        return name


def _form(key: object) -> Form | None:
    try:
        return load_form(key) if isinstance(key, str) else None
    except (FormError, OSError):
        return None


# Findings


def _faults(report: Json, form: Form | None, words: Words) -> Iterator[Fault]:
    grouped: dict[object, list[Json]] = {}
    for index, finding in enumerate(report.get("findings") or ()):
        cause = finding.get("cause")
        key = (cause.get("cell"), str(cause.get("value"))) if cause else index
        grouped.setdefault(key, []).append(finding)
    ranked = sorted(grouped.values(), key=lambda group: min(ORDER.index(item["severity"]) for item in group))
    for number, group in enumerate(ranked, start=1):
        yield _fault(number, group, form, words)


def _fault(number: int, group: Sequence[Json], form: Form | None, words: Words) -> Fault:
    worst = min(group, key=lambda item: ORDER.index(item["severity"]))
    message = "message_zh" if words.language == "zh" else "message_en"
    cells = dict.fromkeys(name for item in group for name in item.get("cells") or ())
    names = finding_names().get(worst["code"])
    cause = worst.get("cause")
    return Fault(
        number=number,
        severity=worst["severity"],
        name=(names.zh if words.language == "zh" else names.en) if names else worst["code"],
        code=worst["code"],
        messages=tuple(str(item.get(message) or "") for item in group),
        cells=tuple((name, cell_label(name, form.form if form else None)) for name in cells),
        expected=_text(worst.get("expected")),
        actual=_text(worst.get("actual")),
        suggestion=words(
            "suggestion", cell=cell_label(cause["cell"], form.form if form else None), value=_text(cause["value"])
        )
        if cause
        else "",
        culprit=cause["cell"] if cause else "",
        place=place_text(worst.get("place"), words),
    )


def place_text(place: Json | None, words: Words) -> str:
    if not place:
        return ""
    found = []
    if place.get("page"):
        found.append(words("place_page", n=place["page"]))
    if place.get("line"):
        found.append(words("place_line", n=place["line"]))
    if place.get("path"):
        found.append(str(place["path"]))
    return " · ".join(found)


def _text(value: object) -> str:
    return "" if value is None else str(value)


# Tables


def _tables(
    report: Json, form: Form, faults: Sequence[Fault], words: Words, changed: frozenset[str]
) -> Iterator[Table]:
    by_cell: dict[str, list[Fault]] = {}
    for fault in faults:
        for name, _ in fault.cells:
            by_cell.setdefault(name, []).append(fault)

    cells: Json = report.get("cells") or {}

    def value(name: str) -> Box:
        return _value(name, cells.get(name), by_cell.get(name, []), words, name in changed)

    for key, spec in form.tables.items():
        if spec.one_row:
            yield _one_row(key, spec, value)
        elif any(row.columns for row in spec.rows):
            yield _by_group(key, spec, value)
        else:
            yield _grid(key, spec, value)


def _value(name: str, cell: Json | None, faults: Sequence[Fault], words: Words, changed: bool) -> Box:
    text, title, classes = cell_text(cell), "", []
    if not cell or (cell.get("raw") is None and cell.get("value") is None):
        classes.append("absent")
        text, title = "—", words["absent"]
    elif cell.get("how") == "repaired":
        classes.append("repaired")
        text, title = _text(cell.get("value")), words("repaired", raw=cell.get("raw") or "")
    else:
        title = place_text(cell.get("place"), words)
    blamed = [ORDER.index(fault.severity) for fault in faults if fault.culprit in ("", name)]
    if blamed and min(blamed) < ORDER.index("info"):
        classes.append(f"has-{ORDER[min(blamed)]}")
    elif faults:
        classes.append("involved")  # it takes part in a sum that does not foot, because of another cell
    if changed:
        classes.append("changed")
    return Box(text, name=name, classes=" ".join(classes), title=title, faults=tuple(fault.number for fault in faults))


def _grid(key: str, spec: TableSpec, value: Any) -> Table:
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


def _by_group(key: str, spec: TableSpec, value: Any) -> Table:
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


def _spanned(key: str, row: RowSpec, columns: Sequence[str], spans: Sequence[int], value: Any) -> tuple[Box, ...]:
    found = [Box(row.label, head=True)]
    for column, span in zip(columns, spans, strict=True):
        box: Box = value(f"{key}.{row.key}.{column}")
        found.append(Box(box.text, False, span, 1, box.name, box.classes, box.title, box.faults))
    return tuple(found)


def _one_row(key: str, spec: TableSpec, value: Any) -> Table:
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
