"""Rows of tables without rulings: lines that belong to one row, because a cell runs over several, come together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from reports.fold import squeeze
from reports.numbers import is_value
from reports.sources.ruling import Char
from reports.sources.typeset import Chunk, Line, chunk_of

_LEADING = 1.45  # lines of one cell stand no further apart than this times their height
_UNEVEN = 0.9  # of a line's height
_REACH = 8  # lines above and below that are looked at


@dataclass(slots=True)
class _Cell:
    chunks: list[Chunk]
    figure: bool

    def over(self, chunk: Chunk) -> bool:
        """Whether the chunk stands above or below the cell."""
        return any(min(c.right, chunk.right) - max(c.left, chunk.left) > 1 for c in self.chunks)

    def near(self, chunk: Chunk, size: float) -> bool:
        return any(abs(_middle(c) - _middle(chunk)) <= _LEADING * size for c in self.chunks)


@dataclass(slots=True)
class _Row:
    line: Line
    cells: list[_Cell]
    at: int
    taken: list[Chunk] = field(default_factory=list)

    def take(self, chunk: Chunk) -> bool:
        """Put a piece from another line into the cell that it continues, or into one of its own; False: not ours."""
        size = self.line.size
        for cell in self.cells:
            if cell.over(chunk):
                if not cell.near(chunk, size) or (cell.figure and not is_value(chunk.text)):
                    return False
                cell.chunks.append(chunk)
                return True
        if abs(_middle(chunk) - _middle(self.line.chunks[0])) > _LEADING * size:
            return False
        self.cells.append(_Cell([chunk], figure=False))
        return True


def rows_of(lines: Sequence[Line]) -> list[tuple[int, list[Chunk]]]:
    """(page, cells left to right) for each row, top to bottom; a cell of several lines is one chunk."""
    lines = _level(_cut_at_columns(lines))
    if _tight(lines):
        return [(line.page, list(line.chunks)) for line in lines]
    rows = {at: _row(lines[at], at) for at in _carriers(lines)}
    left: dict[int, list[Chunk]] = {at: list(line.chunks) for at, line in enumerate(lines) if at not in rows}
    for distance in range(1, _REACH + 1):
        for at, row in rows.items():
            for other in (at - distance, at + distance):
                if other in left and lines[other].page == row.line.page:
                    left[other] = [chunk for chunk in left[other] if not _ours(rows, row, chunk)]
    found: list[tuple[int, list[Chunk]]] = []
    for at, line in enumerate(lines):
        if at in rows:
            cells = [_joined(cell) for cell in rows[at].cells]
            found.append((line.page, sorted(cells, key=lambda c: c.left)))
        elif left[at]:
            found.append((line.page, left[at]))
    return found


def _level(lines: Sequence[Line]) -> list[Line]:
    """Figures of one row that stand a little higher or lower than the others, on one line: rows stand above one another
    column by column, and these nowhere do."""
    level: list[Line] = []
    for line in lines:
        above = level[-1] if level else None
        if above is not None and above.page == line.page and _uneven(above, line):
            chunks = sorted((*above.chunks, *line.chunks), key=lambda chunk: chunk.left)
            level[-1] = replace(above, chunks=tuple(chunks))
        else:
            level.append(line)
    return level


def _uneven(above: Line, line: Line) -> bool:
    figures = [[chunk for chunk in one.chunks if is_value(chunk.text)] for one in (above, line)]
    if not all(figures) or abs(_middle(figures[0][-1]) - _middle(figures[1][0])) > _UNEVEN * above.size:
        return False
    return all(one.right < other.left or other.right < one.left for one in above.chunks for other in line.chunks)


def _cut_at_columns(lines: Sequence[Line]) -> list[Line]:
    """Parts figures from what stands close before them: 行政机关不再处0 is a full line of a label, and a figure.

    Most rows show clearly where the columns of figures are; a cut is made only where figures alone stand behind it.
    """
    cuts = _columns(lines)
    return [replace(line, chunks=tuple(p for c in line.chunks for p in _cut(c, cuts))) for line in lines]


def _columns(lines: Sequence[Line]) -> list[float]:
    """Where the columns of figures begin that the rows with most figures agree on; none when they do not."""
    rows = [[chunk for chunk in line.chunks if is_value(chunk.text)] for line in lines]
    counts = Counter(len(row) for row in rows if len(row) >= 3)
    if not counts:
        return []
    width = max(counts, key=lambda count: (counts[count], count))
    columns = [[row[at] for row in rows if len(row) == width] for at in range(width)]
    lefts, rights = [min(c.left for c in col) for col in columns], [max(c.right for c in col) for col in columns]
    if len(columns[0]) < 3 or any(right >= left for right, left in zip(rights, lefts[1:], strict=False)):
        return []
    return [lefts[0] - 0.5, *((right + left) / 2 for right, left in zip(rights, lefts[1:], strict=False))]


def _cut(chunk: Chunk, cuts: Sequence[float]) -> list[Chunk]:
    """The chunk in pieces at the cuts, each piece but the first a figure; whole where they are not, or it is one."""
    if is_value(chunk.text):
        return [chunk]
    pieces: dict[int, list[Char]] = {}
    at = 0
    for char in chunk.chars:
        if char.text not in "，、。；：）":  # these may hang out of their column
            at = sum(char.x > cut for cut in cuts)
        pieces.setdefault(at, []).append(char)
    made = [chunk_of(chars) for chars in pieces.values()]
    return made if len(made) > 1 and all(is_value(piece.text) for piece in made[1:]) else [chunk]


def _tight(lines: Sequence[Line]) -> bool:
    """Rows as close to one another as the lines of one cell: distance tells nothing."""
    mains = [lines[at] for at in _carriers(lines)]
    pairs = [(one, other) for one, other in pairwise(mains) if one.page == other.page]
    pitches = [(_middle(other.chunks[-1]) - _middle(one.chunks[-1])) / one.size for one, other in pairs]
    return bool(pitches) and min(pitches) < 1.15 * _LEADING


def _row(line: Line, at: int) -> _Row:
    return _Row(line, [_Cell([chunk], is_value(chunk.text)) for chunk in line.chunks], at)


def _carriers(lines: Sequence[Line]) -> list[int]:
    """The lines that carry a row. Figures alone, close below others and fewer than those, are the rest of them: in
    a narrow column 12 stands as 1 above 2."""
    return [
        at
        for at, line in enumerate(lines)
        if _carries_a_row(line) and not (at and lines[at - 1].page == line.page and _wrapped(lines[at - 1], line))
    ]


def _wrapped(above: Line, line: Line) -> bool:
    figures = [chunk for chunk in above.chunks if is_value(chunk.text)]
    if not len(line.chunks) < len(figures) or _middle(line.chunks[0]) - _middle(figures[0]) > _LEADING * above.size:
        return False
    return all(
        squeeze(chunk.text).isdigit() and any(min(c.right, chunk.right) - max(c.left, chunk.left) > 1 for c in figures)
        for chunk in line.chunks
    )


def _carries_a_row(line: Line) -> bool:
    """Three figures, or a label with a figure."""
    figures = sum(is_value(chunk.text) for chunk in line.chunks)
    return figures >= 3 or (figures >= 1 and len(line.chunks) > figures) or _glued(line)


def _glued(line: Line) -> bool:
    text = squeeze(line.chunks[-1].text)
    return len(line.chunks) == 1 and text[-1:].isdigit() and not text.isascii()


def _ours(rows: dict[int, _Row], row: _Row, chunk: Chunk) -> bool:
    """The nearest row takes a piece, if it fits there."""
    same = [other for other in rows.values() if other.line.page == row.line.page]
    nearest = min(same, key=lambda other: abs(_middle(other.line.chunks[0]) - _middle(chunk)))
    return nearest is row and row.take(chunk)


def _joined(cell: _Cell) -> Chunk:
    parts = sorted(cell.chunks, key=lambda c: c.top)
    text = "".join(part.text for part in parts)
    return Chunk(
        text,
        min(c.left for c in parts),
        min(c.top for c in parts),
        max(c.right for c in parts),
        max(c.bottom for c in parts),
    )


def _middle(chunk: Chunk) -> float:
    return (chunk.top + chunk.bottom) / 2
