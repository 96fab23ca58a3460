"""Feeding the index: what the WARC files gained becomes rows, and leaves of the hash tree.

Everything indexed here can be rebuilt from the archive folder alone. Rows are committed only after the bytes that they
point to are on disk, so the index never knows more than the archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import delete, func, select

from storage import codec, evidence, index
from storage.archive import Archive, Record
from storage.database import Database
from storage.errors import ArchiveError
from storage.index import indexable
from storage.likeness import Short, restored
from storage.merkle import root
from storage.models import INDEX_TABLES, Base, CandidateRow, CaptureRow, ExpectedRow, FileRow, LeafRow, VisitRow
from storage.records import Capture, Visit
from storage.ship import adopt
from storage.tree import Run, TreeLog
from storage.urls import target_uri

_BATCH = 2000
_BASES = 5000  # visits that others are like, kept at hand
_CAPTURE_FIELDS = tuple(field.name for field in fields(Capture))


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a scan found that the index did not have yet."""

    files: int = 0  # that had grown
    captures: int = 0
    visits: int = 0
    cut: int = 0  # bytes cut off that a killed writer had left half written
    damaged: tuple[str, ...] = ()  # "file, offset N: why", for a person


@dataclass(slots=True)
class _Gain:
    """Rows of one batch, by table."""

    rows: dict[type[Base], list[dict[str, Any]]]
    leaves: list[tuple[str, bytes]]  # (record, hash)
    every: hashlib._Hash = field(default_factory=hashlib.sha256)  # over all records
    captures: int = 0
    visits: dict[str, Visit] = field(default_factory=dict)
    damaged: tuple[str, ...] = ()


def ingest(db: Database, archive: Archive, *, heal: bool = True) -> Ingested:
    """Index what the WARC files gained since the last time, and enter it into the hash tree. Twice does nothing twice.

    With `heal`, a torn tail that a killed writer left is cut off (never under a writer that lives).
    """
    log = TreeLog(archive.folder)
    known, leaves = _known(db)
    earlier = lru_cache(_BASES)(partial(index.visit, db))
    unread = dict(known)
    total, size = _replay(db, archive, log, known, earlier)
    before = {file for file, end in known.items() if end > unread.get(file, 0)}  # read already, by the tree's log
    if leaves > size:
        raise ArchiveError(
            f"{log.path} knows {size} leaves and the index {leaves}: restore it from a backup; if it is lost, "
            "reindex, which begins a new tree"
        )
    for file in archive.files():
        start = known.get(file, 0)
        whole = archive.sync(file)
        if whole <= start:
            continue
        end = start
        for batch, end in _batches(archive, file, start, whole, earlier):
            size = _enter(db, log, file, (known.get(file, 0), end), batch, size)
            known[file] = end
            total = _sum(total, Ingested(0, batch.captures, len(batch.visits), 0, batch.damaged))
        cut = archive.heal(file, end) if heal and end < whole else 0
        total = _sum(total, Ingested(file not in before, cut=cut))
    return total


def reindex(db: Database, archive: Archive) -> Ingested:
    """Forget the index and build it again from the archive alone: the same rows, if its files are whole."""
    adopt(archive)
    with db.write() as connection:
        for table in INDEX_TABLES:
            connection.execute(delete(table))
    return ingest(db, archive)


def _known(db: Database) -> tuple[dict[str, int], int]:
    """(bytes indexed by file, leaves in the index)."""
    with db.read() as connection:
        files = {row.name: row.indexed for row in connection.execute(select(FileRow.name, FileRow.indexed))}
        last = connection.execute(select(func.max(LeafRow.number))).scalar()
    return files, 0 if last is None else last + 1


def _replay(
    db: Database, archive: Archive, log: TreeLog, known: dict[str, int], earlier: Callable[[str], Visit | None]
) -> tuple[Ingested, int]:
    """Index the runs that the tree's log has and the index has not; `known` grows. (what, leaves in the log)."""
    total, size, files = Ingested(), 0, set[str]()
    for run in log.runs():
        size = run.number + run.count
        if known.get(run.file, 0) >= run.end:
            continue
        batch = _Gain({}, [])
        if archive.size(run.file) is None:
            batch.damaged += (f"{run.file}: missing, with {run.count} records that the tree has",)
        else:
            for record in archive.scan(run.file, max(run.start, known.get(run.file, 0))):
                if record.end > run.end:
                    break
                _add(batch, run.file, record, earlier)
        whole = run.every in ("", batch.every.hexdigest()) or known.get(run.file, 0) > run.start
        if root([leaf for _, leaf in batch.leaves]).hex() != run.root or not whole:
            batch.damaged += (f"{run.file}, bytes {run.start} to {run.end}: not what entered the tree; run verify",)
        _commit(db, run.file, run.end, batch, run.number if len(batch.leaves) == run.count else None)
        total = _sum(total, Ingested(0, batch.captures, len(batch.visits), 0, batch.damaged))
        known[run.file] = run.end
        files.add(run.file)
    return replace(total, files=len(files)), size


