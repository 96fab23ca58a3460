"""Fills the form's cells from the rows found; repairs what extraction scrambled when the sums allow one way only."""

from __future__ import annotations

from collections.abc import Sequence

from reports.document import Fidelity, RawCell
from reports.fold import squeeze
from reports.form import Form
from reports.model import Cell
from reports.numbers import Said, understand
from reports.reading import RowRead, TableRead, cell_of
from reports.rows import columns_on_paper, in_columns, in_place
from reports.solve import Candidate, Number, Rule, TooMany, candidates, settle


class Filler:
    """Holds the cells while tables are read one after the other."""

    def __init__(self, form: Form, fidelity: Fidelity) -> None:
        self.form = form
        self.lossless = fidelity == "exact"
        self.lossy = fidelity in ("text", "ocr")  # what is not there may have been lost on the way
        self.cells: dict[str, Cell] = {name: cell_of(name, None, None, False) for name in form.cell_names}
        self.said: dict[str, Said] = {}
        self._open: dict[str, _Open] = {}

    def proactive(self, table: TableRead) -> None:
        """No sums here: a row is read when it has as many values as the form wants, else by where its blanks stand."""
        for spec in table.spec.rows:
            read = table.rows.get(spec.key)
            if read is None:
                continue
            names = [f"proactive_disclosure.{spec.key}.{key}" for key in table.spec.keys(spec)]
            tokens, values = _once(read.unit.tokens, len(names)), read.unit.values
            if len(tokens) == len(names):
                self._put(names, tokens)
            elif len(tokens) > len(names):
                read.trouble = "unsolved"
                self._put(names, tokens[: len(names)] if self.lossless else [None] * len(names))
            elif len(values) >= len(names):
                self._put(names, values[: len(names)])
            else:
                read.trouble = "unsolved"
                self._put(
                    names, [*values, *[None] * (len(names) - len(values))] if self.lossless else [None] * len(names)
                )

    def requests(self, table: TableRead) -> None:
        keys = [column.key for column in table.spec.columns]
        slot = {key: at for at, key in enumerate(keys)}
        rules: list[Rule] = [
            (tuple(slot[k] for k in spec.left), tuple(slot[k] for k in spec.right))
            for spec in self.form.sums
            if spec.table == "requests" and spec.every == "row"
        ]
        if table.width is not None:
            self._by_header(table)
            return
        spans = None if self.lossy else columns_on_paper([read.unit for read in table.rows.values()], len(keys))
        for row, read in table.rows.items():
            names = [f"requests.{row}.{key}" for key in keys]
            slots = in_columns(read.unit, spans) if spans and not read.unit.aligned else None
            if slots is not None:
                self._put(names, slots)
            else:
                self._row(read, names, table.columns, rules)
        self._settle()

    def _by_header(self, table: TableRead) -> None:
        """A table with a column too few or too many: the columns that the header names are read, the others not."""
        columns = table.header.columns_of(table.spec) if table.header else {}
        for row, read in table.rows.items():
            at = {cell.column: cell for cell in read.unit.row.cells if not cell.inherited}
            names = [f"requests.{row}.{key}" for key in columns]
            self._put(names, [at.get(column) for column in columns.values()])

    def challenges(self, table: TableRead) -> None:
        read = table.rows.get("*")
        if read is None:
            return
        keys = [(row.key, column.key) for row in table.spec.rows for column in table.spec.columns]
        slot = {pair: at for at, pair in enumerate(keys)}
        rules: list[Rule] = [
            (tuple(slot[row.key, k] for k in spec.left), tuple(slot[row.key, k] for k in spec.right))
            for spec in self.form.sums
            if spec.table == "challenges"
            for row in table.spec.rows
        ]
        self._row(read, [f"challenges.{row}.{column}" for row, column in keys], None, rules)
        self._settle()

    def _row(self, read: RowRead, names: list[str], columns: tuple[int, ...] | None, rules: list[Rule]) -> None:
        """Put the row's cells where that is plain; else remember it for `_settle`."""
        unit, width = read.unit, len(names)
        slots: Sequence[RawCell] | None = in_place(unit, columns) if columns else None
        if slots is None and len(unit.tokens) == width:
            slots = unit.tokens
            read.trouble = "moved" if self.lossless and _gap_inside(unit.values) else "none"
        if slots is None and len(unit.values) == width and (self.lossless or unit.values[0].text.strip()):
            slots = unit.values  # an empty cell right behind the label may be the label's own, merged
        if slots is None:
            slots = _with_blanks(unit.values, width)
        blanks = [at for at, cell in enumerate(slots) if not cell.text.strip()] if slots else []
        if slots and (not blanks or (len(blanks) > 1 and unit.aligned)):
            self._put(names, slots)
            return
        numbers = [understand(cell.text).value for cell in unit.tokens]
        tokens = [number for number in numbers if number is not None]
        options: list[Candidate] = []
        if len(tokens) == len(numbers) and tokens:
            try:
                options = candidates(tokens, [squeeze(cell.text) for cell in unit.tokens], width, rules)
            except TooMany:
                options = []
        self._open["|".join(names)] = _Open(read, names, slots, blanks[0] if blanks else None, options)

    def _settle(self) -> None:
        """Solve the open rows together: the sums over columns choose among what the rows' own sums allow."""
        known = {name: cell.value for name, cell in self.cells.items()}
        unknown = {row: (tuple(o.names), o.options) for row, o in self._open.items() if o.options}
        solution = settle(known, unknown, self.form.constraints) if unknown else None
        for row, item in self._open.items():
            left = solution.rows[row] if solution and item.options else []
            self._close(item, left, bool(solution and solution.clean))
        self._open.clear()

    def _close(self, item: _Open, left: list[Candidate], clean: bool) -> None:
        read, tokens = item.read, item.read.unit.tokens
        read.clean = clean
        positional = item.blank is not None and any(c.sources[item.blank] is None for c in left)
        if item.slots is not None and (positional or not left or (read.unit.aligned and not clean)):
            self._put(item.names, item.slots)  # the blank stands where the document has it
            return
        if not left:
            read.trouble = "unsolved"
            seen: Sequence[RawCell | None] = tokens[: len(item.names)] if self.lossless else ()
            self._put(item.names, [*seen, *[None] * (len(item.names) - len(seen))])
            return
        if len({c.values for c in left}) > 1:
            read.trouble = "ambiguous"
            self._put_agreed(item.names, left, tokens)
            return
        self._put_solved(item, left)

    def _put_solved(self, item: _Open, left: list[Candidate]) -> None:
        read, tokens = item.read, item.read.unit.tokens
        chosen = max(left, key=lambda c: [i for i, s in enumerate(c.sources) if s is None] or [0])
        lost = [at for at, source in enumerate(chosen.sources) if source is None]
        restored = bool(lost) and len(left) > 1 and self.lossy
        if lost:
            read.trouble = "restored" if restored else "gap"
        else:
            read.trouble = "dropped" if len(tokens) > len(item.names) else "split"
        for at, (name, value, source) in enumerate(zip(item.names, chosen.values, chosen.sources, strict=True)):
            if source is None:
                place = tokens[-1].place
                self.cells[name] = Cell(name, value, "", place, "repaired") if restored else Cell(name, None, "", place)
                continue
            moved = read.trouble != "gap" or (self.lossless and bool(lost) and at > lost[0])
            self.cells[name] = Cell(
                name, value, tokens[source].text, tokens[source].place, "repaired" if moved else "read"
            )
            self.said[name] = Said("number", value)

    def _put_agreed(self, names: list[str], left: list[Candidate], tokens: Sequence[RawCell]) -> None:
        """Several readings are possible: give only what they have in common and what stands in the document."""
        for at, name in enumerate(names):
            values: set[Number] = {c.values[at] for c in left}
            sources = {c.sources[at] for c in left}
            if len(values) == 1 and None not in sources:
                raw = tokens[next(iter(s for s in sources if s is not None))]
                self.cells[name] = Cell(name, values.pop(), raw.text, raw.place, "repaired")

    def _put(self, names: Sequence[str], slots: Sequence[RawCell | None]) -> None:
        for name, raw in zip(names, slots, strict=True):
            said = understand(raw.text) if raw is not None else None
            self.cells[name] = cell_of(name, raw, said, False)
            if said is not None:
                self.said[name] = said


