"""Finds the form's tables in a document and fills the form's cells from them. Judges nothing."""

from __future__ import annotations

from collections.abc import Sequence

from reports.document import Document, Table
from reports.fill import Filler
from reports.fold import key
from reports.form import FORMS, Form, TableSpec, load_form
from reports.headers import header_of, usual_width
from reports.labels import EXACT, book
from reports.reading import Heading, RowRead, TableRead
from reports.rows import Unit, align, score, units_of, value_columns

_COMMON = frozenset(["总计", "其他", "七总计", "3其他"])  # labels that also stand in header rows and other tables

# a comparison of years has rows of the table too, but few, with a figure a year
_LEAST_WIDE = 5  # values of a row
_TELLING = 8  # rows


def detect_form(units: Sequence[Unit], year: int | None) -> Form | None:
    """The form by its header words, else by its rows, else by the report year; None for years without a form."""
    words = {key(cell.text) for unit in units for cell in unit.row.cells}
    counts = {name: sum(key(word) in words for word in load_form(name).recognised_by) for name in FORMS}
    best = max(FORMS, key=lambda name: counts[name])
    if counts[best]:
        return load_form(best)
    if _requests_region(units, load_form("ogi-2021"), "ogi-2021"):
        single = any(unit.leaf in ("六其他处理", "其他处理") and unit.figures for unit in units)
        return load_form("ogi-2019" if single else "ogi-2021")
    for name in FORMS:
        form = load_form(name)
        if year is not None and form.years[0] <= year and (form.years[1] is None or year <= form.years[1]):
            return form
    return None


def document_units(document: Document) -> list[Unit]:
    return units_of([(at, block) for at, block in enumerate(document.blocks) if isinstance(block, Table)])


def read_tables(
    document: Document, form: Form, units: list[Unit], headings: Sequence[Heading]
) -> tuple[dict[str, TableRead], Filler]:
    """Every table of the form with the rows that were found, and the filled cells."""
    tables = {name: TableRead(spec) for name, spec in form.tables.items()}
    filler = Filler(form, document.fidelity)
    region = _requests_region(units, form, form.form)
    if region:
        _read_aligned("requests", tables["requests"], region, form, units)
    taken = {unit.index for unit in region}
    last = max(taken, default=-1)
    own = next((heading.block for heading in headings if heading.key == "challenges"), None)
    rest = [unit for unit in units if unit.index not in taken]
    found = _challenge_unit(rest, last, own, tables["challenges"].spec)
    if found:
        taken.add(found.index)
        tables["challenges"].rows["*"] = RowRead("*", found)
    rest = [unit for unit in units if unit.index not in taken]
    proactive = _proactive_region(rest, form, region[0].index if region else None)
    if proactive:
        _read_aligned("proactive_disclosure", tables["proactive_disclosure"], proactive, form, units)
    filler.proactive(tables["proactive_disclosure"])
    filler.requests(tables["requests"])
    filler.challenges(tables["challenges"])
    return tables, filler


def _read_aligned(name: str, table: TableRead, units: list[Unit], form: Form, everything: Sequence[Unit]) -> None:
    labels = book(form.form, name)
    score(units, labels)
    width = min(len(table.spec.keys(row)) for row in table.spec.rows)
    table.alignment = align(units, labels, width)
    for index, unit in sorted(table.alignment.matched.items()):
        spec = table.spec.rows[index]
        table.rows[spec.key] = RowRead(spec.key, unit, weak=unit.scores.get(index, 0.0) < 0.5)
    if name == "requests" and table.rows:
        found = [read.unit for read in table.rows.values()]
        if all(unit.aligned for unit in found):
            table.header = header_of(everything, min(found, key=lambda unit: unit.index))
        usual = usual_width(found)
        table.width = usual if usual and usual != width and abs(usual - width) <= 3 else None
        table.columns = value_columns(found, width) or _named_columns(table)


def _named_columns(table: TableRead) -> tuple[int, ...] | None:
    """Where no row is full, an author who writes no zeros: the header says which column is whose."""
    named = table.header.columns_of(table.spec) if table.header else {}
    columns = tuple(named.get(column.key, -1) for column in table.spec.columns)
    return columns if -1 not in columns and list(columns) == sorted(columns) else None


