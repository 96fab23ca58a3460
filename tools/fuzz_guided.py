"""Coverage-guided fuzzing of one reader with atheris, which is not in the lock: .venv/bin/uv pip install atheris

python -m tools.fuzz_guided KIND [--seconds 60] [--seed 1] [--keep FOLDER]     stops at the first thing that breaks it

Beside `tools.fuzz`, which damages documents blindly but reads them as users do: this one reads in its own process, and
learns from the branches of `reports` that a document took which bytes to change next.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory


def main() -> None:
    try:
        import atheris
    except ModuleNotFoundError:
        sys.exit("atheris is not here: .venv/bin/uv pip install atheris")
    with atheris.instrument_imports(include=["reports"]):  # before anything else imports the reader
        from reports import Unreadable, dump, load, read_report
    from tools.corpus.make import make
    from tools.fuzz import KINDS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(), help="a folder for the document that broke it")
    arguments = parser.parse_args()

    def one(data: bytes) -> None:
        try:
            report = read_report(data, source="fuzz")
        except (Unreadable, RecursionError, MemoryError):  # what the reading process has a state for
            return
        assert load(dump(report)) == report

    with TemporaryDirectory() as corpus:
        for name in KINDS[arguments.kind]:
            for number in range(3):
                (Path(corpus) / f"{name}-{number}").write_bytes(make(arguments.seed, number, name).data)
        options = {
            "max_total_time": arguments.seconds, "seed": arguments.seed, "max_len": 1 << 18, "timeout": 60,
            "rss_limit_mb": 3000, "artifact_prefix": f"{arguments.keep.absolute()}/",
        }  # fmt: skip
        atheris.Setup([sys.argv[0], corpus, *(f"-{key}={value}" for key, value in options.items())], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
