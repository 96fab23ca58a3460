"""Copies of database and archive in one folder, made while both are in use, and the way back.

A copy that is begun is never half in force: the database appears last, and the archive's copy always knows at least
what the database's copy knows; what it has beyond that is indexed after a restore. PostgreSQL has `pg_dump`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from storage.archive import Archive
from storage.database import Database
from storage.errors import ArchiveError, DatabaseError
from storage.receipts import RECEIPT
from storage.tree import FOLDER, TreeLog

DATABASE, ARCHIVE = "nianbao.db", "archive"


def backup(db: Database, archive: Archive, target: Path) -> int:
    """Bring the copy in the folder `target` up to date; how many bytes of the archive were copied.

    Only files that grew are copied. Raises ArchiveError, without touching the copy of a file, when the archive lost
    bytes of it that had entered the hash tree; DatabaseError for PostgreSQL.
    """
    fresh = target / f"{DATABASE}.new"
    try:
        target.mkdir(parents=True, exist_ok=True)
        fresh.unlink(missing_ok=True)
        db.backup(fresh)
        copied = sum(_bring(archive.folder, target / ARCHIVE, name) for name in _files(archive))
        fresh.replace(target / DATABASE)
        _sync(target)
    except OSError as error:
        raise ArchiveError(f"cannot write the backup in {target}: {error.strerror or error}") from error
    return copied


def restore(source: Path, database: Path, archive: Path) -> None:
    """Put a backup's database and archive to where nothing is yet. Index afterwards (`storage.ingest`)."""
    if not (source / DATABASE).is_file() or not (source / ARCHIVE).is_dir():
        raise ArchiveError(f"{source} is no whole backup: it needs {DATABASE} and {ARCHIVE}/")
    if database.exists():
        raise DatabaseError(f"there is a database at {database} already; a backup is restored to where there is none")
    if archive.exists() and any(archive.iterdir()):
        raise ArchiveError(f"{archive} is not empty; a backup is restored to where there is no archive")
    try:
        for path in sorted((source / ARCHIVE).rglob("*")):
            if path.is_file():
                _copy(path, archive / path.relative_to(source / ARCHIVE))
        _copy(source / DATABASE, database)
    except OSError as error:
        raise ArchiveError(f"cannot restore from {source}: {error.strerror or error}") from error


def _files(archive: Archive) -> Iterator[tuple[str, int]]:
    """(path within the folder, bytes that it must have): what refers to others before what it refers to."""
    for path in sorted((archive.folder / FOLDER).glob("checkpoint-*.txt")):
        yield f"{FOLDER}/{path.name}", 0
    log = TreeLog(archive.folder)
    if log.path.exists():
        yield f"{FOLDER}/{log.path.name}", 0
    ends: dict[str, int] = {}
    for run in log.runs():
        ends[run.file] = max(run.end, ends.get(run.file, 0))
    for file in sorted({*archive.files(), *ends}):
        if not archive.path(file).exists() and archive.size(file) is not None:
            yield file + RECEIPT, 0  # the bucket has it
        else:
            yield file, ends.get(file, 0)


def _bring(folder: Path, target: Path, wanted: tuple[str, int]) -> int:
    """Copy a file whose size is another than its copy's; a file that lost bytes is not allowed to spoil its copy."""
    name, least = wanted
    path, copy = folder / name, target / name
    size = path.stat().st_size if path.exists() else -1
    if size < least:
        raise ArchiveError(
            f"{path} lost bytes that the hash tree has; `nianbao archive verify` names them. Its copy stays"
        )
    if copy.exists() and copy.stat().st_size == size:
        return 0
    return _copy(path, copy)


def _copy(path: Path, copy: Path) -> int:
    copy.parent.mkdir(parents=True, exist_ok=True)
    draft = copy.with_name(copy.name + ".part")
    shutil.copyfile(path, draft)
    _sync(draft)
    draft.replace(copy)
    _sync(copy.parent)
    return copy.stat().st_size


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
