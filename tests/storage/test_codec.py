"""Records to JSON and back, also for readers older and newer than the writer."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import codec
from storage.records import Candidate, Outcome, Sighting, Status, Unread, Visit
from tests.storage.make import NOON, assessment, candidate, event, message, observation, organ, visit


@pytest.mark.parametrize("record", [
    visit("v1", candidates=(candidate(captures=("c1", "c2")), candidate(failure="503"))),
    candidate(), observation(NOON), organ("a"), assessment(NOON, Status.LATE, late_by="notice"), event("e1"),
    message("<1@x>"), Sighting("u", "t", date(2026, 1, 1), "c"), Unread("v", 0, NOON, candidate(), "k", ()),
], ids=lambda record: type(record).__name__)  # fmt: skip
def test_a_record_comes_back_equal(record: Any) -> None:
    assert codec.from_json(type(record), codec.to_json(record)) == record
    assert codec.to_json(codec.from_json(type(record), codec.to_json(record))) == codec.to_json(record)


moments = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))
for_sighting = st.builds(Sighting, st.text(), st.text(), st.none() | st.dates(), st.text())
for_candidate = st.builds(
    Candidate, st.text(), st.text(), st.integers(), st.text(), st.text(), st.floats(0, 1),
    st.lists(st.text()).map(tuple), st.booleans(), dates=st.lists(st.tuples(st.text(), st.dates())).map(tuple),
)  # fmt: skip
for_visit = st.builds(
    Visit, st.text(), moments, st.text(), st.lists(st.text()).map(tuple), st.integers(), st.sampled_from(Outcome),
    sightings=st.lists(for_sighting, max_size=3).map(tuple), candidates=st.lists(for_candidate, max_size=3).map(tuple),
)  # fmt: skip


@given(for_visit)
def test_every_visit_comes_back_equal_whatever_it_says(record: Visit) -> None:
    assert codec.from_json(Visit, codec.to_json(record)) == record


def test_what_a_newer_program_added_is_ignored_and_what_an_older_one_lacked_has_its_default() -> None:
    old = {"url": "u", "title": "t", "date": None, "capture": "c", "added later": {"x": 1}}
    assert codec.from_plain(Sighting, old) == Sighting("u", "t", None, "c")
    known = codec.plain(visit("v1"))
    del known["detail"], known["candidates"]
    assert codec.from_plain(Visit, known) == visit("v1")


@pytest.mark.parametrize("data", ["[]", "1", "{}", '{"id": 1}', "not json", '{"id":"v","at":"yesterday"}'])
def test_what_is_no_such_record_is_refused(data: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        codec.from_json(Visit, data)


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_for_a_column_holds_no_nul_and_no_half_surrogate_and_otherwise_the_same(value: Any) -> None:
    kept = json.loads(codec.storable_json(value))
    assert not any(set(part) & set("\0\ud800\udfff") for part in texts(kept))
    if all(codec.storable(part) == part for part in texts(value)):
        assert kept == value


def texts(value: Any) -> list[str]:
    """Every text within, keys included."""
    if isinstance(value, dict):
        return [part for item in value.items() for part in texts(list(item))]
    return [part for item in value for part in texts(item)] if isinstance(value, list) else [value]


def test_moments_are_written_in_utc_and_naive_ones_refused() -> None:
    china = timezone(timedelta(hours=8))
    assert codec.moment_text(datetime(2026, 1, 31, 23, 59, 59, tzinfo=china)) == "2026-01-31T15:59:59Z"
    assert codec.moment_text(datetime(2026, 1, 1, microsecond=5, tzinfo=UTC)) == "2026-01-01T00:00:00.000005Z"
    with pytest.raises(ValueError, match="without a time zone"):
        codec.moment_text(datetime(2026, 1, 1))
