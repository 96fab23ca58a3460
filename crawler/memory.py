"""Asks the C library to give back what is freed.

Without it a process that takes in thousands of pages keeps the room of its largest bursts for ever: glibc makes a heap
for each thread, and raises by itself what it holds back.
"""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_ARENA_MAX = -1, -8  # of malloc.h
_HELD_BACK = 128 * 1024  # bytes; setting it also stops its rising


def give_back_memory() -> None:
    """Does nothing where the C library is another."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, 2)
        library.mallopt(_M_TRIM_THRESHOLD, _HELD_BACK)
