"""Hours in which portals may be asked, by the command line: outside them no request is made, and nobody is accused."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import cli
from crawler.clock import system_clock
from crawler.hours import read_hours, seconds_left
from portals.moments import SHANGHAI, parse_moment
from tests.crawler.test_killed import ORGANS, registered, serving


def window(begin: float, end: float) -> str:
    """Hours from now, as NIANBAO_HOURS has them."""
    now = system_clock().astimezone(SHANGHAI)
    return "-".join((now + timedelta(hours=hours)).strftime("%H:%M") for hours in (begin, end))


def nianbao(home: Path, hours: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *words], env={"NIANBAO_HOURS": hours})


def statuses(home: Path) -> set[tuple[str, str | None]]:
    told = nianbao(home, "", "status", "--year", "2023", "--as-of", "2024-04-02", "--format", "jsonl").stdout
    return {(row["status"], row["cause"]) for row in map(json.loads, told.splitlines())}


def test_outside_the_hours_nothing_is_asked_and_within_them_the_same_round_goes_on(tmp_path: Path) -> None:
    round_ = ("crawl", "--year", "2023", "--as-of", "2024-04-02")
    with serving() as portal:
        registered(tmp_path, portal)
        closed = nianbao(tmp_path, window(2, 3), *round_)
        assert closed.exit_code == 1
        assert f"not visited: {ORGANS} columns, outside the hours" in closed.stderr
        assert portal.log == []
        assert statuses(tmp_path) == {("unknown", "not_visited")}
        opened = nianbao(tmp_path, window(-1, 2), *round_)
        assert opened.exit_code == 0, opened.output
        assert f"{ORGANS} complete" in opened.output
        assert len(portal.log) >= 2 * ORGANS


def test_hours_that_are_none_are_refused_by_name(tmp_path: Path) -> None:
    told = nianbao(tmp_path, "from dusk till dawn", "crawl", "--year", "2023")
    assert told.exit_code == 2
    assert "20:00-07:00" in told.output


@pytest.mark.parametrize(
    ("now", "left"), [("19:59", 0), ("20:00", 11 * 3600), ("06:00", 3600), ("07:00", 0), ("12:00", 0)]
)
def test_a_window_over_midnight(now: str, left: int) -> None:
    assert seconds_left(read_hours("20:00-07:00"), parse_moment(f"2024-03-01T{now}:00+08:00")) == left
