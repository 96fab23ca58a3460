"""Judge: every obligation held against the evidence up to the moment, and what changed since it was judged before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from compliance import Gathered, changes
from compliance import judge as judge_one
from crawler.workplace import Workplace
from portals.due import obligations
from reports import load
from reports.version import VERSION
from storage import queries
from storage.records import Assessment, Candidate, Event, Observation, Visit

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging came to."""

    statuses: Counter[str]
    events: tuple[Event, ...]  # what changed, in the order of the register


def judge(place: Workplace, series: str, year: int, progress: Progress) -> Judged:
    """Judges as of the clock's moment, keeps what is new, and tells what changed since the moment before."""
    now = place.clock()
    before = queries.assessments_before(place.db, year, series, now)
    found = assess(place, series, year, now)
    progress(len(found), len(found), "")
    queries.put_assessments(place.db, found)
    events = [event for item in found for event in changes(before.get(item.organ), item)]
    return Judged(Counter(item.status.value for item in found), tuple(events))


def assess(place: Workplace, series: str, year: int, now: datetime | None = None) -> list[Assessment]:
    """Every obligation's assessment as of `now` (the clock's moment), from what is durably known; keeps nothing."""
    now = now or place.clock()
    owed = list(obligations(queries.organs(place.db), series, year))
    gathered = _gather(place, series, year, now)
    found = []
    for obligation in owed:
        column = obligation.organ.column_url or obligation.organ.home_url  # what a visit goes by
        evidence = gathered.of(obligation.organ.id, (column,) if column else ())
        found.append(judge_one(obligation, evidence, now))
    return found


def _gather(place: Workplace, series: str, year: int, now: datetime) -> Gathered:
    visits = queries.visits(place.db, year=year, until=now)
    by_organ = queries.all_observations(place.db, series, year, now)
    observations = [observation for group in by_organ.values() for observation in group]
    gathered = Gathered(series, year, _states(place, visits), _findings(place, observations))
    gathered.add_visits(visits)
    gathered.add_observations(observations)
    return gathered


def _states(place: Workplace, visits: Iterable[Visit]) -> dict[tuple[str, str], str]:
    """(visit, candidate's address) → what came of reading it; what was not read yet is not in it."""
    taken = [(visit.id, candidate) for visit in visits for candidate in visit.candidates if candidate.accepted]
    captures = queries.captures_by_id(place.db, [identity for _, item in taken for identity in item.captures])
    known: dict[str, str | None] = {}

    def state(candidate: Candidate) -> str | None:
        held = [captures[identity] for identity in candidate.captures if identity in captures]
        key = queries.reading_key(held)
        if key not in known:
            reading = queries.reading(place.db, key, VERSION) if held else None
            known[key] = reading.state if reading else None
        return known[key]

    return {(visit, item.url): found for visit, item in taken if (found := state(item))}


def _findings(place: Workplace, observations: Iterable[Observation]) -> dict[str, Counter[str]]:
    """Reading → number of findings by severity: each violated constraint is one, also those that share a cause."""
    counted: dict[str, Counter[str]] = {}
    for key in {observation.reading for observation in observations}:
        reading = queries.reading(place.db, key, VERSION)
        findings = load(reading.report).findings if reading and reading.report else ()
        counted[key] = Counter(finding.severity for finding in findings)
    return counted
