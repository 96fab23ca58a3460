"""Reads HTML into paragraphs, tables with their spans, and pictures. Leaves out scripts and hidden parts."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping
from functools import partial

from lxml import etree

from reports.document import Block, Document, Paragraph, Picture, Table
from reports.fold import fold, squeeze
from reports.model import Place, Unreadable
from reports.sources.grid import Spanned, spread
from reports.sources.text import decode, text_blocks

_SKIP_TAGS = """
    script style noscript iframe template svg canvas video audio object head button select option textarea input nav
    footer aside map link meta base area
"""
_BLOCK_TAGS = """
    p div h1 h2 h3 h4 h5 h6 li ul ol dl dt dd section article main header form blockquote center body html fieldset
    figure figcaption address hr table tbody thead tfoot tr td th caption ucapcontent ucaptitle details summary
"""
_SKIP = frozenset(_SKIP_TAGS.split())
_BLOCK = frozenset(_BLOCK_TAGS.split())
# whole words of a class or id: counters, share bars, advertisements. "content-ad" is one, "header" and "download" not
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert|advertisement|adsbox|adsbygoogle|banner|share|bdsharebuttonbox|counter|hits|hit|pv"
    r"|pageview|viewcount|visitcount|clickcount|breadcrumb|crumbs|navbar|topnav|sidebar|footer|copyright|toolbar|qrcode)(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|line-through", re.IGNORECASE)
_STRUCK = ("s", "strike", "del")
# whole words of a class: what a style sheet that is not here lays out as a cell
_CELL = re.compile(r"(?:^|[\s_-])(?:td|th|cell|col|column)(?:$|[\s_-]|\d)", re.IGNORECASE)
_BOX = re.compile(r"display\s*:\s*(?:inline-)?(?:table|block|flex|grid|list-item)", re.IGNORECASE)
_PROSE = 300  # characters in one cell: a layout table
_FILES = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|ofd|rtf|zip|rar)(?:$|[?#])|download\.jsp", re.IGNORECASE)
_META = (
    "articletitle",
    "pubdate",
    "contentsource",
    "sitename",
    "columnname",
    "columntype",
    "url",
    "keywords",
    "description",
)


def read_html(data: bytes, charset: str | None = None) -> Document:
    """Raises Unreadable when nothing is in it."""
    text = decode(data, charset)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, recover=True)
    try:
        root = etree.fromstring(text.replace("\x00", "").encode("utf-8", "surrogatepass"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("broken", f"not HTML: {error}") from error
    if root is None:
        raise Unreadable("empty", "the page holds nothing")
    walker = _Walker(root)
    walker.walk()
    return Document(
        "text/html",
        "exact",
        tuple(walker.blocks),
        tuple(_titles(root)),
        _metadata(root),
        tuple(walker.attachments),
        show=partial(_shown, walker.pictures) if walker.pictures else None,
    )


def _shown(pictures: Mapping[Place, str], place: Place) -> bytes | None:
    """The bytes of a picture that the page carries as data:image/png;base64,…"""
    head, _, body = pictures.get(place, "").partition(",")
    try:
        return b64decode(body) if head.endswith(";base64") else None
    except ValueError:
        return None


class _Walker:
    """Depth first through the tree without recursion, for hostile pages nest deeply."""

    def __init__(self, root: etree._Element) -> None:
        self.root = root
        self.tree = root.getroottree()
        self.blocks: list[Block] = []
        self.attachments: list[str] = []
        self.pictures: dict[Place, str] = {}  # those that the page carries within itself
        self._text: list[str] = []
        self._at: etree._Element | None = None

    def walk(self) -> None:
        stack: list[tuple[etree._Element, bool]] = [(self.root, False)]
        while stack:
            element, done = stack.pop()
            if not done and self._start(element):
                stack.append((element, True))
                stack += [(child, False) for child in reversed(element)]
            elif done and _is_block(element):
                self.flush()
            if (done or not self._descends) and element is not self.root and element.tail:
                parent = element.getparent()
                self._add(element.tail, parent if parent is not None else element)
        self.flush()

    def _start(self, element: etree._Element) -> bool:
        """Take what stands at an element's start; whether to go into it."""
        self._descends = False
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIP or tag in _STRUCK or _furniture(element):
            return False
        if tag == "br":
            self.flush()
            return False
        if tag == "img":
            self._picture(element)
            return False
        if tag == "pre":
            return self._pre(element)
        if tag == "table" and _holds_data(element):
            self.flush()
            self._table(element)
            return False
        if _is_block(element):
            self.flush()
        if tag == "a" and _FILES.search(element.get("href") or ""):
            self.attachments.append(element.get("href") or "")
        self._add(element.text, element)
        self._descends = True
        return True

    def _add(self, text: str | None, element: etree._Element) -> None:
        if text:
            if self._at is None and text.strip():
                self._at = element
            self._text.append(text)

    def flush(self) -> None:
        text = re.sub(r"\s+", " ", "".join(self._text).replace("\xa0", " ")).strip() if self._text else ""
        if text and self._at is not None:
            self.blocks.append(Paragraph(text, Place(path=self._path(self._at))))
        self._text, self._at = [], None

    def _path(self, element: etree._Element) -> str:
        return str(self.tree.getpath(element))

    def _picture(self, element: etree._Element) -> None:
        size = [int(v) for v in (element.get("width") or "", element.get("height") or "") if v.isdigit()]
        if not size or min(size) >= 100:
            place = Place(path=self._path(element))
            self.blocks.append(Picture(place))
            if (source := element.get("src") or "").startswith("data:image/"):
                self.pictures[place] = source

    def _pre(self, element: etree._Element) -> bool:
        self.flush()
        path = self._path(element)
        lines = "".join(map(str, element.itertext())).splitlines()
        for block in text_blocks(lines):
            if isinstance(block, Paragraph):
                self.blocks.append(
                    Paragraph(block.text, Place(path=path, line=block.place.line if block.place else None))
                )
            else:
                self.blocks.append(block)
        return False

    def _table(self, element: etree._Element) -> None:
        rows = spread(_spanned(row, self.tree) for row in element.iter("tr") if not _hidden(row))
        self.blocks.append(Table(tuple(rows), aligned=True, place=Place(path=self._path(element))))


