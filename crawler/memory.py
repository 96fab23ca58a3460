"""Asks the C library to give back what is freed.

Without it a process that takes in thousands of pages keeps the room of its largest bursts for ever: glibc makes a heap
for each thread, and raises by itself what it holds back.
"""

from __future__ import annotations

import ctypes

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # of malloc.h
# Bytes. Setting the first also stops both from rising. What is larger than the second comes from the system anew each
# time, page by page: with 128 KB, as glibc begins, that made packing a page half as slow again.
_HELD_BACK, _MAPPED = 1 << 20, 1 << 20


def give_back_memory() -> None:
    """Does nothing where the C library is another."""
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        library.mallopt(_M_ARENA_MAX, 2)
        library.mallopt(_M_TRIM_THRESHOLD, _HELD_BACK)
        library.mallopt(_M_MMAP_THRESHOLD, _MAPPED)
