"""The arithmetic that the form implies. Every sum that can be tested and does not hold is a finding of its own."""

from __future__ import annotations

from collections.abc import Iterator

from reports.checks.tell import tell
from reports.form import Constraint
from reports.model import Finding, Severity
from reports.reading import Reading
from reports.solve import Number, balance


def check(reading: Reading) -> Iterator[Finding]:
    if reading.form is None:
        return
    known = reading.known
    for line in reading.form.constraints:
        sides = balance(line, known)
        if sides and sides[0] != sides[1]:
            yield _finding(reading, line, *sides)


def _finding(reading: Reading, line: Constraint, left: Number, right: Number) -> Finding:
    assert reading.form is not None
    whole = line.right[-1] if len(line.right) == 1 else line.right[0]
    where = _where(reading, line)
    if line.code == "sum.balance":
        zh = f"{where}：本年新收与上年结转合计{left}，办结总计与结转下年合计{right}，两者应相等。"
        en = f"{line.key}: new and carried in make {left}, handled and carried out make {right}; they must be equal."
    else:
        zh = f"{where}：各项相加为{left}，表中总计为{right}。"
        en = f"{line.code} ({line.key}): the parts add up to {left}, the total says {right}."
    cells = (*line.left, *line.right)
    place = reading.cells[whole].place
    return tell(line.code, _severity(reading, cells), zh, en, cells=cells, expected=left, actual=right, place=place)


def _where(reading: Reading, line: Constraint) -> str:
    assert reading.form is not None
    sample = line.right[0]
    row, column = reading.form.row_of(sample), reading.form.column_of(sample)
    if line.code in ("sum.applicants", "sum.challenges"):
        return f"「{(row.group + ' ' + row.label).strip()}」一行"
    return f"「{column.label}」一列"


def _severity(reading: Reading, cells: tuple[str, ...]) -> Severity:
    """A sum over figures that we repaired, or read from an image, proves nothing against the organ."""
    sure = all(reading.cells[name].how == "read" for name in cells)
    if reading.document.fidelity == "drawn" and not _ruled(reading, cells[0].partition(".")[0]):
        return "doubtful"  # a number broken over two lines of an unruled table looks like two
    weak = any(read.weak for table in reading.tables.values() for read in table.rows.values()) and not (
        reading.document.lossless
    )
    return "error" if sure and not weak and reading.document.fidelity != "ocr" else "doubtful"


def _ruled(reading: Reading, table: str) -> bool:
    return all(read.unit.aligned for read in reading.tables[table].rows.values())
