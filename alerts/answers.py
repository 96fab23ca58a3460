"""What people answered to a mail: known to me, later please, no more of this. Says whom a case is not to be told.

Answers are kept as events of the kind `answer`: who said what, when and why stands in the same record as what was told.
The web pages may not write to the database beside a round; they drop a file that the next round takes in.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from alerts.model import Case, Subscriber
from alerts.text import clean
from storage import codec, queries
from storage.database import Database
from storage.records import Event

Action = Literal["acknowledge", "snooze", "mute"]
ACTIONS: tuple[Action, ...] = ("acknowledge", "snooze", "mute")
KIND = "answer"
_SPACE = uuid5(NAMESPACE_URL, "https://nianbao.invalid/alerts/answers")  # of the answers' ids; never change it
_REMINDERS = ("due", "overdue")


@dataclass(frozen=True, slots=True)
class Answer:
    """acknowledge: nobody is reminded until the status changes. snooze and mute: this subscriber hears nothing."""

    action: Action
    subscriber: str  # mail address
    organ: str
    series: str
    year: int
    at: datetime
    until: datetime | None = None  # of a snooze
    reason: str = ""

    @property
    def id(self) -> str:
        words = (self.action, self.subscriber.casefold(), self.organ, self.series, str(self.year), self.at.isoformat())
        return str(uuid5(_SPACE, "|".join(words)))


class Answers:
    """All answers about some years, asked for one case and one subscriber."""

    def __init__(self, given: Iterable[Answer] = ()) -> None:
        self._given: dict[tuple[str, str, int], list[Answer]] = {}
        for answer in given:
            self._given.setdefault((answer.organ, answer.series, answer.year), []).append(answer)

    def silence(self, case: Case, subscriber: Subscriber, now: datetime) -> bool:
        """Whether the subscriber is not to be told of the case."""
        event = case.event
        found = self._given.get((event.organ, event.series, event.year), [])
        return any(_silences(answer, case, subscriber, now) for answer in found)


def _silences(answer: Answer, case: Case, subscriber: Subscriber, now: datetime) -> bool:
    if answer.action == "acknowledge":
        return case.event.kind in _REMINDERS and case.assessment.at <= answer.at
    if answer.subscriber.casefold() != subscriber.email.casefold():
        return False
    return answer.action == "mute" or (answer.until is not None and now < answer.until)


def put(db: Database, answers: Iterable[Answer]) -> None:
    """Keep answers; the same one twice is kept once."""
    queries.put_events(db, [_event(answer) for answer in answers])


def given(events: Iterable[Event]) -> Answers:
    """The answers among these events."""
    return Answers(_answer(event) for event in events if event.kind == KIND)


def _event(answer: Answer) -> Event:
    detail: dict[str, object] = {
        "subscriber": answer.subscriber,
        "until": codec.moment_text(answer.until) if answer.until else None,
        "reason": answer.reason,
    }
    return Event(answer.id, answer.at, answer.organ, answer.series, answer.year, KIND, None, answer.action, detail)


def _answer(event: Event) -> Answer:
    return codec.from_plain(
        Answer,
        {
            **event.detail,
            "action": event.after,
            "organ": event.organ,
            "series": event.series,
            "year": event.year,
            "at": codec.moment_text(event.at),
        },
    )


# The way from the pages to the database


def drop(folder: Path, answer: Answer) -> None:
    """Leave an answer for the next round: on disk and whole when this returns. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{answer.id}.json"
    draft = path.with_suffix(".part")
    with draft.open("wb") as stream:
        stream.write(codec.to_json(replace(answer, reason=clean(answer.reason, 300))))
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)


def collect(db: Database, folder: Path) -> list[str]:
    """Take in the answers that lie in the folder; lines about files that are none, which are set aside."""
    faults, taken = [], []
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            taken.append((path, codec.from_json(Answer, path.read_bytes())))
        except (ValueError, UnicodeDecodeError, json.JSONDecodeError) as fault:
            path.rename(path.with_suffix(".bad"))
            faults.append(f"{path}: not an answer: {fault}; set aside as {path.with_suffix('.bad').name}")
    put(db, [answer for _, answer in taken])
    for path, _ in taken:
        path.unlink()
    return faults
