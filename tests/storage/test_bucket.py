"""WARC files in a bucket: everything that is asked of the archive is answered as if they lay here, and none is lost."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config

import storage.bucket
import storage.database
import storage.ship
from storage import queries, wacz
from storage.archive import Archive
from storage.backup import backup, restore
from storage.bucket import Bucket
from storage.database import Database
from storage.errors import ArchiveError
from storage.records import Capture
from storage.ship import adopt, ship
from storage.tree import Signer
from storage.verify import checkpoint, prove, verify
from storage.warc import WarcWriter
from tests.storage.make import day, exchange, not_modified, visit
from tests.storage.test_faults import in_child, told
from tests.storage.test_index import rows

SIGNER = Signer.from_seed(bytes(range(32)))


@pytest.fixture
def db_url(sqlite_url: str) -> str:
    """SQLite alone: where the bytes lie is nothing to the database."""
    return sqlite_url


@pytest.fixture
def archive(folder: Path, db: Database, bucket: Bucket) -> Archive:
    return Archive(folder, find=partial(queries.capture, db), bucket=bucket)


@pytest.fixture
def writing(folder: Path) -> Iterator[WarcWriter]:
    with WarcWriter(folder, "w", new_id=lambda: str(uuid4()), roll_at=30_000) as writer:
        yield writer


def write(writer: WarcWriter, count: int) -> list[Capture]:
    """Responses that hardly pack, each with an unchanged repetition, and a visit: some files full, the last one not."""
    made = []
    for number in range(count):
        made.append(writer.exchange(exchange(f"http://a.gov.cn/{number}", day(number), os.urandom(9000))))
        made.append(writer.exchange(not_modified(day(number + 100), made[-1].url), made[-1]))
    writer.visit(visit("v1"))
    writer.close()
    return made


@pytest.fixture
def shipped(db: Database, archive: Archive, writing: WarcWriter) -> list[Capture]:
    """Captures whose files are all in the bucket, with a signed checkpoint."""
    made = write(writing, 12)
    queries.ingest(db, archive)
    checkpoint(db, archive, "2026-01-15T04:00:00Z", SIGNER)
    done = ship(db, archive)
    assert (done.files, done.waiting) == (5, 0) and archive.local_files() == []
    return made


def faults(db: Database, archive: Archive) -> list[tuple[str, str]]:
    return [(fault.kind, fault.file) for fault in verify(db, archive, verifier=SIGNER.verifier()).faults]


def put(bucket: Bucket, name: str, data: bytes) -> None:
    """What somebody does who has the bucket's key."""
    storage.bucket._client().put_object(**bucket._key(name), Body=data)


def test_what_went_to_the_bucket_is_read_verified_and_proved_as_before(
    db: Database, archive: Archive, shipped: list[Capture], tmp_path: Path
) -> None:
    for capture in shipped:
        assert len(archive.payload(capture).body) == 9000
    assert faults(db, archive) == []
    assert prove(db, archive, shipped[0].id) is not None
    placed = wacz.write(
        tmp_path / "a.wacz", archive, wacz.gather(db, [shipped[3].id, "visit:v1"]), created=day(0), title="a"
    )
    assert set(placed) == {shipped[2].id, shipped[3].id, "visit:v1"}
    assert queries.ingest(db, archive) == queries.Ingested()


def test_one_record_costs_one_request_and_reading_on_costs_few(
    archive: Archive, shipped: list[Capture], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int, int]] = []
    get = Bucket._range
    monkeypatch.setattr(Bucket, "_range", lambda self, *what: (asked.append(what), get(self, *what))[1])
    archive.payload(shipped[0])
    archive.payload(shipped[0])
    assert len(asked) == 1
    monkeypatch.setattr(storage.bucket, "_BLOCK", 1000)
    archive.bucket = Bucket(archive.bucket.url if archive.bucket else "")
    file = shipped[-1].file
    whole = b"".join(archive.open(shipped[0].file).read(position, 700) for position in range(0, 40_000, 700))
    assert len(whole) == archive.size(shipped[0].file) and len(asked) < 8
    assert archive.bucket.source(file, archive.size(file) or 0).read(10**6, 10) == b""


def test_a_file_that_somebody_writes_or_that_is_not_indexed_stays_here(
    db: Database, archive: Archive, writing: WarcWriter
) -> None:
    first = writing.exchange(exchange(body=b"1"))
    queries.ingest(db, archive)
    assert ship(db, archive).waiting == 1
    writing.exchange(exchange(body=b"2"))
    writing.close()
    assert ship(db, archive).waiting == 1
    assert archive.payload(first).body == b"1" and archive.local_files() == [first.file]


def test_a_writer_never_gives_the_name_of_a_shipped_file_away_again(
    db: Database, archive: Archive, shipped: list[Capture]
) -> None:
    with WarcWriter(archive.folder, "w", new_id=lambda: str(uuid4())) as again:
        new = again.exchange(exchange(at=day(300), body=b"new"))
    assert new.file == "w-00006.warc.gz"
    queries.ingest(db, archive)
    assert ship(db, archive).files == 1
    assert archive.payload(new).body == b"new" and faults(db, archive) == []


