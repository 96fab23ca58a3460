"""Opens zip packages (DOCX, XLSX, OFD, ZIP) within limits: a bomb is told before it is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO

from lxml import etree

from reports.model import Unreadable

MAX_FILES = 2_000
MAX_TOTAL = 200 << 20  # bytes, unpacked
MAX_PART = 64 << 20
MAX_RATIO = 400  # a sheet of zeros packs 1:100


def open_package(data: bytes) -> zipfile.ZipFile:
    """A zip whose directory promises nothing out of proportion. Raises Unreadable."""
    try:
        package = zipfile.ZipFile(BytesIO(data))
        infos = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("broken", f"not a whole zip: {error}") from error
    if any(info.flag_bits & 1 for info in infos):
        raise Unreadable("encrypted", "the package is locked by a password")
    total = sum(info.file_size for info in infos)
    if len(infos) > MAX_FILES or total > MAX_TOTAL or total > MAX_RATIO * len(data) + (8 << 20):
        raise Unreadable("too_large", f"{len(infos)} parts of {total} bytes in a package of {len(data)}")
    return package


def read_part(package: zipfile.ZipFile, name: str) -> bytes:
    """One part's bytes, never more than MAX_PART, whatever its header says. KeyError when it is not there."""
    try:
        with package.open(name) as stream:
            data = stream.read(MAX_PART + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, zlib.error) as error:
        raise Unreadable("broken", f"{name}: {error}") from error
    if len(data) > MAX_PART:
        raise Unreadable("too_large", f"{name} has more than {MAX_PART} bytes")
    return data


def parse_xml(data: bytes, name: str) -> etree._Element:
    """XML without entities, network or a DTD of its own. Raises Unreadable."""
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
        raise Unreadable("broken", f"{name} declares entities; office documents have none")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable("broken", f"{name}: {error}") from error
