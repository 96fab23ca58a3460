"""Tables that a source does not mark as tables: one cell a line without tabs, rows in `div`s, `pre` or `p`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from reports.document import Block, Document, Paragraph, RawCell, Row, Table
from reports.fold import key, squeeze
from reports.form import FORMS, load_form
from reports.labels import EXACT, LabelBook, book
from reports.model import Place
from reports.numbers import is_value

_TAIL = re.compile(r"^(?P<label>.*?[^\d\s.,/\-—])[\s|]*(?P<figures>[\d/\-—][\d\s.,/\-—|]*)$", re.DOTALL)


def has_requests_table(blocks: Sequence[Block]) -> bool:
    """Whether a marked table holds rows of the requests table."""
    labels = [book(name, "requests") for name in FORMS]
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
    inside = False
    for block in document.blocks:
        if not isinstance(block, Paragraph) or not block.text.strip():
            blocks.append(block)
            continue
        inside = _inside(block, inside)
        if inside and _tabular(block.text):
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


_SECTIONS = {key(section.label): at for at, section in enumerate(load_form("ogi-2021").sections)}


def _inside(block: Paragraph, inside: bool) -> bool:
    """Sections two to four hold tables."""
    word = re.sub(r"^[一二三四五六七八九十]", "", key(block.text)[:60])
    at = _SECTIONS.get(word)
    if at is None and inside and word.startswith("存在的") and len(word) < 24:
        return False
    return inside if at is None else 1 <= at <= 3


def _tabular(text: str) -> bool:
    """A heading of a section is not a cell, nor is a sentence."""
    word = re.sub(r"^[一二三四五六七八九十]", "", key(text)[:60])
    return word not in _SECTIONS and "。" not in text and len(text) <= 200


def _rows(block: Paragraph) -> list[Row]:
    """The cells of one line; figures at its end are taken apart at white space."""
    rows: list[Row] = []
    for offset, line in enumerate(block.text.splitlines()):
        place = block.place
        if place and place.line is not None:
            place = Place(line=place.line + offset, column=place.column)
        text = line.strip()
        cells = [part.strip() for part in re.split(r"\t|\||\s{2,}", text)] if text else []
        flat = [piece for cell in cells for piece in _pieces(cell)]
        if flat:
            rows.append(Row(tuple(RawCell(piece, place, at) for at, piece in enumerate(flat))))
    return rows


def _pieces(cell: str) -> list[str]:
    words = cell.split()
    first = next((at for at, word in enumerate(words) if is_value(word)), len(words))
    figures = sum(is_value(word) for word in words[first:])
    if figures and figures * 2 > len(words) - first and not _is_label(squeeze(cell)):
        return [" ".join(words[:first]), *words[first:]] if first else words
    match = _TAIL.match(cell)
    if match and not _is_label(squeeze(cell)):
        return [match["label"].strip(), *match["figures"].split()]
    return [cell] if cell else []


def _is_label(text: str) -> bool:
    return text.endswith(("。", "：", ":")) or "第二十条" in text


def _merge(rows: Sequence[Row]) -> list[Row]:
    """Lines with nothing but figures belong to the label above them."""
    merged: list[list[RawCell]] = []
    for row in rows:
        figures = all(is_value(cell.text) or cell.text.isdigit() for cell in row.cells)
        if figures and merged:
            merged[-1] += row.cells
        else:
            merged.append(list(row.cells))
    return [Row(tuple(RawCell(c.text, c.place, at) for at, c in enumerate(cells))) for cells in merged]
