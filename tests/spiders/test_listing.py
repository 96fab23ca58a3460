"""What a list page shows, for every family of lists that the data names."""

from __future__ import annotations

from datetime import date
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spiders.listing import find_date, is_cut, read_listing

URL = "http://www.example.gov.cn/zwgk/nb/index.html"


def test_links_carry_their_title_and_their_rows_date() -> None:
    listing = read_listing(
        """<ul><li><span>2024-01-20</span><a href="./t20240120_1.html">甲县2023年政府信息公开工作年度报告</a></li>
        <li><a href="../gk/t20230118_2.html">甲县2022年政府信息公开工作年度报告</a>[2023/1/18]</li></ul>""",
        URL,
    )
    assert [(link.url, link.title, link.date) for link in listing.links] == [
        ("http://www.example.gov.cn/zwgk/nb/t20240120_1.html", "甲县2023年政府信息公开工作年度报告", date(2024, 1, 20)),
        ("http://www.example.gov.cn/zwgk/gk/t20230118_2.html", "甲县2022年政府信息公开工作年度报告", date(2023, 1, 18)),
    ]


def test_a_title_that_the_list_cuts_is_taken_whole_from_the_attribute() -> None:
    whole = "甲县住房和城乡建设局2023年政府信息公开工作年度报告"
    [link] = read_listing(f'<a href="/a.html" title="{whole}">甲县住房和城乡建设局2023年政府信…</a>', URL).links
    assert link.title == whole


def test_a_row_with_several_links_lends_its_date_to_none() -> None:
    listing = read_listing("<li>2024-01-20 <a href=a.html>第一份报告</a> <a href=b.html>第二份报告</a></li>", URL)
    assert [link.date for link in listing.links] == [None, None]


@pytest.mark.parametrize(
    ("html", "pages"),
    [
        ('<script>createPageHTML(3, 0, "index", "html");</script>', ["index_1.html", "index_2.html"]),
        ("<script>createPageHTML(1,0,'index','html')</script>", []),
        ("<script>var countPage = 2; //共2页</script>", ["index_1.html"]),
        ("<script>createPageHTML('page_div',3, 1,'list','shtml',42);</script>", ["list_2.shtml", "list_3.shtml"]),
        ('<a href="index_2.html">2</a> <a href="index_2.html">下一页</a>', ["index_2.html"]),
        ('<a href="?page=2">2</a><a href="?page=3">尾页</a>', ["index.html?page=2", "index.html?page=3"]),
        ('<a href="javascript:go(2)">下一页</a><a href="/elsewhere/2.html">2</a>', []),
        ('<a href="http://other.example.cn/zwgk/nb/index_1.html">下一页</a>', []),
    ],
)
def test_further_pages_are_read_from_scripts_and_links(html: str, pages: list[str]) -> None:
    found = read_listing(html, URL).pages
    assert list(found) == [f"http://www.example.gov.cn/zwgk/nb/{page}" for page in pages]


@pytest.mark.parametrize(
    "html",
    [
        "<select onchange=go(this)><option value=''>--</option><option value='/nb/jyj/'>甲县教育局</option></select>",
        "<li onclick=\"location.href='/nb/jyj/'\">甲县教育局</li>",
        "<div onclick=\"openUrl('/nb/jyj/')\">甲县教育局</div>",
        "<a href=\"javascript:window.open('/nb/jyj/')\">甲县教育局</a>",
        "<a href='/nb/jyj/'><img src='x.png' alt='甲县教育局'></a>",
    ],
)
def test_what_leads_somewhere_without_a_plain_link_is_a_link(html: str) -> None:
    assert [(link.url, link.title) for link in read_listing(html, URL).links] == [
        ("http://www.example.gov.cn/nb/jyj/", "甲县教育局")
    ]


def test_an_option_that_leads_to_another_host_is_none() -> None:
    assert not read_listing("<select><option value='http://jyj.example.cn/'>教育局</option></select>", URL).links


@pytest.mark.parametrize(
    ("html", "choices"),
    [
        ("<select><option value=2023>2023年</option><option value=2022>2022年</option></select>", True),
        ("<select><option value=''>请选择</option><option value=17>甲县教育局</option></select>", True),
        ("<select><option value='/nb/2023/'>2023年</option><option value='/nb/2022/'>2022年</option></select>", False),
        ("<select><option value=1>标题</option><option value=2>全文</option></select>", False),
    ],
)
def test_a_box_that_offers_years_or_organs_to_a_script_is_told(html: str, choices: bool) -> None:
    assert read_listing(html, URL).beside.choices == choices