def test_with_the_bucket_alone_everything_is_indexed_again_to_the_same_rows(
    db: Database, archive: Archive, shipped: list[Capture], tmp_path: Path
) -> None:
    before = rows(db)
    elsewhere = Archive(tmp_path / "new machine", find=partial(queries.capture, db), bucket=archive.bucket)
    queries.reindex(db, elsewhere)
    assert rows(db) == before
    assert faults(db, elsewhere) == []
    assert adopt(elsewhere) == 0
    assert elsewhere.payload(shipped[1]).body == archive.payload(shipped[1]).body


def test_a_backup_takes_receipts_along_and_a_restored_home_reads_the_bucket(
    db: Database, archive: Archive, shipped: list[Capture], tmp_path: Path
) -> None:
    backup(db, archive, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new.db", tmp_path / "new")
    with storage.database.open(f"sqlite:///{tmp_path}/new.db") as there:
        again = Archive(tmp_path / "new", find=partial(queries.capture, there), bucket=archive.bucket)
        assert faults(there, again) == []
        assert again.payload(shipped[-1]).body == archive.payload(shipped[-1]).body


def test_an_object_that_is_gone_cut_or_changed_is_named(
    db: Database, archive: Archive, shipped: list[Capture], bucket: Bucket
) -> None:
    files = archive.files()
    storage.bucket._client().delete_object(**bucket._key(files[0]))
    put(bucket, files[1], bucket.fetch(files[1])[:20_000])
    flipped = bytearray(bucket.fetch(files[2]))
    flipped[5000] ^= 1
    put(bucket, files[2], bytes(flipped))
    named = set(faults(db, Archive(archive.folder, bucket=Bucket(bucket.url))))
    assert named >= {("missing", files[0]), ("missing", files[1]), ("damaged", files[2])}
    assert not [file for _, file in named if file == files[3]]
    with pytest.raises(ArchiveError, match=r"w-00001\.warc\.gz is not in .* nor in s3://"):
        Archive(archive.folder, bucket=Bucket(bucket.url)).payload(shipped[0])


def test_an_upload_that_arrived_otherwise_is_not_believed(
    db: Database, archive: Archive, writing: WarcWriter, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write(writing, 1)
    queries.ingest(db, archive)
    client = storage.bucket._client()
    sent = client.put_object
    monkeypatch.setattr(client, "put_object", lambda **what: sent(Bucket=what["Bucket"], Key=what["Key"], Body=b"else"))
    with pytest.raises(ArchiveError, match="is not what was sent"):
        ship(db, archive)
    assert archive.local_files() == [made[0].file] and archive.payload(made[0])


def test_another_installations_file_of_the_same_name_is_not_replaced(
    db: Database, archive: Archive, writing: WarcWriter, bucket: Bucket
) -> None:
    write(writing, 1)
    queries.ingest(db, archive)
    put(bucket, "w-00001.warc.gz", b"theirs")
    with pytest.raises(ArchiveError, match="is another file than"):
        ship(db, archive)
    assert bucket.fetch("w-00001.warc.gz") == b"theirs"
    assert archive.local_files() == ["w-00001.warc.gz"]


def test_a_bucket_that_cannot_be_reached_loses_nothing_and_is_said_plainly(
    db: Database, archive: Archive, writing: WarcWriter, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = write(writing, 1)
    queries.ingest(db, archive)
    with monkeypatch.context() as environment:
        dead = boto3.client("s3", endpoint_url="http://127.0.0.1:9", config=Config(retries={"max_attempts": 0}))
        environment.setattr(storage.bucket, "_client", lambda: dead)
        with pytest.raises(ArchiveError, match=r"cannot be reached: .*waits in the archive's folder"):
            ship(db, archive)
        assert archive.payload(made[0])
    assert ship(db, archive).files == 1


@pytest.mark.parametrize("step", ["before the upload", "after the upload", "after the receipt", "before the tree"])
def test_a_kill_at_any_step_leaves_every_file_in_one_place_at_least(
    sqlite_url: str, archive: Archive, writing: WarcWriter, bucket: Bucket, db: Database, step: str
) -> None:
    made = write(writing, 4)
    queries.ingest(db, archive)
    db.close()

    def die(*_: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def work(tell: Callable[[str], None]) -> None:
        storage.bucket._client.cache_clear()  # its connections are our parent's
        if step == "before the upload":
            Bucket.keep = die  # type: ignore[method-assign]
        elif step == "after the upload":
            storage.ship.write_receipt = die
        elif step == "after the receipt":
            Path.unlink = die  # type: ignore[method-assign,assignment]
        else:
            storage.ship._copy_tree = die
        with storage.database.open(sqlite_url) as mine:
            ship(mine, Archive(archive.folder, bucket=Bucket(bucket.url)))
        tell("it lived")

    assert told(*in_child(work)) == []
    with storage.database.open(sqlite_url) as again:
        archive = Archive(archive.folder, find=partial(queries.capture, again), bucket=Bucket(bucket.url))
        assert queries.ingest(again, archive).damaged == ()
        assert [len(archive.payload(capture).body) for capture in made] == [9000] * len(made)
        ship(again, archive)
        assert archive.local_files() == [] and faults(again, archive) == []
        shutil.rmtree(archive.folder)
        queries.reindex(again, archive)
        assert faults(again, archive) == []


@pytest.mark.parametrize("url", ["s3://", "s3:///archive", "s3://bucket?x=1", "https://bucket/archive"])
def test_an_address_that_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ArchiveError, match="s3://bucket/prefix expected"):
        Bucket(url)
