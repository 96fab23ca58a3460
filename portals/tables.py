"""The rows of a register file, each value with its line: CSV, XLSX and JSON behind one shape.

What the values mean is `portals.load`'s business. Files are other people's: sizes are bounded, nothing is trusted.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from portals.faults import FaultList, quote
from portals.jsonlines import Value, read_objects

MOST_BYTES = 64 * 1024 * 1024  # 100,000 organs are some 20 MB
MOST_UNPACKED = 512 * 1024 * 1024  # of an XLSX, which is a ZIP
MOST_ROWS = 500_000
MOST_COLUMNS = 100
MOST_FIELD = 20_000  # characters in one CSV field


@dataclass(frozen=True, slots=True)
class Row:
    """One object of the file. A key that the file does not have for this row is absent from `values`."""

    line: int
    values: dict[str, Value]


@dataclass(frozen=True, slots=True)
class Table:
    """`header` is None for JSON, where every object names its own keys."""

    header: tuple[str, ...] | None
    header_line: int
    rows: list[Row]


def read_table(path: Path, faults: FaultList) -> Table | None:
    """The file's rows, or None when it cannot be read at all; either way what is wrong is added to `faults`."""
    readers: dict[str, Callable[[bytes, FaultList], Table | None]] = {
        ".csv": _read_csv,
        ".txt": _read_csv,
        ".tsv": _read_csv,
        ".xlsx": _read_xlsx,
        ".json": _read_json,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        kind = quote(path.suffix or path.name)
        faults.add(
            None,
            None,
            f"不支持的文件类型 {kind}，请用 .csv、.xlsx 或 .json",
            f"cannot read {kind} files; give .csv, .xlsx or .json",
        )
        return None
    content = _read_bytes(path, faults)
    return None if content is None else reader(content, faults)


def _read_bytes(path: Path, faults: FaultList) -> bytes | None:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        faults.add(None, None, f"文件无法读取：{reason}", f"the file cannot be read: {reason}")
        return None
    if len(content) > MOST_BYTES:
        faults.add(None, None, f"文件超过 {MOST_BYTES} 字节", f"the file is larger than {MOST_BYTES} bytes")
        return None
    if not content.strip():
        faults.add(None, None, "文件是空的", "the file is empty")
        return None
    return content


# Excel in China saves "CSV" as GB18030 (GBK), "CSV UTF-8" with a BOM, and "Unicode text" as UTF-16 with tabs.
def _decode(content: bytes, faults: FaultList) -> str | None:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif content.startswith(b"\xef\xbb\xbf"):
        encodings = ["utf-8-sig"]
    else:
        encodings = ["utf-8", "gb18030"]
    line = 1
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
    named = " / ".join(encodings)
    faults.add(line, None, f"此行不是 {named} 编码的文字", f"this line is not text in {named}")
    return None


def _read_csv(content: bytes, faults: FaultList) -> Table | None:
    text = _decode(content, faults)
    if text is None:
        return None
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in first else ",", strict=True)
    header: tuple[str, ...] | None = None
    header_line = 1
    rows: list[Row] = []
    for line, cells in _csv_lines(reader, faults):
        if not any(cell.strip() for cell in cells):
            continue  # Excel leaves lines of commas below the table
        if header is None:
            header, header_line = _header(cells), line
            continue
        if len(rows) >= MOST_ROWS or not _same_width(cells, header, line, faults):
            continue
        rows.append(Row(line, {name: Value(cell, line) for name, cell in zip(header, cells, strict=True)}))
    return _table(header, header_line, rows, faults)


def _csv_lines(reader: object, faults: FaultList) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins: a quoted field may go over several lines."""
    records = reader  # csv has no public name for the type of its reader
    before = 0
    while True:
        try:
            cells: list[str] = next(records)  # type: ignore[call-overload]
        except StopIteration:
            return
        except csv.Error as error:
            faults.add(before + 1, None, f"CSV 格式有误：{error}", f"malformed CSV: {error}")
            return
        line, before = before + 1, records.line_num  # type: ignore[attr-defined]
        if len(cells) > MOST_COLUMNS or any(len(cell) > MOST_FIELD for cell in cells):
            faults.add(line, None, "此行过长", "this line is too long")
            continue
        yield line, cells


def _header(cells: Sequence[object]) -> tuple[str, ...]:
    names = ["" if cell is None else str(cell).strip().lower() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _same_width(cells: list[str], header: tuple[str, ...], line: int, faults: FaultList) -> bool:
    """Cuts empty cells beyond the header; refuses any other difference, since values may have slipped a column."""
    while len(cells) > len(header) and not cells[-1].strip():
        cells.pop()
    if len(cells) == len(header):
        return True
    have, want = len(cells), len(header)
    faults.add(
        line, None, f"此行有 {have} 列，表头有 {want} 列", f"this line has {have} cells where the header has {want}"
    )
    return False


def _table(header: tuple[str, ...] | None, line: int, rows: list[Row], faults: FaultList) -> Table | None:
    if header is None:
        faults.add(None, None, "没有表头", "there is no header")
        return None
    if len(rows) >= MOST_ROWS:
        faults.add(None, None, f"超过 {MOST_ROWS} 行", f"more than {MOST_ROWS} rows")
    return Table(header, line, rows)


def _read_xlsx(content: bytes, faults: FaultList) -> Table | None:
    if not _bounded_zip(content, faults):
        return None
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # the file's claim about its own size may be false
        return _read_sheet(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), faults)
    # openpyxl has no exception of its own for a broken part; these are what fuzzed files made it raise
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        IndexError,
        AttributeError,
        SyntaxError,
        OSError,
    ) as error:
        reason = quote(str(error) or type(error).__name__)
        faults.add(None, None, f"XLSX 文件无法读取：{reason}", f"the XLSX file cannot be read: {reason}")
        return None


def _bounded_zip(content: bytes, faults: FaultList) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        faults.add(None, None, "这不是 XLSX 文件", f"this is not an XLSX file: {quote(str(error))}")
        return False
    if unpacked > MOST_UNPACKED:
        faults.add(None, None, f"解压后超过 {MOST_UNPACKED} 字节", f"it unpacks to more than {MOST_UNPACKED} bytes")
        return False
    return True


def _read_sheet(sheet_rows: Iterator[tuple[object, ...]], faults: FaultList) -> Table | None:
    header: tuple[str, ...] | None = None
    header_line = 1
    rows: list[Row] = []
    for line, cells in enumerate(sheet_rows, start=1):
        if line > MOST_ROWS * 2:
            faults.add(line, None, "行数过多", "too many rows")
            break
        if all(cell is None or not str(cell).strip() for cell in cells):
            continue
        if header is None:
            header, header_line = _header(cells), line
            continue
        width = len(header)
        if any(cell is not None and str(cell).strip() for cell in cells[width:]):
            faults.add(line, None, "此行的内容超出表头", "this row has cells beyond the header")
            continue
        if len(rows) < MOST_ROWS:
            padded = [*cells[:width], *([None] * (width - len(cells)))]
            rows.append(
                Row(line, {name: Value(_sheet_value(cell), line) for name, cell in zip(header, padded, strict=True)})
            )
    return _table(header, header_line, rows, faults)


def _sheet_value(cell: object) -> object:
    """Excel makes a number of a region code typed into it: 511900 comes back as an integer, or as 511900.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, int) and not isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell


def _read_json(content: bytes, faults: FaultList) -> Table | None:
    text = _decode(content, faults)
    if text is None:
        return None
    objects = read_objects(text, faults, MOST_ROWS)
    return None if objects is None else Table(None, 1, [Row(line, values) for line, values in objects])
