"""Reports as PDF with text: ruled and unruled tables, over pages, with running heads and page numbers."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from tools.corpus.layout import Block, Grid

_WQY = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")


@cache
def _fonts() -> tuple[str, ...]:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    names = ["STSong-Light"]
    if _WQY.exists():
        pdfmetrics.registerFont(TTFont("WQY", str(_WQY), subfontIndex=0))
        names.append("WQY")
    return tuple(names)


def write_pdf(rng: Random, blocks: Iterable[Block], ruled: bool = True, numbered: bool = True) -> bytes:
    font = rng.choice(_fonts())
    body = ParagraphStyle("body", fontName=font, fontSize=14, leading=24, firstLineIndent=28, wordWrap="CJK")
    head = ParagraphStyle("head", parent=body, fontSize=rng.choice([14, 16]))
    title = ParagraphStyle("title", parent=body, fontSize=20, leading=32, alignment=TA_CENTER, firstLineIndent=0)
    sign = ParagraphStyle("sign", parent=body, alignment=TA_RIGHT)
    cell = ParagraphStyle(
        "cell", fontName=font, fontSize=rng.choice([8, 9]), leading=12, alignment=TA_CENTER, wordWrap="CJK"
    )
    styles = {"title": title, "heading": head, "paragraph": body, "signature": sign}
    wide = rng.random() < 0.15
    flow: list[Any] = []
    for block in blocks:
        if block.grid is not None:
            flow += [_table(rng, block.grid, cell, ruled, wide), Spacer(1, 10)]
        else:
            flow.append(Paragraph(escape(block.text), styles[block.kind]))
    out = BytesIO()
    page = landscape(A4) if wide else A4
    margin = rng.choice([56, 72, 85])
    document = SimpleDocTemplate(
        out, pagesize=page, leftMargin=margin, rightMargin=margin, topMargin=70, bottomMargin=64
    )
    style = rng.choice(["- {} -", "{}", "第{}页", "— {} —", ""])

    def furniture(canvas: Any, template: Any) -> None:
        canvas.setFont(font, 10)
        if style and numbered:
            canvas.drawCentredString(page[0] / 2, 32, style.format(canvas.getPageNumber()))

    document.build(flow, onFirstPage=furniture, onLaterPages=furniture)
    return out.getvalue()


def _table(rng: Random, grid: Grid, cell: ParagraphStyle, ruled: bool, wide: bool) -> Any:
    data: list[list[Any]] = [[""] * grid.width for _ in range(grid.height)]
    style: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    if ruled:
        style.append(("GRID", (0, 0), (-1, -1), rng.choice([0.4, 0.5, 1]), colors.black))
    for c in grid.cells:
        data[c.row][c.column] = Paragraph(escape(c.text), cell)
        if c.rows > 12:  # reportlab cannot part a spanned cell over pages: rule it as three cells
            style.append(("SPAN", (c.column, c.row), (c.column, c.row)))
        elif c.rows > 1 or c.columns > 1:
            last = (c.column + c.columns - 1, c.row + c.rows - 1)
            style.append(("SPAN", (c.column, c.row), last))
    full = 660.0 if wide else 420.0
    widths = [full / grid.width] * grid.width
    if grid.width == 10:
        unit = full / 100
        widths = [7 * unit, 11 * unit, 26 * unit, *[8 * unit] * 7]
    return Table(
        data,
        colWidths=widths,
        style=TableStyle(style),
        repeatRows=3 if grid.width == 10 and rng.random() < 0.3 else 0,
        splitByRow=1,
    )


def print_html(page: bytes) -> bytes:
    """The PDF that Chromium prints of a page. Needs the browser."""
    browser = shutil.which("chromium-headless-shell") or shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "page.html", Path(folder) / "page.pdf"
        source.write_bytes(page)
        command = [browser, "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
        subprocess.run(
            [*command, f"--print-to-pdf={target}", source.as_uri()], check=True, capture_output=True, timeout=60
        )
        return target.read_bytes()
