"""A report as a PDF with text, ruled tables and page numbers. The same report gives the same bytes at every start."""

from __future__ import annotations

import functools
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.platypus import (
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

from sample.compose import Block, Document
from sample.looks import spell
from sample.tables import Grid

FONT = "STSong-Light"  # one of the CID fonts that every PDF reader replaces by its own; nothing is embedded
WIDTHS = {
    "proactive_disclosure": [150, 105, 105, 105],
    "requests": [34, 52, 128, 38, 38, 38, 38, 38, 34, 34],
    "challenges": [31.5] * 15,
}


@functools.cache
def _styles() -> dict[str, Any]:
    registerFont(UnicodeCIDFont(FONT))
    body = ParagraphStyle("body", fontName=FONT, fontSize=12, leading=22, firstLineIndent=24, wordWrap="CJK")
    return {
        "paragraph": body,
        "heading": ParagraphStyle("heading", parent=body, fontSize=13, spaceBefore=6, spaceAfter=4),
        "signature": ParagraphStyle("signature", parent=body, alignment=TA_RIGHT),
        "title": ParagraphStyle("title", parent=body, fontSize=18, leading=30, alignment=TA_CENTER, firstLineIndent=0),
        "cell": ParagraphStyle(
            "cell", parent=body, fontSize=8, leading=10, alignment=TA_CENTER, firstLineIndent=0, wordWrap="CJK"
        ),
    }


def _table(grid: Grid, look: str) -> Any:
    style = _styles()["cell"]
    rows: list[list[Any]] = [[""] * grid.width for _ in range(grid.height)]
    commands: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ]
    for cell in grid.cells:
        text = "<br/>".join(escape(line) for line in spell(cell, look).split("\n"))
        rows[cell.row][cell.column] = Paragraph(text, style)
        if cell.rows > 1 or cell.columns > 1:
            corner = (cell.column + cell.columns - 1, cell.row + cell.rows - 1)
            commands.append(("SPAN", (cell.column, cell.row), corner))
    return Table(rows, colWidths=WIDTHS[grid.key], style=commands)


def _flow(block: Block, document: Document) -> list[Any]:
    styles = _styles()
    if block.kind == "chart":
        return [Spacer(1, 60)]  # the picture did not survive the conversion
    if block.kind != "table":
        return [Paragraph(escape(block.text), styles[block.kind])]
    assert block.grid is not None, "a table block has its grid"
    flow: list[Any] = []
    for part in block.grid.split(document.breaks):
        flow += [_table(part, document.look), PageBreak()]
    return [*flow[:-1], Spacer(1, 8)]


def _page_number(canvas: Any, _template: Any) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(A4[0] / 2, 28, f"- {canvas.getPageNumber()} -")


def write_pdf(document: Document) -> bytes:
    """PDF 1.4 without dates of the day: reportlab's invariant mode fixes dates and ids."""
    out = BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=A4,
        invariant=1,
        title=document.title,
        leftMargin=60,
        rightMargin=60,
        topMargin=60,
        bottomMargin=56,
    )
    flow = [Paragraph(escape(document.title), _styles()["title"]), Spacer(1, 10)]
    for block in document.blocks:
        flow += _flow(block, document)
    template.build(flow, onFirstPage=_page_number, onLaterPages=_page_number)
    return out.getvalue()
