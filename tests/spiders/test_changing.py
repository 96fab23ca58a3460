"""Sites that change over a season: columns begun anew, reports put elsewhere, pages that lead back."""

from __future__ import annotations

import pytest

from spiders.column import Column
from storage.records import Outcome, Visit
from tests.spiders.test_visiting import FORM_WORDS, HOST, PDF, Site, page, rows, visits

TITLE = "甲县财政局2023年政府信息公开工作年度报告"
OLD = rows("甲县财政局", 2022, 2021, 2020)
ROW = f"<li><a href='/a/1.html'>{TITLE}</a> 2024-01-20</li>"
REPORT = {"/a/1.html": page(TITLE, FORM_WORDS)}


def visited(site: Site, path: str = "/nb/") -> Visit:
    [visit] = visits(site, Column(f"{HOST}{path}", ("m",), is_home=path == "/", home=f"{HOST}/", overdue=True))
    return visit


def taken(visit: Visit) -> list[str]:
    return [one.url.removeprefix(HOST) for one in visit.candidates if one.accepted]


def test_a_further_page_that_leads_back_to_the_first_was_not_seen() -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a>")
    site = Site({"/": home, "/nb/": page("政府信息公开年报", f"{OLD}<a href='/nb/index_2.html'>2</a>")} | REPORT)
    site.moved[f"{HOST}/nb/index_2.html"] = f"{HOST}/nb/"
    assert visited(site).outcome is Outcome.PARTIAL


def test_the_new_years_column_is_found_where_the_old_one_stays_as_it_was() -> None:
    hub = page("政务公开", "<a href='/nb/'>政府信息公开年报</a> <a href='/nb23/'>2023年度政府信息公开年报</a>")
    home = page("甲县", "<a href='/zwgk/'>政务公开</a>")
    lists = {"/nb/": page("政府信息公开年报", OLD), "/nb23/": page("2023年度政府信息公开年报", ROW)}
    for path in ("/nb/", "/"):
        assert taken(visited(Site({"/": home, "/zwgk/": hub} | lists | REPORT), path)) == ["/a/1.html"]


def test_a_years_column_is_not_taken_for_the_years_report() -> None:
    column = page("政府信息公开年报", f"{OLD}<a href='/nb23/'>2023年度政府信息公开年报</a>")
    site = Site({"/": column, "/nb/": column, "/nb23/": page("2023年度政府信息公开年报", ROW)} | REPORT)
    assert taken(visited(site)) == ["/a/1.html"]


def test_a_years_link_without_a_day_that_leads_to_the_report_itself_is_taken() -> None:
    column = page("政府信息公开年报", f"{OLD}<a href='/a/1.html'>2023年政府信息公开工作年度报告</a>")
    assert taken(visited(Site({"/": column, "/nb/": column} | REPORT))) == ["/a/1.html"]


def test_what_the_home_page_shows_among_its_news_is_found_before_the_list_has_it() -> None:
    home = page("甲县", f"<h3>最新信息</h3>{ROW}<a href='/nb/'>政府信息公开年报</a>")
    site = Site({"/": home, "/nb/": page("政府信息公开年报", OLD)} | REPORT)
    assert [taken(visited(site, path)) for path in ("/nb/", "/")] == [["/a/1.html"]] * 2


def test_a_report_among_the_notices_is_found() -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a> <a href='/tzgg/'>通知公告</a>")
    notices = page("通知公告", f"<li><a href='/b/7.html'>招聘公告</a> 2024-02-20</li>{ROW}")
    site = Site({"/": home, "/tzgg/": notices, "/nb/": page("政府信息公开年报", OLD)} | REPORT)
    assert [taken(visited(site, path)) for path in ("/nb/", "/")] == [["/a/1.html"]] * 2


def test_notices_that_do_not_hold_it_leave_the_proof_of_its_absence_as_it_was() -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a> <a href='/tzgg/'>通知公告</a>")
    notices = page("通知公告", "<li><a href='/b/7.html'>招聘公告</a> 2024-02-20</li>")
    site = Site({"/": home, "/tzgg/": notices, "/nb/": page("政府信息公开年报", OLD)})
    assert [visited(site, path).outcome for path in ("/nb/", "/")] == [Outcome.COMPLETE] * 2


SHARED = rows("甲县财政局", 2022, 2021) + rows("甲县卫生健康局", 2023, 2022, 2021)


