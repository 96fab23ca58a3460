"""Lists that come as data: which calls a page makes, and what stands in their answers."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spiders.datalists import plan_calls, read_data_list, wanting
from spiders.listing import links_of

URL = "http://www.example.gov.cn/col/col1229/index.html"
TITLE = "甲县2023年政府信息公开工作年度报告"


def test_hanwebs_records_are_asked_for_by_form_three_pages_at_a_time() -> None:
    html = """<datastore><totalrecord>7</totalrecord></datastore><script>$('#3268').jpage({perPage:2, proxyUrl:
    '/module/web/jpage/dataproxy.jsp', columnid:'1229', unitid:'4027', webid:'7', path:'/', appid:1})</script>"""
    [plan] = plan_calls(html, URL)
    assert plan and plan.total == 7
    second = plan.call(2)
    assert second.url.endswith("/module/web/jpage/dataproxy.jsp?startrecord=7&endrecord=12&perpage=2")
    assert second.method == "POST" and "columnid=1229" in second.body and "unitid=4027" in second.body


def test_each_list_of_a_page_is_asked_for() -> None:
    """A box of notices stands beside the reports, with a store and a pager of its own."""
    unit = "<datastore><totalrecord>{of}</totalrecord></datastore><script>$('#u').jpage({{perPage:3, proxyUrl:"
    unit += "'/module/web/jpage/dataproxy.jsp', columnid:'1229', unitid:'{id}', webid:'7'}})</script>"
    plans = plan_calls(unit.format(of=5, id=201) + unit.format(of=40, id=202), URL)
    assert [(plan.values["unitid"], plan.total) for plan in plans] == [("201", None), ("202", None)]


def test_jpaas_asks_with_the_fields_of_its_own_attribute() -> None:
    html = """<script querydata="{'webId':'w1','pageId':'p9','tplSetId':'t'}"
    url="/api-gateway/jpaas-publish-server/front/page/build/unit"></script>"""
    [plan] = plan_calls(html, URL)
    assert plan and "webId=w1" in plan.call(2).url and "pageId=p9" in plan.call(2).url
    assert "%22pageNo%22%3A2" in plan.call(2).url


@pytest.mark.parametrize(
    "script", ["var SID = '760001';", "fetch('/api/all/'+id+'?page='+p+'&sid='+C.SID); C = {\"SID\": \"760001\"};"]
)
def test_gkmlpt_takes_the_column_from_the_address(script: str) -> None:
    [plan] = plan_calls(f"<script>{script}</script>", "http://x.gov.cn/gkmlpt/index#3874")
    assert plan and plan.call(3).url == "http://x.gov.cn/gkmlpt/api/all/3874?page=3&sid=760001"


def test_an_ampersand_before_a_name_is_no_entity() -> None:
    script = (
        "<script>get('/api-gateway/jpaas-publish-server/front/page/build/unit?webId=w&pageId=7&paramJson='+p)</script>"
    )
    [plan] = plan_calls(script, "http://x.gov.cn/col/")
    assert plan.values["pageId"] == "7"


@pytest.mark.parametrize("html", ["", "<a href='/module/web/jpage/dataproxy.jsp'>", "/gkmlpt/ cate = "])
def test_a_call_whose_fields_are_not_there_is_not_made(html: str) -> None:
    assert plan_calls(html, URL) == ()


@pytest.mark.parametrize(
    "answer",
    [
        {"articles": [{"title": TITLE, "url": "/post_1.html", "date": 1705453200}], "total": 1},
        {
            "data": {
                "list": [{"docTitle": TITLE, "docPubUrl": "x", "link": "/post_1.html", "pubDate": "2024-01-17 09:00"}]
            }
        },
        {"data": {"html": f"<ul><li><a href='/post_1.html'>{TITLE}</a> 2024-01-17</li></ul>"}},
    ],
)
def test_rows_are_found_in_json_of_any_shape(answer: object) -> None:
    data = read_data_list(json.dumps(answer), URL)
    assert data
    [link] = links_of(data, URL)
    assert (link.url, link.title, link.date) == ("http://www.example.gov.cn/post_1.html", TITLE, date(2024, 1, 17))


def test_rows_are_found_in_a_datastore() -> None:
    record = f"<record><![CDATA[<li><a href='/a.html'>{TITLE}</a></li>]]></record>"
    xml = f"<datastore><totalrecord>9</totalrecord>{record}</datastore>"
    data = read_data_list(xml, URL)
    assert data and data.total == 9 and [link.title for link in links_of(data, URL)] == [TITLE]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=30),
        lambda x: st.lists(x) | st.dictionaries(st.sampled_from(["title", "url", "date", "html", "total", "a"]), x),
        max_leaves=20,
    )
)
@example({"title": None, "total": "¹"})
@example({"title": "甲", "url": "/a", "date": "¹²³⁴⁵⁶⁷⁸⁹⁰"})
def test_no_answer_makes_the_reader_fall(answer: object) -> None:
    data = read_data_list(json.dumps(answer), URL)
    if data:
        links_of(data, URL)


@pytest.mark.parametrize(
    ("parts", "total", "lacking"),
    [
        ([["a", "b"], ["c"]], 3, 0),
        ([["a", "b"], ["a", "b"]], 4, 2),  # the server takes no notice of the page asked for
        ([["a", "b"], ["a", "c"]], 4, 1),  # one row stands above every page
        ([[]], 0, 0),
        ([["a", "b"], ["c"], []], None, 0),
        ([["a", "b"], ["c"], ["c"]], None, 0),  # beyond its end it shows its last page again
        ([["a", "b"], ["c", "d"], ["c", "d"]], None, 1),  # a full last page, or one that we are not let beyond
        ([["a", "b"], ["a", "b"]], None, 1),
        ([["a", "b"], ["c", "d"]], None, 1),
    ],
)
def test_a_list_is_whole_when_every_row_or_its_end_was_seen(
    parts: list[list[str]], total: int | None, lacking: int
) -> None:
    assert wanting(parts, total) == lacking


def test_how_often_a_row_was_read_is_not_the_number_of_rows() -> None:
    row = {"title": TITLE, "url": "/post_1.html", "count": 412}
    data = read_data_list(json.dumps({"list": [row], "total": 1}), URL)
    assert data and data.total == 1
