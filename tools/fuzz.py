"""Feeds the readers damaged documents and keeps what breaks them: anything but a report or a state, within limits.

python -m tools.fuzz [--seconds 60] [--seed 1] [--kinds pdf docx …] [--keep FOLDER]

Documents go through the reading process, as `nianbao check` reads them: a library that crashes, hangs or fills the
memory is a find as well as an exception of ours.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from crawler.reading import File, Reader, Result
from reports import dump, load, to_json
from tools.corpus.damage import damage
from tools.corpus.make import make

KINDS = {
    "html": ("html", "html_faked"),
    "text": ("text_rows", "text_lines", "text_bare", "text_scarred"),
    "pdf": ("pdf", "pdf_unruled"),
    "docx": ("docx",),
    "xlsx": ("xlsx",),
    "xls": ("xls",),
    "ofd": ("ofd",),
    "zip": ("zip",),
}
STATES = {"read", "empty", "encrypted", "broken", "too_large", "too_long", "unsupported", "not_readable_here"}
SECONDS, MEMORY = 60.0, 2 << 30  # for one damaged document; whole ones take 0.1 s and 100 MB, a picture in one more


@dataclass
class Campaign:
    states: Counter[str] = field(default_factory=Counter)
    finds: list[tuple[str, bytes]] = field(default_factory=list)  # what was wrong, with which bytes
    slowest: float = 0.0


def damaged(kind: str, seed: int, whole: int = 2) -> Iterator[bytes]:
    """Without end: damaged documents of one kind, each by its number."""
    documents = [make(seed, number, name).data for name in KINDS[kind] for number in range(whole)]
    numbered = (Random(f"{seed}/{kind}/{number}") for number in count())
    return (damage(rng, rng.choice(documents)) for rng in numbered)


def campaign(reader: Reader, kind: str, seed: int, *, seconds: float = 1e9, most: int = 1 << 60) -> Campaign:
    """Reads damaged documents until `seconds` are over or `most` are read."""
    done = Campaign()
    documents = damaged(kind, seed)
    end = time.monotonic() + seconds
    for number, data in enumerate(documents):
        start = time.monotonic()
        if start > end or number >= most:
            break
        result = reader.read(File(f"{kind}/{number}", None, data))
        done.slowest = max(done.slowest, time.monotonic() - start)
        done.states[result.state] += 1
        if what := fault(result):
            done.finds.append((what, data))
    return done


def fault(result: Result) -> str:
    """What is wrong with how a reading ended; nothing when it is a report or a state for what the document is."""
    if result.state not in STATES:
        return f"a state that nobody knows: {result.state}"
    if result.state == "too_long" or "the reader ended" in result.detail:
        return f"{result.state}: {result.detail}"
    if result.report is not None:
        report = load(result.report)
        if dump(report) != result.report:
            return "another report after storage"
        to_json(report)
    return ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="for each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", nargs="*", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--keep", type=Path, help="a folder for the documents that broke a reader")
    arguments = parser.parse_args()
    with Reader(SECONDS, MEMORY) as reader:
        found = [
            tell(kind, campaign(reader, kind, arguments.seed, seconds=arguments.seconds), arguments.keep)
            for kind in arguments.kinds
        ]
    return 1 if any(found) else 0


def tell(kind: str, done: Campaign, keep: Path | None) -> int:
    """Print what came of a campaign and keep its finds; how many they are."""
    told = ", ".join(f"{state} {count}" for state, count in done.states.most_common())
    print(f"{kind:5} {done.states.total():6} documents, slowest {done.slowest:.1f} s: {told}", flush=True)
    for what, data in done.finds:
        name = f"{hashlib.sha256(data).hexdigest()[:12]}.{kind}"
        print(f"      {name} ({len(data)} bytes): {what}", flush=True)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / name).write_bytes(data)
    return len(done.finds)


if __name__ == "__main__":
    sys.exit(main())
