"""DOCX as offices leave it (merged cells, automatic numbering, text boxes, tracked changes, controls) and XLSX as clerks fill it."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import docx
import openpyxl
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm

from tools.corpus.thirds.facts import Facts
from tools.corpus.thirds.grids import Grid, split
from tools.corpus.thirds.words import Document

NUMBERING = (
    f"<w:abstractNum {nsdecls('w')} w:abstractNumId='77'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='chineseCountingThousand'/>"
    "<w:lvlText w:val='%1、'/><w:lvlJc w:val='left'/></w:lvl></w:abstractNum>"
)


def _numbered(document: Any) -> None:
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERING))
    numbering.append(parse_xml(f"<w:num {nsdecls('w')} w:numId='77'><w:abstractNumId w:val='77'/></w:num>"))


def _box(paragraph: Any, text: str) -> None:
    """The text in a text box, with the fallback that Word writes beside it."""
    inner = f"<w:txbxContent><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:txbxContent>"
    spaces = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    paragraph._p.append(
        parse_xml(
            f"<w:r {nsdecls('w')} {spaces}><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wp:inline><a:graphic><a:graphicData "
            f"uri='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'><wps:wsp><wps:txbx>{inner}</wps:txbx></wps:wsp></a:graphicData></a:graphic></wp:inline></w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict><v:shape><v:textbox>{inner}</v:textbox></v:shape></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )


def _fill(cell: Any, text: str, figure: bool, rng: Random, plain: bool) -> None:
    paragraph = cell.paragraphs[0]
    how = 0.15 + 0.85 * rng.random() if plain else rng.random()
    if figure and how < 0.04:  # an older figure, deleted with changes tracked
        paragraph._p.append(
            parse_xml(f"<w:del {nsdecls('w')} w:id='9' w:author='a'><w:r><w:delText>77</w:delText></w:r></w:del>")
        )
        paragraph._p.append(
            parse_xml(f"<w:ins {nsdecls('w')} w:id='8' w:author='a'><w:r><w:t>{text}</w:t></w:r></w:ins>")
        )
    elif figure and how < 0.07:
        paragraph._p.append(
            parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent><w:r><w:t>{text}</w:t></w:r></w:sdtContent></w:sdt>")
        )
    elif figure and how < 0.1:
        paragraph.add_run("31").font.hidden = True
        paragraph.add_run(text)
    elif figure and how < 0.12:
        paragraph.add_run("5").font.strike = True
        paragraph.add_run(text)
    elif len(text) > 1 and how < 0.4:
        paragraph.add_run(text[:1])
        paragraph.add_run(text[1:])
    elif not figure and len(text) > 3 and how < 0.5:
        paragraph.add_run(text[:2]).add_break()
        paragraph.add_run(text[2:])
    else:
        paragraph.add_run(text)


def _table(document: Any, grid: Grid, rng: Random, plain: bool) -> None:
    table = document.add_table(rows=len(grid.rows), cols=grid.width)
    table.style = "Table Grid" if rng.random() < 0.95 else None
    if grid.width == 10:
        for column, weight in zip(table.columns, grid.weights, strict=True):
            column.width = Cm(0.95 * weight)
    for r, row in enumerate(grid.filled()):
        for c, cell in enumerate(row):
            if cell is not None:
                whole = table.cell(r, c)
                if cell.rows > 1 or cell.cols > 1:
                    whole = whole.merge(
                        table.cell(min(r + cell.rows, len(grid.rows)) - 1, min(c + cell.cols, grid.width) - 1)
                    )
                _fill(whole, cell.text, bool(cell.name), rng, plain)
    if grid.head and rng.random() < 0.4:
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    if rng.random() < 0.2 and not plain:  # a row wrapped in a control, as templates have it
        row = table.rows[-1]._tr
        control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
        row.addprevious(control)
        control.find(qn("w:sdtContent")).append(row)


def to_docx(facts: Facts, report: Document, rng: Random, plain: bool = False) -> bytes:
    """`plain`: nothing that other programs lose when they convert it."""
    document = docx.Document()
    whole = len(report.sections) == 6  # the numbers of a list close up
    numbered, boxed, nested = (
        rng.random() < 0.3 and whole,
        rng.random() < 0.2 and not plain,
        rng.random() < 0.1 and not plain,
    )
    if numbered:
        _numbered(document)
    document.sections[0].header.paragraphs[0].text = rng.choice(["", "政府信息公开", facts.organ])
    document.sections[0].footer.paragraphs[0].text = rng.choice(["", "- 1 -"])
    first = document.add_paragraph()
    if boxed:
        _box(first, report.title)
    else:
        first.add_run(report.title)
    for text in report.preface:
        document.add_paragraph(text)
    for heading, blocks in report.sections:
        paragraph = document.add_paragraph(heading[2:] if numbered else heading)
        if numbered:
            paragraph._p.get_or_add_pPr().append(
                parse_xml(f"<w:numPr {nsdecls('w')}><w:ilvl w:val='0'/><w:numId w:val='77'/></w:numPr>")
            )
        for block in blocks:
            if isinstance(block, Grid):
                for piece in (
                    split(block, rng, rng.random() < 0.5) if block.width == 10 and rng.random() < 0.2 else [block]
                ):
                    _table(document, piece, rng, plain)
                    document.add_paragraph("")
            else:
                document.add_paragraph(block)
    for text in report.signature:
        document.add_paragraph(text)
    if nested:  # everything within one cell of a frame
        body, frame = document.element.body, document.add_table(1, 1)
        inside = frame.cell(0, 0)._tc
        for child in [e for e in body if e.tag != qn("w:sectPr") and e is not frame._tbl]:
            inside.append(child)
        inside.append(deepcopy(document.add_paragraph("")._p))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _value(text: str, figure: bool, rng: Random) -> str | int | float:
    if figure and text.isdigit() and rng.random() < 0.7:
        return float(text) if rng.random() < 0.1 else int(text)
    return text


def to_xlsx(facts: Facts, report: Document, rng: Random) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "年报"
    apart, left = rng.random() < 0.4, rng.choice([0, 0, 1])
    at = 1

    def line(text: str) -> None:
        nonlocal at
        sheet.cell(at, 1 + left, text)
        if rng.random() < 0.4:
            sheet.merge_cells(start_row=at, start_column=1 + left, end_row=at, end_column=10 + left)
        at += 1

    for text in [report.title, *report.preface]:
        line(text)
    for heading, blocks in report.sections:
        if apart and any(isinstance(b, Grid) for b in blocks):
            sheet, at = book.create_sheet(f"表{len(book.sheetnames)}"), 1
        line(heading)
        for block in blocks:
            if not isinstance(block, Grid):
                line(block)
                continue
            for r, row in enumerate(block.filled()):
                for c, cell in enumerate(row):
                    if cell is not None:
                        sheet.cell(at + r, 1 + left + c, _value(cell.text, bool(cell.name), rng))
                        if cell.rows > 1 or cell.cols > 1:
                            bottom, right = min(r + cell.rows, len(block.rows)) - 1, c + cell.cols - 1
                            sheet.merge_cells(
                                start_row=at + r,
                                start_column=1 + left + c,
                                end_row=at + bottom,
                                end_column=1 + left + right,
                            )
            at += len(block.rows) + rng.choice([0, 1])
    for text in report.signature:
        line(text)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def converted(data: bytes, kind: str, to: str, filter_: str = "") -> bytes:
    """What LibreOffice makes of a document; raises where LibreOffice is absent."""
    program = shutil.which("soffice")
    if program is None:
        raise FileNotFoundError("soffice")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / f"in.{kind}"
        source.write_bytes(data)
        command = [
            program,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            f"{to}{filter_}",
            "--outdir",
            folder,
            str(source),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (Path(folder) / f"in.{to}").read_bytes()
