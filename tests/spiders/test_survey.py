"""Lists read whole: what a shortcut shows is there, and what it does not show is not absent."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date

import pytest
from scrapy.http import HtmlResponse, TextResponse

from spiders.datalists import Call
from spiders.fetched import Page, Revealed, Shown
from spiders.pages import Verdict
from spiders.survey import Survey
from storage.records import Outcome

LIST = "http://x.cn/nb/"
SHELL = "<title>政府信息公开年报</title><div id=l></div><script>fetch('/api/list?page=1').then(show)</script>"
TAIL = "http://x.cn/api/list?page=3"


def row(year: int) -> dict[str, str]:
    return {
        "title": f"甲县教育局{year}年政府信息公开工作年度报告",
        "url": f"/a/{year}.html",
        "date": f"{year + 1}-01-20",
    }


class Site:
    """A list of three pages behind one call, as a server and as a browser show it; tells what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.data = {1: [row(2023), row(2022)], 2: [row(2021), row(2020)], 3: [row(2019)]}

    async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
        self.asked.append(f"browser {url}" if browser else url)
        if url == LIST:
            rows = "".join(f"<a href='{one['url']}'>{one['title']}</a>" for page in self.data.values() for one in page)
            return self._page(HtmlResponse(url, body=(SHELL + (rows if browser else "")).encode(), encoding="utf-8"))
        body = json.dumps({"rows": self.data.get(int(url[-1]), [])}).encode()
        return self._page(TextResponse(url, body=body, encoding="utf-8"))

    def _page(self, response: TextResponse) -> Page:
        return Page(response.url, Verdict(Outcome.COMPLETE), response, (), "c")


def read(calls: tuple[str, ...], *, has_browser: bool, site: Site | None = None) -> tuple[Site, Survey]:
    site = site or Site()

    async def go() -> Survey:
        survey = Survey(site.fetch, "ogi", has_browser, calls, lambda kept: any("2023" in one.title for one in kept))
        await survey.read(await survey.fetch(LIST))
        return survey

    return site, asyncio.run(go())


class EmptyList(Site):
    """A list that shows nothing; in the browser its page asks for a script that does not come."""

    def __init__(self, script: str) -> None:
        super().__init__()
        self.data, self._script = {}, script

    async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
        page = await super().fetch(url, browser=browser, turn=turn, call=call)
        return replace(page, revealed=(Revealed("script", self._script, "GET", None),)) if browser else page


def test_a_remembered_call_of_a_lists_tail_never_proves_absence() -> None:
    """Page 3 shows a report of 2019, so the call works; what is on pages 1 and 2 only a browser tells."""
    site, survey = read((TAIL,), has_browser=True)
    assert TAIL in site.asked
    assert f"browser {LIST}" in site.asked
    assert any("2023" in sighting.title for sighting in survey.sightings.values())


def test_without_a_browser_the_tail_makes_the_visit_partial() -> None:
    _, survey = read((TAIL,), has_browser=False)
    assert any("2019" in sighting.title for sighting in survey.sightings.values())
    assert [trouble.outcome for trouble in survey.troubles] == [Outcome.PARTIAL]


def test_a_remembered_call_that_shows_what_is_looked_for_spares_the_browser() -> None:
    site, survey = read((TAIL.replace("3", "1"),), has_browser=True)
    assert not survey.troubles
    assert not any(asked.startswith("browser") for asked in site.asked)


class Deaf(Site):
    """Says that its list has `total` rows, and answers every call with the same two, whatever page is asked for."""

    total: int | None = 6

    async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
        self.asked.append(f"browser {url}" if browser else url)
        if url == LIST:
            shell = "<title>年报</title><script>var SID = '7', cate = 5; fetch('/gkmlpt/api/all/5')</script>"
            return self._page(HtmlResponse(url, body=shell.encode(), encoding="utf-8"))
        body = json.dumps({"articles": self.data[1], "total": self.total}).encode()
        return self._page(TextResponse(url, body=body, encoding="utf-8"))


@pytest.mark.parametrize("total", [6, None])
def test_rows_that_come_again_are_not_the_rest_of_the_list(total: int | None) -> None:
    site = Deaf()
    site.total = total
    read((), has_browser=True, site=site)
    assert f"browser {LIST}" in site.asked


def test_what_neither_calls_nor_the_browser_show_makes_the_visit_partial() -> None:
    _, survey = read((), has_browser=True, site=Deaf())
    assert [(trouble.outcome, trouble.detail[:1]) for trouble in survey.troubles] == [(Outcome.PARTIAL, "4")]


