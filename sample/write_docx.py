"""A report as a Word document with merged cells. The same report gives the same bytes at every start."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from sample.compose import Document
from sample.looks import spell
from sample.tables import Grid

STAMP = (2024, 1, 1, 0, 0, 0)  # of every part of the zip


def _table(word: WordDocument, grid: Grid, look: str) -> None:
    table = word.add_table(grid.height, grid.width, style="Table Grid")
    places = table._cells  # Table.cell() rebuilds this list at every call: 280 times for one table
    for cell in grid.cells:
        place = places[cell.row * grid.width + cell.column]
        if cell.rows > 1 or cell.columns > 1:
            last = (cell.row + cell.rows - 1) * grid.width + cell.column + cell.columns - 1
            place = place.merge(places[last])
        paragraph = place.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(spell(cell, look)).font.size = Pt(9)


def _properties(word: WordDocument, document: Document) -> None:
    moment = datetime(*STAMP)
    properties = word.core_properties
    properties.title, properties.author, properties.last_modified_by = document.title, "", ""
    properties.created = properties.modified = moment
    style = word.styles["Normal"]
    style.font.name, style.font.size = "仿宋", Pt(14)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")


def _fixed(data: bytes) -> bytes:
    """The same zip with fixed dates: python-docx stamps its parts with the time of day."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(name))
    return out.getvalue()


def write_docx(document: Document) -> bytes:
    """A .docx; a chart is left out."""
    word = docx.Document()
    _properties(word, document)
    title = word.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(document.title).bold = True
    for block in document.blocks:
        if block.kind == "table":
            assert block.grid is not None, "a table block has its grid"
            _table(word, block.grid, document.look)
        elif block.kind != "chart":
            paragraph = word.add_paragraph()
            paragraph.add_run(block.text).bold = block.kind == "heading"
            if block.kind == "signature":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    out = BytesIO()
    word.save(out)
    return _fixed(out.getvalue())
