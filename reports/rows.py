"""Lines a document's rows up with a table of the form: which row is which, and which of its cells are values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from reports.document import RawCell, Row, Table
from reports.fold import key
from reports.labels import EXACT, LabelBook
from reports.numbers import is_value

_PIECES = 12  # rows around a row in which the rest of its label may stand
_SKIP = 0.3  # what it costs to leave a row out on either side


@dataclass(slots=True)
class Unit:
    """A row of the document, split into label and values."""

    row: Row
    block: int  # which table of the document
    index: int  # which row of all rows
    label: tuple[RawCell, ...] = ()
    values: tuple[RawCell, ...] = ()  # from after the label on, blanks included
    leaf: str = ""  # key of the last label cell
    full: str = ""  # key of all label cells
    scores: dict[int, float] = field(default_factory=dict)
    joined: str = ""  # label text with the parts that a page break cut off, when that is what matched
    aligned: bool = False
    head: bool = False  # a row of the table's header, which pages repeat
    worded: bool = False  # its first values are words: 若干, 详见附件

    @property
    def tokens(self) -> tuple[RawCell, ...]:
        """The values that are not blank."""
        return tuple(cell for cell in self.values if cell.text.strip())

    @property
    def figures(self) -> int:
        return sum(1 for cell in self.values if is_value(cell.text))

    @property
    def label_text(self) -> str:
        """The last label cell, as it stands."""
        return self.joined or next((cell.text for cell in reversed(self.label) if cell.text.strip()), "")


def units_of(tables: Sequence[tuple[int, Table]]) -> list[Unit]:
    """All rows of all tables in reading order."""
    units: list[Unit] = []
    for block, table in tables:
        for row in table.rows:
            units.append(_split(row, block, len(units), table.aligned))
    return units


def _split(row: Row, block: int, index: int, aligned: bool) -> Unit:
    """Label cells are those before the first figure; blanks between the two count as values."""
    start = _behind_serial_number(row.cells)
    figures = (at for at, cell in enumerate(row.cells) if at >= start and is_value(cell.text) and not cell.inherited)
    first = next(figures, len(row.cells))
    edge = next((at + 1 for at in range(first - 1, -1, -1) if row.cells[at].text.strip()), 0)
    # what hangs down from above comes first: where a span is a row short, 2.重复申请 stands before （五）不予处理
    label = tuple(sorted((c for c in row.cells[start:edge] if c.text.strip()), key=lambda c: not c.inherited))
    values = tuple(cell for cell in row.cells[edge:] if not (cell.inherited and not cell.text.strip()))
    keys = _distinct(label)
    return Unit(row, block, index, label, values, keys[-1] if keys else "", "".join(keys), aligned=aligned)


def _behind_serial_number(cells: Sequence[RawCell]) -> int:
    """Where the row begins: some organs number the rows in a column of their own, before the label."""
    filled = [at for at, cell in enumerate(cells) if cell.text.strip()]
    if len(filled) < 2 or not cells[filled[0]].text.strip().isdigit():
        return 0
    word = key(cells[filled[1]].text)
    return filled[1] if len(word) > 1 and not word.isascii() and not is_value(cells[filled[1]].text) else 0


def _distinct(cells: Sequence[RawCell]) -> list[str]:
    """Keys of label cells; a merged cell that is repeated counts once."""
    keys: list[str] = []
    for cell in cells:
        word = key(cell.text)
        if word and (not keys or keys[-1] != word):
            keys.append(word)
    return keys


@dataclass(slots=True)
class Alignment:
    """Form row index → the document's row; and what was left over."""

    matched: dict[int, Unit]
    added: list[Unit]
    duplicated: list[tuple[int, Unit]]


def score(units: Sequence[Unit], book: LabelBook) -> None:
    """Give each row its label scores in the form's own words only; cheap enough for every row of a document."""
    for unit in units:
        unit.scores = dict(book.exact(unit.leaf, unit.full)) if unit.leaf else {}
        unit.head = not unit.figures and any(key(cell.text) in book.heads for cell in unit.label if not cell.inherited)
        if not unit.scores and len(unit.label) > 1 and not unit.head:
            _free_words(unit, book)


