"""Reads an organ and what is expected of it. The truth is taken as written: nothing here knows a due date or a rule."""

from __future__ import annotations

from datetime import date

from sample.model import Expectation, Organ, Truth
from sample.nodes import Entry

LEVELS = ("province", "city", "county", "township")
KINDS = ("government", "department", "township")
STATUSES = ("pending", "on_time", "late", "missing", "unknown", "exempt")
SEVERITIES = ("error", "warning", "doubtful")


def read_organ(entry: Entry, rounds: tuple[date, ...]) -> Organ:
    """The organ with its truth; faults go to the entry."""
    organ = Organ(
        id=entry.text("id"),
        name=entry.text("name"),
        aliases=entry.texts("aliases"),
        level=entry.choice("level", LEVELS),
        kind=entry.choice("kind", KINDS),
        region=entry.text("region"),
        parent=entry.text("parent", ""),
        home=entry.text("home", "/"),
        column=entry.text("column"),
        truth=_truth(entry.text("id"), entry.entry("expect"), rounds),
    )
    entry.done()
    return organ


def _truth(organ: str, entry: Entry, rounds: tuple[date, ...]) -> Truth:
    """Every round must be declared: what is left out would be tested by nobody."""
    declared = {}
    for day in rounds:
        if entry.has(str(day)):
            declared[day] = _expectation(day, entry.entry(str(day)))
        else:
            entry.fault(f"{day}: what the board says after this round is missing")
    counts = entry.entry("findings", required=False)
    truth = Truth(
        organ=organ,
        due_notice=entry.day("due_notice"),
        due_statute=entry.day("due_statute"),
        rounds=declared,
        findings={severity: counts.number(severity, 0) for severity in SEVERITIES},
        codes=entry.texts("codes"),
    )
    counts.done()
    entry.done()
    return truth


def _expectation(day: date, entry: Entry) -> Expectation:
    expectation = Expectation(
        day=day,
        status=entry.choice("status", STATUSES),
        late_by=entry.choice("late_by", ("notice", "statute")) if entry.has("late_by") else None,
        cause=entry.optional("cause"),
        published=entry.day("published") if entry.has("published") else None,
        revised=entry.flag("revised"),
    )
    entry.asked |= {"late_by", "published"}
    if (expectation.status == "late") != (expectation.late_by is not None):
        entry.wrong("status", "`late`, and nothing else, has late_by")
    if (expectation.status == "unknown") != (expectation.cause is not None):
        entry.wrong("status", "`unknown`, and nothing else, has a cause")
    if (expectation.status in ("on_time", "late")) != (expectation.published is not None):
        entry.wrong("status", "`on_time` and `late`, and nothing else, have the day of publication")
    entry.done()
    return expectation
