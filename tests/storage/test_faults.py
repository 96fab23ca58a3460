"""Processes killed at any moment, full disks, folders that cannot be written, a database that goes away."""

from __future__ import annotations

import os
import random
import resource
import signal
import tempfile
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

import storage.database
from storage import queries
from storage.archive import Archive
from storage.database import Database
from storage.errors import StorageError
from storage.tree import Signer
from storage.verify import checkpoint, verify
from storage.warc import WarcWriter
from tests.storage.make import day, exchange, not_modified, organ, visit, warcio_check
from tests.storage.test_index import rows


def in_child(work: Callable[[Callable[[str], None]], None]) -> tuple[int, int]:
    """Fork; the child tells lines through a pipe. (its pid, the pipe's end to read)."""
    receive, send = os.pipe()
    pid = os.fork()
    if pid:
        os.close(send)
        return pid, receive
    try:
        os.close(receive)
        work(lambda line: _write(send, line))
    except BaseException as error:  # noqa: BLE001 - a child of a fork must not go on as pytest
        _write(send, f"unexpected: {error!r}")
    finally:
        os._exit(0)


def _write(pipe: int, line: str) -> None:
    os.write(pipe, line.encode() + b"\n")


def told(pid: int, receive: int) -> list[str]:
    """The whole lines that the child told before it ended."""
    with os.fdopen(receive, "rb") as stream:
        text = stream.read()
    os.waitpid(pid, 0)
    return text.decode().split("\n")[:-1]


def exactly(stream: FileIO, count: int) -> bytes:
    """The next `count` bytes, as soon as they have come."""
    taken = b""
    while len(taken) < count and (more := stream.read(count - len(taken))):
        taken += more
    return taken


def crawl(db_url: str, folder: Path, seed: int) -> Callable[[Callable[[str], None]], None]:
    """Write and index until killed; every id told is acknowledged: synced before."""

    def work(tell: Callable[[str], None]) -> None:
        chance = random.Random(seed)
        with storage.database.open(db_url) as db:
            writer = WarcWriter(folder, f"crawl-{seed}", new_id=lambda: str(uuid4()), roll_at=60_000)
            tell("ready")
            for number in range(10_000):
                first = writer.exchange(exchange(at=day(number), body=chance.randbytes(chance.randrange(5000))))
                again = writer.exchange(not_modified(day(number)), first)
                writer.visit(visit(f"{seed}-{number}", day(number)))
                writer.sync()
                tell(first.id)
                tell(again.id)
                if chance.random() < 0.2:
                    queries.ingest(db, Archive(folder))

    return work


def campaign(db_url: str, folder: Path, kills: int) -> None:
    acknowledged: set[str] = set()
    chance = random.Random(kills)
    for seed in range(kills):
        pid, receive = in_child(crawl(db_url, folder, seed))
        with os.fdopen(os.dup(receive), "rb", buffering=0) as early:
            assert exactly(early, 6) == b"ready\n"
            acknowledged.update(exactly(early, 37 * chance.randrange(8)).decode().split())  # whole lines, an id each
        time.sleep(chance.random() * 0.06)
        os.kill(pid, signal.SIGKILL)
        acknowledged.update(told(pid, receive))
    assert len(acknowledged) > kills
    archive = Archive(folder)
    with storage.database.open(db_url) as db:
        assert queries.ingest(db, archive).damaged == ()
        missing = acknowledged - set(queries.captures_by_id(db, list(acknowledged)))
        assert missing == set()
        assert warcio_check(folder) == ""
        assert verify(db, archive).faults == ()
        before = rows(db)
        queries.reindex(db, archive)
        assert rows(db) == before


def test_kill_9_at_any_moment_loses_nothing_acknowledged(db_url: str, folder: Path) -> None:
    campaign(db_url, folder, 12)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_500_kills_lose_nothing_acknowledged(db_url: str, folder: Path) -> None:
    campaign(db_url, folder, 500)


