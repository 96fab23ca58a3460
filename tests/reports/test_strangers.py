"""Documents by another hand than the corpus's, and what they taught the reader."""

from __future__ import annotations

import io
from random import Random

import docx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reports import Report, read_report
from reports.document import RawCell, Row, Table
from reports.rows import in_place, units_of
from reports.sources.ruling import Char, Stroke, tables
from reports.sources.typeset import lines_of
from reports.sources.unruled import rows_of
from tools.corpus.layout import blocks
from tools.corpus.strangers.layout import Box, matrix, parts
from tools.corpus.strangers.make import QUICK, make_stranger
from tools.corpus.strangers.web import INLINES, body, editor_table
from tools.corpus.write_html import write_html
from tools.corpus.write_pdf import write_pdf
from tools.corpus.write_text import write_rows
from tools.evaluate import below, evaluate, summary

from .test_read import codes, page, sound


def test_strangers_stay_above_their_floors() -> None:
    assert below(summary(evaluate(20, 2, QUICK, show=5))) == []


def figures(report: Report) -> dict[str, object]:
    return {name: cell.value for name, cell in report.cells.items()}


@pytest.mark.parametrize(
    "row",
    ["<tr style='display: none'><td>0</td><td>7</td></tr>", "<tr hidden><td>3</td></tr>", "<tr></tr>"],
    ids=["hidden by style", "hidden", "empty"],
)
def test_rows_that_nobody_sees_change_nothing(row: str) -> None:
    spec = sound(5)
    text = page(spec).decode().replace("</tr>", f"</tr>{row}")
    report = read_report(text.encode(), source="x")
    assert figures(report) == spec.figures
    assert report.findings == ()


def test_cells_that_a_style_sets_apart_are_cells() -> None:
    spec = sound(5)
    text = write_html(Random(1), blocks(spec), spec.title, "plain", "utf-8", honest=True).decode()
    for tag, kind in (("td", "table-cell"), ("th", "table-cell"), ("tr", "table-row"), ("table", "table")):
        text = text.replace(f"<{tag}", f'<span style="display:{kind}"').replace(f"</{tag}>", "</span>")
    assert figures(read_report(text.encode(), source="x")) == spec.figures


def test_lines_that_characters_draw_part_cells_and_are_none() -> None:
    spec = sound(5)
    rows = write_rows(Random(1), blocks(spec)).decode().splitlines()
    drawn = "\n".join("│" + line.replace("\t", " │ ") + "│\n├────┼────┤" if "\t" in line else line for line in rows)
    assert figures(read_report(f"<pre>{drawn}</pre>".encode(), source="x")) == spec.figures


def test_an_author_who_writes_no_zeros_is_read_by_the_header() -> None:
    spec = sound(5)
    text = page(spec).decode().replace(">0<", "><").replace("</tr>", "<td></td><td></td></tr>")
    read = {name: value for name, value in figures(read_report(text.encode(), source="x")).items() if value is not None}
    assert read == {name: value for name, value in spec.figures.items() if value != 0}


def test_a_title_in_a_text_box_is_read_once() -> None:
    document = docx.Document()
    run = document.add_paragraph().add_run()
    inner = "<w:p><w:r><w:t>白石市2023年政府信息公开工作年度报告</w:t></w:r></w:p>"
    box = f"<w:pict {nsdecls('w')}><w:txbxContent>{inner}</w:txbxContent></w:pict>"
    run._r.append(parse_xml(box))
    document.add_paragraph("一、总体情况")
    data = io.BytesIO()
    document.save(data)
    report = read_report(data.getvalue(), source="x")
    assert (report.organ, report.year) == ("白石市", 2023)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_is_marked_as_turned_is_read_by_its_text(turn: int) -> None:
    spec = sound(5)
    pdf = pypdfium2.PdfDocument(write_pdf(Random(1), blocks(spec)))
    for sheet in pdf:
        sheet.set_rotation(turn)
    data = io.BytesIO()
    pdf.save(data)
    assert figures(read_report(data.getvalue(), source="x")) == spec.figures


def test_a_table_that_is_open_all_round_has_its_outer_cells() -> None:
    across = [Stroke(at, 0, 90) for at in (20, 40)]
    down = [Stroke(at, 0, 60) for at in (30, 60)]
    (ruled,) = tables(across, down)
    assert (len(ruled.boxes), ruled.xs, ruled.ys) == (9, [0, 30, 60, 90], [0, 20, 40, 60])


