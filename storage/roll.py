"""The files that a writer of WARC records appends to: opened, locked, continued after a kill, rolled by size, synced.

Knows members and sizes, not what a record says. Every fault of the disk becomes an ArchiveError that says what to do.
"""

from __future__ import annotations

import fcntl
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import ArchiveError
from storage.members import cut_back, members
from storage.receipts import RECEIPT, sync_folder
from storage.source import LocalFile

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_DIGITS = 5


class Roll:
    """Files `<prefix>-00001.warc.gz` and on, one after the other, locked while they are open. Not safe for threads."""

    def __init__(self, folder: Path, prefix: str, roll_at: int, opening: Callable[[str], bytes]) -> None:
        """`opening` gives the bytes that a new file of that name begins with."""
        if _UNSAFE.search(prefix) or not prefix.strip("."):
            raise ValueError(f"not fit for a file name: {prefix!r}")
        self._folder, self._prefix, self._roll_at, self._opening = folder, prefix, roll_at, opening
        self._file: io.FileIO | None = None
        self._path = folder
        self._size = 0
        self._number = 0

    def append(self, data: bytes) -> tuple[str, int]:
        """Append one member to a file that has room; (file name, offset). All of it is written, or nothing."""
        with self._plainly():
            if self._file is None or self._size >= self._roll_at:
                self._next_file()
            return self._path.name, self._write(data)

    def sync(self) -> None:
        """Return when everything appended is on disk."""
        with self._plainly():
            if self._file is not None:
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Sync, close and let go of the file."""
        self.sync()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _next_file(self) -> None:
        if self._file is None and self._number == 0 and self._continue_last():
            return
        self.close()
        self._number += 1
        self._open(self._folder / f"{self._prefix}-{self._number:0{_DIGITS}d}.warc.gz", "xb")
        try:
            self._write(self._opening(self._path.name))
        except OSError:
            self._drop()
            raise

    def _continue_last(self) -> bool:
        """Open the last file of this prefix again, cut back; False when there is none, it is full, or it is damaged."""
        pattern = f"{self._prefix}-{'[0-9]' * _DIGITS}.warc.gz"
        found = sorted([*self._folder.glob(pattern), *self._folder.glob(pattern + RECEIPT)])
        if not found:
            return False
        self._number = int(found[-1].name[len(self._prefix) + 1 :][:_DIGITS])
        if found[-1].name.endswith(RECEIPT):  # it went to the bucket, and is finished
            return False
        self._open(found[-1], "r+b")
        with LocalFile(self._path) as source:
            if any(member.record is None for member in members(source)):
                return False
        cut_back(self._path)
        self._size = self._path.stat().st_size
        if self._size == 0:  # killed before its first record was written
            self._drop()
            return False
        if self._file is not None:
            self._file.seek(self._size)
        return self._size < self._roll_at

    def _open(self, path: Path, mode: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = io.FileIO(path, mode)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.close()
            raise ArchiveError(
                f"{path.name} is being written by another process; give this crawl a prefix of its own"
            ) from error
        if os.fstat(file.fileno()).st_nlink == 0:
            file.close()
            raise ArchiveError(f"{path.name} has just gone to the bucket; start the crawl again")
        sync_folder(self._folder)
        self._file, self._path, self._size = file, path, 0

    def _drop(self) -> None:
        """Take an empty file away again, so that no file without its first record is left."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._path.unlink()
        self._number -= 1

    def _write(self, data: bytes) -> int:
        if self._file is None:
            raise ArchiveError("no file is open")
        offset, written = self._size, 0
        try:
            while written < len(data):
                written += self._file.write(memoryview(data)[written:]) or 0
        except OSError:
            self._file.truncate(offset)
            self._file.seek(offset)
            raise
        self._size += len(data)
        return offset

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            place = error.filename or self._path
            raise ArchiveError(
                f"cannot write to {place}: {error.strerror}; see that the folder is there, may be written and has "
                "room, then start the crawl again: everything acknowledged before is whole"
            ) from error
