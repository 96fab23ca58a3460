from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import ledger
from alerts.errors import BadSettings
from alerts.facts import Column, Fact, Table, facts
from alerts.parquet import as_parquet
from alerts.tell import gather, tell
from storage.records import Event
from tests.alerts.cases import HEAD, OFFICER, parsed
from tests.alerts.test_tell import event
from tests.web.filled import FEB, HOSTILE, JAN, MAR, Filled, filled

HOSTILE_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with filled(tmp_path_factory.mktemp("ledger")) as made:
        yield made


def found(season: Filled, at: datetime = MAR) -> list[Fact]:
    return facts(season.db, 2023, "ogi", at, "zh")


def sheets(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def test_the_workbook_has_a_sheet_of_obligations_of_findings_and_of_cells(season: Filled) -> None:
    book = sheets(ledger.export(found(season), 2023, "政府信息公开工作年度报告", MAR, "zh"))
    assert list(book) == ["发布情况", "问题", "数据（2021年格式）"]
    top, moment, head, *rows = book["发布情况"]
    assert top[0] == "2023年度政府信息公开工作年度报告台账"
    assert moment[0] == "截至 2024-03-11 23:59（北京时间）"
    assert len(rows) == 8
    forestry = dict(zip(head, next(row for row in rows if row[0] == "yunxi-ly"), strict=True))
    assert forestry["状态"] == "未发布" and forestry["通知期限"] == datetime(2024, 1, 31)
    assert "国务院令第711号" in str(forestry["依据"]) and "visit:v-yunxi-ly-0201" in str(forestry["证据编号"])
    assert [row[4] for row in book["问题"][3:]].count("sum.handled") == 1


def test_cells_are_numbers_where_they_are_numbers_and_text_as_it_stands_elsewhere(season: Filled) -> None:
    _, keys, _, *rows = sheets(ledger.export(found(season), 2023, "x", MAR, "zh"))["数据（2021年格式）"]
    place = keys.index("requests.new.total")
    values = {row[0]: row[place] for row in rows}
    assert values["yunxi-jt"] == 12 and values["yunxi-wl"] == HOSTILE
    assert len(keys) == 203


def test_the_ledger_of_an_earlier_day_is_that_days(season: Filled) -> None:
    told = {fact.organ.id: fact.told.status for fact in found(season, JAN)}
    assert set(told.values()) == {"pending"}
    assert all(fact.report is None for fact in found(season, JAN))


def test_a_ledger_without_findings_has_the_sheet_all_the_same(season: Filled) -> None:
    assert [made.key for made in ledger.tables(found(season, JAN), "zh")] == ["obligations", "findings"]


def test_the_same_facts_give_the_same_bytes(season: Filled) -> None:
    one, other = (ledger.export(found(season), 2023, "x", MAR, "en") for _ in range(2))
    assert one == other


def test_the_workbook_opens_with_frozen_headings_and_filters(season: Filled) -> None:
    book = openpyxl.load_workbook(io.BytesIO(ledger.export(found(season), 2023, "x", MAR, "zh")))
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "C4" and sheet.auto_filter.ref == "A3:Y11"


titles = st.one_of(
    st.text(max_size=40),
    st.builds(
        lambda start, rest: start + rest,
        st.sampled_from([*HOSTILE_STARTS, " =", "　@", "\ufeff="]),
        st.text(max_size=20),
    ),
    st.sampled_from(["=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "{=1+1}", "http://x.example/", "1e9", "0123"]),
)


def table(text: str) -> Table:
    return Table("findings", (Column("a", "甲", "A"),), ((text,),))


@given(titles)
def test_no_text_becomes_a_formula_a_link_or_a_number_in_a_workbook(text: str) -> None:
    data = ledger.as_xlsx([table(text)], text, MAR, "zh")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert not re.search(r"<f[ >]|<hyperlink|t=\"str\"", sheet)
        assert not any("externalLink" in name or "sheet1.xml.rels" in name for name in parts.namelist())
        if text:
            assert re.search(r'<c r="A4"[^>]* t="(s|inlineStr)"', sheet)


@given(titles)
def test_no_text_becomes_a_formula_in_csv(text: str) -> None:
    data = ledger.as_csv(table(text), "zh").decode("utf-8-sig")
    _, *rows = csv.reader(io.StringIO(data, newline=""))
    value = "".join(rows[0]) if rows and rows[0] else ""
    assert not value.lstrip(" \u3000\u00a0").startswith(HOSTILE_STARTS)
    assert value.lstrip("'") == text.encode("utf-8", "replace").decode().lstrip("'")


def test_numbers_and_dates_stay_what_they_are_in_csv() -> None:
    made = Table(
        "findings", tuple(Column(key, key, key) for key in "abcd"), ((-3, Decimal("2.50"), date(2024, 1, 2), None),)
    )
    assert ledger.as_csv(made, "zh").decode("utf-8-sig").splitlines()[1] == "-3,2.50,2024-01-02,"


def test_every_table_is_written_as_parquet_with_its_types(season: Filled) -> None:
    for made in ledger.tables(found(season), "zh"):
        read = pq.read_table(io.BytesIO(as_parquet(made)))
        assert read.column_names == [column.key for column in made.columns]
        assert read.num_rows == len(made.rows)
        if made.key == "obligations":
            assert str(read.schema.field("due_notice").type) == "date32[day]"
            assert read["name"].to_pylist() == [row[1] for row in made.rows]
        if made.key == "cells ogi-2021":  # one of the cells is no number, all others are
            assert {str(field.type) for field in read.schema} >= {"string", "int64"}


def test_without_pyarrow_parquet_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(BadSettings, match=r"nianbao\[parquet\]"):
        as_parquet(table("x"))


def test_a_digest_carries_the_ledger_of_the_subscribers_organs(season: Filled) -> None:
    (message,) = tell(season.db, [event("yunxi-ly")], [OFFICER], HEAD, FEB)
    (attached,) = parsed(message).iter_attachments()
    assert attached.get_filename() == "台账-2023-20240201.xlsx"
    assert len(sheets(attached.get_content())["发布情况"]) == 3 + 8


def test_a_revision_names_the_cells_that_changed_between_the_last_two_versions(season: Filled) -> None:
    event = Event("e", MAR, "yunxi-jt", "ogi", 2023, "revised", "on_time", "on_time")
    (told,) = gather(season.db, [event], MAR)
    assert told.revision is not None and told.revision.form == "ogi-2021"
    assert told.revision.last_seen < told.revision.first_seen
    assert [name for name, _, _ in told.revision.cells] != []
    assert all(before != after for _, before, after in told.revision.cells)
