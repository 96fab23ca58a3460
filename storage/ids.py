"""Ids that grow with time: UUID version 7 (RFC 9562). The index takes them in at its end, not all over it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID


def uuid7(at: datetime, chance: bytes) -> str:
    """A UUID of this moment, to the millisecond, with ten random bytes; two of one moment differ by those alone."""
    if len(chance) != 10:
        raise ValueError("ten random bytes are needed")
    milliseconds = int(at.timestamp() * 1000)
    bits = int.from_bytes(chance)
    high, low = bits >> 62 & 0xFFF, bits & (1 << 62) - 1
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low))