@pytest.mark.parametrize(
    ("html", "turned"),
    [
        ("<script>laypage({cont:'p', pages:3, jump:go})</script>", True),
        ("<input type=hidden id='pageCount' value='2'>", True),
        ("<a href=\"javascript:__doPostBack('p','2')\">2</a>", True),
        ("<span>共4页</span>", True),
        ("<script>var totalPage = 1;</script>", False),
        ("<span>共1页</span> <a href='#'>下一页</a>", False),
        ("<script>createPageHTML('2', '0', 'index', 'html')</script>", False),  # its pages are known
    ],
)
def test_further_pages_that_no_link_names_are_a_scripts_to_turn(html: str, turned: bool) -> None:
    assert read_listing(html, URL).turned == turned


def test_a_title_that_is_in_no_link_is_told() -> None:
    title = "甲县2023年政府信息公开工作年度报告"
    listing = read_listing(f"<title>政府信息公开</title><body><li data-id=3>{title}</li>", URL)
    assert listing.beside.unlinked == (title,)
    assert read_listing(f"<body><li><a href=/a.html>{title}</a></li>", URL).beside.unlinked == ()


def test_a_pager_cannot_name_a_million_pages() -> None:
    assert len(read_listing('<script>createPageHTML(1000000, 0, "index", "html")</script>', URL).pages) <= 100


def test_records_of_a_datastore_are_links_and_missing_ones_are_counted() -> None:
    html = """<script type="text/xml"><datastore><nextgroup></nextgroup><totalrecord>5</totalrecord><recordset>
    <record><![CDATA[<li><a href="/art/2024/1/12/art_1_2.html">乙市2023年政府信息公开工作年度报告</a>
    <b>2024-01-12</b></li>]]></record>
    </recordset></datastore></script>"""
    listing = read_listing(html, URL)
    assert [(link.url, link.date) for link in listing.links] == [
        ("http://www.example.gov.cn/art/2024/1/12/art_1_2.html", date(2024, 1, 12))
    ]
    assert listing.hidden == 4


@pytest.mark.parametrize(
    ("html", "scripted"),
    [
        ("<script>fetch('list.json').then(show)</script>", True),
        ("<script src='/js/list.js'></script>", True),
        ("<script type='application/ld+json'>{}</script>", False),
        ("<script>var year = 2024;</script>", False),
        ("<p>内容更新中</p>", False),
    ],
)
def test_scripts_that_may_build_a_list_are_told(html: str, scripted: bool) -> None:
    assert read_listing(html, URL).scripted is scripted


def test_a_placeholder_is_told() -> None:
    assert read_listing("<div>内容更新中……</div>", URL).placeholder


@pytest.mark.parametrize(
    "href", ["http://[", "javascript:void(0)", "mailto:a@b.cn", "#", "file:///etc/passwd", "x" * 5000]
)
def test_unusable_links_are_left_out(href: str) -> None:
    assert read_listing(f'<a href="{href}">2023年政府信息公开工作年度报告</a>', "not a url").links == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("发布时间：2024年3月8日", date(2024, 3, 8)),
        ("2024.03.08 来源", date(2024, 3, 8)),
        ("2024-13-45 2024/3/8", date(2024, 3, 8)),
        ("20240308", None),
        ("12024-01-01", None),
    ],
)
def test_dates_are_found_as_they_are_written(text: str, day: date | None) -> None:
    assert find_date(text) == day


@given(st.text(max_size=300))
def test_no_page_makes_the_reader_of_lists_fall(html: str) -> None:
    read_listing(html, URL)
    read_listing(f"<a href='{html}'>{html}</a><base href='{html}'>", URL)


