# ruff: noqa: E501
"""Ways by which a report can be there although a list was read to its end. None of them may pass for its absence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.column import Column
from spiders.fetched import Page
from storage.records import Outcome, Visit
from tests.spiders.test_visiting import FORM_WORDS, HOST, PDF, Site, page, rows, visits

REPORT = page("甲县财政局2023年政府信息公开工作年度报告", FORM_WORDS)
TITLE = "甲县财政局2023年政府信息公开工作年度报告"
OLD = rows("甲县财政局", 2022, 2021, 2020)
EMPTY = "<p>本栏目公开年度报告。</p>"
FRAME = "<html><body>{}</body></html>"

# what stands in the column, and the pages behind it. The report is at /a/1.html, or nowhere that one can get to.
ANYWHERE = {
    "a link without words": "<li><a href='/nb/1.html'></a></li>",
    "a picture to click on": "<a href='/nb/202401/t20240120_1.html'><img src='/i/new.png'></a>",
    "links that say nothing, in a row of a year": "<table><tr><td>2023</td><td><a href='/a/1.html'>网页版</a> <a href='/f/1.pdf'>PDF版</a></td></tr></table>",
    "links that say nothing, in a row of a title": f"<li>{TITLE} <a href='/a/1.html'>在线阅读</a> <a href='/f/1.pdf'>下载</a></li>",
    "a year that only a script understands": "<li onclick='show(2023)'>2023年</li>",
    "a year without an address": "<a href='javascript:;'>2023</a>",
    "a year on a button": "<button>2023年度</button>",
    "a year of a tree": "<a class='level1' treenode_a title='2023年'><span>2023年</span></a>",
    "the organ on a tab": "<a href='#' onclick='load(7)'>财政局</a>",
    "a column on a tab": "<a href='javascript:void(0)'>历年政府信息公开年报</a>",
    "a title that is cut, and its day": "<li><a href='/a/1.html'><span>甲县财政局2023年政府信…</span> <i>2024-01-20</i></a></li>",
    "a title that is cut, in a row to click on": "<div onclick=\"window.open('/a/1.html')\"><b>甲县财政局2023年政…</b> 2024-01-20</div>",
    "a title that is cut without a mark": "<li><a href='/a/1.html'>甲县财政局2023年政府</a></li>",
    "a title that is cut late": "<li><a href='/a/1.html'>甲县财政局2023年政府信息公开工作年</a></li>",
    "a title that is cut in the organ's name": "<li><a href='/a/1.html'>甲县财…</a> 2024-01-20</li>",
    "a title that is cut in the organ's name without a mark": "<li><a href='/a/1.html'>甲县财政</a> 2024-01-20</li>",
    "a title that is cut in its middle": "<li><a href='/a/1.html'>甲县财政局2023年...年度报告</a></li>",
    "a day before the title": "<li><a href='/a/1.html'>01-20 2023年度工作年度报告</a></li>",
    "a year to choose by a dot": "<label><input type=radio name=y value=2023>2023年</label>",
    "a year that a script finds by its place": "<ul class=nf><li>2023年</li><li class=on>2022年</li></ul><script>bind('.nf li')</script>",
    "an organ that a script finds by its place": "<ul><li>财政局</li><li>卫健委</li></ul><script>bind('li')</script>",
    "a year that unfolds": "<details><summary>2023年</summary></details>",
    "a pager that sends a form": "<form method=post><input type=submit value=下一页></form>",
    "a pager that is a picture": "<a href='index_2.html'><img src='/i/next.gif'></a>",
    "more of the list": "<a href='more.html'>更多&gt;&gt;</a>",
    "all of the list": "<a href='all.html'>查看全部</a>",
    "words that say nothing": "<a href='in.html'>点击进入</a>",
    "traditional characters": "<li><a href='/a/1.html'>甲縣財政局2023年政府信息公開工作年度報告</a></li>",
    "a year in Chinese": "<a href='/nb/2023/'>二〇二三年</a>",
    "a year in brackets": "<a href='/nb/2023/'>【2023】</a>",
    "a report by another word": "<li><a href='/a/1.html'>甲县财政局2023年政府信息公开工作总结</a></li>",
    "a report that says it the other way round": "<li><a href='/a/1.html'>甲县财政局2023年度政府信息公开情况</a></li>",
    "last year's title over this year's report": "<li><a href='/a/2.html'>甲县财政局2022年政府信息公开工作年度报告</a> 2024-01-20</li>",
    "English": "<li><a href='/a/1.html'>Annual report on open government information 2023</a></li>",
    "a document by its file's name": "<li><a href='/f/1.pdf'>P020240120.pdf</a></li>",
    "a document to download": "<li><a href='/f/1.pdf'>点击下载</a></li>",
    "a row to click on": "<table><tr onclick=\"location.href='/a/1.html'\"><td>2023年度</td></tr></table>",
    "an object": "<object data='/f/list.html' type='text/html'></object>",
    "a frame that is loaded late": "<iframe data-src='/f/list.html'></iframe>",
    "a title without a link": f"<p>{TITLE}</p>",
    "a title in pieces": "<li>甲县财政局<b>2023</b>年政府信息公开<span>工作年度报告</span></li>",
    "a title in a script": f"<script>var rows = [{{id: 7, title: '{TITLE}'}}]</script>",
    "a list in a text area": f"<textarea><a href='/a/1.html'>{TITLE}</a></textarea>",
    "a title in a template": f"<template><a href='/a/1.html'>{TITLE}</a></template>",
    "more pages than are linked": "<span>共3页</span>",
    "more rows than are shown": "<span>共 <b>9</b> 条</span>",
    "a pager that only a script understands": "<a href='javascript:go(2)'>下一页</a>",
    "a pager in a box": "<select onchange='go(this.value)'><option>1</option><option>2</option><option>3</option></select>",
    "a page that failed": "<a href='index_2.html'>2</a>",
    "a year's page that failed": "<a href='/nb/2023/'>2023年</a>",
    "a column within it that failed": "<a href='/nb/new/'>政府信息公开年报</a>",
    "a frame that failed": "<iframe src='/nb/gone.html'></iframe>",
    "a fifth frame": "<iframe src='/f/a.html'></iframe><iframe src='/f/b.html'></iframe><iframe src='/f/c.html'></iframe>"
    "<iframe src='/f/d.html'></iframe><iframe src='/f/list.html'></iframe>",
    "a frame in a frame in a frame": "<iframe src='/f/1.html'></iframe>",
    "a document in a frame": "<iframe src='/f/1.pdf'></iframe>",
    "a document in a viewer": "<iframe src='/pdfjs/web/viewer.html?file=/f/1.pdf'></iframe>",
    "an embedded document": "<embed src='/f/1.pdf'>",
    "a choice of years that waits for a click": "<select><option value=2023>2023年</option><option value=2022>2022年</option></select>",
    "rows that a script adds": "<script src='/js/list.js'></script>",
}  # fmt: skip
WITHOUT_ROWS = {
    "the report itself": f"<p>{FORM_WORDS} 自2023年1月1日起至12月31日止。</p>",
    "a frame that a script fills": "<iframe id=f></iframe><script>fill('f')</script>",
    "the report as pictures": "<p><img src='/W020240120.jpg'><img src='/W020240121.jpg'></p>",
    "a form that asks for the year": "<form method=post action='/query.jsp'>年度<input name=nd><button>查询</button></form>",
}
BEHIND = {
    "/nb/1.html": REPORT,
    "/nb/202401/t20240120_1.html": REPORT,
    "/a/1.html": REPORT,
    "/f/1.pdf": PDF,
    "/a/2.html": page("政府信息公开工作年度报告", f"{FORM_WORDS} 自2023年1月1日起至12月31日止。"),
    "/f/a.html": FRAME.format("<p>天气预报：今天晴，明天多云转阴，后天有小雨，气温下降，请市民注意。</p>"),
    "/f/b.html": FRAME.format("<p>友情链接：省政府，市政府，各部门网站，新闻媒体，其他各类网站的链接。</p>"),
    "/f/c.html": FRAME.format("<p>统计：本站今日访问量一百人次，累计访问量一万人次，在线人数三人而已。</p>"),
    "/f/d.html": FRAME.format("<p>公告：本站将于今晚进行例行检修，届时访问可能变慢，敬请谅解和支持。</p>"),
    "/f/list.html": FRAME.format(f"<li><a href='/a/1.html'>{TITLE}</a></li>"),
    "/f/1.html": FRAME.format(
        "<p>这里是第一层框架，里面还有一层框架，再里面才是列表。</p><iframe src='/f/2.html'></iframe>"
    ),
    "/f/2.html": FRAME.format(
        "<p>这里是第二层框架，里面还有一层框架，再里面才是列表。</p><iframe src='/f/3.html'></iframe>"
    ),
    "/f/3.html": FRAME.format("<p>这里是第三层框架，再里面才是列表。</p><iframe src='/f/list.html'></iframe>"),
}


class Rendered(Site):
    """A site whose browser shows what the HTML shows, and can turn nothing that there is to turn."""

    has_browser = True

    async def fetch(self, url: str, *, browser: bool = False, **more: object) -> Page:
        shown = await super().fetch(url, **more)
        text = self.pages.get(url) or ""
        turned = not any(mark in text for mark in ("<select", "共3页", "go(2)", "type=submit", "list.js"))
        return replace(shown, turned_all=turned) if browser else shown


def visited(body: str, *, from_home: bool) -> Visit:
    column = page("政府信息公开年报", body)
    home = page("财政局", "<a href='/nb/'>政府信息公开年报</a>")
    site = Rendered({"/nb/": column, "/": home} | BEHIND)
    address = f"{HOST}/" if from_home else f"{HOST}/nb/"
    [visit] = visits(site, Column(address, ("m",), is_home=from_home, overdue=True))
    return visit


def proves_absence(visit: Visit) -> bool:
    return visit.outcome is Outcome.COMPLETE and not any(one.accepted for one in visit.candidates)


@pytest.mark.parametrize("from_home", [False, True])
@pytest.mark.parametrize("body", [OLD, "内容更新中"])
def test_a_list_that_hides_nothing_proves_absence(body: str, from_home: bool) -> None:
    visit = visited(body, from_home=from_home)
    assert proves_absence(visit), visit.detail


@pytest.mark.parametrize("from_home", [False, True])
@pytest.mark.parametrize("way", ANYWHERE)
def test_what_hides_beside_earlier_reports_is_not_absent(way: str, from_home: bool) -> None:
    assert not proves_absence(visited(OLD + ANYWHERE[way], from_home=from_home))


@pytest.mark.parametrize("way", {**ANYWHERE, **WITHOUT_ROWS})
def test_what_hides_in_a_list_without_any_report_is_not_absent(way: str) -> None:
    if way != "more rows than are shown":  # rows are what has a date, and there are none
        assert not proves_absence(visited(EMPTY + {**ANYWHERE, **WITHOUT_ROWS}[way], from_home=False))


WRAPS = ("{}", "<div>{}</div>", "<div class='con'><ul>{}</ul></div>", "<table><tr><td>{}</td></tr></table>", "<center><p>x</p>{}</center>")  # fmt: skip
HARMLESS = ("", "<a href='/'>首页</a>", "<a href='/wzdt/'>网站地图</a>", "<img src='/images/logo.png'>", "<p>主办：甲县财政局</p>",
            "<form action='/s'><input name=q placeholder='请输入关键字'></form>", "<a href='javascript:window.print()'>打印</a>")  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(sorted(ANYWHERE)),
    st.sampled_from(WRAPS),
    st.lists(st.sampled_from(HARMLESS), max_size=4),
    st.booleans(),
    st.booleans(),
)
def test_wherever_on_the_page_it_hides(way: str, wrap: str, around: list[str], before: bool, from_home: bool) -> None:
    hiding, noise = wrap.format(ANYWHERE[way]), "".join(around)
    body = hiding + OLD + noise if before else noise + OLD + hiding
    assert not proves_absence(visited(body, from_home=from_home))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(HARMLESS), max_size=6), st.booleans())
def test_what_every_page_has_hides_nothing(around: list[str], from_home: bool) -> None:
    visit = visited("".join(around) + OLD, from_home=from_home)
    assert proves_absence(visit), visit.detail
