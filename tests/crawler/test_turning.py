"""Lists that only a reader's hands show whole: pages that are turned, and pages that grow when one scrolls down."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, async_playwright

from crawler.browser import find_chromium
from spiders.screen import Turned
from spiders.turning import turn_pages

CHROMIUM = find_chromium(None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser on this machine")
LONG = """<ul id=l></ul><div style="height:3000px"></div><script>
var at=0,busy=0;function more(){if(busy||at>=%d)return;busy=1;
fetch('/rows?'+at).then(r=>r.text()).then(t=>{at++;busy=0;document.getElementById('l').innerHTML+='<li>'+t+'</li>'})}
more();window.addEventListener('scroll',more)</script>"""
PING = "<p>whole</p><div style='height:3000px'></div><script>window.onscroll=()=>fetch('/count')</script>"


def turned(html: str, slow: float = 0.0) -> tuple[Turned, str]:
    """What turning a page came to, and the page's words afterwards. `slow`: seconds that its data calls take."""

    async def answer(route: Route) -> None:
        if route.request.url.endswith("/never"):
            return
        if route.request.url != "http://list.test/":
            await asyncio.sleep(slow)
        body = html if route.request.url == "http://list.test/" else f"row {route.request.url.rpartition('?')[2]}"
        await route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)

    async def go() -> tuple[Turned, str]:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            page = await browser.new_page()
            await page.route("**", answer)
            await page.goto("http://list.test/")
            result = await turn_pages(page, ["下一页", "加载更多"])
            words = await page.inner_text("body")
            await browser.close()
            return result, words

    return asyncio.run(go())


def test_a_list_that_grows_when_one_scrolls_is_scrolled_to_its_end() -> None:
    result, words = turned(LONG % 4)
    assert result.finished
    assert [f"row {number}" in words for number in range(4)] == [True] * 4


def test_a_page_that_counts_its_readers_is_no_list_without_end() -> None:
    result, words = turned(PING)
    assert result.finished and "whole" in words


TABS = """<div>%s</div><ul id=l><li>row 2022</li></ul><script>
function show(y){fetch('/rows?'+y).then(r=>r.text()).then(t=>{document.getElementById('l').innerHTML='<li>'+t+'</li>'})}
</script>"""


@pytest.mark.parametrize(
    "tabs",
    [
        "<a href='javascript:void(0)' onclick='show(2023)'>2023年</a> <a href='#' onclick='show(2022)'>2022年</a>",
        "<li class=cur onclick='show(2022)'>2022</li><li onclick='show(2023)'><span>2023</span></li>",
        "<li onmouseover='show(2022)'>2022年</li><li onmouseover='show(2023)'>2023年</li>",
        "<span onclick='show(2023)'>市政府部门</span><span onclick='show(2022)'>县（市、区）</span>",
    ],
)
def test_tabs_that_are_called_by_a_year_or_a_group_of_organs_are_clicked(tabs: str) -> None:
    result, words = turned(TABS % tabs)
    assert any("row 2023" in dom for dom in (*result.doms, words))
    assert len(result.chosen) == 2
    assert result.finished


PLATFORM = "<h2>政府信息公开年报</h2><li onclick='show(1)'>政府信息公开指南</li>"
REPORTS = "<li onclick='show(2023)'><span>政府信息公开年报</span></li>"


def test_the_tab_of_the_reports_is_clicked_and_not_the_heading_that_is_called_so() -> None:
    result, words = turned(TABS % (PLATFORM + REPORTS))
    assert result.chosen == ["政府信息公开年报"]
    assert "row 2023" in words


def test_of_two_controls_that_are_called_like_the_reports_none_counts_as_clicked() -> None:
    result, _ = turned(TABS % (PLATFORM + REPORTS + "<a href='#' onclick='show(2022)'>政府信息公开年报</a>"))
    assert result.chosen == []


SLOW = TABS.replace("fetch(", "document.getElementById('l').innerHTML='<li>暂无数据</li>';fetch(")


def test_a_tab_that_empties_the_list_first_is_waited_for() -> None:
    """Shown was 暂无数据, and the next tab clicked before the rows of 2023 came."""
    years = "<a href='#' onclick='show(2023)'>2023年</a> <a href='#' onclick='show(2022)'>2022年</a>"
    result, _ = turned(SLOW % years, slow=1.5)
    assert any("row 2023" in dom for dom in result.doms)
    assert result.finished


def test_a_page_that_waits_for_news_for_ever_is_turned_all_the_same() -> None:
    news = "<script>fetch('/never')</script>"
    result, words = turned(news + TABS % "<a href='#' onclick='show(2023)'>2023年</a>")
    assert result.chosen == ["2023年"] and "row 2023" in words


def test_a_tab_that_does_nothing_was_not_chosen() -> None:
    result, _ = turned("<a href='javascript:;'>2023年</a> <a href='javascript:;'>2022年</a><p>row 2022</p>")
    assert result.chosen == []


def test_a_tab_that_leads_away_is_left_to_who_follows_links() -> None:
    result, words = turned(TABS % "<a onclick=\"location.href='/rows?2023'\">2023年</a>")
    assert result.chosen == []
    assert "row 2022" in words


def test_what_is_left_to_turn_behind_a_tab_was_not_seen() -> None:
    more = "<button onclick=0>下一页</button>"
    result, _ = turned(TABS.replace("<li>'+t+'</li>", f"<li>'+t+'</li>{more}") % "<a onclick='show(2023)'>2023年</a>")
    assert not result.finished


@pytest.mark.parametrize("opens", ["window.open('/art/'+n+'.html')", "window.location.href='/art/'+n+'.html'"])
def test_rows_that_only_a_script_opens_are_clicked_to_see_where_they_lead(opens: str) -> None:
    rows = "".join(
        f"<tr onclick=\"go('{n}')\"><td>甲县财政局{n}年政府信息公开工作年度报告</td></tr>" for n in (2023, 2022)
    )
    result, words = turned(f"<table>{rows}</table><script>function go(n){{{opens}}}</script>")
    assert [to for to, _ in result.opened] == ["http://list.test/art/2023.html", "http://list.test/art/2022.html"]
    assert "2023年政府信息公开" in result.opened[0][1]
    assert "2022年政府信息公开" in words


def test_rows_whose_handlers_name_an_address_are_left_to_who_reads_it() -> None:
    row = "<li onclick=\"location.href='/a/1.html'\">甲县财政局2023年政府信息公开工作年度报告</li>"
    result, _ = turned(f"<ul>{row}</ul>")
    assert result.opened == []


ENDLESS = """<ul id=l><li>row 1</li></ul><p>第<i id=n>1</i>/3页 <a href="javascript:next()">下一页</a></p><script>
var n=1,id=x=>document.getElementById(x);function next(){n++;id('n').innerText=n;id('l').innerHTML='<li>row '+n+'</li>'}
</script>"""


def test_a_pager_that_never_ends_is_turned_as_far_as_it_says() -> None:
    result, words = turned(ENDLESS)
    assert result.finished and "第3/3页" in words


@pytest.mark.parametrize("handler", ["", "count(1)"])
def test_rows_that_hold_a_link_are_not_clicked(handler: str) -> None:
    row = f"<li onclick='{handler}'><a href='/a.html'>甲县教育局2023年政府信息公开工作年度报告</a></li>"
    result, _ = turned(f"<ul>{row * 41}</ul>")
    assert result.finished and not result.opened