def _free_words(unit: Unit, book: LabelBook) -> None:
    """Where the cells before the last are a label already, those behind it are values that hold words."""
    for count in range(len(unit.label) - 1, 0, -1):
        keys = _distinct(unit.label[:count])
        found = book.exact(keys[-1], "".join(keys)) if keys and keys[-1] not in ("总计", "其他") else {}
        if max(found.values(), default=0.0) >= EXACT and _on_the_right(unit.label[count - 1], unit.label[count]):
            unit.values = (*unit.label[count:], *unit.values)
            unit.label, unit.leaf, unit.full = unit.label[:count], keys[-1], "".join(keys)
            unit.scores, unit.worded = dict(found), True
            return


def _on_the_right(label: RawCell, word: RawCell) -> bool:
    return not word.inherited and word.column >= label.column + label.span


def align(units: Sequence[Unit], book: LabelBook, width: int) -> Alignment:
    """The best order-preserving match of rows to form rows. `units` have been scored."""
    _score_cut_labels(units, book)
    valued = [unit for unit in units if unit.figures or unit.worded or _blank_row(unit, width)]
    matched = _best_path(valued, len(book.labels), width)
    rest = [unit for unit in valued if unit.index not in {match.index for match in matched.values()}]
    added: list[Unit] = []
    duplicated: list[tuple[int, Unit]] = []
    for unit in rest:
        named = [index for index, value in unit.scores.items() if value >= EXACT]
        missing = [index for index in named if index not in matched]
        if missing:
            matched[missing[0]] = unit
        elif named:
            duplicated.append((named[0], unit))
        else:
            added.append(unit)
    return Alignment(matched, added, duplicated)


def _blank_row(unit: Unit, width: int) -> bool:
    """A row of the form with nothing filled in."""
    return max(unit.scores.values(), default=0.0) >= EXACT and len(unit.values) >= width and not unit.tokens


def _score_cut_labels(units: Sequence[Unit], book: LabelBook) -> None:
    """A label that a page break or a line break cut in pieces: try it with those that stand in the rows around."""
    for at, unit in enumerate(units):
        if unit.scores or not unit.figures:
            continue
        words = _whole_labels(units, at, unit.label[-1] if unit.label else None, unit.leaf)
        words += _whole_labels(units, at, None, "") if unit.leaf else []  # what stands there is a group's name
        found = next((word for word in words if book.exact(word, word)), None)
        if found is not None:
            unit.scores = dict(book.exact(found, found))
        else:
            best = {word: max(book.fuzzy(word).values(), default=0.0) for word in _likely(words, unit.leaf)}
            found = max(best, key=lambda word: best[word], default=None)
            unit.scores = book.fuzzy(found) if found else {}
        unit.joined = found if found and found != unit.leaf else ""


def _likely(words: Sequence[str], leaf: str) -> list[str]:
    """The label alone and with one or all of its pieces: comparing every combination would take long."""
    few = sorted(set(words), key=len)
    return list(dict.fromkeys([*([leaf] if leaf else []), *few[:6], *few[-2:]]))


def _whole_labels(units: Sequence[Unit], at: int, anchor: RawCell | None, leaf: str) -> list[str]:
    """What the label in row `at` may be, with none, some or all of the pieces above and below it."""
    above = _pieces(reversed(units[max(0, at - _PIECES) : at]), anchor)
    below = _pieces(units[at + 1 : at + 1 + _PIECES], anchor or (above[0][1] if above else None))
    heads = ["".join(key(cell.text) for _, cell in reversed(above[:count])) for count in range(len(above) + 1)]
    tails = ["".join(key(cell.text) for _, cell in below[:count]) for count in range(len(below) + 1)]
    return [word for head in heads for tail in tails if (word := head + leaf + tail)]


def _pieces(units: Iterable[Unit], anchor: RawCell | None) -> list[tuple[Unit, RawCell]]:
    """The cells of the next rows without figures that stand in the anchor's column."""
    found: list[tuple[Unit, RawCell]] = []
    for unit in units:
        if unit.head:
            continue
        if unit.figures or unit.scores:
            break
        cell = next((cell for cell in reversed(unit.label) if _same_column(cell, anchor)), None)
        if cell is not None:
            found.append((unit, cell))
            anchor = anchor or cell
    return found


