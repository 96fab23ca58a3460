# ruff: noqa: E501 -- mark-up stays on one line
"""Pages as Word, WPS, editors of portals and old layout tables make them: real tables in every disguise."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Callable
from random import Random

from tools.corpus.strangers.layout import Box, Part, Rows, matrix

Inline = Callable[[Random, str], str]


# --- how one piece of text is marked up ------------------------------------------------------------------------------


def _plain(rng: Random, text: str) -> str:
    return html.escape(text, quote=False)


def _word(rng: Random, text: str) -> str:
    """Word puts runs of one script in a span, and cuts digits wherever somebody once edited."""
    pieces = [text] if len(text) < 2 or rng.random() < 0.6 else _cut(rng, text)
    runs = "".join(
        f'<span lang=EN-US style=\'font-size:10.5pt;font-family:"Times New Roman","serif"\'>{_plain(rng, piece)}</span>'
        if piece.isascii()
        else f"<span style='font-size:10.5pt;font-family:宋体;mso-ascii-font-family:Calibri'>{_plain(rng, piece)}</span>"
        for piece in pieces
    )
    return runs + "<span lang=EN-US style='font-size:10.5pt'><o:p></o:p></span>"


def _wps(rng: Random, text: str) -> str:
    pieces = [text] if rng.random() < 0.7 else _cut(rng, text)
    return "".join(
        f'<span style="mso-spacerun:\'yes\';font-family:仿宋_GB2312;font-size:16.0000pt;"><font face="仿宋_GB2312">{_plain(rng, piece)}</font></span>'
        for piece in pieces
    )


def _chat(rng: Random, text: str) -> str:
    return f'<section><span leaf=""><span textstyle="" style="font-size: 15px;">{_plain(rng, text)}</span></span></section>'


def _cut(rng: Random, text: str) -> list[str]:
    if len(text) < 2:
        return [text]
    at = rng.randint(1, len(text) - 1)
    return [text[:at], text[at:]]


# --- tables ----------------------------------------------------------------------------------------------------------


def _spans(box: Box) -> str:
    return (f" colspan={box.across}" if box.across > 1 else "") + (f" rowspan={box.down}" if box.down > 1 else "")


def word_table(rng: Random, part: Part, inline: Inline) -> str:
    """As Word saves it, with the row of nothing that keeps the columns' widths."""
    lines = [
        "<table class=MsoNormalTable border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;mso-border-alt:solid windowtext .5pt'>"
    ]
    for at, row in enumerate(part.rows):
        lines.append(f" <tr style='mso-yfti-irow:{at};height:22.7pt'>")
        for box in row:
            lines.append(
                f"  <td width={rng.randint(30, 200)}{_spans(box)} valign=top style='width:54.0pt;border:solid windowtext 1.0pt;padding:0cm 5.4pt 0cm 5.4pt'>"
                f"\n  <p class=MsoNormal align=center style='text-align:center'>{inline(rng, box.text) if box.text else '<span lang=EN-US>&nbsp;</span>'}</p>\n  </td>"
            )
        lines.append(" </tr>")
    if rng.random() < 0.6:
        width = sum(box.across for box in part.rows[0])
        empty = "".join(f"  <td width={rng.randint(20, 90)} style='border:none'></td>\n" for _ in range(width))
        lines.append(f" <![if !supportMisalignedColumns]>\n <tr height=0>\n{empty} </tr>\n <![endif]>")
    return "\n".join([*lines, "</table>"])


def editor_table(rng: Random, part: Part, inline: Inline) -> str:
    """As editors in a portal's back office make it: thead, th, colgroup, spans written out even where they are 1."""
    tag = rng.choice(["th", "td"])
    head = part.heads if rng.random() < 0.6 else 0
    cols = "".join(f'<col width="{rng.randint(30, 90)}"/>' for _ in range(sum(box.across for box in part.rows[0])))
    lines = [
        '<table border="1" cellspacing="0" data-sort="sortDisabled">',
        f"<colgroup>{cols}</colgroup>" if rng.random() < 0.5 else "",
    ]
    lines.append("<thead>" if head else "<tbody>")
    for at, row in enumerate(part.rows):
        if head and at == head:
            lines.append("</thead><tbody>")
        cells = "".join(
            f'<{tag if box.head else "td"} valign="top" rowspan="{box.down}" colspan="{box.across}" style="word-break: break-all;">{_breaks(rng, inline(rng, box.text), box)}</{tag if box.head else "td"}>'
            for box in row
        )
        lines.append(f'<tr class="firstRow">{cells}</tr>' if not at else f"<tr>{cells}</tr>")
    return "\n".join([*lines, "</tbody></table>"])


def _breaks(rng: Random, text: str, box: Box) -> str:
    if not text:
        return rng.choice(["", "<br/>", "&nbsp;", "<p></p>"])
    if box.head and len(box.text) == 4 and text == box.text and rng.random() < 0.4:
        return text[:2] + rng.choice(["<br>", "<br/>\n", "</p><p>"]) + text[2:]
    return rng.choice([text, text, f"<p>{text}</p>", f"<p>{text}<br/></p>", f"\n   {text}\n  "])


