"""Runs every benchmark, tools/bench_*.py, one after the other: python -m tools.bench [name …]."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main(names: list[str]) -> int:
    """How many of them failed."""
    found = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    failed = 0
    for module in [name for name in found if not names or name.removeprefix("bench_") in names]:
        print(f"== {module.removeprefix('bench_')}", flush=True)
        failed += subprocess.run([sys.executable, "-m", f"tools.{module}"], check=False).returncode != 0
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
