# ruff: noqa: E501 -- mark-up and styles stay on one line
"""DOCX and XLSX with what people leave in them: merged and nested cells, tracked changes, text boxes, numbering, other sheets."""

from __future__ import annotations

import io
from collections.abc import Callable
from random import Random
from typing import Any

import docx
import xlsxwriter
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt

from tools.corpus.strangers.layout import Part, Rows, matrix, widths
from tools.corpus.strangers.web import cut_tables

_BOX = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">'
    "<w:drawing><wps:wsp><wps:txbx><w:txbxContent>{inner}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>"
    '<mc:Fallback><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>{inner}'
    "</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent>"
)


class WordWriter:
    """One author with his habits."""

    def __init__(self, rng: Random, numbered: bool, tracked: bool) -> None:
        self.rng = rng
        self.document = docx.Document()
        self.tracked = tracked and rng.random() < 0.2
        self.numbered = numbered and rng.random() < 0.25
        self.boxed_title = rng.random() < 0.15
        self.controlled = rng.random() < 0.15
        self.nested = rng.random() < 0.1
        self.cut = rng.random() < 0.15
        self.gaps = rng.random() < 0.15
        self.merge = rng.choice([_merged, _merged, _by_hand])
        self.way = " ".join(name for name, value in sorted(vars(self).items()) if value is True) + self.merge.__name__

    def write(self, given: list[Part], landscape: bool = False) -> bytes:
        if landscape:
            section = self.document.sections[0]
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = section.page_height, section.page_width
        if self.rng.random() < 0.4:
            self.document.sections[0].footer.paragraphs[0].text = "- 1 -"
            self.document.sections[0].header.paragraphs[0].text = "政府信息公开工作年度报告"
        for part in given:
            if part.kind == "table":
                self._tables(part)
            elif part.kind == "h":
                self._heading(part.text)
            elif part.kind == "title" and self.boxed_title:
                inner = f"<w:p><w:r><w:t>{part.text}</w:t></w:r></w:p>"
                run = self.document.add_paragraph().add_run()
                for child in parse_xml(f"<w:r {nsdecls('w')}>{_BOX.format(inner=inner)}</w:r>"):
                    run._r.append(child)
            else:
                self._text(self.document.add_paragraph(), part.text)
        data = io.BytesIO()
        self.document.save(data)
        return data.getvalue()

    def _heading(self, text: str) -> None:
        paragraph = self.document.add_paragraph()
        if not self.numbered or text[1:2] != "、":
            self._text(paragraph, text)
            return
        self._text(paragraph, text[2:])
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="{_numbering(self.document)}"/></w:numPr>'
            )
        )

    def _tables(self, part: Part) -> None:
        for piece in cut_tables(self.rng, part) if self.cut else [part]:
            if self.nested:
                outer = self.document.add_table(rows=1, cols=1)
                table = outer.cell(0, 0).add_table(rows=len(piece.rows), cols=len(matrix(piece.rows)[0]))
            else:
                table = self.document.add_table(rows=len(piece.rows), cols=len(matrix(piece.rows)[0]))
                table.style = "Table Grid"
            self.merge(self, table, piece.rows, widths(piece.key))
            if self.controlled:
                _wrap(table._tbl)
            self.document.add_paragraph("")

    def _text(self, paragraph: Any, text: str) -> None:
        """In runs that break anywhere, with changes that were tracked."""
        rng = self.rng
        if self.tracked and len(text) > 3 and rng.random() < 0.3:
            at = rng.randint(1, len(text) - 1)
            paragraph.add_run(text[:at])
            for mark, inner in (
                ("del", "<w:delText>旧文7</w:delText>"),
                ("ins", f'<w:t xml:space="preserve">{_safe(text[at:])}</w:t>'),
            ):
                paragraph._p.append(
                    parse_xml(
                        f'<w:{mark} {nsdecls("w")} w:id="{rng.randint(1, 9999)}" w:author="a"><w:r>{inner}</w:r></w:{mark}>'
                    )
                )
        elif len(text) > 1 and rng.random() < 0.2:
            at = rng.randint(1, len(text) - 1)
            paragraph.add_run(text[:at]).font.size = Pt(12)
            paragraph.add_run(text[at:])
        else:
            paragraph.add_run(text)

    def fill(self, cell: Any, text: str) -> None:
        paragraph = cell.paragraphs[0]
        if self.tracked and text.isdigit() and self.rng.random() < 0.2:
            other = str(int(text) + self.rng.randint(1, 9))
            for mark, tag, shown in (("del", "delText", other), ("ins", "t", text)):
                paragraph._p.append(
                    parse_xml(
                        f'<w:{mark} {nsdecls("w")} w:id="7" w:author="a"><w:r><w:{tag}>{shown}</w:{tag}></w:r></w:{mark}>'
                    )
                )
            return
        self._text(paragraph, text)


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _merged(writer: WordWriter, table: Any, rows: Rows, shares: list[float]) -> None:
    """Merged as Word does it."""
    grid = matrix(rows)
    for at, row in enumerate(grid):
        for column, place in enumerate(row):
            if place and place[1]:
                box = place[0]
                cell = table.cell(at, column)
                if box.across > 1 or box.down > 1:
                    cell = cell.merge(
                        table.cell(min(at + box.down, len(grid)) - 1, min(column + box.across, len(row)) - 1)
                    )
                writer.fill(cell, box.text)
    if writer.gaps:
        _leave_before(table)


