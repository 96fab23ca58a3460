"""Reading whole documents of every kind, built here with known figures."""

from __future__ import annotations

import json
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports import Report, Unreadable, differences, dump, load, read_report, to_json
from reports.form import load_form
from tools.corpus.layout import blocks
from tools.corpus.make import FORMATS, make
from tools.corpus.prose import write_prose
from tools.corpus.spec import Spec, make_spec
from tools.corpus.write_html import write_html
from tools.corpus.write_text import write_rows
from tools.evaluate import Score, judge


def sound(seed: int = 1, form: str = "ogi-2021") -> Spec:
    rng = Random(seed)
    spec = make_spec(rng, load_form(form))
    write_prose(rng, spec)
    return spec


def page(spec: Spec, seed: int = 3) -> bytes:
    return write_html(Random(seed), blocks(spec), spec.title, "plain", "utf-8", honest=True)


def codes(report: Report) -> list[tuple[str, str]]:
    return [(finding.code, finding.severity) for finding in report.findings]


@pytest.mark.parametrize("format_", FORMATS)
def test_documents_of_this_format_are_read_and_judged_as_their_labels_say(format_: str) -> None:
    score = Score()
    for number in range(6):
        sample = make(20, number, format_)
        judge(sample, read_report(sample.data, source=format_), score)
    assert score.accused == 0
    assert score.exact / score.cells > 0.995


def test_a_report_in_gbk_that_claims_utf8_is_read() -> None:
    spec = sound()
    data = page(spec).decode().encode("gb18030")
    assert read_report(data, source="x").organ == spec.organ


@pytest.mark.parametrize("title", ["政府信息公开工作年度报告", "甲县政府信息公开工作年度报告(2023年)"])
def test_where_the_title_names_no_year_the_period_does(title: str) -> None:
    spec = sound()
    spec.title, spec.year = title, 2023
    write_prose(Random(1), spec)
    assert read_report(page(spec), source="x").year == 2023


def test_a_year_of_the_menu_above_a_title_that_names_its_own_is_no_part_of_it() -> None:
    spec = sound()
    spec.title, spec.year = "政府信息公开工作年度报告（2023年）", 2023
    write_prose(Random(1), spec)
    menu = "<ul><li><a href='/2017.html'>2017年</a></li><li><a href='/2016.html'>2016年</a></li></ul><h1".encode()
    data = page(spec).replace(b"<h1", menu, 1)
    assert menu in data
    assert read_report(data, source="x").year == 2023


def test_the_old_form_has_its_own_cells() -> None:
    report = read_report(page(sound(4, "ogi-2019")), source="x")
    assert report.form == "ogi-2019"
    assert len(report.cells) == 198
    assert all(cell.value is not None for cell in report.cells.values())


def test_every_cell_of_a_page_says_where_it_stands() -> None:
    report = read_report(page(sound()), source="x")
    assert all(cell.place and cell.place.path for cell in report.cells.values())


def test_a_blank_cell_of_a_page_stays_empty_and_is_the_organs() -> None:
    spec = sound()
    slot = spec.tables["requests"].rows[23].slots[0]
    slot.text = ""
    report = read_report(page(spec), source="x")
    assert report.cells[slot.name or ""].value is None
    assert codes(report) == [("cell.blank", "error")]
    assert report.findings[0].expected == slot.value


def test_a_row_that_lost_a_cell_is_the_organs_in_a_page_and_not_in_a_text() -> None:
    spec = sound(7)
    grid_blocks = list(blocks(spec))
    grid = next(block.grid for block in grid_blocks if block.grid and block.grid.width == 10)
    values = sorted((c for c in grid.cells if c.row == 3 and c.value), key=lambda c: c.column)
    for left, right in pairwise(values):
        left.text = right.text
    grid.cells.remove(values[-1])
    html = read_report(write_html(Random(1), grid_blocks, spec.title, "plain", "utf-8"), source="x")
    text = read_report(write_rows(Random(1), grid_blocks), source="x")
    assert {severity for _, severity in codes(html)} == {"error"}
    assert "error" not in {severity for _, severity in codes(text)}


def test_one_wrong_cell_breaks_two_sums_that_share_its_cause() -> None:
    spec = sound(5)
    slot = spec.tables["requests"].rows[2].slots[1]
    right = slot.value
    slot.text = str(int(slot.value or 0) + 7)
    report = read_report(page(spec), source="x")
    assert sorted(code for code, _ in codes(report)) == ["sum.applicants", "sum.handled"]
    assert {(f.cause.cell, f.cause.value) for f in report.findings if f.cause} == {(slot.name, right)}
    assert all(f.cause for f in report.findings)


