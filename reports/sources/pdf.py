"""Reads PDF with text: characters and rulings out of pypdfium2, tables and paragraphs out of those."""

from __future__ import annotations

import ctypes
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from reports.document import Block, Document, Paragraph, Picture, RawCell, Row, Table
from reports.fold import squeeze
from reports.model import Place, Unreadable
from reports.sources.ruling import Box, Char, Ruled, Stroke, tables
from reports.sources.typeset import Line, cell_text, continues, lines_of, tabular
from reports.sources.unruled import rows_of

MAX_PAGES = 400
_MAX_CHARS = 60_000  # on one page
_MAX_OBJECTS = 50_000
_THIN = 3.2  # points: a filled rectangle no wider than this is a ruling
_EDGE = 0.09  # of the page's height: where page numbers and running heads stand
_PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第)?\d{1,3}(?:页)?(?:[/共]*\d{1,3}页?)?[-—–·\s]*")


class _Page:
    """What one page shows, in points from its top left, upright."""

    def __init__(self, page: pdfium.PdfPage, number: int) -> None:
        self.number = number
        self.rotation = int(raw.FPDFPage_GetRotation(page.raw))
        left, bottom, right, top = page.get_mediabox()
        self.frame = (left, bottom, right, top)
        wide, high = right - left, top - bottom
        self.width, self.height = (high, wide) if self.rotation % 2 else (wide, high)
        self.chars = list(self._chars(page))
        self.horizontal: list[Stroke] = []
        self.vertical: list[Stroke] = []
        self.pictures: list[tuple[float, float, float, float]] = []
        self._budget = _MAX_OBJECTS
        for at in range(min(raw.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS)):
            self._object(raw.FPDFPage_GetObject(page.raw, at), (1, 0, 0, 1, 0, 0), 0)

    def _upright(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.frame
        if self.rotation == 1:
            return y - bottom, x - left
        if self.rotation == 2:
            return right - x, y - bottom
        if self.rotation == 3:
            return top - y, right - x
        return x - left, top - y

    def _chars(self, page: pdfium.PdfPage) -> Iterator[Char]:
        text = page.get_textpage()
        handle, box = text.raw, raw.FS_RECTF()
        left, _, _, top = self.frame
        pointer = ctypes.byref(box)
        for at in range(min(raw.FPDFText_CountChars(handle), _MAX_CHARS)):
            code = raw.FPDFText_GetUnicode(handle, at)
            if code <= 32 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000:
                continue
            if not raw.FPDFText_GetLooseCharBox(handle, at, pointer):
                continue
            if self.rotation == 0:  # nearly always
                yield Char(chr(code), box.left - left, top - box.top, box.right - left, top - box.bottom)
                continue
            x0, y0 = self._upright(box.left, box.top)
            x1, y1 = self._upright(box.right, box.bottom)
            yield Char(chr(code), min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        text.close()

    def _object(self, item: object, matrix: tuple[float, ...], depth: int) -> None:
        self._budget -= 1
        if self._budget < 0 or depth > 4:
            return
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._path(item, _times(_matrix(item), matrix))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            self._image(item, _times(_matrix(item), matrix))
        elif kind == raw.FPDF_PAGEOBJ_FORM:
            inner = _times(_matrix(item), matrix)
            for at in range(min(raw.FPDFFormObj_CountObjects(item), _MAX_OBJECTS)):
                self._object(raw.FPDFFormObj_GetObject(item, at), inner, depth + 1)

    def _image(self, item: object, m: tuple[float, ...]) -> None:
        a, b, c, d, e, f = m
        corners = [self._upright(e + u * a + v * c, f + u * b + v * d) for u in (0, 1) for v in (0, 1)]
        xs, ys = [x for x, _ in corners], [y for _, y in corners]
        if max(xs) - min(xs) > 100 and max(ys) - min(ys) > 40:
            self.pictures.append((min(xs), min(ys), max(xs), max(ys)))

    def _path(self, item: object, matrix: tuple[float, ...]) -> None:
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, ctypes.byref(fill), ctypes.byref(stroke))
        if not fill.value and not stroke.value:
            return
        for points in self._subpaths(item, matrix):
            self._subpath(points, bool(stroke.value))

    def _subpaths(self, item: object, m: tuple[float, ...]) -> Iterator[list[tuple[float, float]]]:
        a, b, c, d, e, f = m
        x, y = ctypes.c_float(), ctypes.c_float()
        points: list[tuple[float, float]] = []
        for at in range(min(raw.FPDFPath_CountSegments(item), 5000)):
            segment = raw.FPDFPath_GetPathSegment(item, at)
            kind = raw.FPDFPathSegment_GetType(segment)
            raw.FPDFPathSegment_GetPoint(segment, ctypes.byref(x), ctypes.byref(y))
            if kind == raw.FPDF_SEGMENT_MOVETO and points:
                yield points
                points = []
            if kind == raw.FPDF_SEGMENT_BEZIERTO:
                continue
            points.append(self._upright(a * x.value + c * y.value + e, b * x.value + d * y.value + f))
            if raw.FPDFPathSegment_GetClose(segment) and len(points) > 2:
                points.append(points[0])
        if points:
            yield points

    def _subpath(self, points: list[tuple[float, float]], stroked: bool) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        wide, high = max(xs) - min(xs), max(ys) - min(ys)
        if high <= _THIN and wide > high:
            self.horizontal.append(Stroke((min(ys) + max(ys)) / 2, min(xs), max(xs)))
        elif wide <= _THIN:
            self.vertical.append(Stroke((min(xs) + max(xs)) / 2, min(ys), max(ys)))
        elif stroked:
            for (x0, y0), (x1, y1) in pairwise(points):
                if abs(y0 - y1) < 1:
                    self.horizontal.append(Stroke((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
                elif abs(x0 - x1) < 1:
                    self.vertical.append(Stroke((x0 + x1) / 2, min(y0, y1), max(y0, y1)))


def _matrix(item: object) -> tuple[float, ...]:
    m = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, ctypes.byref(m)):
        return (1, 0, 0, 1, 0, 0)
    return (m.a, m.b, m.c, m.d, m.e, m.f)


def _times(one: tuple[float, ...], other: tuple[float, ...]) -> tuple[float, ...]:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def read_pdf(data: bytes) -> Document:
    """Raises Unreadable: encrypted, broken, too_large, and not_readable_here for pages that are pictures only."""
    try:
        pdf = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        state = "encrypted" if "assword" in str(error) else "broken"
        raise Unreadable("encrypted" if state == "encrypted" else "broken", f"pdfium: {error}") from error
    try:
        if len(pdf) > MAX_PAGES:
            raise Unreadable("too_large", f"{len(pdf)} pages; {MAX_PAGES} are read")
        pages = [_Page(pdf[at], at + 1) for at in range(len(pdf))]
        title = str(pdf.get_metadata_dict().get("Title") or "")
    except pdfium.PdfiumError as error:
        raise Unreadable("broken", f"pdfium: {error}") from error
    finally:
        pdf.close()
    if sum(len(page.chars) for page in pages) < 20:
        if any(page.pictures for page in pages):
            raise Unreadable("not_readable_here", "the pages are pictures; reading them needs OCR")
        raise Unreadable("empty", "no text on any page")
    return Document("application/pdf", "drawn", tuple(_blocks(pages)), (title,) if title.strip() else ())


# --- from pages to blocks -------------------------------------------------------------------------------------------


def _blocks(pages: list[_Page]) -> Iterator[Block]:
    """Tables and paragraphs of all pages in reading order; page numbers and running heads left out."""
    laid = [_lay_out(page) for page in pages]
    heads = _running_heads(pages, [line for _, lines in laid for line in lines])
    columns = sorted(x for ruled, _ in laid for one in ruled for x in one.xs)
    writer = _Writer([line for _, lines in laid for line in lines])
    for page, (ruled, lines) in zip(pages, laid, strict=True):
        items: list[tuple[float, object]] = [(one.ys[0], one) for one in ruled]
        items += [(line.top, line) for line in lines if not _furniture(page, line, heads)]
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


def _lay_out(page: _Page) -> tuple[list[Ruled], list[Line]]:
    """The page's ruled tables with their characters, and its other lines. A frame full of prose is no table."""
    ruled = tables(page.horizontal, page.vertical)
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


def _running_heads(pages: list[_Page], lines: list[Line]) -> set[str]:
    """Lines that stand at the edge of three pages or more."""
    height = {page.number: page.height for page in pages}
    seen = Counter(
        re.sub(r"\d+", "#", squeeze(line.text))
        for line in lines
        if line.bottom < _EDGE * height[line.page] or line.top > (1 - _EDGE) * height[line.page]
    )
    # a row of figures at the edge of a page is no running head
    return {text for text, count in seen.items() if count >= 3 and re.search(r"[^\W\d_]{2}", text)}


def _furniture(page: _Page, line: Line, heads: set[str]) -> bool:
    if not (line.bottom < 1.3 * _EDGE * page.height or line.top > (1 - 1.3 * _EDGE) * page.height):
        return False
    text = squeeze(line.text)
    return (len(line.chunks) <= 3 and bool(_PAGE_NUMBER.fullmatch(text))) or re.sub(r"\d+", "#", text) in heads


class _Writer:
    """Joins lines to paragraphs, and lines with gaps to unruled tables."""

    def __init__(self, lines: list[Line]) -> None:
        body = [line for line in lines if len(line.text) > 15]
        self.left = min((line.left for line in lines if len(line.text) > 3), default=0.0)
        self.right = max((line.right for line in body), default=0.0)
        self.paragraph: list[Line] = []
        self.rows: list[Line] = []

    def line(self, line: Line) -> Iterator[Block]:
        if tabular(line):
            yield from self._flush_paragraph(keep_label=True)
            self.rows.append(line)
        elif (
            self.rows
            and line.size < 1.25 * self.rows[-1].size
            and len(line.text) <= 30
            and not re.search("[。]|^[一二三四五六]、[^本上结三]", squeeze(line.text))
        ):
            self.rows.append(line)  # part of a label, or a header over several lines
        else:
            yield from self._flush_rows()
            if self.paragraph and not continues(self.paragraph[-1], line, self.left, self.right):
                yield from self._flush_paragraph()
            self.paragraph.append(line)

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


def _label_and_figure(text: str) -> list[str]:
    """行政规范性文件149 is a label with its figure close by: no label of the form ends with a digit."""
    match = re.fullmatch(r"(.*[\u4e00-\u9fff）)”])\s?(\d[\d.,]*)", text)
    return [match[1], match[2]] if match else [text]
