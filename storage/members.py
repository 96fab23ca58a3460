"""The gzip members of a WARC file, one a record: how each is made, where it begins and ends, whether it is whole.

Knows nothing of what a record says. A member counts as whole when its CRC and length hold.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from isal import isal_zlib

from storage.source import LocalFile, Source

_MAGIC = b"\x1f\x8b\x08"
_FIRST = 1 << 14  # most records are smaller than this
_BLOCK = 1 << 18
_SMALL = 1 << 12
_METADATA = b"WARC/1.1\r\nWARC-Type: metadata\r\n"


@dataclass(frozen=True, slots=True)
class Member:
    """Bytes `start` up to `end` of the file. `record` is None where they are damaged."""

    start: int
    end: int
    record: bytes | None
    fault: str = ""


def packed(record: bytes) -> bytes:
    """A record as a member.

    Pages by ISA-L: 0.1 ms for one of 29 KB, where zlib takes 0.6 and saves 5 %. Small ones and visits by zlib, for
    size; with a window of 4 KB, all that a small one needs, zlib has less room to clear, and takes a third of the time.
    """
    if len(record) <= _SMALL:
        return zlib.compress(record, 6, 28)
    if record.startswith(_METADATA):
        return zlib.compress(record, 6, 31)
    return bytes(isal_zlib.compress(record, 2, 31))


@dataclass(frozen=True, slots=True)
class _Step:
    end: int | None  # None: the file ends within this member
    record: bytes


def members(source: Source, offset: int = 0, limit: int | None = None) -> Iterator[Member]:
    """Members from `offset` on; stops before one that is cut short by the end of the file.

    Damage is yielded as one Member without a record, from the first bad byte's member to the next good one, so that one
    flipped bit does not hide what follows. With `limit`, a record of more bytes is damage: for files of strangers.
    """
    position = offset
    while True:
        try:
            step = _inflate(source, position, limit)
        except zlib.error as error:
            after = _next_good(source, position + 1, limit)
            if after is None and _is_blank(source, position):
                return
            after = after or source.size()
            yield Member(position, after, None, str(error))
            position = after
            continue
        if step.end is None:
            return
        yield Member(position, step.end, step.record)
        position = step.end


def member_at(source: Source, offset: int) -> Member:
    """The member at `offset`. Raises ValueError when no whole one stands there."""
    try:
        step = _inflate(source, offset)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if step.end is None:
        raise ValueError("the file ends within the record")
    return Member(offset, step.end, step.record)


def cut_back(file: Path, offset: int = 0) -> int:
    """Cut a torn tail off, given that the first `offset` bytes are whole; how many bytes went.

    Torn is a member that the end of the file cuts short, and a tail of zeros (both are what a killed writer or a power
    cut leaves). Damaged bytes are something else, perhaps evidence that a disk has hurt: they stay.
    """
    end = offset
    with LocalFile(file) as source:
        for member in members(source, offset):
            end = member.end
    size = file.stat().st_size
    if end == size:
        return 0
    with file.open("r+b") as stream:
        stream.truncate(end)
        os.fsync(stream.fileno())
    return size - end


def _inflate(source: Source, start: int, limit: int | None = None) -> _Step:
    inflater = zlib.decompressobj(31)
    parts: list[bytes] = []
    position, size, left = start, _FIRST, limit
    while not inflater.eof:
        block = source.read(position, size)
        if not block:
            return _Step(None, b"")
        parts.append(inflater.decompress(block, 0 if left is None else left + 1))
        if left is not None:
            left -= len(parts[-1])
            if left < 0:
                raise zlib.error(f"a record of more than {limit} bytes")
        position, size = position + len(block), _BLOCK
    return _Step(position - len(inflater.unused_data), b"".join(parts))


def _next_good(source: Source, start: int, limit: int | None = None) -> int | None:
    """Where the next whole member begins, at or after `start`."""
    position = start
    while block := source.read(position, _BLOCK):
        at = block.find(_MAGIC)
        while at >= 0:
            if _is_record(source, position + at, limit):
                return position + at
            at = block.find(_MAGIC, at + 1)
        if len(block) < len(_MAGIC):
            return None
        position += max(1, len(block) - len(_MAGIC) + 1)
    return None


def _is_record(source: Source, start: int, limit: int | None) -> bool:
    try:
        step = _inflate(source, start, limit)
    except zlib.error:
        return False
    return step.end is not None and step.record.startswith(b"WARC/1.")


def _is_blank(source: Source, start: int) -> bool:
    position = start
    while block := source.read(position, _BLOCK):
        if block.strip(b"\0"):
            return False
        position += len(block)
    return True
