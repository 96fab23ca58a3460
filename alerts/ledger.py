"""The ledger (台账) that an officer files, as XLSX and CSV. No text from a portal ever becomes a formula.

The same facts give the same bytes: the file's own dates are those of the facts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alerts import facts
from alerts.facts import Fact, Table, Value
from alerts.model import Language
from alerts.text import BEIJING

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 1_000_000  # Excel ends at 1,048,576
LONGEST = 32_000  # Excel ends at 32,767 characters a cell
_TITLES = {
    "obligations": ("发布情况", "Obligations"),
    "findings": ("问题", "Findings"),
    "cells ogi-2021": ("数据（2021年格式）", "Cells, form of 2021"),
    "cells ogi-2019": ("数据（2019年格式）", "Cells, form of 2019"),
}
_TONES = {
    "未发布": "#A61B1B", "missing": "#A61B1B", "逾期发布": "#835000", "late": "#835000", "未知": "#57468A",
    "unknown": "#57468A", "按期发布": "#1D6B45", "on time": "#1D6B45", "错误": "#A61B1B", "error": "#A61B1B",
}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what Excel, WPS and LibreOffice may run


def tables(found: Sequence[Fact], language: Language) -> list[Table]:
    """Obligations and findings, and cells by the forms that were found."""
    every = [
        facts.obligations(found, language),
        facts.findings(found, language),
        facts.cells(found, language, "ogi-2021"),
        facts.cells(found, language, "ogi-2019"),
    ]
    return [table for table in every if table.rows or table.key in ("obligations", "findings")]


def as_xlsx(given: Sequence[Table], title: str, as_of: datetime, language: Language) -> bytes:
    """A workbook with one sheet a table: title, moment, then the headings, frozen and with filters."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": title, "created": as_of.astimezone(BEIJING).replace(tzinfo=None)})
        looks = _Looks(book)
        for table in given:
            sheet = book.add_worksheet(_TITLES[table.key][0 if language == "zh" else 1])
            _write(sheet, table, title, as_of, language, looks)
    return stream.getvalue()


def as_csv(table: Table, language: Language) -> bytes:
    """UTF-8 with a byte order mark, which Excel wants. Text that a spreadsheet might run is led by an apostrophe."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.heading(language) for column in table.columns])
    writer.writerows([_harmless(value) for value in row] for row in table.rows)
    return b"\xef\xbb\xbf" + stream.getvalue().encode("utf-8", "replace")


def _harmless(value: Value) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return value.isoformat() if isinstance(value, date) else str(value)
    return "'" + value if value.lstrip(" \u3000\u00a0").startswith(_FORMULA) else value


class _Looks:
    """The formats of a workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        font = {"font_name": "Microsoft YaHei", "font_size": 10, "valign": "top"}
        self.title: Format = book.add_format({**font, "bold": True, "font_size": 14})
        self.note: Format = book.add_format({**font, "font_color": "#56616D"})
        self.head: Format = book.add_format(
            {**font, "bold": True, "font_color": "#FFFFFF", "bg_color": "#1A4F8B", "text_wrap": True, "border": 1}
        )
        self.text: Format = book.add_format({**font})
        self.date: Format = book.add_format({**font, "num_format": "yyyy-mm-dd", "align": "left"})
        self.tones: dict[str, Format] = {
            word: book.add_format({**font, "bold": True, "font_color": tone}) for word, tone in _TONES.items()
        }


def _write(sheet: Worksheet, table: Table, title: str, as_of: datetime, language: Language, looks: _Looks) -> None:
    at = f"{as_of.astimezone(BEIJING):%Y-%m-%d %H:%M}"
    sheet.write_string(0, 0, title, looks.title)
    sheet.write_string(1, 0, f"截至 {at}（北京时间）" if language == "zh" else f"As of {at} (Beijing time)", looks.note)
    sheet.set_row(0, 24)
    if table.key.startswith("cells") and language == "zh":
        for number, column in enumerate(table.columns[3:], start=3):
            sheet.write_string(1, number, column.key, looks.note)
    for number, column in enumerate(table.columns):
        sheet.set_column(number, number, column.width)
        sheet.write_string(2, number, column.heading(language), looks.head)
    rows = table.rows[:ROWS]
    for line, row in enumerate(rows, start=3):
        for number, value in enumerate(row):
            _cell(sheet, line, number, value, looks)
    sheet.freeze_panes(3, 2)
    sheet.autofilter(2, 0, 2 + len(rows), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(2)


def _cell(sheet: Worksheet, line: int, number: int, value: Value, looks: _Looks) -> None:
    """Written by type: text is text, whatever it begins with."""
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(line, number, value[:LONGEST], looks.tones.get(value, looks.text))
    elif isinstance(value, date):
        sheet.write_datetime(line, number, value, looks.date)
    else:
        number_of = float(value) if isinstance(value, Decimal) else value
        if abs(number_of) < 10**15:
            sheet.write_number(line, number, number_of, looks.text)
        else:
            sheet.write_string(line, number, str(value), looks.text)  # Excel would round it


def export(found: Sequence[Fact], year: int, series_name: str, as_of: datetime, language: Language) -> bytes:
    """The whole workbook about one year."""
    title = f"{year}年度{series_name}台账" if language == "zh" else f"Ledger of {series_name}, {year}"
    return as_xlsx(tables(found, language), title, as_of, language)


def file_name(year: int, as_of: datetime, language: Language, end: str = "xlsx") -> str:
    day = f"{as_of.astimezone(BEIJING):%Y%m%d}"
    return f"台账-{year}-{day}.{end}" if language == "zh" else f"ledger-{year}-{day}.{end}"
