"""The gate, under a clock that moves only when somebody sleeps."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from crawler.politeness import Gate
from crawler.refusals import HostGivenUp
from crawler.turnstile import Turnstile
from storage.records import Outcome


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    real_sleep = asyncio.sleep

    async def sleep(seconds: float, *_: Any) -> None:
        now[0] += seconds
        await real_sleep(0)

    monkeypatch.setattr("crawler.politeness.asyncio.sleep", sleep)
    return now


def starts(gate: Gate, now: list[float], turns: list[tuple[str, str]]) -> list[float]:
    async def run() -> list[float]:
        at: list[float] = []
        for host, address in turns:
            async with gate.turn(host, address):
                at.append(now[0])
        return at

    return asyncio.run(run())


def test_requests_to_one_host_are_spaced(time: list[float]) -> None:
    gate = Gate(2.0, lambda: time[0])
    assert starts(gate, time, [("a", "1")] * 3) == [0, 2, 4]


def test_two_hosts_at_one_address_share_its_rate(time: list[float]) -> None:
    gate = Gate(2.0, lambda: time[0])
    assert starts(gate, time, [("a", "1"), ("b", "1"), ("c", "2")]) == [0, 2, 2]


def test_a_host_written_as_its_address_does_not_wait_for_itself(time: list[float]) -> None:
    gate = Gate(1.0, lambda: time[0])
    assert starts(gate, time, [("127.0.0.1", "127.0.0.1")]) == [0]


def test_crawl_delay_only_raises(time: list[float]) -> None:
    gate = Gate(2.0, lambda: time[0])
    gate.raise_delay("a", 5)
    gate.raise_delay("a", 1)
    gate.raise_delay("b", 0.1)
    assert starts(gate, time, [("a", "1"), ("a", "1"), ("b", "2"), ("b", "2")]) == [0, 5, 5, 7]


def test_crawl_delay_counts_from_the_robots_txt_that_asks_for_it(time: list[float]) -> None:
    gate = Gate(0.0, lambda: time[0])
    starts(gate, time, [("a", "1")])
    gate.raise_delay("a", 5)
    assert starts(gate, time, [("a", "1"), ("a", "1")]) == [5, 10]


def test_retry_after_holds_the_host_back(time: list[float]) -> None:
    gate = Gate(1.0, lambda: time[0])
    gate.back_off("a", 30)
    assert starts(gate, time, [("a", "1")]) == [30]


@pytest.mark.parametrize("how", ["Retry-After", "Crawl-delay"])
def test_a_host_that_asks_for_more_patience_than_a_round_has_is_obeyed_and_left(time: list[float], how: str) -> None:
    gate = Gate(1.0, lambda: time[0])
    gate.back_off("a", 10**9) if how == "Retry-After" else gate.raise_delay("a", 10**9)
    with pytest.raises(HostGivenUp, match="asks") as refused:
        starts(gate, time, [("a", "1")])
    assert refused.value.outcome is (Outcome.SERVER_ERROR if how == "Retry-After" else Outcome.ROBOTS)
    assert time == [0.0]


def test_each_failure_doubles_the_wait_and_a_sound_answer_ends_that(time: list[float]) -> None:
    gate = Gate(1.0, lambda: time[0])
    gate.answered("a", Outcome.SERVER_ERROR)
    gate.answered("a", Outcome.SERVER_ERROR)
    assert starts(gate, time, [("a", "1")]) == [4]
    gate.answered("a", None)
    gate.answered("a", Outcome.SERVER_ERROR)
    assert starts(gate, time, [("a", "1")]) == [6]


@pytest.mark.parametrize("outcome", [Outcome.SERVER_ERROR, Outcome.UNREACHABLE])
def test_a_host_that_fails_again_and_again_is_given_up_for_that_reason(time: list[float], outcome: Outcome) -> None:
    gate = Gate(0.0, lambda: time[0])
    for _ in range(4):
        gate.answered("a", outcome)
    assert starts(gate, time, [("a", "1")]) == [0]
    gate.answered("a", outcome)
    with pytest.raises(HostGivenUp) as refused:
        starts(gate, time, [("a", "1")])
    assert refused.value.outcome is outcome
    assert starts(gate, time, [("b", "1")]) == [0]


def test_one_broken_page_that_is_asked_for_again_ends_nothing(time: list[float]) -> None:
    gate = Gate(0.0, lambda: time[0])
    gate.answered("a", None)
    for _ in range(9):
        gate.answered("a", Outcome.SERVER_ERROR, "http://a/nb/index_1.html")
    assert starts(gate, time, [("a", "1")]) == [0]
    for page in range(2, 6):
        gate.answered("a", Outcome.SERVER_ERROR, f"http://a/nb/index_{page}.html")
    with pytest.raises(HostGivenUp):
        starts(gate, time, [("a", "1")])


def test_two_processes_share_the_turns_of_a_host_and_of_an_address(time: list[float], tmp_path: Path) -> None:
    def gate() -> Gate:
        return Gate(2.0, lambda: time[0], Turnstile(tmp_path / "turns", lambda: time[0], 120.0))

    assert starts(gate(), time, [("a", "1"), ("a", "1")]) == [0, 2]
    assert starts(gate(), time, [("a", "1"), ("b", "1"), ("c", "2")]) == [4, 6, 6]


def test_turns_of_before_the_machine_was_started_again_are_forgotten(time: list[float], tmp_path: Path) -> None:
    stile = Turnstile(tmp_path / "turns", lambda: time[0], 120.0)
    stile.hold("host:a", 100_000.0)
    assert starts(Gate(2.0, lambda: time[0], stile), time, [("a", "1")]) == [0]


def test_the_ledger_knows_the_least_gap(time: list[float]) -> None:
    gate = Gate(2.0, lambda: time[0])
    starts(gate, time, [("a", "1"), ("a", "1")])
    time[0] += 7
    starts(gate, time, [("a", "2")])
    line = gate.ledger["a"]
    assert (line.requests, line.least_gap, line.delay, line.addresses) == (3, 2.0, 2.0, ["1", "2"])


def test_one_request_at_a_time_to_a_host() -> None:
    async def run() -> int:
        gate = Gate(0.001, asyncio.get_running_loop().time)
        now, most = 0, 0

        async def one() -> None:
            nonlocal now, most
            async with gate.turn("a", "1"):
                now += 1
                most = max(most, now)
                await asyncio.sleep(0)
                now -= 1

        await asyncio.gather(*(one() for _ in range(10)))
        return most

    assert asyncio.run(run()) == 1
