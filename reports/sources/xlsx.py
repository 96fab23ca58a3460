"""Reads XLSX: merged cells as cells with spans, lone cells as paragraphs. Formulas count by their stored result."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from reports.document import Block, Document, Fidelity, Paragraph, Table
from reports.fold import key
from reports.form import load_form
from reports.model import Place, Unreadable
from reports.sources.grid import Spanned, spread
from reports.sources.package import open_package, parse_xml, read_part

# what openpyxl raises over parts that are XML, but no workbook
_BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, OSError, KeyError, ValueError, TypeError,
    IndexError, AttributeError, AssertionError,
)  # fmt: skip
MAX_ROWS = 5_000
MAX_COLUMNS = 200


def read_xlsx(data: bytes) -> Document:
    """Raises Unreadable."""
    package = open_package(data)
    parts = {name: read_part(package, name) for name in package.namelist()}
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            parse_xml(part, name)
    try:
        book = openpyxl.load_workbook(BytesIO(data), data_only=True)
    except _BROKEN as error:
        raise Unreadable("broken", f"not a whole workbook: {error}") from error
    blocks: list[Block] = []
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            blocks += _sheet(sheet)
    if not blocks:
        raise Unreadable("empty", "the workbook holds nothing")
    # a formula that was never calculated shows nothing: its cell is not the organ's blank
    uncalculated = any(b"<f" in part and b"</f></c>" in part for name, part in parts.items() if "worksheets/" in name)
    fidelity: Fidelity = "drawn" if uncalculated else "exact"
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Document(media, fidelity, tuple(blocks), ())


def _sheet(sheet: Any) -> Iterator[Block]:
    """Rows with one cell are prose, unless they stand in the middle of a table."""
    height, width = min(sheet.max_row or 0, MAX_ROWS), min(sheet.max_column or 0, MAX_COLUMNS)
    spans, covered = _merged(sheet)
    rows: list[list[Spanned]] = []
    empty = 0
    for r in range(1, height + 1):
        cells = [
            Spanned(show(sheet.cell(r, c).value), *spans.get((r, c), (1, 1)), _place(sheet.title, r, c))
            for c in range(1, width + 1)
            if (r, c) not in covered
        ]
        filled = [cell for cell in cells if cell.text]
        hanging = any(
            (r, c) in covered and (r, c) not in spans for c in range(1, width + 1) if covered.get((r, c)) != r
        )
        if not filled and not hanging:
            empty += 1
            if empty == 1 and rows:
                yield from _flush(rows)
                rows = []
            continue
        empty = 0
        if len(filled) == 1 and _is_prose(filled[0], rows, width):
            yield from _flush(rows)
            rows = []
            for line in filled[0].text.splitlines():
                if line.strip():
                    yield Paragraph(line.strip(), filled[0].place)
            continue
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


def _merged(sheet: Any) -> tuple[dict[tuple[int, int], tuple[int, int]], dict[tuple[int, int], int]]:
    """Where merged cells begin, with their height and width; and each place that one covers, with its first row."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    covered: dict[tuple[int, int], int] = {}
    for area in list(sheet.merged_cells.ranges)[:5000]:
        high, wide = min(area.max_row - area.min_row + 1, MAX_ROWS), min(area.max_col - area.min_col + 1, MAX_COLUMNS)
        spans[area.min_row, area.min_col] = (high, wide)
        if high * wide > 100_000:
            continue
        for r in range(area.min_row, area.min_row + high):
            for c in range(area.min_col, area.min_col + wide):
                if (r, c) != (area.min_row, area.min_col):
                    covered[r, c] = area.min_row
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
