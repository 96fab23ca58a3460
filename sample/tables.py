"""The form's three tables as grids of cells with spans. How a grid is drawn is the business of the writers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from sample.form import Form, Row


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell whose top left corner stands at (row, column). `kind` tells labels from figures."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    kind: str = "value"  # "value", "label", "head"


@dataclass(frozen=True, slots=True)
class Grid:
    """`cells` in reading order; every place of the grid is covered by exactly one of them."""

    key: str
    height: int
    width: int
    cells: tuple[GridCell, ...]
    row_keys: tuple[str, ...]  # by grid row; "" for headings

    def split(self, after: tuple[str, ...]) -> list[Grid]:
        """The parts of the grid when a page ends after the rows named: merged cells go on empty, as on paper."""
        cuts = [index + 1 for index, key in enumerate(self.row_keys) if key and key in after]
        edges = [0, *cuts, self.height]
        return [self._part(top, bottom) for top, bottom in pairwise(edges) if bottom > top]

    def _part(self, top: int, bottom: int) -> Grid:
        cells = []
        for cell in self.cells:
            first, last = max(cell.row, top), min(cell.row + cell.rows, bottom)
            if first < last:
                text = cell.text if cell.row >= top else ""
                cells.append(replace(cell, row=first - top, rows=last - first, text=text))
        cells.sort(key=lambda cell: (cell.row, cell.column))
        return Grid(self.key, bottom - top, self.width, tuple(cells), self.row_keys[top:bottom])


def _grid(key: str, width: int, cells: list[GridCell], row_keys: list[str]) -> Grid:
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(key, len(row_keys), width, tuple(cells), tuple(row_keys))


def proactive(form: Form, cells: Mapping[str, str]) -> Grid:
    """Four columns; where an article asks for one figure, it spans three."""
    out: list[GridCell] = []
    keys: list[str] = []
    for row in form.proactive:
        if row.heads:
            out.append(GridCell(len(keys), 0, row.label, columns=4, kind="head"))
            keys.append("")
            texts, kind = row.heads, "head"
        else:
            texts = (row.label, *(cells[f"proactive_disclosure.{row.key}.{column}"] for column in row.columns))
            kind = "value"
        span = 3 // (len(texts) - 1)
        out.append(GridCell(len(keys), 0, texts[0], kind="label" if kind == "value" else kind))
        for index, text in enumerate(texts[1:]):
            out.append(GridCell(len(keys), 1 + index * span, text, columns=span, kind=kind))
        keys.append(row.key)
    return _grid("proactive_disclosure", 4, out, keys)


def _request_head(form: Form) -> list[GridCell]:
    labels = [label for _, label in form.request_columns]
    head = [
        GridCell(0, 0, form.note, rows=3, columns=3, kind="head"),
        GridCell(0, 3, form.applicants, columns=7, kind="head"),
        GridCell(1, 3, labels[0], rows=2, kind="head"),
        GridCell(1, 4, form.legal, columns=5, kind="head"),
        GridCell(1, 9, labels[-1], rows=2, kind="head"),
    ]
    return head + [GridCell(2, 4 + index, label, kind="head") for index, label in enumerate(labels[1:-1])]


def _is_result(row: Row, form: Form) -> bool:
    first, last = form.request_rows[2].key, form.request_rows[-2].key
    keys = [other.key for other in form.request_rows]
    return keys.index(first) <= keys.index(row.key) <= keys.index(last)


def requests(form: Form, cells: Mapping[str, str]) -> Grid:
    """Ten columns: three of labels, seven of figures; three rows of headings."""
    out, keys = _request_head(form), ["", "", ""]
    results = [row for row in form.request_rows if _is_result(row, form)]
    group = ""
    for row in form.request_rows:
        at = len(keys)
        inside = row in results
        if inside and row is results[0]:
            out.append(GridCell(at, 0, form.results, rows=len(results), kind="label"))
        if row.group and row.group != group:
            size = sum(other.group == row.group for other in form.request_rows)
            out.append(GridCell(at, 1, row.group, rows=size, kind="label"))
        group = row.group
        left = 2 if row.group else 1 if inside else 0
        out.append(GridCell(at, left, row.label, columns=3 - left, kind="label"))
        for index, (column, _) in enumerate(form.request_columns):
            out.append(GridCell(at, 3 + index, cells[f"requests.{row.key}.{column}"]))
        keys.append(row.key)
    return _grid("requests", 10, out, keys)


def challenges(form: Form, cells: Mapping[str, str]) -> Grid:
    """Fifteen columns and one row of figures under three rows of headings."""
    size = len(form.challenge_columns)
    first, *others = form.challenge_rows
    out = [
        GridCell(0, 0, first.label, columns=size, kind="head"),
        GridCell(0, size, form.litigation, columns=size * len(others), kind="head"),
    ]
    for index, row in enumerate(form.challenge_rows):
        if index:
            out.append(GridCell(1, index * size, row.label, columns=size, kind="head"))
        for offset, (column, label) in enumerate(form.challenge_columns):
            at = index * size + offset
            out.append(GridCell(2, at, label, kind="head") if index else GridCell(1, at, label, rows=2, kind="head"))
            out.append(GridCell(3, at, cells[f"challenges.{row.key}.{column}"]))
    return _grid("challenges", size * len(form.challenge_rows), out, ["", "", "", "challenges"])


def grids(form: Form, cells: Mapping[str, str]) -> dict[str, Grid]:
    """The three tables by section key."""
    return {
        "proactive_disclosure": proactive(form, cells),
        "requests": requests(form, cells),
        "challenges": challenges(form, cells),
    }
