"""Opening the database: one writer, readers beside it, and forms that go up and down."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import storage.database
from storage import codec, queries
from storage.archive import Archive
from storage.database import Database
from storage.errors import AnotherWriter, DatabaseError
from storage.migrations import HEAD
from storage.migrations.run import configuration, downgrade, upgrade
from storage.models import Base
from storage.verify import verify
from storage.warc import WarcWriter
from tests.storage.make import NOON, assessment, day, exchange, organ


def test_the_newest_form_is_what_the_migrations_end_in() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def test_a_new_database_has_the_tables_of_the_models(db: Database) -> None:
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and str(name).startswith("texts_index"))  # full-text tables differ by database

    with db.read() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_migrations_go_down_and_up_again(db: Database) -> None:
    downgrade(db._engine, "base")
    with db.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    upgrade(db._engine)
    assert queries.organs(db) == []


def test_a_second_writer_is_refused_by_name_and_a_reader_is_not(db_url: str, db: Database) -> None:
    queries.upsert_organs(db, [organ("a")])
    with pytest.raises(AnotherWriter, match="is writing to this"):
        storage.database.open(db_url)
    with storage.database.open(db_url, write=False) as reader:
        assert queries.organs(reader) == [organ("a")]
        with pytest.raises(DatabaseError, match="for reading only"):
            queries.upsert_organs(reader, [organ("b")])
        assert not reader.writable


def test_a_writer_in_another_process_is_refused_while_this_one_lives(db_url: str, db: Database) -> None:
    code = f"import storage.database; storage.database.open({db_url!r})"
    second = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "AnotherWriter" in second.stderr
    db.close()
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_reader_sees_what_was_committed_while_it_is_open(db_url: str, db: Database) -> None:
    with storage.database.open(db_url, write=False) as reader:
        assert queries.organs(reader) == []
        queries.upsert_organs(db, [organ("a")])
        assert queries.organs(reader) == [organ("a")]


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_an_address_that_cannot_serve_is_refused_in_plain_words(url: str) -> None:
    with pytest.raises(DatabaseError):
        storage.database.open(url)


def test_reading_a_database_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="there is no database"):
        storage.database.open(f"sqlite:///{tmp_path}/none.db", write=False)


def test_a_database_of_another_form_is_not_read(db_url: str) -> None:
    with storage.database.open(db_url) as db:
        downgrade(db._engine, "base")
    with pytest.raises(DatabaseError, match="has form None"):
        storage.database.open(db_url, write=False)


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DatabaseError, match="cannot write beside the database"):
        storage.database.open(f"sqlite:///{tmp_path}/file/x.db")


def test_an_older_database_keeps_what_was_decided_and_builds_its_index_anew(db_url: str) -> None:
    with storage.database.open(db_url) as db:
        downgrade(db._engine, "base")
        upgrade(db._engine, "0001")
        with db.write() as connection:
            record = json.dumps(codec.plain(assessment(NOON)))
            statement = "INSERT INTO assessments VALUES ('a', 'ogi', 2025, :at, :held, 'pending', :record)"
            epoch = int(NOON.timestamp() * 1_000_000)
            connection.execute(text(statement), {"at": epoch, "held": epoch + 5_000_000, "record": record})
            connection.execute(text("INSERT INTO files VALUES ('old.warc.gz', 12345)"))
    with storage.database.open(db_url) as db:
        assert queries.assessments(db, 2025, "ogi") == [assessment(NOON)]
        assert queries.judged_moments(db, 2025, "ogi") == [NOON, NOON + timedelta(seconds=5)]
        with db.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM files")).scalar() == 0


class TestABackup:
    def test_is_a_database_of_the_same_content_taken_while_the_first_is_in_use(
        self, sqlite_url: str, tmp_path: Path
    ) -> None:
        with storage.database.open(sqlite_url) as db:
            queries.upsert_organs(db, [organ("a")])
            db.backup(tmp_path / "copy.db")
            queries.upsert_organs(db, [organ("b")])
        with storage.database.open(f"sqlite:///{tmp_path}/copy.db") as copy:
            assert queries.organs(copy) == [organ("a")]

    def test_finds_what_the_archive_got_after_it(
        self, sqlite_url: str, tmp_path: Path, folder: Path, writer: WarcWriter
    ) -> None:
        archive = Archive(folder)
        with storage.database.open(sqlite_url) as db:
            writer.exchange(exchange())
            queries.ingest(db, archive)
            db.backup(tmp_path / "copy.db")
            later = writer.exchange(exchange(at=day(1)))
            queries.ingest(db, archive)
        with storage.database.open(f"sqlite:///{tmp_path}/copy.db") as copy:
            queries.ingest(copy, archive)
            assert queries.capture(copy, later.id) == later
            assert verify(copy, archive).faults == ()

    def test_does_not_overwrite_and_says_what_it_cannot_do(self, db: Database, tmp_path: Path) -> None:
        (tmp_path / "there.db").touch()
        for target in (tmp_path / "there.db", tmp_path / "nowhere" / "x.db"):
            with pytest.raises(DatabaseError, match=r"exists already|cannot write the backup|pg_dump"):
                db.backup(target)
