"""A report as the HTML inside an article: plain markup, or the markup that pasting from Word leaves behind."""

from __future__ import annotations

from html import escape

from sample.compose import Block, Document
from sample.looks import spell
from sample.tables import Grid, GridCell

WORD_CELL = 'valign="center" style="padding:0pt 5.4pt;border:0.75pt solid #000;mso-border-alt:0.5pt solid windowtext;"'
WORD_TABLE = (
    'class="MsoNormalTable" border="1" cellspacing="0" style="border-collapse:collapse;mso-table-layout-alt:fixed;"'
)
PLAIN_TABLE = 'border="1" cellspacing="0" cellpadding="4" style="border-collapse:collapse;width:100%;text-align:center"'
WORD_TEXT = "<span style=\"font-family:仿宋_GB2312;mso-spacerun:'yes';font-size:12.0000pt;\">{}</span>"


def _spans(cell: GridCell) -> str:
    rows = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    return rows + (f' colspan="{cell.columns}"' if cell.columns > 1 else "")


def _plain_cell(cell: GridCell, look: str) -> str:
    text = "<br>".join(escape(line) for line in spell(cell, look).split("\n"))
    return f"<td{_spans(cell)}>{text}</td>"


def _word_cell(cell: GridCell, look: str) -> str:
    """One paragraph a line, each wrapped in spans; an empty paragraph with <o:p> where Word kept one."""
    lines = spell(cell, look).split("\n")
    paragraphs = "".join(
        f'<p class="MsoNormal" align="center" style="text-align:center;">{WORD_TEXT.format(escape(line))}'
        f'<span style="font-size:12pt;"><o:p></o:p></span></p>\n'
        for line in lines
    )
    return f'<td width="{60 * cell.columns}"{_spans(cell)} {WORD_CELL}>\n{paragraphs}</td>'


def _table(grid: Grid, look: str) -> str:
    word = look == "word"
    draw = _word_cell if word else _plain_cell
    opening = f"<table {WORD_TABLE if word else PLAIN_TABLE}>"
    rows = []
    for index in range(grid.height):
        cells = "".join(draw(cell, look) for cell in grid.cells if cell.row == index)
        rows.append(f"<tr>{cells}</tr>")
    return f"<div>{opening}<tbody>\n" + "\n".join(rows) + "\n</tbody></table></div>"


def _block(block: Block, look: str, chart: str) -> str:
    text = escape(block.text)
    match block.kind:
        case "heading" if block.auto:
            # The number is the list's: it shows in a browser and is lost in the text.
            return f'<ol start="{block.auto}" style="list-style-type:cjk-ideographic"><li><b>{text}</b></li></ol>'
        case "heading":
            return f'<p style="text-indent:2em"><strong>{text}</strong></p>'
        case "table":
            assert block.grid is not None, "a table block has its grid"
            return _table(block.grid, look)
        case "chart":
            return f'<p style="text-align:center"><img src="{escape(chart)}" alt=""></p>'
        case "signature":
            return f'<p style="text-align:right">{text}</p>'
    if look == "word":
        return f'<p class="MsoNormal" style="text-indent:32pt;line-height:28pt;">{WORD_TEXT.format(text)}</p>'
    return f'<p style="text-indent:2em">{text}</p>'


def write_html(document: Document, chart: str = "") -> str:
    """The inside of the article's content element; `chart` is the address of the picture, if the report has one."""
    return "\n".join(_block(block, document.look, chart) for block in document.blocks)


def write_chart(document: Document) -> bytes:
    """A picture (SVG) of how applications were dealt with, bars without figures, as offices like them."""
    keys = [("disclosed", "予以公开"), ("partially_disclosed", "部分公开"), ("unavailable_not_held", "不掌握")]
    counts = [int(document.cells[f"requests.{key}.total"] or 0) for key, _ in keys]
    top = max([*counts, 1])
    bars = "".join(
        f'<rect x="{40 + 120 * i}" y="{180 - 150 * n // top}" width="70" height="{150 * n // top}" fill="#4472c4"/>'
        f'<text x="{75 + 120 * i}" y="198" font-size="14" text-anchor="middle">{label}</text>'
        for i, (n, (_, label)) in enumerate(zip(counts, keys, strict=True))
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="210">{bars}</svg>'.encode()