def repeated_table(rng: Random, part: Part, inline: Inline) -> str:
    """Nothing is merged: a merged cell's text stands again in each place, or the places after the first are empty."""
    again = rng.random() < 0.5
    lines = ["<TABLE BORDER=1>"]
    for row in matrix(part.rows):
        cells = []
        for place in row:
            if place is None:
                cells.append("<TD></TD>")
                continue
            box, first = place
            shown = box.text if first or (again and box.name is None) else ""
            cells.append(f"<TD>{inline(rng, shown) if shown else rng.choice(['', '&nbsp;'])}</TD>")
        lines.append(f"<TR>{''.join(cells)}")  # old pages close no row
    return "\n".join([*lines, "</TABLE>"])


def careless_table(rng: Random, part: Part, inline: Inline) -> str:
    """Spans that are too long, rows and cells that nobody sees, empty cells and columns at the end."""
    trailing = rng.random() < 0.4
    long = rng.random() < 0.5
    lines = ['<table width="100%" class="table">', "<caption></caption>" if rng.random() < 0.3 else ""]
    for at, row in enumerate(part.rows):
        cells = []
        for box in row:
            last = long and box.down > 1 and at + box.down == len(part.rows)
            down = box.down + (7 if last else 0)
            cells.append(f"<td colspan='{box.across}' rowspan='{down}'><div><b>{inline(rng, box.text)}</b></div></td>")
        lines.append(f"<tr>{''.join(cells)}{'<td style=border:0></td>' if trailing else ''}</tr>")
        if rng.random() < 0.03:
            lines.append('<tr style="display:none"><td>0</td><td>0</td></tr>')
        if rng.random() < 0.03:
            lines.append("<tr></tr>")
    return "\n".join([*lines, "</table>"])


TABLES: dict[str, Callable[[Random, Part, Inline], str]] = {
    "word": word_table, "editor": editor_table, "repeated": repeated_table, "careless": careless_table,
}  # fmt: skip


def cut_tables(rng: Random, part: Part) -> list[Part]:
    """One table of the form as several on the page."""
    rows = part.rows
    if part.key == "proactive_disclosure" and len(rows) > 3:
        starts = [at for at, row in enumerate(rows) if row[0].text.startswith("第")] + [len(rows)]
        return [Part("table", rows=rows[a:b], key=part.key) for a, b in itertools.pairwise(starts)]
    if part.key == "requests":
        at = rng.randint(6, len(rows) - 2)
        again = part.heads if rng.random() < 0.5 else 0
        first, second = split_rows(rows, at)
        return [
            Part("table", rows=first, key=part.key, heads=part.heads),
            Part("table", rows=[*rows[:again], *second], key=part.key, heads=again),
        ]
    return [part]


def split_rows(rows: Rows, at: int) -> tuple[Rows, Rows]:
    """Both halves of a table; a merged cell over the cut is in both, its text in the first only."""
    first = [
        [Box(b.text, b.across, min(b.down, at - n), b.name, b.head) for b in row] for n, row in enumerate(rows[:at])
    ]
    second = [list(row) for row in rows[at:]]
    over = [(box, n) for n, row in enumerate(rows[:at]) for box in row if n + box.down > at]
    second[0] = [*(Box("", box.across, n + box.down - at, None, box.head) for box, n in over), *second[0]]
    return first, second


# --- pages -----------------------------------------------------------------------------------------------------------


def body(
    rng: Random, given: list[Part], table: Callable[[Random, Part, Inline], str], inline: Inline, cut: bool
) -> str:
    lines = []
    for part in given:
        if part.kind == "table":
            pieces = cut_tables(rng, part) if cut else [part]
            lines += [table(rng, piece, inline) for piece in pieces]
            continue
        text = inline(rng, part.text)
        wide = {"title": "center", "sign": "right"}.get(part.kind, "left")
        if part.kind == "h":
            lines.append(
                rng.choice(
                    [f"<h2>{text}</h2>", f"<p><strong>{text}</strong></p>", f"<p style='text-indent:32pt'>{text}</p>"]
                )
            )
        elif inline is _word or rng.random() < 0.7:
            lines.append(
                f"<p class=MsoNormal align={wide} style='text-indent:32.0pt'>{'&#12288;&#12288;' if rng.random() < 0.3 else ''}{text}</p>"
            )
        else:
            lines.append(f"<div style='text-align:{wide}'>{text}<br></div>")
    return "\n".join(lines)


def _word_page(rng: Random, title: str, inner: str) -> str:
    return f"""<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=ProgId content=Word.Document><title>{title}</title>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><![endif]-->
<style><!-- p.MsoNormal {{margin:0cm; mso-pagination:widow-orphan;}} table td {{width:12pt}} --></style></head>
<body lang=ZH-CN style='tab-interval:21.0pt'><div class=WordSection1 style='layout-grid:15.6pt'>{inner}</div></body></html>"""


