"""HTML as content systems and paste buffers write it: furniture, layout tables, spans right and mistaken, tables without a table."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from tools.corpus.thirds.facts import Facts
from tools.corpus.thirds.grids import Cell, Grid, split
from tools.corpus.thirds.words import Document

Texter = Callable[[str, bool], str]  # (text, is a figure) to markup


def _plain(rng: Random) -> Texter:
    return lambda text, figure: html.escape(text)


def _padded(rng: Random) -> Texter:
    def write(text: str, figure: bool) -> str:
        return rng.choice(
            [
                "{}",
                "&nbsp;{}",
                "{}&nbsp;",
                "\n   {}\n  ",
                "&ensp;{}&#160;",
                "<p>{}</p><p>&nbsp;</p>",
                "<br>{}",
                "<div>{}</div>",
            ]
        ).format(html.escape(text))

    return write


def _word(rng: Random) -> Texter:
    size = rng.choice(["10.5pt", "9.0pt", "12.0pt"])

    def write(text: str, figure: bool) -> str:
        pieces = [text]
        if len(text) > 1 and rng.random() < 0.3:
            at = rng.randint(1, len(text) - 1)
            pieces = [text[:at], text[at:]]
        spans = "".join(
            f"<span lang=EN-US style=\"font-size:{size};mso-bidi-font-size:11.0pt;font-family:宋体;mso-spacerun:'yes'\">{html.escape(p)}</span>"
            for p in pieces
        )
        return f'<p class=MsoNormal align=center style="text-align:center;mso-pagination:widow-orphan">{spans or "<span>&nbsp;</span>"}<span lang=EN-US><o:p></o:p></span></p>'

    return write


def _wps(rng: Random) -> Texter:
    def write(text: str, figure: bool) -> str:
        body = html.escape(text)
        if not figure and len(text) > 4 and rng.random() < 0.5:
            body = (
                html.escape(text[:2]) + rng.choice(["<br/>", "\n", "</span><span>", "&nbsp;"]) + html.escape(text[2:])
            )
        return f'<p style="text-align:center"><strong><span style="font-family:仿宋_GB2312;font-size:16px"><font face=\'仿宋\'>{body}</font></span></strong></p>'

    return write


def _wide_digits(rng: Random) -> Texter:
    table = str.maketrans("0123456789", "０１２３４５６７８９")
    return lambda text, figure: f"<font>{html.escape(text.translate(table) if figure else text)}</font>&#8203;"


TEXTERS = [_plain, _plain, _padded, _padded, _word, _word, _wps, _wps, _wide_digits]


def _fine(grid: Grid, rng: Random) -> Grid:
    """As Word writes a table whose column borders do not meet: every cell spans several columns of a finer grid."""
    factors = [rng.choice([1, 1, 2, 3]) for _ in range(grid.width)]
    rows = []
    for row, places in zip(grid.rows, grid.filled(), strict=True):
        at = {id(cell): c for c, cell in enumerate(places) if cell is not None}
        rows.append([replace(c, cols=sum(factors[at[id(c)] : at[id(c)] + c.cols])) for c in row])
    return Grid(sum(factors), rows, grid.keys, grid.head, grid.weights)


def _unspanned(grid: Grid) -> Grid:
    """As an editor that loses spans: what they covered stands there as an empty cell."""
    return Grid(
        grid.width,
        [
            [Cell(t, name=c.name if c else "") for t, c in zip(ts, cs, strict=True)]
            for ts, cs in zip(grid.flat(), grid.filled(), strict=True)
        ],
        grid.keys,
        grid.head,
    )


def _repeated(grid: Grid) -> Grid:
    """As a converter that fills every covered place with the label."""
    names = grid.filled()
    return Grid(
        grid.width,
        [
            [Cell(t, name=(names[r][c] or Cell("")).name) for c, t in enumerate(row)]
            for r, row in enumerate(grid.flat(True))
        ],
        grid.keys,
        grid.head,
    )


def _dropped(grid: Grid) -> Grid:
    """As an editor that forgets rowspan and colspan and writes only the cells that begin."""
    return Grid(grid.width, [[replace(c, cols=1, rows=1) for c in row] for row in grid.rows], grid.keys, grid.head)


def _overlong(grid: Grid, rng: Random) -> Grid:
    """A rowspan that reaches beyond the table's end, as `rowspan=30` written by hand."""
    return Grid(
        grid.width,
        [[replace(c, rows=c.rows + (9 if c.rows > 15 else 0)) for c in row] for row in grid.rows[:-1]]
        + [grid.rows[-1]],
        grid.keys,
        grid.head,
    )


