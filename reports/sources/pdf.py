"""Reads PDF with text: characters and rulings out of pypdfium2, tables and paragraphs out of those.

A scan with text under its pictures, put there by somebody's OCR, is a scan: that text proves nothing.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import pi
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from reports.document import Document
from reports.model import Place, Unreadable
from reports.sources.ocr import can_read, read_scans, rendered_part
from reports.sources.pages import blocks_of
from reports.sources.ruling import Char, Stroke
from reports.sources.struck import without_struck

MAX_PAGES = 400
_MAX_CHARS = 60_000  # on one page
_MAX_OBJECTS = 50_000
_SAMPLE = 60  # characters of a page that are asked how they are turned
_SLANT = 0.06  # of a quarter turn: text that lies across the others' direction is a watermark
_THIN = 3.2  # points: a filled rectangle no wider than this is a ruling


class _Page:
    """What one page shows, in points from its top left, upright."""

    def __init__(self, page: pdfium.PdfPage, number: int) -> None:
        self.number = number
        text = page.get_textpage()
        self.rotation = _turn(page, text)
        left, bottom, right, top = page.get_mediabox()
        self.frame = (left, bottom, right, top)
        wide, high = right - left, top - bottom
        self.width, self.height = (high, wide) if self.rotation % 2 else (wide, high)
        self.horizontal: list[Stroke] = []
        self.vertical: list[Stroke] = []
        self.pictures: list[tuple[float, float, float, float]] = []
        self._shown = self._hidden = 0  # text objects that a reader sees, and those without ink or behind a picture
        self._slanted = False  # whether some text lies across the page: a watermark
        self._budget = _MAX_OBJECTS
        for at in range(min(raw.FPDFPage_CountObjects(page.raw), _MAX_OBJECTS)):
            self._object(raw.FPDFPage_GetObject(page.raw, at), (1, 0, 0, 1, 0, 0), 0)
        self.chars = without_struck(list(self._chars(text)), self.horizontal)
        text.close()

    @property
    def crowded(self) -> bool:
        """Whether it holds more than was looked at."""
        return self._budget <= 0

    @property
    def scanned(self) -> bool:
        """Whether its text is a layer under a picture of the page."""
        return self._hidden > self._shown and bool(self.pictures)

    def _upright(self, x: float, y: float) -> tuple[float, float]:
        left, bottom, right, top = self.frame
        if self.rotation == 1:
            return y - bottom, x - left
        if self.rotation == 2:
            return right - x, y - bottom
        if self.rotation == 3:
            return top - y, right - x
        return x - left, top - y

    def _chars(self, text: pdfium.PdfTextPage) -> Iterator[Char]:
        handle, box = text.raw, raw.FS_RECTF()
        left, _, _, top = self.frame
        pointer = ctypes.byref(box)
        for at in range(min(raw.FPDFText_CountChars(handle), _MAX_CHARS)):
            code = raw.FPDFText_GetUnicode(handle, at)
            if code <= 32 or code in (0xA0, 0x3000, 0xFFFE, 0xFFFF) or 0xD800 <= code < 0xE000:
                continue
            if not raw.FPDFText_GetLooseCharBox(handle, at, pointer):
                continue
            if self._slanted and _oblique(raw.FPDFText_GetCharAngle(handle, at)):
                continue
            if self.rotation == 0:  # nearly always
                yield Char(chr(code), box.left - left, top - box.top, box.right - left, top - box.bottom)
                continue
            x0, y0 = self._upright(box.left, box.top)
            x1, y1 = self._upright(box.right, box.bottom)
            yield Char(chr(code), min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _object(self, item: object, matrix: tuple[float, ...], depth: int) -> None:
        self._budget -= 1
        if self._budget < 0 or depth > 4:
            return
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._path(item, _times(_matrix(item), matrix))
        elif kind == raw.FPDF_PAGEOBJ_TEXT:
            if raw.FPDFTextObj_GetTextRenderMode(item) == raw.FPDF_TEXTRENDERMODE_INVISIBLE:
                self._hidden += 1
            else:
                self._shown += 1
                if not self._slanted:
                    a, b, *_ = _matrix(item) if depth == 0 else _times(_matrix(item), matrix)
                    self._slanted = min(abs(a), abs(b)) > 0.1 * max(abs(a), abs(b))
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
            if (max(xs) - min(xs)) * (max(ys) - min(ys)) > 0.7 * self.width * self.height:
                self._hidden, self._shown = self._hidden + self._shown, 0

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


def _turn(page: pdfium.PdfPage, text: pdfium.PdfTextPage) -> int:
    """Quarter turns clockwise after which the text stands upright. What the page says of itself need not be so: wide
    tables are drawn sideways on upright pages, and pages are marked as turned that are not."""
    count = raw.FPDFText_CountChars(text.raw)
    angles = Counter(
        round(raw.FPDFText_GetCharAngle(text.raw, at) / (pi / 2)) % 4
        for at in range(0, count, max(1, count // _SAMPLE))
        if raw.FPDFText_GetUnicode(text.raw, at) > 32
    )
    if not angles:
        return int(raw.FPDFPage_GetRotation(page.raw))
    quarters: int = angles.most_common(1)[0][0]
    return -quarters % 4


def _oblique(angle: float) -> bool:
    quarters = angle / (pi / 2)
    return abs(quarters - round(quarters)) > _SLANT


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
            return read_scans(data)
        if any(page.crowded for page in pages):
            raise Unreadable("too_large", f"a page of more than {_MAX_OBJECTS} objects, and no text")
        raise Unreadable("empty", "no text on any page")
    scanned = any(page.scanned for page in pages)
    if scanned and can_read():
        return read_scans(data)
    document = Document("application/pdf", "drawn", tuple(blocks_of(pages)), (title,) if title.strip() else ())
    return replace(document, fidelity="ocr") if scanned else replace(document, show=partial(_shown, data))


def _shown(data: bytes, place: Place) -> Any:
    """The pixels of a picture on a page."""
    if place.page is None or place.box is None:
        return None
    pdf = pdfium.PdfDocument(data)
    try:
        return rendered_part(pdf[place.page - 1], place.box)
    finally:
        pdf.close()
