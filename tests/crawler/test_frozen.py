"""A redesigned site whose old column goes on standing: what it does not show is not missing."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from crawler.cli import cli
from tests.crawler.test_download import Portal, html, serving
from tests.spiders.mock.pages import html_of

NAME = "甲县教育局"


def title(year: int) -> str:
    return f"{NAME}{year}年政府信息公开工作年度报告"


def report(year: int) -> tuple[str, bytes]:
    return html(
        f"<meta charset=utf-8><h1>{title(year)}</h1><p>发布时间：{year + 1}-01-20</p>{html_of(title(year), year)}"
    )


def column(*years: int) -> tuple[str, bytes]:
    rows = "".join(f"<li><a href='/a/{year}.html'>{title(year)}</a>{year + 1}-01-20</li>" for year in years)
    return html(f"<meta charset=utf-8><title>政府信息公开年报</title><body><ul>{rows}</ul>{'政府信息公开。' * 40}")


def home(column: str) -> tuple[str, bytes]:
    return html(
        f"<meta charset=utf-8><title>{NAME}</title><body><a href='{column}'>政府信息公开年报</a>{'甲县。' * 99}"
    )


def run(place: Path, day: str) -> dict[str, str]:
    for words in (("crawl", "--year", "2023"), ("read",)):
        CliRunner().invoke(cli, ["--home", str(place), *words, "--as-of", day], catch_exceptions=False)
    asked = ["--home", str(place), "status", "--year", "2023", "--as-of", day, "--format", "jsonl"]
    row: dict[str, str] = json.loads(CliRunner().invoke(cli, asked, catch_exceptions=False).stdout)
    return row


def registered(place: Path, portal: Portal, **urls: str) -> None:
    row = {"id": "a", "name": NAME, "level": "county", "kind": "department", "region": "510000"}
    row |= {key: portal.url + path for key, path in urls.items()}
    (place / "organs.json").write_text(json.dumps([row]), encoding="utf-8")
    (place / "nianbao.toml").write_text('allow_addresses = "127.0.0.0/8"\ndelay = 0\n')
    CliRunner().invoke(cli, ["--home", str(place), "organs", "import", str(place / "organs.json")])


def test_a_report_in_a_new_column_beside_the_frozen_one_is_found(tmp_path: Path) -> None:
    with serving("127.0.0.5", {"/jyj/": home("/jyj/nb/"), "/jyj/nb/": column(2022, 2021)}) as portal:
        registered(tmp_path, portal, home_url="/jyj/")
        assert run(tmp_path, "2024-01-10")["status"] == "pending"
        portal.pages |= {"/jyj/": home("/jyj/new/"), "/jyj/new/": column(2023), "/a/2023.html": report(2023)}
        row = run(tmp_path, "2024-03-10")
    assert (row["status"], row["url"]) == ("on_time", f"{portal.url}/a/2023.html"), row


def test_a_new_column_that_cannot_be_seen_makes_it_unknown(tmp_path: Path) -> None:
    refused = html("<title>访问拦截</title><p>您的访问存在异常，请求被拦截。事件编号 7d81</p>")
    pages = {"/jyj/": home("/jyj/new/"), "/jyj/nb/": column(2022, 2021), "/jyj/new/": refused}
    with serving("127.0.0.5", pages) as portal:
        registered(tmp_path, portal, column_url="/jyj/nb/")
        row = run(tmp_path, "2024-03-10")
    assert (row["status"], row["cause"]) == ("unknown", "blocked"), row
