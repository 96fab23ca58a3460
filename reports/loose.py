"""Tables that a source does not mark as tables: one cell a line without tabs, rows in `div`s, `pre` or `p`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from reports.document import Block, Document, Paragraph, RawCell, Row, Table
from reports.fold import fold, key, squeeze
from reports.form import FORMS, load_form
from reports.labels import EXACT, LabelBook, book
from reports.model import Place
from reports.numbers import is_value
from reports.prose import find_headings

_APART = re.compile(r"(?<!\S)(\d{1,2})\s*([.．、])\s*(?=[\u4e00-\u9fff])")  # 1 . 属于… is a label with its number
_TAIL = re.compile(r"^(?P<label>.*?[^\d\s.,/\-—])[\s|]*(?P<figures>[\d/\-—][\d\s.,/\-—|]*)$", re.DOTALL)

_TOUCHED = re.compile(r"^(.*[\u4e00-\u9fff）)”、，])(\d[\d.,]*)$")
_BARS = re.compile(r"[|│┃║]")
_FRAME = re.compile(r"^\s*[|│┃║]|[|│┃║]\s*$")
_BETWEEN = re.compile(r"\t|\s{2,}")
_RULING = re.compile(r"[-|:+=\s\u2500-\u257f]*[-=\u2500-\u257f]{3}[-|:+=\s\u2500-\u257f]*")  # ├──┼──┤ |---|---|


_TELLING = 8  # rows by their names


def has_requests_table(blocks: Sequence[Block]) -> bool:
    """Whether a marked table holds rows of the requests table: more than the few that a comparison of years shows."""
    labels = _books()
    for block in blocks:
        if not isinstance(block, Table):
            continue
        hits = 0
        for row in block.rows:
            words = [key(cell.text) for cell in row.cells if cell.text.strip()]
            hits += any(len(word) > 3 and _names_row(word, labels) for word in words)
            if hits >= _TELLING:
                return True
    return False


def _names_row(word: str, labels: Sequence[LabelBook]) -> bool:
    return any(max(one.exact(word, word).values(), default=0.0) >= EXACT for one in labels)


def gather_loose(document: Document) -> Document:
    """The same document with the lines of the form's tables as tables; unchanged where it has marked ones."""
    loose = _loose(document)
    if not loose:
        return document
    blocks: list[Block] = []
    rows: list[Row] = []
    for at, block in enumerate(document.blocks):
        if isinstance(block, Paragraph) and at in loose:
            rows += _rows(block)
            continue
        if rows and isinstance(block, Paragraph) and block.text.strip():
            blocks.append(Table(tuple(_merge(rows)), aligned=False, place=rows[0].cells[0].place))
            rows = []
        blocks.append(block)
    if rows:
        blocks.append(Table(tuple(_merge(rows)), aligned=False, place=rows[0].cells[0].place))
    return replace(document, blocks=tuple(blocks), fidelity="text" if document.lossless else document.fidelity)


def _loose(document: Document) -> frozenset[int]:
    """The paragraphs that are lines of the form's tables; where some are marked, those of the sections without."""
    marked = has_requests_table(document.blocks)
    headings = find_headings(document)
    tables = [heading.block for heading in headings if heading.key in _TABLES]
    if not tables:
        return frozenset()
    starts = [heading.block for heading in headings]
    start = min(tables)
    stop = min((h.block for h in headings if h.block > start and h.key not in _TABLES), default=len(document.blocks))
    if not marked:
        return frozenset(at for at in range(start + 1, stop) if at not in starts and _tabular(document.blocks[at]))
    found: set[int] = set()
    for begin in tables:
        end = min((other for other in starts if other > begin), default=len(document.blocks))
        inside = document.blocks[begin + 1 : end]
        if not any(isinstance(block, Table) for block in inside) and _looks_like_a_table(inside):
            found |= {at for at in range(begin + 1, end) if _tabular(document.blocks[at])}
    return frozenset(found)


def _looks_like_a_table(blocks: Sequence[Block]) -> bool:
    """Several of the form's words, and figures enough for its smallest table."""
    cells = [c.text for b in blocks if isinstance(b, Paragraph) and _tabular(b) for row in _rows(b) for c in row.cells]
    words = sum(key(word) in _words() for cell in cells for word in cell.split())
    return words >= 3 and sum(is_value(cell) for cell in cells) >= 6


_TABLES = frozenset(["proactive_disclosure", "requests", "challenges"])  # sections that hold tables


def _tabular(block: Block) -> bool:
    """A sentence is no cell."""
    return isinstance(block, Paragraph) and bool(fold(block.text)) and "。" not in block.text and len(block.text) <= 200


def _rows(block: Paragraph) -> list[Row]:
    """The cells of one line; figures at its end are taken apart at white space."""
    rows: list[Row] = []
    for offset, line in enumerate(block.text.splitlines()):
        place = block.place
        if place and place.line is not None:
            place = Place(line=place.line + offset, column=place.column)
        text = line.strip()
        flat = [] if _RULING.fullmatch(text) else _cells(text)
        if any(flat):
            rows.append(Row(tuple(RawCell(piece, place, at) for at, piece in enumerate(flat))))
    return rows


def _cells(line: str) -> list[str]:
    """The line's cells; an empty one counts where bars show it: | 2.重复申请 | 1 | | 0 |."""
    line = _FRAME.sub("", line)
    if len(drawn := _BARS.split(line)) > 1:
        return [piece for part in drawn for piece in _cells(part.strip()) or [""]]
    return [piece for part in _BETWEEN.split(line) for piece in _pieces(part.strip()) if fold(piece)]


def _pieces(cell: str) -> list[str]:
    words = _APART.sub(r"\1\2", cell).split()
    first = next((at for at, word in enumerate(words) if is_value(word)), len(words))
    figures = sum(is_value(word) for word in words[first:])
    if figures and figures * 2 > len(words) - first and not _is_label(squeeze(cell)):
        edge = next((at for at in range(1, first) if _names_row(key("".join(words[:at])), _books())), first)
        return [*_label(" ".join(words[:edge])), *words[edge:]] if edge else words
    match = _TAIL.match(cell)
    if match and not _is_label(squeeze(cell)):
        return [match["label"].strip(), *match["figures"].split()]
    return [cell] if cell else []


def _label(text: str) -> list[str]:
    """A full line of a label may touch the first figure: …要求缴纳费用、24. No label ends with a digit."""
    match = _TOUCHED.match(text)
    return [match[1], match[2]] if match else [text]


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
