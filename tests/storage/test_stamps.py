"""Time stamps of checkpoints, by an authority that openssl plays."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from storage import queries, tree
from storage.archive import Archive
from storage.database import Database
from storage.errors import ArchiveError
from storage.stamps import BadStamp, certificates, dated, stamp, stamp_of
from storage.tree import Checkpoint, Signer
from storage.verify import checkpoint, verify
from storage.warc import WarcWriter
from tests.storage import authority
from tests.storage.make import exchange

SIGNER = Signer.from_seed(bytes(range(32)))
pytestmark = pytest.mark.skipif(authority.OPENSSL is None, reason="no openssl on this machine")


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    return sqlite_url


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority that this installation trusts."""
    folder = tmp_path_factory.mktemp("authority")
    authority.make(folder)
    return folder


@pytest.fixture
def signed(db: Database, archive: Archive, writer: WarcWriter) -> Checkpoint:
    writer.exchange(exchange())
    writer.close()
    queries.ingest(db, archive)
    return checkpoint(db, archive, "2026-01-15T04:00:00Z", SIGNER)


def test_a_checkpoint_is_dated_and_openssl_agrees(
    db: Database, archive: Archive, signed: Checkpoint, known: Path
) -> None:
    roots = certificates(known / "root.pem")
    moment = stamp(archive.folder, signed, partial(authority.answer, known), roots)
    assert abs((datetime.now(UTC) - moment).total_seconds()) < 120
    path = stamp_of(archive.folder, signed.size)
    note = path.with_suffix(".txt")
    assert note.read_text() == signed.note and authority.verifies(path, note, known / "root.pem")
    assert verify(db, archive, authority=roots).faults == ()
    assert stamp(archive.folder, signed, lambda _: pytest.fail("it is dated already"), roots) == moment


def test_a_stamp_of_another_note_or_by_nobody_we_trust_is_named(
    db: Database, archive: Archive, signed: Checkpoint, known: Path, tmp_path: Path
) -> None:
    authority.make(tmp_path / "other")
    ours, theirs = certificates(known / "root.pem"), certificates(tmp_path / "other" / "root.pem")
    stamp(archive.folder, signed, partial(authority.answer, known), ours)
    path = stamp_of(archive.folder, signed.size)
    [fault] = verify(db, archive, authority=theirs).faults
    assert (fault.kind, fault.file) == ("checkpoint", path.name)
    path.with_suffix(".txt").write_text(SIGNER.sign(signed.note.rpartition("\n\n")[0].replace("2026", "2025") + "\n"))
    assert [fault.file for fault in verify(db, archive, authority=ours).faults] == [path.name]
    assert [fault.file for fault in verify(db, archive).faults] == [path.name]  # whose it is can be seen without roots
    path.write_bytes(b"no stamp")
    assert [fault.file for fault in verify(db, archive).faults] == [path.name]


def test_an_answer_that_proves_nothing_is_not_kept(
    archive: Archive, signed: Checkpoint, known: Path, tmp_path: Path
) -> None:
    roots = certificates(known / "root.pem")
    old = stamp(archive.folder, signed, partial(authority.answer, known), roots)
    path = stamp_of(archive.folder, signed.size)
    replayed = path.read_bytes()
    path.unlink()
    for reply in (b"", b"<html>504</html>", replayed):  # the last one is good, but answers another question
        with pytest.raises(BadStamp):
            stamp(archive.folder, signed, lambda _, reply=reply: reply, roots)  # type: ignore[misc]
        assert not path.exists()
    assert dated(replayed, signed.note.encode(), roots) == old
    assert [file.name for file in (archive.folder / tree.FOLDER).glob("*.part")] == []


def test_certificates_that_are_none_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("nothing")
    for name in ("a.pem", "b.pem"):
        with pytest.raises(ArchiveError, match=name):
            certificates(tmp_path / name)
