"""`nianbao check` on a folder: whatever is in it and whatever is killed, every file is told once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from reports import read_report
from tools.corpus.folder import BROKEN, fill
from tools.corpus.make import FORMATS, OTHERS, make


def start(folder: Path, output: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "crawler", "check", str(folder), "--output", str(output)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def told(output: Path) -> list[str]:
    """The files that whole lines speak of."""
    lines = output.read_text(encoding="utf-8").splitlines(keepends=True) if output.exists() else []
    return [Path(json.loads(line)["source"]).name for line in lines if line.endswith("\n")]


def states(output: Path) -> dict[str, str]:
    lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    return {Path(line["source"]).name: line.get("state", "read") for line in lines}


def until(done: Callable[[], bool], check: subprocess.Popen[str]) -> None:
    while not done():
        assert check.poll() is None, "it ended before its time"
        time.sleep(0.01)


def workers(check: subprocess.Popen[str]) -> list[psutil.Process]:
    """The reading processes; Python's own tracker of resources is none."""
    children = psutil.Process(check.pid).children()
    return [child for child in children if any("spawn_main" in word for word in child.cmdline())]


def season(folder: Path, count: int) -> None:
    """Kills a worker in the middle, then all of it, and starts again."""
    paths = fill(folder / "in", count, seed=44)
    output = folder / "out.jsonl"
    first = start(folder / "in", output)
    until(lambda: len(told(output)) >= count // 8, first)
    workers(first)[0].kill()
    until(lambda: len(told(output)) >= count // 2, first)
    orphans = workers(first)
    first.kill()
    first.communicate()
    before = len(told(output))
    psutil.wait_procs(orphans, timeout=60)
    assert not any(process.is_running() for process in orphans)

    second = start(folder / "in", output)
    _, words = second.communicate()
    assert second.returncode == 2  # some documents are broken
    assert f"{before} of {count} were read before" in words
    assert sorted(told(output)) == [path.name for path in paths]
    whole = [path.name for at, path in enumerate(paths) if at % BROKEN != BROKEN - 1]
    assert set(whole) <= {name for name, state in states(output).items() if state == "read"}
    assert not any("the reader ended" in line for line in output.read_text(encoding="utf-8").splitlines())


def test_a_folder_is_told_whole_though_a_worker_and_then_everything_is_killed(tmp_path: Path) -> None:
    season(tmp_path, 26)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_files_are_told_whole_though_everything_is_killed(tmp_path: Path) -> None:
    season(tmp_path, 1000)


def grown(count: int) -> list[float]:
    """This process's memory in MB after each tenth of `count` reports in all formats."""
    samples = [make(71, number, name).data for name in (*FORMATS, *OTHERS) for number in range(2)]
    for data in samples:  # libraries load, caches fill
        read_report(data, source="x")
    marks = []
    for number in range(count):
        read_report(samples[number % len(samples)], source="x")
        if (number + 1) % (count // 10) == 0:
            marks.append(psutil.Process(os.getpid()).memory_info().rss / (1 << 20))
    return marks


def test_a_process_that_reads_on_does_not_grow() -> None:
    marks = grown(100)
    assert marks[-1] - marks[1] < 12


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_reports_do_not_make_a_process_grow() -> None:
    marks = grown(1000)
    print([round(mark) for mark in marks])
    assert marks[-1] - marks[1] < 12
