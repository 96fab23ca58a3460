"""Events between assessments: each change once, with an id that never changes."""

from __future__ import annotations

import json
from datetime import datetime

from compliance import changes, explain, judge
from storage.records import Assessment, Event, Outcome, Status
from tests.compliance.evidence import URL, at, day, evidence, owed, published, seen, visit


def season(known: object, *days: datetime) -> list[list[str]]:
    """The kinds of event on each day that the obligation is judged."""
    before: Assessment | None = None
    told: list[list[str]] = []
    for moment in days:
        after = judge(owed(), known, moment)  # type: ignore[arg-type]
        told.append([event.kind for event in changes(before, after)])
        before = after
    return told


def test_a_late_report_is_missing_first_and_late_afterwards_and_nothing_is_told_twice() -> None:
    known = evidence(visit(at("02-01")), visit(at("02-21")), visit(at("02-22")), *published("03-05", "03-06"))
    days = [at(text) for text in ("02-01", "02-21", "02-22", "03-05", "03-06")]
    assert season(known, *days) == [[], ["missing"], [], ["late"], []]


def test_missing_is_told_again_when_the_statutes_day_is_over() -> None:
    known = evidence(visit(at("03-30")), visit(at("04-01")), visit(at("04-02")))
    assert season(known, at("03-30"), at("04-01"), at("04-02")) == [["missing"], ["missing"], []]


def test_what_nobody_looked_for_since_the_statutes_day_is_not_told_as_past_it() -> None:
    assert season(evidence(visit(at("03-30"))), at("03-30"), at("04-01")) == [["missing"], []]


def test_a_blind_week_is_one_event_whatever_the_site_says_each_day() -> None:
    outcomes = [Outcome.BLOCKED, Outcome.UNREACHABLE, Outcome.SERVER_ERROR]
    known = evidence(*(visit(at(f"02-2{number}"), outcome) for number, outcome in enumerate(outcomes, start=1)))
    assert season(known, at("02-21"), at("02-22"), at("02-23")) == [["unknown"], [], []]


def test_revision_backdating_withdrawal_and_return_are_events_of_their_own() -> None:
    known = evidence(
        visit(at("02-10")),
        *published("02-15", dates=(("list", day("02-05")),)),
        visit(at("02-16"), shows=[URL]),
        seen(at("02-16"), digest="d2"),
        visit(at("02-17")),
        visit(at("02-18"), shows=[URL]),
        seen(at("02-18"), digest="d2"),
        findings={"reading-d1": {"error": 1}, "reading-d2": {"doubtful": 1}},
    )
    assert season(known, *(at(f"02-{number}") for number in (14, 15, 16, 17, 18))) == [
        [],
        ["published", "backdated", "malformed"],
        ["revised", "recovered", "doubtful"],
        ["withdrawn"],
        ["recovered"],
    ]


def test_judging_again_gives_the_same_ids_and_another_occasion_another_id() -> None:
    known = evidence(visit(at("02-21")), visit(at("02-23"), Outcome.BLOCKED), visit(at("02-25")))

    def events(before: datetime, after: datetime) -> list[Event]:
        return changes(judge(owed(), known, before), judge(owed(), known, after))

    first = changes(None, judge(owed(), known, at("02-21")))
    again = events(at("02-23"), at("02-25"))
    assert [event.kind for event in (*first, *again)] == ["missing", "missing"]
    assert first == changes(None, judge(owed(), known, at("02-21")))
    assert first[0].id != again[0].id


def test_details_are_plain_json() -> None:
    event = changes(None, judge(owed(), evidence(visit(at("02-21"))), at("02-21")))[0]
    assert (event.before, event.after) == (None, "missing")
    assert json.loads(json.dumps(event.detail))["due_statute"] == "2024-03-31"


def test_every_verdict_is_explained_in_both_languages() -> None:
    cases = [
        evidence(),
        evidence(visit(at("02-21"))),
        evidence(visit(at("02-21"), Outcome.BLOCKED)),
        evidence(visit(at("02-21")), *published("02-22", dates=(("list", day("02-19")),))),
        evidence(*published("02-22", dates=(("list", day("02-21")),)), findings={"reading-d1": {"error": 3}}),
        evidence(*published("02-10"), visit(at("02-21"))),
        evidence(exempt="并入其他机关"),
    ]
    for known in cases:
        assessment = judge(owed(), known, at("02-23"))
        words = explain(assessment, owed())
        assert len(words.zh) == len(words.en) >= 2
        assert "第四十九条" in words.zh[0] and "Art. 49(2)" in words.en[0]
        if assessment.status is Status.UNKNOWN:
            assert "does not mean" in words.en[1]
