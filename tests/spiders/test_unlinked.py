"""Ways to a column that no link shows: site maps and the site's own search."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest

from spiders.datalists import Call
from spiders.listing import Link
from spiders.unlinked import mapped_columns, search_of, search_pages, site_maps

HOME = "http://x.cn/"


def test_the_site_maps_that_robots_txt_names_come_first() -> None:
    maps = site_maps("User-agent: *\nDisallow: /a\nSitemap: http://x.cn/map/i.xml\nsitemap: /two.xml\n", HOME)
    assert maps[:2] == ["http://x.cn/map/i.xml", "http://x.cn/two.xml"]
    assert "http://x.cn/sitemap.xml" in maps


def test_a_site_map_gives_what_reads_like_the_column_and_lies_on_this_host() -> None:
    places = ("/zwgk/", "/zfxxgk/nb/", "/jyj/zfxxgknb/index.html", "/gknb.htm", "http://other.cn/nb/", "/nbgs/1.html")
    xml = "<urlset>" + "".join(f"<url><loc>{place}</loc></url>" for place in places) + "</urlset>"
    assert mapped_columns(xml, "http://x.cn/sitemap.xml") == [
        "http://x.cn/zfxxgk/nb/",
        "http://x.cn/jyj/zfxxgknb/index.html",
        "http://x.cn/gknb.htm",
    ]


def test_a_search_form_is_asked_with_its_hidden_fields() -> None:
    form = (
        "<form action='/so' id=search><input type=hidden name=site value=9><input name=w><button>搜索</button></form>"
    )
    search = search_of(form, HOME)
    assert search
    assert search.ask("2023年") == Call("http://x.cn/so?site=9&w=2023%E5%B9%B4")


def test_a_form_of_a_page_in_gbk_is_sent_in_gbk() -> None:
    form = (
        "<meta charset=gb2312><form action='/so' method=post><input name=keyword><input type=submit value=搜索></form>"
    )
    search = search_of(form, HOME)
    assert search
    assert search.ask("年") == Call("http://x.cn/so", "POST", "keyword=%C4%EA")
    search = search_of(form, HOME, in_utf8=True)  # a page that only claims to be in GBK
    assert search
    assert search.ask("年").body == "keyword=%E5%B9%B4"


def test_a_login_or_a_letter_box_is_no_search() -> None:
    login = "<form action='/search/login'><input name=u><input type=password name=p></form>"
    letter = "<form action='/mail'><input name=name><input name=phone><input type=submit value=查询></form>"
    subscribe = "<form action='/subscribe'><input name=email><button>订阅</button></form>"
    assert search_of(login + letter + subscribe, HOME) is None


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ('location.href = "/so?siteId=9&q=" + encodeURIComponent(w);', "http://x.cn/so?siteId=9&q=%E5%B9%B4"),
        ("window.open('/s?word='+encodeURI($('#w').val())+'&sort=1')", "http://x.cn/s?word=%E5%B9%B4&sort=1"),
        ("go(`/search/result?searchWord=${encodeURIComponent(w)}`)", "http://x.cn/search/result?searchWord=%E5%B9%B4"),
    ],
)
def test_a_search_without_a_form_is_asked_at_the_address_that_its_script_puts_together(script: str, asked: str) -> None:
    search = search_of(f"<input id=w><a onclick='so()'>搜索</a><script>function so() {{ {script} }}</script>", HOME)
    assert search
    assert search.ask("年").url == asked


@pytest.mark.parametrize(
    "page",
    [
        "<script>location.href = '/so?q=' + w</script>",  # nothing to type into
        "<input id=w><script>share('http://t.cn/share?url=' + u + '&title=' + t)</script>",
        "<input id=w><script>load('http://[x?q=' + w)</script>",
        "<input id=w><script>var page = '/list?q=1'</script>",
    ],
)
def test_an_address_of_something_else_is_no_search(page: str) -> None:
    assert search_of(page, HOME) is None


def test_a_page_that_is_called_a_search_on_this_host_may_have_the_form() -> None:
    links = [("/a", "搜索"), ("http://so.other.cn/", "全文检索"), ("/b", "高级检索"), ("/c", "查询办事进度")]
    assert search_pages([Link(urljoin(HOME, url), title, None) for url, title in links], HOME) == [
        "http://x.cn/a",
        "http://x.cn/b",
    ]
