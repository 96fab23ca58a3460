"""What can go wrong with the archive and its index, split by what the caller does next.

StorageError
├── ArchiveError         the bytes: disk full, read-only folder, a file that is not there
│   ├── ArchiveDamaged   a record cannot be read; the message names file and offset
│   └── PayloadTooLarge  a payload decodes to more than the caller allowed
└── DatabaseError        the index: cannot be opened, or of another make
    └── AnotherWriter    a second process wants to write; let the first one finish
"""

from __future__ import annotations


class StorageError(Exception):
    """Base of everything this room raises on purpose."""


class ArchiveError(StorageError):
    """The archive's bytes could not be written or read; `str()` says what to do."""


class ArchiveDamaged(ArchiveError):
    """A record is not what it must be: torn, bit-flipped, or not where the index says."""

    def __init__(self, file: str, offset: int, why: str) -> None:
        super().__init__(f"{file}, offset {offset}: {why}")
        self.file = file
        self.offset = offset


class PayloadTooLarge(ArchiveError):
    """A payload decodes to more bytes than the caller allowed: a decompression bomb, or simply too much."""


class DatabaseError(StorageError):
    """The database cannot be used; `str()` says what to do."""


class AnotherWriter(DatabaseError):
    """Another process writes to this database; SQLite with two writers starves both, so the second is refused."""
