"""What the other rooms ask and tell the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import queries
from storage.archive import Archive
from storage.database import Database
from storage.errors import StorageError
from storage.records import Observation, Reading, Round, Sighting, Status
from storage.warc import WarcWriter
from tests.storage.make import (
    NOON,
    SERIES,
    URL,
    assessment,
    candidate,
    clear,
    day,
    event,
    exchange,
    message,
    observation,
    organ,
    visit,
)


class TestOrgans:
    def test_importing_again_updates_by_id_and_deletes_nothing(self, db: Database) -> None:
        queries.upsert_organs(db, [organ("a"), organ("b")])
        queries.upsert_organs(db, [organ("b", name="更名")])
        assert queries.organs(db) == [organ("a"), organ("b", name="更名")]
        assert queries.organ(db, "a") == organ("a")
        assert queries.organ(db, "c") is None

    def test_only_pruning_takes_organs_away(self, db: Database) -> None:
        queries.upsert_organs(db, [organ("a"), organ("b"), organ("c")])
        assert queries.prune(db, ["b"]) == ["a", "c"]
        assert queries.organs(db) == [organ("b")]


class TestReadings:
    def test_a_candidate_is_unread_until_this_version_of_the_reader_has_settled_it(
        self, db: Database, archive: Archive, writer: WarcWriter
    ) -> None:
        page = writer.exchange(exchange())
        writer.visit(visit("v1", candidates=(
            candidate("a", captures=(page.id,)), candidate("b", accepted=False), candidate("c", captures=()),
        )))  # fmt: skip
        writer.visit(visit("v2", day(1), candidates=(candidate("a", captures=(page.id, "not archived")),)))
        queries.ingest(db, archive)
        first, second = queries.unread_candidates(db, "1")
        assert (first.visit, first.number, first.at, first.captures) == ("v1", 0, NOON, (page,))
        assert (second.visit, second.captures, second.key) == ("v2", (page,), first.key)
        assert queries.unread_candidates(db, "1", NOON) == [first]
        queries.settle(db, first, "1", observation(NOON))
        assert queries.unread_candidates(db, "1") == [second]
        assert queries.unread_candidates(db, "2") == [first, second]

    def test_a_better_reader_withdraws_what_a_worse_one_had_confirmed(
        self, db: Database, archive: Archive, writer: WarcWriter
    ) -> None:
        page = writer.exchange(exchange())
        writer.visit(visit("v1", candidates=(candidate("a", captures=(page.id,)),)))
        queries.ingest(db, archive)
        [unread] = queries.unread_candidates(db, "1")
        queries.settle(db, unread, "1", observation(NOON))
        assert queries.observations(db, "a", SERIES, 2025) == [observation(NOON)]
        queries.settle(db, unread, "2", observation(NOON, "d2"))
        assert queries.observations(db, "a", SERIES, 2025) == [observation(NOON, "d2")]
        queries.settle(db, unread, "3", None)
        assert queries.observations(db, "a", SERIES, 2025) == []

    def test_a_reading_is_kept_by_document_and_version_of_the_reader(self, db: Database) -> None:
        old = Reading("k", "1", "broken", "xref")
        new = Reading("k", "2", "read", "", {"title": "年报\\", "cells": {"requests.new.total": 1}})
        for item in (old, new, old):
            queries.put_reading(db, item)
        assert queries.reading(db, "k", "1") == old
        assert queries.reading(db, "k", "2") == new
        assert queries.reading(db, "k") == old  # the one made last
        assert queries.reading(db, "other") is None


def seen(*digests: str | tuple[str, str]) -> list[Observation]:
    """One observation a day; a pair is (digest, address)."""
    pairs = [item if isinstance(item, tuple) else (item, URL) for item in digests]
    return [observation(day(number), digest, url) for number, (digest, url) in enumerate(pairs)]


class TestVersions:
    def test_a_version_is_a_run_of_observations_with_one_content(self) -> None:
        runs = queries.runs(seen("a", "a", "b", "b", "a"))
        assert [(v.number, v.content_digest, v.first_seen, v.last_seen) for v in runs] == [
            (1, "a", day(0), day(1)), (2, "b", day(2), day(3)), (3, "a", day(4), day(4)),
        ]  # fmt: skip

    def test_a_moved_address_is_the_same_version(self) -> None:
        [version] = queries.runs(seen("a", ("a", "http://moved/")))
        assert (version.url, version.number) == ("http://moved/", 1)

    def test_two_copies_on_one_list_are_not_a_revision_a_day(self) -> None:
        both = [
            item for number in range(3)
            for item in (observation(day(number), "a", URL), observation(day(number), "b", "http://copy/"))
        ]  # fmt: skip
        assert len(queries.runs(both)) == 1
        changed = [*both, observation(day(3), "c", URL), observation(day(3), "b", "http://copy/")]
        assert [version.content_digest for version in queries.runs(changed)] == ["a", "c"]

    @given(st.lists(st.sampled_from("ab"), max_size=12))
    def test_neighbours_differ_and_numbers_count_from_one(self, digests: list[str]) -> None:
        runs = queries.runs(seen(*digests))
        assert [version.number for version in runs] == list(range(1, len(runs) + 1))
        assert all(one.content_digest != two.content_digest for one, two in pairwise(runs))
        assert all(one.last_seen < two.first_seen for one, two in pairwise(runs))
        assert bool(runs) == bool(digests)

    def test_the_version_of_a_moment_is_the_last_one_seen_by_then(
        self, db: Database, archive: Archive, writer: WarcWriter
    ) -> None:
        page = writer.exchange(exchange())
        for number, digest in enumerate(["a", "a", "b"]):
            at = day(number)
            writer.visit(visit(f"v{number}", at, candidates=(candidate("a", captures=(page.id,)),)))
            queries.ingest(db, archive)
            [unread] = queries.unread_candidates(db, "1")
            queries.settle(db, unread, "1", observation(at, digest))
        assert [version.content_digest for version in queries.versions(db, "a", SERIES, 2025)] == ["a", "b"]
        assert [version.last_seen for version in queries.versions(db, "a", SERIES, 2025, day(1))] == [day(1)]
        at_first = queries.version_at(db, "a", SERIES, 2025, day(1))
        assert at_first is not None and at_first.number == 1
        assert queries.version_at(db, "a", SERIES, 2025, day(-1)) is None
        assert list(queries.all_observations(db, SERIES, 2025)) == ["a"]


class TestSeasons:
    def test_of_what_a_list_showed_one_earlier_report_is_kept_and_nothing_that_no_verdict_asks_for(
        self, db: Database, archive: Archive, writer: WarcWriter
    ) -> None:
        titles = ["首页", "甲县2023年政府信息公开年报", "甲县2024年政府信息公开年报", "甲县2025年政府信息公开年报"]
        shown = tuple(Sighting(f"http://x/{n}.html", title, None, "listing") for n, title in enumerate(titles))
        writer.visit(replace(visit("v1"), sightings=shown))
        queries.ingest(db, archive)
        [kept] = queries.season_visits(db, 2025, SERIES, NOON, ["a"], {"http://x/3.html"})
        assert [one.url for one in kept.sightings] == ["http://x/3.html", "http://x/1.html"]


class TestRounds:
    def test_a_round_begun_again_is_the_same_round(self, db: Database) -> None:
        first = queries.round_started(db, 2025, SERIES, NOON, day(1))
        assert first == Round(2025, SERIES, NOON, day(1))
        assert queries.round_started(db, 2025, SERIES, NOON, day(2)) == first
        queries.round_finished(db, 2025, SERIES, NOON, day(3))
        assert queries.round_started(db, 2025, SERIES, NOON, day(4)).finished == day(3)
        assert len(queries.rounds(db, 2025, SERIES)) == 1


class TestAssessments:
    def test_the_one_in_force_is_the_last_one_by_then(self, db: Database) -> None:
        pending, missing = assessment(NOON), assessment(day(20), Status.MISSING)
        assert queries.put_assessments(db, [pending, missing]) == 2
        assert queries.assessments(db, 2025, SERIES) == [missing]
        assert queries.assessments(db, 2025, SERIES, day(19)) == [pending]
        assert queries.assessments(db, 2025, SERIES, day(-1)) == []
        assert queries.assessment_before(db, "a", SERIES, 2025, day(20)) == pending
        assert queries.assessments_before(db, 2025, SERIES, day(20)) == {"a": pending}
        assert queries.assessment_before(db, "a", SERIES, 2025, NOON) is None

    def test_judging_the_same_moment_again_replaces_and_does_not_multiply(self, db: Database) -> None:
        queries.put_assessments(db, [assessment(NOON)])
        assert queries.put_assessments(db, [assessment(NOON)]) == 0
        queries.put_assessments(db, [assessment(NOON, Status.UNKNOWN, cause="blocked")])
        assert queries.assessment_history(db, "a", SERIES, 2025) == [assessment(NOON, Status.UNKNOWN, cause="blocked")]

    def test_what_stays_the_same_is_kept_once(self, db: Database) -> None:
        for number in range(5):
            queries.put_assessments(db, [assessment(day(number))])
        assert queries.assessment_history(db, "a", SERIES, 2025) == [assessment(day(0))]

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(list(Status)[:3])), max_size=10))
    def test_in_any_order_of_judging_each_judged_moment_keeps_what_was_judged_last(
        self, db: Database, judged: list[tuple[int, Status]]
    ) -> None:
        truth: dict[datetime, Status] = {}
        clear(db)
        for number, status in judged:
            queries.put_assessments(db, [assessment(day(number), status)])
            truth[day(number)] = status
        for at, status in truth.items():
            [found] = queries.assessments(db, 2025, SERIES, at)
            assert found.status == status


class TestTheOutbox:
    def test_an_event_and_its_messages_are_kept_together_and_once(self, db: Database) -> None:
        assert queries.put_events(db, [event("e1")], [message("<1@x>"), message("<2@x>")]) == 2
        assert queries.put_events(db, [event("e1")], [message("<1@x>")]) == 0
        assert queries.events(db, organ="a", year=2025) == [event("e1")]
        assert queries.pending_messages(db, NOON) == [message("<1@x>"), message("<2@x>")]

    def test_nothing_is_kept_when_the_transaction_fails(self, db: Database) -> None:
        broken = message("<1@x>", NOON.replace(tzinfo=None))
        with pytest.raises(Exception, match="time zone"):
            queries.put_events(db, [event("e1")], [broken])
        assert queries.events(db) == []
        assert queries.messages(db) == []

    def test_a_message_not_due_yet_waits(self, db: Database) -> None:
        queries.put_messages(db, [message("<1@x>", day(1))])
        assert queries.pending_messages(db, NOON) == []
        assert len(queries.pending_messages(db, day(1))) == 1

    def test_a_failed_message_is_tried_again_later_and_a_sent_one_never(self, db: Database) -> None:
        queries.put_messages(db, [message("<1@x>")])
        later = NOON + timedelta(minutes=5)
        queries.mark_failed(db, "<1@x>", NOON, "450 try later", later)
        assert queries.pending_messages(db, NOON) == []
        assert queries.pending_messages(db, later) == [message("<1@x>")]
        queries.mark_sent(db, "<1@x>", later)
        assert queries.pending_messages(db, day(99)) == []
        [posted] = queries.messages(db, "sent")
        assert (posted.tries, posted.sent, posted.error, posted.next_try) == (2, later, "450 try later", None)

    def test_a_dead_letter_stays_visible_and_can_be_revived(self, db: Database) -> None:
        queries.put_messages(db, [message("<1@x>")])
        queries.mark_failed(db, "<1@x>", NOON, "550 no such user", None)
        assert [posted.error for posted in queries.messages(db, "dead")] == ["550 no such user"]
        assert queries.pending_messages(db, day(99)) == []
        queries.revive(db, "<1@x>", day(1))
        assert len(queries.pending_messages(db, day(1))) == 1

    def test_marking_a_message_that_is_not_there_is_refused(self, db: Database) -> None:
        with pytest.raises(StorageError, match="no message"):
            queries.mark_sent(db, "<nobody@x>", NOON)
