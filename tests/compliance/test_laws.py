"""Laws of judging, whatever happened: blindness never accuses, the future does not count, what is proven stays so."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from compliance import REFUSED, Evidence, judge
from storage.records import Observation, Outcome, Status, Visit
from tests.compliance.evidence import COLUMN, URL, at, day, evidence, owed, seen, visit

COLUMNS = (COLUMN, "http://dz.example/nb/")
URLS = (URL, "http://tc.example/other.pdf", "http://dz.example/a.html")
START = at("01-10")
BLIND: list[Outcome] = [outcome for outcome in Outcome if outcome is not Outcome.COMPLETE]

hours = st.integers(0, 24 * 100)
moments = hours.map(lambda number: START + timedelta(hours=number))
claims = st.lists(
    st.tuples(
        st.sampled_from(["list", "meta:PubDate", "visible:发布时间", "url", "visible:成文日期"]),
        st.integers(0, 100).map(lambda number: day("01-01") + timedelta(days=number)),
    ),
    max_size=3,
).map(tuple)


@st.composite
def visits(draw: st.DrawFn, outcomes: list[Outcome]) -> list[Visit | Observation]:
    """A visit, with the observation that came of it if it showed something that was read."""
    moment, column = draw(moments), draw(st.sampled_from(COLUMNS))
    shows = draw(st.lists(st.sampled_from(URLS), max_size=2, unique=True))
    failure = draw(st.sampled_from([None, None, "server_error: 503"]))
    made = visit(moment, draw(st.sampled_from(outcomes)), shows=shows, column=column, failure=failure)
    if not shows or failure or not draw(st.booleans()):
        return [made]
    digest = draw(st.sampled_from(["d1", "d2"]))
    return [made, seen(moment, shows[0], digest, draw(claims), column)]


@st.composite
def seasons(draw: st.DrawFn, outcomes: list[Outcome], most: int = 12) -> Evidence:
    items = [item for group in draw(st.lists(visits(outcomes), max_size=most)) for item in group]
    known = evidence(*items)
    refused = {
        (one.id, candidate.url): REFUSED
        for one in known.visits
        for candidate in one.candidates
        if candidate.url not in {observation.url for observation in known.observations} and draw(st.booleans())
    }
    return replace(known, readings=refused)


def cut(known: Evidence, now: datetime) -> Evidence:
    return replace(
        known,
        visits=tuple(item for item in known.visits if item.at <= now),
        observations=tuple(item for item in known.observations if item.at <= now),
    )


@given(seasons(BLIND), moments)
def test_no_outage_block_or_partial_visit_ever_accuses(known: Evidence, now: datetime) -> None:
    found = judge(owed(), known, now)
    assert found.status is not Status.MISSING
    assert not found.withdrawn
    assert not found.backdated


@given(seasons(list(Outcome)), moments)
def test_what_comes_later_changes_nothing(known: Evidence, now: datetime) -> None:
    assert judge(owed(), known, now) == judge(owed(), cut(known, now), now)


@given(seasons(list(Outcome)), moments, st.timedeltas(timedelta(0), timedelta(days=60)), st.booleans())
def test_while_nothing_new_is_seen_an_assessment_holds_as_long_as_it_says(
    known: Evidence, now: datetime, later: timedelta, registered: bool
) -> None:
    known = replace(cut(known, now), columns=(COLUMN,) if registered else ())
    found = judge(owed(), known, now)
    then = now + later if found.until is None else min(now + later, found.until)
    assert now <= then
    assert replace(judge(owed(), known, then), at=now) == found


@given(seasons(list(Outcome)), moments, seasons(BLIND))
def test_later_blindness_never_changes_what_was_proven(known: Evidence, now: datetime, blind: Evidence) -> None:
    before = judge(owed(), cut(known, now), now)
    later = tuple(
        replace(one, at=max(one.at, now) + timedelta(hours=1), candidates=(), sightings=(), column_url=COLUMN)
        for one in blind.visits
    )
    end = START + timedelta(days=120)
    after = judge(owed(), replace(cut(known, now), visits=(*cut(known, now).visits, *later)), end)
    if before.status in (Status.ON_TIME, Status.LATE):
        assert (after.status, after.late_by) == (before.status, before.late_by)
    assert after.withdrawn == before.withdrawn and after.backdated == before.backdated
    assert after.versions == before.versions


@given(seasons(list(Outcome)), moments, st.randoms(use_true_random=False))
def test_the_order_in_which_evidence_is_handed_over_does_not_matter(
    known: Evidence, now: datetime, random: object
) -> None:
    visited = {item.id: item for item in known.visits}
    confirmed = {item.at: item for item in known.observations}
    known = replace(known, visits=tuple(visited.values()), observations=tuple(confirmed.values()))
    shuffled = list(known.visits), list(known.observations)
    for items in shuffled:
        random.shuffle(items)  # type: ignore[attr-defined]
    mixed = replace(known, visits=tuple(shuffled[0]), observations=tuple(shuffled[1]))
    assert judge(owed(), known, now) == judge(owed(), mixed, now)


@given(seasons(list(Outcome)), moments)
def test_every_accusation_names_a_complete_visit_that_is_on_record(known: Evidence, now: datetime) -> None:
    found = judge(owed(), known, now)
    complete = {identity for one in known.visits if one.outcome is Outcome.COMPLETE for identity in one.captures}
    if found.status is Status.MISSING or found.withdrawn or found.backdated:
        assert complete & set(found.evidence)
    on_record = {identity for one in known.visits for identity in (*one.captures, f"visit:{one.id}")}
    on_record |= {identity for one in known.visits for item in one.candidates for identity in item.captures}
    on_record |= {identity for item in known.observations for identity in item.captures}
    assert set(found.evidence) <= on_record


@given(st.integers(0, 59), st.booleans())
@settings(max_examples=30)
def test_the_due_day_counts_to_its_last_second(second: int, next_day: bool) -> None:
    moment = at("02-21", 0, 0, second) if next_day else at("02-20", 23, 59, second)
    known = evidence(visit(moment, shows=[URL]), seen(moment))
    assert judge(owed(), known, at("02-22")).status is (Status.UNKNOWN if next_day else Status.ON_TIME)