@pytest.mark.parametrize(
    "script",
    [
        "https://zfwzgl.www.gov.cn/exposure/jiucuo.js",
        "http://121.43.68.40/exposure/jiucuo.js",
        "https://ta.trs.cn/c/js/ta.js",
        "https://gov.govwza.cn/dist/aria.js?appid=1",
    ],
)
def test_a_script_that_every_portal_must_carry_hides_no_list(script: str) -> None:
    """找错 and 无障碍 are prescribed, and not every network reaches their hosts."""
    _, survey = read((), has_browser=True, site=EmptyList(script))
    assert survey.browser
    assert not survey.troubles


def test_a_script_that_may_build_the_list_and_did_not_come_may_hide_it() -> None:
    _, survey = read((), has_browser=True, site=EmptyList("https://cdn.x.cn/list.js"))
    assert survey.troubles


@pytest.mark.parametrize(("page", "troubled"), [(3, False), (9, True)])
def test_a_call_that_fails_in_the_browser_hides_nothing_where_it_was_answered_to_us(page: int, troubled: bool) -> None:
    class Hasty(Site):
        async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
            seen = await super().fetch(url, browser=browser, turn=turn, call=call)
            asked = Revealed("fetch", f"http://x.cn/api/list?page={page}", "GET", None)
            return replace(seen, revealed=(asked,)) if browser else seen

    _, survey = read((TAIL,), has_browser=True, site=Hasty())
    assert bool(survey.troubles) == troubled


class Tabbed(Site):
    """A list that shows last year's rows, and in the browser those of the tab that was clicked before."""

    def __init__(self, chosen: tuple[str, ...]) -> None:
        super().__init__()
        self._chosen = chosen

    async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
        self.asked.append(f"browser {url}" if browser else url)
        tabs = "<a href='javascript:;' onclick='show(2023)'>2023年</a><script>function show(y){fetch(y)}</script>"
        dom = {year: f"{tabs}<a href='/a/{year}.html'>{row(year)['title']}</a>" for year in (2023, 2022)}
        page = self._page(HtmlResponse(url, body=dom[2022].encode(), encoding="utf-8"))
        before = (Shown(dom[2023], "c"),) if self._chosen else ()
        return replace(page, before=before, chosen=self._chosen) if browser else page


def test_a_tab_that_was_clicked_hides_nothing_any_more() -> None:
    site, survey = read((), has_browser=True, site=Tabbed(("2023年",)))
    assert f"browser {LIST}" in site.asked
    assert any("2023" in one.title for one in survey.listed())
    assert not survey.controls


def test_a_tab_that_could_not_be_clicked_may_still_hide_a_list() -> None:
    _, survey = read((), has_browser=True, site=Tabbed(()))
    assert survey.controls == {"2023年"}


class Opened(EmptyList):
    """A list whose rows a script opens, here and on a stranger's host."""

    async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
        page = await super().fetch(url, browser=browser, turn=turn, call=call)
        title = f"{row(2023)['title']} 2024-01-18"
        opened = (("http://x.cn/a/1.html", title), ("http://y.cn/a/1.html", title))
        return replace(page, opened=opened) if browser else page


def test_a_row_that_a_script_opens_is_a_row_of_the_list() -> None:
    _, survey = read((), has_browser=True, site=Opened("https://ta.trs.cn/ta.js"))
    assert [(one.url, one.title, one.date) for one in survey.listed()] == [
        ("http://x.cn/a/1.html", row(2023)["title"], date(2024, 1, 18))
    ]


def test_a_list_whose_second_part_fails_was_not_seen_whole_whatever_a_browser_shows() -> None:
    call = "proxyUrl:'/module/web/jpage/dataproxy.jsp',columnid:'7',unitid:'1',webid:'7'"
    head = f"<title>政府信息公开年报</title><script>$('#1').jpage({{totalRecord:40,perPage:10,{call}}})</script>"
    row = "<li><a href='/a/1.html'>甲县教育局2022年政府信息公开工作年度报告</a></li>"
    first = f"<datastore><record><![CDATA[{row}]]></record></datastore>"

    class Hanweb(Site):
        async def fetch(self, url: str, *, browser: bool = False, turn: bool = False, call: Call | None = None) -> Page:
            if call is None:
                return self._page(HtmlResponse(url, body=head.encode(), encoding="utf-8"))
            if "startrecord=1&" in url:
                return self._page(TextResponse(url, body=first.encode(), encoding="utf-8"))
            return Page(url, Verdict(Outcome.SERVER_ERROR, "status 500"), None, (), None)

    _, survey = read((), has_browser=True, site=Hanweb())
    assert any("part 2" in one.detail for one in survey.troubles)
