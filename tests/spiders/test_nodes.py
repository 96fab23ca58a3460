"""Rows are looked at within bounds, however large the page is that holds them."""

from __future__ import annotations

from datetime import date

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.listing import read_listing
from spiders.nodes import above, is_small, leads_to_one


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
