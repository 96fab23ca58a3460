"""Ids that grow with time: UUID version 7 (RFC 9562). The index takes them in at its end, not all over it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

_AT_ONCE = 1 << 12  # ids of one millisecond


class Ids:
    """The ids that one process gives: moment to the millisecond, a counter (method 1 of section 6.2), the process's own
    62 bits. What is alike in all of them takes next to nothing in a record that names several: some 40 bytes a page.
    """

    def __init__(self, clock: Callable[[], datetime], chance: bytes) -> None:
        """`chance`: eight random bytes, drawn anew by every process."""
        if len(chance) != 8:
            raise ValueError("eight random bytes are needed")
        self._clock = clock
        own = f"{0b10 << 62 | int.from_bytes(chance) & (1 << 62) - 1:016x}"
        self._own = f"{own[:4]}-{own[4:]}"
        self._place = 0  # milliseconds and counter, in one number
        self._lock = threading.Lock()

    def __call__(self) -> str:
        """The next id. One never comes twice and none sorts before an earlier one, also when the clock is set back."""
        now = int(self._clock().timestamp() * 1000) * _AT_ONCE
        with self._lock:
            self._place = max(now, self._place + 1)
            moment, count = divmod(self._place, _AT_ONCE)
        text = f"{moment:012x}"
        return f"{text[:8]}-{text[8:]}-7{count:03x}-{self._own}"
