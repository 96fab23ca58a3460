"""The scheduler behind `nianbao serve`, and the pages over a real home folder."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from crawler.serve import scheduler_for, start_round, start_upkeep
from portals.moments import SHANGHAI


def test_rounds_and_upkeep_are_made_at_the_hours_that_were_asked_for(tmp_path: Path) -> None:
    scheduler = scheduler_for(tmp_path, 2023, "6,18", "3")
    job, upkeep = scheduler.get_jobs()
    morning = datetime(2024, 1, 31, 5, 0, tzinfo=SHANGHAI)
    first = job.trigger.get_next_fire_time(None, morning)
    second = job.trigger.get_next_fire_time(first, first.replace(minute=1))
    assert (first, second) == (morning.replace(hour=6), morning.replace(hour=18))
    assert job.max_instances == 1 and job.coalesce
    assert upkeep.trigger.get_next_fire_time(None, morning).hour == 3


def test_a_round_is_a_process_of_its_own_and_its_status_is_told(tmp_path: Path) -> None:
    assert start_round(tmp_path, 2023) == 0  # an empty register: nothing to visit
    assert start_upkeep(tmp_path) == 0
    (tmp_path / "nianbao.toml").write_text("nonsense = 1\n")
    assert start_round(tmp_path, 2023) == 2


def test_hours_that_are_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="25"):
        scheduler_for(tmp_path, 2023, "25")


def test_the_pages_are_served_and_the_server_ends_when_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = ["-m", "crawler", "--home", str(tmp_path), "serve", "--port", str(port)]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        page = _get(port, process)
        assert "年报" in page and "<html" in page
    finally:
        process.terminate()
        assert process.wait(20) in (0, -15)


def _get(port: int, process: subprocess.Popen[bytes]) -> str:
    for _ in range(300):
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read().decode()
        except ConnectionRefusedError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("the pages never came up")
