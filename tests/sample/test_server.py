"""The province over real sockets: its clock, its outages, its odd headers, its lists that hide their rows."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import socket
from datetime import date

import pytest

from sample import PortBusy, Province, Running, running
from tests.sample.tools import ask, get, set_clock

COLUMNS = {
    "qingping": "/zwgk/zfxxgkzl/zfxxgknb/",
    "bazhong": "/zwgk/zfxxgknb/",
    "wushan": "/c134066/list.shtml",
    "tongchuan": "/col/col1229/index.html",
    "yunxi": "/gknb/3874/index.html",
    "songling": "/zwgk/gknb.htm",
    "chenghu": "/xxgk/ndbg/",
    "yantang": "/col/col2046/index.html",
    "tongwu": "/c108812/list.shtml",
    "bailu": "/zfxxgk/nianbao.htm",
}


def test_a_report_appears_when_the_clock_reaches_it(served: Running) -> None:
    assert set_clock(served, "2024-02-05T15:35:00+08:00").status == 200
    assert "巫山县2023年" not in get(served, "wushan", COLUMNS["wushan"]).body.decode()
    set_clock(served, "2024-02-05T15:36:00+08:00")
    assert "巫山县2023年" in get(served, "wushan", COLUMNS["wushan"]).body.decode()


def test_a_bare_date_is_the_end_of_that_day_in_shanghai(served: Running) -> None:
    assert json.loads(set_clock(served, "2024-02-01").body)["now"] == "2024-02-01T23:59:59+08:00"
    answer = ask(served, served.province.control, "/clock")
    assert json.loads(answer.body)["now"] == "2024-02-01T23:59:59+08:00"
    assert get(served, "wushan", "/").headers["date"] == "Thu, 01 Feb 2024 15:59:59 GMT"


@pytest.mark.parametrize("body", ["", "null", "[]", "{}", '{"now": 3}', '{"now": "yesterday"}', "\x00"])
def test_a_clock_that_is_set_to_nonsense_says_so_and_stands_still(served: Running, body: str) -> None:
    before = served.clock.now
    answer = ask(served, served.province.control, "/clock", "POST", body)
    assert answer.status == 400
    assert "wanted" in json.loads(answer.body)["error"]
    assert served.clock.now == before


def test_a_site_that_is_down_hangs_up_on_new_and_on_open_connections(served: Running) -> None:
    served.set_clock(date(2024, 1, 15))
    connection = http.client.HTTPConnection(served.province.site("yantang").address, served.port, timeout=10)
    connection.request("GET", COLUMNS["yantang"])
    assert connection.getresponse().read()
    served.set_clock(date(2024, 2, 1))
    with pytest.raises(OSError):
        connection.request("GET", COLUMNS["yantang"])
        connection.getresponse()
    with pytest.raises(OSError):
        get(served, "yantang", COLUMNS["yantang"])
    served.set_clock(date(2024, 2, 21))
    assert get(served, "yantang", COLUMNS["yantang"]).status == 200


def test_an_overloaded_site_answers_503_to_everything(served: Running) -> None:
    served.set_clock(date(2024, 2, 21))
    assert [get(served, "chenghu", path).status for path in ("/", COLUMNS["chenghu"], "/robots.txt")] == [503] * 3
    served.set_clock(date(2024, 3, 11))
    assert get(served, "chenghu", COLUMNS["chenghu"]).status == 200


def test_a_challenge_is_never_passed_whatever_cookie_is_brought(served: Running) -> None:
    first = get(served, "tongwu", COLUMNS["tongwu"])
    second = get(served, "tongwu", COLUMNS["tongwu"], {"Cookie": "__jsl_clearance_s=1; __jsluid_h=2"})
    assert (first.status, second.status) == (521, 521)
    assert "document.cookie" in first.body.decode()
    assert get(served, "tongwu", "/robots.txt").status == 200


def test_the_second_page_of_a_trs_list_is_named_by_script_only(served: Running) -> None:
    served.set_clock(date(2024, 4, 1))
    first = get(served, "bazhong", COLUMNS["bazhong"]).body.decode()
    assert 'createPageHTML(4, 0, "index", "html")' in first
    assert "index_1.html" not in re.findall(r'href="([^"]+)"', first)
    assert "清江镇2023年" not in first
    assert "清江镇2023年" in get(served, "bazhong", COLUMNS["bazhong"] + "index_1.html").body.decode()
    assert get(served, "bazhong", COLUMNS["bazhong"] + "index.html").status == 200
    assert get(served, "bazhong", COLUMNS["bazhong"] + "index_4.html").status == 404


def test_the_pages_of_a_vsb_list_count_down(served: Running) -> None:
    page = get(served, "songling", COLUMNS["songling"]).body.decode("gbk")
    assert re.search(r'href="/zwgk/gknb/2.htm" class="Next"', page)
    last = get(served, "songling", "/zwgk/gknb/1.htm").body.decode("gbk")
    assert "松陵县2010年" in last


def test_a_list_built_by_script_has_no_rows_until_its_data_is_fetched(served: Running) -> None:
    served.set_clock(date(2024, 4, 1))
    page = get(served, "yunxi", COLUMNS["yunxi"]).body.decode()
    assert "年度报告" not in page
    data = json.loads(get(served, "yunxi", "/gkmlpt/api/all/3874?page=1").body)
    assert data["total"] > len(data["articles"]) == 5
    titles = [article["title"] for article in data["articles"]]
    assert "云溪市2023年政府信息公开工作年度报告" in titles


def test_hanweb_rows_stand_in_a_datastore(served: Running) -> None:
    page = get(served, "tongchuan", COLUMNS["tongchuan"]).body.decode()
    assert page.count("<record><![CDATA[<li>") >= 9


def test_encodings_are_declared_wrongly_or_not_at_all(served: Running) -> None:
    undeclared = get(served, "songling", COLUMNS["songling"])
    assert undeclared.headers["content-type"] == "text/html"
    assert b"charset" not in undeclared.body
    assert "松陵县" in undeclared.body.decode("gbk")
    wrong = get(served, "bailu", COLUMNS["bailu"])
    assert wrong.headers["content-type"] == "text/html; charset=ISO-8859-1"
    assert "白鹭县" in wrong.body.decode("gb18030")


def test_pages_change_at_every_request_although_nothing_was_published(served: Running) -> None:
    assert get(served, "bazhong", COLUMNS["bazhong"]).body != get(served, "bazhong", COLUMNS["bazhong"]).body


@pytest.mark.parametrize(
    ("site", "sent", "back"),
    [("qingping", "etag", "If-None-Match"), ("tongchuan", "last-modified", "If-Modified-Since")],
)
def test_steady_pages_answer_304_until_something_is_published(served: Running, site: str, sent: str, back: str) -> None:
    served.set_clock(date(2024, 2, 1))
    first = get(served, site, COLUMNS[site])
    again = get(served, site, COLUMNS[site], {back: first.headers[sent]})
    assert (again.status, again.body) == (304, b"")
    served.set_clock(date(2024, 4, 1))
    assert get(served, site, COLUMNS[site], {back: first.headers[sent]}).status == 200


def test_a_page_is_compressed_for_whoever_accepts_it(served: Running) -> None:
    answer = get(served, "wushan", COLUMNS["wushan"], {"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "巫山县" in gzip.decompress(answer.body).decode()


def test_every_link_of_a_list_leads_to_its_article_and_every_attachment_is_there(served: Running) -> None:
    served.set_clock(date(2024, 4, 1))
    for site, path in (("bazhong", COLUMNS["bazhong"]), ("wushan", COLUMNS["wushan"]), ("bailu", COLUMNS["bailu"])):
        encoding = served.province.site(site).encoding
        rows = re.findall(r'</span><a href="([^"]+)"', get(served, site, path).body.decode(encoding))
        assert rows
        for row in rows:
            target = path + row.removeprefix("./") if row.startswith("./") else row
            article = get(served, site, target)
            assert article.status == 200, target
            for file in re.findall(r'附件：<a href="([^"]+)"', article.body.decode(encoding)):
                assert get(served, site, file.replace("&amp;", "&")).body[:2] in (b"%P", b"PK")


def test_a_download_says_nothing_true_about_its_type(served: Running) -> None:
    served.set_clock(date(2024, 4, 1))
    page = get(served, "bailu", "/info/1308/" + str(number_of(served, "bailu")) + ".htm").body.decode("gb18030")
    file = re.findall(r'附件：<a href="([^"]+)"', page)[0].replace("&amp;", "&")
    answer = get(served, "bailu", file)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].endswith('.docx"')


def number_of(served: Running, site: str) -> int:
    return next(item.number for item in served.province.site(site).publications if item.report)


def test_the_log_names_every_request_refused_ones_too(served: Running) -> None:
    served.set_clock(date(2024, 2, 1))
    get(served, "wushan", "/", {"User-Agent": "a visitor"})
    with pytest.raises(OSError):
        get(served, "yantang", "/robots.txt")
    rows = json.loads(ask(served, served.province.control, "/log").body)
    assert [(row["site"], row["path"], row["status"]) for row in rows] == [
        ("wushan", "/", 200),
        ("yantang", "/robots.txt", 0),
    ]
    assert rows[0]["agent"] == "a visitor"
    assert rows[0]["at"] <= rows[1]["at"]
    assert ask(served, served.province.control, "/log", "DELETE").status == 200
    assert served.log.entries() == []


def test_only_get_and_head_are_taken(served: Running) -> None:
    address = served.province.site("wushan").address
    assert ask(served, address, "/", "POST", "x").status == 405
    head = ask(served, address, "/", "HEAD")
    assert (head.status, head.body) == (200, b"")


def test_a_port_that_is_taken_is_named(province: Province) -> None:
    with socket.socket() as other:
        other.bind((province.sites[0].address, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortBusy, match=f"{province.sites[0].address}:{port}"), running(province, port):
            pass
