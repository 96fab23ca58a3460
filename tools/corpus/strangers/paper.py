# ruff: noqa: E501 -- mark-up and styles stay on one line
"""PDFs by real makers: reportlab in several hands, a browser, an office."""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import pypdfium2
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from tools.corpus.strangers.layout import Part, matrix, widths
from tools.corpus.write_pdf import print_html

_FONT_FILE = Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")


def _font(rng: Random) -> str:
    """One that is embedded where the machine has it, or one that every viewer must bring."""
    if _FONT_FILE.exists() and rng.random() < 0.5:
        if "wqy" not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont("wqy", str(_FONT_FILE), subfontIndex=0))
        return "wqy"
    if "STSong-Light" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


LINES: dict[str, list[tuple[Any, ...]]] = {
    "grid": [("GRID", (0, 0), (-1, -1), 0.5, "black")],
    "thin": [("GRID", (0, 0), (-1, -1), 0.1, "grey")],
    "double": [("GRID", (0, 0), (-1, -1), 0.4, "black", None, None, None, 2, 1)],
    "dashed": [("GRID", (0, 0), (-1, -1), 0.5, "black", None, (1, 1))],
    "inner": [("INNERGRID", (0, 0), (-1, -1), 0.5, "black")],  # open at the sides
}
OPEN: dict[str, list[tuple[Any, ...]]] = {
    "none": [],
    "rows": [("LINEBELOW", (0, 0), (-1, -1), 0.5, "black")],
    "three": [("LINEABOVE", (0, 0), (-1, 0), 1, "black"), ("LINEBELOW", (0, -1), (-1, -1), 1, "black")],
    "zebra": [("ROWBACKGROUNDS", (0, 0), (-1, -1), ["white", "lightgrey"])],
}


def typeset(rng: Random, given: list[Part], ruled: bool) -> tuple[bytes, str]:
    """By reportlab: tables over pages, headers repeated, pages turned, small print, tight columns."""
    style = rng.choice(sorted(LINES if ruled else OPEN))
    font, size = _font(rng), rng.choice([6.5, 8, 9, 10.5])
    wide = rng.random() < 0.25
    repeat, pad = rng.random() < 0.4, rng.choice([0.5, 2, 4])
    stack: list[Flowable] = []
    for part in given:
        if part.kind == "table":
            stack += [_table(rng, part, font, size, pad, (LINES | OPEN)[style], wide, repeat, ruled), Spacer(1, 8)]
            continue
        align = {"title": 1, "sign": 2}.get(part.kind, 0)
        look = ParagraphStyle(
            "p",
            fontName=font,
            fontSize=12,
            leading=20,
            alignment=align,
            firstLineIndent=0 if align else 24,
            wordWrap="CJK",
        )
        stack.append(Paragraph(part.text.replace("&", "&amp;").replace("<", "&lt;"), look))
    data = io.BytesIO()
    page = landscape(A4) if wide else A4
    foot = rng.choice(["- {} -", "{}", "第 {} 页", "— {} —", ""])

    def number(canvas: Any, document: Any) -> None:
        canvas.setFont(font, 9)
        canvas.drawCentredString(page[0] / 2, 10 * mm, foot.format(document.page))

    SimpleDocTemplate(
        data, pagesize=page, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=18 * mm, bottomMargin=20 * mm
    ).build(stack, onFirstPage=number, onLaterPages=number)
    turned = rng.random() < 0.1
    result = _turn(data.getvalue()) if turned else data.getvalue()
    return (
        result,
        f"{style} {font} {size} pad{pad}{' wide' if wide else ''}{' repeat' if repeat else ''}{' turned' if turned else ''}",
    )


def _table(
    rng: Random,
    part: Part,
    font: str,
    size: float,
    pad: float,
    lines: list[tuple[Any, ...]],
    wide: bool,
    repeat: bool,
    ruled: bool,
) -> Table:
    grid = matrix(part.rows)
    room = (A4[1] if wide else A4[0]) - 36 * mm
    shares = widths(part.key)
    look = ParagraphStyle(
        "c", fontName=font, fontSize=size, leading=size * 1.25, alignment=rng.choice([0, 1, 1]), wordWrap="CJK"
    )
    spans, shown = [], []
    for y, row in enumerate(grid):
        line: list[Any] = []
        for x, place in enumerate(row):
            first = place is not None and place[1]
            line.append(
                Paragraph(place[0].text.replace("&", "&amp;").replace("<", "&lt;"), look) if place and first else ""
            )
            if place and first and (place[0].across > 1 or place[0].down > 1):
                last = (min(x + place[0].across, len(row)) - 1, min(y + place[0].down, len(grid)) - 1)
                if not (place[0].down > 4 and len(grid) > 20):  # reportlab cannot split a cell taller than a page
                    spans.append(("SPAN", (x, y), last))
                else:
                    spans += [("SPAN", (x, y), (last[0], y))] if place[0].across > 1 else []
        shown.append(line)
    cell = [
        ("VALIGN", (0, 0), (-1, -1), rng.choice(["TOP", "MIDDLE"])),
        ("LEFTPADDING", (0, 0), (-1, -1), pad),
        ("RIGHTPADDING", (0, 0), (-1, -1), pad),
    ]
    return Table(
        shown,
        colWidths=[room * share / sum(shares) for share in shares],
        repeatRows=part.heads if repeat else 0,
        style=[*cell, *spans, *lines],
    )


def _turn(data: bytes) -> bytes:
    """Pages marked as turned; and the file put together again by another maker."""
    old, new = pypdfium2.PdfDocument(data), pypdfium2.PdfDocument.new()
    new.import_pages(old)
    for page in new:
        page.set_rotation(90)
    out = io.BytesIO()
    new.save(out)
    return out.getvalue()


CSS = [
    "table{border-collapse:collapse;width:100%} td,th{border:1px solid #000;padding:2px} body{font-size:12px}",
    "table{border-spacing:0;border-left:1px solid #999;border-top:1px solid #999} td,th{border-right:1px solid #999;border-bottom:1px solid #999} body{font-family:WenQuanYi Zen Hei}",
    "table{width:100%} td{background:#eee;text-align:center} th{background:#ccc}",
    "td{border-bottom:1px dotted #888;text-align:center;font-size:9px} p{text-align:justify;line-height:2}",
    "table{border-collapse:collapse;table-layout:fixed;width:100%} td,th{border:1px solid #000;padding:0;font-size:11px;word-break:break-all} @page{size:A4 landscape}",
    "table{border-collapse:collapse} td,th{border:2px double #333;writing-mode:horizontal-tb} tr{page-break-inside:avoid} thead{display:table-header-group}",
]


def browser(rng: Random, given: list[Part], title: str) -> tuple[bytes, str]:
    """Printed by a browser from a page with one of several looks."""
    from tools.corpus.strangers.web import INLINES, body, editor_table

    way = rng.randrange(len(CSS))
    inner = body(rng, given, editor_table, INLINES["plain"], cut=False)
    page = f'<html><head><meta charset="utf-8"><title>{title}</title><style>{CSS[way]}</style></head><body>{inner}</body></html>'
    return print_html(page.encode()), f"css{way}"


def office(data: bytes) -> bytes:
    """A DOCX printed by LibreOffice."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.docx"
        source.write_bytes(data)
        subprocess.run(
            ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf", "--outdir", folder, str(source)],
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        return source.with_suffix(".pdf").read_bytes()
