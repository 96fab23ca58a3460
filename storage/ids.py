"""Ids that grow with time: UUID version 7 (RFC 9562). The index takes them in at its end, not all over it."""

from __future__ import annotations

from datetime import datetime


def uuid7(at: datetime, chance: bytes) -> str:
    """A UUID of this moment, to the millisecond, with ten random bytes; two of one moment differ by those alone."""
    if len(chance) != 10:
        raise ValueError("ten random bytes are needed")
    milliseconds = int(at.timestamp() * 1000)
    bits = int.from_bytes(chance)
    high, low = bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    text = f"{milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
