"""When each host and address may be asked again, kept between crawl processes: those beside us, and those before us.

A portal's links lead to other portals, so no dealing out of hosts keeps two processes from asking one host. One small
file holds a moment for each key; its byte ranges are locked while a request is under way.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path

_SLOTS = 1 << 20  # of 8 bytes; two keys in one slot wait for one another now and then, which is polite
_MOMENT = struct.Struct("<d")
_POLL = 0.1  # seconds


class Turnstile:
    """Moments are of the machine's monotonic clock: one for all its processes, until it is started again."""

    def __init__(self, path: Path, monotonic: Callable[[], float], patience: float) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        self._monotonic, self._patience = monotonic, patience

    async def enter(self, key: str) -> float:
        """Waits until no other process has a request under way for `key`; how long it must be left alone still."""
        place = _place(key)
        while True:
            try:
                fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, _MOMENT.size, place)
                break
            except (BlockingIOError, PermissionError):
                await asyncio.sleep(_POLL)
        data = os.pread(self._file, _MOMENT.size, place)
        moment = _MOMENT.unpack(data)[0] if len(data) == _MOMENT.size else 0.0
        wait: float = moment - self._monotonic()
        return wait if 0 < wait <= self._patience else 0.0  # more is of another boot of the machine

    def hold(self, key: str, seconds: float) -> None:
        """`key` is to be left alone for so long from now on."""
        os.pwrite(self._file, _MOMENT.pack(self._monotonic() + seconds), _place(key))

    def leave(self, key: str) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN, _MOMENT.size, _place(key))

    def close(self) -> None:
        os.close(self._file)


def _place(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest()) % _SLOTS * _MOMENT.size
