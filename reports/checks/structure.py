"""Tables and rows: what is absent, too many, double, shifted or renamed. Says nothing about the figures themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reports.checks.tell import blame, short, tell
from reports.document import Picture, Table
from reports.fold import key
from reports.labels import EXACT, alike, book
from reports.model import Finding, Severity
from reports.reading import Reading, RowRead, TableRead
from reports.rows import Unit

_ENOUGH = 5  # words of a table of the form, by which it is there


def check(reading: Reading) -> Iterator[Finding]:
    if reading.form is None:
        return
    for name, table in reading.tables.items():
        if not table.found:
            yield _table_missing(reading, name, table)
        elif name == "challenges":
            yield from _shifted(reading, name, table, table.rows["*"])
        else:
            yield from _rows(reading, name, table)


def _table_missing(reading: Reading, name: str, table: TableRead) -> Finding:
    """In a page with pictures or attachments the table may be in one of them: unknown is not missing."""
    document = reading.document
    there = _in_other_shape(reading, name)
    if there is not None:
        zh = f"「{table.spec.label}」表的行列与格式不同，无法对应。"
        en = f"a table has the words of {name}, but its rows and columns cannot be lined up with the form."
        return tell("table.malformed", "doubtful", zh, en, place=there.place)
    hidden = bool(document.attachments) or any(isinstance(block, Picture) for block in document.blocks)
    severity: Severity = blame(reading) if not hidden else "doubtful"
    zh = f"没有读到「{table.spec.label}」表" + ("，可能在图片或附件中。" if hidden else "。")
    en = f"the table {name} was not found" + (" (it may be in a picture or an attachment)." if hidden else ".")
    place = next((heading.place for heading in reading.prose.headings if heading.key == name), None)
    return tell("table.missing", severity, zh, en, place=place)


def _in_other_shape(reading: Reading, name: str) -> Table | None:
    """A table with the form's words that was not read as this one: turned on its side, say."""
    assert reading.form is not None
    labels = book(reading.form.form, name)
    words = {word for word in (*labels.heads, *(w for own in labels.labels for w in own)) if len(word) > 2}
    for block in reading.document.blocks:
        if isinstance(block, Table):
            seen = {key(cell.text) for row in block.rows for cell in row.cells}
            if len(seen & words) >= _ENOUGH:
                return block
    return None


def _rows(reading: Reading, name: str, table: TableRead) -> Iterator[Finding]:
    absent = [spec for spec in table.spec.rows if spec.key not in table.rows]
    alignment = table.alignment
    if len(absent) * 2 > len(table.spec.rows):
        zh = f"「{table.spec.label}」表有{len(absent)}行无法与格式对应。"
        en = f"{len(absent)} rows of the table {name} cannot be lined up with the form."
        yield tell("table.malformed", blame(reading), zh, en)
        return
    if table.width is not None:
        zh = f"「{table.spec.label}」表各行有{table.width}列数据，格式规定{len(table.spec.columns)}列。"
        en = f"rows of {name} have {table.width} figures, the form has {len(table.spec.columns)} columns."
        actual = table.width
        yield tell("table.malformed", blame(reading), zh, en, expected=len(table.spec.columns), actual=actual)
    yield from _columns(reading, name, table)
    for spec in absent:
        cells = tuple(f"{name}.{spec.key}.{column}" for column in table.spec.keys(spec))
        zh = f"缺少「{(spec.group + ' ' + spec.label).strip()}」一行。"
        yield tell("row.missing", blame(reading), zh, f"the row {name}.{spec.key} is absent.", cells=cells)
    if alignment:
        for unit in alignment.added:
            yield _added(reading, name, unit)
        for index, unit in alignment.duplicated:
            yield _duplicated(reading, name, table, index, unit)
    for read in table.rows.values():
        yield from _shifted(reading, name, table, read)
        yield from _label(reading, name, table, read)


def _columns(reading: Reading, name: str, table: TableRead) -> Iterator[Finding]:
    """A column whose header is close to the form's words, but not the same. Silent where the header cannot be seen."""
    if table.header is None or table.columns is None or not reading.document.lossless:
        return
    for spec, column in zip(table.spec.columns, table.columns, strict=True):
        cell = table.header.cells.get(column)
        if cell is None or key(cell.text) == key(spec.label) or not alike(key(cell.text), key(spec.label)):
            continue
        cells = tuple(f"{name}.{row}.{spec.key}" for row in table.rows)
        yield tell(
            "label.changed", "warning", f"列名称「{short(cell.text)}」与格式规定的「{spec.label}」不一致。",
            f"the column {name}.*.{spec.key} is headed {short(cell.text)!r}.",
            cells=cells, expected=spec.label, actual=short(cell.text), place=cell.place,
        )  # fmt: skip


