"""`nianbao check` on a folder in all formats: reports a second with one worker and with one a core, in one run.

python -m tools.bench_check [--count 200] [--rounds 2]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

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
        best = {jobs: min(_run(files, jobs) for _ in range(arguments.rounds)) for jobs in (1, cores)}
    for jobs, (wall, spent) in best.items():
        print(
            f"{jobs} worker(s): {arguments.count / wall:.1f} documents/s, {spent / wall:.2f} cores busy, {wall:.1f} s"
        )
    print(f"{cores} workers are {best[1][0] / best[cores][0]:.2f} times as fast as one; load {os.getloadavg()[0]:.1f}")
    return 0


def _run(files: Path, jobs: int) -> tuple[float, float]:
    """(seconds, seconds of all cores)."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "crawler", "check", str(files), "--jobs", str(jobs), "--format", "jsonl"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
