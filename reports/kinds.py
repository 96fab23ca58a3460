"""What kind of document some bytes are, told by the bytes; and which reader reads them."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Literal

from reports.document import Document
from reports.model import Unreadable
from reports.sources.compound import word_is_locked
from reports.sources.docx import read_docx
from reports.sources.html import read_html
from reports.sources.ocr import read_picture
from reports.sources.ofd import read_ofd
from reports.sources.pdf import read_pdf
from reports.sources.text import read_text
from reports.sources.xls import read_xls
from reports.sources.xlsx import read_xlsx

Kind = Literal[
    "html", "pdf", "docx", "xlsx", "xls", "doc", "ofd", "zip", "packed", "locked", "rtf", "image", "text", "binary"
]

_HTML = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|table|div|p|meta|title|ucap\w+|span|td|tr)\b", re.IGNORECASE
)
_IMAGES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*")


def detect(data: bytes, media_type: str | None = None) -> Kind:
    """The kind by content. A claimed media type is believed only where the bytes do not tell."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _zip_kind(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data or word_is_locked(data):
            return "locked"
        return "xls" if _named(data, "Workbook") or _named(data, "Book") else "doc"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "packed"
    if data.startswith(_IMAGES) or data[8:12] == b"WEBP":
        return "image"
    if _HTML.search(data[:4096].replace(b"\x00", b"")) or (media_type and "html" in media_type):
        return "html"
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return "binary" if b"\x00" in data[:4096] and not wide else "text"


def _named(data: bytes, stream: str) -> bool:
    """Whether an OLE file's directory has this stream."""
    name = stream.encode("utf-16-le") + b"\x00\x00"
    return name in data and "WordDocument".encode("utf-16-le") not in data


def _zip_kind(data: bytes) -> Kind:
    """Which package it is, by its directory: a letter that lies unpacked in a ZIP has names of its own further in."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, struct.error):
        left = data[:4096] + data[-65536:]  # what is left of a broken one
        names = [name for name in ("word/document", "xl/workbook", "OFD.xml") if name.encode() in left]
    for start, kind in _PACKAGES.items():
        if any(name.startswith(start) for name in names):
            return kind
    return "zip"


_PACKAGES: dict[str, Kind] = {"word/document": "docx", "xl/workbook": "xlsx", "OFD.xml": "ofd"}

_READERS: dict[Kind, Callable[[bytes], Document]] = {
    "html": read_html,
    "pdf": read_pdf,
    "docx": read_docx,
    "xlsx": read_xlsx,
    "xls": read_xls,
    "ofd": read_ofd,
    "text": read_text,
    "image": read_picture,
}
# bytes; a report has some 100 KB of text, a page may carry its pictures within itself
_MOST: dict[Kind, int] = {"text": 8 << 20, "html": 32 << 20}
_ELSEWHERE: dict[Kind, str] = {
    "doc": "DOC and WPS are read by way of LibreOffice, which is not here",
    "rtf": "RTF is read by way of LibreOffice, which is not here",
}


def read_document(data: bytes, *, source: str, media_type: str | None = None) -> Document:
    """The document in these bytes; a ZIP's is the first in it that can be read. Raises Unreadable."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty", "the file is empty")
    kind = detect(data, media_type)
    if len(data) > _MOST.get(kind, len(data)):
        raise Unreadable("too_large", f"{kind} of {len(data)} bytes; {_MOST[kind]} are read")
    reader = _READERS.get(kind)
    if reader is not None:
        return reader(data)
    if kind == "locked":
        raise Unreadable("encrypted", "the document is locked by a password")
    if kind in _ELSEWHERE:
        raise Unreadable("not_readable_here", _ELSEWHERE[kind])
    raise Unreadable("unsupported", f"a file of kind {kind} is not read")
