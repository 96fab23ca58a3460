"""Traps, told by addresses alone."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.budget import Traps
from crawler.refusals import OverBudget

SITE = "http://www.example.gov.cn"


def passed(urls: Iterable[str]) -> int:
    """How many addresses go through before the first that is told to be of a trap; all if none is."""
    traps, count = Traps(), 0
    for url in urls:
        try:
            traps.check(url)
        except OverBudget:
            break
        count += 1
    return count


@pytest.mark.parametrize(
    "urls",
    [
        [f"{SITE}/art/2024/1/{day}/art_123_{day}.html" for day in range(1, 32)],
        [f"{SITE}/zwgk/202403/t20240308_{number}.html" for number in range(500)],
        [f"{SITE}/show/{number}" for number in (*range(19_000, 21_000), *range(200_000, 202_000))],
        [f"{SITE}/list_{page}.shtml" for page in range(300)],
        [f"{SITE}/list.jsp?page={page}&size=15" for page in range(300)],
        [f"{SITE}/artview.html?nbYear={year}&orgCode={organ}" for year in range(2015, 2025) for organ in range(40)],
        [f"{SITE}/nb/{year}/" for year in range(2008, 2025)],
        [f"{SITE}/list?year={year}" for year in range(2008, 2025)],
        [f"{SITE}/nb/index.html?sid=77"] * 50,
        [f"{SITE}/nb/;jsessionid=1A2B"] * 3,
        [f"{SITE}/a/a/index.html", f"{SITE}/zwgk/zwgk/nb/"],
    ],
)
def test_what_portals_really_have_is_no_trap(urls: list[str]) -> None:
    assert passed(urls) == len(urls)


def test_a_calendar_ends() -> None:
    days = [f"{SITE}/calendar?year={2000 + n // 12}&month={n % 12 + 1}" for n in range(600)]
    assert passed(days) == 36
    months = [f"{SITE}/events/{1950 + n // 12}/{n % 12 + 1:02}/" for n in range(600)]
    assert passed(months) == 36


def test_the_same_page_under_another_session_is_not_asked_for_again() -> None:
    assert passed([f"{SITE}/nb/index.jsp;jsessionid={n:08X}" for n in range(10)]) == 1
    assert passed([f"{SITE}/nb/index.jsp?PHPSESSID={n:08X}&page=2" for n in range(10)]) == 1


def test_facets_end() -> None:
    names = "abcdefgh"
    urls = [
        f"{SITE}/search?" + "&".join(f"{name}=1" for k, name in enumerate(names) if number >> k & 1)
        for number in range(1, 256)
    ]
    assert passed(urls) < 60


def test_a_path_that_repeats_itself_ends() -> None:
    assert passed(f"{SITE}/x" + "/zw/nb" * depth + "/" for depth in range(1, 30)) == 2


def test_an_address_without_end_is_none() -> None:
    assert passed([f"{SITE}/?q=" + "x" * 3000]) == 0


@given(st.text(max_size=80))
def test_no_address_makes_it_fall_over(tail: str) -> None:
    try:
        Traps().check(f"{SITE}/{tail}")
    except OverBudget:
        pass
