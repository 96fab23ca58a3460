"""Reads OFD (GB/T 33190): text and paths of each page, laid out as a PDF's are. Pictures and seals are not read."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from reports.document import Document
from reports.model import Unreadable
from reports.sources.package import open_package, parse_xml, read_part
from reports.sources.pages import blocks_of
from reports.sources.ruling import Char, Stroke

MAX_PAGES = 400
_POINTS = 72 / 25.4  # OFD counts in millimetres
_THIN = 1.2  # millimetres
_MOST = 100_000  # objects on all pages

Box = tuple[float, float, float, float]  # x, y, width, height


@dataclass(slots=True)
class OfdPage:
    """As `pages.Page` wants it."""

    number: int
    height: float
    chars: list[Char] = field(default_factory=list)
    horizontal: list[Stroke] = field(default_factory=list)
    vertical: list[Stroke] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float]] = field(default_factory=list)


def read_ofd(data: bytes) -> Document:
    """Raises Unreadable."""
    package = open_package(data)
    root = _xml(package, "OFD.xml")
    start = next((text.strip() for element in _all(root, "DocRoot") if (text := element.text)), None)
    if start is None:
        raise Unreadable("broken", "the package names no document")
    pages = list(_pages(package, start.lstrip("/")))
    if sum(len(page.chars) for page in pages) < 20:
        state = any(page.pictures for page in pages)
        raise Unreadable("not_readable_here" if state else "empty", "no text on any page")
    title = next((text for element in _all(root, "Title") if (text := (element.text or "").strip())), "")
    return Document("application/ofd", "drawn", tuple(blocks_of(pages)), (title,) if title else ())


def _xml(package: zipfile.ZipFile, name: str) -> etree._Element:
    try:
        return parse_xml(read_part(package, name), name)
    except KeyError as error:
        raise Unreadable("broken", f"the package has no {name}") from error


def _all(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """Elements by local name: producers differ in prefixes, some leave out the namespace."""
    for element in root.iter():
        if isinstance(element.tag, str) and etree.QName(element).localname == name:
            yield element


def _pages(package: zipfile.ZipFile, start: str) -> Iterator[OfdPage]:
    folder = posixpath.dirname(start)
    document = _xml(package, start)
    area = _numbers(next((e.text or "" for e in _all(document, "PhysicalBox")), "0 0 210 297"))
    places = [e.get("BaseLoc") or "" for e in _all(document, "Page") if e.get("BaseLoc")]
    if len(places) > MAX_PAGES:
        raise Unreadable("too_large", f"{len(places)} pages; {MAX_PAGES} are read")
    budget = _MOST
    for number, place in enumerate(places, 1):
        path = place.lstrip("/") if place.startswith("/") else posixpath.normpath(posixpath.join(folder, place))
        content = _xml(package, path)
        own = _numbers(next((e.text or "" for e in _all(content, "PhysicalBox")), "")) or area
        page = OfdPage(number, (own[3] if len(own) == 4 else 297.0) * _POINTS)
        for element in content.iter():
            budget -= 1
            if budget < 0:
                raise Unreadable("too_large", f"more than {_MOST} objects")
            if isinstance(element.tag, str):
                _object(page, element)
        yield page


def _object(page: OfdPage, element: etree._Element) -> None:
    kind = etree.QName(element).localname
    if kind not in ("TextObject", "PathObject", "ImageObject"):
        return
    box = _numbers(element.get("Boundary") or "")
    if len(box) != 4:
        return
    boundary = (box[0], box[1], box[2], box[3])
    if kind == "TextObject":
        _text(page, element, boundary)
    elif kind == "PathObject":
        _path(page, element, boundary)
    elif boundary[2] * _POINTS > 100 and boundary[3] * _POINTS > 40:
        x, y, wide, high = (value * _POINTS for value in boundary)
        page.pictures.append((x, y, x + wide, y + high))


def _text(page: OfdPage, element: etree._Element, boundary: Box) -> None:
    size = float(element.get("Size") or 4)
    scale = _numbers(element.get("CTM") or "") or [1, 0, 0, 1, 0, 0]
    if len(scale) != 6:
        return
    a, b, c, d, e, f = scale
    x = y = 0.0
    for code in _all(element, "TextCode"):
        x, y = _number(code.get("X"), x), _number(code.get("Y"), y)
        steps = _deltas(code.get("DeltaX") or "")
        at = x
        for index, char in enumerate(code.text or ""):
            left = boundary[0] + a * at + c * y + e
            base = boundary[1] + b * at + d * y + f
            wide = size * abs(a) * (0.5 if char.isascii() else 1.0)
            high = size * abs(d)
            if not char.isspace():
                box = (left, base - 0.85 * high, left + wide, base + 0.15 * high)
                page.chars.append(Char(char, *(value * _POINTS for value in box)))
            at += steps[index] if index < len(steps) else size * (0.5 if char.isascii() else 1.0)


def _number(text: str | None, default: float) -> float:
    return float(text) if text and re.fullmatch(r"-?\d+(?:\.\d+)?", text) else default


def _numbers(text: str) -> list[float]:
    return [float(part) for part in text.split() if re.fullmatch(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE]-?\d+)?", part)]


def _deltas(text: str) -> list[float]:
    """Steps from character to character; "g 3 4.5" says the same step three times."""
    words, steps = text.split(), list[float]()
    at = 0
    while at < len(words) and len(steps) < 10_000:
        if words[at] == "g" and at + 2 < len(words) and words[at + 1].isdigit():
            steps += _numbers(words[at + 2]) * min(int(words[at + 1]), 10_000)
            at += 3
        else:
            steps += _numbers(words[at])
            at += 1
    return steps


def _path(page: OfdPage, element: etree._Element, boundary: Box) -> None:
    """Straight pieces of a path, and boundaries too thin to be anything else."""
    x, y, wide, high = boundary
    if high <= _THIN < wide:
        page.horizontal.append(Stroke((y + high / 2) * _POINTS, x * _POINTS, (x + wide) * _POINTS))
        return
    if wide <= _THIN < high:
        page.vertical.append(Stroke((x + wide / 2) * _POINTS, y * _POINTS, (y + high) * _POINTS))
        return
    for data in _all(element, "AbbreviatedData"):
        for (x0, y0), (x1, y1) in _segments(data.text or ""):
            if abs(y0 - y1) < 0.3:
                start, end = sorted((x + x0, x + x1))
                page.horizontal.append(Stroke((y + y0) * _POINTS, start * _POINTS, end * _POINTS))
            elif abs(x0 - x1) < 0.3:
                start, end = sorted((y + y0, y + y1))
                page.vertical.append(Stroke((x + x0) * _POINTS, start * _POINTS, end * _POINTS))


def _segments(data: str) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The straight segments of "M x y L x y … C"; curves only move the pen."""
    words = data.split()[:20_000]
    pen = first = (0.0, 0.0)
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        count = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7}.get(word, 0)
        numbers = _numbers(" ".join(words[at : at + count]))
        at += count
        if word == "C":
            yield pen, first
            pen = first
        if len(numbers) < 2:
            continue
        to = (numbers[-2], numbers[-1])
        if word == "L":
            yield pen, to
        elif word in "MS":
            first = to
        pen = to
