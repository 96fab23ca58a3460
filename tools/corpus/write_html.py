# ruff: noqa: E501 -- phrases and mark-up stay on one line
"""Reports as HTML pages: plain tables, Word's mark-up, layout tables around, tables faked with div, p and pre."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from random import Random

from tools.corpus.layout import Block, GCell, Grid

Table = Callable[[Random, Grid], str]


def _plain(rng: Random, grid: Grid) -> str:
    rows = "".join(f"<tr>{''.join(_td(cell, escape(cell.text)) for cell in row)}</tr>" for row in grid.by_row())
    return f'<table border="1" cellspacing="0"><tbody>{rows}</tbody></table>'


def _td(cell: GCell, inner: str, style: str = "") -> str:
    spans = (f' rowspan="{cell.rows}"' if cell.rows > 1 else "") + (
        f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    )
    return f"<td{spans}{style}>{inner}</td>"


def _word(rng: Random, grid: Grid) -> str:
    def inner(cell: GCell) -> str:
        text = escape(cell.text)
        if not cell.value and len(text) > 3 and rng.random() < 0.3:
            text = text[:2] + "<br/>" + text[2:]
        return f'<p class="MsoNormal" align="center"><span style="font-family:仿宋;font-size:9pt"><font face="仿宋">{text}</font></span><o:p></o:p></p>'

    style = ' style="width:28.5pt;border:solid windowtext 1.0pt" valign="center"'
    rows = "".join(
        f'<tr style="height:21pt">{"".join(_td(c, inner(c), style) for c in row)}</tr>' for row in grid.by_row()
    )
    return f'<div align="center"><table class="MsoNormalTable" border="1"><tbody>{rows}</tbody></table></div>'


def _nbsp(rng: Random, grid: Grid) -> str:
    rows = "".join(f"<tr>{''.join(_td(c, f'&nbsp;{escape(c.text)}&nbsp;') for c in row)}</tr>" for row in grid.by_row())
    return f"<table>{rows}</table>"


def _faked_div(rng: Random, grid: Grid) -> str:
    return "".join(
        f'<div class="tr">{"".join(f"<div class=td>{escape(c.text)}</div>" for c in row)}</div>'
        for row in grid.by_row()
    )


def _faked_p(rng: Random, grid: Grid) -> str:
    return "".join(f"<p>{'　'.join(escape(c.text) for c in row if c.text)}</p>" for row in grid.by_row())


def _pre(rng: Random, grid: Grid) -> str:
    lines = ("\t".join(escape(c.text) for c in row) for row in grid.by_row())
    return "<pre>" + "\n".join(lines) + "</pre>"


TABLES: dict[str, Table] = {"plain": _plain, "word": _word, "nbsp": _nbsp}
FAKED: dict[str, Table] = {"div": _faked_div, "p": _faked_p, "pre": _pre}


def write_html(
    rng: Random, blocks: Iterable[Block], title: str, table: str, charset: str, honest: bool = False
) -> bytes:
    """One page in the encoding that `charset` names; what the page claims may differ."""
    make = (TABLES | FAKED)[table]
    body = []
    for block in blocks:
        if block.kind == "table":
            assert block.grid is not None
            body.append(make(rng, block.grid))
        elif block.kind == "title":
            body.append(f'<h1 class="title">{escape(block.text)}</h1>' + _about(rng))
        elif block.kind == "signature":
            body.append(f'<p style="text-align:right">{escape(block.text)}</p>')
        else:
            body.append(f"<p>{rng.choice(['', '&emsp;&emsp;', '　　'])}<span>{escape(block.text)}</span></p>")
    page = _page(rng, title, "\n".join(body), charset if honest else rng.choice([charset, charset, "gb2312", "utf-8"]))
    return page.encode("gb18030" if charset == "gbk" else "utf-8")


def _about(rng: Random) -> str:
    day = f"2024-0{rng.randint(1, 3)}-{rng.randint(10, 28)}"
    return (
        f'<div class="info">发布时间：{day} &nbsp; 来源：办公室 &nbsp; 浏览次数：<span id="hits">{rng.randint(1, 9999)}</span>次'
        " 字号：<a>大</a> <a>中</a> <a>小</a></div>"
    )


def _page(rng: Random, title: str, body: str, claimed: str) -> str:
    menu = "".join(
        f'<li><a href="/{at}/">{word}</a></li>' for at, word in enumerate(["首页", "政务公开", "办事服务", "互动交流"])
    )
    facts = (
        (
            f"<table class='xxgk'><tr><td>索引号：</td><td>{rng.randint(10**8, 10**9)}</td><td>发文日期：</td><td>2024-01-20</td></tr>"
            "<tr><td>名称：</td><td>年度报告</td><td>有效性：</td><td>有效</td></tr></table>"
        )
        if rng.random() < 0.4
        else ""
    )
    inner = f'{facts}<div class="article-content">{body}</div><div>扫一扫在手机打开当前页</div><p>上一篇：没有了</p>'
    if rng.random() < 0.25:
        inner = f"<table width='980'><tr><td width='200'>左侧菜单</td><td>{inner}</td></tr><tr><td colspan=2>返回顶部</td></tr></table>"
    if rng.random() < 0.2:
        inner = f'<form id="aspnetForm">{inner}</form>'
    return (
        f'<!DOCTYPE html><html><head><meta charset="{claimed}"><title>{escape(title)}_门户网站</title>'
        f'<meta name="ArticleTitle" content="{escape(title)}"><script>var hits={rng.randint(1, 99)};</script></head><body>'
        f'<div class="nav"><ul>{menu}</ul></div>{inner}'
        f'<div class="footer">主办单位：办公室 ICP备{rng.randint(10**7, 10**8)}号</div></body></html>'
    )
