"""The hash tree over an archive: what was changed is named, and one capture can be proved without us."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from storage import queries, tree
from storage import verify as verifying
from storage.archive import Archive
from storage.database import Database
from storage.errors import ArchiveError
from storage.models import LeafRow
from storage.records import Capture
from storage.tree import Signer
from storage.verify import Fault, check_proof, checkpoint, prove, verify
from storage.warc import WarcWriter
from tests.storage.make import day, exchange, visit

SIGNER = Signer.from_seed(bytes(range(32)))


@pytest.fixture
def captures(db: Database, archive: Archive, writer: WarcWriter) -> list[Capture]:
    """Four captures and a visit, indexed in two steps, with a signed checkpoint after each."""
    found = []
    for step in range(2):
        for number in (step * 2, step * 2 + 1):
            found.append(writer.exchange(exchange(at=day(number), body=b"%d" % number)))
        queries.ingest(db, archive)
        checkpoint(db, archive, f"2026-01-{15 + step}T04:00:00Z", SIGNER)
    writer.visit(visit("v1"))
    writer.close()
    queries.ingest(db, archive)
    return found


def kinds(db: Database, archive: Archive) -> set[tuple[str, str]]:
    """(kind, record) of every fault."""
    return {(fault.kind, fault.record) for fault in verify(db, archive, verifier=SIGNER.verifier()).faults}


def rewrite(archive: Archive, capture: Capture, change: Callable[[bytes], bytes]) -> None:
    """Replace one record with an equally sound one: what somebody does who wants to change history."""
    path = archive.path(capture.file)
    data = path.read_bytes()
    old = archive.raw(capture)
    end = next(item.end for item in archive.scan(capture.file) if item.id == capture.id)
    new = change(old)
    path.write_bytes(data[: capture.offset] + (gzip.compress(new) if new else b"") + data[end:])


def test_an_untouched_archive_verifies(db: Database, archive: Archive, captures: list[Capture]) -> None:
    verified = verify(db, archive, verifier=SIGNER.verifier())
    assert verified.faults == ()
    assert verified.records == 5
    assert verified.bytes == archive.path(captures[0].file).stat().st_size


def test_a_flipped_bit_is_named(db: Database, archive: Archive, captures: list[Capture]) -> None:
    path = archive.path(captures[1].file)
    data = bytearray(path.read_bytes())
    data[captures[1].offset + 50] ^= 1
    path.write_bytes(data)
    assert kinds(db, archive) == {("damaged", ""), ("missing", captures[1].id)}
    assert Fault("damaged", path.name, captures[1].offset, "", "x").offset in {
        fault.offset for fault in verify(db, archive).faults
    }


def test_a_record_rewritten_with_care_is_named(db: Database, archive: Archive, captures: list[Capture]) -> None:
    rewrite(archive, captures[1], lambda record: record.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 404 No"))
    assert ("missing", captures[1].id) in kinds(db, archive)
    assert ("inserted", captures[1].id) in kinds(db, archive)
    assert ("damaged", captures[1].id) in kinds(db, archive)  # its WARC-Block-Digest was forgotten


def test_a_record_cut_out_is_missing(db: Database, archive: Archive, captures: list[Capture]) -> None:
    rewrite(archive, captures[3], lambda _: b"")
    assert ("missing", captures[3].id) in kinds(db, archive)


def test_a_record_slipped_in_is_inserted(db: Database, archive: Archive, captures: list[Capture]) -> None:
    forged = captures[0].id.replace("0", "f")
    rewrite(archive, captures[0], lambda record: record.replace(captures[0].id.encode(), forged.encode()))
    assert ("inserted", forged) in kinds(db, archive)


def test_a_file_that_is_gone_or_cut_short_is_missing(db: Database, archive: Archive, captures: list[Capture]) -> None:
    path = archive.path(captures[0].file)
    with path.open("r+b") as stream:
        stream.truncate(captures[3].offset)
    assert {("missing", captures[3].id), ("missing", "visit:v1"), ("missing", "")} <= kinds(db, archive)
    path.unlink()
    assert {("missing", capture.id) for capture in captures} <= kinds(db, archive)


def test_an_index_that_was_tampered_with_leads_to_no_checkpoint(
    db: Database, archive: Archive, captures: list[Capture]
) -> None:
    with db.write() as connection:
        connection.execute(update(LeafRow).where(LeafRow.number == 1).values(hash=b"\0" * 32))
    faults = {fault.kind for fault in verify(db, archive).faults}
    assert {"tree", "checkpoint"} <= faults
    with db.write() as connection:
        connection.execute(delete(LeafRow).where(LeafRow.number >= 3))
    assert "checkpoint" in {fault.kind for fault in verify(db, archive).faults}


def test_a_checkpoint_signed_by_another_is_told(db: Database, archive: Archive, captures: list[Capture]) -> None:
    other = Signer.from_seed(bytes(32))
    assert {fault.kind for fault in verify(db, archive, verifier=other.verifier()).faults} == {"checkpoint"}
    note = tree.checkpoints(archive.folder)[0].note
    assert tree.signed(note, SIGNER.verifier())
    assert not tree.signed(note.replace("2026-01-15", "2025-01-15"), SIGNER.verifier())
    assert not tree.signed("nonsense", SIGNER.verifier())


def test_shares_together_read_everything_once(db: Database, archive: Archive, captures: list[Capture]) -> None:
    shares = [verify(db, archive, share=(part, 2)) for part in range(2)]
    assert sum(share.records for share in shares) == 5
    assert all(0 < share.records < 5 for share in shares)


def test_a_reindex_leads_to_the_same_tree(db: Database, archive: Archive, captures: list[Capture]) -> None:
    queries.reindex(db, archive)
    assert kinds(db, archive) == set()


def test_a_capture_is_proved_off_line_with_its_bytes_and_a_public_key(
    db: Database, archive: Archive, captures: list[Capture]
) -> None:
    for capture in captures:
        proof = prove(db, archive, capture.id)
        assert proof is not None
        record = archive.raw(capture)
        assert check_proof(proof, record, SIGNER.verifier())
        assert not check_proof(proof, record + b" ", SIGNER.verifier())
        assert not check_proof(replace(proof, index=proof.index + 1), record, SIGNER.verifier())
        assert not check_proof(proof, record, Signer.from_seed(bytes(32)).verifier())
        assert not check_proof(replace(proof, note="nonsense"), record, SIGNER.verifier())
    assert prove(db, archive, "visit:v1") is None  # entered after the last checkpoint
    assert prove(db, archive, "nobody") is None


def test_a_kill_between_tree_and_index_loses_nothing_and_counts_nothing_twice(
    db: Database, archive: Archive, writer: WarcWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture = writer.exchange(exchange())
    with monkeypatch.context() as patch:
        patch.setattr(Database, "upsert", _killed)
        with pytest.raises(KeyboardInterrupt):
            queries.ingest(db, archive)
    assert queries.capture(db, capture.id) is None
    assert queries.ingest(db, archive).captures == 1
    assert len(list(tree.TreeLog(archive.folder).runs())) == 1
    assert verify(db, archive).faults == ()


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_torn_line_of_the_log_is_written_again(db: Database, archive: Archive, writer: WarcWriter) -> None:
    writer.exchange(exchange())
    queries.ingest(db, archive)
    with (archive.folder / "tree" / "log.jsonl").open("ab") as stream:
        stream.write(b'{"number": 1, "cou')
    writer.exchange(exchange(at=day(1)))
    assert queries.ingest(db, archive).captures == 1
    assert [run.number for run in tree.TreeLog(archive.folder).runs()] == [0, 1]
    assert verify(db, archive).faults == ()


def test_a_lost_log_stops_the_indexing_and_says_what_to_do(
    db: Database, archive: Archive, captures: list[Capture], tmp_path: Path
) -> None:
    shutil.move(archive.folder / "tree" / "log.jsonl", tmp_path / "log.jsonl")
    with pytest.raises(ArchiveError, match="restore it from a backup"):
        queries.ingest(db, archive)
    shutil.move(tmp_path / "log.jsonl", archive.folder / "tree" / "log.jsonl")
    assert queries.ingest(db, archive) == queries.Ingested()


def test_verifying_tells_how_far_it_is(db: Database, archive: Archive, captures: list[Capture]) -> None:
    told: list[int] = []
    total = verifying.verify(db, archive, progress=told.append).bytes
    assert told[-1] == total and told == sorted(told)


def test_records_in_another_order_are_told_requests_too(
    db: Database, archive: Archive, captures: list[Capture]
) -> None:
    file = captures[1].file
    path, records = archive.path(file), [item for item in archive.scan(file) if item.kind in ("response", "request")]
    (one, two), data = records[:2], path.read_bytes()
    assert (one.kind, two.kind) == ("response", "request")
    swapped = data[two.start : two.end] + data[one.start : one.end]
    path.write_bytes(data[: one.start] + swapped + data[two.end :])
    [fault] = verify(db, archive).faults
    assert fault.kind == "damaged" and "a record beside the captures" in fault.why


def test_a_log_that_was_changed_is_not_the_one_that_was_signed(
    db: Database, archive: Archive, captures: list[Capture]
) -> None:
    log = tree.TreeLog(archive.folder)
    first = next(iter(log.runs()))
    text = log.path.read_text(encoding="utf-8")
    log.path.write_text(text.replace(first.every, "0" * 64), encoding="utf-8")
    assert ("checkpoint", "") in kinds(db, archive)


def test_a_log_and_checkpoints_from_before_requests_were_told_still_verify(
    db: Database, archive: Archive, captures: list[Capture]
) -> None:
    log = tree.TreeLog(archive.folder)
    lines = [json.loads(line) for line in log.path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        del line["every"]
    log.path.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8")
    for known in tree.checkpoints(archive.folder):
        text = known.note.partition("\n\n")[0].partition("\nlog ")[0] + "\n"
        path = archive.folder / "tree" / f"checkpoint-{known.size:012d}.txt"
        path.write_text(SIGNER.sign(text), encoding="utf-8")
    assert verify(db, archive, verifier=SIGNER.verifier()).faults == ()


def test_bytes_that_no_round_has_entered_are_told_and_are_no_fault(
    db: Database, archive: Archive, captures: list[Capture]
) -> None:
    path = archive.path(captures[0].file)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + b"more")
    found = verify(db, archive)
    assert (found.faults, found.waiting) == ((), ((path.name, size, 4),))


def test_an_inserted_record_is_named_and_no_other_is_missed(
    db: Database, archive: Archive, captures: list[Capture]
) -> None:
    first, other = captures[0], captures[3]
    path, data = archive.path(first.file), archive.path(first.file).read_bytes()
    strange = gzip.compress(archive.raw(other).replace(b"HTTP/1.1 200", b"HTTP/1.1 404"))
    path.write_bytes(data[: captures[1].offset] + strange + data[captures[1].offset :])
    found = verify(db, archive).faults
    inserted = [fault for fault in found if fault.kind == "inserted"]
    assert [(fault.record, fault.offset) for fault in inserted] == [(other.id, captures[1].offset)]
    assert not [fault for fault in found if fault.record in {captures[0].id, captures[1].id}]
