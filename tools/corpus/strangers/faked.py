# ruff: noqa: E501 -- mark-up stays on one line
"""Tables on a page that are none for a browser: lists, grids of div, lines of text with blanks between."""

from __future__ import annotations

import html
from collections.abc import Callable
from random import Random

from tools.corpus.strangers.layout import NBSP, Part, matrix
from tools.corpus.strangers.web import INLINES, PAGES, body


def _texts(part: Part) -> list[list[str]]:
    """Rows of what stands in them, without empty places and without what was merged into them."""
    return [[html.escape(box.text, quote=False) for box in row if box.text] for row in part.rows]


def grid(rng: Random, part: Part, inline: object) -> str:
    rows = "".join(
        '<div class="el-row">'
        + "".join(
            f'<div class="el-col" style="width:{box.across * 6}%">{html.escape(box.text, quote=False)}</div>'
            for box in row
        )
        + "</div>\n"
        for row in part.rows
    )
    return f'<div class="table">{rows}</div>'


def full_grid(rng: Random, part: Part, inline: object) -> str:
    """Every place of the table is a div, also where a merged cell goes on."""
    rows = ""
    for row in matrix(part.rows):
        cells = "".join(
            f"<div>{html.escape(place[0].text, quote=False) if place and place[1] else ''}</div>" for place in row
        )
        rows += f'<div style="display:flex">{cells}</div>\n'
    return f"<div>{rows}</div>"


def css_table(rng: Random, part: Part, inline: object) -> str:
    rows = "".join(
        '<div style="display:table-row">'
        + "".join(f'<span style="display:table-cell">{html.escape(box.text, quote=False)}</span>' for box in row)
        + "</div>"
        for row in part.rows
    )
    return f'<div style="display:table">{rows}</div>'


def lists(rng: Random, part: Part, inline: object) -> str:
    rows = "".join("<li>" + "".join(f"<span>{text}</span> " for text in row) + "</li>\n" for row in _texts(part))
    return f"<ul>{rows}</ul>"


def definitions(rng: Random, part: Part, inline: object) -> str:
    lines = []
    for row in part.rows:
        for box in row:
            if box.text:
                tag = "dd" if box.name is not None else "dt"
                lines.append(f"<{tag}>{html.escape(box.text, quote=False)}</{tag}>")
    return "<dl>\n" + "\n".join(lines) + "\n</dl>"


def blanks(rng: Random, part: Part, inline: object) -> str:
    gap = rng.choice(["&nbsp;&nbsp;&nbsp;&nbsp;", "&emsp;&emsp;", " &nbsp; &nbsp; "])
    return "\n".join(f"<p>{gap.join(row)}</p>" for row in _texts(part))


def pre(rng: Random, part: Part, inline: object) -> str:
    return "<pre>\n" + "\n".join("\t".join(row) for row in _texts(part)) + "\n</pre>"


def drawn(rng: Random, part: Part, inline: object) -> str:
    """Lines drawn with characters, as mails and old systems do."""
    lines = ["┌" + "─" * 60 + "┐"]
    for row in matrix(part.rows):
        texts = [html.escape(place[0].text, quote=False) if place and place[1] else "" for place in row]
        lines.append("│" + "│".join(f"{text:^6}" for text in texts) + "│")
        lines.append("├" + "─" * 60 + "┤")
    return "<pre>\n" + "\n".join(lines[:-1]) + "\n└" + "─" * 60 + "┘\n</pre>"


def one_a_line(rng: Random, part: Part, inline: object) -> str:
    tag = rng.choice(["p", "div"])
    cells = [html.escape(box.text, quote=False) for row in part.rows for box in row if box.text]
    return "\n".join(f"<{tag}>{cell}{NBSP if rng.random() < 0.1 else ''}</{tag}>" for cell in cells)


FAKED: dict[str, Callable[[Random, Part, object], str]] = {
    "grid": grid, "full_grid": full_grid, "css_table": css_table, "lists": lists, "definitions": definitions, "blanks": blanks,
    "pre": pre, "drawn": drawn, "one_a_line": one_a_line,
}  # fmt: skip


def faked_page(rng: Random, given: list[Part], title: str) -> tuple[bytes, str]:
    way, shell = rng.choice(sorted(FAKED)), rng.choice(["portal", "old", "bare"])
    text = PAGES[shell](rng, title, body(rng, given, FAKED[way], INLINES["plain"], cut=False))
    return text.encode(), f"{way} {shell}"
