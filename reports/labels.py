"""Which row of a form's table a label means. Tolerates spacing, brackets, lost numbering, cut or misspelt labels."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

from reports.fold import key
from reports.form import TableSpec, load_form

_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]|\d{1,2})(?=\D)")
_MIN_FUZZY = 0.5
EXACT = 0.95  # a score from here on means the form's own words


def bare(label_key: str) -> str:
    """A label's key without its numbering: 一本年新收… → 本年新收…, 3其他 → 其他."""
    return _NUMBERING.sub("", label_key, count=1)


class LabelBook:
    """A table's row labels, ready to be compared. Scores are 0…1."""

    def __init__(self, table: TableSpec) -> None:
        self.labels: list[tuple[str, ...]] = []
        self._exact: dict[str, dict[int, float]] = {}
        self._ends: list[tuple[str, int]] = []
        self.heads = frozenset(key(head) for head in (*table.heads, *(column.label for column in table.columns)))
        for index, row in enumerate(table.rows):
            own = tuple(key(label) for label in (row.label, *row.aliases))
            self.labels.append(own)
            for label in own:
                self._add(key(row.group) + label, index, 1.0)
                self._add(label, index, 1.0)
                self._add(bare(label), index, 0.96)
                self._ends += [(key(row.group) + label, index), (label, index)]
        self._ends.sort(key=lambda pair: -len(pair[0]))

    def _add(self, text: str, index: int, score: float) -> None:
        scores = self._exact.setdefault(text, {})
        scores[index] = max(score, scores.get(index, 0.0))

    def exact(self, leaf: str, full: str) -> dict[int, float]:
        """Rows that the label names in the form's own words. `leaf`: key of the last label cell; `full`: of all."""
        found = self._exact.get(full) or self._exact.get(leaf)
        if found:
            return found
        for ending, index in self._ends:
            if len(ending) >= 4 and full.endswith(ending):
                return {index: 0.95}
        return {}

    def fuzzy(self, leaf: str) -> dict[int, float]:
        """Rows whose label resembles this one, below EXACT."""
        scores: dict[int, float] = {}
        short = bare(leaf)
        if not short:
            return scores
        for index, labels in enumerate(self.labels):
            best = max(_ratio(short, bare(label)) for label in labels)
            if best >= _MIN_FUZZY:
                scores[index] = min(best, EXACT - 0.01)
        return scores


def _ratio(one: str, other: str) -> float:
    if not one or not other or min(len(one), len(other)) * 3 < max(len(one), len(other)):
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return 0.0 if matcher.real_quick_ratio() < _MIN_FUZZY or matcher.quick_ratio() < _MIN_FUZZY else matcher.ratio()


@cache
def book(form: str, table: str) -> LabelBook:
    return LabelBook(load_form(form).tables[table])


def alike(one: str, other: str) -> bool:
    """Whether one of two keys may be a misspelling of the other."""
    return _ratio(one, other) >= _MIN_FUZZY
