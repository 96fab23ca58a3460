"""The index says what the WARCs hold: no more, no less, and the same when it is built again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import storage.database
from storage import queries
from storage.archive import Archive
from storage.database import Database
from storage.models import INDEX_TABLES
from storage.records import Outcome, Rendering
from storage.urls import target_uri
from storage.warc import WarcWriter
from tests.storage.make import NOON, URL, candidate, clear, day, exchange, not_modified, visit, warcio_check


def rows(db: Database) -> dict[str, list[Any]]:
    """All index rows, sorted: what must not depend on how they came in."""
    with db.read() as connection:
        return {
            table.__tablename__: sorted(map(repr, connection.execute(select(table.__table__))))
            for table in INDEX_TABLES
        }


def write_some(writer: WarcWriter) -> None:
    first = writer.exchange(exchange())
    writer.exchange(exchange(at=day(1)), first)
    writer.exchange(not_modified(day(2)), first)
    writer.rendering(Rendering(URL, NOON, b"<p>", b"png"), first)
    writer.visit(visit("v1", candidates=(candidate(captures=(first.id,)), candidate("b", accepted=False))))
    writer.visit(visit("v2", day(1), organs=("a",), outcome=Outcome.BLOCKED, detail="加速乐 (521)"))


def test_ingesting_twice_is_ingesting_once(db: Database, archive: Archive, writer: WarcWriter) -> None:
    write_some(writer)
    writer.sync()
    first = queries.ingest(db, archive)
    assert (first.files, first.captures, first.visits, first.damaged) == (1, 5, 2, ())
    before = rows(db)
    assert queries.ingest(db, archive) == queries.Ingested()
    assert rows(db) == before


def test_reindexing_counts_the_files_that_it_read(db: Database, archive: Archive, writer: WarcWriter) -> None:
    write_some(writer)
    writer.close()
    queries.ingest(db, archive)
    done = queries.reindex(db, archive)
    assert (done.files, done.captures, done.visits) == (1, 5, 2)


def test_ingesting_reads_only_what_was_added(db: Database, archive: Archive, writer: WarcWriter) -> None:
    write_some(writer)
    queries.ingest(db, archive)
    added = writer.exchange(exchange("http://www.example.gov.cn/other", day(3)))
    again = queries.ingest(db, archive)
    assert (again.files, again.captures, again.visits) == (1, 1, 0)
    assert queries.capture(db, added.id) == added


def test_reindexing_gives_the_same_rows(db: Database, archive: Archive, writer: WarcWriter) -> None:
    write_some(writer)
    queries.ingest(db, archive)
    write_some(writer)
    queries.ingest(db, archive)
    before = rows(db)
    assert all(before.values())
    queries.reindex(db, archive)
    assert rows(db) == before


def test_what_was_decided_outlives_a_reindex(db: Database, archive: Archive, writer: WarcWriter) -> None:
    write_some(writer)
    queries.ingest(db, archive)
    [unread] = queries.unread_candidates(db, "1")
    queries.settle(db, unread, "1", None)
    queries.reindex(db, archive)
    assert queries.unread_candidates(db, "1") == []


def test_captures_written_but_not_indexed_when_killed_are_found_later(
    db_url: str, folder: Path, writer: WarcWriter
) -> None:
    capture = writer.exchange(exchange())
    writer.sync()  # and here the process dies: its file is not closed, nothing was indexed
    with storage.database.open(db_url) as db:
        assert queries.capture(db, capture.id) is None
        queries.ingest(db, Archive(folder))
    with storage.database.open(db_url) as db:
        assert queries.capture(db, capture.id) == capture


def test_a_torn_tail_is_cut_off_and_nothing_acknowledged_goes_with_it(
    tmp_path: Path, folder: Path, db: Database, writer: WarcWriter
) -> None:
    write_some(writer)
    writer.sync()
    size = (folder / "test-00001.warc.gz").stat().st_size
    last = writer.exchange(exchange(at=day(9), body=b"never acknowledged"))
    writer.close()
    torn = tmp_path / "torn"
    torn.mkdir()
    data = (folder / "test-00001.warc.gz").read_bytes()
    for end in (size, size + 1, size + 5, size + 40, len(data) - 1):
        (torn / "test-00001.warc.gz").write_bytes(data[:end])
        found = queries.reindex(db, Archive(torn))
        assert found.visits == 2
        assert found.captures == 5 + (end > last.offset + 500)
        assert found.damaged == ()
        assert (torn / "test-00001.warc.gz").stat().st_size == end - found.cut
        assert warcio_check(torn) == ""


def test_damage_is_reported_and_the_rest_is_indexed(folder: Path, db: Database, writer: WarcWriter) -> None:
    first, second = writer.exchange(exchange()), writer.exchange(exchange(at=day(1)))
    writer.close()
    path = folder / first.file
    data = bytearray(path.read_bytes())
    data[first.offset + 80] ^= 4
    path.write_bytes(data)
    found = queries.ingest(db, Archive(folder))
    assert found.captures == 1
    assert queries.capture(db, second.id) == second
    assert [text.split(":")[0] for text in found.damaged] == [f"{first.file}, offset {first.offset}"]


def test_a_file_of_somebody_elses_is_indexed_as_far_as_it_is_understood(
    tmp_path: Path, folder: Path, db: Database, writer: WarcWriter
) -> None:
    writer.exchange(exchange())
    writer.close()
    shutil.copy(folder / "test-00001.warc.gz", folder / "copy.warc.gz")
    (folder / "note.txt").write_text("not a WARC")
    (folder / "empty.warc.gz").touch()
    (folder / "text.warc.gz").write_text("not a WARC either")
    found = queries.ingest(db, Archive(folder))
    assert len(queries.captures(db, URL)) == 1  # one record, one capture, however many files hold it
    assert [text.split(",")[0] for text in found.damaged] == ["text.warc.gz"]


def test_captures_of_an_address_come_by_time_and_by_urlkey(db: Database, archive: Archive, writer: WarcWriter) -> None:
    second = writer.exchange(exchange("https://example.gov.cn/ZWGK/nb/t2026.html", day(1)))
    first = writer.exchange(exchange())
    writer.exchange(exchange("http://www.example.gov.cn/other"))
    writer.rendering(Rendering(URL, NOON, b"<p>"), first)
    queries.ingest(db, archive)
    assert queries.captures(db, URL) == [first, second]
    assert queries.captures(db, URL, until=NOON) == [first]
    assert queries.captures(db, URL, since=day(1)) == [second]
    assert queries.captures(db, URL, limit=1) == [first]
    assert [item.kind for item in queries.renderings(db, URL, NOON)] == ["rendering"]


def test_very_long_addresses_are_indexed_and_told_apart(db: Database, archive: Archive, writer: WarcWriter) -> None:
    long = "http://www.example.gov.cn/" + "a" * 5000
    one, other = writer.exchange(exchange(long + "1")), writer.exchange(exchange(long + "2"))
    queries.ingest(db, archive)
    assert queries.captures(db, long + "1") == [one]
    assert queries.latest_capture(db, long + "2") == other


class TestTheLatestCapture:
    def test_is_the_one_with_the_payload_even_when_only_revisits_came_since(
        self, db: Database, archive: Archive, writer: WarcWriter
    ) -> None:
        first = writer.exchange(exchange())
        writer.exchange(exchange(at=day(1)), first)
        queries.ingest(db, archive)
        assert queries.latest_capture(db, URL) == first
        writer.exchange(not_modified(day(2)), first)
        queries.ingest(db, archive)
        latest = queries.latest_capture(db, URL)
        assert latest is not None
        assert (latest.id, latest.etag) == (first.id, '"v2"')  # the newest validator

    def test_of_a_moment_knows_nothing_of_what_came_after(
        self, db: Database, archive: Archive, writer: WarcWriter
    ) -> None:
        first, second = writer.exchange(exchange()), writer.exchange(exchange(at=day(1), body=b"new"))
        queries.ingest(db, archive)
        assert queries.latest_capture(db, URL) == second
        assert queries.latest_captures(db, [URL, "http://nowhere/"], NOON) == {URL: first}

    @pytest.mark.parametrize("last", [
        exchange(at=day(1), head=b"HTTP/1.1 404 Not Found\r\n\r\n"),
        exchange(at=day(1), head=b"HTTP/1.1 521 \r\n\r\n"),
        exchange(at=day(1), truncated="time"),
    ])  # fmt: skip
    def test_is_none_when_the_last_answer_was_no_whole_payload(
        self, db: Database, archive: Archive, writer: WarcWriter, last: Any
    ) -> None:
        writer.exchange(exchange())
        writer.exchange(last)
        queries.ingest(db, archive)
        assert queries.latest_capture(db, URL) is None

    def test_is_of_exactly_this_address(self, db: Database, archive: Archive, writer: WarcWriter) -> None:
        writer.exchange(exchange("https://www.example.gov.cn/zwgk/nb/t2026.html"))
        queries.ingest(db, archive)
        assert queries.latest_capture(db, URL) is None


def test_a_column_s_last_visit_is_that_of_the_outcome_preferred(
    db: Database, archive: Archive, writer: WarcWriter
) -> None:
    seen, half = Outcome.COMPLETE, Outcome.PARTIAL
    first, second = visit("v1", outcome=seen), visit("v2", day(1), outcome=half)
    other = visit("v3", day(1), outcome=half, column_url="http://b.example.gov.cn/")
    for item in (first, second, other, visit("v4", day(2), outcome=Outcome.BLOCKED)):
        writer.visit(item)
    queries.ingest(db, archive)

    urls = [first.column_url, other.column_url, "http://never.example.gov.cn/"]
    assert dict(queries.last_visits_to(db, urls, day(2), (seen, half))) == {urls[0]: first, urls[1]: other}
    assert dict(queries.last_visits_to(db, urls, day(2), (half, seen))) == {urls[0]: second, urls[1]: other}
    assert dict(queries.last_visits_to(db, urls, day(0), (half,))) == {}
    last = queries.last_visit(db, urls[0], day(2))
    assert last and last.id == "v4"


def test_visits_are_found_by_organ_year_and_moment(db: Database, archive: Archive, writer: WarcWriter) -> None:
    one = visit("v1", candidates=(candidate(),))
    two = visit("v2", day(1), organs=("a",), outcome=Outcome.UNREACHABLE)
    old = visit("v0", day(-300), year=2024)
    for item in (two, one, old):
        writer.visit(item)
    queries.ingest(db, archive)
    assert queries.visits(db) == [old, one, two]
    assert queries.visits(db, "a", 2025) == [one, two]
    assert queries.visits(db, "b", 2025) == [one]
    assert queries.visits(db, "a", 2025, NOON) == [one]
    assert queries.visits(db, "nobody") == []
    assert queries.visit(db, "v2") == two


def test_a_killed_round_knows_which_columns_it_has_behind_it(
    db: Database, archive: Archive, writer: WarcWriter
) -> None:
    writer.visit(visit("v1"))
    writer.visit(visit("v2", day(1), column_url="http://later/"))
    queries.ingest(db, archive)
    assert queries.visited(db, 2025, NOON, NOON) == {target_uri("http://www.example.gov.cn/zwgk/年报/")}
    assert queries.visited(db, 2024, NOON, day(9)) == set()


def test_a_title_that_no_database_keeps_stops_nothing(db: Database, archive: Archive, writer: WarcWriter) -> None:
    hostile = candidate(title="年报\0\ud800\\u0000", url="http://a/\0\udfff", reasons=("\0",))
    writer.visit(visit("v1", candidates=(hostile,), detail="\0"))
    queries.ingest(db, archive)
    [kept] = queries.visits(db, "a", 2025)
    assert (kept.candidates[0].title, kept.detail) == ("年报\ufffd\ufffd\\u0000", "\ufffd")
    assert len(queries.visited(db, 2025, NOON, NOON)) == 1
    assert [item.visit for item in archive.scan("test-00001.warc.gz") if item.visit] == [
        visit("v1", candidates=(hostile,), detail="\0")
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["exchange", "revisit", "visit", "ingest", "roll"]), max_size=12))
def test_however_writing_and_ingesting_alternate_the_index_equals_a_reindex(
    tmp_path_factory: pytest.TempPathFactory, db: Database, new_id: Callable[[], str], steps: list[str]
) -> None:
    clear(db)
    archive = Archive(tmp_path_factory.mktemp("law"))
    writer = WarcWriter(archive.folder, "a", new_id=new_id)
    last = writer.exchange(exchange())
    for number, step in enumerate(steps):
        if step == "exchange":
            last = writer.exchange(exchange(at=day(number), body=str(number).encode()))
        elif step == "revisit":
            writer.exchange(not_modified(day(number)), last)
        elif step == "visit":
            writer.visit(visit(f"v{number}", day(number), candidates=(candidate(captures=(last.id,)),)))
        elif step == "roll":
            writer.close()
            writer = WarcWriter(archive.folder, f"a{number}", new_id=new_id)
        else:
            queries.ingest(db, archive)
    writer.close()
    queries.ingest(db, archive)
    before = rows(db)
    queries.reindex(db, archive)
    assert rows(db) == before