def _mark(cell: Cell, tag: str, write: Texter, rng: Random) -> str:
    spans = (f' colspan="{cell.cols}"' if cell.cols > 1 else rng.choice(["", "", ' colspan="1"'])) + (
        f" rowspan={cell.rows}" if cell.rows > 1 else ""
    )
    return f"<{tag}{spans}{rng.choice(['', ' width=72', ' valign=top'])}>{write(cell.text, bool(cell.name))}</{tag}>"


def table(grid: Grid, write: Texter, rng: Random) -> str:
    """One <table>; header in thead, th or plain td, closing tags sometimes left out, rows of nothing in between."""
    heading = rng.choice(["td", "td", "td", "th"])
    rows = []
    for r, row in enumerate(grid.rows):
        line = "".join(_mark(c, heading if r < grid.head else "td", write, rng) for c in row)
        rows.append(f"<tr{rng.choice(['', ' style=height:14.2pt', ' class=firstRow'])}>{line}</tr>")
    style = rng.random()
    if style < 0.2 and grid.head:
        body = f"<thead>{''.join(rows[: grid.head])}</thead><tbody>{''.join(rows[grid.head :])}</tbody>"
    elif style < 0.35:
        body = "".join(f"<tbody>{r}</tbody>" for r in rows)
    elif style < 0.5:
        body = "".join(rows).replace("</td>", "").replace("</tr>", "")
    elif style < 0.6:
        body = (
            "".join(rows)
            + "<![if !supportMisalignedColumns]><tr height=0>"
            + "<td width=60></td>" * grid.width
            + "</tr><![endif]>"
        )
    elif style < 0.7:
        body = "<colgroup>" + "<col width=72>" * grid.width + "</colgroup>" + "".join(rows) + "<tr><td></td></tr>"
    else:
        body = "<tbody>" + "".join(rows) + "</tbody>"
    return f"<table border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse'>{body}</table>"


def _arranged(grid: Grid, rng: Random, sane: bool) -> list[Grid]:
    how = rng.choice([0.1, 0.4, 0.9]) if sane else rng.random()
    if how < 0.35:
        return [grid]
    if how < 0.5:
        return [_fine(grid, rng)]
    if how < 0.6:
        return [_unspanned(grid)]
    if how < 0.68:
        return [_repeated(grid)]
    if how < 0.74:
        return [_dropped(grid)]
    if how < 0.8:
        return [_overlong(grid, rng)]
    if grid.width == 10 and how < 0.95:
        return split(grid, rng, headed=rng.random() < 0.5)
    return [grid]


def tables(grid: Grid, write: Texter, rng: Random, sane: bool) -> str:
    return rng.choice(["", "<p>&nbsp;</p>", "<p></p>"]).join(table(g, write, rng) for g in _arranged(grid, rng, sane))


def faked(grid: Grid, rng: Random) -> str:
    """The grid without a table: rows of p, div, ul or pre."""
    rows = [[html.escape(c.text) for c in row] for row in grid.rows]
    if (how := rng.random()) < 0.25:
        gap = rng.choice(["&nbsp;&nbsp;&nbsp;", "&emsp;", "\t", "&nbsp; &nbsp;"])
        return "".join(f"<p>{gap.join(r)}</p>" for r in rows)
    if how < 0.5:
        return "".join(
            "<div class='tr'>" + "".join(f"<{t} class='td'>{c}</{t}>" for c in r) + "</div>"
            for r in rows
            for t in ["div" if len(rows) % 2 else "span"]
        )
    if how < 0.7:
        return "<pre>" + "\n".join("\t".join(r) for r in rows) + "</pre>"
    if how < 0.85:
        return "".join(f"<p>{c}</p>" for r in rows for c in r)
    return "".join("<ul>" + "".join(f"<li>{c}</li>" for c in r) + "</ul>" for r in rows)


def _index(facts: Facts, document: Document) -> str:
    pairs = [
        ("索引号", "00281/2024-00012"),
        ("发布机构", facts.organ),
        ("发文日期", f"{facts.year + 1}-01-2{facts.year % 9}"),
        ("名　　称", document.title),
        ("主题分类", "政务公开 / 年报"),
        ("有 效 性", "有效"),
    ]
    rows = [pairs[i : i + 2] for i in range(0, len(pairs), 2)]
    return (
        "<table class='xxgk_head'>"
        + "".join("<tr>" + "".join(f"<th>{k}</th><td>{v}</td>" for k, v in r) + "</tr>" for r in rows)
        + "</table>"
    )


def _comparison(facts: Facts, rng: Random) -> str:
    """Last year beside this year, in the form's own words: no table of the form."""
    rows = [("本年新收政府信息公开申请数量", "new"), ("予以公开", "disclosed"), ("结转下年度继续办理", "carried_out")]
    lines = "".join(
        f"<tr><td>{t}</td><td>{rng.randint(0, 90)}</td><td>{facts.shown[f'requests.{k}.total']}</td></tr>"
        for t, k in rows
    )
    return f"<p>近两年申请办理情况对比</p><table><tr><td>项目</td><td>{facts.year - 1}年</td><td>{facts.year}年</td></tr>{lines}</table>"


