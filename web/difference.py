"""What changed between two readings: cell by cell, and line by line in the text. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from reports.model import Cell, Report
from web.reading import cell_label, cell_text
from web.words import Words

CONTEXT = 1  # unchanged lines shown around a change
LONGEST = 2000  # lines of one text that are compared
WITHIN = 600  # characters of a line up to which it is compared by characters


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison; `pieces` are (what became of it, text). `gap` stands for unchanged lines left out."""

    kind: Literal["same", "changed", "gap"]
    pieces: tuple[tuple[Literal["same", "del", "ins"], str], ...] = ()


def cells(old: Report | None, new: Report | None, words: Words) -> list[Change]:
    """Cells whose content differs, in the form's order. Without both readings there is nothing to say."""
    if old is None or new is None:
        return []
    found = []
    for name in dict.fromkeys([*new.cells, *old.cells]):
        one, other = old.cells.get(name), new.cells.get(name)
        texts = cell_text(one).strip(), cell_text(other).strip()
        if texts[0] != texts[1] and not _same_value(one, other):
            found.append(
                Change(
                    name,
                    cell_label(name, new.form or old.form),
                    texts[0] or words["absent"],
                    texts[1] or words["absent"],
                )
            )
    return found


def _same_value(one: Cell | None, other: Cell | None) -> bool:
    """Whether a repaired reading says the same: what extraction scrambled on one day is no change by the organ."""
    if one is None or other is None or "repaired" not in (one.how, other.how):
        return False
    return one.value is not None and one.value == other.value


def lines(old: Report | None, new: Report | None) -> list[Line]:
    """The text of both with its differences; empty when the texts are the same."""
    if old is None or new is None:
        return []
    before, after = _text(old), _text(new)
    if before == after:
        return []
    return list(_shortened(list(_compared(before, after))))


def _text(report: Report) -> list[str]:
    """Sections with their headings; the whole text where none were told apart."""
    text = "\n".join(f"{part.heading}\n{part.text}" for part in report.sections) or report.text
    found = [line.strip() for line in text.splitlines()]
    return [line for line in (report.title or "", *found) if line][:LONGEST]


def _compared(before: list[str], after: list[str]) -> Iterator[Line]:
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield from (Line("same", (("same", line),)) for line in before[a:b])
            continue
        common = min(b - a, d - c)
        for index in range(common):
            yield _within(before[a + index], after[c + index])
        yield from (Line("changed", (("del", line),)) for line in before[a + common : b])
        yield from (Line("changed", (("ins", line),)) for line in after[c + common : d])


def _within(before: str, after: str) -> Line:
    """Two lines that stand in for one another, told apart by characters; wholly when they have little in common."""
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    if max(len(before), len(after)) > WITHIN or matcher.ratio() < 0.5:
        return Line("changed", (("del", before), ("ins", after)))
    pieces: list[tuple[Literal["same", "del", "ins"], str]] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(("same", before[a:b]))
            continue
        pieces += [("del", before[a:b])] if b > a else []
        pieces += [("ins", after[c:d])] if d > c else []
    return Line("changed", tuple(pieces))


def _shortened(found: list[Line]) -> Iterator[Line]:
    """Long runs of unchanged lines give way to a gap."""
    for same, run in groupby(found, key=lambda line: line.kind == "same"):
        lines = list(run)
        if same and len(lines) > 2 * CONTEXT + 1:
            yield from lines[:CONTEXT]
            yield Line("gap")
            yield from lines[-CONTEXT:]
        else:
            yield from lines
