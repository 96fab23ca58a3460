"""Ways to a column that no link shows: site maps and the site's own search."""

from __future__ import annotations

from spiders.unlinked import mapped_columns, searches, site_maps

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
    [first, *_] = searches(form, HOME, 2023)
    assert first.method == "GET"
    assert first.url.startswith("http://x.cn/so?site=9&w=2023%E5%B9%B4")


def test_a_form_of_a_page_in_gbk_is_sent_in_gbk() -> None:
    form = (
        "<meta charset=gb2312><form action='/so' method=post><input name=keyword><input type=submit value=搜索></form>"
    )
    [first, *_] = searches(form, HOME, 2023)
    assert (first.method, first.url) == ("POST", "http://x.cn/so")
    assert first.body.startswith("keyword=2023%C4%EA")


def test_a_login_or_a_letter_box_is_no_search() -> None:
    login = "<form action='/search/login'><input name=u><input type=password name=p></form>"
    letter = "<form action='/mail'><input name=name><input name=phone><input type=submit value=查询></form>"
    subscribe = "<form action='/subscribe'><input name=email><button>订阅</button></form>"
    assert not list(searches(login + letter + subscribe, HOME, 2023))
