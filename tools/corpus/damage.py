"""Whole documents made broken: bytes flipped, cut, doubled, swapped, on the surface and inside packages and streams."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from random import Random

Damage = Callable[[Random, bytes], bytes]

_LIMIT = 4 << 20  # bytes: documents that doubling has made longer are cut
# words with a meaning to one reader or another, put where they do not belong
_WORDS = (
    b"<table>", b"</td>", b'rowspan="65535"', b'colspan="0"', b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&#0;", b"&#x110000;",
    b"]]>", b"<![CDATA[", b"endstream", b"endobj", b"/Length -1", b"/Count 99999999", b"/Kids [1 0 R]", b"1 0 R",
    b"PK\x05\x06", b"PK\x01\x02", b"\xff\xfe", b"\xef\xbb\xbf", b"\x00" * 16, b"\xff" * 16, b"9" * 400, b"-1", b"1e309",
    b"NaN", b"g 99999999 1", "第二十条".encode(), "〇".encode(), "²".encode(), "٣".encode(), b"\x81\x30",
)  # fmt: skip


def damage(rng: Random, data: bytes) -> bytes:
    """`data` with one to six wounds. Most wounds of a package are inside, for one outside ends the reading at once."""
    package = data.startswith(b"PK")
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        wound = _inside if package and rng.random() < 0.9 else rng.choice(_WOUNDS)
        data = wound(rng, data)[:_LIMIT]
    return data


def _span(rng: Random, data: bytes) -> tuple[int, int]:
    start = rng.randrange(len(data) + 1)
    return start, min(len(data), start + int(2 ** rng.uniform(0, 14)))


def _flip(rng: Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(int(2 ** rng.uniform(0, 6)) if out else 0):
        out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
    return bytes(out)


def _cut(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] if rng.random() < 0.3 else data[:start] + data[end:]


def _double(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:end] + data[start:end] * rng.choice([1, 2, 30]) + data[end:]


def _swap(rng: Random, data: bytes) -> bytes:
    (a, b), (c, d) = sorted((_span(rng, data), _span(rng, data)))
    return data if b > c else data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def _word(rng: Random, data: bytes) -> bytes:
    start, end = _span(rng, data)
    return data[:start] + rng.choice(_WORDS) + data[rng.choice([start, end]) :]


def _number(rng: Random, data: bytes) -> bytes:
    """Another number where the document has one: lengths, spans, references, coordinates."""
    start = rng.randrange(len(data) + 1)
    found = re.compile(rb"\d+").search(data, start)
    if found is None:
        return data
    other = rng.choice([b"0", b"-1", b"1", b"65536", b"4294967295", b"99999999999999999999", b"1.5", b""])
    return data[: found.start()] + other + data[found.end() :]


def _inside(rng: Random, data: bytes) -> bytes:
    """A wound in a part of a package, or in an unpacked stream of a PDF."""
    if data.startswith(b"PK"):
        return _in_package(rng, data)
    return _in_stream(rng, data) if b"%PDF-" in data[:1024] else _word(rng, data)


def _in_package(rng: Random, data: bytes) -> bytes:
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            parts = {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, zlib.error, NotImplementedError, RuntimeError):
        return _flip(rng, data)
    if not parts:
        return data
    chosen = rng.choice(sorted(parts))
    parts[chosen] = rng.choice(_FLAT)(rng, parts[chosen])
    if rng.random() < 0.1:
        del parts[rng.choice(sorted(parts))]
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def _in_stream(rng: Random, data: bytes) -> bytes:
    streams = list(re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", data, re.DOTALL))
    if not streams:
        return _flip(rng, data)
    found = rng.choice(streams)
    try:
        plain = zlib.decompress(found[1])
    except zlib.error:
        return _flip(rng, data)
    return data[: found.start(1)] + zlib.compress(rng.choice(_FLAT)(rng, plain), 1) + data[found.end(1) :]


_FLAT: tuple[Damage, ...] = (_flip, _cut, _double, _swap, _word, _number)
_WOUNDS: tuple[Damage, ...] = (*_FLAT, _inside, _inside, _inside)
