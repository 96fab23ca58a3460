"""A zip file whose bytes depend on nothing but what is put in, with the sha-256 of everything in it.

Nothing is packed again: what it is made for (WARC, pictures) is packed already. It appears whole, or not at all.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from storage.errors import ArchiveError

_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a bundle."""

    path: str
    size: int
    sha256: str  # hex


class Bundle:
    """Writes `target`, replacing what was there when the block ends without a fault. Raises ArchiveError."""

    def __init__(self, target: Path) -> None:
        self._target, self._draft = target, target.with_name(target.name + ".part")
        self.entries: list[Entry] = []

    def add(self, path: str, data: bytes) -> Entry:
        return self.add_parts(path, len(data), (data,))

    def add_parts(self, path: str, size: int, parts: Iterable[bytes]) -> Entry:
        """Add a file of `size` bytes piece by piece."""
        info = zipfile.ZipInfo(path, _LONG_AGO)
        info.create_system, info.external_attr, info.file_size = _UNIX, _PLAIN_FILE, size
        digest, written = hashlib.sha256(), 0
        with self._zip.open(info, "w") as stream:
            for part in parts:
                digest.update(part)
                written += stream.write(part)
        if written != size:
            raise ArchiveError(f"{path} was to have {size} bytes and has {written}; it changed meanwhile: try again")
        self.entries.append(Entry(path, size, digest.hexdigest()))
        return self.entries[-1]

    def __enter__(self) -> Self:
        try:
            self._zip = zipfile.ZipFile(self._draft, "w", zipfile.ZIP_STORED)
        except OSError as error:
            raise ArchiveError(f"cannot write {self._draft}: {error.strerror}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._zip.close()
            if kind is None:
                _sync(self._draft)
                self._draft.replace(self._target)
        except OSError as fault:
            error = error or fault
        if error is not None:
            self._draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise ArchiveError(f"cannot write {self._target}: {error.strerror}") from error


def _sync(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
