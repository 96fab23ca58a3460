"""Rows are looked at within bounds, however large the page is that holds them."""

from __future__ import annotations

from datetime import date

import pytest
from scrapy.http import HtmlResponse
from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.article import read_article
from spiders.listing import read_listing
from spiders.nodes import above, is_small, leads_to_one
from spiders.pages import judge_column, judge_page
from storage.records import Outcome


def first(html: str, css: str) -> LexborNode:
    node = LexborHTMLParser(html).css_first(css)
    assert node is not None
    return node


@pytest.mark.parametrize(
    ("row", "one"),
    [
        ("<a href='/1'>年报</a> 2024-01-20", True),
        ("<a href='/1'><img></a><a href='/1'>年报</a>", True),
        ("<a href='/1'>年报</a><a href='/2'>解读</a>", False),
        ("<a href='/1'>年报</a>" * 400, False),
        ("没有链接", True),
    ],
)
def test_a_row_is_small_and_leads_to_one_address(row: str, one: bool) -> None:
    assert leads_to_one(first(f"<ul><li>{row}</li></ul>", "li")) == one


def test_what_stands_outside_a_row_does_not_make_it_large() -> None:
    assert is_small(first("<ul><li>年报</li>" + "<li>其他</li>" * 1000 + "</ul>", "li"))
    assert not is_small(first("<ul>" + "<li>其他</li>" * 1000 + "</ul>", "ul"))


def test_what_is_above_is_told_from_the_inside_out() -> None:
    assert [node.tag for node in above(first("<table><tr><td><a>x</a></td></tr></table>", "a"))][:3] == [
        "td",
        "tr",
        "tbody",
    ]


def test_ten_thousand_links_in_one_box_are_a_list_that_is_cut_and_not_rows_without_end() -> None:
    links = "".join(f"<a href='/a/{number}.html'>甲县{number}局年报</a>" for number in range(10_000))
    listing = read_listing(f"<html><body><div>{links}</div></body></html>", "http://x.cn/nb/")
    assert listing.cut
    assert listing.links[0].date is None


@pytest.mark.parametrize("many", ["<p onclick=\"open('/a/{}.html')\">甲{}</p>", "<button>第{}{}年</button>"])
def test_more_controls_than_are_looked_at_cut_a_list_too(many: str) -> None:
    controls = "".join(many.format(number, number) for number in range(12_000))
    assert read_listing(f"<html><body>{controls}</body></html>", "http://x.cn/nb/").cut


def test_a_row_of_a_large_list_has_its_day() -> None:
    rows = "".join(f"<li><a href='/a/{number}.html'>甲县{number}年报</a> 2024-01-20</li>" for number in range(500))
    listing = read_listing(f"<html><body><ul>{rows}</ul></body></html>", "http://x.cn/nb/")
    assert {link.date for link in listing.links} == {date(2024, 1, 20)}


@pytest.mark.parametrize(
    "piece",
    [
        "共" + " " * 100_000,
        "<record>" * 12_000,
        "<option value='" + "1" * 100_000 + "'>",
        "<title>" + " " * 100_000,
        "<h1>" + "> " * 50_000,
        "<table><tr><td>" + "<a href='/x.html'>查看</a>" * 4000,
        "<div onclick=\"open('/a/1.html')\">" * 4000,
    ],
)
def test_a_page_that_means_harm_is_read_like_any_other(piece: str) -> None:
    """Each of these took minutes, in which no other portal was asked for anything."""
    html = f"<html><body><p>{'年报' * 20}</p><select><option>1</option>{piece}"
    response = HtmlResponse("http://x.cn/nb/", body=html.encode(), encoding="utf-8")
    assert judge_page(response).outcome is not Outcome.UNREACHABLE
    assert read_listing(html, response.url).url == response.url
    assert read_article(html, response.url).period is None
    assert judge_column(html).detail