class _Open:
    """A row that waits for the sums."""

    def __init__(
        self,
        read: RowRead,
        names: list[str],
        slots: Sequence[RawCell] | None,
        blank: int | None,
        options: list[Candidate],
    ) -> None:
        self.read = read
        self.names = names
        self.slots = slots
        self.blank = blank
        self.options = options


def _with_blanks(values: Sequence[RawCell], width: int) -> Sequence[RawCell] | None:
    """The values by their place, where blanks that stand between figures, or alone, show it and more follow behind."""
    kept, rest = values[:width], values[width:]
    if len(kept) < width or any(cell.text.strip() for cell in rest):
        return None
    filled = [at for at, cell in enumerate(kept) if cell.text.strip()]
    return kept if not filled or (filled[0] == 0 and filled[-1] == width - 1 and len(filled) < width) else None


def _once(tokens: Sequence[RawCell], width: int) -> Sequence[RawCell]:
    """A merged cell that a converter wrote into each column it covers counts once: 行政许可 505 505 505."""
    while len(tokens) > width and squeeze(tokens[-1].text) == squeeze(tokens[-2].text):
        tokens = tokens[:-1]
    return tokens


def _gap_inside(values: Sequence[RawCell]) -> bool:
    filled = [at for at, cell in enumerate(values) if cell.text.strip()]
    return bool(filled) and filled[-1] - filled[0] + 1 != len(filled)
