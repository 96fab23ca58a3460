"""The gate, under a clock that moves only when somebody sleeps."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crawler.politeness import Gate


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


def test_retry_after_holds_the_host_back(time: list[float]) -> None:
    gate = Gate(1.0, lambda: time[0])
    gate.back_off("a", 30)
    assert starts(gate, time, [("a", "1")]) == [30]


def test_no_server_can_stop_us_for_more_than_two_minutes(time: list[float]) -> None:
    gate = Gate(1.0, lambda: time[0])
    gate.back_off("a", 10**9)
    gate.raise_delay("a", 10**9)
    assert starts(gate, time, [("a", "1"), ("a", "1")]) == [120, 240]


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
