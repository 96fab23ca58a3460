"""Tables that a source does not mark as tables: one cell a line without tabs, rows in `div`s, `pre` or `p`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from reports.document import Block, Document, Paragraph, RawCell, Row, Table
from reports.fold import key, squeeze
from reports.form import FORMS, load_form
from reports.labels import EXACT, LabelBook, book
from reports.model import Place
from reports.numbers import is_value
from reports.prose import find_headings

_APART = re.compile(r"(?<!\S)(\d{1,2})\s*([.．、])\s*(?=[\u4e00-\u9fff])")  # 1 . 属于… is a label with its number
_TAIL = re.compile(r"^(?P<label>.*?[^\d\s.,/\-—])[\s|]*(?P<figures>[\d/\-—][\d\s.,/\-—|]*)$", re.DOTALL)

_BETWEEN = re.compile(r"[\t|│┃║]|\s{2,}")
_RULING = re.compile(r"[-|:+=\s\u2500-\u257f]*[-=\u2500-\u257f]{3}[-|:+=\s\u2500-\u257f]*")  # ├──┼──┤ |---|---|


def has_requests_table(blocks: Sequence[Block]) -> bool:
    """Whether a marked table holds rows of the requests table."""
    labels = _books()
    for block in blocks:
        if not isinstance(block, Table):
            continue
        hits = 0
        for row in block.rows:
            words = [key(cell.text) for cell in row.cells if cell.text.strip()]
            hits += any(len(word) > 3 and _names_row(word, labels) for word in words)
            if hits >= 3:
                return True
    return False


def _names_row(word: str, labels: Sequence[LabelBook]) -> bool:
    return any(max(one.exact(word, word).values(), default=0.0) >= EXACT for one in labels)


def gather_loose(document: Document) -> Document:
    """The same document with the lines of the form's tables as tables; unchanged when it has marked ones."""
    if has_requests_table(document.blocks):
        return document
    blocks: list[Block] = []
    rows: list[Row] = []
    headings = {heading.block: heading.key for heading in find_headings(document)}
    start = min((at for at, name in headings.items() if name in _TABLES), default=len(document.blocks))
    stop = min(
        (at for at, name in headings.items() if at > start and name not in _TABLES), default=len(document.blocks)
    )
    for at, block in enumerate(document.blocks):
        if not isinstance(block, Paragraph) or not block.text.strip():
            blocks.append(block)
            continue
        if start < at < stop and at not in headings and _tabular(block.text):
            rows += _rows(block)
            continue
        if rows:
            blocks.append(Table(tuple(_merge(rows)), aligned=False, place=rows[0].cells[0].place))
            rows = []
        blocks.append(block)
    if rows:
        blocks.append(Table(tuple(_merge(rows)), aligned=False, place=rows[0].cells[0].place))
    if len(blocks) == len(document.blocks):
        return document
    return replace(document, blocks=tuple(blocks), fidelity="text" if document.lossless else document.fidelity)


_TABLES = frozenset(["proactive_disclosure", "requests", "challenges"])  # sections that hold tables


def _tabular(text: str) -> bool:
    """A sentence is no cell."""
    return "。" not in text and len(text) <= 200


def _rows(block: Paragraph) -> list[Row]:
    """The cells of one line; figures at its end are taken apart at white space."""
    rows: list[Row] = []
    for offset, line in enumerate(block.text.splitlines()):
        place = block.place
        if place and place.line is not None:
            place = Place(line=place.line + offset, column=place.column)
        text = line.strip()
        cells = [part.strip() for part in _BETWEEN.split(text)] if text and not _RULING.fullmatch(text) else []
        flat = [piece for cell in cells for piece in _pieces(cell)]
        if flat:
            rows.append(Row(tuple(RawCell(piece, place, at) for at, piece in enumerate(flat))))
    return rows


def _pieces(cell: str) -> list[str]:
    words = _APART.sub(r"\1\2", cell).split()
    first = next((at for at, word in enumerate(words) if is_value(word)), len(words))
    figures = sum(is_value(word) for word in words[first:])
    if figures and figures * 2 > len(words) - first and not _is_label(squeeze(cell)):
        edge = next((at for at in range(1, first) if _names_row(key("".join(words[:at])), _books())), first)
        return [" ".join(words[:edge]), *words[edge:]] if edge else words
    match = _TAIL.match(cell)
    if match and not _is_label(squeeze(cell)):
        return [match["label"].strip(), *match["figures"].split()]
    return [cell] if cell else []


def _is_label(text: str) -> bool:
    return text.endswith(("。", "：", ":")) or "第二十条" in text


def _merge(rows: Sequence[Row]) -> list[Row]:
    """Lines with nothing but figures belong to the label above them; so does a word among the figures: 若干.

    Figures of one row on several lines are in order when each has a line of its own, and in none that can be relied on
    when a line has several: a column that stands higher than the others."""
    merged: list[list[RawCell]] = []
    most = 0  # figures on one line of the row so far
    for row in rows:
        figures = sum(is_value(cell.text) for cell in row.cells)
        ordered = not most or (most == 1 and figures <= 1)
        if merged and ordered and (_only_figures(row) or _word_among_figures(row, merged[-1])):
            merged[-1] += row.cells
            most = max(most, figures)
        else:
            merged.append(list(row.cells))
            most = figures
    return [Row(tuple(RawCell(c.text, c.place, at) for at, c in enumerate(cells))) for cells in merged]


def _only_figures(row: Row) -> bool:
    return all(is_value(cell.text) or cell.text.isdigit() for cell in row.cells)


def _word_among_figures(row: Row, above: Sequence[RawCell]) -> bool:
    """One short word that the form does not know, where the row above is one of the form's and short of figures."""
    if len(row.cells) != 1 or len(row.cells[0].text) > 6 or key(row.cells[0].text) in _words():
        return False
    return len(above) - 1 < _widths().get(key(above[0].text), 0)


@cache
def _widths() -> dict[str, int]:
    """How many figures a row wants, by the key of its label."""
    widths: dict[str, int] = {}
    for form in map(load_form, FORMS):
        for table in form.tables.values():
            for row in () if table.one_row else table.rows:
                for label in (row.label, *row.aliases):
                    widths[key(label)] = len(table.keys(row))
    return widths


@cache
def _words() -> frozenset[str]:
    """Every label, group and column name of the forms."""
    words = set(_widths()) | {"三本年度办理结果"}
    for form in map(load_form, FORMS):
        for table in form.tables.values():
            words |= {key(column.label) for column in table.columns} | {key(row.group) for row in table.rows}
            words |= {key(head) for head in table.heads}
            words |= {key(row.label) for row in table.rows}
    return frozenset(words)


@cache
def _books() -> tuple[LabelBook, ...]:
    return tuple(book(name, "requests") for name in FORMS)
