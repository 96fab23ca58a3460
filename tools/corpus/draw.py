"""What one made-up report says and which faults it has, before a format is chosen."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from reports.form import load_form
from tools.corpus.faults import FAULTS
from tools.corpus.figures import Number
from tools.corpus.prose import write_prose
from tools.corpus.spec import Spec, make_spec

_CLASH = [
    ("period", "citation"),
    ("section_missing", "section_empty"),
    ("section_missing", "fee"),
    ("section_missing", "section_heading"),
    ("mismatch", "percentage"),
]
_LATE = {
    "mismatch",
    "parts",
    "percentage",
    "gap",
    "period",
    "citation",
    "fee",
    "section_empty",
    "table_missing",
    "section_missing",
}


@dataclass
class Sample:
    number: int
    format: str
    data: bytes
    truth: dict[str, Number | None]
    expected: set[tuple[str, str]]
    faults: list[str]
    organ: str
    year: int
    scars: dict[str, str]  # what a source lost on the way: its rows or cells, and how
    way: str = ""  # which template and habits wrote it
    neutral: frozenset[str] = field(default=frozenset())  # cells that may be given or left out, never wrong


def draw(rng: Random, blanks: bool = True) -> Spec:
    """A report with at most three faults; `blanks`: whether its format shows an empty cell as one."""
    form = load_form("ogi-2019" if rng.random() < 0.2 else "ogi-2021")
    spec = make_spec(rng, form)
    count = rng.choice([0, 0, 1, 1, 1, 2, 3])
    chosen = rng.sample(sorted(FAULTS), count)
    if "table_missing" in chosen:
        chosen = ["table_missing"]
    if form.form == "ogi-2019" and rng.random() < 0.2:
        spec.year += 3
        spec.title = f"{spec.organ}{spec.year}年政府信息公开工作年度报告"
        spec.signed = None
        spec.expected.add(("form.outdated", ""))
        spec.faults.append("outdated")
    if not blanks:
        chosen = [name for name in chosen if name != "blank"]
    for one, other in _CLASH:
        if one in chosen and other in chosen:
            chosen.remove(other)
    early = [name for name in chosen if name not in _LATE]
    for name in early:
        if FAULTS[name](rng, spec):
            spec.faults.append(name)
    write_prose(rng, spec)
    for name in chosen:
        if name in _LATE and FAULTS[name](rng, spec):
            spec.faults.append(name)
    return spec
