"""Reads XLS (BIFF), the workbooks of before 2007, into the same rows as XLSX."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import xlrd
from xlrd.compdoc import CompDocError

from reports.document import Block, Document
from reports.model import Unreadable
from reports.sources.sheet import MAX_COLUMNS, MAX_ROWS, Sheet, sheet_blocks, show

# what xlrd raises over bytes that are no workbook
_BROKEN = (
    xlrd.XLRDError, CompDocError, struct.error, AssertionError, IndexError, KeyError, ValueError, TypeError,
    AttributeError, OverflowError, UnicodeError, MemoryError,
)  # fmt: skip


def read_xls(data: bytes) -> Document:
    """Raises Unreadable."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=_Silent())
        blocks = tuple(block for sheet in book.sheets() if sheet.visibility == 0 for block in _sheet(book, sheet))
    except _BROKEN as error:
        state = "encrypted" if "encrypted" in str(error).lower() else "broken"
        raise Unreadable("encrypted" if state == "encrypted" else "broken", f"workbook: {error}") from error
    if not blocks:
        raise Unreadable("empty", "the workbook holds nothing")
    return Document("application/vnd.ms-excel", "exact", blocks)


class _Silent:
    """xlrd writes its warnings to a file."""

    def write(self, text: str) -> None: ...


def _sheet(book: Any, sheet: Any) -> Iterator[Block]:
    height, width = min(sheet.nrows, MAX_ROWS), min(sheet.ncols, MAX_COLUMNS)
    values = {
        (r + 1, c + 1): _value(book, sheet.cell(r, c))
        for r in range(height)
        for c in range(min(width, sheet.row_len(r)))
    }
    areas = [(r0 + 1, c0 + 1, r1 - r0, c1 - c0) for r0, r1, c0, c1 in sheet.merged_cells[:5000]]
    return sheet_blocks(Sheet(sheet.name, height, width, values, areas))


def _value(book: Any, cell: Any) -> str:
    if cell.ctype == xlrd.XL_CELL_DATE:
        year, month, day, *_ = xlrd.xldate_as_tuple(cell.value, book.datemode)
        return f"{year}年{month}月{day}日"
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return ""
    return show(cell.value)
