"""Reads DOCX: paragraphs with the numbers that Word computes, tables with merged cells. Runs no macro."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import islice

from lxml import etree

from reports.document import Block, Document, Paragraph, Picture, Table
from reports.model import Place, Unreadable
from reports.sources.grid import Spanned, spread
from reports.sources.numbering import Numbering
from reports.sources.package import open_package, parse_xml, read_part

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DRAWN = ("{http://schemas.openxmlformats.org/drawingml/2006/main}blip", "{urn:schemas-microsoft-com:vml}imagedata")
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"


def read_docx(data: bytes) -> Document:
    """Raises Unreadable."""
    package = open_package(data)
    names = set(package.namelist())
    main = next((name for name in ("word/document.xml", "word/document2.xml") if name in names), None)
    if main is None:
        raise Unreadable("broken", "the package has no main document")
    xml = read_part(package, main).replace(_STRICT, W[1:-1].encode())
    body = parse_xml(xml, main).find(f"{W}body")
    if body is None:
        raise Unreadable("broken", "the document has no body")
    numbering = Numbering(
        parse_xml(read_part(package, "word/numbering.xml"), "numbering.xml") if "word/numbering.xml" in names else None,
        parse_xml(read_part(package, "word/styles.xml"), "styles.xml") if "word/styles.xml" in names else None,
    )
    title = (
        _title(parse_xml(read_part(package, "docProps/core.xml"), "core.xml")) if "docProps/core.xml" in names else ""
    )
    reader = _Reader(numbering)
    blocks = tuple(reader.blocks(body, "body"))
    if not blocks:
        raise Unreadable("empty", "the document holds nothing")
    media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    show = partial(_shown, package, reader.pictures) if reader.pictures else None
    return Document(media, "exact", blocks, (title,) if title else (), show=show)


def _shown(package: zipfile.ZipFile, pictures: Mapping[Place, str], place: Place) -> bytes | None:
    """The bytes of the picture at a place; None when the package does not have it."""
    names = set(package.namelist())
    if place not in pictures or "word/_rels/document.xml.rels" not in names:
        return None
    rels = parse_xml(read_part(package, "word/_rels/document.xml.rels"), "document.xml.rels")
    target = next((rel.get("Target") or "" for rel in rels if rel.get("Id") == pictures[place]), "")
    name = posixpath.normpath(target[1:] if target.startswith("/") else f"word/{target}")
    return read_part(package, name) if name in names else None


def _title(core: etree._Element) -> str:
    element = core.find("{http://purl.org/dc/elements/1.1/}title")
    return (element.text or "").strip() if element is not None else ""


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self.numbering = numbering
        self.pictures: dict[Place, str] = {}  # where each stands, and its relationship's id
        self.tables = 0
        self.paragraphs = 0

    def blocks(self, parent: etree._Element, path: str, depth: int = 0) -> Iterator[Block]:
        """Paragraphs and tables in order; content controls are looked through."""
        for element in parent:
            if element.tag == f"{W}p":
                yield from self._paragraph(element, path)
            elif element.tag == f"{W}tbl":
                yield from self._table(element, path, depth)
            elif (
                element.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}smartTag", f"{W}customXml") and depth < 50
            ):
                yield from self.blocks(element, path, depth + 1)

    def _paragraph(self, element: etree._Element, path: str) -> Iterator[Block]:
        self.paragraphs += 1
        place = Place(path=f"{path}/p[{self.paragraphs}]")
        number = self.numbering.of(element)
        lines = [line.strip() for line in text_of(element).split("\n")]
        lines = [line for line in lines if line]
        for at, line in enumerate(lines):
            yield Paragraph(line, place, number if at == 0 else "")
        for box in element.iter(f"{W}txbxContent"):
            if not any(above.tag.endswith("}Fallback") for above in box.iterancestors()):
                yield from self.blocks(box, path + "/textbox", 40)
        drawn = next((found for tag in _DRAWN if (found := list(element.iter(tag)))), [])
        for at, picture in enumerate(drawn, 1):
            own = Place(path=f"{place.path}/picture[{at}]")
            self.pictures[own] = picture.get(f"{_R}embed") or picture.get(f"{_R}id") or ""
            yield Picture(own)

    def _table(self, element: etree._Element, path: str, depth: int) -> Iterator[Block]:
        rows = [row for row in element.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is element]
        inner = [cell for row in rows for cell in row.iter(f"{W}tc")]
        nested = any(cell.find(f".//{W}tbl") is not None for cell in inner)
        longest = max((len(text_of(cell)) for cell in inner), default=0)
        if (nested or len(inner) == 1 or longest > 400) and depth < 20:  # a frame for layout
            for row in rows:
                for cell in row.findall(f"{W}tc"):
                    yield from self.blocks(cell, path + "/tc", depth + 1)
            return
        self.tables += 1
        where = f"{path}/tbl[{self.tables}]"
        spread_rows = spread(_rows(rows, where))
        yield Table(tuple(spread_rows), aligned=True, place=Place(path=where))


def _rows(rows: list[etree._Element], path: str) -> Iterator[list[Spanned]]:
    """Cells with their spans. A vertical merge is told as one cell with a height."""
    grid = [list(_cells(row)) for row in rows]
    for r, cells in enumerate(grid):
        found: list[Spanned] = []
        for c, (column, width, merge, cell) in enumerate(cells):
            if merge == "continue" and r and any(at == column for at, *_ in grid[r - 1]):
                continue
            high = 1
            while merge == "restart" and r + high < len(grid) and (column, "continue") in _merges(grid[r + high]):
                high += 1
            text = "" if cell is None else text_of(cell)
            found.append(Spanned(text.strip(), high, width, Place(path=f"{path}/tr[{r + 1}]/tc[{c + 1}]")))
        yield found


def _merges(cells: list[tuple[int, int, str | None, etree._Element | None]]) -> set[tuple[int, str | None]]:
    return {(column, merge) for column, _, merge, _ in cells}


def _cells(row: etree._Element) -> Iterator[tuple[int, int, str | None, etree._Element | None]]:
    """(grid column, width, vertical merge, cell) for each cell of a row."""
    properties = row.find(f"{W}trPr")
    before = properties.find(f"{W}gridBefore") if properties is not None else None
    column = _value(before, 0)
    if column:
        yield 0, column, None, None
    for cell in row.iterchildren(f"{W}tc", f"{W}sdt"):
        own = cell if cell.tag == f"{W}tc" else cell.find(f".//{W}tc")
        if own is None:
            continue
        about = own.find(f"{W}tcPr")
        width = max(1, _value(about.find(f"{W}gridSpan") if about is not None else None, 1))
        merged = about.find(f"{W}vMerge") if about is not None else None
        merge = None if merged is None else (merged.get(f"{W}val") or "continue")
        yield column, width, merge, own
        column += width


def _value(element: etree._Element | None, default: int) -> int:
    value = element.get(f"{W}val") if element is not None else None
    return min(int(value), 400) if value is not None and value.isdigit() else default


def _boxed(node: etree._Element, element: etree._Element) -> bool:
    """Whether the node stands in a text box that hangs on the element."""
    for above in node.iterancestors():
        if above is element:
            return False
        if above.tag == f"{W}txbxContent":
            return True
    return False


def _gone(element: etree._Element) -> set[etree._Element]:
    """Runs whose text no longer holds, or nobody sees: <w:strike/>, <w:vanish/>, and what was moved away."""
    runs: set[etree._Element] = set()
    for mark in element.iter(f"{W}strike", f"{W}dstrike", f"{W}vanish"):
        run = next(islice(mark.iterancestors(), 1, 2), None)  # of a run, not of a paragraph's mark
        if run is not None and run.tag == f"{W}r" and mark.get(f"{W}val") not in ("0", "false", "off"):
            runs.add(run)
    return runs | {run for moved in element.iter(f"{W}moveFrom") for run in moved.iter(f"{W}r")}


def text_of(element: etree._Element) -> str:
    """Text with line breaks; what is deleted, moved away, struck out or hidden, field codes and text boxes left out."""
    parts: list[str] = []
    gone = _gone(element)
    for node in element.iter(f"{W}t", f"{W}tab", f"{W}br", f"{W}cr", f"{W}p", f"{W}noBreakHyphen", f"{W}sym"):
        if element.tag == f"{W}p" and _boxed(node, element):
            continue
        if gone and any(run in gone for run in node.iterancestors(f"{W}r")):
            continue
        if node.tag == f"{W}t":
            parts.append(node.text or "")
        elif node.tag == f"{W}tab":
            run = node.getparent()  # a tab stop of the paragraph's format is no tab
            parts.append("\t" if run is not None and run.tag == f"{W}r" else "")
        elif node.tag == f"{W}noBreakHyphen":
            parts.append("-")
        elif node.tag in (f"{W}br", f"{W}cr") or (node.tag == f"{W}p" and parts):
            parts.append("\n")
    return "".join(parts)
