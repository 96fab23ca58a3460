"""TimeGate and TimeMap questions: what an address said on a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import queries
from storage.archive import Archive
from storage.database import Database
from storage.records import Capture, Rendering
from storage.warc import WarcWriter
from tests.storage.make import URL, day, exchange, not_modified


@pytest.fixture
def mementos(db: Database, archive: Archive, writer: WarcWriter) -> list[Capture]:
    """Captures of one address on days 0, 10 and 20, the last a revisit; a rendering and another address beside them."""
    first = writer.exchange(exchange())
    found = [first, writer.exchange(exchange(at=day(10), body=b"two")), writer.exchange(not_modified(day(20)), first)]
    writer.rendering(Rendering(URL, day(5), b"<p>"), first)
    writer.exchange(exchange("http://www.example.gov.cn/other", day(12)))
    queries.ingest(db, archive)
    return found


@pytest.mark.parametrize(("at", "number"), [(-100, 0), (0, 0), (4, 0), (5, 0), (6, 1), (11, 1), (16, 2), (500, 2)])
def test_the_memento_of_a_moment_is_the_nearest_and_of_two_the_earlier(
    db: Database, mementos: list[Capture], at: int, number: int
) -> None:
    assert queries.memento(db, "https://EXAMPLE.gov.cn/zwgk/nb/t2026.html", day(at)) == mementos[number]


def test_what_was_known_by_a_moment_is_never_from_after_it(db: Database, mementos: list[Capture]) -> None:
    assert queries.memento_until(db, URL, day(9)) == mementos[0]
    assert queries.memento_until(db, URL, day(10) - timedelta(microseconds=1)) == mementos[0]
    assert queries.memento_until(db, URL, day(10)) == mementos[1]
    assert queries.memento_until(db, URL, day(-1)) is None
    assert queries.memento(db, "http://www.example.gov.cn/nowhere", day(0)) is None


def test_a_memento_knows_its_neighbours(db: Database, mementos: list[Capture]) -> None:
    middle = queries.neighbours(db, mementos[1])
    assert (middle.first, middle.previous, middle.next, middle.last) == (
        mementos[0], mementos[0], mementos[2], mementos[2],
    )  # fmt: skip
    assert queries.neighbours(db, mementos[0]).previous is None
    assert queries.neighbours(db, mementos[2]).next is None


def test_mementos_of_one_moment_are_neighbours_too(db: Database, archive: Archive, writer: WarcWriter) -> None:
    one, two = writer.exchange(exchange()), writer.exchange(exchange(body=b"again"))
    queries.ingest(db, archive)
    assert queries.neighbours(db, one).next == two
    assert queries.neighbours(db, two).previous == one


def test_a_timemap_comes_in_pages(db: Database, mementos: list[Capture]) -> None:
    whole, told = queries.timemap(db, URL), [(one.at, one.url) for one in mementos]
    assert (whole.mementos, whole.pages, whole.total, whole.first, whole.last) == (told, 1, 3, day(0), day(20))
    second = queries.timemap(db, URL, page=2, size=2)
    assert (second.mementos, second.page, second.pages, second.total) == (told[2:], 2, 2, 3)
    assert queries.timemap(db, URL, page=9).mementos == []
    nothing = queries.timemap(db, "http://nowhere/")
    assert (nothing.mementos, nothing.pages, nothing.first) == ([], 0, None)


def test_archived_addresses_can_be_listed_by_their_beginning(db: Database, mementos: list[Capture]) -> None:
    assert queries.addresses(db, "http://example.gov.cn/") == ["http://www.example.gov.cn/other", URL]
    assert queries.addresses(db, "http://example.gov.cn/zwgk") == [URL]
    assert queries.addresses(db, "http://example.gov.cn/", limit=1) == ["http://www.example.gov.cn/other"]