def _added(reading: Reading, name: str, unit: Unit) -> Finding:
    label = short(unit.label_text) or "（无名称）"
    place = unit.row.cells[0].place
    return tell(
        "row.added", blame(reading), f"多出格式中没有的一行「{label}」。",
        f"{name} has a row that the form does not have: {label}.", actual=label, place=place,
    )  # fmt: skip


def _duplicated(reading: Reading, name: str, table: TableRead, index: int, unit: Unit) -> Finding:
    spec = table.spec.rows[index]
    cells = tuple(f"{name}.{spec.key}.{column}" for column in table.spec.keys(spec))
    return tell(
        "row.duplicated", blame(reading), f"「{spec.label}」一行重复出现。",
        f"the row {name}.{spec.key} stands twice.", cells=cells, place=unit.row.cells[0].place,
    )  # fmt: skip


_REPAIRED = {
    "split": ("粘连的数字已按勾稽关系拆分", "glued figures were separated; only one way fits the sums"),
    "dropped": ("多出的一格已按勾稽关系剔除", "a cell too many was left out; only one way fits the sums"),
    "restored": ("丢失的一格已按勾稽关系补回", "a lost cell was given back; only one way fits the sums"),
}
_OPEN = {
    "ambiguous": (
        "数据格数不符，且有多种可能的还原方式",
        "it has a wrong number of cells, and several repairs are possible",
    ),
    "unsolved": ("数据格数不符，无法还原", "it has a wrong number of cells, and no repair fits"),
    "moved": ("数据之间夹有空格，列位置错开", "an empty cell among the figures pushes them into wrong columns"),
    "gap": ("缺少一格，其后的数据错位", "a cell was dropped, and what follows stands in wrong columns"),
}


def _shifted(reading: Reading, name: str, table: TableRead, read: RowRead) -> Iterator[Finding]:
    """In a lossless source a shifted row is the organ's; elsewhere it is an artefact, or doubtful."""
    lossless = reading.document.lossless
    if read.trouble == "none" or (read.trouble == "gap" and not lossless):  # the gap itself is told as cell.blank
        return
    cells = tuple(
        cell for cell in reading.cells if cell.startswith(f"{name}.") and read.key in ("*", cell.split(".")[1])
    )
    zh, en = (_REPAIRED | _OPEN)[read.trouble]
    repaired = read.trouble in _REPAIRED and read.clean
    severity: Severity = "error" if lossless else "info" if repaired else "doubtful"
    label = table.spec.label if read.key == "*" else next(r.label for r in table.spec.rows if r.key == read.key)
    place = read.unit.row.cells[0].place
    actual = short(" ".join(cell.text for cell in read.unit.tokens), 60)
    yield tell(
        "row.shifted",
        severity,
        f"「{label}」一行{zh}。",
        f"{name}.{read.key}: {en}.",
        cells=cells,
        actual=actual,
        place=place,
    )


def _label(reading: Reading, name: str, table: TableRead, read: RowRead) -> Iterator[Finding]:
    """The organ changed the form's words. A label that a page cut in two is not changed."""
    assert reading.form is not None
    unit = read.unit
    spec = next(row for row in table.spec.rows if row.key == read.key)
    index = table.spec.rows.index(spec)
    if read.weak or unit.scores.get(index, 0.0) >= EXACT or not unit.leaf:
        return
    if (
        unit.joined
        and not unit.aligned
        and not _one_letter_off(unit.joined, book(reading.form.form, name).labels[index])
    ):
        return
    words = book(reading.form.form, name).labels[index]
    missing = Counter(words[0]) - Counter(key(unit.full))
    if not reading.document.lossless and (not missing or _cut_off(key(unit.label_text), key(unit.full), words)):
        return  # cut off, or all its letters among a neighbour's: the extraction's doing
    cells = tuple(f"{name}.{spec.key}.{column}" for column in table.spec.keys(spec))
    label = short(unit.label_text)
    yield tell(
        "label.changed", "warning", f"行名称「{label}」与格式规定的「{spec.label}」不一致。",
        f"the row {name}.{spec.key} is labelled {label!r}.", cells=cells, expected=spec.label, actual=label,
        place=unit.label[-1].place if unit.label else None,
    )  # fmt: skip


def _cut_off(leaf: str, full: str, words: tuple[str, ...]) -> bool:
    """Whether what stands there is a piece of the form's label, alone or behind its neighbours' pieces:
    三、本 法提供 2.没有现成信息需要另行制 / 作."""
    return any(
        leaf in word or any(full.endswith(word[:at]) for at in range(len(word) // 2 + 1, len(word))) for word in words
    )


def _one_letter_off(word: str, labels: tuple[str, ...]) -> bool:
    """A misspelling keeps the length; pieces put together wrongly do not."""
    return any(
        len(word) == len(label) and sum(a != b for a, b in zip(word, label, strict=True)) <= 2 for label in labels
    )
