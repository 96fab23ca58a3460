"""Reports as XLS, the workbooks of before 2007."""

from __future__ import annotations

import io
from collections.abc import Iterable

import xlwt

from tools.corpus.layout import Block


def write_xls(parts: Iterable[Block]) -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("报告")
    r = 0
    for block in parts:
        if block.grid is None:
            sheet.write_merge(r, r, 0, 9, block.text)
            r += 1
            continue
        for cell in block.grid.cells:
            value = float(cell.text) if cell.value and cell.text.replace(".", "").isdigit() else cell.text
            top, left = r + cell.row, cell.column
            sheet.write_merge(top, top + cell.rows - 1, left, left + cell.columns - 1, value)
        r += block.grid.height
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
