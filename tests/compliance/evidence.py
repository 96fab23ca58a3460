"""Small words to script evidence with: visits by day, and what they showed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from compliance import Evidence
from compliance.moments import SHANGHAI
from portals.due import due
from portals.model import Kind, Level, Obligation, Organ
from storage.records import Candidate, Observation, Outcome, Sighting, Visit

COLUMN = "http://tc.example/nb/"
URL = "http://tc.example/nb/2023.html"
TITLE = "通川区2023年政府信息公开工作年度报告"


def organ(kind: Kind = "government", level: Level = "county") -> Organ:
    return Organ("tc", "通川区人民政府", (), level, kind, "511702", None, None, COLUMN)


def owed(kind: Kind = "government", level: Level = "county") -> Obligation:
    """By default a county's report for 2023: 20 February 2024 by notice, 31 March by statute."""
    obligation = due(organ(kind, level), "ogi", 2023)
    assert obligation is not None
    return obligation


def at(day: str, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    """A moment of 2024 in China: at("02-20", 23, 59, 59)."""
    month, number = day.split("-")
    return datetime(2024, int(month), int(number), hour, minute, second, tzinfo=SHANGHAI).astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(f"2024-{text}")


def visit(
    moment: datetime,
    outcome: Outcome = Outcome.COMPLETE,
    *,
    shows: Iterable[str] = (),
    column: str = COLUMN,
    failure: str | None = None,
    captures: tuple[str, ...] | None = None,
) -> Visit:
    """A visit to one column; what it `shows` was accepted as a candidate, and fetched unless there is a failure."""
    id = f"v{moment:%m%d%H%M}{column[7:9]}"
    if captures is None:
        captures = () if outcome is Outcome.UNREACHABLE else (f"list-{id}",)
    listing = captures[0] if captures else ""
    candidates = tuple(
        Candidate(
            organ="tc",
            series="ogi",
            year=2023,
            url=url,
            title=TITLE,
            score=1.0,
            reasons=(),
            accepted=True,
            captures=() if failure else (f"doc-{id}-{number}",),
            failure=failure,
        )
        for number, url in enumerate(shows)
    )
    sightings = tuple(Sighting(url, TITLE, None, listing) for url in shows)
    return Visit(id, moment, column, ("tc",), 2023, outcome, "", captures, sightings, candidates)


def seen(
    moment: datetime, url: str = URL, digest: str = "d1", dates: tuple[tuple[str, date], ...] = (), column: str = COLUMN
) -> Observation:
    """The observation that belongs to the visit at that moment."""
    id = f"v{moment:%m%d%H%M}{column[7:9]}"
    return Observation("tc", "ogi", 2023, moment, url, TITLE, (f"doc-{id}-0",), digest, f"reading-{digest}", dates)


def evidence(*items: Visit | Observation, **rest: object) -> Evidence:
    visits = tuple(item for item in items if isinstance(item, Visit))
    observations = tuple(item for item in items if isinstance(item, Observation))
    return Evidence(visits, observations, **rest)  # type: ignore[arg-type]


def published(day_text: str, *later: str, dates: tuple[tuple[str, date], ...] = ()) -> list[Visit | Observation]:
    """Complete visits that showed the report and confirmed it."""
    items: list[Visit | Observation] = []
    for text in (day_text, *later):
        items += [visit(at(text), shows=[URL]), seen(at(text), dates=dates)]
    return items


def days_after(moment: datetime, days: float) -> datetime:
    return moment + timedelta(days=days)
