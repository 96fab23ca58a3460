"""`nianbao check` on a folder in all formats: reports a second with one worker and with one a core, in one run.

python -m tools.bench_check [--count 200] [--rounds 2]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tools.corpus.folder import fill


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder) / "in"
        fill(files, arguments.count, seed=45)
        runs = {jobs: min(_run(files, jobs) for _ in range(arguments.rounds)) for jobs in (1, cores)}
    for jobs, (wall, spent, ready) in runs.items():
        print(
            f"{jobs} worker(s): {arguments.count / wall:.1f} documents/s, {spent / wall:.2f} cores busy,"
            f" {ready:.2f} workers at work, {wall:.1f} s"
        )
    print(f"{cores} workers are {runs[1][0] / runs[cores][0]:.2f} times as fast as one; load {os.getloadavg()[0]:.1f}")
    return 0


def _run(files: Path, jobs: int) -> tuple[float, float, float]:
    """(seconds, seconds of all cores, how many workers had a document before them, on the average)."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "crawler", "check", str(files), "--jobs", str(jobs), "--format", "jsonl"]
    check = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen = []
    while check.poll() is None:
        seen.append(_ready(check.pid))
        time.sleep(0.05)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    at_work = [count for count in seen if count is not None]
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, spent, sum(at_work) / max(1, len(at_work))


def _ready(parent: int) -> int | None:
    """How many of its workers run or wait for a core, whatever else the machine does; None before there are any."""
    states = []
    for child in psutil.Process(parent).children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it has just been replaced
            if any("spawn_main" in word for word in child.cmdline()):
                states.append(child.status())
    return states.count(psutil.STATUS_RUNNING) if states else None


if __name__ == "__main__":
    sys.exit(main())
