"""Documents by a third hand, and what they taught the reader."""

from __future__ import annotations

import io
from random import Random

import docx
import pypdfium2
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from reportlab.pdfgen.canvas import Canvas

from reports import Report, read_report
from reports.form import load_form
from reports.kinds import read_document
from reports.sources.lines import rejoined, unpadded, without_page_numbers
from reports.sources.ruling import Char, Stroke, tables
from reports.sources.struck import without_struck
from tools.corpus.layout import blocks
from tools.corpus.thirds.make import QUICK, make_third
from tools.corpus.write_office import write_docx
from tools.corpus.write_pdf import write_pdf
from tools.corpus.write_text import write_rows
from tools.evaluate import below, evaluate, summary

from .test_read import codes, page, sound


def test_documents_of_the_third_hand_stay_above_their_floors() -> None:
    assert below(summary(evaluate(22, 2, QUICK, show=5))) == []


def test_a_document_of_the_third_hand_is_the_same_every_time() -> None:
    assert make_third(1, 0, "third_html").data == make_third(1, 0, "third_html").data


def figures(report: Report) -> dict[str, object]:
    return {name: cell.value for name, cell in report.cells.items()}


@pytest.mark.parametrize(
    "run",
    [
        "<w:r><w:rPr><w:strike/></w:rPr><w:t>7</w:t></w:r>",
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>7</w:t></w:r>",
        "<w:moveFrom w:id='1' w:author='a'><w:r><w:t>7</w:t></w:r></w:moveFrom>",
    ],
    ids=["struck out", "hidden", "moved away"],
)
def test_what_is_gone_from_a_letter_is_not_read(run: str) -> None:
    spec = sound(5)
    document = docx.Document(io.BytesIO(write_docx(Random(1), list(blocks(spec)))))
    for table in document.tables:
        for paragraph in table._tbl.iter("{*}p"):
            paragraph.append(parse_xml(run.replace(">", f" {nsdecls('w')}>", 1)))
    data = io.BytesIO()
    document.save(data)
    assert figures(read_report(data.getvalue(), source="x")) == spec.figures


def test_a_word_that_is_marked_as_not_struck_is_read() -> None:
    document = docx.Document()
    document.add_paragraph("一、总体")._p.append(
        parse_xml(f"<w:r {nsdecls('w')}><w:rPr><w:strike w:val='0'/></w:rPr><w:t>情况</w:t></w:r>")
    )
    data = io.BytesIO()
    document.save(data)
    (paragraph,) = read_document(data.getvalue(), source="x").blocks
    assert getattr(paragraph, "text", "") == "一、总体情况"


@pytest.mark.parametrize(
    "gone",
    [
        "<del>7</del>",
        "<s>7</s>",
        "<span style='text-decoration: line-through'>7</span>",
        "<i style='display:none'>7</i>",
    ],
)
def test_what_is_struck_or_hidden_in_a_cell_of_a_page_is_not_read(gone: str) -> None:
    spec = sound(5)
    text = page(spec).decode().replace("</td>", f"{gone}</td>")
    assert figures(read_report(text.encode(), source="x")) == spec.figures


def test_a_comparison_of_years_is_not_the_table_of_requests() -> None:
    spec = sound(5)
    rows = "".join(
        f"<tr><td>{label}</td><td>3</td><td>4</td></tr>"
        for label in ("本年新收政府信息公开申请数量", "予以公开", "结转下年度继续办理")
    )
    beside = f"<table><tr><td>项目</td><td>2022年</td><td>2023年</td></tr>{rows}</table>"
    text = write_rows(Random(1), blocks(spec)).decode().replace("\t", "　　")
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines() if line.strip())
    faked = lines.replace("<p>二、", f"{beside}<p>二、", 1)
    assert figures(read_report(f"<html>{faked}</html>".encode(), source="x")) == spec.figures
    alone = f"<html><p>甲市教育局2023年政府信息公开工作年度报告</p><p>一、总体情况</p>{beside}</html>"
    assert all(value is None for value in figures(read_report(alone.encode(), source="x")).values())


def test_spans_that_a_style_sheet_sets_as_cells_are_apart() -> None:
    spec = sound(5)
    rows = [
        "".join(f"<span class='td'>{cell}</span>" for cell in line.split("\t")) if "\t" in line else f"<p>{line}</p>"
        for line in write_rows(Random(1), blocks(spec)).decode().splitlines()
        if line.strip()
    ]
    text = "".join(f"<div class='tr'>{row}</div>" for row in rows)
    assert figures(read_report(f"<html>{text}</html>".encode(), source="x")) == spec.figures


def test_the_last_words_of_a_page_whose_lines_are_parted_by_breaks_are_its_last_section() -> None:
    heads = [
        f"<b>{'一二三四五六'[at]}、{section.label}</b>" for at, section in enumerate(load_form("ogi-2021").sections)
    ]
    lines = "<br>".join([*heads, "未收取信息处理费。"])
    report = read_report(
        f"<html><div><p>甲市2023年政府信息公开工作年度报告</p>{lines}</div></html>".encode(), source="x"
    )
    assert report.sections[-1].text == "未收取信息处理费。"


def test_the_marks_of_markdown_are_no_part_of_a_heading() -> None:
    spec = sound(5)
    text = write_rows(Random(1), blocks(spec)).decode()
    marked = "\n".join(
        f"## {line}" if line.startswith("二、") else f"**{line}**" if line[1:2] == "、" and "\t" not in line else line
        for line in text.splitlines()
    )
    marked = f"# {marked}"
    report = read_report(marked.encode(), source="x")
    assert (report.organ, report.findings) == (spec.organ, ())


