"""Backup and restore: copies made in the middle of work are whole, and spoilt files spoil no copy."""

from __future__ import annotations

import threading
from functools import partial
from pathlib import Path

import pytest

import storage.database
from storage import queries
from storage.archive import Archive
from storage.backup import backup, restore
from storage.database import Database
from storage.errors import ArchiveError, DatabaseError
from storage.records import Capture
from storage.tree import Signer
from storage.verify import checkpoint, verify
from storage.warc import WarcWriter
from tests.storage.make import assessment, day, exchange

SIGNER = Signer.from_seed(bytes(range(32)))


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite alone: PostgreSQL has its own tools."""
    return sqlite_url


def work(db: Database, archive: Archive, writer: WarcWriter, first: int, count: int) -> list[Capture]:
    """One batch as a round makes it: written, indexed, signed, judged."""
    made = [writer.exchange(exchange(at=day(n), body=b"%d" % n * 500)) for n in range(first, first + count)]
    writer.sync()
    queries.ingest(db, archive, heal=False)
    checkpoint(db, archive, "2026-01-15T04:00:00Z", SIGNER)
    queries.put_assessments(db, [assessment(day(first))])
    return made


def restored(source: Path, home: Path) -> tuple[int, list[str]]:
    """(captures indexed, faults) of the backup, put into an empty home."""
    restore(source, home / "nianbao.db", home / "archive")
    with storage.database.open(f"sqlite:///{home}/nianbao.db") as db:
        archive = Archive(home / "archive", find=partial(queries.capture, db))
        queries.ingest(db, archive)
        done = verify(db, archive, verifier=SIGNER.verifier())
    return done.records, [f"{fault.kind} {fault.file} {fault.why}" for fault in done.faults]


def test_a_backup_restores_to_the_same_captures_and_assessments(
    db: Database, archive: Archive, writer: WarcWriter, tmp_path: Path
) -> None:
    made = work(db, archive, writer, 0, 3)
    assert backup(db, archive, tmp_path / "copy") > 0
    assert restored(tmp_path / "copy", tmp_path / "new") == (3, [])
    with storage.database.open(f"sqlite:///{tmp_path}/new/nianbao.db", write=False) as there:
        assert queries.captures(there, made[0].url) == queries.captures(db, made[0].url)
        assert queries.assessments(there, 2025, "ogi") == queries.assessments(db, 2025, "ogi")


def test_again_into_the_same_folder_only_what_grew_is_copied(
    db: Database, archive: Archive, writer: WarcWriter, tmp_path: Path
) -> None:
    work(db, archive, writer, 0, 3)
    backup(db, archive, tmp_path / "copy")
    assert backup(db, archive, tmp_path / "copy") == 0
    work(db, archive, writer, 3, 2)
    assert backup(db, archive, tmp_path / "copy") > 0
    assert restored(tmp_path / "copy", tmp_path / "new") == (5, [])


def test_backups_in_the_middle_of_work_are_whole(
    db: Database, db_url: str, archive: Archive, writer: WarcWriter, tmp_path: Path
) -> None:
    work(db, archive, writer, 0, 1)

    def go_on() -> None:
        for number in range(1, 40):
            work(db, archive, writer, number, 1)

    worker = threading.Thread(target=go_on)
    worker.start()
    sizes = []
    with storage.database.open(db_url, write=False) as reader:
        for number in range(6):
            backup(reader, archive, tmp_path / "copy")
            size, faults = restored(tmp_path / "copy", tmp_path / f"new{number}")
            assert faults == []
            sizes.append(size)
        worker.join()
        backup(reader, archive, tmp_path / "copy")
    assert sizes == sorted(sizes)
    assert restored(tmp_path / "copy", tmp_path / "last") == (40, [])


def test_a_torn_tail_in_the_copy_is_cut_back_when_restored(
    db: Database, archive: Archive, writer: WarcWriter, tmp_path: Path
) -> None:
    [made] = work(db, archive, writer, 0, 1)
    with archive.path(made.file).open("ab") as stream:
        stream.write(b"\x1f\x8b\x08 half a member")
    backup(db, archive, tmp_path / "copy")
    assert restored(tmp_path / "copy", tmp_path / "new") == (1, [])


@pytest.mark.parametrize("loss", ["cut", "gone"])
def test_a_file_that_lost_bytes_does_not_replace_its_copy(
    db: Database, archive: Archive, writer: WarcWriter, tmp_path: Path, loss: str
) -> None:
    [made] = work(db, archive, writer, 0, 1)
    backup(db, archive, tmp_path / "copy")
    path = archive.path(made.file)
    if loss == "cut":
        path.write_bytes(path.read_bytes()[:-10])
    else:
        path.unlink()
    with pytest.raises(ArchiveError, match="lost bytes"):
        backup(db, archive, tmp_path / "copy")
    assert restored(tmp_path / "copy", tmp_path / "new") == (1, [])


def test_a_restore_overwrites_nothing_and_wants_a_whole_backup(
    db: Database, archive: Archive, writer: WarcWriter, tmp_path: Path
) -> None:
    work(db, archive, writer, 0, 1)
    backup(db, archive, tmp_path / "copy")
    with pytest.raises(DatabaseError, match="already"):
        restore(tmp_path / "copy", tmp_path / "nianbao.db", tmp_path / "elsewhere")
    with pytest.raises(ArchiveError, match="not empty"):
        restore(tmp_path / "copy", tmp_path / "other.db", archive.folder)
    (tmp_path / "copy" / "nianbao.db").unlink()
    with pytest.raises(ArchiveError, match="no whole backup"):
        restore(tmp_path / "copy", tmp_path / "other.db", tmp_path / "elsewhere")


def test_postgresql_is_left_to_its_own_tools(postgresql_url: str, archive: Archive, tmp_path: Path) -> None:
    with (
        storage.database.open(postgresql_url) as there,
        pytest.raises(DatabaseError, match="pg_dump"),
    ):
        backup(there, archive, tmp_path / "copy")
    with pytest.raises(DatabaseError, match="pg_restore"):
        storage.database.file_of(postgresql_url)
