"""How columns are dealt out to processes and waves, and the hours of a day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.hours import read_hours, seconds_left
from crawler.stages.plan import FEW, at_once, host_of, waves
from spiders.column import Column


def columns(hosts: int, each: int) -> list[Column]:
    return [
        Column(f"http://h{host}.test/nb/{number}/", (f"o{number}",)) for host in range(hosts) for number in range(each)
    ]


@given(hosts=st.integers(1, 120), each=st.integers(1, 4), processes=st.integers(1, 5), wave=st.integers(1, 200))
def test_every_column_is_dealt_out_once_and_no_host_to_two_processes(
    hosts: int, each: int, processes: int, wave: int
) -> None:
    wanted = columns(hosts, each)
    lanes = waves(wanted, processes, wave)
    assert Counter(column.url for lane in lanes for part in lane for column in part) == Counter(c.url for c in wanted)
    owners = [{host_of(column) for part in lane for column in part} for lane in lanes]
    assert sum(map(len, owners)) == hosts
    assert all(0 < len(part) <= wave for lane in lanes for part in lane)


def test_few_hosts_are_not_worth_a_second_process() -> None:
    assert len(waves(columns(FEW, 50), 4)) == 1
    assert len(waves(columns(FEW * 3, 1), 4)) == 3


def test_a_wave_goes_round_the_hosts() -> None:
    [[wave]] = waves(columns(5, 3), 1)
    assert [len({host_of(column) for column in wave[start : start + 5]}) for start in (0, 5, 10)] == [5, 5, 5]


def test_as_many_columns_are_under_way_as_there_are_hosts_to_wait_for() -> None:
    assert [at_once(columns(hosts, 2)) for hosts in (1, 50, 1000)] == [16, 100, 200]


def test_an_address_that_is_none_has_a_place_too() -> None:
    assert len(waves([Column("http://[::1/", ("a",))], 2)) == 1


@pytest.mark.parametrize(
    ("hours", "utc", "left"),
    [
        ("20:00-07:00", "2024-03-01T13:00", 10 * 3600),  # 21:00 in China
        ("20:00-07:00", "2024-03-01T22:30", 1800),  # 06:30 of the next day there
        ("20:00-07:00", "2024-03-01T23:00", 0),
        ("20:00-07:00", "2024-03-01T04:00", 0),
        ("08:00-18:00", "2024-03-01T00:00", 10 * 3600),
        ("08:00-18:00", "2024-03-01T10:00", 0),
        ("", "2024-03-01T10:00", None),
    ],
)
def test_hours_are_those_of_china(hours: str, utc: str, left: float | None) -> None:
    assert seconds_left(read_hours(hours), datetime.fromisoformat(utc).replace(tzinfo=UTC)) == left


@pytest.mark.parametrize("text", ["8-18", "20:00", "25:00-07:00", "08:00-08:00", "x"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_hours(text)
