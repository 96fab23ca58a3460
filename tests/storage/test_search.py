"""Full-text search: words of any length, in Chinese and figures, and nothing that only looks like a hit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import queries
from storage.archive import Archive
from storage.database import Database
from storage.records import Reading
from storage.search import grams
from storage.warc import WarcWriter
from tests.storage.make import URL, candidate, day, exchange, observation, visit

TEXTS = {
    "a": "2025年，本机关收到政府信息公开申请669件。规  章为0。Administrative OGI；信访",
    "b": "全市各级行政机关共收到申请12件，公开信息化工作。（一）予以公开",
}


@pytest.fixture
def texts(db: Database, archive: Archive, writer: WarcWriter) -> Database:
    """Two organs' reports; organ a's was revised on day 1."""
    for number, (organ, body) in enumerate([*TEXTS.items(), ("a", TEXTS["a"].replace("669", "670"))]):
        at = day(number // 2)
        page = writer.exchange(exchange(at=at, body=body.encode()))
        writer.visit(visit(f"v{number}", at, candidates=(candidate(organ, captures=(page.id,)),)))
        queries.ingest(db, archive)
        [unread] = queries.unread_candidates(db, "1")
        queries.put_reading(db, Reading("reading-key", "1", "read", "", {"text": body}))
        queries.settle(db, unread, "1", observation(at, f"digest {number}", organ=organ))
    return db


@pytest.mark.parametrize(("query", "organs"), [
    ("政府信息公开", ["a", "a"]),
    ("信息", ["a", "a", "b"]),
    ("公", ["a", "a", "b"]),
    ("访", ["a", "a"]),
    ("规章", ["a", "a"]),
    ("669", ["a"]),
    ("66", ["a"]),
    ("申请 669件", ["a"]),
    ("ＯＧＩ", ["a", "a"]),
    ("administrative", ["a", "a"]),
    ("信息公开申请12件", []),
    ("公开 信息化", ["b"]),
    ("件", ["a", "a", "b"]),
    ("ogi", ["a", "a"]),
    ("开申", ["a", "a"]),
    ("没有这样的词", []),
    ("", []),
    ("' OR \" * ( AND", []),
    ("；", []),
])  # fmt: skip
def test_a_hit_holds_every_word(texts: Database, query: str, organs: list[str]) -> None:
    assert [hit.organ for hit in queries.search(texts, query)] == organs


def test_a_hit_shows_the_words_as_they_stand_and_where_they_were_seen(texts: Database) -> None:
    [hit] = queries.search(texts, "规章 669")
    assert (hit.before[-6:], hit.match, hit.after[:3]) == ("请669件。", "规  章", "为0。")
    assert (hit.url, hit.content_digest, hit.first_seen, hit.last_seen) == (URL, "digest 0", day(0), day(0))


def test_hits_are_limited_by_organ_year_moment_and_number(texts: Database) -> None:
    assert len(queries.search(texts, "申请", organ="a")) == 2
    assert len(queries.search(texts, "申请", until=day(0))) == 2
    assert queries.search(texts, "申请", until=day(-1)) == []
    assert queries.search(texts, "申请", year=2024) == []
    assert len(queries.search(texts, "申请", limit=1)) == 1


def test_a_text_that_no_database_keeps_is_kept_without_what_it_cannot(
    db: Database, archive: Archive, writer: WarcWriter
) -> None:
    page = writer.exchange(exchange())
    writer.visit(visit("v1", candidates=(candidate("a", captures=(page.id,)),)))
    queries.ingest(db, archive)
    [unread] = queries.unread_candidates(db, "1")
    queries.put_reading(db, Reading("reading-key", "1", "read", "\0\ud800", {"text": "公开\0\ud800年报"}))
    queries.settle(db, unread, "1", observation(day(0)))
    assert [hit.after for hit in queries.search(db, "公开")] == ["\ufffd\ufffd年报"]


@given(st.text(max_size=80), st.data())
def test_every_part_of_a_chinese_word_has_its_pairs_in_the_index(body: str, data: st.DataObject) -> None:
    word = data.draw(st.text("政府信息公开年报", min_size=2, max_size=6))
    assert set(grams(word)[:-1]) <= set(grams(f"{body} {word} {body}"))
