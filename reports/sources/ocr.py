"""Reads scanned PDF pages and pictures with RapidOCR, when the extra `ocr` is installed; all in it stays doubtful.

The engine gives a box a character; rulings are found in the picture. From there on a scan is laid out as a PDF is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pypdfium2 as pdfium

from reports.document import Block, Document, Paragraph, Picture, RawCell, Table
from reports.model import Place, Unreadable
from reports.sources.pages import blocks_of
from reports.sources.picture import decoded, rulings, straightened
from reports.sources.ruling import Char, Stroke

DPI = 200
MAX_PAGES = 30
MAX_PIXELS = 40_000_000
_THREADS = 2  # one a core would want more address space, on a machine of many, than the reading process has
_MOST = 12  # pictures that are looked at in one document
_WIDE = 480.0  # points: how wide a picture of a table is taken to be, whose resolution nobody knows
_SMALL = 1200  # pixels across: a picture from a screen, that the engine reads better at twice the size
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
        scans = [_scan(rendered(pdf[at]), at + 1, DPI / 72) for at in range(len(pdf))]
    except pdfium.PdfiumError as error:
        raise Unreadable("broken", f"pdfium: {error}") from error
    finally:
        pdf.close()
    return _document("application/pdf", scans)


def rendered(page: pdfium.PdfPage) -> Any:
    """The page as a picture of DPI, or less where that would be too many pixels."""
    wide, high = page.get_size()
    scale = min(DPI / 72, (MAX_PIXELS / max(wide * high, 1.0)) ** 0.5)
    return page.render(scale=scale).to_numpy()


def rendered_part(page: pdfium.PdfPage, box: tuple[float, float, float, float]) -> Any:
    """The pixels of a part of the page; `box` in points from its top left."""
    wide, high = page.get_size()
    picture = rendered(page)
    across, down = picture.shape[1] / max(wide, 1.0), picture.shape[0] / max(high, 1.0)
    left, top, right, bottom = (max(0, round(value)) for value in _scaled(box, across, down))
    return picture[top:bottom, left:right]


def _scaled(box: tuple[float, float, float, float], x: float, y: float) -> tuple[float, float, float, float]:
    return box[0] * x, box[1] * y, box[2] * x, box[3] * y


def read_picture(data: bytes) -> Document:
    """PNG, JPEG and the like: one page. Raises Unreadable."""
    _engine()
    picture = decoded(data, MAX_PIXELS)
    return _document("image/*", [_scan(picture, 1, DPI / 72)])


def look(document: Document) -> Document | None:
    """The same with what its pictures show in their places; None when they show nothing, or nothing can read them."""
    if document.show is None or not can_read():
        return None
    blocks: list[Block] = []
    looked = 0
    for block in document.blocks:
        inner = _inside(document, block.place) if isinstance(block, Picture) and block.place and looked < _MOST else []
        looked += bool(inner)
        blocks += inner or [block]
    return replace(document, blocks=tuple(blocks), fidelity="ocr", show=None) if looked else None


def _inside(document: Document, place: Place) -> Sequence[Block]:
    """What a picture shows, at the picture's own place; its boxes count from the picture's top left, in its points."""
    try:
        shown = document.show(place) if document.show else None
        picture = decoded(shown, MAX_PIXELS) if isinstance(shown, bytes) else shown
    except Unreadable:
        return []
    if picture is None or min(picture.shape[:2]) < 30:
        return []
    scan = _scan(picture, place.page or 1, max(picture.shape[1] / _WIDE, 1.0))
    return [_placed(block, place) for block in blocks_of([scan])] if scan.chars else []


def _placed(block: Block, place: Place) -> Block:
    if isinstance(block, Table):
        rows = tuple(replace(row, cells=tuple(_at(cell, place) for cell in row.cells)) for row in block.rows)
        return replace(block, rows=rows, place=place)
    return replace(block, place=place) if isinstance(block, Paragraph) else block


def _at(cell: RawCell, place: Place) -> RawCell:
    box = cell.place.box if cell.place else None
    return replace(cell, place=place if place.box else replace(place, box=box))


def _document(media: str, scans: list[Scan]) -> Document:
    if not any(scan.chars for scan in scans):
        raise Unreadable("empty", "no text is to be seen")
    return Document(media, "ocr", tuple(blocks_of(scans)))


def can_read() -> bool:
    try:
        _engine()
    except Unreadable:
        return False
    return True


@cache
def _engine() -> Any:
    """The engine, loaded once a process. Unreadable when the extra is not installed."""
    try:
        from rapidocr import RapidOCR
    except ImportError as error:
        raise Unreadable("not_readable_here", "the pages are pictures; reading them needs the extra `ocr`") from error
    import cv2

    cv2.setNumThreads(_THREADS)
    threads = {
        f"EngineConfig.onnxruntime.{kind}_op_num_threads": count for kind, count in (("intra", _THREADS), ("inter", 1))
    }
    return RapidOCR(params={"Global.log_level": "critical"} | threads)


def _scan(picture: Any, number: int, scale: float) -> Scan:
    """`scale`: pixels a point."""
    picture, larger = straightened(picture, _SMALL)
    scale *= larger
    horizontal, vertical = rulings(picture, scale)
    return Scan(number, picture.shape[0] / scale, list(_chars(picture, scale)), horizontal, vertical, [])


def _chars(picture: Any, scale: float) -> Iterator[Char]:
    """The engine's characters; those of one line stand on one line, for a page is never quite straight."""
    for words in _lines(picture):
        figures = bool(_FIGURES.fullmatch("".join(text for text, _, _ in words)))
        ys = sorted(float(y) / scale for _, _, box in words for _, y in box)
        top, bottom = ys[len(ys) // 4], ys[-1 - len(ys) // 4]
        for text, _, box in words:
            xs = [float(x) / scale for x, _ in box]
            shown = text.translate(_AS_DIGITS) if figures else text
            step = (max(xs) - min(xs)) / max(1, len(shown))
            for at, char in enumerate(shown):
                left = min(xs) + at * step
                if not char.isspace():
                    yield Char(char, left, top, left + step, bottom)


def _lines(picture: Any) -> Iterator[list[tuple[str, float, Any]]]:
    """(character, score, corners) for each character of a line."""
    from rapidocr.inference_engine.onnxruntime.main import ONNXRuntimeError

    try:
        found = _engine()(
            picture, use_det=True, use_cls=False, use_rec=True, return_word_box=True, return_single_char_box=True
        )
    except ONNXRuntimeError as error:
        raise Unreadable("too_large", "the engine has not enough memory for this picture") from error
    for words in found.word_results or ():
        # where it sees no character it gives (), and on an empty page ("", 1.0, None)
        if line := [word for word in words if isinstance(word, tuple) and len(word) == 3]:
            yield line
