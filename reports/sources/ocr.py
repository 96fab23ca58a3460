"""Reads scanned PDF pages and pictures with RapidOCR, when the extra `ocr` is installed; all in it stays doubtful.

The engine gives a box a character; rulings are found in the picture. From there on a scan is laid out as a PDF is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pypdfium2 as pdfium

from reports.document import Document
from reports.model import Unreadable
from reports.sources.pages import blocks_of
from reports.sources.ruling import Char, Stroke

DPI = 200
MAX_PAGES = 30
_MAX_PIXELS = 40_000_000
_RULE = 40  # pixels: shorter dark runs are strokes of characters
_FIGURES = re.compile(r"[\dOoQDlI|.,]+")
_AS_DIGITS = str.maketrans("OoQDlI|", "0000111")  # what the engine reads in cells of figures


@dataclass(slots=True)
class Scan:
    """A picture of a page as `pages.Page` wants it."""

    number: int
    height: float
    chars: list[Char]
    horizontal: list[Stroke]
    vertical: list[Stroke]
    pictures: list[tuple[float, float, float, float]]


def read_scans(data: bytes) -> Document:
    """A PDF whose pages are pictures. Raises Unreadable."""
    _engine()
    pdf = pdfium.PdfDocument(data)
    try:
        if len(pdf) > MAX_PAGES:
            raise Unreadable("too_large", f"{len(pdf)} scanned pages; {MAX_PAGES} are read")
        scans = [_scan(_upright(pdf[at]), at + 1, DPI / 72) for at in range(len(pdf))]
    except pdfium.PdfiumError as error:
        raise Unreadable("broken", f"pdfium: {error}") from error
    finally:
        pdf.close()
    return _document("application/pdf", scans)


def _upright(page: pdfium.PdfPage) -> Any:
    wide, high = page.get_size()
    scale = min(DPI / 72, (_MAX_PIXELS / max(wide * high, 1.0)) ** 0.5)
    return page.render(scale=scale).to_numpy()


def read_picture(data: bytes) -> Document:
    """PNG, JPEG and the like: one page. Raises Unreadable."""
    _engine()
    import cv2
    import numpy

    header = numpy.frombuffer(data, dtype=numpy.uint8)
    picture = cv2.imdecode(header, cv2.IMREAD_COLOR)
    if picture is None:
        raise Unreadable("broken", "not a whole picture")
    if picture.shape[0] * picture.shape[1] > _MAX_PIXELS:
        raise Unreadable("too_large", f"a picture of {picture.shape[1]} × {picture.shape[0]} pixels")
    return _document("image/*", [_scan(picture, 1, DPI / 72)])


def _document(media: str, scans: list[Scan]) -> Document:
    if not any(scan.chars for scan in scans):
        raise Unreadable("empty", "no text is to be seen")
    return Document(media, "ocr", tuple(blocks_of(scans)))


@cache
def _engine() -> Any:
    """The engine, loaded once a process. Unreadable when the extra is not installed."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise Unreadable("not_readable_here", "the pages are pictures; reading them needs the extra `ocr`") from error
    return RapidOCR(params={"Global.log_level": "warning"})


def _scan(picture: Any, number: int, scale: float) -> Scan:
    horizontal, vertical = _rulings(picture, scale)
    return Scan(number, picture.shape[0] / scale, list(_chars(picture, scale)), horizontal, vertical, [])


def _chars(picture: Any, scale: float) -> Iterator[Char]:
    found = _engine()(
        picture, use_det=True, use_cls=False, use_rec=True, return_word_box=True, return_single_char_box=True
    )
    for words in found.word_results or ():
        figures = bool(_FIGURES.fullmatch("".join(text for text, _, _ in words)))
        for text, _, box in words:
            xs, ys = [float(x) / scale for x, _ in box], [float(y) / scale for _, y in box]
            shown = text.translate(_AS_DIGITS) if figures else text
            step = (max(xs) - min(xs)) / max(1, len(shown))
            for at, char in enumerate(shown):
                left = min(xs) + at * step
                if not char.isspace():
                    yield Char(char, left, min(ys), left + step, max(ys))


def _rulings(picture: Any, scale: float) -> tuple[list[Stroke], list[Stroke]]:
    """Long straight dark runs, across and down."""
    import cv2

    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    dark = cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]
    strokes: list[list[Stroke]] = []
    for size in ((_RULE, 1), (1, _RULE)):
        runs = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
        _, _, boxes, _ = cv2.connectedComponentsWithStats(runs)
        across = size[0] > 1
        strokes.append([stroke for box in boxes[1:20_000] if (stroke := _stroke(box, across, scale)) is not None])
    return strokes[0], strokes[1]


def _stroke(box: Any, across: bool, scale: float) -> Stroke | None:
    left, top, wide, high = (float(value) / scale for value in box[:4])
    if across:
        return Stroke(top + high / 2, left, left + wide) if high < 4 else None
    return Stroke(left + wide / 2, top, top + high) if wide < 4 else None
