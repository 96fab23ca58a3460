"""The bytes of one WARC file, by position, wherever it lies: on a disk here; in a bucket, see `storage.bucket`."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self


class Source(Protocol):
    """A file that is read by position."""

    def read(self, position: int, size: int) -> bytes:
        """Up to `size` bytes from `position` on; fewer, or none, only where the file ends."""

    def size(self) -> int:
        """Bytes that the file has now."""


class LocalFile:
    """Opened at once. Raises FileNotFoundError and the like; what was opened stays readable when the file is moved."""

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDONLY)

    def read(self, position: int, size: int) -> bytes:
        return os.pread(self._handle, size, position)

    def size(self) -> int:
        return os.fstat(self._handle).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._handle)