def article(facts: Facts, document: Document, rng: Random, fake: bool, whole: bool, sane: bool) -> str:
    write = rng.choice([_plain, _padded, _wide_digits] if whole else TEXTERS)(rng)
    para = rng.choice(
        [
            "<p>{}</p>",
            '<p class="MsoNormal" style="text-indent:32pt">{}</p>',
            "<p><span style='font-size:16pt'>{}</span></p>",
            "<div>　　{}</div>",
            "{}<br/>",
        ]
    )
    bold = rng.choice(["{}", "<strong>{}</strong>", "<b><span style='font-family:黑体'>{}</span></b>", "<h3>{}</h3>"])
    out = [f"<p align=center>{bold.format(document.title)}</p>"] if rng.random() < 0.6 else []
    out += [para.format(html.escape(t)) for t in document.preface]
    compared = rng.random() < 0.2
    for i, (heading, blocks) in enumerate(document.sections):
        out.append(para.format(bold.format(html.escape(heading))))
        for block in blocks:
            if isinstance(block, Grid):
                out.append(faked(block, rng) if fake else tables(block, write, rng, sane))
            else:
                out.append(para.format(html.escape(block)))
        if i == 0 and compared:
            out.append(_comparison(facts, rng))
    out += [f"<p align=right>{html.escape(t)}</p>" for t in document.signature]
    return rng.choice(["\n", "", "\r\n"]).join(out)


WRAPPERS = [
    "<div class='TRS_Editor'><style>.TRS_Editor P{{margin:0}}</style>{}</div>",
    "<!--<$[信息内容]>begin--><div id='zoom'>{}</div><!--<$[信息内容]>end-->",
    "<ucapcontent>{}</ucapcontent>",
    "<div id='vsb_content'><div class='v_news_content'>{}</div></div>",
    "<div class='article-content'>{}</div>",
    "<table width=1000 align=center><tr><td><table><tr><td height=40></td></tr><tr><td class=content>{}</td></tr></table></td></tr></table>",
]


def page(
    facts: Facts, document: Document, rng: Random, fake: bool = False, whole: bool = False, sane: bool = False
) -> str:
    """A whole page around the article; `whole`: the text of a cell is in one piece; `sane`: with right spans."""
    meta = (
        f"<meta name='ArticleTitle' content='{document.title}'><meta name='PubDate' content='{facts.year + 1}-01-20 10:11'>"
        if rng.random() < 0.6
        else ""
    )
    related = (
        "".join(
            f"<li><a href='./t{y}.html'>{facts.organ}{y}年政府信息公开工作年度报告</a></li>"
            for y in range(facts.year - 3, facts.year)
        )
        if rng.random() < 0.4
        else ""
    )
    digest = (
        "<div class='jd'><h4>图解</h4><p>一图读懂：一、总体情况 二、主动公开政府信息情况</p></div>"
        if rng.random() < 0.2
        else ""
    )
    body = rng.choice(WRAPPERS).format(article(facts, document, rng, fake, whole, sane))
    return (
        f"<!DOCTYPE html><html><head>%CHARSET%<title>{document.title}_{facts.organ}门户网站</title>{meta}<script>var a={{'x':'<td>5</td>'}};</script></head><body>"
        f"<div class=nav><a href='/'>首页</a> &gt; <a href='/zwgk/'>政府信息公开</a> &gt; 政府信息公开年报</div>{_index(facts, document) if rng.random() < 0.4 else ''}"
        f"<h1>{document.title}</h1><div class=info>发布时间：{facts.year + 1}-01-20 来源：{facts.organ} 浏览次数：<span id=hits>128</span> 字号：[大 中 小]</div>"
        f"{body}{digest}<ul class=related>{related}</ul><div class=footer>主办：{facts.organ} 网站标识码：3706{rng.randint(100000, 999999)} 备案号：鲁ICP备0500{rng.randint(1000, 9999)}号</div></body></html>"
    )


def encoded(text: str, rng: Random) -> bytes:
    """The page in some charset, said rightly, wrongly or not at all."""
    real, said = rng.choice(
        [
            ("utf-8", "utf-8"),
            ("utf-8", "utf-8"),
            ("utf-8", ""),
            ("utf-8-sig", "gb2312"),
            ("gb18030", "gb2312"),
            ("gb18030", "utf-8"),
            ("gb18030", ""),
            ("utf-8", "gbk"),
        ]
    )
    return text.replace("%CHARSET%", f'<meta charset="{said}">' if said else "").encode(real, "xmlcharrefreplace")


def bare(text: str) -> str:
    """The page as browsers get it, in one charset."""
    return re.sub("%CHARSET%", '<meta charset="utf-8">', text)
