from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.ladder import reminders
from alerts.model import Subscriber
from alerts.tell import tell
from storage import database, queries
from storage.database import Database
from storage.records import Assessment, Event, Status
from tests.alerts.cases import HEAD, OFFICER, organ, plain

NOW = datetime(2024, 2, 1, 15, 59, 59, tzinfo=UTC)
ASSESSED = Assessment(
    organ="a",
    series="ogi",
    year=2023,
    at=NOW,
    due_notice=date(2024, 1, 31),
    due_statute=date(2024, 1, 31),
    status=Status.MISSING,
    late_by="statute",
    evidence=("6f1c2a34-0d5e-4b6f-8a70-112233445566",),
)


def event(of: str, kind: str = "missing") -> Event:
    return Event(f"{kind}-{of}", NOW, of, "ogi", 2023, kind, "pending", kind)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database.open(f"sqlite:///{tmp_path / 'nianbao.db'}") as opened:
        queries.upsert_organs(opened, [organ("a"), organ("b", "云溪市水利局")])
        queries.put_assessments(opened, [ASSESSED, replace(ASSESSED, organ="b")])
        yield opened


def test_events_and_their_mails_are_kept_together_with_ground_and_evidence(db: Database) -> None:
    (message,) = tell(db, [event("a"), event("b")], [OFFICER], HEAD, NOW)
    assert [posted.message for posted in queries.messages(db)] == [message]
    assert [kept.id for kept in queries.events(db)] == ["missing-a", "missing-b"]
    assert "国务院令第711号" in plain(message)
    assert "6f1c2a34-0d5e-4b6f-8a70-112233445566" in plain(message)


def test_telling_the_same_events_again_tells_only_what_is_new(db: Database) -> None:
    tell(db, [event("a")], [OFFICER], HEAD, NOW)
    assert tell(db, [event("a")], [OFFICER], HEAD, NOW) == []
    (message,) = tell(db, [event("a"), event("b")], [OFFICER], HEAD, NOW)
    assert message.events == ("missing-b",)


def test_a_reminder_is_told_once_although_every_round_brings_it_again(db: Database) -> None:
    def told(day: int, *others: Event) -> list[tuple[str, ...]]:
        now = NOW + timedelta(days=day)
        steps = reminders(queries.assessments(db, 2023, "ogi", now), {"a": NOW, "b": NOW}, now)
        return [message.events for message in tell(db, [*steps, *others], [OFFICER], HEAD, now)]

    assert told(0, event("a")) == [("missing-a",)]
    assert len(told(7)[0]) == 2  # both organs' first step
    assert told(8) == []
    late = replace(event("b", "late"), at=NOW + timedelta(days=9))
    assert told(9, late) == [("late-b",)]


def test_events_are_kept_when_nobody_wants_to_hear_of_them(db: Database) -> None:
    assert tell(db, [event("a")], [], HEAD, NOW) == []
    assert tell(db, [event("b")], [Subscriber("x", "x@y.example", regions=("110000",))], HEAD, NOW) == []
    assert len(queries.events(db)) == 2


def test_an_organ_taken_off_the_register_is_told_by_its_id(db: Database) -> None:
    queries.prune(db, ["b"])
    (message,) = tell(db, [event("a")], [OFFICER], HEAD, NOW)
    assert message.events == ("missing-a",)