@pytest.mark.parametrize("name", ["甲县财政金融局", "甲县金融财政工作办公室", "甲县财政管理局"])
def test_a_new_name_like_the_organs_among_others_reports_forbids_to_call_its_own_absent(name: str) -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a>")
    site = Site({"/": home, "/nb/": page("政府信息公开年报", SHARED + rows(name, 2023))})
    for column in (Column(f"{HOST}/nb/", ("m", "h"), home=f"{HOST}/", overdue=True),):
        [worth] = {visit.outcome for visit in visits(site, column) if "m" in visit.organs}
        assert worth is Outcome.PARTIAL


@pytest.mark.parametrize(
    "more",
    [
        rows("甲县水利局", 2023),  # another name altogether
        rows("甲县财政金融局", 2023, 2022),  # which reported beside it before
        rows("甲县财政局国库支付中心", 2023),  # a part of it
    ],
)
def test_other_names_among_the_reports_leave_the_proof_of_its_absence_as_it_was(more: str) -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a>")
    site = Site({"/": home, "/nb/": page("政府信息公开年报", SHARED + more)})
    column = Column(f"{HOST}/nb/", ("m", "h"), home=f"{HOST}/", overdue=True)
    assert {visit.outcome for visit in visits(site, column) if "m" in visit.organs} == {Outcome.COMPLETE}


def test_parts_of_the_column_are_gone_through_from_an_organs_own_home_page() -> None:
    home = page("财政局", "<a href='/col/1/'>政府信息公开年报</a> <a href='/bm/'>政府部门</a>")
    top = page(
        "政府信息公开年报", "<a href='/col/2/'>乡镇街道</a> <a href='/col/3/'>政府部门</a> <a href='/bm/'>政府部门</a>"
    )
    towns = page("乡镇街道", rows("甲县城关镇人民政府", 2022))
    site = Site({"/jyj/": home, "/col/1/": top, "/col/2/": towns, "/col/3/": page("政府部门", OLD + ROW)} | REPORT)
    [visit] = visits(site, Column(f"{HOST}/jyj/", ("m",), is_home=True, overdue=True))
    assert taken(visit) == ["/a/1.html"]
    assert "/bm/" not in site.asked


def test_an_article_that_gathers_reports_by_organs_names_is_nobodys_own() -> None:
    gathered = "<a href='/a/2.html'>甲县卫生健康局</a> <a href='/a/3.html'>甲县水利局</a>"
    column = page(
        "政府信息公开年报",
        SHARED + "<li><a href='/g.html'>甲县各部门2023年政府信息公开工作年度报告</a> 2024-01-20</li>",
    )
    article = page("甲县各部门2023年政府信息公开工作年度报告", gathered)
    site = Site({"/nb/": column, "/": column, "/g.html": article})
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h"), home=f"{HOST}/", overdue=True))
    assert [one.url for visit in found for one in visit.candidates if one.accepted and one.organ == "m"] == []


def test_a_title_that_names_nobody_is_looked_behind_though_anothers_link_leads_to_the_same_page() -> None:
    link = "<li><a href='/a/9.html'>{}</a> 2024-01-20</li>"
    titles = ("甲县卫生健康局2023年政府信息公开工作年度报告", "2023年政府信息公开工作年度报告")
    body = rows("甲县财政局", 2022) + rows("甲县卫生健康局", 2022) + "".join(link.format(title) for title in titles)
    site = Site({"/": page("甲县", "<a href='/nb/'>政府信息公开年报</a>"), "/nb/": page("政府信息公开年报", body)})
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h"), home=f"{HOST}/", overdue=True))
    assert {visit.outcome for visit in found if "m" in visit.organs} == {Outcome.PARTIAL}


@pytest.mark.parametrize(("day", "period", "kept"), [("2024-01-20", 2023, True), ("2023-01-20", 2022, False)])
def test_last_years_title_without_a_day_is_held_against_its_page(day: str, period: int, kept: bool) -> None:
    title = "甲县财政局2022年政府信息公开工作年度报告"
    text = f"发布时间：{day} {FORM_WORDS} 自{period}年1月1日起至{period}年12月31日止。"
    column = page("政府信息公开年报", f"<li><a href='/a/2.html'>{title}</a> 01-20</li>" + rows("甲县财政局", 2021))
    site = Site({"/": column, "/nb/": column, "/a/2.html": page(title, text)})
    assert taken(visited(site)) == (["/a/2.html"] if kept else [])