def _batches(
    archive: Archive, file: str, start: int, size: int, earlier: Callable[[str], Visit | None]
) -> Iterator[tuple[_Gain, int]]:
    """What one file's records from `start` on say, as far as they end within `size` bytes, which are on disk."""
    batch, pending, end = _Gain({}, []), 0, start
    for record in archive.scan(file, start):
        if record.end > size:
            break
        _add(batch, file, record, earlier)
        end = record.end
        pending += 1
        if pending >= _BATCH:
            yield batch, end
            batch, pending = _Gain({}, []), 0
    if pending:
        yield batch, end


def _enter(db: Database, log: TreeLog, file: str, span: tuple[int, int], batch: _Gain, size: int) -> int:
    """First the tree's log, then the index: what only the log has is found there the next time. The tree's new size."""
    if batch.leaves:
        head = root([leaf for _, leaf in batch.leaves]).hex()
        log.append(Run(size, len(batch.leaves), file, span[0], span[1], head, batch.every.hexdigest()))
    _commit(db, file, span[1], batch, size)
    return size + len(batch.leaves)


def _commit(db: Database, file: str, end: int, batch: _Gain, number: int | None) -> None:
    leaves = batch.leaves if number is not None else []
    entries = [
        {"number": place, "record": record, "hash": leaf}
        for place, (record, leaf) in enumerate(leaves, start=number or 0)
    ]
    with db.write() as connection:
        serial = evidence.known(connection) + 1
        for row in batch.rows.get(VisitRow, ()):
            row["serial"] = serial
        for table, rows in batch.rows.items():
            db.insert_new(connection, table, rows)
        db.insert_new(connection, LeafRow, entries)
        db.upsert(connection, FileRow, [{"name": file, "indexed": end}])


def _sum(one: Ingested, other: Ingested) -> Ingested:
    return Ingested(
        one.files + other.files,
        one.captures + other.captures,
        one.visits + other.visits,
        one.cut + other.cut,
        one.damaged + other.damaged,
    )


def _add(gain: _Gain, file: str, record: Record, earlier: Callable[[str], Visit | None]) -> None:
    """Take a record in; `earlier` finds the visit that a short one is like."""
    gain.every.update(record.hash or b"")
    if record.kind == "damaged":
        gain.damaged += (f"{file}, offset {record.start}: {record.fault}",)
    if record.capture is not None:
        gain.captures += 1
        if record.leaf is not None:
            gain.leaves.append((record.id, record.leaf))
        row = {name: getattr(record.capture, name) for name in _CAPTURE_FIELDS}
        row |= {"urlkey": indexable(record.capture.urlkey), "size": record.end - record.start}
        gain.rows.setdefault(CaptureRow, []).append(row)
    if record.visit is not None:
        if record.leaf is not None:
            gain.leaves.append((f"visit:{record.visit.id}", record.leaf))
        try:
            visit = _whole(record.visit, gain, earlier)
        except ValueError as error:
            gain.damaged += (f"{file}, offset {record.start}: {error}",)
            return
        gain.visits[visit.id] = visit
        for table, rows in _visit_rows(visit, file, record.start):
            gain.rows.setdefault(table, []).extend(rows)


def _whole(visit: Visit | Short, gain: _Gain, earlier: Callable[[str], Visit | None]) -> Visit:
    """Raises ValueError when it is a short one and what it is like is not known."""
    if isinstance(visit, Visit):
        return visit
    known = gain.visits.get(visit.like) or earlier(visit.like)
    if known is None:
        raise ValueError(f"visit {visit.id} saw what visit {visit.like} saw, and that one is not in the index")
    return restored(visit, known)


def _visit_rows(visit: Visit, file: str, offset: int) -> Iterable[tuple[type[Base], list[dict[str, Any]]]]:
    yield (
        VisitRow,
        [
            {
                "id": visit.id,
                "at": visit.at,
                "column_url": indexable(target_uri(visit.column_url)),
                "year": visit.year,
                "series": visit.series,
                "outcome": visit.outcome.value,
                "file": file,
                "offset": offset,
                "record": codec.plain(visit),
            }
        ],
    )
    yield (
        ExpectedRow,
        [
            {"organ": organ, "year": visit.year, "at": visit.at, "visit": visit.id}
            for organ in dict.fromkeys(visit.organs)
        ],
    )
    yield (
        CandidateRow,
        [
            {
                "visit": visit.id,
                "number": number,
                "at": visit.at,
                "organ": candidate.organ,
                "series": candidate.series,
                "year": candidate.year,
                "accepted": candidate.accepted,
                "url": target_uri(candidate.url),
                "record": codec.plain(candidate),
            }
            for number, candidate in enumerate(visit.candidates)
        ],
    )
