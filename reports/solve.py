"""Solves a row that extraction scrambled: glued digits, a lost cell, one too many. Knows numbers, not documents.

A candidate is one way to fill the row's slots from the tokens that stand in the document, in their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.form import Constraint

Number = int | Decimal
Rule = tuple[tuple[int, ...], tuple[int, ...]]  # slots of the left side, slots of the right side

_BUDGET = 60_000  # steps of a search before it is given up as ambiguous
_MANY = 2_000


class TooMany(Exception):
    """More ways than it makes sense to look at."""


@dataclass(frozen=True, slots=True)
class Candidate:
    values: tuple[Number, ...]
    sources: tuple[int | None, ...]  # the token that each value stands in; None: it does not stand in the document


def candidates(tokens: Sequence[Number], texts: Sequence[str], width: int, rules: Sequence[Rule]) -> list[Candidate]:
    """Every way to read `tokens`, whose digits are `texts`, as a row of `width` values that keeps the row's rules."""
    if len(tokens) < width:
        found = [*_splits(texts, width, rules)]
        if len(tokens) == width - 1:
            found += _insertions(tokens, width, rules)
        return found
    if len(tokens) == width:
        return [c for c in [Candidate(tuple(tokens), tuple(range(width)))] if _holds(c.values, rules)]
    return list(_deletions(tokens, width, rules)) if len(tokens) - width <= 2 else []


def _holds(values: Sequence[Number], rules: Sequence[Rule]) -> bool:
    return all(sum(values[i] for i in left) == sum(values[i] for i in right) for left, right in rules)


def _insertions(tokens: Sequence[Number], width: int, rules: Sequence[Rule]) -> Iterator[Candidate]:
    """One cell was lost: wherever it stood, the rules say what was in it."""
    for at in range(width):
        values: list[Number] = [*tokens[:at], 0, *tokens[at:]]
        for left, right in rules:
            if at in left or at in right:
                gap = sum(values[i] for i in right) - sum(values[i] for i in left)
                values[at] = gap if at in left else -gap
                break
        if values[at] >= 0 and _holds(values, rules):
            yield Candidate(tuple(values), (*range(at), None, *range(at, len(tokens))))


def _deletions(tokens: Sequence[Number], width: int, rules: Sequence[Rule]) -> Iterator[Candidate]:
    """A cell too many: leave one out (or two)."""
    if len(tokens) == width:
        if _holds(tokens, rules):
            yield Candidate(tuple(tokens), tuple(range(width)))
        return
    for at in range(len(tokens)):
        for inner in _deletions([*tokens[:at], *tokens[at + 1 :]], width, rules):
            yield Candidate(inner.values, tuple(s if s is None or s < at else s + 1 for s in inner.sources))


def _splits(texts: Sequence[str], width: int, rules: Sequence[Rule]) -> Iterator[Candidate]:
    """Cells were glued: "801000081" is 80 1 0 0 0 0 81. A number never begins with a zero unless it is zero."""
    if any(not (text.isascii() and text.isdigit()) for text in texts) or sum(map(len, texts)) < width:
        return
    due = _rules_due(rules)
    steps = 0
    found = 0
    stack: list[tuple[tuple[int, ...], tuple[int, ...], int, int]] = [((), (), 0, 0)]
    while stack:
        steps += 1
        if steps > _BUDGET or found > _MANY:
            raise TooMany
        values, sources, token, offset = stack.pop()
        if len(values) == width:
            if token == len(texts):
                found += 1
                yield Candidate(values, sources)
            continue
        if token == len(texts):
            continue
        text = texts[token]
        left = len(text) - offset + sum(map(len, texts[token + 1 :]))
        if left < width - len(values):
            continue
        longest = 1 if text[offset] == "0" else len(text) - offset
        for end in range(offset + 1, offset + longest + 1):
            new = (*values, int(text[offset:end]))
            if all(_holds(new, [rule]) for rule in due.get(len(new), ())):
                stack.append((new, (*sources, token), *((token + 1, 0) if end == len(text) else (token, end))))


def _rules_due(rules: Sequence[Rule]) -> dict[int, list[Rule]]:
    """Rules by the number of values after which they can be tested."""
    due: dict[int, list[Rule]] = {}
    for rule in rules:
        due.setdefault(max(*rule[0], *rule[1]) + 1, []).append(rule)
    return due


def broken(line: Constraint, known: Mapping[str, Number | None]) -> bool:
    """Whether a sum can be tested and does not hold."""
    sides = balance(line, known)
    return sides is not None and sides[0] != sides[1]


def balance(line: Constraint, known: Mapping[str, Number | None]) -> tuple[Number, Number] | None:
    """Both sides of a sum; None when a cell of it is not known."""
    totals: list[Number] = []
    for names in (line.left, line.right):
        total: Number = 0
        for name in names:
            value = known.get(name)
            if value is None:
                return None
            total += value
        totals.append(total)
    return totals[0], totals[1]


@dataclass(frozen=True, slots=True)
class Solution:
    """`rows`: for each unknown row the candidates that are left, all with the same values when it is solved."""

    rows: dict[str, list[Candidate]]
    clean: bool  # every sum that the rows take part in holds


def settle(
    known: Mapping[str, Number | None],
    unknown: Mapping[str, tuple[tuple[str, ...], list[Candidate]]],
    lines: Sequence[Constraint],
) -> Solution:
    """Choose the candidates that break the fewest sums. `unknown`: row → (its cell names, its candidates)."""
    touched = {name for names, _ in unknown.values() for name in names}
    lines = [line for line in lines if touched.intersection(line.left) or touched.intersection(line.right)]
    order = sorted(unknown, key=lambda row: len(_by_values(unknown[row][1])))
    best: list[dict[str, tuple[Number, ...]]] = []
    least = len(lines) + 1
    for tried, choice in enumerate(_choices(order, unknown)):
        if tried >= _MANY:
            return Solution({row: unknown[row][1] for row in unknown}, False)
        trial = dict(known)
        for row, values in choice.items():
            trial.update(zip(unknown[row][0], values, strict=True))
        faults = sum(broken(line, trial) for line in lines)
        if faults < least:
            best, least = [], faults
        if faults == least:
            best.append(choice)
    rows = {row: [c for c in unknown[row][1] if any(choice[row] == c.values for choice in best)] for row in unknown}
    return Solution(rows, bool(best) and least == 0)


def _by_values(options: Sequence[Candidate]) -> list[tuple[Number, ...]]:
    return list(dict.fromkeys(option.values for option in options))


def _choices(
    order: Sequence[str], unknown: Mapping[str, tuple[tuple[str, ...], list[Candidate]]]
) -> Iterator[dict[str, tuple[Number, ...]]]:
    if not order:
        yield {}
        return
    for values in _by_values(unknown[order[0]][1]):
        for rest in _choices(order[1:], unknown):
            yield {order[0]: values, **rest}


def implied(name: str, known: Mapping[str, Number | None], lines: Sequence[Constraint]) -> Number | None:
    """The value ≥ 0 of a missing cell that every sum with no other gap asks for; None when they disagree."""
    asked: set[Number] = set()
    for line in lines:
        if name not in line.left and name not in line.right:
            continue
        others = [known.get(n) for n in (*line.left, *line.right) if n != name]
        if None in others:
            continue
        left = sum(known[n] or 0 for n in line.left if n != name)
        right = sum(known[n] or 0 for n in line.right if n != name)
        asked.add(right - left if name in line.left else left - right)
    return asked.pop() if len(asked) == 1 and min(asked) >= 0 else None