def _leave_before(table: Any) -> None:
    """A row that begins later by w:gridBefore instead of cells."""
    for row in table._tbl.tr_lst[3:]:
        cells = row.tc_lst
        lead = 0
        while cells[lead].vMerge == "continue":
            lead += 1
        if lead:
            held = sum(cell.grid_span for cell in cells[:lead])
            for cell in cells[:lead]:
                row.remove(cell)
            row.get_or_add_trPr().append(parse_xml(f'<w:gridBefore {nsdecls("w")} w:val="{held}"/>'))


def _by_hand(writer: WordWriter, table: Any, rows: Rows, shares: list[float]) -> None:
    """Nothing merged downwards: the places below are empty cells."""
    for at, row in enumerate(matrix(rows)):
        for column, place in enumerate(row):
            if place and place[1]:
                box = place[0]
                cell = table.cell(at, column)
                if box.across > 1:
                    cell = cell.merge(table.cell(at, min(column + box.across, len(row)) - 1))
                writer.fill(cell, box.text)


def _wrap(table: Any) -> None:
    """Into a content control, as templates of offices do."""
    control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtPr/><w:sdtContent/></w:sdt>")
    table.addprevious(control)
    control.find(qn("w:sdtContent")).append(table)


def _numbering(document: Any) -> int:
    """A list 一、二、… of the document's own."""
    part = document.part.numbering_part._element
    if part.find(qn("w:abstractNum") + "[@{{{}}}abstractNumId='77']".format(part.nsmap["w"])) is None:
        part.insert(
            0,
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
                '<w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
            ),
        )
        part.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    return 77


def word(
    rng: Random, given: list[Part], numbered: bool, tracked: bool = True, landscape: bool = False
) -> tuple[bytes, str]:
    """`numbered`: its headings may be a list that Word numbers."""
    writer = WordWriter(rng, numbered, tracked)
    return writer.write(given, landscape), writer.way


# --- workbooks -------------------------------------------------------------------------------------------------------


def workbook(rng: Random, given: list[Part]) -> tuple[bytes, str]:
    """All on one sheet, or a sheet a table, or the prose on the first; numbers as numbers, as text or as formulas."""
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    way = rng.choice(["one", "one", "each", "cover"])
    kind = rng.choice(["numbers", "texts", "mixed", "formulas"])
    left, top = rng.choice([0, 0, 1]), rng.choice([0, 0, 2])
    sheet, at = book.add_worksheet("年报"), top
    number = book.add_format({"num_format": rng.choice(["General", "0", "#,##0", "0_ "])})
    for part in given:
        if part.kind == "table":
            if way == "each" or (way == "cover" and at and part.key == "proactive_disclosure"):
                sheet, at = book.add_worksheet(f"表{len(book.worksheets())}"), top
            _place(rng, book, sheet, part, at, left, kind, number)
            at += len(part.rows) + rng.choice([0, 1, 1])
            continue
        if part.kind == "h" and way == "each" and at:
            sheet, at = book.add_worksheet(f"第{len(book.worksheets())}部分"), top
        if rng.random() < 0.5:
            sheet.merge_range(at, left, at, left + 9, part.text)
        else:
            sheet.write_string(at, left, part.text)
        at += 1
    if rng.random() < 0.3:
        old = book.add_worksheet("上年")
        for row in range(3):
            old.write_row(row, 0, ["一、本年新收政府信息公开申请数量", *[rng.randint(0, 99) for _ in range(7)]])
        old.hide()
    book.close()
    return data.getvalue(), f"{way} {kind}"


def _place(rng: Random, book: Any, sheet: Any, part: Part, top: int, left: int, kind: str, number: Any) -> None:
    for down, row in enumerate(matrix(part.rows)):
        for across, place in enumerate(row):
            if place is None or not place[1]:
                continue
            box = place[0]
            write = _writer(rng, sheet, box.name is not None, box.text, kind, number)
            if box.across > 1 or box.down > 1:
                sheet.merge_range(
                    top + down, left + across, top + down + box.down - 1, left + across + box.across - 1, ""
                )
            write(top + down, left + across)


def _writer(rng: Random, sheet: Any, counts: bool, text: str, kind: str, number: Any) -> Callable[[int, int], None]:
    plain = text.replace(".", "", 1).isdigit() and text.isascii()
    way = rng.choice(["numbers", "texts"]) if kind == "mixed" else kind
    if not counts or not plain or way == "texts":
        return lambda y, x: sheet.write_string(y, x, text)
    value = float(text)
    if way == "formulas" and rng.random() < 0.3:
        return lambda y, x: sheet.write_formula(y, x, f"={text}+0", number, value)
    shown = None if "." in text else number
    return lambda y, x: sheet.write_number(y, x, value, shown)
