"""HTTP messages as bytes: heads taken apart without losing anything, bodies freed of their codings within limits.

Nothing is repaired here that would change what is archived; leniency only decides what a reader gets to see.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from fastwarc.stream_io import BrotliReader, ZstdReader

from storage.errors import PayloadTooLarge

Headers = tuple[tuple[bytes, bytes], ...]

_STATUS = re.compile(rb"^[A-Za-z]+/[\d.]+[ \t]+(\d{3})(?:[ \t]+(.*))?$")
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\r\n]*)?\r?\n")
_MEDIA_TYPE = re.compile(rb"^\s*([A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100})\s*(?:;|,|$)")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_.:\-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Head:
    """A response's head. `status` is None when there is no status line that could be understood."""

    status: int | None
    reason: bytes
    headers: Headers

    def last(self, name: bytes) -> bytes | None:
        values = self.all(name)
        return values[-1] if values else None

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key.lower() == name]


@lru_cache(maxsize=64)  # of an answer under way, whoever asks
def parse_head(head: bytes) -> Head:
    """Take a head apart: headers in order, duplicates kept, folded lines joined, odd bytes kept. Never raises."""
    lines = [line.rstrip(b"\r") for line in head.split(b"\n")]
    match = _STATUS.match(lines[0].strip()) if lines else None
    headers: list[tuple[bytes, bytes]] = []
    for line in lines[1:]:
        if not line:
            continue
        if line[:1] in b" \t" and headers:
            name, value = headers[-1]
            headers[-1] = (name, value + b" " + line.strip())
            continue
        name, _, value = line.partition(b":")
        headers.append((name.strip(), value.strip()))
    if match is None:
        return Head(None, b"", tuple(headers))
    return Head(int(match[1]), (match[2] or b"").strip(), tuple(headers))


def split_message(block: bytes) -> tuple[bytes, bytes]:
    """An application/http block as (head with its blank line, what follows)."""
    ends = [match for match in (block.find(b"\r\n\r\n"), block.find(b"\n\n")) if match >= 0]
    if not ends:
        return block, b""
    end = min(ends)
    end += 4 if block[end : end + 4] == b"\r\n\r\n" else 2
    return block[:end], block[end:]


def media_type(head: Head) -> tuple[str | None, str | None]:
    """(media type in lower case without parameters, charset), both as the server claimed them."""
    value = head.last(b"content-type")
    if not value:
        return None, None
    kind = _MEDIA_TYPE.match(value)
    charset = _CHARSET.search(value)
    return kind[1].decode("ascii").lower() if kind else None, charset[1].decode("ascii").lower() if charset else None


def address(value: bytes) -> str:
    """A Location as an address: what is no UTF-8 (GBK, often) has its bytes percent-encoded, as browsers do."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in value)


def validator(head: Head, name: bytes) -> str | None:
    """ETag or Last-Modified as received, None when absent or not fit to be sent back."""
    value = head.last(name)
    return value.decode("latin-1") if value and len(value) <= 500 and b"\0" not in value else None


def entity(head: Head, body: bytes) -> bytes:
    """The entity body: transfer coding removed, content coding still on.

    A body that says `chunked` and is not (a proxy took it off: common) is the entity itself; one cut short yields what
    arrived.
    """
    codings = [coding.strip().lower() for value in head.all(b"transfer-encoding") for coding in value.split(b",")]
    if b"chunked" not in codings:
        return body
    return _dechunk(body)


def _dechunk(body: bytes) -> bytes:
    parts: list[bytes] = []
    position = 0
    while match := _CHUNK.match(body, position):
        size = int(match[1], 16)
        start = match.end()
        if size == 0:
            break
        parts.append(body[start : start + size])
        position = start + size
        if body[position : position + 2] == b"\r\n":
            position += 2
        elif body[position : position + 1] == b"\n":
            position += 1
        elif position < len(body):
            return body if len(parts) == 1 else b"".join(parts)  # "2024年…" begins like a chunk size and is none
    return b"".join(parts) if parts or match else body


def content_codings(head: Head) -> list[str]:
    values = b",".join(head.all(b"content-encoding")).split(b",")
    names = [value.strip().lower().decode("latin-1") for value in values]
    return [name for name in names if name and name != "identity"]


def decoded(codings: Sequence[str], data: bytes, limit: int) -> tuple[bytes, bool]:
    """(data freed of its content codings, whether that went without a fault).

    What a broken or unknown coding hides is given as it is, with False. Raises PayloadTooLarge beyond `limit` bytes.
    """
    for coding in reversed(codings):
        try:
            data, whole = _decode_one(coding, data, limit)
        except (zlib.error, OSError, EOFError, ValueError):
            return data, False
        if not whole:
            return data, False
    if len(data) > limit:
        raise PayloadTooLarge(f"a payload of {len(data)} bytes; {limit} are allowed")
    return data, True


def _decode_one(coding: str, data: bytes, limit: int) -> tuple[bytes, bool]:
    if coding in ("gzip", "x-gzip"):
        return (data, True) if data[:2] != b"\x1f\x8b" else _inflate(data, 31, limit)
    if coding == "deflate":
        zlib_wrapped = len(data) > 1 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
        return _inflate(data, 15 if zlib_wrapped else -15, limit)
    if coding == "br":
        return _read_limited(BrotliReader(io.BytesIO(data)), limit), True
    if coding == "zstd":
        return _read_limited(ZstdReader(io.BytesIO(data)), limit), True
    raise ValueError(coding)


def _inflate(data: bytes, window: int, limit: int) -> tuple[bytes, bool]:
    """Inflate one or more members; a stream cut short gives what there is, and False."""
    parts: list[bytes] = []
    size = 0
    while data:
        inflater = zlib.decompressobj(window)
        part = inflater.decompress(data, limit + 1 - size)
        parts.append(part)
        size += len(part)
        if size > limit:
            raise PayloadTooLarge(f"a payload inflates to more than {limit} bytes")
        if not inflater.eof:
            return b"".join(parts), False
        data = inflater.unused_data
        if window != 31 or data[:2] != b"\x1f\x8b":
            break
    return b"".join(parts), True


def _read_limited(reader: BrotliReader | ZstdReader, limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := reader.read(65536):
        parts.append(part)
        size += len(part)
        if size > limit:
            raise PayloadTooLarge(f"a payload decompresses to more than {limit} bytes")
    return b"".join(parts)
