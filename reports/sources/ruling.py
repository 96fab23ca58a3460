"""From ruling lines and characters on a page to the cells of its tables. Knows geometry only."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_SNAP = 2.6  # points within which two rulings are one
_GAP = 4.0  # points that a ruling may be interrupted
_OPEN = 9.0  # points by which rulings run out beyond the last one across them where a table is open at its sides
_LEAST = 6.0  # points: shorter strokes rule nothing
_MOST = 20_000  # strokes on one page; a drawing has more, a table never


@dataclass(frozen=True, slots=True)
class Char:
    """A character with its box, in points from the page's top left."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def x(self) -> float:
        return (self.left + self.right) / 2

    @property
    def y(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Stroke:
    """An axis-parallel ruling: at `at` across the axis, from `start` to `end` along it."""

    at: float
    start: float
    end: float


@dataclass(slots=True)
class Box:
    """A cell: its grid position, its extent and the characters in it."""

    row: int
    column: int
    rows: int
    columns: int
    left: float
    top: float
    right: float
    bottom: float
    chars: list[Char] = field(default_factory=list)


@dataclass(slots=True)
class Ruled:
    """A ruled table on one page."""

    xs: list[float]
    ys: list[float]
    boxes: list[Box]
    left: float = 0.0  # how far the rulings across reach: beyond the last one down where a printer cut that off
    right: float = 0.0
    _owner: dict[tuple[int, int], Box] = field(default_factory=dict, repr=False)

    def box_at(self, x: float, y: float) -> Box | None:
        if self.left < x < self.right:
            x = min(max(x, self.xs[0]), self.xs[-1] - 0.01)
        column, row = bisect_right(self.xs, x) - 1, bisect_right(self.ys, y) - 1
        if not (0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1):
            return None
        return self._owner[row, column]

    def __post_init__(self) -> None:
        self._owner = {
            (box.row + i, box.column + j): box
            for box in self.boxes
            for i in range(box.rows)
            for j in range(box.columns)
        }


def merge(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Collinear strokes that touch or overlap, as one; positions snapped to one another."""
    ordered = sorted(strokes, key=lambda s: s.at)
    if len(ordered) > _MOST:
        return []
    groups: list[list[Stroke]] = []
    for stroke in ordered:
        if groups and stroke.at - groups[-1][-1].at <= _SNAP and stroke.at - groups[-1][0].at <= 2 * _SNAP:
            groups[-1].append(stroke)
        else:
            groups.append([stroke])
    merged: list[Stroke] = []
    for group in groups:
        at = sum(s.at for s in group) / len(group)
        start = end = None
        for stroke in sorted(group, key=lambda s: s.start):
            if end is None or start is None:
                start, end = stroke.start, stroke.end
            elif stroke.start <= end + _GAP:
                end = max(end, stroke.end)
            else:
                merged.append(Stroke(at, start, end))
                start, end = stroke.start, stroke.end
        if start is not None and end is not None:
            merged.append(Stroke(at, start, end))
    return [stroke for stroke in merged if stroke.end - stroke.start >= _LEAST]


def tables(horizontal: Sequence[Stroke], vertical: Sequence[Stroke]) -> list[Ruled]:
    """The tables that the rulings make, top to bottom. A lone frame is none."""
    found = []
    for rows, columns in _components(merge(horizontal), merge(vertical)):
        ruled = _grid(rows + _open_edges(columns, rows), columns + _open_edges(rows, columns))
        if ruled and len(ruled.boxes) >= 2:
            found.append(ruled)
    return sorted(found, key=lambda ruled: ruled.ys[0])


def _open_edges(rows: list[Stroke], columns: list[Stroke]) -> list[Stroke]:
    """Where a table has no ruling at its sides, one as long as the table at the ends of the rulings across.

    With the words the other way round, for a table that is open above and below.
    """
    found = []
    for edge, beyond in (
        (min(row.start for row in rows), min(column.at for column in columns)),
        (max(row.end for row in rows), max(column.at for column in columns)),
    ):
        reach = sum(abs(row.start - edge) <= _GAP or abs(row.end - edge) <= _GAP for row in rows)
        if abs(edge - beyond) > _OPEN and reach * 2 >= len(rows):
            found.append(Stroke(edge, min(c.start for c in columns), max(c.end for c in columns)))
    return found


def _components(rows: list[Stroke], columns: list[Stroke]) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Rulings that cross or touch belong to one table."""
    parent = list(range(len(rows) + len(columns)))

    def root(at: int) -> int:
        while parent[at] != at:
            parent[at] = parent[parent[at]]
            at = parent[at]
        return at

    for j, column in enumerate(columns, len(rows)):
        for i, row in enumerate(rows):
            touches = (
                row.start - _GAP <= column.at <= row.end + _GAP and column.start - _GAP <= row.at <= column.end + _GAP
            )
            if touches:
                parent[root(i)] = root(j)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for at in range(len(parent)):
        group = groups.setdefault(root(at), ([], []))
        if at < len(rows):
            group[0].append(rows[at])
        else:
            group[1].append(columns[at - len(rows)])
    return [group for group in groups.values() if len(group[0]) >= 2 and len(group[1]) >= 2]


def _positions(strokes: Iterable[Stroke]) -> list[float]:
    found: list[float] = []
    for at in sorted(stroke.at for stroke in strokes):
        if not found or at - found[-1] > _SNAP:
            found.append(at)
    return found


def _grid(rows: list[Stroke], columns: list[Stroke]) -> Ruled | None:
    """Elementary cells joined where no ruling parts them."""
    ys, xs = _positions(rows), _positions(columns)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > 100_000:
        return None
    seen: set[tuple[int, int]] = set()
    boxes: list[Box] = []
    for i in range(len(ys) - 1):
        for j in range(len(xs) - 1):
            if (i, j) in seen:
                continue
            wide = 1
            while (
                j + wide < len(xs) - 1
                and (i, j + wide) not in seen
                and not _parts(columns, xs[j + wide], ys[i], ys[i + 1])
            ):
                wide += 1
            high = 1
            inside = range(j, j + wide)
            while (
                i + high < len(ys) - 1
                and not any(_parts(rows, ys[i + high], xs[at], xs[at + 1]) for at in inside)
                and not any(_parts(columns, xs[at], ys[i + high], ys[i + high + 1]) for at in inside[1:])
            ):
                high += 1
            seen.update((i + a, j + b) for a in range(high) for b in range(wide))
            boxes.append(Box(i, j, high, wide, xs[j], ys[i], xs[j + wide], ys[i + high]))
    return Ruled(xs, ys, boxes, min(row.start for row in rows), max(row.end for row in rows))


def _parts(strokes: Sequence[Stroke], at: float, start: float, end: float) -> bool:
    """Whether a ruling at `at` covers the middle of start…end."""
    middle = (start + end) / 2
    return any(abs(s.at - at) <= _SNAP and s.start - 1 <= middle <= s.end + 1 for s in strokes)
