"""Reports as DOCX and XLSX."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from io import BytesIO
from random import Random

import docx
from openpyxl import Workbook

from tools.corpus.layout import Block, Grid


def write_docx(rng: Random, blocks: Iterable[Block]) -> bytes:
    word = docx.Document()
    for block in blocks:
        if block.grid is not None:
            _word_table(word, block.grid)
        else:
            word.add_paragraph().add_run(block.text)
    out = BytesIO()
    word.save(out)
    return out.getvalue()


def _word_table(word: docx.document.Document, grid: Grid) -> None:
    table = word.add_table(grid.height, grid.width, style="Table Grid")
    places = table._cells
    for cell in grid.cells:
        place = places[cell.row * grid.width + cell.column]
        if cell.rows > 1 or cell.columns > 1:
            place = place.merge(places[(cell.row + cell.rows - 1) * grid.width + cell.column + cell.columns - 1])
        place.paragraphs[0].add_run(cell.text)


def write_xlsx(rng: Random, blocks: Iterable[Block]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    r = 1
    split = rng.random() < 0.3
    for block in blocks:
        if split and block.kind == "heading":
            sheet = book.create_sheet(f"第{len(book.sheetnames)}部分")
            r = 1
        if block.grid is None:
            sheet.cell(r, 1, block.text)
            sheet.merge_cells(start_row=r, start_column=1, end_row=r, end_column=10)
            r += 1
            continue
        for cell in block.grid.cells:
            sheet.cell(r + cell.row, 1 + cell.column, _typed(rng, cell.text) if cell.value else cell.text)
            if cell.rows > 1 or cell.columns > 1:
                sheet.merge_cells(
                    start_row=r + cell.row, start_column=1 + cell.column,
                    end_row=r + cell.row + cell.rows - 1, end_column=cell.column + cell.columns,
                )  # fmt: skip
        r += block.grid.height + rng.randint(0, 1)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _typed(rng: Random, text: str) -> str | int | float | None:
    """Mostly numbers as numbers; sometimes as text."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return text or None
    if rng.random() < 0.1:
        return text
    return int(number) if number == number.to_integral_value() and "." not in text else float(number)
