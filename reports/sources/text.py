"""Reads plain text as others extracted it: tables as tab-separated rows, or one cell a line. Guesses no columns."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reports.document import Block, Document, Paragraph, RawCell, Row, Table
from reports.fold import fold
from reports.model import Place, Unreadable
from reports.sources.lines import rejoined, unpadded, without_page_numbers

_MAX_TAIL = 8  # characters of a cell's text that was broken over lines: 自 / 然 / 人
_SENTENCE = re.compile(r"[。；，、：]")
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)

_MARKED = re.compile(r"^#{1,6}\s+|^>\s+|\*\*|__(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])__")
_ESCAPED = re.compile(r"\\([-.#*_+()\[\]!|])")


def decode(data: bytes, declared: str | None = None) -> str:
    """Text from bytes, whatever charset they claim: valid UTF-8 is UTF-8, else GB18030, else what was declared."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if data.startswith(b"\xef\xbb\xbf"):
        return data[3:].decode("utf-8", errors="replace")
    for charset in ("utf-8", "gb18030"):
        try:
            return data.decode(charset)
        except UnicodeDecodeError:
            continue
    if declared is None:
        match = _DECLARED.search(data[:4096])
        declared = match[1].decode("ascii", "ignore").lower() if match else None
    # one broken byte somewhere: take the reading with the fewest replaced characters
    tries = [data.decode(charset, errors="replace") for charset in ("utf-8", "gb18030")]
    return min(tries, key=lambda text: text.count("\ufffd"))


def read_text(data: bytes) -> Document:
    text = decode(data)
    if not text.strip():
        raise Unreadable("empty", "the file holds no text")
    return Document("text/plain", "text", tuple(text_blocks(rejoined(without_page_numbers(text)))))


def text_blocks(lines: list[str], first_line: int = 1) -> list[Block]:
    """Paragraphs and tables from lines of text. A line of nothing but invisible characters is a blank one."""
    lines = [line if line.isascii() or fold(line) or "\t" in line else "" for line in lines]
    tabbed = [line for line in lines if "\t" in line and line.strip()]
    single = [line for line in tabbed if line.startswith("\t") and "\t" not in line[1:].rstrip("\n")]
    if len(single) >= 20 and len(single) > 0.6 * len(tabbed):
        return _cells_by_line(lines, first_line)
    return _rows_by_line(unpadded(lines), first_line)


def _rows_by_line(lines: Iterable[str], first_line: int) -> list[Block]:
    """A line with tabs is a row; a blank line does not end a table, for a page break leaves one."""
    blocks: list[Block] = []
    rows: list[Row] = []
    for number, line in enumerate(lines, first_line):
        if "\t" in line:
            rows.append(_row(line, number))
            continue
        if not line.strip():
            continue
        if rows:
            blocks.append(Table(tuple(rows), aligned=False, place=rows[0].cells[0].place))
            rows = []
        blocks.append(Paragraph(_plain(line), Place(line=number, column=1 + len(line) - len(line.lstrip()))))
    if rows:
        blocks.append(Table(tuple(rows), aligned=False, place=rows[0].cells[0].place))
    return blocks


def _plain(line: str) -> str:
    """The line without the marks of Markdown, which tools write: ## 一、总体情况, **五、…**, 1\\. 主动公开."""
    return _ESCAPED.sub(r"\1", _MARKED.sub("", line.strip()))


def _row(line: str, number: int) -> Row:
    cells: list[RawCell] = []
    offset = 0
    for at, part in enumerate(line.split("\t")):
        cells.append(
            RawCell(part.strip() if part.isascii() or fold(part) else "", Place(line=number, column=offset + 1), at)
        )
        offset += len(part) + 1
    return Row(tuple(cells))


class _CellLines:
    """Collects cells that stand one a line, each after a tab; rows are parted by blank lines."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.rows: list[Row] = []
        self.cells: list[RawCell] = []
        self.blank = 0

    def cell(self, line: str, number: int) -> None:
        if self.blank:
            self.end_row()
        text = line.strip() if line.isascii() or fold(line) else ""
        self.cells.append(RawCell(text, Place(line=number, column=2), len(self.cells)))
        self.blank = 0

    def other(self, line: str, number: int) -> None:
        text = _plain(line)
        if self.cells and self.blank <= 1 and len(text) <= _MAX_TAIL and not _SENTENCE.search(text[1:]):
            last = self.cells[-1]
            self.cells[-1] = RawCell(last.text + "\n" + text, last.place, last.column)
        else:
            self.end_table()
            self.blocks.append(Paragraph(text, Place(line=number, column=1 + len(line) - len(line.lstrip()))))
        self.blank = 0

    def end_row(self) -> None:
        if self.cells:
            self.rows.append(Row(tuple(self.cells)))
            self.cells = []

    def end_table(self) -> None:
        self.end_row()
        if self.rows:
            self.blocks.append(Table(tuple(self.rows), aligned=False, place=self.rows[0].cells[0].place))
            self.rows = []


def _cells_by_line(lines: Iterable[str], first_line: int) -> list[Block]:
    state = _CellLines()
    for number, line in enumerate(lines, first_line):
        if line.startswith("\t"):
            state.cell(line, number)
        elif not line.strip():
            state.blank += 1
        else:
            state.other(line, number)
    state.end_table()
    return state.blocks