def _same_column(cell: RawCell, anchor: RawCell | None) -> bool:
    """Whether two cells stand above one another; unknown places may."""
    one, other = cell.place and cell.place.box, anchor and anchor.place and anchor.place.box
    return not one or not other or min(one[2], other[2]) > max(one[0], other[0])


def _best_path(units: Sequence[Unit], rows: int, width: int) -> dict[int, Unit]:
    """Needleman–Wunsch: maximise label scores, pay for rows left out on either side."""
    table = [[0.0] * (rows + 1) for _ in range(len(units) + 1)]
    for i in range(len(units) - 1, -1, -1):
        for j in range(rows - 1, -1, -1):
            table[i][j] = max(
                _match(units[i], j, width) + table[i + 1][j + 1], table[i + 1][j] - _SKIP, table[i][j + 1] - _SKIP
            )
    matched: dict[int, Unit] = {}
    i = j = 0
    while i < len(units) and j < rows:
        if table[i][j] == _match(units[i], j, width) + table[i + 1][j + 1]:
            matched[j] = units[i]
            i, j = i + 1, j + 1
        elif table[i][j] == table[i + 1][j] - _SKIP:
            i += 1
        else:
            j += 1
    return matched


def _match(unit: Unit, row: int, width: int) -> float:
    if row in unit.scores:
        return unit.scores[row]
    if not unit.leaf and unit.figures >= width - 1:
        return 0.1  # its label is lost; its place in the order speaks for it
    return -9.0


def value_columns(units: Sequence[Unit], width: int) -> tuple[int, ...] | None:
    """The grid columns in which most rows have their values; None when rows do not agree or columns mean nothing."""
    shapes: Counter[tuple[int, ...]] = Counter()
    for unit in units:
        if unit.aligned and len(unit.tokens) == width == unit.figures:
            shape = tuple(cell.column for cell in unit.tokens)
            shapes[shape] += len(set(shape)) == width
    if not shapes:
        return None
    shape, count = shapes.most_common(1)[0]
    return shape if count * 2 > shapes.total() else None


def in_place(unit: Unit, columns: tuple[int, ...]) -> tuple[RawCell, ...] | None:
    """The row's cells at these columns, blanks included; None when one is not there or a figure stands elsewhere."""
    own = [cell for cell in unit.row.cells if not cell.inherited]
    at = {cell.column: cell for cell in own}
    if len(at) < len(own) or any(column not in at for column in columns):
        return None  # columns of paper that lie too close together may have one number
    wanted = set(columns)
    stray = any(cell.column not in wanted and cell.text.strip() for cell in unit.values)
    return None if stray else tuple(at[column] for column in columns)


def columns_on_paper(units: Sequence[Unit], width: int) -> tuple[tuple[float, float], ...] | None:
    """From where to where on the page each column's figures reach, by the rows that have all of them; None when the
    columns are not clearly apart, or the source knows no places."""
    full = [unit.tokens for unit in units if len(unit.tokens) == width == unit.figures]
    boxes = [[cell.place and cell.place.box for cell in row] for row in full]
    if len(full) < 3 or any(box is None for row in boxes for box in row):
        return None
    spans = tuple((min(b[0] for b in col if b), max(b[2] for b in col if b)) for col in zip(*boxes, strict=True))
    return spans if all(one[1] < other[0] for one, other in pairwise(spans)) else None


def in_columns(unit: Unit, spans: Sequence[tuple[float, float]]) -> tuple[RawCell, ...] | None:
    """The row's values by the columns that they stand in, blanks where nothing stands; None when one stands apart."""
    slots: dict[int, RawCell] = {}
    for cell in unit.tokens:
        box = cell.place.box if cell.place else None
        over = [at for at, (left, right) in enumerate(spans) if box and box[0] <= right and left <= box[2]]
        if len(over) != 1 or over[0] in slots:
            return None
        slots[over[0]] = cell
    place = unit.row.cells[0].place
    return tuple(slots.get(at) or RawCell("", place) for at in range(len(spans))) if slots else None
