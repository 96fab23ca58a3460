"""Reads the figures of reports: 200 cells by rows, spelled as in the report. Whether they foot is not asked."""

from __future__ import annotations

from sample.errors import Fault
from sample.form import Form
from sample.model import Figures
from sample.nodes import Entry


def read_figures(key: str, top: Entry, form: Form) -> Figures:
    """A row with a value too many or too few is a fault: lining it up anyway would put figures under wrong names."""
    cells: dict[str, str] = {}
    tables = {table: top.entry(table) for table in ("proactive_disclosure", "requests", "challenges")}
    for table, row, names in form.rows():
        values = tables[table].texts(row, required=True)
        if tables[table].has(row) and len(values) != len(names):
            tables[table].wrong(row, f"{len(values)} values where the form has {len(names)}")
        cells.update(dict.fromkeys(names, ""))
        cells.update(zip(names, values, strict=False))
    for entry in (*tables.values(), top):
        entry.done()
    return Figures(key, cells)


def check_cells(cells: dict[str, str], entry: Entry, form: Form, faults: list[Fault]) -> None:
    """Every cell that a change names must be one of the form's."""
    for name in cells.keys() - set(form.cells()):
        faults.append(Fault(entry.file, entry.lines.get(name, entry.line), f"{name}: the form has no such cell"))
