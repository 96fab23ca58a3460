"""Visits: what a column or a home page shows, whose it is, and when it proves that a report is absent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode

import pytest
from scrapy.http import HtmlResponse, Response

from portals.model import Organ
from portals.titles import Names
from spiders.candidates import SURE, Expectation
from spiders.column import Column
from spiders.fetched import Page, Revealed
from spiders.leads import ONLY_READING
from spiders.navigation import ways
from spiders.pages import judge_page
from spiders.visiting import visit_column
from storage.records import Outcome, Visit

HOST = "http://x.gov.cn"
FILLER = "<p>" + "本栏目公开本县各单位的政府信息公开工作年度报告。" * 4 + "</p>"


def organ(identity: str, name: str, kind: str = "department") -> Organ:
    return Organ(identity, name, (), "county", kind, "510000", None, None, None)


HEALTH = organ("h", "甲县卫生健康局")
MONEY = organ("m", "甲县财政局")
COUNTY = organ("c", "甲县人民政府", "government")
TOO = organ("t", "乙县财政局")  # another county's: 财政局 alone names neither
ALL = (HEALTH, MONEY, COUNTY, TOO)


class Site:
    """A spider over pages that lie in memory."""

    series, year, has_browser = "ogi", 2023, False

    def __init__(self, pages: dict[str, str]) -> None:
        self.pages = {HOST + path: text for path, text in pages.items()}
        self.asked: list[str] = []
        self.moved: dict[str, str] = {}  # address → where it leads
        self.refuses: dict[str, int] = {}  # address → status
        self.rendered: dict[str, str] = {}  # address → what its scripts make of it
        self.ages: dict[str, int] = {}  # address → seconds that a network has had it
        self._ids = count()

    def clock(self) -> datetime:
        return datetime(2024, 4, 1, tzinfo=UTC)

    def new_id(self) -> str:
        return str(next(self._ids))

    def expectations(self, column: Column) -> list[Expectation]:
        here = Names([HEALTH, MONEY, COUNTY])
        by_id = {one.id: one for one in ALL}
        alone = len(column.organs) == 1
        return [Expectation(by_id[one], "ogi", 2023, alone, Names(ALL), here, COUNTY) for one in column.organs]

    async def fetch(self, url: str, *, browser: bool = False, **_: Any) -> Page:
        self.asked.append(url.removeprefix(HOST))
        url = self.moved.get(url, url)
        text = self.rendered.get(url) if browser and url in self.rendered else self.pages.get(url)
        status = self.refuses.get(url, 200 if text else 404)
        headers = {"Age": str(self.ages[url])} if url in self.ages else None
        response: Response = HtmlResponse(url, status, headers, body=(text or "404").encode(), encoding="utf-8")
        if text and text.startswith("%PDF"):
            response = Response(url, 200, body=text.encode())
        return Page(url, judge_page(response), response, ("c",), "c")


FORM_WORDS = " 二、主动公开政府信息情况 三、收到和处理政府信息公开申请 六、其他需要报告的事项"


def page(title: str, body: str) -> str:
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}{FILLER}</body></html>"


def visits(site: Site, column: Column) -> Sequence[Visit]:
    return asyncio.run(visit_column(site, column))


def rows(name: str, *years: int) -> str:
    return "".join(
        f"<li><a href='/a/{name}{year}.html'>{name}{year}年政府信息公开工作年度报告</a> {year + 1}-01-20</li>"
        for year in years
    )


CONTENTS = page(
    "政府信息公开年报", "<a href='/nb/1/'>财政局</a> <a href='/nb/2/'>卫健委</a> <a href='/nb/3/'>水利局</a>"
)


def test_the_host_says_whose_list_a_short_name_leads_to() -> None:
    site = Site({"/nb/": CONTENTS, "/nb/1/": page("年报", rows("甲县财政局", 2023, 2022))})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]


def test_a_table_of_contents_proves_nothing_of_an_organ_whose_list_was_not_found_in_it() -> None:
    site = Site({"/nb/": CONTENTS, "/nb/1/": page("年报", rows("甲县财政局", 2023))})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("c",)))
    assert visit.outcome is Outcome.PARTIAL


def test_an_empty_list_behind_an_organs_own_name_proves_that_it_has_none() -> None:
    site = Site({"/nb/": CONTENTS, "/nb/1/": page("年报", "内容更新中")})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.COMPLETE


TABLE = page(
    "政府信息公开年报",
    "<table><tr><th>单位</th><th>年度报告</th></tr>"
    "<tr><td>财政局</td><td><a href='/f/m23.pdf'>2023</a> <a href='/f/m22.pdf'>2022</a></td></tr>"
    "<tr><td>卫生健康局</td><td><a href='/f/h22.pdf'>2022</a></td></tr></table>",
)
PDF = "%PDF-1.4 of a report"


@pytest.mark.parametrize("year", ["2023", "2023年", "2023 年度"])
def test_whatever_a_year_in_a_table_of_organs_looks_like_it_is_looked_behind(year: str) -> None:
    table = f"<table><tr><td>甲县卫生健康局</td><td><a href='/a/h.html'>{year}</a></td></tr></table>"
    site = Site(
        {"/nb/": page("政府信息公开年报", table), "/a/h.html": page("甲县卫生健康局2023年政府信息公开年报", "")}
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("h",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/h.html"]


def test_a_year_in_a_table_of_organs_is_that_of_its_row_and_of_nobody_else() -> None:
    site = Site({"/nb/": TABLE, "/f/m23.pdf": PDF, "/f/m22.pdf": PDF, "/f/h22.pdf": PDF})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m", "h")))
    assert {(one.organ, one.url) for one in visit.candidates if one.accepted} == {("m", f"{HOST}/f/m23.pdf")}
    assert visit.outcome is Outcome.COMPLETE


def test_a_years_list_that_is_called_like_a_report_is_read_as_a_list() -> None:
    year = page("2023年政府信息公开年报", rows("甲县财政局", 2023))
    site = Site({"/nb/": page("政府信息公开年报", "<a href='/nb/2023/'>2023年</a>"), "/nb/2023/": year})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]


def test_a_years_page_without_list_or_placeholder_is_left_to_a_person() -> None:
    """The report may be a picture."""
    year = page("2023年政府信息公开年报", "<img src='/i/1.jpg'><img src='/i/2.jpg'>")
    site = Site({"/nb/": page("政府信息公开年报", "<a href='/nb/2023/'>2023年</a>"), "/nb/2023/": year})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/nb/2023/"]


PORTAL = {
    "/": page("甲县人民政府", "<a href='/nb/'>政府信息公开年报</a> <a href='/bm/'>部门信息公开</a>"),
    "/nb/": page("政府信息公开年报", rows("甲县", 2023, 2022)),
    "/bm/": page("部门信息公开", "<a href='/bm/cz/'>财政局</a> <a href='/bm/wj/'>卫生健康局</a>"),
    "/bm/cz/": page("财政局", "<a href='/bm/cz/nb/'>政府信息公开年报</a> <a href='/nb/'>政府信息公开年报</a>"),
    "/bm/cz/nb/": page("政府信息公开年报", "<a href='/a/1.html'>2023年政府信息公开工作年度报告</a> 2024-01-20"),
    "/bm/wj/": page("卫生健康局", "<a href='/nb/'>政府信息公开年报</a>"),
}


def from_portal() -> dict[str, Visit]:
    column = Column(f"{HOST}/", ("c", "m", "h"), is_home=True)
    return {one: visit for visit in visits(Site(PORTAL), column) for one in visit.organs}


def test_from_a_portals_home_page_the_way_goes_by_organs_names_too() -> None:
    found = {
        one: visit
        for visit in visits(Site(PORTAL), Column(f"{HOST}/", ("c", "m", "h"), is_home=True))
        for one in visit.organs
    }
    assert [one.url for one in found["m"].candidates if one.accepted] == [f"{HOST}/a/1.html"]
    assert found["m"].column_url == f"{HOST}/"
    assert found["c"].outcome is Outcome.COMPLETE


def test_an_organs_page_that_leads_to_the_governments_column_shows_nothing_of_the_organ() -> None:
    found = {
        one: visit
        for visit in visits(Site(PORTAL), Column(f"{HOST}/", ("c", "m", "h"), is_home=True))
        for one in visit.organs
    }
    assert found["h"].outcome is Outcome.PARTIAL
    assert not any(one.accepted for one in found["h"].candidates)


ELSEWHERE = page(
    "甲县人民政府网站",
    "<h3>各部门政府信息公开年报</h3>"
    "<a href='/gkmlpt/index?cate=1'>财政局</a> <a href='/gkmlpt/index?cate=2'>卫健委</a>",
)


def test_a_table_of_contents_may_lead_out_of_its_folder() -> None:
    site = Site({"/nb/": ELSEWHERE, "/gkmlpt/index?cate=1": page("目录", rows("甲县财政局", 2022))})
    [county] = visits(site, Column(f"{HOST}/nb/", ("c",)))
    assert county.outcome is Outcome.PARTIAL
    [money] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert money.outcome is Outcome.COMPLETE


def test_a_table_of_contents_that_the_way_promised_is_the_column_whatever_it_is_called() -> None:
    home = page("财政局", "<a href='/nb/'>政府信息公开工作年度报告</a>")
    lists = {"/gkmlpt/index?cate=1": page("目录", rows("甲县财政局", 2023, 2022))}
    site = Site({"/bm/cz/": home, "/nb/": ELSEWHERE, **lists})
    [visit] = visits(site, Column(f"{HOST}/bm/cz/", ("m",), is_home=True))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]


def test_an_empty_page_that_the_way_promised_is_the_column_whatever_it_is_called() -> None:
    site = Site(
        {
            "/bm/cz/": page("财政局", "<a href='/bm/cz/nb/'>政府信息公开年报</a>"),
            "/bm/cz/nb/": page("甲县人民政府网站", "内容更新中"),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/bm/cz/", ("m",), is_home=True))
    assert visit.outcome is Outcome.COMPLETE


def test_among_its_organs_a_county_calls_its_own_government_so() -> None:
    contents = page("政府信息公开年报", "<a href='/nb/1/'>县政府</a> <a href='/nb/2/'>财政局</a>")
    site = Site({"/nb/": contents, "/nb/1/": page("年报", rows("甲县人民政府", 2023, 2022))})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("c",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县人民政府2023.html"]


def test_a_table_of_organs_and_years_is_the_column_whatever_it_is_called() -> None:
    table = TABLE.replace("政府信息公开年报", "甲县人民政府网站")
    site = Site({"/bm/cz/": page("财政局", "<a href='/nb/'>年报</a>"), "/nb/": table, "/f/m23.pdf": PDF})
    [visit] = visits(site, Column(f"{HOST}/bm/cz/", ("m",), is_home=True))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/f/m23.pdf"]


def test_a_new_column_is_followed_to_the_columns_below_it_although_its_page_was_read_before() -> None:
    """The old column stands as it was, with a link to the new one, which has a column of new reports and one of old."""
    old = page("政府信息公开年报", rows("甲县财政局", 2022) + "<a href='/bm/cz/new/'>政府信息公开年报</a>")
    below = "<a href='/bm/cz/new/x.htm'>年度报告</a> <a href='/bm/cz/new/l.htm'>历年年度报告</a>"
    site = Site(
        {
            "/bm/cz/": page("财政局", "<a href='/bm/cz/new/'>信息公开年报</a>"),
            "/bm/cz/nb/": old,
            "/bm/cz/new/": page("信息公开年报", below),
            "/bm/cz/new/x.htm": page("年度报告", rows("甲县财政局", 2023)),
            "/bm/cz/new/l.htm": page("历年年度报告", rows("甲县财政局", 2021)),
        }
    )
    column = Column(f"{HOST}/bm/cz/nb/", ("m",), home=f"{HOST}/bm/cz/", overdue=True)
    home = Column(f"{HOST}/bm/cz/", ("m",), is_home=True, known=(f"{HOST}/bm/cz/nb/",))
    for looked_at in (column, home):
        [visit] = visits(site, looked_at)
        assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]


def test_a_table_of_contents_that_was_found_before_is_found_again() -> None:
    """It says nothing of itself: only the link's words on the way make it the column."""
    contents = page("财政局", "<a href='/nb/cz/'>财政局</a> <a href='/nb/wj/'>卫生健康局</a>")
    site = Site(
        {
            "/bm/cz/": page("财政局", "<a href='/bm/cz/gk/'>信息公开</a>"),
            "/bm/cz/gk/": page("信息公开", "<a href='/nb/'>政府信息公开年报</a>"),
            "/nb/": contents,
            "/nb/cz/": page("财政局年报", rows("甲县财政局", 2023, 2022)),
            "/nb/wj/": page("卫生健康局年报", rows("甲县卫生健康局", 2023, 2022)),
        }
    )
    for known in ((), (f"{HOST}/nb/",)):
        [visit] = visits(site, Column(f"{HOST}/bm/cz/", ("m",), is_home=True, known=known))
        assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]
        assert visit.outcome is Outcome.COMPLETE


