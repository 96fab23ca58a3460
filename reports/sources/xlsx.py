"""Reads XLSX: merged cells as cells with spans, lone cells as paragraphs. Formulas count by their stored result."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from reports.document import Block, Document, Fidelity
from reports.model import Unreadable
from reports.sources.package import open_package, parse_xml, read_part
from reports.sources.sheet import MAX_COLUMNS, MAX_ROWS, Sheet, sheet_blocks, show

# what openpyxl raises over parts that are XML, but no workbook
_BROKEN = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, SyntaxError, OSError, KeyError, ValueError, TypeError,
    IndexError, AttributeError, AssertionError,
)  # fmt: skip


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
            blocks += sheet_blocks(_plain(sheet))
    if not blocks:
        raise Unreadable("empty", "the workbook holds nothing")
    # a formula that was never calculated shows nothing: its cell is not the organ's blank
    uncalculated = any(b"<f" in part and b"</f></c>" in part for name, part in parts.items() if "worksheets/" in name)
    fidelity: Fidelity = "drawn" if uncalculated else "exact"
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Document(media, fidelity, tuple(blocks), ())


def _plain(sheet: Any) -> Sheet:
    height, width = min(sheet.max_row or 0, MAX_ROWS), min(sheet.max_column or 0, MAX_COLUMNS)
    values = {
        (r, c): show(value)
        for r, row in enumerate(sheet.iter_rows(1, height, 1, width, values_only=True), 1)
        for c, value in enumerate(row, 1)
        if value is not None
    }
    areas = [
        (area.min_row, area.min_col, area.max_row - area.min_row + 1, area.max_col - area.min_col + 1)
        for area in sheet.merged_cells.ranges
    ]
    return Sheet(sheet.title, height, width, values, areas)
