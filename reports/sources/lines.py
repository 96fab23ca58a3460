"""Lines of text out of printed pages: page numbers left empty, sentences broken at the margin put together."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from reports.fold import squeeze
from reports.furniture import is_page_number
from reports.numbers import is_value

_MARKED = re.compile(r"[-—–·]+(\d{1,3})[-—–·]+|第(\d{1,3})页(?:[,，/]?共?\d{1,3}页)?")  # - 2 -, 第2页
_PROSE = 30  # columns: a shorter line is no line of a paragraph that runs on
_MARGIN = 9  # columns by which full lines differ: the first one is set in, and a long number is not parted
_CELLS_A_LINE = 60
_MOST = 20_000  # lines; a report has some hundreds
_LONGEST = 5_000  # characters of a row or a paragraph
_WIDEST = 160  # columns: no page is printed so
_BEGINS = re.compile(
    r"\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[）)]|\d{1,2}[.．、](?!\d)|第二十条|\||#)"
)
_ENDS = re.compile(r"[。；;：:！!？?|]\s*$")
# 信息内容 本年制发件数: words with blanks between them, and figures in a row, are cells
_CELLS = re.compile(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]|\s{2,}|\t|\d\s+\d+\s+\d|\S\s+[\d.]+$|[|\u2500-\u257f]")


def without_page_numbers(text: str) -> list[str]:
    """The text's lines. A page number is told by a form feed below it, by its dashes, or by counting the pages."""
    lines: list[str] = []
    pages = text.split("\f")
    for page in pages:
        own = page.splitlines() or [""]
        foot = next((at for at in range(len(own) - 1, -1, -1) if own[at].strip()), None)
        if foot is not None and len(pages) > 1 and is_page_number(own[foot]):
            own[foot] = ""
        lines += own
    for at in _counted(lines):
        lines[at] = ""
    return lines


def _counted(lines: Sequence[str]) -> list[int]:
    """Lines of nothing but a number that count 1, 2, 3 through the document, the last one at its end or with dashes."""
    marked: list[tuple[int, int]] = []
    bare: list[tuple[int, int]] = []
    for at, line in enumerate(lines):
        if len(line) > 24 or "\t" in line:
            continue
        flat = squeeze(line)
        if match := _MARKED.fullmatch(flat):
            marked.append((at, int(match[1] or match[2])))
        elif flat.isascii() and flat.isdigit() and len(flat) <= 3:
            bare.append((at, int(flat)))
    last = max((at for at, line in enumerate(lines) if line.strip()), default=-1)
    found = [at for at, _ in marked] if _counts(marked) else []
    if len(bare) > 1 and bare[0][1] == 1 and bare[-1][0] == last and _counts(bare):
        found += [at for at, _ in bare]
    return found


def _counts(numbers: Sequence[tuple[int, int]]) -> bool:
    return all(number == numbers[0][1] + at for at, (_, number) in enumerate(numbers))


def unpadded(lines: list[str]) -> list[str]:
    """Rows whose cells hold paragraphs of their own, as browsers hand them out: a break beside a tab is within a row.

    一、本年新收…<tab>48<tab> / 5 / <tab>0. Unchanged unless that makes many more rows of figures: elsewhere a row may
    well begin with an empty cell, or end with one."""
    if len(lines) > _MOST or not any("\t" in line for line in lines):
        return lines
    joined = list(lines)
    head = -1
    for at, line in enumerate(lines):
        if not line.strip(" "):
            continue
        if (
            head >= 0
            and len(joined[head]) < _LONGEST
            and (line.startswith("\t") or joined[head].rstrip(" ").endswith("\t"))
        ):
            joined[head], joined[at] = joined[head] + line, ""
        else:
            head = at
    return joined if _full(joined) > 2 * _full(lines) + 4 else lines


def _full(lines: Sequence[str]) -> int:
    """Rows with figures as many as a requests table has, nearly."""
    return sum(5 <= sum(map(is_value, line.split("\t"))) < 20 for line in lines if line.count("\t") > 4)


def rejoined(lines: list[str]) -> list[str]:
    """Sentences that were broken at the margin on one line each; the lines that they took up are left empty.

    Only where many lines of prose end at one margin: a text with a paragraph a line has none. One with a cell a line
    comes out of no print."""
    if len(lines) > _MOST or sum(len(line) < 8 and is_value(line) for line in lines) > _CELLS_A_LINE:
        return lines
    widths = [_width(line) if _is_prose(line) else 0 for line in lines]
    margin = _margin(widths)
    if not margin:
        return lines
    joined = list(lines)
    head = 0
    for at in range(1, len(lines)):
        full = widths[at - 1] > margin - _MARGIN and not _ENDS.search(lines[at - 1])
        if full and len(joined[head]) < _LONGEST and _goes_on(lines[at]):
            joined[head] = joined[head].rstrip() + lines[at].strip()
            joined[at] = ""
        else:
            head = at
    return joined


def _goes_on(line: str) -> bool:
    text = line.strip()
    return (
        0 < len(text) < _LONGEST
        and "\t" not in line
        and not (_BEGINS.match(line) or _CELLS.search(text) or is_value(text))
    )


def _margin(widths: Sequence[int]) -> int:
    """The width at which most lines end; single ones may run beyond it. 0: there is none."""
    counts = Counter(width for width in widths if _PROSE < width <= _WIDEST)
    ends = {width: sum(counts[width - less] for less in range(_MARGIN)) for width in list(counts)}
    best = max(ends, key=lambda width: (ends[width], width), default=0)
    return best if ends.get(best, 0) >= 4 else 0


def _is_prose(line: str) -> bool:
    return (
        len(line) * 2 > _PROSE
        and "\t" not in line
        and not _CELLS.search(line.strip())
        and not line.lstrip().startswith("|")
    )


def _width(line: str) -> int:
    """Columns on a screen: an ideograph takes two."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in line.rstrip())
    return len(line.rstrip()) + wide
