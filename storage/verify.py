"""Does the archive still hold what it held? Re-reads bytes against digests, the hash tree and its checkpoints.

Names what is damaged, missing or inserted. Changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from cryptography.x509 import Certificate
from sqlalchemy import select

from storage.archive import Archive, Record
from storage.database import Database
from storage.merkle import heads, included, inclusion_proofs, leaf_hash, root
from storage.models import LeafRow
from storage.stamps import BadStamp, dated, stamp_of
from storage.tree import Checkpoint, Run, Signer, TreeLog, checkpoints, read_checkpoint, signed, write_checkpoint

Kind = Literal["damaged", "missing", "inserted", "tree", "checkpoint"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as it was. `record` is a capture's id, "visit:" + a visit's, or empty."""

    kind: Kind
    file: str
    offset: int | None
    record: str
    why: str


@dataclass(frozen=True, slots=True)
class Verified:
    records: int  # read and compared
    bytes: int  # of WARC files read
    faults: tuple[Fault, ...]
    waiting: tuple[tuple[str, int, int], ...] = ()  # (file, from byte, bytes) that no round has entered into the tree


@dataclass(frozen=True, slots=True)
class Proof:
    """That one record is in the tree of one checkpoint. Checked with `check_proof`, without us and off line."""

    record: str
    index: int
    size: int
    path: tuple[str, ...]  # hex, from the leaf upwards
    note: str  # the signed checkpoint


def checkpoint(db: Database, archive: Archive, at: str, signer: Signer) -> Checkpoint:
    """Sign the head of the tree as it is now; `at` is the moment as text (RFC 3339). One a day is the custom."""
    [(size, head)] = heads(_leaves(db))
    return write_checkpoint(archive.folder, size, head, at, signer)


def prove(db: Database, archive: Archive, record: str) -> Proof | None:
    """The proof that a record (a capture's id, "visit:" + a visit's) is in the newest checkpoint; None if it is not."""
    proofs = prove_all(db, archive, [record])
    return proofs[0] if proofs else None


def prove_all(db: Database, archive: Archive, records: Sequence[str]) -> list[Proof] | None:
    """The proofs that all the records are in the newest checkpoint, in their order; None if one of them is not."""
    numbers: dict[str, int] = {}
    with db.read() as connection:
        for start in range(0, len(records), 500):
            wanted = LeafRow.record.in_(records[start : start + 500])
            found = connection.execute(select(LeafRow.record, LeafRow.number).where(wanted))
            numbers |= {row.record: row.number for row in found}
    known = checkpoints(archive.folder)
    if not known or any(numbers.get(record, known[-1].size) >= known[-1].size for record in records):
        return None
    size, note = known[-1].size, known[-1].note
    paths = inclusion_proofs([numbers[record] for record in records], list(_leaves(db, size)))
    return [
        Proof(record, numbers[record], size, tuple(node.hex() for node in path), note)
        for record, path in zip(records, paths, strict=True)
    ]


def check_proof(proof: Proof, record: bytes, verifier: str) -> bool:
    """Whether these bytes of a WARC record are in the tree whose checkpoint this verifier's key signed."""
    try:
        known = read_checkpoint(proof.note)
        path = [bytes.fromhex(node) for node in proof.path]
    except ValueError:
        return False
    fits = known.size == proof.size and included(leaf_hash(record), proof.index, proof.size, path, known.root)
    return fits and signed(proof.note, verifier)


