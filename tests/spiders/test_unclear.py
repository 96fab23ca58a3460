"""Links whose titles say too little: which are looked behind, and what their pages settle."""

from __future__ import annotations

from datetime import date

import pytest

from portals.model import Organ
from portals.titles import Names
from spiders.article import read_article
from spiders.candidates import SURE, Expectation, unclear, weigh_page
from storage.records import Sighting

HOUSING = Organ("1", "甲县住房和城乡建设局", ("县住建局",), "county", "department", "510000", None, None, None)
SCHOOLS = Organ("2", "甲县教育局", ("县教育局",), "county", "department", "510000", None, None, None)
NAMES = Names([HOUSING, SCHOOLS])
UNTIL = date(2024, 2, 1)


def sighting(title: str, day: date | None = date(2024, 1, 20)) -> Sighting:
    return Sighting("http://x.cn/a.html", title, day, "c")


def wanted(*, alone: bool = True) -> list[Expectation]:
    return [Expectation(HOUSING, "ogi", 2023, alone, NAMES)]


@pytest.mark.parametrize(
    "title",
    [
        "政府信息公开工作年度报告",  # no year
        "2023年度报告",
        "2023年年报",
        "2023年",
        "甲县住房和城乡建设局2023年政府信…",
        "甲县住建局",
        "2024年政府信息公开年报",  # the year of publication, most likely
        "县住建局年度报告（附件）",
    ],
)
def test_a_title_that_may_be_the_reports_is_looked_behind(title: str) -> None:
    day = None if title in ("2023年", "甲县住建局") else date(2024, 1, 20)
    assert unclear(sighting(title, day), wanted(), UNTIL, True)


@pytest.mark.parametrize(
    "title",
    [
        "2023年政府信息公开工作年度报告",  # clear: it is weighed
        "2022年度报告",
        "2023年法治政府建设年度报告",
        "甲县教育局2023年度报告",
        "关于召开2023年春季田径运动会的通知",
    ],
)
def test_a_title_that_settles_it_is_not(title: str) -> None:
    assert unclear(sighting(title), wanted(), UNTIL, True) is None


def test_in_a_column_of_several_a_report_that_names_nobody_is_looked_behind() -> None:
    link = unclear(sighting("2023年政府信息公开工作年度报告"), wanted(alone=False), UNTIL, True)
    assert link and link.nobodys


@pytest.mark.parametrize(
    ("own", "text", "taken"),
    [
        ("甲县住房和城乡建设局2023年政府信息公开工作年度报告", "", True),
        ("甲县住房和城乡建设局2022年政府信息公开工作年度报告", "", False),
        ("甲县教育局2023年政府信息公开工作年度报告", "", None),
        ("通知公告", "", None),
    ],
)
def test_the_pages_own_title_decides(own: str, text: str, taken: bool | None) -> None:
    article = read_article(f"<title>x</title><h1>{own}</h1><p>{text}</p>", "http://x.cn/a.html")
    found = weigh_page(sighting("2023年度报告"), article, wanted(alone=False)[0])
    assert (found.accepted if found else None) == taken
    assert found is None or any("the list calls it" in reason for reason in found.reasons)


FORM = "收到和处理政府信息公开申请情况 结转下年度继续办理 主动公开政府信息情况"


def test_without_a_telling_title_the_text_says_the_year() -> None:
    page = f"<h1>年度报告</h1><p>统计期限自2023年1月1日起至2023年12月31日止。{FORM}</p>"
    found = weigh_page(sighting("年度报告"), read_article(page, "http://x.cn/a.html"), wanted()[0])
    assert found and found.accepted and found.score >= SURE
    other = page.replace("2023年", "2022年")
    assert weigh_page(sighting("年度报告"), read_article(other, "http://x.cn/a.html"), wanted()[0]) is None


def test_a_sites_name_in_the_title_is_nobodys_name() -> None:
    page = "<title>某水文站2023年政府信息公开工作年度报告_甲县住房和城乡建设局</title>"
    found = weigh_page(
        sighting("某水文站2023年度报告"), read_article(page, "http://x.cn/a.html"), wanted(alone=False)[0]
    )
    assert found is None


@pytest.mark.parametrize("alone", [True, False])
@pytest.mark.parametrize("listed", ["甲县教育局招生考试中心2023…", "甲县教育局招生考试中心 2023年"])
def test_the_name_of_the_site_does_not_take_another_bodys_report(listed: str, alone: bool) -> None:
    county = Organ("c", "甲县人民政府", (), "county", "government", "510000", None, None, None)
    page = (
        "<title>甲县教育局招生考试中心2023年政府信息公开工作年度报告</title><h2>甲县人民政府</h2>"
        f"<p>统计期限自2023年1月1日起至2023年12月31日止。{FORM}</p>"
    )
    mine = Expectation(county, "ogi", 2023, alone, Names([HOUSING, county]))
    found = weigh_page(sighting(listed), read_article(page, "http://x.cn/a.html"), mine)
    assert found is None or not found.accepted