def test_a_disk_that_fills_up_is_said_plainly_and_what_was_acknowledged_stays(db_url: str, folder: Path) -> None:
    def work(tell: Callable[[str], None]) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))  # the kernel refuses to let any file grow further
        writer = WarcWriter(folder, "full", new_id=lambda: str(uuid4()))
        try:
            for number in range(1000):
                capture = writer.exchange(exchange(at=day(number), body=os.urandom(1500)))
                writer.sync()
                tell(capture.id)
        except StorageError as error:
            tell(f"{type(error).__name__}: {error}")

    *ids, message = told(*in_child(work))
    assert message.startswith("ArchiveError: cannot write to") and "then start the crawl again" in message
    assert warcio_check(folder) == ""
    with storage.database.open(db_url) as db:
        found = queries.ingest(db, Archive(folder))
        assert (found.captures, found.cut, found.damaged) == (len(ids), 0, ())
        assert len(ids) > 3


def test_a_full_disk_under_the_index_keeps_the_last_whole_step(
    sqlite_url: str, folder: Path, writer: WarcWriter
) -> None:
    for number in range(3000):
        writer.exchange(exchange(f"http://a.gov.cn/{number}", day(0)))
    writer.close()

    def work(tell: Callable[[str], None]) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        with storage.database.open(sqlite_url) as db:
            resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))
            try:
                queries.ingest(db, Archive(folder))
                tell("it went well")
            except StorageError as error:
                tell(f"{type(error).__name__}: {error}")

    [message] = told(*in_child(work))
    assert message.startswith("DatabaseError: the database could not be written") and "its disk has room" in message
    with storage.database.open(sqlite_url) as db:
        queries.ingest(db, Archive(folder))
        assert len(queries.captures_by_id(db, [str(record) for record in _ids(db)])) == 3000
        assert verify(db, Archive(folder)).faults == ()


def _ids(db: Database) -> list[str]:
    with db.read() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT id FROM captures")]


def test_a_folder_that_may_not_be_written_is_said_plainly() -> None:
    home = Path(tempfile.mkdtemp(dir="/tmp"))  # where nobody may look, unlike pytest's own folders
    home.chmod(0o555)

    def work(tell: Callable[[str], None]) -> None:
        if os.getuid() == 0:
            os.setuid(65534)
        try:
            WarcWriter(home, "x", new_id=lambda: str(uuid4())).exchange(exchange())
        except StorageError as error:
            tell(str(error))

    [message] = told(*in_child(work))
    home.rmdir()
    assert "Permission denied; see that the folder is there, may be written" in message


def test_a_clock_that_was_set_back_loses_nothing_and_what_was_written_stays_provable(
    db: Database, folder: Path, writer: WarcWriter
) -> None:
    archive, signer = Archive(folder), Signer.from_seed(bytes(32))
    made = []
    for moment in (day(5), day(-400), day(5), day(6)):
        made.append(writer.exchange(exchange(at=moment, body=b"%d" % len(made))))
        writer.visit(visit(f"v{len(made)}", moment))
        queries.ingest(db, archive, heal=False)
        checkpoint(db, archive, moment.isoformat(), signer)
    writer.close()
    by_time = [made[1], *sorted((made[0], made[2]), key=lambda capture: capture.id), made[3]]
    assert queries.captures(db, made[0].url) == by_time
    assert verify(db, archive, verifier=signer.verifier()).faults == ()
    assert queries.newest_visit(db) == day(6)
    before = rows(db)
    queries.reindex(db, archive)
    assert rows(db) == before


def test_a_postgresql_that_went_away_and_came_back_is_written_again_by_its_one_writer(postgresql_url: str) -> None:
    with storage.database.open(postgresql_url) as db:
        queries.upsert_organs(db, [organ("a")])
        _throw_out(postgresql_url)
        queries.upsert_organs(db, [organ("b")])
        assert [item.id for item in queries.organs(db)] == ["a", "b"]
        with pytest.raises(StorageError, match="another Nianbao is writing"):
            storage.database.open(postgresql_url)
        _throw_out(postgresql_url)
        with storage.database.open(postgresql_url), pytest.raises(StorageError, match="another Nianbao is writing"):
            queries.upsert_organs(db, [organ("c")])


def _throw_out(url: str) -> None:
    """End every session with the database, as a restart of the server does."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )


def test_a_question_is_answered_although_the_server_was_restarted_since_the_last(postgresql_url: str) -> None:
    with storage.database.open(postgresql_url) as db:
        assert queries.memento(db, "http://a.gov.cn/", day(0)) is None
        _throw_out(postgresql_url)
        assert queries.memento(db, "http://a.gov.cn/", day(0)) is None
