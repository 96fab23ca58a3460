"""What kind of document some bytes are, told by the bytes; and which reader reads them."""

from __future__ import annotations

import re
from typing import Literal

from reports.document import Document
from reports.model import Unreadable
from reports.sources.docx import read_docx
from reports.sources.html import read_html
from reports.sources.pdf import read_pdf
from reports.sources.text import read_text
from reports.sources.xlsx import read_xlsx

Kind = Literal["html", "pdf", "docx", "xlsx", "ofd", "zip", "ole", "rtf", "image", "text"]

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
        return "ole"
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(_IMAGES) or data[8:12] == b"WEBP":
        return "image"
    if _HTML.search(data[:4096].replace(b"\x00", b"")) or (media_type and "html" in media_type):
        return "html"
    return "text"


def _zip_kind(data: bytes) -> Kind:
    """Which package it is, by the names in its directory."""
    tail = data[-262144:] + data[:4096]
    if b"word/document" in tail:
        return "docx"
    if b"xl/workbook" in tail:
        return "xlsx"
    return "ofd" if b"OFD.xml" in tail else "zip"


def read_document(data: bytes, *, source: str, media_type: str | None = None) -> Document:
    """The document in these bytes. Raises Unreadable."""
    if not data.strip(b"\x00 \t\r\n"):
        raise Unreadable("empty", "the file is empty")
    kind = detect(data, media_type)
    if kind == "text":
        if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Unreadable("unsupported", "the file is not of a kind that is read")
        return read_text(data)
    if kind == "html":
        return read_html(data)
    if kind == "pdf":
        return read_pdf(data)
    if kind == "docx":
        return read_docx(data)
    if kind == "xlsx":
        return read_xlsx(data)
    raise Unreadable("unsupported", f"{kind} is not read yet")
