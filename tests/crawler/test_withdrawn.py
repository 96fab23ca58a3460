"""What becomes of a report after it was published: each way of taking it down, and its return, as visits see it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.config import load_config
from crawler.stages.crawl import crawl
from crawler.stages.judge import assess
from crawler.stages.read import read
from crawler.workplace import open_workplace
from portals.load import load_organs
from portals.moments import end_of_day
from storage import queries
from storage.records import Outcome, Status, Visit
from tests.crawler.test_versions import publications

WAYS = ("404", "410", "home", "soft", "delisted", "down")  # what becomes of each organ's report on the second day
DAYS = [date(2024, 1, 25), date(2024, 1, 27), date(2024, 1, 29)]
NAMES = {way: f"第{number}县人民政府" for way, number in zip(WAYS, "一二三四五六", strict=True)}


class Portal(ThreadingHTTPServer):
    daemon_threads = True
    day = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Portal

    def do_GET(self) -> None:
        status, body = answer(self.path, self.server.day == 1)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def answer(path: str, gone: bool) -> tuple[int, str]:
    kind, _, way = path.strip("/").partition("-")
    if path == "/":
        return 200, page("首页", "<p>欢迎访问本站。</p>" * 30)
    if way not in WAYS:
        return 404, page("404", "没有这个页面")
    if kind == "nb":
        if gone and way == "down":
            return 503, page("503", "Service Unavailable")
        return 200, page("政府信息公开年报", listing(way, with_report=not (gone and way == "delisted")))
    if kind == "report" and gone:
        if way in ("404", "410"):
            return int(way), page("404", "页面不存在")
        if way in ("home", "delisted"):
            return (302, "") if way == "home" else (404, "")
        if way == "soft":
            return 200, page("提示", "<p>您访问的页面不存在或已删除，请返回首页</p>")
    return 200, page(title(way), f"<h1>{title(way)}</h1><div>{REPORT}</div>")


def title(way: str, year: int = 2023) -> str:
    return f"{NAMES[way]}{year}年政府信息公开工作年度报告"


def listing(way: str, with_report: bool) -> str:
    links = [(f"/report-{way}", title(way), "2024-01-20")] if with_report else []
    links.append((f"/old-{way}", title(way, 2022), "2023-01-20"))
    items = "".join(f'<li><a href="{url}">{text}</a><span>{day}</span></li>' for url, text, day in links)
    return f"<h2>政府信息公开年报</h2><ul>{items}</ul>" + "<p>政府信息公开。</p>" * 30


def page(name: str, body: str) -> str:
    return f"<html><head><title>{name}</title></head><body>{body}</body></html>"


def _report() -> str:
    """A report whose text names no organ."""
    item, html = publications()[0]
    return html.replace(item.title.split("2023")[0], "本县")


REPORT = _report()


@contextmanager
def serving() -> Iterator[Portal]:
    with Portal(("127.0.0.1", 0), _Handler) as portal:
        threading.Thread(target=portal.serve_forever, daemon=True).start()
        yield portal
        portal.shutdown()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three rounds: everything published, taken down in each way, all back; read and ready to be judged."""
    home = tmp_path_factory.mktemp("withdrawn")
    (home / "nianbao.toml").write_text('allow_addresses = "127.0.0.0/8"\ndelay = 0\nprocesses = 1\n')
    config = load_config(home, {})
    with serving() as portal:
        rows = [
            {"id": way, "name": NAMES[way], "level": "county", "kind": "government", "region": "510000"}
            | {"column_url": f"{portal.url}/nb-{way}", "aliases": "", "parent": "", "home_url": ""}
            for way in WAYS
        ]
        (home / "organs.json").write_text(json.dumps(rows), encoding="utf-8")
        for number, day in enumerate(DAYS):
            portal.day = number
            with open_workplace(config, end_of_day(day)) as place:
                queries.upsert_organs(place.db, load_organs(home / "organs.json"))
                assert crawl(place, "ogi", 2023, lambda *_: None).whole
    with open_workplace(config, end_of_day(DAYS[-1])) as place:
        read(place, lambda *_: None)
    return home


def visits(home: Path, number: int) -> dict[str, Visit]:
    """By organ, the visits of one day."""
    with open_workplace(load_config(home, {}), write=False) as place:
        return {one.organs[0]: one for one in queries.visits(place.db) if one.at == end_of_day(DAYS[number])}


def test_each_way_of_taking_a_report_down_is_on_record_with_its_captures(home: Path) -> None:
    failures = {}
    for way, visit in visits(home, 1).items():
        taken = [item for item in visit.candidates if item.accepted]
        assert all(item.captures for item in taken)
        failures[way] = [str(item.failure).partition(":")[0] for item in taken]
    assert failures == {
        "404": ["soft_404"], "410": ["soft_404"], "home": ["moved"], "soft": ["soft_404"], "delisted": [], "down": [],
    }  # fmt: skip
    outcomes = {way: visit.outcome for way, visit in visits(home, 1).items()}
    assert outcomes == dict.fromkeys(WAYS, Outcome.COMPLETE) | {"down": Outcome.SERVER_ERROR}


def test_its_return_is_on_record(home: Path) -> None:
    for day in (0, 2):
        for visit in visits(home, day).values():
            [taken] = [item for item in visit.candidates if item.accepted]
            assert visit.outcome is Outcome.COMPLETE and taken.failure is None and taken.captures


def test_only_what_a_complete_list_no_longer_shows_is_called_withdrawn(home: Path) -> None:
    """A link that leads nowhere may be our bad day, or theirs; a list that cannot be had proves nothing."""
    with open_workplace(load_config(home, {}), write=False) as place:
        for day, withdrawn in zip(DAYS, (set(), {"delisted"}, set()), strict=True):
            found = assess(place, "ogi", 2023, end_of_day(day))
            assert {item.organ for item in found if item.withdrawn} == withdrawn
            assert {item.status for item in found} == {Status.ON_TIME}
