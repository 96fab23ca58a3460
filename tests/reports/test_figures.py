"""Figures in the prose: each with its value, unit, sentence and place; what only looks like one is left out."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from reports import Figure, dump, load, read_report, to_json

PAGE = """<html><head><title>x</title></head><body><h1>某市统计局2023年政府信息公开工作年度报告</h1>
<p>根据《政府信息公开条例》（国务院令第711号）和国办公开办函〔2021〕30号编制，统计期限自2023年1月1日起至2023年12月31日止。</p>
<p>一、总体情况</p><p>{}</p><p>二、主动公开政府信息情况</p><p>某市统计局</p><p>2024年1月20日</p></body></html>"""


def figures(sentence: str) -> tuple[Figure, ...]:
    return read_report(PAGE.format(sentence).encode(), source="x.html").figures


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("全年收到申请 12 件，答复11件。", [(12, "件", False), (11, "件", False)]),
        ("网站访问1,031,446人次，占92.5%。", [(1031446, "人次", False), (Decimal("92.5"), "%", False)]),
        ("办理许可103万余件，投入约2.5万元。", [(1030000, "件", True), (25000, "元", True)]),
        ("公开信息３０条。", [(30, "条", False)]),
        ("2023年3月1日，依据第20条，（2）召开会议。", []),
        ("电话：0571-87054321，网址www.a.gov.cn/2024/c12.html。", []),
        ("依据国务院令第711号、〔2021〕30号。", []),
    ],
)
def test_figures_are_told_from_what_only_looks_like_them(
    sentence: str, expected: list[tuple[object, str, bool]]
) -> None:
    assert [(f.value, f.unit, f.rounded) for f in figures(sentence)] == expected


def test_a_figure_has_its_sentence_section_and_place() -> None:
    (first, second) = figures("各科室高度重视。全年公开信息30条；办结申请2件。")
    assert (first.sentence, first.section, first.raw) == ("全年公开信息30条；", "overview", "30条")
    assert second.sentence == "办结申请2件。"
    assert first.place is not None and first.place.path == "/html/body/p[3]"


def test_figures_are_in_the_json_and_survive_storage() -> None:
    report = read_report(PAGE.format("占92.5%，公开30条。").encode(), source="x.html")
    assert load(json.loads(json.dumps(dump(report)))) == report
    assert [(f["value"], f["unit"], f["sentence"]) for f in to_json(report)["figures"]] == [
        (92.5, "%", "占92.5%，公开30条。"),
        (30, "条", "占92.5%，公开30条。"),
    ]


def test_a_reading_that_was_kept_before_there_were_figures_is_still_read() -> None:
    kept = dump(read_report(PAGE.format("公开30条。").encode(), source="x.html"))
    del kept["figures"]
    assert load(kept).figures == ()