def verify(
    db: Database,
    archive: Archive,
    *,
    share: tuple[int, int] = (0, 1),
    verifier: str | None = None,
    authority: Sequence[Certificate] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Verified:
    """Re-read the archive. `share` (k, n) reads the k-th of n parts of the runs, so that n days read everything.

    With `verifier`, signatures of checkpoints are checked too; with `authority` (certificates), who made their time
    stamps. `progress` is told the bytes read so far.
    """
    runs, there = list(TreeLog(archive.folder).runs()), archive.sizes()
    part, parts = share
    faults: list[Fault] = list(_tree_faults(db, archive, runs, verifier, authority))
    records = size = 0
    for number, run in enumerate(runs):
        if number % parts != part:
            continue
        found, wrong = _run_faults(db, archive, run, there)
        records, size = records + found, size + run.end - run.start
        faults.extend(wrong)
        progress(size)
    faults.extend(_short_files(there, runs))
    return Verified(records, size, tuple(faults), tuple(_waiting(there, runs)))


def _tree_faults(
    db: Database, archive: Archive, runs: Sequence[Run], verifier: str | None, roots: Sequence[Certificate]
) -> Iterator[Fault]:
    """Whether the index's leaves are those of the log, and lead to every checkpoint."""
    position = 0
    for run in runs:
        if run.number != position:
            yield Fault("tree", run.file, run.start, "", f"the log jumps from leaf {position} to {run.number}")
        position = run.number + run.count
    known = checkpoints(archive.folder)
    heads_there = dict(heads(_leaves(db), [one.size for one in known]))
    size, logs = max(heads_there), TreeLog(archive.folder).digests(one.size for one in known)
    if position != size:
        yield Fault("tree", "", None, "", f"the log has {position} leaves, the index {size}; ingest first")
    for one in known:
        name = f"checkpoint-{one.size:012d}.txt"
        if one.size > size:
            yield Fault("checkpoint", name, None, "", f"{one.size} leaves were signed, only {size} are left")
        elif one.log and logs.get(one.size) != one.log:
            yield Fault("checkpoint", name, None, "", "the tree's log is not the one that was signed")
        elif heads_there[one.size] != one.root:
            yield Fault("checkpoint", name, None, "", "the tree does not lead to this signed head: history was changed")
        if verifier is not None and not signed(one.note, verifier):
            yield Fault("checkpoint", name, None, "", "the signature is not good")
        yield from _stamp_faults(archive, one, roots)


def _stamp_faults(archive: Archive, known: Checkpoint, roots: Sequence[Certificate]) -> Iterator[Fault]:
    path = stamp_of(archive.folder, known.size)
    if not path.exists():
        return
    try:
        dated(path.read_bytes(), known.note.encode("utf-8"), roots)
    except BadStamp as error:
        yield Fault("checkpoint", path.name, None, "", str(error))


def _run_faults(db: Database, archive: Archive, run: Run, there: Mapping[str, int]) -> tuple[int, list[Fault]]:
    expected = _leaf_rows(db, run)
    if run.file not in there:
        why = f"the file is gone, with {run.count} records"
        return 0, [Fault("missing", run.file, run.start, record, why) for record, _ in expected or [("", b"")]]
    known = {leaf for _, leaf in expected}
    found = list(_records_of(archive, run, known))
    faults = [Fault("damaged", run.file, item.start, item.id, item.fault) for item in found if item.fault]
    present = [record for record in found if record.leaf is not None]
    if root([leaf for _, leaf in expected]).hex() != run.root:
        faults.append(Fault("tree", run.file, run.start, "", "the index's leaves are not those that the log has"))
    read = {record.leaf for record in present}
    for record, leaf in expected:
        if leaf not in read:
            faults.append(Fault("missing", run.file, run.start, record, "this record is no longer there as it was"))
    for item in present:
        if item.leaf not in known:
            faults.append(Fault("inserted", run.file, item.start, item.id, "this record never entered the tree"))
    if not faults and root([record.leaf for record in present if record.leaf]).hex() != run.root:
        faults.append(Fault("tree", run.file, run.start, "", "the records stand in another order, or twice"))
    every = hashlib.sha256(b"".join(record.hash or b"" for record in found)).hexdigest()
    if not faults and run.every not in ("", every):
        why = f"up to byte {run.end}, a record beside the captures (a request, say) is not as it was, or not alone"
        faults.append(Fault("damaged", run.file, run.start, "", why))
    return len(present), faults


def _records_of(archive: Archive, run: Run, known: Set[bytes]) -> Iterator[Record]:
    """The records where the run was; behind its end those of its own that inserted ones have pushed there."""
    end = run.end
    for record in archive.scan(run.file, run.start, check=True):
        if record.start >= end:
            return
        if record.end <= run.end:
            yield record
            if record.leaf is not None and record.leaf not in known:
                end += record.end - record.start
        elif record.leaf in known:
            yield record


def _short_files(there: Mapping[str, int], runs: Sequence[Run]) -> Iterator[Fault]:
    """Files cut shorter than the tree knows them."""
    for file, end in _ends(runs).items():
        if there.get(file, end) < end:
            yield Fault("missing", file, there[file], "", f"the file ends before byte {end}")


def _waiting(there: Mapping[str, int], runs: Sequence[Run]) -> Iterator[tuple[str, int, int]]:
    """What a crawl has written since the last round, or somebody else has added: the tree will say when it came."""
    ends = _ends(runs)
    for file, size in sorted(there.items()):
        if size > (end := ends.get(file, 0)):
            yield file, end, size - end


def _ends(runs: Sequence[Run]) -> dict[str, int]:
    ends: dict[str, int] = {}
    for run in runs:
        ends[run.file] = max(run.end, ends.get(run.file, 0))
    return ends


def _leaves(db: Database, size: int | None = None) -> Iterator[bytes]:
    statement = select(LeafRow.hash).order_by(LeafRow.number).limit(size)
    with db.read() as connection:
        yield from connection.execute(statement.execution_options(yield_per=10_000)).scalars()


def _leaf_rows(db: Database, run: Run) -> list[tuple[str, bytes]]:
    wanted = select(LeafRow.record, LeafRow.hash).where(
        LeafRow.number >= run.number, LeafRow.number < run.number + run.count
    )
    with db.read() as connection:
        return [(row.record, row.hash) for row in connection.execute(wanted.order_by(LeafRow.number))]
