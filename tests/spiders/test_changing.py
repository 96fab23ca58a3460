"""Sites that change over a season: columns begun anew, reports put elsewhere, pages that lead back."""

from __future__ import annotations

from spiders.column import Column
from storage.records import Outcome, Visit
from tests.spiders.test_visiting import FORM_WORDS, HOST, Site, page, rows, visits

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
