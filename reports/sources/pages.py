"""From what stands on pages to paragraphs and tables: for PDF and for pictures that were read by OCR."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol

from reports.document import Block, Paragraph, Picture, RawCell, Row, Table
from reports.fold import squeeze
from reports.furniture import is_page_number
from reports.model import Place
from reports.numbers import is_value
from reports.sources.ruling import Box, Char, Ruled, Stroke, tables
from reports.sources.typeset import Line, cell_text, continues, lines_of, tabular
from reports.sources.unruled import rows_of

_LEAST_TABLE = 80.0  # points across: less is a logo, or a character of a scanned title
_ENDS = 12.0  # points by which lines that are full end apart
_EDGE = 0.09  # of the page's height: where page numbers and running heads stand


class Page(Protocol):
    """What one page shows, in points from its top left, upright."""

    number: int  # from 1
    height: float
    chars: list[Char]
    horizontal: list[Stroke]
    vertical: list[Stroke]
    pictures: list[tuple[float, float, float, float]]


def blocks_of(pages: Sequence[Page]) -> Iterator[Block]:
    """Tables and paragraphs of all pages in reading order; page numbers and running heads left out."""
    laid = [_lay_out(page) for page in pages]
    heads = _running_heads(pages, [line for _, lines in laid for line in lines])
    columns = sorted(x for ruled, _ in laid for one in ruled for x in one.xs)
    body = [
        [line for line in lines if not _furniture(page, line, heads)]
        for page, (_, lines) in zip(pages, laid, strict=True)
    ]
    writer = _Writer([line for lines in body for line in lines])
    for page, (ruled, _), lines in zip(pages, laid, body, strict=True):
        items: list[tuple[float, object]] = [(one.ys[0], one) for one in ruled]
        items += [(line.top, line) for line in lines]
        items += [(box[1], box) for box in page.pictures]
        for _, item in sorted(items, key=lambda pair: pair[0]):
            if isinstance(item, Line):
                yield from writer.line(item)
            else:
                yield from writer.flush()
                if isinstance(item, Ruled):
                    yield _table(item, page.number, columns)
                elif isinstance(item, tuple):
                    yield Picture(Place(page.number, item))
    yield from writer.flush()


def _lay_out(page: Page) -> tuple[list[Ruled], list[Line]]:
    """The page's ruled tables with their characters, and its other lines. A frame full of prose is no table."""
    ruled = [one for one in tables(page.horizontal, page.vertical) if one.xs[-1] - one.xs[0] >= _LEAST_TABLE]
    loose: list[Char] = []
    for char in page.chars:
        for one in ruled:
            box = one.box_at(char.x, char.y)
            if box is not None:
                box.chars.append(char)
                break
        else:
            loose.append(char)
    real: list[Ruled] = []
    for one in ruled:
        if max((len(box.chars) for box in one.boxes), default=0) > 400 or not any(box.chars for box in one.boxes):
            loose += [char for box in one.boxes for char in box.chars]
        else:
            real.append(one)
    return real, lines_of(loose, page.number)


def _table(ruled: Ruled, page: int, columns: list[float]) -> Table:
    """Columns are numbered by their position on paper, so that they agree from page to page."""
    rows: list[Row] = []
    for at in range(len(ruled.ys) - 1):
        boxes = [box for box in ruled.boxes if box.row <= at < box.row + box.rows]
        boxes.sort(key=lambda box: box.column)
        rows.append(Row(tuple(_cell(box, at, page, columns) for box in boxes)))
    frame = (ruled.xs[0], ruled.ys[0], ruled.xs[-1], ruled.ys[-1])
    return Table(tuple(rows), aligned=True, place=Place(page, _rounded(frame)))


def _cell(box: Box, row: int, page: int, columns: list[float]) -> RawCell:
    column = _rank(columns, box.left)
    place = Place(page, _rounded((box.left, box.top, box.right, box.bottom)))
    return RawCell(cell_text(box.chars) if box.chars else "", place, column, box.columns, inherited=row != box.row)


def _rank(columns: list[float], x: float) -> int:
    """How many clearly different positions lie left of `x`."""
    rank, last = 0, None
    for at in columns:
        if at > x - 3:
            break
        if last is None or at - last > 3:
            rank += 1
        last = at
    return rank