@pytest.mark.parametrize(
    ("html", "pages"),
    [
        (
            '<script>var countPage = 3//共多少页\ncreatePageHTML(countPage, currentPage, "default", "htm");</script>',
            ["default_1.htm", "default_2.htm"],
        ),
        ("<script>_simple_list_gotopage_fun(3,'u1',1)</script>", ["index/1.htm", "index/2.htm"]),
        ("<a onclick=\"location.href='index_2.html'\">下一页</a>", ["index_2.html"]),
        (
            "<select><option value='index_2.html'>2</option><option value='/x/9.html'>9</option></select>",
            ["index_2.html"],
        ),
        (
            """<select onchange="location='list.jsp?cls=3&page='+this.value">
            <option value=1>第1页<option value=2>第2页</select>""",
            ["list.jsp?cls=3&page=1", "list.jsp?cls=3&page=2"],
        ),
        (
            """<select onchange="window.location.href = 'index_' + this.options[this.selectedIndex].value + '.html'">
            <option value=1>1</option><option value=2>2</option></select>""",
            ["index_1.html", "index_2.html"],
        ),
        ("<select onchange=\"location='nb.jsp?y='+this.value\"><option value=1>甲<option value=2>乙</select>", []),
    ],
)
def test_pages_of_other_pagers_are_read_too(html: str, pages: list[str]) -> None:
    assert list(read_listing(html, URL).pages) == [f"http://www.example.gov.cn/zwgk/nb/{page}" for page in pages]


@pytest.mark.parametrize(
    ("html", "turned"),
    [
        ("<a href='javascript:next()'>下一页</a>", True),
        ("<button>加载更多</button>", True),
        ("<a href='javascript:next()' class='disabled'>下一页</a>", False),
        ("<a href='javascript:next()'>下一页</a> 共1页", False),
        ("<a href='index_1.html'>下一页</a>", False),
        ("<script>createPageHTML(1, 0, 'index', 'html')</script><a href='#'>下一页</a>", False),
    ],
)
def test_a_pager_that_only_a_script_turns_is_told(html: str, turned: bool) -> None:
    assert read_listing(html, URL).turned is turned


def test_more_pages_than_are_fetched_are_told() -> None:
    assert read_listing('<script>createPageHTML(1000, 0, "index", "html")</script>', URL).cut


def test_a_link_that_says_nothing_is_called_by_its_row() -> None:
    row = "<td>甲县2023年政府信息公开工作年度报告</td><td>2024-01-20</td><td><a href=a.pdf>点击查看</a></td>"
    [link] = read_listing(f"<table><tr>{row}</tr></table>", URL).links
    assert (link.title, link.date) == ("甲县2023年政府信息公开工作年度报告", date(2024, 1, 20))


@given(st.from_regex(r"/[a-z/.?=&;%-]{0,20}", fullmatch=True))
def test_a_plain_path_is_joined_as_any_other_address(href: str) -> None:
    links = read_listing(f'<a href="{href}">政府信息公开</a>', URL).links
    assert [link.url for link in links] == [urljoin(URL, href)]


def test_records_that_another_list_of_the_page_shows_do_not_stand_for_those_that_are_hidden() -> None:
    store = "<datastore><totalrecord>{of}</totalrecord><recordset>{rows}</recordset></datastore>"
    rows = "".join(f"<record><![CDATA[<li><a href='/{n}.html'>第{n}号通知</a></li>]]></record>" for n in range(3))
    html = store.format(of=5, rows=rows) + store.format(of=20, rows=rows)
    assert read_listing(html, URL).hidden == 19


def test_a_session_id_is_no_part_of_an_address() -> None:
    listing = read_listing("<a href='/a/1.html;jsessionid=4F0A?x=1'>2023年年度报告</a>", "http://x.cn/")
    assert [link.url for link in listing.links] == ["http://x.cn/a/1.html?x=1"]
    pager = "<span class='p_next'><a href='nb/1.htm;jsessionid=4F0A'>下页</a></span>"
    assert read_listing(pager, "http://x.cn/nb.htm").pages == ("http://x.cn/nb/1.htm",)


@pytest.mark.parametrize("tail", ["<span>01-13</span>", "<i>[2024-01-13]</i>", "", " 2024年1月13日"])
def test_a_title_is_cut_also_where_a_date_stands_behind_it_in_the_link(tail: str) -> None:
    whole = "2023年甲县发展和改革局政府信息公开工作年度报告"
    cut = f"<i>·</i><em>2023年甲县发展和改革局政府信息公开工作年...</em>{tail}"
    links = read_listing(f"<a href='/a.html' title='{whole}'>{cut}</a><a href='/b.html'>{cut}</a>", URL).links
    assert links[0].title == whole
    assert is_cut(links[1].title)


@pytest.mark.parametrize("attribute", ["data-url", "data-href", "data-link"])
def test_a_row_that_a_script_opens_by_its_data_is_a_link(attribute: str) -> None:
    title = "甲县财政局2023年政府信息公开工作年度报告"
    row = f"<tr {attribute}='./202401/t1.html'><td>{title}</td><td>2024-01-18</td></tr>"
    [link] = read_listing(f"<table>{row}</table>", "http://x.gov.cn/nb/").links
    assert link.url == "http://x.gov.cn/nb/202401/t1.html"
    assert link.title == title
    assert link.date == date(2024, 1, 18)


