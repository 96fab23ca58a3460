"""Reminders: before the due date, and again and again of what stays missing. Pure; each step is one event with one id.

Because a step's id never changes, it is told once, however many rounds fall into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from ruamel.yaml import YAML

from alerts.text import BEIJING
from storage.records import Assessment, Event, Status

_SPACE = uuid5(NAMESPACE_URL, "https://nianbao.invalid/alerts/ladder")  # of the events' ids; never change it


@dataclass(frozen=True, slots=True)
class Ladder:
    before: tuple[int, ...]  # days before the due date
    every: int  # days
    longest: int  # days


@cache
def built_in_ladder() -> Ladder:
    read = YAML(typ="safe").load((Path(__file__).parent / "ladder.yaml").read_text("utf-8"))
    return Ladder(tuple(sorted(read["before"])), read["every"], read["longest"])


def reminders(
    assessments: Iterable[Assessment], missing: Mapping[str, datetime], now: datetime, ladder: Ladder | None = None
) -> list[Event]:
    """The step that each obligation stands on at `now`, where it stands on one.

    `missing`: by organ, since when it has been missing without a break (`storage.queries.status_since`). An
    assessment's own `at` does not say that: each visit that does not find the report is evidence anew.
    """
    steps = ladder or built_in_ladder()
    found = (_due(told, now, steps) or _overdue(told, missing.get(told.organ), now, steps) for told in assessments)
    return [event for event in found if event is not None]


def _due(told: Assessment, now: datetime, ladder: Ladder) -> Event | None:
    left = (told.due_notice - now.astimezone(BEIJING).date()).days
    reached = [step for step in ladder.before if step >= left >= 0]
    if told.status is not Status.PENDING or not reached:
        return None
    return _event(told, "due", f"{told.due_notice} {reached[0]}", now, {"days_left": left})


def _overdue(told: Assessment, since: datetime | None, now: datetime, ladder: Ladder) -> Event | None:
    """A week and more after it was first called missing; that first day has an event of its own."""
    if told.status is not Status.MISSING or since is None:
        return None
    step = (now.astimezone(BEIJING).date() - since.astimezone(BEIJING).date()).days // ladder.every
    days = (now.astimezone(BEIJING).date() - told.due_notice).days
    if step < 1 or days > ladder.longest:
        return None
    return _event(told, "overdue", f"{since.isoformat()} {step}", now, {"days_past": days})


def _event(told: Assessment, kind: str, step: str, now: datetime, detail: dict[str, object]) -> Event:
    identity = uuid5(_SPACE, f"{told.organ}/{told.series}/{told.year}/{kind}/{step}")
    status = told.status.value
    return Event(str(identity), now, told.organ, told.series, told.year, kind, status, status, detail)
