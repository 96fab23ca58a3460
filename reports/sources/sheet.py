"""Rows of a worksheet, whatever file they come from: merged cells as cells with spans, lone cells as paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl.utils import get_column_letter

from reports.document import Block, Paragraph, Table
from reports.fold import key
from reports.form import load_form
from reports.model import Place
from reports.sources.grid import Spanned, spread

MAX_ROWS = 5_000
MAX_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows and columns count from 1. `areas`: first row, first column, height and width of each merged cell."""

    name: str
    height: int
    width: int
    values: Mapping[tuple[int, int], str]
    areas: Sequence[tuple[int, int, int, int]]


def sheet_blocks(sheet: Sheet) -> Iterator[Block]:
    """Rows with one cell are prose, unless they stand in the middle of a table."""
    spans, covered = _merged(sheet)
    rows: list[list[Spanned]] = []
    for r in range(1, sheet.height + 1):
        cells = [
            Spanned(sheet.values.get((r, c), ""), *spans.get((r, c), (1, 1)), _place(sheet.name, r, c))
            for c in range(1, sheet.width + 1)
            if (r, c) not in covered
        ]
        filled = [cell for cell in cells if cell.text]
        hanging = any(covered.get((r, c), r) != r for c in range(1, sheet.width + 1))
        if not filled and not hanging:
            yield from _flush(rows)
            rows = []
        elif len(filled) == 1 and _is_prose(filled[0], rows, sheet.width):
            yield from _flush(rows)
            rows = []
            for line in filled[0].text.splitlines():
                if line.strip():
                    yield Paragraph(line.strip(), filled[0].place)
        else:
            rows.append(cells)
    yield from _flush(rows)


_HEADINGS = {key(section.label) for section in load_form("ogi-2021").sections}


def _is_prose(cell: Spanned, rows: list[list[Spanned]], width: int) -> bool:
    text = key(cell.text)
    if len(text) > 60 or text in _HEADINGS or text[1:] in _HEADINGS:
        return True
    if re.match("[一二三四五六七]、", cell.text) and not re.search("本年|上年结转|结转下年", text):
        return True
    return not rows or (cell.columns >= max(5, width - 2) and "第二十条" not in text)


def _flush(rows: list[list[Spanned]]) -> Iterator[Block]:
    if rows:
        yield Table(tuple(spread(rows)), aligned=True, place=rows[0][0].place if rows[0] else None)


def _merged(sheet: Sheet) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[tuple[int, int], int]]:
    """Where merged cells begin, with height and width; and each place that one covers, with its first row."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: dict[tuple[int, int], int] = {}
    for row, column, high, wide in sheet.areas[:5000]:
        spans[row, column] = (min(high, MAX_ROWS), min(wide, MAX_COLUMNS))
        if high * wide > 100_000:
            continue
        for r in range(row, row + high):
            for c in range(column, column + wide):
                if (r, c) != (row, column):
                    covered[r, c] = row
    return spans, covered


def _place(sheet: str, row: int, column: int) -> Place:
    return Place(path=f"{sheet}!{get_column_letter(column)}{row}")


def show(value: object) -> str:
    """A cell's value as it would be typed: 2.53, not 2.5299999999999998."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(round(value, 9))
    if isinstance(value, (datetime, date)):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value).strip()
