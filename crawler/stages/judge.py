"""Judge: every obligation held against the evidence up to the moment, and what changed since it was judged before.

Judged anew is only what can have changed since the season was judged last: that of which something was learnt, and that
which holds no longer by itself. Any other moment than the next one is judged as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance import Gathered, changes, grounds, released
from compliance import judge as judge_one
from crawler.collector import collector_at_rest
from crawler.workplace import Workplace
from portals.due import obligations
from portals.model import Obligation, Organ
from reports.version import VERSION
from storage import queries
from storage.records import Assessment, Event, Judgement

BATCH = 4_000  # obligations whose evidence is held in memory at once

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging came to."""

    statuses: Counter[str]
    events: tuple[Event, ...]  # what changed, in the order of the register
    anew: int  # obligations that were judged; of all others nothing can have changed


def judge(place: Workplace, series: str, year: int, progress: Progress) -> Judged:
    """Judges as of the clock's moment, keeps what is new, and tells what changed since the moment before."""
    now = place.clock()
    judgement = Judgement(now, queries.known_serial(place.db), _ground(place))
    wanted = _to_judge(place, series, year, judgement)
    found = assess(place, series, year, now, organs=wanted, progress=progress)
    with collector_at_rest():
        before = queries.assessments_before(place.db, year, series, now, wanted)
        owing = {item.organ for item in found}
        found += [released(item, now) for organ, item in before.items() if organ not in owing]
        queries.put_judgement(place.db, year, series, judgement, found)
        events = [event for item in found for event in changes(before.get(item.organ), item)]
    return Judged(queries.status_counts(place.db, year, series, now), tuple(events), len(found))


def standing(place: Workplace, series: str, year: int) -> list[Assessment]:
    """Every obligation's assessment as of the clock's moment, as `assess` has it; what cannot have changed since the
    season was judged last is taken from there. Keeps nothing."""
    now = place.clock()
    wanted = _to_judge(place, series, year, Judgement(now, None, _ground(place)))
    if wanted is None:
        return assess(place, series, year, now)
    anew = {item.organ: item for item in assess(place, series, year, now, organs=wanted)}
    held = {item.organ: item for item in queries.assessments(place.db, year, series, now)}
    owed = obligations(queries.organs(place.db), series, year, place.rules)
    found = (anew.get(one.organ.id) or held.get(one.organ.id) for one in owed)
    return [item for item in found if item is not None]


def assess(
    place: Workplace,
    series: str,
    year: int,
    now: datetime | None = None,
    *,
    organs: Collection[str] | None = None,
    progress: Progress = lambda *_: None,
) -> list[Assessment]:
    """Every obligation's assessment as of `now` (the clock's moment), or those of some organs, from what is durably
    known, in the order of the register; keeps nothing."""
    now = now or place.clock()
    registered = queries.organs(place.db) if organs is None else queries.some_organs(place.db, organs)
    owed = list(obligations(registered, series, year, place.rules))
    found: dict[str, Assessment] = {}
    for batch in _batches(owed):
        with collector_at_rest():
            found.update(_assess_batch(place, series, year, now, batch))
        progress(len(found), len(owed), "")
    return [found[obligation.organ.id] for obligation in owed]


def _assess_batch(
    place: Workplace, series: str, year: int, now: datetime, batch: Sequence[Obligation]
) -> dict[str, Assessment]:
    gathered = _gather(place, series, year, now, [obligation.organ.id for obligation in batch])
    found = {}
    for obligation in batch:
        evidence = gathered.of(obligation.organ.id, _columns(obligation.organ))
        found[obligation.organ.id] = judge_one(obligation, evidence, now, place.policy)
    return found


def _to_judge(place: Workplace, series: str, year: int, judgement: Judgement) -> set[str] | None:
    """The organs that are to be judged at a moment; None: all of them."""
    last = queries.last_judged(place.db, year, series)
    if last is None or last.serial is None or last.ground != judgement.ground or judgement.at < last.at:
        return None
    renewed = queries.renewed(place.db, year, series, last, judgement.at)
    return renewed | queries.running_out(place.db, year, series, last.at, judgement.at)


def _ground(place: Workplace) -> str:
    return grounds(VERSION, repr(place.rules), repr(place.policy))


def _columns(organ: Organ) -> tuple[str, ...]:
    column = organ.column_url or organ.home_url  # what a visit goes by
    return (column,) if column else ()


def _batches(owed: Sequence[Obligation]) -> Iterator[Sequence[Obligation]]:
    """Organs that share a column lie beside one another: its visits are loaded once."""
    ordered = sorted(owed, key=lambda one: (one.organ.column_url or one.organ.home_url or "", one.organ.id))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def _gather(place: Workplace, series: str, year: int, now: datetime, organs: Collection[str]) -> Gathered:
    observations = queries.season_observations(place.db, year, series, now, organs)
    urls = {observation.url for observation in observations}
    visits = queries.season_visits(place.db, year, series, now, organs, urls)
    states = queries.candidate_states(place.db, year, series, now, VERSION, organs)
    readings = {observation.reading for observation in observations}
    gathered = Gathered(series, year, states, queries.finding_counts(place.db, readings, VERSION))
    gathered.add_visits(visits)
    gathered.add_observations(observations)
    return gathered
