"""PDF as printers make it: ruled and open tables, cut by pages, narrow columns, radicals, watermarks, pages on their side."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from random import Random
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table
from reportlab.platypus.doctemplate import LayoutError

from tools.corpus.thirds.facts import Facts
from tools.corpus.thirds.grids import Grid, split
from tools.corpus.thirds.words import Document

FONT = "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"
RADICALS = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0x2F00, 0x2FD6)}


def radical(text: str, rng: Random) -> str:
    return "".join(RADICALS.get(c, c) if rng.random() < 0.8 else c for c in text)


def _font() -> str:
    """The font that setup installs, else one that every reader of PDF has."""
    if "thirds" in pdfmetrics.getRegisteredFontNames():
        return "thirds"
    if not Path(FONT).exists():
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        return "STSong-Light"
    pdfmetrics.registerFont(TTFont("thirds", FONT))
    return "thirds"


def _style(grid: Grid, ruled: str, rng: Random) -> list[Any]:
    style: list[Any] = [
        ("FONT", (0, 0), (-1, -1), _font(), rng.choice([8, 9, 10])),
        ("VALIGN", (0, 0), (-1, -1), rng.choice(["MIDDLE", "TOP"])),
    ]
    style.append(("ALIGN", (0, 0), (-1, -1), rng.choice(["CENTER", "CENTER", "LEFT", "RIGHT"])))
    for r, row in enumerate(grid.filled()):
        for c, cell in enumerate(row):
            if cell is not None and (cell.rows > 1 or cell.cols > 1):
                style.append(("SPAN", (c, r), (c + cell.cols - 1, min(r + cell.rows, len(grid.rows)) - 1)))
    if ruled == "ruled":
        style.append(("GRID", (0, 0), (-1, -1), rng.choice([0.25, 0.5, 1]), colors.black))
    elif ruled == "rows":
        style.append(("LINEBELOW", (0, 0), (-1, -1), 0.4, colors.grey))
    elif ruled == "shaded":
        style += [("BACKGROUND", (0, r), (-1, r), colors.whitesmoke) for r in range(0, len(grid.rows), 2)]
    return style


def _table(grid: Grid, ruled: str, width: float, rng: Random) -> Table:
    size = rng.choice([7, 8, 9])
    body = ParagraphStyle(
        "cell", fontName=_font(), fontSize=size, leading=size + 2, wordWrap="CJK", alignment=rng.choice([0, 1, 1])
    )
    whole = sum(grid.weights)
    widths = [width * w / whole for w in grid.weights]
    wrapped = rng.random() < 0.75
    rows: list[list[Any]] = []
    for row in grid.filled():
        line: list[Any] = []
        for cell in row:
            text = "" if cell is None else cell.text
            line.append(Paragraph(text, body) if wrapped or len(text) > 3 else text)
        rows.append(line)
    headed = grid.head if rng.random() < 0.5 else 0
    pad = rng.choice([1, 2, 4])
    style = [*_style(grid, ruled, rng), ("LEFTPADDING", (0, 0), (-1, -1), pad), ("RIGHTPADDING", (0, 0), (-1, -1), pad)]
    return Table(
        rows, widths, repeatRows=headed, style=style, splitInRow=1 if rng.random() < 0.3 and ruled == "ruled" else 0
    )


def to_pdf(facts: Facts, report: Document, rng: Random, open_: bool, marked: bool = True) -> bytes:
    ruled = rng.choice(["none", "rows", "shaded"]) if open_ else "ruled"
    kangxi = rng.random() < 0.25
    say = (lambda t: radical(t, rng)) if kangxi else (lambda t: t)
    size = landscape(A4) if rng.random() < 0.15 else A4
    margin = rng.choice([50, 72, 90])
    width = size[0] - 2 * margin
    text = ParagraphStyle(
        "p", fontName=_font(), fontSize=rng.choice([12, 14, 16]), leading=24, wordWrap="CJK", firstLineIndent=28
    )
    story: list[Any] = [
        Paragraph(
            say(report.title),
            ParagraphStyle("t", fontName=_font(), fontSize=20, leading=30, alignment=1, wordWrap="CJK"),
        )
    ]
    story += [Paragraph(say(p), text) for p in report.preface]
    for heading, blocks in report.sections:
        story.append(Paragraph(say(heading), text))
        for block in blocks:
            if isinstance(block, Grid):
                for row in block.rows if kangxi else []:
                    for cell in row:
                        cell.text = say(cell.text)
                cut = block.width == 10 and (size[0] > size[1] or rng.random() < 0.3)
                for i, piece in enumerate(split(block, rng, rng.random() < 0.5) if cut else [block]):
                    story += [*([PageBreak()] if i else []), _table(piece, ruled, width, rng), Spacer(1, 12)]
            else:
                story.append(Paragraph(say(block), text))
        if rng.random() < 0.1:
            story.append(PageBreak())
    story += [Paragraph(say(t), text) for t in report.signature]
    numbers, mark, turned = (
        rng.choice(["", "- {} -", "第{}页", "{}"]),
        marked and rng.random() < 0.15,
        rng.random() < 0.1,
    )

    def furniture(canvas: Any, frame: Any) -> None:
        canvas.setFont(_font(), 9)
        canvas.drawCentredString(size[0] / 2, 30, numbers.format(canvas.getPageNumber()))
        if turned:
            canvas.setPageRotation(90)
        if mark:
            canvas.saveState()
            canvas.setFillGray(0.85)
            canvas.setFont(_font(), 44)
            canvas.translate(size[0] / 2, size[1] / 2)
            canvas.rotate(45)
            canvas.drawCentredString(0, 0, facts.organ[:6])
            canvas.restoreState()

    out = io.BytesIO()
    try:
        SimpleDocTemplate(out, pagesize=size, leftMargin=margin, rightMargin=margin, title=report.title).build(
            story, onFirstPage=furniture, onLaterPages=furniture
        )
    except (
        LayoutError,
        UnboundLocalError,
    ):  # a fault of its row splitter, or a piece of a table higher than its page: another throw
        return to_pdf(facts, report, rng, open_, marked)
    return out.getvalue()


CSS = "<style>@page{size:A4%s;margin:2cm} body{font-family:'WenQuanYi Zen Hei'} table{width:100%%} table[border] td,table[border] th{%s;font-size:%spx;word-break:break-all;padding:1px 2px} .nav,.footer,.related{display:%s}</style>"


def browser_css(rng: Random) -> str:
    border = rng.choice(["border:1px solid #000"] * 5 + ["border:1px solid #999"] * 4 + ["border:0"])
    return CSS % (rng.choice(["", "", " landscape"]), border, rng.choice([10, 12, 14]), rng.choice(["none", "block"]))