def test_what_only_reading_can_tell_ends_no_search() -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a> <a href='/tzgg/'>通知公告</a>")
    column = page(
        "政府信息公开年报", "<li><a href='/f/1.pdf'>甲县财政局政府信息公开工作年度报告</a> 2024-01-20</li>" + OLD
    )
    site = Site({"/": home, "/tzgg/": page("通知公告", ROW), "/nb/": column, "/f/1.pdf": PDF} | REPORT)
    assert "/a/1.html" in taken(visited(site))


def test_notices_are_found_from_an_organs_own_page_within_a_portal() -> None:
    home = page("财政局", "<a href='/nb/'>政府信息公开年报</a> <a href='/tzgg/'>通知公告</a>")
    site = Site({"/bm/7/": home, "/tzgg/": page("通知公告", ROW), "/nb/": page("政府信息公开年报", OLD)} | REPORT)
    [visit] = visits(site, Column(f"{HOST}/bm/7/", ("m",), is_home=True, overdue=True))
    assert taken(visit) == ["/a/1.html"]


@pytest.mark.parametrize(("where", "beside"), [("/nb/", False), ("/tzgg/", True)])
def test_a_candidate_says_whether_the_columns_own_list_shows_it(where: str, beside: bool) -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a> <a href='/tzgg/'>通知公告</a>")
    lists = {"/nb/": OLD, "/tzgg/": ""}
    lists[where] += ROW
    site = Site({"/": home} | {path: page("政府信息公开年报", body) for path, body in lists.items()} | REPORT)
    assert [one.beside for one in visited(site).candidates if one.accepted] == [beside]


@pytest.mark.parametrize("others", ["", "<a href='/a/2.html'>甲县水利局</a>"])
def test_an_article_that_gathers_reports_leads_to_the_organs_own_be_it_the_only_one(others: str) -> None:
    title = "甲县各部门2023年政府信息公开工作年度报告"
    column = page("政府信息公开年报", OLD + f"<li><a href='/g.html'>{title}</a> 2024-01-20</li>")
    article = page(title, f"<p>来源：甲县人民政府</p><a href='/a/1.html'>甲县财政局</a> {others}")
    site = Site({"/": column, "/nb/": column, "/g.html": article} | REPORT)
    found = visits(site, Column(f"{HOST}/nb/", ("m", "h"), home=f"{HOST}/", overdue=True))
    urls = {one.url for visit in found for one in visit.candidates if one.accepted and one.organ == "m"}
    assert f"{HOST}/a/1.html" in urls


def test_a_framed_list_of_notices_is_looked_through() -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a> <a href='/tzgg/'>通知公告</a>")
    notices = page("通知公告", "<iframe src='/inc/list.html?c=7&p=1'></iframe>")
    framed = f"<html><body>{'<li><a href=/b/7.html>招聘公告</a> 2024-02-20</li>' * 9}{ROW}</body></html>"
    site = Site({"/": home, "/tzgg/": notices, "/inc/list.html?c=7&p=1": framed, "/nb/": page("年报", OLD)} | REPORT)
    assert taken(visited(site)) == ["/a/1.html"]


@pytest.mark.parametrize(("age", "outcome"), [(3600, Outcome.COMPLETE), (6 * 86400, Outcome.PARTIAL)])
@pytest.mark.parametrize("path", ["/", "/nb/"])
def test_a_networks_old_copy_of_a_list_says_nothing_of_what_came_since(path: str, age: int, outcome: Outcome) -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a>")
    site = Site({"/": home, "/nb/": page("政府信息公开年报", OLD)})
    site.ages[f"{HOST}/nb/"] = age
    assert visited(site, path).outcome is outcome


def test_notices_whose_tabs_open_on_a_year_of_before_are_turned_in_the_browser() -> None:
    home = page("甲县", "<a href='/nb/'>政府信息公开年报</a> <a href='/tzgg/'>通知公告</a>")
    old = "<li><a href='/b/7.html'>招聘公告</a> 2022-02-20</li><script>fetch('/rows')</script>"
    site = Site({"/": home, "/tzgg/": page("通知公告", old), "/nb/": page("政府信息公开年报", OLD)} | REPORT)
    site.has_browser, site.rendered = True, {f"{HOST}/tzgg/": page("通知公告", ROW)}
    assert taken(visited(site)) == ["/a/1.html"]