def _furniture(element: etree._Element) -> bool:
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    if element.tag in ("html", "body"):
        return False
    if name != " " and _FURNITURE.search(name) and element.find(".//table") is None:
        return True
    return _hidden(element)


def _hidden(element: etree._Element) -> bool:
    style = element.get("style")
    return element.get("hidden") is not None or bool(style and _HIDDEN.search(style))


def _is_block(element: etree._Element) -> bool:
    """Whether its text stands apart from what is around it: by its tag, or because its style says so."""
    return (
        element.tag in _BLOCK
        or bool(_BOX.search(element.get("style") or ""))
        or bool(element.tag == "span" and _CELL.search(element.get("class") or ""))
    )


def _holds_data(table: etree._Element) -> bool:
    """A table of data, not of layout: no table inside, several cells, none of them an essay."""
    if table.find(".//table") is not None:
        return False
    cells = list(table.iter("td", "th"))
    if len(cells) < 4 or not any(len(row) > 1 for row in table.iter("tr")):
        return False
    return max(len(squeeze(_text(cell))) for cell in cells) < _PROSE


def _spanned(row: etree._Element, tree: etree._ElementTree) -> Iterator[Spanned]:
    for cell in row:
        if cell.tag in ("td", "th") and not _hidden(cell):
            yield Spanned(
                _text(cell), _span(cell, "rowspan"), _span(cell, "colspan"), Place(path=str(tree.getpath(cell)))
            )


def _span(cell: etree._Element, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return int(value) if value.isdigit() and 0 < len(value) < 6 and int(value) > 0 else 1


def _text(cell: etree._Element) -> str:
    """A cell's text; its own line breaks and paragraphs are kept as line breaks, struck and hidden words left out."""
    parts: list[str] = []
    gone = _gone(cell)
    for element in cell.iter():
        if gone and element in gone:
            continue
        if element.tag in ("br", "p", "div") and parts:
            parts.append("\n")
        if isinstance(element.tag, str) and element.tag not in ("script", "style") and element.text:
            parts.append(element.text)
        if element is not cell and element.tail:
            parts.append(element.tail)
    text = re.sub(r"[^\S\n]+", " ", "".join(parts).replace("\xa0", " ")).strip()
    return text if text.isascii() or fold(text) else ""


def _gone(cell: etree._Element) -> set[etree._Element]:
    """What nobody sees of a cell, or sees struck out. Nearly always nothing."""
    tops = list(cell.iterdescendants(*_STRUCK))
    tops += [element for element in cell.iterdescendants() if element.get("style") and _hidden(element)]
    return {below for top in tops for below in top.iter()}


def _titles(root: etree._Element) -> Iterator[str]:
    """Titles that the page claims: the portal's own tag, headings, meta, <title> without the site's name."""
    for tag in ("ucaptitle", "h1", "h2"):
        for element in root.iter(tag):
            yield "".join(map(str, element.itertext())).strip()
    for element in root.iter("meta"):
        if (element.get("name") or "").lower() == "articletitle":
            yield (element.get("content") or "").strip()
    for element in root.iter("title"):
        text = "".join(map(str, element.itertext())).strip()
        yield from [text, *re.split(r"\s*[_|]\s*|\s+[-—]\s*|\s*[-—]\s+|[-—]{2,}|-", text)]


def _metadata(root: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip()
        if name.lower() in _META and element.get("content"):
            found.setdefault(name, (element.get("content") or "").strip()[:500])
    for element in root.iter("publishtime"):
        found.setdefault("publishtime", "".join(map(str, element.itertext())).strip()[:100])
    return found