def _rounded(box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (round(value, 1) for value in box)
    return (left, top, right, bottom)


def _running_heads(pages: Sequence[Page], lines: list[Line]) -> set[str]:
    """Lines that stand at the edge of three pages or more."""
    height = {page.number: page.height for page in pages}
    seen = Counter(
        re.sub(r"\d+", "#", squeeze(line.text))
        for line in lines
        if line.bottom < _EDGE * height[line.page] or line.top > (1 - _EDGE) * height[line.page]
    )
    # a row of figures at the edge of a page is no running head
    return {text for text, count in seen.items() if count >= 3 and re.search(r"[^\W\d_]{2}", text)}


def _furniture(page: Page, line: Line, heads: set[str]) -> bool:
    if not (line.bottom < 1.3 * _EDGE * page.height or line.top > (1 - 1.3 * _EDGE) * page.height):
        return False
    text = squeeze(line.text)
    return (len(line.chunks) <= 3 and is_page_number(text)) or re.sub(r"\d+", "#", text) in heads


class _Writer:
    """Joins lines to paragraphs, and lines with gaps to unruled tables."""

    def __init__(self, lines: list[Line]) -> None:
        self.left = min((line.left for line in lines if len(line.text) > 3), default=0.0)
        self.right = _right_margin(lines)
        self.paragraph: list[Line] = []
        self.rows: list[Line] = []

    def line(self, line: Line) -> Iterator[Block]:
        if tabular(line):
            yield from self._flush_paragraph(keep_label=True)
            self.rows.append(line)
        elif (
            self.rows
            and line.size < 1.25 * self.rows[-1].size
            and (len(line.text) <= 30 or line.right < self._figures_left())
            and not re.search("[。]|^[一二三四五六]、[^本上结三]", squeeze(line.text))
        ):
            self.rows.append(line)  # part of a label, or a header over several lines
        else:
            yield from self._flush_rows()
            if self.paragraph and not continues(self.paragraph[-1], line, self.left, self.right):
                yield from self._flush_paragraph()
            self.paragraph.append(line)

    def _figures_left(self) -> float:
        """Where figures begin in the table so far; what ends before is a line of a long label."""
        chunks = [chunk for line in self.rows for chunk in line.chunks if is_value(chunk.text)]
        return min((chunk.left for chunk in chunks), default=0.0)

    def flush(self) -> Iterator[Block]:
        yield from self._flush_rows()
        yield from self._flush_paragraph()

    def _flush_paragraph(self, keep_label: bool = False) -> Iterator[Block]:
        if not self.paragraph:
            return
        first, last = self.paragraph[0], self.paragraph[-1]
        box = _rounded((first.left, first.top, max(line.right for line in self.paragraph), last.bottom))
        yield Paragraph("".join(line.text for line in self.paragraph), Place(first.page, box))
        self.paragraph = []

    def _flush_rows(self) -> Iterator[Block]:
        if not self.rows:
            return
        rows = []
        for page, chunks in rows_of(self.rows):
            pieces = [
                (text, Place(page, _rounded((chunk.left, chunk.top, chunk.right, chunk.bottom))))
                for chunk in chunks
                for text in _label_and_figure(chunk.text)
            ]
            rows.append(Row(tuple(RawCell(text, place, at) for at, (text, place) in enumerate(pieces))))
        self.rows = []
        yield Table(tuple(rows), aligned=False, place=rows[0].cells[0].place)


def _right_margin(lines: Sequence[Line]) -> float:
    """Where lines of prose end at the right; a printer's own head and foot, or a title, may run on beyond it."""
    ends = sorted((line.right for line in lines if len(line.text) > 15), reverse=True)
    shared = (end for at, end in enumerate(ends[:-2]) if end - ends[at + 2] <= _ENDS)
    return next(shared, ends[0] if ends else 0.0)


def _label_and_figure(text: str) -> list[str]:
    """行政规范性文件149 is a label with its figure close by: no label of the form ends with a digit."""
    match = re.fullmatch(r"(.*[\u4e00-\u9fff）)”])\s?(\d[\d.,]*)", text)
    return [match[1], match[2]] if match else [text]
