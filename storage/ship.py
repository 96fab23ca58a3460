"""Moving finished WARC files to the bucket, and finding them there again from a machine that knows nothing of them.

A file is uploaded, confirmed by the bucket, given a receipt, and only then taken away here. A kill at any moment leaves
it whole in one of the two places at least, and the next time goes on from there.
"""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from storage.archive import SUFFIX, Archive
from storage.bucket import Bucket, Stored
from storage.database import Database
from storage.errors import ArchiveError
from storage.models import FileRow
from storage.receipts import sync_folder, write_receipt
from storage.tree import FOLDER, TreeLog

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Shipped:
    """What went to the bucket, and how many files wait here: somebody writes them, or not all is indexed."""

    files: int = 0
    bytes: int = 0
    waiting: int = 0


def ship(db: Database, archive: Archive) -> Shipped:
    """Move every WARC file that nobody writes and whose bytes are all indexed; then copy what the tree gained.

    Does nothing for an archive without a bucket. Raises ArchiveError: what has not gone yet is still here then.
    """
    if archive.bucket is None:
        return Shipped()
    with db.read() as connection:
        indexed = {row.name: row.indexed for row in connection.execute(select(FileRow.name, FileRow.indexed))}
    files = size = waiting = 0
    for file in archive.local_files():
        with _held(archive.path(file)) as ours:
            length = archive.path(file).stat().st_size
            if not ours or length != indexed.get(file):
                waiting += 1
                continue
            _keep(archive.bucket, file, archive.path(file))
            write_receipt(archive.folder, file, length)
            archive.path(file).unlink()
            sync_folder(archive.folder)
        files, size = files + 1, size + length
    _copy_tree(archive, archive.bucket)
    return Shipped(files, size, waiting)


def adopt(archive: Archive) -> int:
    """Learn what lies in the bucket and is not known here: files get receipts, the tree is fetched if there is none.

    How many files were new. Nothing that is here is changed.
    """
    if archive.bucket is None:
        return 0
    known, new = set(archive.files()), 0
    held = archive.bucket.sizes()
    lacks_tree = not TreeLog(archive.folder).path.exists()
    for name, size in held.items():
        if name.startswith(f"{FOLDER}/") and lacks_tree:
            _fetch(archive.bucket, name, archive.folder / FOLDER / Path(name).name)
        elif "/" not in name and name.endswith(SUFFIX) and name not in known:
            archive.folder.mkdir(parents=True, exist_ok=True)
            write_receipt(archive.folder, name, size)
            new += 1
    return new


def _copy_tree(archive: Archive, bucket: Bucket) -> None:
    """The log after the files that it speaks of; checkpoints after the log. What never changes is copied once."""
    held = bucket.sizes()
    log = TreeLog(archive.folder).path
    others = sorted(path for path in log.parent.glob("checkpoint-*") if path.suffix != ".part")
    for path in [log, *others] if log.exists() else others:
        if held.get(f"{FOLDER}/{path.name}") != path.stat().st_size:
            _keep(bucket, f"{FOLDER}/{path.name}", path)


def _keep(bucket: Bucket, name: str, path: Path) -> None:
    """Store the file, unless it is there already. What is there is replaced only by what begins with it."""
    ours, there = _stored(path), bucket.stored(name)
    if there == ours:
        return
    if there is not None and (there.size >= ours.size or _stored(path, there.size) != there):
        raise ArchiveError(
            f"{bucket.url}/{name} is another file than {path}: does a second installation use this bucket? "
            "Give each a prefix of its own; nothing was replaced"
        )
    bucket.keep(name, path, ours)


def _stored(path: Path, size: int | None = None) -> Stored:
    """Size and digest of a file, or of its first `size` bytes."""
    digest, left, read = hashlib.sha256(), size if size is not None else path.stat().st_size, 0
    with path.open("rb") as stream:
        while left > read and (block := stream.read(min(_BLOCK, left - read))):
            digest.update(block)
            read += len(block)
    return Stored(read, digest.hexdigest())


def _fetch(bucket: Bucket, name: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_bytes(bucket.fetch(name))
    draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def _held(path: Path) -> Iterator[bool]:
    """Whether the file is ours alone; a writer that lives holds it."""
    with path.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
