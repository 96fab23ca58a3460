"""From characters on a page to lines, and from lines to paragraphs; lines with wide gaps are rows of unruled tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from reports.sources.ruling import Char

_BEGINS = re.compile(r"[一二三四五六七八九]、|[（(][一二三四五六七八九十][）)]")
_FIGURE = re.compile(r"[\d.,/\-—]+")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Characters that stand together in a line."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    chars: tuple[Char, ...] = ()  # left to right


@dataclass(frozen=True, slots=True)
class Line:
    chunks: tuple[Chunk, ...]
    page: int
    size: float  # height of its characters

    @property
    def text(self) -> str:
        return " ".join(chunk.text for chunk in self.chunks)

    @property
    def left(self) -> float:
        return self.chunks[0].left

    @property
    def right(self) -> float:
        return self.chunks[-1].right

    @property
    def top(self) -> float:
        return min(chunk.top for chunk in self.chunks)

    @property
    def bottom(self) -> float:
        return max(chunk.bottom for chunk in self.chunks)


def lines_of(chars: Iterable[Char], page: int) -> list[Line]:
    """Characters by line, top to bottom, and within a line by chunks."""
    rows: list[list[Char]] = []
    for char in sorted(chars, key=lambda c: (c.y, c.left)):
        height = char.bottom - char.top
        if rows and abs(char.y - _middle(rows[-1])) <= 0.45 * max(height, 4.0):
            rows[-1].append(char)
        else:
            rows.append([char])
    lines = []
    for row in rows:
        row.sort(key=lambda c: c.left)
        size = max(median(c.bottom - c.top for c in row), 0.1)  # a broken font has characters without a height
        lines.append(Line(tuple(_chunks(row, size)), page, size))
    return lines


def _middle(row: Sequence[Char]) -> float:
    return row[0].y if len(row) < 3 else sum(c.y for c in row[-3:]) / 3


def _chunks(row: Sequence[Char], size: float) -> list[Chunk]:
    """Parted where the gap is wide: a full character, or half of one between two figures."""
    groups: list[list[Char]] = []
    for char in row:
        if groups:
            last = groups[-1][-1]
            gap = char.left - last.right
            figures = last.text.isdigit() and char.text.isdigit()
            if last.text.isdigit() and char.text in "、.．" and gap <= 2 * size:
                gap = 0.0  # a label's number: 4、
            if gap <= (0.42 if figures else 0.85 if char.text.isdigit() else 1.1) * size:
                if char.left < last.left + 0.2 * (last.right - last.left) and char.text == last.text:
                    continue  # printed twice for a bold look
                groups[-1].append(char)
                continue
        groups.append([char])
    return [chunk_of(group) for group in groups]


def chunk_of(chars: Sequence[Char]) -> Chunk:
    return Chunk(
        _text(chars),
        chars[0].left,
        min(c.top for c in chars),
        max(c.right for c in chars),
        max(c.bottom for c in chars),
        tuple(chars),
    )


def _text(chars: Sequence[Char]) -> str:
    parts = [chars[0].text]
    for last, char in pairwise(chars):
        wide = char.left - last.right > 0.25 * (char.bottom - char.top)
        parts.append(" " + char.text if wide and last.text.isascii() and char.text.isascii() else char.text)
    return "".join(parts)


def cell_text(chars: Sequence[Char]) -> str:
    """The text of a cell, its lines kept."""
    if len(chars) == 1:
        return chars[0].text
    return "\n".join(line.text for line in lines_of(chars, 0))


def tabular(line: Line) -> bool:
    """A row of an unruled table: several chunks that are not a sentence with gaps, or a label with a figure."""
    if len(line.chunks) >= 3:
        return not re.search("[。；]", line.text)
    return len(line.chunks) == 2 and _FIGURE.fullmatch(line.chunks[-1].text) is not None


def continues(above: Line, line: Line, left: float, right: float) -> bool:
    """Whether `line` goes on with the paragraph of `above`: that one is full and this one not indented."""
    if len(line.chunks) > 1 and tabular(line):
        return False
    if _BEGINS.match(line.text) and re.search(r"[。；：]$", above.text):
        return False
    slack = 1.6 if re.search(r"[。；：？！]$", above.text) else 8  # a long number is not broken, and leaves a gap
    full = above.right >= right - slack * above.size and right - left > 20 * above.size
    indented = line.left > left + 1.2 * line.size
    return full and not indented and abs(above.size - line.size) < 0.35 * line.size