def _requests_region(units: Sequence[Unit], form: Form, form_key: str) -> list[Unit]:
    """The rows from the first to the last that carry a label of the requests table; of several copies the fullest."""
    labels = book(form_key, "requests")
    score(units, labels)
    best: list[Unit] = []
    names: set[int] = set()
    best_names = 0
    current: list[Unit] = []
    for unit in units:
        rows = {row for row, value in unit.scores.items() if value >= EXACT} if unit.leaf not in _COMMON else set()
        if not rows:
            continue
        if 0 in rows and names and max(names) >= len(labels.labels) - 2:  # a second copy begins
            names, current = set(), []
        names |= rows
        current.append(unit)
        if len(names) > best_names:
            best, best_names = list(current), len(names)
    wide = sum(len(unit.values) >= _LEAST_WIDE or len(_digits(unit)) >= _LEAST_WIDE for unit in best)
    return _widen(best, units) if best_names >= 3 and (wide >= 3 or best_names >= _TELLING) else []


def _widen(anchors: list[Unit], units: Sequence[Unit]) -> list[Unit]:
    """All rows between the anchors, and the rows with figures right before and after them in the same table.

    A page number may stand between: 一、本年新收政 0 0 0 0 0 0 0 / - 2 - / 府信息公开申请数量 / 二、上年结转…
    """
    start, end = anchors[0].index, anchors[-1].index
    while start > 0 and units[start].block - units[start - 1].block <= 2 and _of_width(units[start - 1]):
        start -= 1
    while start > 1 and _cut_off(units[start - 1], units[start]) and _of_width(units[start - 2]):
        start -= 2
    while end + 1 < len(units) and units[end + 1].block == anchors[-1].block and units[end + 1].figures < 10:
        end += 1
    return list(units[start : end + 1])


def _of_width(unit: Unit) -> bool:
    return 3 <= unit.figures < 10


def _cut_off(unit: Unit, below: Unit) -> bool:
    """The rest of a label that a page broke."""
    return below.block - unit.block <= 2 and len(unit.label) == 1 and not unit.tokens


def _challenge_unit(units: Sequence[Unit], after: int, heading: int | None, spec: TableSpec) -> Unit | None:
    """The row of values under the header of the challenges table."""
    width = len(spec.columns) * len(spec.rows)
    heads = {key(column.label) for column in spec.columns} - _COMMON
    seen = False
    for unit in units:
        words = {key(cell.text) for cell in unit.row.cells}
        seen = seen or unit.index > after >= 0 or (heading is not None and unit.block > heading)
        seen = seen or bool(words & heads) or any("行政复议" in word for word in words)
        if seen and (unit.figures >= 8 or _glued(unit, width)):
            return unit
        if seen and words & heads and not unit.figures:
            below = next((u for u in units if u.index == unit.index + 1 and u.block == unit.block), None)
            if below and len(below.values) >= width and not below.tokens:
                return below
    return None


def _glued(unit: Unit, width: int) -> bool:
    digits = _digits(unit)
    return not unit.leaf and digits.isdigit() and len(digits) >= width


def _digits(unit: Unit) -> str:
    return "".join(cell.text for cell in unit.tokens).replace(" ", "")


def _proactive_region(units: Sequence[Unit], form: Form, before: int | None) -> list[Unit]:
    """Rows of the blocks that carry a header word of the table, up to the requests table."""
    spec = form.tables["proactive_disclosure"]
    labels = book(form.form, "proactive_disclosure")
    heads = labels.heads | {key(row.group) for row in spec.rows}
    score(units, labels)
    headed = {unit.block for unit in units if any(key(cell.text) in heads for cell in unit.row.cells)}
    named = [unit for unit in units if max(unit.scores.values(), default=0.0) >= EXACT and unit.values]
    blocks = headed or ({unit.block for unit in named} if len(named) >= 3 else set())
    if not blocks:
        return []
    if before is None:  # the requests table was not found: whatever follows may be it
        blocks |= {unit.block for unit in named}
        return [unit for unit in units if min(blocks) <= unit.block <= max(blocks)]
    return [unit for unit in units if min(blocks) <= unit.block and (unit.index < before or unit.block in blocks)]
