"""Reads a labelled corpus and says how well: cells, whole reports, precision and recall a code, sound reports accused.

python -m tools.evaluate --seed 7 --count 50          prints the figures
python -m tools.evaluate --seed 7 --count 50 --floors  and fails below tools/floors.json
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from reports import Finding, Report, Unreadable, read_report
from tools.corpus.make import FORMATS, Sample, make

FLOORS = Path(__file__).parent / "floors.json"


@dataclass
class Score:
    """Counts of one format."""

    documents: int = 0
    whole: int = 0
    cells: int = 0
    exact: int = 0
    empty: int = 0  # not given although the document has it
    wrong: int = 0
    sound: int = 0
    accused: int = 0
    hit: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)


def about(finding: Finding) -> tuple[str, str]:
    """(code, what it is about), as the corpus labels it."""
    code, cells = finding.code, finding.cells
    if code in ("sum.applicants", "sum.challenges"):
        return code, cells[0].split(".")[1]
    if code in ("sum.handled", "sum.balance"):
        return code, cells[0].split(".")[2]
    if code.startswith("cell."):
        return code, cells[0]
    if code in ("row.missing", "row.duplicated", "label.changed"):
        return code, ".".join(cells[0].split(".")[:2]) if cells else ""
    return code, ""


def judge(sample: Sample, report: Report, score: Score) -> list[str]:
    """Count one report; the lines that tell what went wrong."""
    told: list[str] = []
    wrong = 0
    for name, value in sample.truth.items():
        cell = report.cells.get(name)
        score.cells += 1
        if cell is not None and cell.value == value:
            score.exact += 1
            continue
        empty = cell is None or cell.value is None
        if empty and name in sample.neutral:
            score.exact += 1
            continue
        wrong += 1
        score.empty, score.wrong = score.empty + empty, score.wrong + (not empty)
        if wrong < 4:
            told.append(f"cell {name}: {value} read as {cell.value if cell else 'nothing'}")
    score.documents += 1
    score.whole += not wrong
    found = {about(f) for f in report.findings if f.severity != "info" and not _of_a_scar(f, sample)}
    if sample.scars:  # that a scarred row is told as doubtful is right
        found.discard(("row.shifted", ""))
    for code, what in found | sample.expected:
        if (code, what) in found and (code, what) in sample.expected:
            score.hit[code] += 1
        elif (code, what) in found:
            score.false[code] += 1
            told += [
                f"false {f.severity} {code} {what}: {f.message_zh}" for f in report.findings if about(f) == (code, what)
            ]
        else:
            score.missed[code] += 1
            told.append(f"missed {code} {what}")
    if not sample.expected:
        score.sound += 1
        score.accused += any(f.severity == "error" for f in report.findings)
    if (report.organ or "") != sample.organ or report.year != sample.year:
        told.append(f"organ {sample.organ} {sample.year} read as {report.organ} {report.year}")
    return told


def _of_a_scar(finding: Finding, sample: Sample) -> bool:
    """Whether it doubts what the source has lost, which is right."""
    doubted = finding.severity == "doubtful" and not sample.neutral.isdisjoint(finding.cells)
    return doubted and about(finding) not in sample.expected


def evaluate(seed: int, count: int, formats: tuple[str, ...], show: int) -> dict[str, Score]:
    scores: dict[str, Score] = defaultdict(Score)
    shown = 0
    for format_ in formats:
        for number in range(count):
            sample = make(seed, number, format_)
            try:
                told = judge(sample, read_report(sample.data, source=f"{format_}/{number}"), scores[format_])
            except Unreadable as error:
                told = [f"unreadable: {error}"]
                scores[format_].documents += 1
            if told and shown < show:
                shown += 1
                print(f"-- {format_} {number} [{sample.way}] {sample.faults} {set(sample.scars.values())}")
                print("\n".join(f"   {line}" for line in told[:8]))
    return scores


def summary(scores: dict[str, Score]) -> dict[str, float]:
    """The figures that floors are kept for."""
    figures: dict[str, float] = {}
    hit, false, missed = totals(scores)
    for name, score in scores.items():
        figures[f"{name} cells"] = score.exact / max(1, score.cells)
        figures[f"{name} whole"] = score.whole / max(1, score.documents)
        figures[f"{name} sound not accused"] = 1 - score.accused / max(1, score.sound)
        figures[f"{name} precision"] = _share(score.hit.total(), score.false.total())
        figures[f"{name} recall"] = _share(score.hit.total(), score.missed.total())
    for code in sorted(hit | false | missed):
        figures[f"{code} precision"] = _share(hit[code], false[code])
        figures[f"{code} recall"] = _share(hit[code], missed[code])
    figures["all precision"] = _share(hit.total(), false.total())
    figures["all recall"] = _share(hit.total(), missed.total())
    return figures


def totals(scores: dict[str, Score]) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """(found, false, missed) by code, over all formats."""
    hit: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for score in scores.values():
        hit.update(score.hit)
        false.update(score.false)
        missed.update(score.missed)
    return hit, false, missed


def _share(good: int, bad: int) -> float:
    return good / (good + bad) if good + bad else 1.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=20)
    parser.add_argument("--formats", nargs="*", default=list(FORMATS))
    parser.add_argument("--show", type=int, default=0, help="how many documents with mistakes to tell about")
    parser.add_argument("--floors", action="store_true", help="fail below the floors")
    parser.add_argument("--raise", dest="lift", action="store_true", help="lift the floors to these figures")
    arguments = parser.parse_args()
    scores = evaluate(arguments.seed, arguments.count, tuple(arguments.formats), arguments.show)
    figures = summary(scores)
    print(
        f"{'format':14} {'docs':>5} {'cells exact':>12} {'empty':>6} {'wrong':>6} {'whole':>8}"
        f" {'prec.':>7} {'recall':>7} accused"
    )
    for name, s in scores.items():
        print(
            f"{name:14} {s.documents:5} {figures[f'{name} cells']:12.5%} {s.empty:6} {s.wrong:6}"
            f" {figures[f'{name} whole']:8.2%}"
            f" {figures[f'{name} precision']:7.2%} {figures[f'{name} recall']:7.2%} {s.accused} of {s.sound}"
        )
    hit, false, missed = totals(scores)
    for code in sorted(hit | false | missed):
        print(f"{code:22} found {hit[code]:5}  false {false[code]:4}  missed {missed[code]:4}")
    print(f"all: precision {figures['all precision']:.2%}, recall {figures['all recall']:.2%}")
    if arguments.lift:
        lift(figures)
    low = below(figures) if arguments.floors else []
    print("\n".join(low), file=sys.stderr, end="\n" if low else "")
    return 1 if low else 0


def below(figures: dict[str, float]) -> list[str]:
    """What has fallen under its floor."""
    floors: dict[str, float] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return [
        f"below its floor: {name} {figures[name]:.5f} < {floor:.5f}"
        for name, floor in floors.items()
        if name in figures and figures[name] < floor
    ]


def lift(figures: dict[str, float]) -> None:
    """Floors only rise: a lower figure leaves its floor where it is."""
    floors: dict[str, float] = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    for name, figure in figures.items():
        floors[name] = max(floors.get(name, 0.0), math.floor(figure * 200) / 200)
    FLOORS.write_text(json.dumps(dict(sorted(floors.items())), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
