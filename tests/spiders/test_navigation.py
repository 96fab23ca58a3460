"""Which links lead from a home page to the column of annual reports."""

from __future__ import annotations

from datetime import date

import pytest

from spiders.listing import Link
from spiders.navigation import is_called_a_column, steps

HOME = "http://www.x.gov.cn/jyj/"


def leads(label: str, url: str = "http://www.x.gov.cn/jyj/a/", day: date | None = None) -> str | None:
    found = list(steps((Link(url, label, day),), HOME, ()))
    return found[0].leads if found else None


@pytest.mark.parametrize(
    "label",
    ["政府信息公开年报", "政府信息公开年度报告", "年度报告", "部门政府信息公开年报", "信息公开年报（集中发布）"],
)
def test_labels_of_the_column(label: str) -> None:
    assert leads(label) == "column"


@pytest.mark.parametrize(
    "label", ["政务公开", "政府信息公开", "法定主动公开内容", "网站地图", "信息公开专栏", "政府信息公开指南"]
)
def test_labels_on_the_way(label: str) -> None:
    assert leads(label) == "hub"


@pytest.mark.parametrize(
    "label",
    [
        "法治政府建设年度报告",
        "政府网站工作年度报表",
        "通知公告",
        "县教育局2023年政府信息公开工作年度报告",
        "办事指南",
        "统计年报",
    ],
)
def test_labels_that_lead_elsewhere(label: str) -> None:
    assert leads(label) is None


def test_a_dated_row_is_no_way() -> None:
    assert leads("政府信息公开年报", day=date(2024, 1, 2)) is None


def test_what_lies_within_the_organs_own_pages_goes_first() -> None:
    links = (
        Link("http://www.x.gov.cn/zwgk/nb/", "政府信息公开年报", None),
        Link("http://www.x.gov.cn/jyj/nb/", "政府信息公开年报", None),
    )
    outer, own = steps(links, HOME, ())
    assert own.score > outer.score


@pytest.mark.parametrize(
    ("title", "called"),
    [
        ("政府信息公开年报_甲县", True),
        ("2023年政府信息公开年报_甲县", False),
        ("甲县人民政府", False),
        ("年度报告", True),
    ],
)
def test_a_page_that_calls_itself_the_column(title: str, called: bool) -> None:
    assert is_called_a_column(f"<html><head><title>{title}</title></head><body></body></html>") is called
