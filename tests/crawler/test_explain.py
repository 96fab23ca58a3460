"""`organs try` and `explain`: what discovery makes of a site, and why a link was taken or refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import cli
from tests.crawler.test_download import Portal, html, serving

TITLE = "甲县人民政府2023年政府信息公开工作年度报告"
DECOY = "甲县人民政府2023年法治政府建设年度报告"
PAGES = {
    "/": html("<title>甲县人民政府</title><a href='/zwgk/'>政务公开</a>" + "<p>欢迎</p>" * 20),
    "/zwgk/": html("<title>政务公开</title><a href='/zwgk/nb/'>政府信息公开年报</a>" + "<p>公开</p>" * 20),
    "/zwgk/nb/": html(
        f"<title>政府信息公开年报</title><ul><li><a href='/a.html'>{TITLE}</a></li>"
        f"<li><a href='/b.html'>{DECOY}</a></li>"
        "<li><a href='/c.html'>甲县人民政府2022年政府信息公开工作年度报告</a></li></ul>"
    ),
    "/a.html": html(f"<h1>{TITLE}</h1><p>" + "正文" * 200),
}


def nianbao(home: Path, *words: str) -> Result:
    environment = {"NIANBAO_ALLOW_ADDRESSES": "127.0.0.0/8", "NIANBAO_DELAY": "0"}
    return CliRunner().invoke(cli, ["--home", str(home), *words], env=environment, catch_exceptions=False)


@pytest.fixture
def portal() -> object:
    with serving("127.0.0.2", PAGES) as served:
        yield served


def test_a_new_site_is_tried_and_nothing_is_stored(portal: Portal, tmp_path: Path) -> None:
    done = nianbao(tmp_path, "organs", "try", portal.url + "/", "--year", "2023", "--name", "甲县人民政府")
    assert done.exit_code == 0, done.output
    assert f"column found: {portal.url}/zwgk/nb/" in done.output
    assert "way: 政务公开 → 政府信息公开年报" in done.output
    assert TITLE in done.output and "taken" in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_site_without_a_column_ends_with_status_1(tmp_path: Path) -> None:
    with serving("127.0.0.2", {"/": PAGES["/"]}) as bare:
        done = nianbao(tmp_path, "organs", "try", bare.url + "/", "--year", "2023", "--format", "jsonl")
    assert done.exit_code == 1
    [row] = [json.loads(line) for line in done.output.splitlines()]
    assert row["outcome"] == "partial"


def test_what_is_no_address_is_bad_usage(tmp_path: Path) -> None:
    assert nianbao(tmp_path, "organs", "try", "ftp://x/", "--year", "2023").exit_code == 2


def test_every_candidate_is_explained_from_the_stored_visits(portal: Portal, tmp_path: Path) -> None:
    row = {"id": "a", "name": "甲县人民政府", "level": "county", "kind": "government", "region": "510000"}
    row |= {"home_url": portal.url + "/", "column_url": "", "aliases": "", "parent": ""}
    table = tmp_path / "organs.json"
    table.write_text(json.dumps([row]), encoding="utf-8")
    assert nianbao(tmp_path, "organs", "import", str(table)).exit_code == 0
    nianbao(tmp_path, "crawl", "--year", "2023", "--as-of", "2024-03-01")
    done = nianbao(tmp_path, "explain", "a", "--year", "2023", "--as-of", "2024-03-01", "--format", "jsonl")
    assert done.exit_code == 0, done.output
    [visit] = [json.loads(line) for line in done.output.splitlines()]
    assert visit["outcome"] == "complete" and visit["profile"]["columns"] == [portal.url + "/zwgk/nb/"]
    told = {one["title"]: (one["accepted"], one["reasons"], one["read"]) for one in visit["candidates"]}
    assert told[TITLE][0] and told[TITLE][2] == "not read yet"
    assert not told[DECOY][0] and any("another kind" in reason for reason in told[DECOY][1])
    text = nianbao(tmp_path, "explain", "a", "--year", "2023", "--as-of", "2024-03-01").output
    assert "unknown (not_read)" in text and "refused" in text