def test_a_years_list_whose_row_is_the_document_is_read_as_a_list() -> None:
    year = page(
        "2023年政府信息公开年报", "<li><a href='/f/1.pdf'>甲县财政局2023年政府信息公开工作年度报告</a> 01-16</li>"
    )
    site = Site(
        {"/nb/": page("政府信息公开年报", "<a href='/nb/2023/'>2023年</a>"), "/nb/2023/": year, "/f/1.pdf": PDF}
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/f/1.pdf"]


YEARS = page("政府信息公开年报", "<a href='/nb/2023/'>2023年</a> <a href='/nb/2022/'>2022年</a>")


@pytest.mark.parametrize(
    "row", ["2023年政府信息公开年度报告", "甲县财政局关于2023年度政府信息公开工作情况的报告", "2023年度"]
)
def test_a_years_list_in_a_frame_is_read_as_a_list(row: str) -> None:
    report = page(row, "2023年1月1日至2023年12月31日" + FORM_WORDS)
    site = Site(
        {
            "/nb/": YEARS,
            "/nb/2023/": page("2023年政府信息公开年报", "<iframe src='list.aspx?typeid=12'></iframe>"),
            "/nb/2023/list.aspx?typeid=12": f"<html><body><li><a href='/a/1.html'>{row}</a> 2024-01-16</li></body>",
            "/a/1.html": report,
        }
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted and one.score >= SURE] == [f"{HOST}/a/1.html"]


def test_a_years_list_in_a_frame_that_says_that_it_is_empty_holds_no_report() -> None:
    site = Site(
        {
            "/nb/": YEARS,
            "/nb/2023/": page("2023年政府信息公开年报", "<iframe src='list.aspx'></iframe>"),
            "/nb/2023/list.aspx": "<html><body>内容更新中，请稍后再来查看，谢谢您的关注</body></html>",
        }
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert not [one for one in visit.candidates if one.accepted]


@pytest.mark.parametrize("framed", [f"<html><body><p>{'一、总体情况 ' * 40}</p></body></html>", "%PDF-1.4"])
def test_a_report_in_a_frame_is_the_years_page(framed: str) -> None:
    site = Site(
        {
            "/nb/": YEARS,
            "/nb/2023/": page("2023年政府信息公开年报", "<iframe src='/f/1.html'></iframe>"),
            "/f/1.html": framed,
        }
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/nb/2023/"]


def test_an_article_that_a_year_leads_to_is_the_report_with_what_is_attached_to_it() -> None:
    attached = "时间：2024-01-16 <a href='/f/1.pdf'>甲县财政局2023年政府信息公开工作年度报告</a>"
    year = page("2023年政府信息公开年报", attached)
    site = Site(
        {"/nb/": page("政府信息公开年报", "<a href='/nb/2023/'>2023年</a>"), "/nb/2023/": year, "/f/1.pdf": PDF}
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/nb/2023/"]


def test_a_years_list_whose_row_is_called_by_the_year_alone_is_looked_behind() -> None:
    year = page("2023年政府信息公开年报", "<li><a href='/a/1.html'>2023年度</a> 01-28</li>")
    report = page("2023年度", "2023年1月1日至2023年12月31日" + FORM_WORDS)
    site = Site(
        {"/nb/": page("政府信息公开年报", "<a href='/nb/2023/'>2023年</a>"), "/nb/2023/": year, "/a/1.html": report}
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.score >= SURE] == [f"{HOST}/a/1.html"]


def test_a_years_page_that_leads_to_itself_by_the_year_is_no_list() -> None:
    """Its document is a picture, which reading may tell; the menu of years was on the column too."""
    menu = "<a href='/nb/2023/'>2023年</a> <a href='/nb/2022/'>2022年</a>"
    year = page("2023年政府信息公开年报", f"{menu}<img src='/i/1.jpg'>")
    site = Site({"/nb/": page("政府信息公开年报", menu), "/nb/2023/": year})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.score >= SURE] == [f"{HOST}/nb/2023/"]


def test_a_years_page_that_links_a_year_behind_which_is_nothing_is_left_to_a_person() -> None:
    """The report may be a picture, and the year a menu's."""
    year = page("2023年政府信息公开年报", "<img src='/i/1.jpg'><a href='/nd/2023/'>2023年度</a>")
    site = Site(
        {
            "/nb/": page("政府信息公开年报", "<a href='/nb/2023/'>2023年</a>"),
            "/nb/2023/": year,
            "/nd/2023/": page("2023年工作动态", ""),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/nb/2023/"]


def test_from_a_home_page_that_leads_to_www_the_way_goes_by_organs_names_too() -> None:
    site = Site({})
    site.pages = {HOST.replace("//", "//www.") + path: text for path, text in PORTAL.items()}
    site.moved = {f"{HOST}/": f"{HOST.replace('//', '//www.')}/"}
    found = {
        one: visit for visit in visits(site, Column(f"{HOST}/", ("c", "m", "h"), is_home=True)) for one in visit.organs
    }
    assert [one.url for one in found["m"].candidates if one.accepted] == [f"{HOST.replace('//', '//www.')}/a/1.html"]
    assert found["h"].outcome is Outcome.PARTIAL


def test_an_organs_page_that_leads_to_the_portals_home_on_www_shows_nothing_of_the_organ() -> None:
    www = HOST.replace("//", "//www.")
    site = Site(PORTAL | {"/bm/cz/": ""})
    site.pages[f"{www}/"] = page("甲县人民政府", "<a href='/nb/'>政府信息公开年报</a>")
    site.pages[f"{www}/nb/"] = page(
        "政府信息公开年报", "<a href='/a/1.html'>2023年政府信息公开工作年度报告</a> 2024-01-20"
    )
    site.moved = {f"{HOST}/bm/cz/": f"{www}/"}
    found = visits(site, Column(f"{HOST}/", ("c", "m", "h"), is_home=True))
    assert not [one for visit in found for one in visit.candidates if one.organ == "m" and one.accepted]


def test_a_table_of_organs_to_which_an_organs_own_page_leads_is_not_its_own() -> None:
    """Its row has no report yet; the county's own row is called 人民政府, and a stranger's names nobody registered."""
    table = "<tr><td>{}</td><td><a href='/f/{}.pdf'>2023</a></td></tr>"
    rows_of = "<table><tr><td>财政局</td><td>—</td></tr>" + table.format("人民政府", 1) + table.format("气象局", 2)
    site = Site(
        {
            "/bm/cz/": page("财政局", "<a href='/nb/'>政府信息公开年报</a>"),
            "/nb/": page("政府信息公开年报", rows_of + "</table>"),
            "/f/1.pdf": PDF,
            "/f/2.pdf": PDF,
        }
    )
    [visit] = visits(site, Column(f"{HOST}/bm/cz/", ("m",), is_home=True))
    assert not [one for one in visit.candidates if one.score >= SURE]


def test_a_year_behind_a_reports_name_is_no_organs_row() -> None:
    column = page(
        "政府信息公开年报", "<a href='/a/1.html'>政府信息公开年报2023</a> <a href='/a/2.html'>政府信息公开年报2022</a>"
    )
    site = Site({"/nb/": column, "/a/1.html": page("政府信息公开年报2023", FORM_WORDS)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.score >= SURE] == [f"{HOST}/a/1.html"]


def test_a_sentence_that_says_report_and_year_is_no_title_that_lacks_its_link() -> None:
    prose = "<p>甲县财政局依照条例和年度报告格式编制本报告，反映2023年政府信息公开工作年度报告的情况。</p>"
    site = Site({"/nb/": page("政府信息公开年报", rows("甲县财政局", 2022) + prose)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.COMPLETE
    bare = prose.replace("，", "").replace("。", "")
    [visit] = visits(Site({"/nb/": page("政府信息公开年报", bare)}), Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.PARTIAL


def test_a_column_of_before_that_is_gone_hides_nothing_once_the_site_leads_elsewhere() -> None:
    home = page("财政局", "<a href='/bm/cz/new/'>政府信息公开年报</a>")
    site = Site({"/bm/cz/": home, "/bm/cz/new/": page("政府信息公开年报", rows("甲县财政局", 2022, 2021))})
    column = Column(f"{HOST}/bm/cz/", ("m",), is_home=True, known=(f"{HOST}/bm/cz/nb/",))
    [visit] = visits(site, column)
    assert visit.outcome is Outcome.COMPLETE
    site.pages[f"{HOST}/bm/cz/"] = page(
        "财政局", "<a href='/bm/cz/nb/'>年报</a> <a href='/bm/cz/new/'>政府信息公开年报</a>"
    )
    [visit] = visits(site, column)
    assert visit.outcome is Outcome.SOFT_404


def test_a_table_that_was_read_as_a_column_within_the_column_is_the_column() -> None:
    """The old column leads to the home page, which was read, and with it what it calls a column."""
    site = Site(
        {
            "/": page("甲县人民政府", "<a href='/new/'>政府信息公开年报</a>"),
            "/new/": page("政府信息公开年报", TABLE),
            "/f/m23.pdf": PDF,
        }
    )
    site.moved = {f"{HOST}/nb/": f"{HOST}/"}
    [visit] = visits(site, Column(f"{HOST}/nb/", ("h",), home=f"{HOST}/"))
    assert visit.profile and visit.profile.columns == (f"{HOST}/new/",)


def contents(behind: str) -> Site:
    """An organ's home page that leads to the portal's table of contents, and what is behind the organ's name there."""
    lists = "<li><a href='/nb/1/'>财政局</a></li><li><a href='/nb/2/'>卫健委</a></li>"
    return Site(
        {
            "/bm/cz/": page("财政局", "<a href='/nb/'>政府信息公开年报</a>"),
            "/nb/": page("政府信息公开年报", lists),
            "/nb/1/": behind,
            "/nb/2/": page("年报", rows("甲县卫生健康局", 2023)),
        }
    )


@pytest.mark.parametrize("home", [True, False])
def test_its_own_list_among_the_organs_that_says_that_it_is_empty_proves_absence(home: bool) -> None:
    column = Column(HOST + ("/bm/cz/" if home else "/nb/"), ("m",), is_home=home)
    [visit] = visits(contents(page("财政局年报", "内容更新中")), column)
    assert visit.outcome is Outcome.COMPLETE
    [visit] = visits(contents(page("财政局年报", "")), column)
    assert visit.outcome is Outcome.PARTIAL


@pytest.mark.parametrize("box", ["<a href='/bm/cz/nb/'>政府信息公开年报</a>", ""])
def test_a_home_page_behind_an_organs_name_is_no_list_whatever_its_boxes_say(box: str) -> None:
    """It has a box of news that is empty."""
    site = contents("")
    site.pages[f"{HOST}/nb/"] = site.pages[f"{HOST}/nb/"].replace("/nb/1/", "/cz/")
    site.pages[f"{HOST}/cz/"] = page("财政局", f"<h2>要闻</h2>暂无数据{box}")
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.PARTIAL


@pytest.mark.parametrize(
    "empty", ["<script>if (!rows.length) say('暂无数据')</script>", "<p style='display: none'>暂无数据</p>"]
)
def test_what_nobody_reads_does_not_say_that_a_list_is_empty(empty: str) -> None:
    [visit] = visits(contents(page("财政局年报", empty)), Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.PARTIAL


def moved(shown: str, *, before: bool = True) -> Visit:
    """The registered column is gone, and the home page leads to another."""
    site = Site(
        {"/bm/cz/": page("财政局", "<a href='/new/'>政府信息公开年报</a>"), "/new/": page("政府信息公开年报", shown)}
    )
    known = {"titles_before": ("甲县财政局2022年政府信息公开工作年度报告",), "seen_before": (f"{HOST}/old/1.html",)}
    column = Column(f"{HOST}/nb/", ("m",), home=f"{HOST}/bm/cz/", overdue=True, **(known if before else {}))
    [visit] = visits(site, column)
    return visit


def test_a_column_that_moved_proves_absence_where_it_shows_what_it_showed_before() -> None:
    assert moved(rows("甲县财政局", 2022, 2021)).outcome is Outcome.COMPLETE


def test_a_column_that_is_gone_proves_nothing_by_what_was_not_there_before() -> None:
    assert moved(rows("甲县财政局", 2020)).outcome is Outcome.SOFT_404
    assert moved(rows("甲县财政局", 2022, 2021), before=False).outcome is Outcome.SOFT_404
    assert moved("内容更新中").outcome is Outcome.SOFT_404


def test_a_title_without_a_link_that_names_one_organ_hides_nothing_of_another() -> None:
    column = page(
        "政府信息公开年报",
        rows("甲县财政局", 2023, 2022)
        + rows("甲县卫生健康局", 2022)
        + "<p>【甲县财政局】2023年政府信息公开工作年度报告</p>",
    )
    site = Site(
        {"/nb/": column, "/a/甲县财政局2023.html": page("甲县财政局2023年政府信息公开工作年度报告", FORM_WORDS)}
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m", "h")))
    assert visit.outcome is Outcome.COMPLETE


GROUPS = page(
    "政府信息公开年报",
    "<a href='/nb/zf/'>县政府</a> <a href='/nb/bm/'>县政府部门</a> <a href='/nb/xz/'>乡镇（街道）</a>"
    + rows("甲县人民政府", 2023, 2022),
)


@pytest.mark.parametrize("column", [Column(f"{HOST}/nb/", ("m",)), Column(f"{HOST}/", ("m",), is_home=True)])
@pytest.mark.parametrize(
    "group", ["县政府部门", "委办局", "县直单位", "各部门年报", "按部门", "街乡镇", "县(市、区)政府"]
)
def test_a_column_is_followed_to_the_lists_of_groups_of_organs_below_it(column: Column, group: str) -> None:
    site = Site(
        {
            "/": page("甲县人民政府", "<a href='/nb/'>政府信息公开年报</a>"),
            "/nb/": GROUPS.replace("县政府部门", group),
            "/nb/bm/": page(group, rows("甲县财政局", 2023, 2022)),
        }
    )
    [visit] = visits(site, column)
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]


def test_a_group_of_organs_whose_list_cannot_be_seen_may_hold_what_is_looked_for() -> None:
    site = Site({"/nb/": GROUPS.replace(rows("甲县人民政府", 2023, 2022), rows("甲县财政局", 2022))})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.PARTIAL


def test_a_menus_departments_are_no_list_of_the_columns() -> None:
    menu = "<a href='/bm/'>部门</a> <a href='/xz/'>乡镇街道</a>" + rows("甲县财政局", 2022)
    site = Site({"/nb/": page("政府信息公开年报", menu)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.COMPLETE


def test_a_column_that_shows_others_and_never_this_organ_proves_nothing_of_it() -> None:
    """Its reports may stand where nothing leads that we read. Of who is shown there, the column proves absence."""
    site = Site({"/nb/": page("政府信息公开年报", rows("甲县人民政府", 2023, 2022) + rows("甲县财政局", 2022))})
    found = {one: visit for visit in visits(site, Column(f"{HOST}/nb/", ("h", "m", "c"))) for one in visit.organs}
    assert found["m"].outcome is Outcome.COMPLETE
    assert found["h"].outcome is Outcome.PARTIAL
    assert found["c"].outcome is Outcome.COMPLETE


@pytest.mark.parametrize(("status", "outcome"), [(403, Outcome.BLOCKED), (404, Outcome.COMPLETE)])
def test_an_overdue_report_is_not_absent_where_the_home_page_refuses_to_say_what_it_links(
    status: int, outcome: Outcome
) -> None:
    """The column may go on standing where it was, and be filled elsewhere. A site without a home page links nothing."""
    site = Site({"/nb/": page("政府信息公开年报", rows("甲县财政局", 2022, 2021))})
    site.refuses = {f"{HOST}/": status}
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",), home=f"{HOST}/", overdue=True))
    assert visit.outcome is outcome


def test_a_box_without_data_beside_others_reports_makes_no_column_an_organs_own() -> None:
    aside = "<div class=side>互动交流：暂无数据</div>"
    site = Site({"/nb/": page("政府信息公开年报", rows("甲县人民政府", 2022, 2021) + aside)})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("h",)))
    assert visit.outcome is Outcome.PARTIAL


def test_an_organs_own_column_that_says_that_it_is_empty_is_its_own_although_it_leads_to_the_county_s() -> None:
    site = Site(
        {
            "/zwgk/xz/qx/nb.htm": page("清溪镇信息公开年报", "内容更新中…… <a href='/zwgk/nb.htm'>信息公开年报</a>"),
            "/zwgk/nb.htm": page("信息公开年报", rows("甲县财政局", 2022, 2021)),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/zwgk/xz/qx/nb.htm", ("h",)))
    assert visit.outcome is Outcome.COMPLETE


def test_a_column_registered_for_one_organ_that_shows_only_others_proves_nothing_of_it() -> None:
    site = Site({"/nb/": page("政府信息公开年报", rows("甲县人民政府", 2023, 2022))})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("h",)))
    assert visit.outcome is Outcome.PARTIAL


LAST_YEARS_TITLE = "甲县财政局2022年政府信息公开工作年度报告"


def kept_title(body: str, day: str = "2024-01-18") -> Visit:
    """A list whose newest row has last year's title, and what stands behind it."""
    newest = f"<li><a href='/a/new.html'>{LAST_YEARS_TITLE}</a> {day}</li>"
    site = Site(
        {
            "/nb/": page("政府信息公开年报", newest + rows("甲县财政局", 2022, 2021)),
            "/a/new.html": page(LAST_YEARS_TITLE, body),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    return visit


def test_a_report_that_kept_last_years_title_is_told_by_the_period_that_it_is_about() -> None:
    """Offices write this year's report over last year's, and forget the title."""
    visit = kept_title(f"<p>统计期限自2023年1月1日起，至2023年12月31日止。{FORM_WORDS}</p>")
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/new.html"]


def test_a_document_under_last_years_title_of_this_years_season_is_left_to_reading() -> None:
    visit = kept_title("<p>附件：<a href='./P1.pdf'>年度报告.pdf</a></p>")
    assert [ONLY_READING in one.reasons for one in visit.candidates if one.accepted] == [True]


@pytest.mark.parametrize(
    ("body", "day"),
    [
        (f"<p>统计期限自2022年1月1日起，至2022年12月31日止。{FORM_WORDS}</p>", "2024-01-18"),
        (f"<p>统计期限自2023年1月1日起，至2023年12月31日止。{FORM_WORDS}</p>", "2023-01-18"),
    ],
)
def test_last_years_report_is_no_report_of_this_year(body: str, day: str) -> None:
    visit = kept_title(body, day)
    assert not any(one.accepted for one in visit.candidates)
    assert visit.outcome is Outcome.COMPLETE


def test_a_column_that_leads_to_the_home_page_has_moved_whatever_that_hides() -> None:
    site = Site({"/": page("甲县人民政府", "<script>fetch('/news').then(show)</script><a href='/xw/'>要闻</a>")})
    site.moved[f"{HOST}/nb/"] = f"{HOST}/"
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.MOVED


def test_a_pager_that_calls_the_first_page_by_its_file_names_no_other_page() -> None:
    pager = "<a href='index.html'>首页</a> <a href='index.html'>1</a>"
    [visit] = visits(
        Site({"/nb/": page("政府信息公开年报", rows("甲县财政局", 2022) + pager)}), Column(f"{HOST}/nb/", ("m",))
    )
    assert visit.outcome is Outcome.COMPLETE


@pytest.mark.parametrize(
    ("column", "leads", "outcome"),
    [
        ("/nb/", "/nb/list?org=7", Outcome.COMPLETE),
        ("/nb/", "/gk/", Outcome.MOVED),
        ("/cz/nb.htm", "/cz/", Outcome.MOVED),
    ],
)
def test_an_empty_column_may_lead_to_a_page_of_its_own(column: str, leads: str, outcome: Outcome) -> None:
    site = Site({leads: page("政府信息公开年报", "内容更新中")})
    site.moved = {HOST + column: HOST + leads}
    [visit] = visits(site, Column(HOST + column, ("m",)))
    assert visit.outcome is outcome


def test_a_title_that_the_list_cuts_is_the_links_whose_whole_title_begins_so() -> None:
    whole = "2023年度政府信息公开工作年度报告（甲县卫生健康局）"
    row = f"<li><a href='/a/h.html' title='{whole}'>2023年度政府信息公开工作年度报告（甲县卫…</a> 2024-01-18</li>"
    site = Site({"/nb/": page("政府信息公开年报", row + rows("甲县财政局", 2022)), "/a/h.html": page(whole, "")})
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",)))
    assert visit.outcome is Outcome.COMPLETE


OTHERS = rows("甲县人民政府", 2022, 2021)


@pytest.mark.parametrize(
    ("title", "outcome"),
    [
        ("甲县财政局政府信息公开年报", Outcome.COMPLETE),
        ("政府信息公开年报", Outcome.PARTIAL),
        ("政府信息公开年报-甲县财政局", Outcome.PARTIAL),  # the site's name
        ("甲县卫生健康局政府信息公开年报", Outcome.PARTIAL),
    ],
)
def test_an_empty_column_that_is_called_by_the_organs_name_is_its_own(title: str, outcome: Outcome) -> None:
    links = "<a href='/nb/gov/'>政府信息公开年度报告</a> <a href='/c12/list.html'>政府信息公开年报</a>"
    site = Site(
        {
            "/bm/czj/": page("甲县财政局", links),
            "/nb/gov/": page("政府信息公开年报", OTHERS),
            "/c12/list.html": page(title, "<ul></ul>"),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/bm/czj/", ("m",), is_home=True))
    assert visit.outcome is outcome, visit.detail


@pytest.mark.parametrize(("day", "taken"), [("2022-01-20", False), ("2024-01-20", True)])
def test_a_report_whose_title_names_no_year_shows_by_its_day_whose_column_it_is(day: str, taken: bool) -> None:
    row = f"<li><a href='/a/old.html'>甲县财政局政府信息公开工作年度报告</a> <span>{day}</span></li>"
    report = page("甲县财政局政府信息公开工作年度报告", FORM_WORDS)
    column = page("政府信息公开年报", row + OTHERS)
    site = Site({"/": page("甲县", "<a href='/nb/'>政府信息公开年报</a>"), "/nb/": column, "/a/old.html": report})
    [visit] = visits(site, Column(f"{HOST}/", ("m",), is_home=True))
    assert any(one.accepted for one in visit.candidates) == taken
    assert taken or visit.outcome is Outcome.COMPLETE, visit.detail


def test_a_column_that_only_the_sites_search_finds_clears_and_proves_nothing_absent() -> None:
    form = "<form action='/search'><input type='text' name='q'><input type='submit' value='搜索'></form>"
    hits = page("搜索结果", "<p><a href='/nb/'>政府信息公开年报</a> <span>2020-01-01</span></p>")
    words = "2023年政府信息公开工作年度报告", "2023 信息公开 年", "政府信息公开年报"
    site = Site({"/": page("甲县", form), "/nb/": page("政府信息公开年报", rows("甲县财政局", 2023, 2022) + OTHERS)})
    site.pages |= {f"{HOST}/search?{urlencode({'q': text})}": hits for text in words}
    found, absent = (visits(site, Column(f"{HOST}/", (one,), is_home=True))[0] for one in ("m", "c"))
    assert [one.url for one in found.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]
    assert absent.outcome is Outcome.PARTIAL


SEARCH = "<form action='/search'><input type='text' name='q'><input type='submit' value='搜索'></form>"


def searched(pages: dict[str, str], hits: dict[str, str]) -> Site:
    """A site whose search finds `hits` by what is typed, and nothing else."""
    site = Site(pages)
    for words, found in hits.items():
        site.pages[f"{HOST}/search?{urlencode({'q': words})}"] = page("搜索结果", found)
    return site


@pytest.mark.parametrize("home", [True, False])
def test_before_a_report_is_called_missing_the_sites_search_is_asked(home: bool) -> None:
    """The report was published among the notices, and the column of annual reports not kept up."""
    pages = {
        "/": page("甲县财政局", f"{SEARCH}<a href='/nb/'>政府信息公开年报</a>"),
        "/nb/": page("政府信息公开年报", rows("甲县财政局", 2022, 2021)),
        "/a/甲县财政局2023.html": page("甲县财政局2023年政府信息公开工作年度报告", FORM_WORDS),
    }
    column = Column(HOST + ("/" if home else "/nb/"), ("m",), is_home=home, overdue=True)
    [visit] = visits(searched(pages, {"2023年政府信息公开工作年度报告": rows("甲县财政局", 2023)}), column)
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]
    [visit] = visits(searched(pages, {"2023年政府信息公开工作年度报告": "没有找到相关结果"}), column)
    assert visit.outcome is Outcome.COMPLETE, visit.detail


def test_where_several_share_a_site_its_search_is_asked_by_their_names() -> None:
    pages = {
        "/": page("甲县", f"{SEARCH}<a href='/jg/'>机构职能</a>"),
        "/a/甲县财政局2023.html": page("甲县财政局2023年政府信息公开工作年度报告", FORM_WORDS),
    }
    site = searched(pages, {"甲县财政局2023年政府信息公开": rows("甲县财政局", 2023)})
    found = visits(site, Column(f"{HOST}/", ("m", "h"), is_home=True))
    assert [one.organ for visit in found for one in visit.candidates if one.accepted] == ["m"]
    assert all(visit.outcome is Outcome.PARTIAL for visit in found if "h" in visit.organs)


def test_a_search_that_answers_with_data_is_read() -> None:
    title = "甲县财政局2023年政府信息公开工作年度报告"
    site = Site({"/": page("甲县财政局", SEARCH), "/a/1.html": page(title, FORM_WORDS)})
    answer = json.dumps({"total": 1, "rows": [{"title": f"<em>{title}</em>", "url": "/a/1.html"}]}, ensure_ascii=False)
    site.pages[f"{HOST}/search?{urlencode({'q': '2023年政府信息公开工作年度报告'})}"] = answer
    [visit] = visits(site, Column(f"{HOST}/", ("m",), is_home=True))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/1.html"]


def test_a_search_whose_results_a_script_shows_is_looked_at_in_the_browser() -> None:
    """One look tells whether a script adds to the results: a site without it is not rendered for each question."""
    script = "<script>fetch('/api').then(show)</script>"
    site = Site({"/": page("甲县财政局", SEARCH), "/a/甲县财政局2023.html": page("甲县财政局", FORM_WORDS)})
    site.has_browser = True
    asked = {words: f"{HOST}/search?{urlencode({'q': words.format(year=2023)})}" for words in ways().search_words}
    site.pages |= {url: page("搜索", script) for url in asked.values()}
    last = asked[ways().search_words[-1]]
    site.rendered = {url: page("搜索", "<a href='/b'>甲县2023年大事</a>") for url in asked.values()}
    site.rendered[last] = page("搜索", rows("甲县财政局", 2023))
    [visit] = visits(site, Column(f"{HOST}/", ("m",), is_home=True))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/甲县财政局2023.html"]
    site.rendered, site.asked = {}, []
    visits(site, Column(f"{HOST}/", ("m",), is_home=True))
    assert [site.asked.count(url.removeprefix(HOST)) for url in asked.values()] == [2, 1, 1]


@pytest.mark.parametrize(("years", "taken"), [((2023, 2022, 2021), False), ((2023, 2022), True), ((2023,), True)])
def test_a_name_that_has_reports_for_the_same_years_is_no_former_name(years: tuple[int, ...], taken: bool) -> None:
    column = page("政府信息公开年报", rows("甲县财政局", 2022, 2021, 2020) + rows("甲县统计局", *years))
    site = Site({"/": page("甲县", "<a href='/nb/'>政府信息公开年报</a>"), "/nb/": column})
    for home, url in ((True, f"{HOST}/"), (False, f"{HOST}/nb/")):
        [visit] = visits(site, Column(url, ("m",), is_home=home))
        assert any(one.accepted for one in visit.candidates) == taken


@pytest.mark.parametrize(
    "title", ["甲县人民政府 信息公开年报", "甲县人民政府-政府信息公开年报", "甲县人民政府信息公开年报"]
)
def test_the_sites_name_over_an_organs_list_says_nothing_of_its_rows(title: str) -> None:
    """What names nobody was the county's, for the page bears the site's name, and the town was called missing."""
    nameless = "<li><a href='/a/2023.html'>2023年政府信息公开工作年度报告</a> 2024-01-20</li>"
    listed = (
        f"<html><head><title>{title}</title></head><body>{nameless}{rows('甲县财政局', 2022)}{FILLER}</body></html>"
    )
    report = page("2023年政府信息公开工作年度报告", FORM_WORDS)
    site = Site({"/cz/nb/": listed, "/a/2023.html": report})
    [visit] = visits(site, Column(f"{HOST}/cz/nb/", ("m",)))
    assert [one.url for one in visit.candidates if one.accepted] == [f"{HOST}/a/2023.html"]


@pytest.mark.parametrize("year", [2023, 2022])
def test_what_names_nobody_in_a_column_that_calls_itself_by_an_organs_name_is_its_own(year: int) -> None:
    links = "<a href='/nb/gov/'>政府信息公开年度报告</a> <a href='/c12/list.html'>政府信息公开年报</a>"
    nameless = f"<li><a href='/a/{year}.html'>{year}年度政府信息公开年报</a> {year + 1}-01-20</li>"
    site = Site(
        {
            "/bm/czj/": page("甲县财政局", links),
            "/nb/gov/": page("政府信息公开年报", rows("甲县人民政府", 2022)),
            "/c12/list.html": page("甲县财政局政府信息公开年报", nameless),
            "/a/2023.html": page("2023年度政府信息公开年报", FORM_WORDS),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/bm/czj/", ("m",), is_home=True))
    sure = [one.url for one in visit.candidates if one.accepted and one.score >= SURE]
    assert sure == ([f"{HOST}/a/2023.html"] if year == 2023 else [])
    assert visit.outcome is Outcome.COMPLETE, visit.detail


@pytest.mark.parametrize(("name", "taken"), [("甲县财政局国库支付中心", False), ("甲县财政局机关", True)])
def test_a_report_of_an_organs_part_is_not_the_organs(name: str, taken: bool) -> None:
    column = page("政府信息公开年报", rows("甲县财政局", 2022) + rows(name, 2023))
    [visit] = visits(Site({"/nb/": column}), Column(f"{HOST}/nb/", ("m",)))
    assert any(one.accepted for one in visit.candidates) == taken


class Revealing(Site):
    """Every list comes by a data call that its browser reveals."""

    has_browser = True

    async def fetch(self, url: str, **how: Any) -> Page:
        page = await super().fetch(url)
        call = Revealed("xhr", f"{url}data.json?page=1", "GET", 200)
        return replace(page, revealed=(call,), turned_all=True) if how.get("browser") else page


def test_the_data_calls_of_other_columns_are_not_remembered_as_this_ones() -> None:
    """The county's report named nobody, and was the town's at the next visit."""
    script = "<script>fetch('x')</script>"
    site = Revealing(
        {
            "/": page("甲县人民政府", "<a href='/zf/'>政府信息公开年报</a>"),
            "/nb/": page("年报", rows("甲县财政局", 2022) + script),
            "/zf/": page("年报", rows("甲县人民政府", 2022) + script),
        }
    )
    [visit] = visits(site, Column(f"{HOST}/nb/", ("m",), home=f"{HOST}/", overdue=True))
    assert visit.profile is not None
    assert visit.profile.calls == (f"{HOST}/nb/data.json?page=1",)