def test_rulings_that_run_out_a_little_make_no_cells() -> None:
    across = [Stroke(at, -5, 65) for at in (0, 20, 40)]
    down = [Stroke(at, 0, 40) for at in (0, 30, 60)]
    (ruled,) = tables(across, down)
    assert len(ruled.boxes) == 4


def test_a_cell_goes_no_further_down_than_all_of_its_width() -> None:
    across = [Stroke(0, 0, 90), Stroke(20, 30, 90), Stroke(40, 0, 90)]
    down = [Stroke(0, 0, 40), Stroke(30, 20, 40), Stroke(60, 0, 40), Stroke(90, 0, 40)]
    (ruled,) = tables(across, down)
    assert {(box.row, box.column, box.rows, box.columns) for box in ruled.boxes} == {
        (0, 0, 1, 2), (0, 2, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1), (1, 2, 1, 1),
    }  # fmt: skip


def _typed(text: str, left: float, top: float) -> list[Char]:
    wide = [10.0 if ord(char) > 255 else 5.0 for char in text]
    return [
        Char(char, left + sum(wide[:at]), top, left + sum(wide[: at + 1]), top + 10) for at, char in enumerate(text)
    ]


def test_a_figure_close_behind_a_full_line_of_its_label_is_told_by_its_column() -> None:
    chars: list[Char] = []
    for row in range(6):
        label = "行政机关不再处理其申请" if row == 3 else "重复申请"
        chars += _typed(label, 0, row * 40)
        for at in range(4):
            chars += _typed("0", 111 + 30 * at, row * 40)
    rows = rows_of(lines_of(chars, 1))
    assert [[chunk.text for chunk in chunks][1:] for _, chunks in rows] == [["0"] * 4] * 6


def test_figures_on_several_uneven_lines_are_in_no_order() -> None:
    spec = sound(5)
    text = write_rows(Random(1), blocks(spec)).decode().replace("\t", "   ")
    line = next(line for line in text.splitlines() if "一、本年新收政府信息公开申请数量 " in line)
    figure = line.split()[-1]
    high = f"{line[: line.rindex(figure)]}\n{figure}"
    report = read_report(text.replace(line, high).encode(), source="x")
    wrong = {n: v for n, v in figures(report).items() if v is not None and v != spec.figures[n]}
    assert wrong == {}
    assert not [code for code, severity in codes(report) if severity == "error"]


def test_columns_that_share_a_number_tell_no_place() -> None:
    row = Row(tuple(RawCell(text, None, at) for text, at in (("新收", 0), ("1", 3), ("2", 4), ("", 4), ("3", 5))))
    (unit,) = units_of([(0, Table((row,), aligned=True))])
    assert in_place(unit, (3, 4, 5)) is None


def test_a_label_that_a_page_number_cuts_before_the_second_row_is_put_together() -> None:
    spec = sound(5)
    text = write_rows(Random(1), blocks(spec)).decode()
    line = next(line for line in text.splitlines() if "本年新收政府信息公开申请数量\t" in line)
    cut = line.replace("政府信息公开申请数量", "政") + "\n\n- 2 -\n\n府信息公开申请数量\t\t\t\t\t\t\t"
    report = read_report(text.replace(line, cut).encode(), source="x")
    assert figures(report) == spec.figures


def test_a_table_on_its_side_is_not_said_to_be_missing() -> None:
    spec = sound(5)
    rng = Random(1)
    given = list(parts(rng, spec))
    for part in given:
        if part.key == "requests":
            texts = [[place[0].text if place else "" for place in row] for row in matrix(part.rows)]
            part.rows = [[Box(text) for text in row] for row in zip(*texts, strict=True)]
    text = body(rng, given, editor_table, INLINES["plain"], cut=False)
    report = read_report(text.encode(), source="x")
    assert [code for code, severity in codes(report) if severity != "doubtful"] == []
    assert ("table.malformed", "doubtful") in codes(report)


def test_the_number_at_the_foot_of_a_page_is_no_figure() -> None:
    spec = sound(5)
    text = write_rows(Random(1), blocks(spec)).decode().replace("\t", "   ")
    line = next(line for line in text.splitlines() if "行政事业性收费 " in line)
    report = read_report(text.replace(line, f"{line}\n\n        3\n\f").encode(), source="x")
    assert figures(report) == spec.figures


def test_a_stranger_is_the_same_every_time() -> None:
    one, other = make_stranger(1, 0, "strange_html"), make_stranger(1, 0, "strange_html")
    assert one.data == other.data