def _portal_page(rng: Random, title: str, inner: str) -> str:
    others = "".join(
        f'<li><a href="./t{year}0131_{rng.randint(1000, 9999)}.html">{re.sub("20[0-9]{2}", str(year), title)}</a><span>{year}-01-{rng.randint(10, 31)}</span></li>'
        for year in range(2019, 2023)
    )
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}_政府门户网站</title>
<meta name="SiteName" content="政府门户网站"><meta name="ColumnName" content="政府信息公开年报"><meta name="PubDate" content="2024-01-{rng.randint(10, 31)} 10:2{rng.randint(0, 9)}">
<script>var countPage = 3; document.write("<table><tr><td>一、本年新收政府信息公开申请数量</td><td>9</td></tr></table>");</script><style>.t td{{border:1px}}</style></head><body>
<div class="top"><ul><li>首页</li><li>政务公开</li><li>办事服务</li></ul><span>今天是2024年3月{rng.randint(1, 28)}日 星期{rng.choice("一二三四五六日")} 气温 {rng.randint(1, 9)}~{rng.randint(10, 20)}℃</span></div>
<div class="crumb">当前位置：首页 &gt; 政务公开 &gt; 政府信息公开年报</div>
<table class="xxgk"><tr><td>索 引 号：</td><td>{rng.randint(10**8, 10**9)}/2024-{rng.randint(10000, 99999)}</td><td>发文字号：</td><td></td></tr><tr><td>发布机构：</td><td>办公室</td><td>成文日期：</td><td>2024-01-{rng.randint(10, 30)}</td></tr></table>
<h1>{title}</h1><div class="info">发布时间：2024-01-{rng.randint(10, 30)} 09:{rng.randint(10, 59)} 来源：办公室 浏览次数：<span id="hits">{rng.randint(10, 9000)}</span>次 【字体：<a>大</a> <a>中</a> <a>小</a>】</div>
<div class="TRS_Editor" id="zoom">{inner}</div>
<div class="share">分享到： <a>微信</a><a>微博</a> 【打印本页】【关闭窗口】</div><div>上一篇：没有了</div><div>下一篇：<a>关于做好年度报告编制工作的通知</a></div>
<div class="side"><h3>历年年报</h3><ul>{others}</ul></div>
<div class="foot">主办：人民政府办公室 网站标识码：{rng.randint(10**9, 10**10)} 京公网安备 {rng.randint(10**13, 10**14)}号 ICP备{rng.randint(10**7, 10**8)}号-1 联系电话：0{rng.randint(100, 999)}-{rng.randint(10**6, 10**7)}</div></body></html>"""


def _old_page(rng: Random, title: str, inner: str) -> str:
    """Laid out with tables in tables, a calendar and a counter at the left."""
    days = [str(day) for day in range(1, 32)]
    weeks = "".join(
        "<tr>" + "".join(f"<td>{day}</td>" for day in days[at : at + 7]) + "</tr>" for at in range(0, 31, 7)
    )
    return f"""<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"><title>{title}</title></head>
<body><table width=1000 align=center><tr><td colspan=2><table width="100%"><tr><td>网站首页</td><td>政务公开</td><td>网上办事</td><td>互动交流</td></tr></table></td></tr>
<tr><td width=200 valign=top><table><tr><td>日</td><td>一</td><td>二</td><td>三</td><td>四</td><td>五</td><td>六</td></tr>{weeks}</table>
<table><tr><td>今日访问</td><td>{rng.randint(1, 999)}</td></tr><tr><td>总访问量</td><td>{rng.randint(10**4, 10**6)}</td></tr></table></td>
<td valign=top><table width="100%"><tr><td align=center><font size=5>{title}</font></td></tr><tr><td align=center>发布日期：2024/1/{rng.randint(10, 31)}　点击数：{rng.randint(1, 5000)}</td></tr><tr><td>{inner}</td></tr></table></td></tr>
<tr><td colspan=2 align=center>版权所有 技术支持 您是第 {rng.randint(10**5, 10**6)} 位访客</td></tr></table></body></html>"""


def _bare_page(rng: Random, title: str, inner: str) -> str:
    return inner


PAGES: dict[str, Callable[[Random, str, str], str]] = {
    "word": _word_page, "portal": _portal_page, "old": _old_page, "bare": _bare_page,
}  # fmt: skip
INLINES: dict[str, Inline] = {"plain": _plain, "word": _word, "wps": _wps, "chat": _chat}


def page(rng: Random, given: list[Part], title: str) -> tuple[bytes, str]:
    """The page and the name of its way."""
    table, shell, inline = rng.choice(sorted(TABLES)), rng.choice(sorted(PAGES)), rng.choice(sorted(INLINES))
    cut = rng.random() < 0.2
    text = PAGES[shell](rng, title, body(rng, given, TABLES[table], INLINES[inline], cut))
    code = rng.choice(["utf-8", "utf-8", "utf-8", "gb18030"])
    return text.encode(code), f"{table} {shell} {inline} {code}{' cut' if cut else ''}"