@pytest.mark.parametrize("where", ["./zfxxgknb/", "../nb/index.html", "zfxxgknb/"])
def test_a_menu_that_a_script_opens_in_a_frame_leads_where_its_handler_says(where: str) -> None:
    [link] = read_listing(
        f"<li onclick=\"changeIframe('{where}',this)\">政府信息公开年报</li>", "http://x.gov.cn/gk/zn/"
    ).links
    assert link.url in (f"http://x.gov.cn/gk/zn/{where.removeprefix('./')}", "http://x.gov.cn/gk/nb/index.html")


@pytest.mark.parametrize(
    "pager",
    [
        'laypage.render({elem:"page",count:%d,limit:15,curr:1,jump:turn})',
        "$('#p').pagination({items: %d, itemsOnPage: 15})",
        "var total = %d; var pageSize = 15;",
    ],
)
def test_a_pager_that_counts_more_rows_than_a_page_holds_turns_by_script(pager: str) -> None:
    def turns(rows: int) -> bool:
        row = "<li><a href='/a/1.html'>甲县2022年政府信息公开工作年度报告</a></li>"
        return read_listing(f"{row}<script>{pager % rows}</script>", URL).turned

    assert turns(45)
    assert not turns(9)


@pytest.mark.parametrize(
    "html",
    [
        '<dl><dt>财政局</dt><dd><a href="/1.pdf">2023年</a> <a href="/2.pdf">2022年</a></dd></dl>',
        '<dl><dt>教育局</dt><dd><a href="/3.pdf">2023年</a></dd>'
        '<dt>财政局：</dt><dd><a href="/1.pdf">2023年</a></dd></dl>',
        '<ul><li>财政局：<a href="/1.pdf">2023年</a> <a href="/2.pdf">2022年</a></li></ul>',
        '<p><b>财政局</b> <a href="/1.pdf">2023年</a></p>',
        '<table><tr><td>财政局</td><td><a href="/1.pdf">2023年</a></td></tr></table>',
    ],
)
def test_a_year_beside_or_under_an_organs_name_is_that_organs(html: str) -> None:
    titles = {link.url: link.title for link in read_listing(html, "http://jia.example/nb/").links}
    assert titles["http://jia.example/1.pdf"] == "财政局 2023年"


@pytest.mark.parametrize(
    "html",
    [
        '<dl><dt><a href="/czj/">财政局</a></dt><dd><a href="/1.pdf">2023年</a></dd></dl>',
        '<dl><dt>历年年报</dt><dd><a href="/1.pdf">2023年</a></dd></dl>',
        '<ul><li>财政局 <a href="/zn.html">指南</a> <a href="/1.pdf">2023年</a></li></ul>',
        '<h1>甲县人民政府</h1><div><ul><li><a href="/1.pdf">2023年</a></li></ul></div>',
    ],
)
def test_a_name_that_is_not_the_rows_own_leaves_the_year_to_nobody(html: str) -> None:
    titles = {link.url: link.title for link in read_listing(html, "http://jia.example/nb/").links}
    assert titles["http://jia.example/1.pdf"] == "2023年"


def test_a_rows_number_is_no_part_of_its_name() -> None:
    table = "<table><tr><td>3</td><td>财政局</td><td><a href='/3.html'>查看</a></td></tr></table>"
    assert [link.title for link in read_listing(table, URL).links] == ["财政局"]


@pytest.mark.parametrize(
    "told",
    [
        "<input id='pageCount'\nvalue='3'>",
        "<input id='pageCount'value='3'>",
        "<input id='pageCount'\t value = '3'>",
        "<script>laypage({ 'pages' : 3 })</script>",
    ],
)
def test_a_number_of_pages_is_read_however_it_is_spaced(told: str) -> None:
    assert read_listing(f"<html><body><ul><li>年报</li></ul>{told}</body></html>", "http://jia.example/nb/").turned


def test_a_number_of_rows_is_read_however_far_its_template_puts_it() -> None:
    told = "共" + "\n" + " " * 300 + "<b>" + " " * 300 + "13" + "\n" * 200 + "</b>" + " " * 99 + "条"
    assert read_listing(f"<html><body>{told}</body></html>", "http://jia.example/nb/").told == 13