def test_an_empty_cell_between_bars_is_an_empty_cell() -> None:
    spec = sound(5)
    text = write_rows(Random(1), blocks(spec)).decode()
    barred = "\n".join(f"| {line.replace(chr(9), ' | ')} |" if "\t" in line else line for line in text.splitlines())
    row = next(line for line in barred.splitlines() if "重复申请 |" in line and "反复" not in line)
    cells = row.split("|")
    cells[-3] = "  "
    report = read_report(barred.replace(row, "|".join(cells)).encode(), source="x")
    assert report.cells["requests.declined_repeated.other"].value is None
    assert [code for code, _ in codes(report)] == ["cell.blank"]


def test_a_merged_cell_that_is_written_into_each_column_counts_once() -> None:
    spec = sound(5)
    lines = [
        line + ("\t" + line.split("\t")[1]) * 2 if line.startswith(("行政许可\t", "行政处罚\t")) else line
        for line in write_rows(Random(1), blocks(spec)).decode().splitlines()
    ]
    assert figures(read_report("\n".join(lines).encode(), source="x")) == spec.figures


def test_lines_of_invisible_characters_are_blank() -> None:
    spec = sound(5)
    text = write_rows(Random(1), blocks(spec)).decode().replace("\t", "\n").replace("\n", "\n\u200b\n")
    assert figures(read_report(text.encode(), source="x")) == spec.figures


def test_page_numbers_without_form_feeds_are_told_by_counting() -> None:
    text = "一、总体情况\n办理36件。\n1\n行政许可 0\n2\n未收费。\n3"
    assert without_page_numbers(text) == ["一、总体情况", "办理36件。", "", "行政许可 0", "", "未收费。", ""]
    assert without_page_numbers("行政许可\n1\n行政处罚\n2\n完") == ["行政许可", "1", "行政处罚", "2", "完"]
    assert without_page_numbers("甲\n- 1 -\n乙\n- 2 -\n丙") == ["甲", "", "乙", "", "丙"]
    assert without_page_numbers("甲\n- 1 -\n乙\n- 7 -\n丙") == ["甲", "- 1 -", "乙", "- 7 -", "丙"]


def test_a_sentence_that_the_margin_broke_is_put_together() -> None:
    prose = "我局严格按照法定时限答复申请人的政府信息公开申请并予办结共计四十件"
    broken = [f"{prose}，其中", "予以公开20件，占", "50.0%。", *[f"{prose}。"] * 4]
    assert rejoined([broken[0] + broken[1], broken[2], *broken[3:]])[0].endswith("占50.0%。")
    cells = ["1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "0"] * 5
    assert rejoined(cells) == cells
    assert rejoined([f"\t{prose}", "\t7"] * 5) == [f"\t{prose}", "\t7"] * 5


def test_a_break_beside_a_tab_is_within_a_row() -> None:
    row = [
        "一、本年新收政府信息公开申请数量",
        "",
        "\t",
        "",
        *[part for at in range(7) for part in (str(at), "", "\t", "")][:-3],
    ]
    lines = [line for _ in range(9) for line in [*row, "", ""]]
    assert [line.split("\t")[1:] for line in unpadded(lines) if line] == [list("0123456")] * 9
    assert unpadded(["规章\t0\t\t", "\t行政许可\t1"] * 9) == ["规章\t0\t\t", "\t行政许可\t1"] * 9


def test_a_watermark_across_the_page_stands_in_no_cell() -> None:
    spec = sound(5)
    mark = io.BytesIO()
    canvas = Canvas(mark)
    canvas.translate(60, 60)
    canvas.rotate(50)
    canvas.setFont("Helvetica", 40)
    canvas.drawString(0, 0, "1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8")
    canvas.save()
    stamp = pypdfium2.PdfDocument(mark.getvalue())
    pdf = pypdfium2.PdfDocument(write_pdf(Random(1), blocks(spec)))
    seal = stamp.page_as_xobject(0, pdf)
    for sheet in pdf:
        sheet.insert_obj(seal.as_pageobject())
        sheet.gen_content()
    data = io.BytesIO()
    pdf.save(data)
    assert figures(read_report(data.getvalue(), source="x")) == spec.figures


def typed(text: str, left: float, top: float) -> list[Char]:
    return [Char(char, left + 5 * at, top, left + 5 * at + 5, top + 10) for at, char in enumerate(text)]


def test_a_line_through_text_strikes_it_out_and_a_ruling_does_not() -> None:
    chars = [*typed("77", 100, 50), *typed("12", 112, 50), *typed("9", 200, 50)]
    through = Stroke(55, 99.5, 110.5)
    under = Stroke(60, 112, 122)
    ruling = Stroke(55, 190, 230)
    assert "".join(char.text for char in without_struck(chars, [through, under, ruling])) == "129"


def test_figures_beyond_a_side_that_the_printer_cut_off_are_in_the_last_cell() -> None:
    across = [Stroke(at, 0, 96) for at in (0, 20, 40)]
    down = [Stroke(at, 0, 40) for at in (0, 30, 60, 90)]
    (ruled,) = tables(across, down)
    box = ruled.box_at(93, 10)
    assert box is not None and box.column == 2
    assert ruled.box_at(99, 10) is None


def test_a_label_that_the_page_cut_short_behind_its_neighbours_pieces_is_not_changed() -> None:
    spec = sound(5)
    text = write_rows(Random(1), blocks(spec)).decode()
    row = next(line for line in text.splitlines() if "没有现成信息需要另行制作\t" in line)
    label, _, rest = row.partition("制作\t")
    cut = text.replace(row, f"三、本 法提供 {label.split(chr(9))[-1]}制\t{rest}\n年度办 作")
    assert not [code for code, _ in codes(read_report(cut.encode(), source="x")) if code == "label.changed"]
