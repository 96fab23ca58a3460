"""Versions are of reports: whatever counters, menus and advertisements do around one makes none, a digit in it does."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from crawler.config import load_config
from crawler.stages.read import read
from crawler.workplace import Workplace, open_workplace
from sample.compose import compose
from sample.form import load_form
from sample.load import load_province
from sample.model import Publication
from sample.write_html import write_html
from storage import queries
from storage.records import Candidate, Exchange, Outcome, Visit
from storage.warc import WarcWriter
from tests.storage.make import organ

START = datetime(2024, 2, 1, 4, 0, tzinfo=UTC)
COLUMN = "http://www.example.gov.cn/zwgk/nb/"
ROUNDS = 10  # of noise; then a digit changes
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
MENUS = ["首页", "政务公开", "政府信息公开年报", "办事服务", "互动交流", "数据开放", "走进本县", "专题专栏", "长者模式"]
NEWS = [
    "县政府常务会议召开",
    "关于春运期间加强安全检查的通知",
    "全县招商引资项目集中签约",
    "2024年第1号公告：3人入围",
    "天气预报：8到15度",
]


def publications() -> list[tuple[Publication, str]]:
    """The sample province's reports for its year that stand in their article, as HTML."""
    province, form = load_province(), load_form()
    return [
        (item, write_html(compose(item, province.figures[item.report.figures], form, START)))
        for site in province.sites
        for item in site.publications
        if item.report and item.inline and item.organ and item.year == province.year
    ]


def page(report: str, title: str, round_: int) -> bytes:
    """The report's page as a portal serves it in one round: all around the report is another than in the last one."""
    chance = random.Random(round_)
    menu = "".join(f'<li><a href="/m{chance.randrange(99)}/">{item}</a></li>' for item in chance.sample(MENUS, 6))
    news = "".join(
        f'<li><a href="/t{chance.randrange(10**6)}.html">{item}</a><span>2024-02-{chance.randrange(10, 29)}</span></li>'
        for item in chance.sample(NEWS, 4)
    )
    state = chance.randbytes(40).hex()
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<script>var hits={chance.randrange(10**6)};</script></head><body id="b{state[:6]}">
<form><input type="hidden" name="__VIEWSTATE" value="{state}"></form>
<div class="top">今天是2024年2月{round_ + 1}日 星期{"一二三四五六日"[round_ % 7]}
欢迎您，第{chance.randrange(10**6)}位访客</div>
<div class="nav"><ul>{menu}</ul></div>
<div class="ad"><a href="/ad{round_}"><img src="/ad{round_}.jpg" alt="广告"></a></div>
<div class="crumbs">您现在的位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政府信息公开年报</a></div>
<div class="article"><h1>{title}</h1>
<div class="info">发布时间：2024-01-20　来源：办公室
浏览次数：<span id="hits">{chance.randrange(10**5)}</span>次　【字体：大 中 小】</div>
<div class="content" id="zoom">{report}</div>
<div class="share">分享到：微信 微博　<a href="javascript:window.print()">打印</a>　<a href="#">关闭</a></div></div>
<div class="side"><h3>热点新闻</h3><ul>{news}</ul></div>
<div class="foot">主办：县人民政府办公室
网站访问量：{chance.randrange(10**7)}　备案号 蜀ICP备{chance.randrange(10**8):08}号</div>
</body></html>""".encode()


def watch(place: Workplace, item: Publication, pages: list[bytes]) -> None:
    """Archives what the report's address answers day by day, as visits do."""
    name, year, url = str(item.organ), item.year or 0, f"{COLUMN}{item.organ}.html"
    queries.upsert_organs(place.db, [organ(name, name=item.title.split("20")[0], column_url=COLUMN)])
    with WarcWriter(place.archive.folder, name, new_id=lambda: str(uuid4())) as writer:
        for number, data in enumerate(pages):
            at = START + timedelta(days=number)
            made = writer.exchange(Exchange(url, at, b"GET / HTTP/1.1\r\n\r\n", HEAD, data, "127.0.0.1"))
            found = Candidate(name, "ogi", year, url, item.title, 0.95, ("title",), True, captures=(made.id,))
            told = {"captures": (made.id,), "candidates": (found,)}
            writer.visit(Visit(f"{name}-{number}", at, COLUMN, (name,), year, Outcome.COMPLETE, **told))


def one_digit_more(report: str) -> str:
    """The report with one digit of one cell of its first table changed."""
    start = report.index("<td")
    place = next(i for i in range(start, len(report)) if report[i].isdigit() and report[i - 1] == ">")
    return report[:place] + str((int(report[place]) + 1) % 10) + report[place + 1 :]


def versions(home: Path, watched: list[tuple[Publication, str]]) -> dict[str, list[int]]:
    """For each organ, on which days a version of its report began: ten of noise, one of a changed digit, one more."""
    with open_workplace(load_config(home, {}), START + timedelta(days=ROUNDS + 2)) as place:
        for item, report in watched:
            pages = [page(report, item.title, number) for number in range(ROUNDS)]
            changed = one_digit_more(report)
            watch(place, item, [*pages, *(page(changed, item.title, ROUNDS + more) for more in range(2))])
        queries.ingest(place.db, place.archive)
        done = read(place, lambda *_: None)
        assert set(done.states) == {"read"}, done.troubles
        found = {str(item.organ): (str(item.organ), "ogi", item.year or 0) for item, _ in watched}
        return {
            name: [(version.first_seen - START).days for version in queries.versions(place.db, *key)]
            for name, key in found.items()
        }


def test_what_changes_around_a_report_makes_no_version_and_one_digit_in_it_makes_one(tmp_path: Path) -> None:
    [first, *_] = publications()
    assert list(versions(tmp_path, [first]).values()) == [[0, ROUNDS]]


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_the_same_holds_for_each_report_of_the_province_in_its_own_looks(tmp_path: Path) -> None:
    watched = publications()
    assert versions(tmp_path, watched) == {str(item.organ): [0, ROUNDS] for item, _ in watched}