def test_the_digest_ignores_the_page_and_sees_the_report() -> None:
    spec = sound(6)
    before = read_report(page(spec, seed=1), source="x").content_digest
    assert read_report(page(spec, seed=2), source="y").content_digest == before
    spec.prose["problems"][0] += "三是其他。"
    sentence = read_report(page(spec, seed=1), source="x").content_digest
    assert sentence != before
    spec.tables["proactive_disclosure"].rows[2].slots[0].text += "1"
    assert read_report(page(spec, seed=1), source="x").content_digest != sentence


def test_the_contract_has_numbers_and_nulls_only() -> None:
    told = to_json(read_report(page(sound()), source="a.html"))
    assert json.loads(json.dumps(told)) == told
    assert {type(value) for value in told["cells"].values()} <= {int, float, type(None)}
    assert set(told) >= {"source", "organ", "year", "form", "cells", "findings"}


@pytest.mark.parametrize("format_", ["html", "pdf", "docx", "xlsx"])
def test_a_reading_of_any_format_is_stored_without_loss(format_: str) -> None:
    report = read_report(make(21, 1, format_).data, source="x")
    assert load(json.loads(json.dumps(dump(report)))) == report


def test_a_page_that_is_no_report_is_not_accused() -> None:
    report = read_report("<html><body><p>关于春节放假的通知</p><p>放假七天。</p></body></html>".encode(), source="x")
    assert (report.form, report.title, report.findings) == (None, None, ())


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        read_report(data, source="x")
    except Unreadable as refused:
        assert refused.state


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=30), st.sampled_from(["html", "docx", "pdf", "xlsx"]))
@settings(max_examples=40, deadline=None)
def test_a_damaged_document_is_read_or_refused(offset: int, junk: bytes, format_: str) -> None:
    data = bytearray(DAMAGED[format_])
    at = offset * len(data) // 5001
    data[at : at + len(junk)] = junk
    try:
        read_report(bytes(data), source="x")
    except Unreadable as refused:
        assert refused.state


DAMAGED = {format_: make(22, 0, format_).data for format_ in ("html", "docx", "pdf", "xlsx")}


def test_a_table_that_may_be_in_a_picture_is_doubtful() -> None:
    spec = sound()
    parts = [b for b in blocks(spec) if b.grid is None or b.grid.width != 10]
    html = write_html(Random(1), parts, spec.title, "plain", "utf-8", honest=True)
    assert ("table.missing", "error") in codes(read_report(html, source="x"))
    pictured = html.replace(b"</h1>", b'</h1><img src="t.png" width="700" height="900">')
    assert ("table.missing", "doubtful") in codes(read_report(pictured, source="x"))


def test_a_heading_numbered_by_the_list_has_its_number() -> None:
    spec = sound()
    spec.headings = [(key, text[2:]) for key, text in spec.headings]
    assert {code for code, _ in codes(read_report(page(spec), source="x"))} == {"section.heading"}


def without_column(spec: Spec, column: int) -> bytes:
    parts = list(blocks(spec))
    grid = next(block.grid for block in parts if block.grid and block.grid.width == 10)
    grid.cells = [c for c in grid.cells if c.column != column or c.columns > 1]
    for cell in grid.cells:
        if cell.column > column:
            cell.column -= 1
        elif cell.column + cell.columns > column:
            cell.columns -= 1
    return write_html(Random(1), parts, spec.title, "plain", "utf-8", honest=True)


def test_a_table_without_one_of_its_columns_is_told_once_and_the_others_are_read() -> None:
    spec = sound(7)
    report = read_report(without_column(spec, 5), source="x")  # 科研机构
    assert codes(report) == [("table.malformed", "error")]
    read = {name for name, cell in report.cells.items() if name.startswith("requests.") and cell.value is not None}
    assert len(read) == 25 * 6
    assert all(report.cells[name].value == spec.truth()[name] for name in read)


def test_a_misspelt_column_is_told() -> None:
    html = page(sound()).replace("商业企业".encode(), "商业企页".encode())
    report = read_report(html, source="x")
    assert codes(report) == [("label.changed", "warning")]
    assert report.findings[0].expected == "商业企业"


def test_two_readings_of_one_report_are_compared_cell_by_cell() -> None:
    spec = sound(8)
    one = read_report(page(spec), source="page")
    assert differences(one, read_report(write_rows(Random(1), blocks(spec)), source="text")) == ()
    slot = spec.tables["requests"].rows[0].slots[0]
    slot.text = "987"
    [found] = differences(one, read_report(page(spec), source="other"))
    assert (found.name, found.other.value) == (slot.name, 987)
