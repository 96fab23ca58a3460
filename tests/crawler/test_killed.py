"""A crawl killed at any request: made again it loses nothing and repeats little, and the archive stays whole."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import uuid4

import psutil
import pytest

from crawler.config import load_config
from crawler.stages.crawl import crawl as crawl_stage
from crawler.workplace import open_workplace
from storage import queries
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.records import Outcome, Visit
from storage.warc import WarcWriter
from tests.storage.make import visit

ORGANS = 12
FIRST, SECOND = "2024-02-01", "2024-02-02"


class Portal(ThreadingHTTPServer):
    """Columns with one report each, unchanged for ever; `at` is called with the number of each request."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.log: list[tuple[str, int]] = []  # (path, status)
        self.at: Callable[[int], None] = lambda _: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Portal
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = page(self.path)
        status = 404 if body is None else 304 if self.headers.get("If-None-Match") == '"1"' else 200
        self.server.log.append((self.path, status))
        self.server.at(len(self.server.log))
        sent = (body or b"no") if status != 304 else b""
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def name(number: int) -> str:
    return f"第{'一二三四五六七八九十甲乙丙丁'[number]}县人民政府"


def page(path: str) -> bytes | None:
    kind, _, number = path.strip("/").partition("-")
    if not number.isdigit():
        return None
    title = f"{name(int(number))}2023年政府信息公开工作年度报告"
    links = f"<a href='/report-{number}'>{title}</a><a href='/old-{number}'>{title.replace('2023', '2022')}</a>"
    text = f"<title>政府信息公开年报</title><ul><li>{links}</li></ul>" if kind == "nb" else f"<h1>{title}</h1>"
    return f"<html><body>{text}<p>{'政府信息公开。' * 60}</p></body></html>".encode()


@contextmanager
def serving() -> Iterator[Portal]:
    portal = Portal()
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    try:
        yield portal
    finally:
        portal.shutdown()
        portal.server_close()


def registered(home: Path, portal: Portal) -> None:
    rows = [
        {"id": f"o{n}", "name": name(n), "level": "county", "kind": "government", "region": "510000"}
        | {"column_url": f"{portal.url}/nb-{n}"}
        for n in range(ORGANS)
    ]
    (home / "organs.json").write_text(json.dumps(rows), encoding="utf-8")
    (home / "nianbao.toml").write_text('allow_addresses = "127.0.0.0/8"\ndelay = 0\n')
    assert started(home, "organs", "import", str(home / "organs.json")).wait() == 0


def started(home: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "crawler", "--home", str(home), *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def crawl(home: Path, portal: Portal, day: str | None, kill: str | None = None, after: int = 0) -> None:
    """One `nianbao crawl`, whose `kill` ("parent" or "child") dies when the portal has been asked `after` times."""
    start = len(portal.log)
    process = started(home, "crawl", "--year", "2023", *(["--as-of", day] if day else []))
    crawls: list[psutil.Process] = []

    def at(number: int) -> None:
        if kill and number - start == after:
            crawls.extend(psutil.Process(process.pid).children())
            os.kill(process.pid if kill == "parent" else crawls[0].pid, signal.SIGKILL)

    portal.at = at
    try:
        process.wait(120)
        assert not psutil.wait_procs(crawls, 30)[1], "the crawl process outlives who started it"
    finally:
        portal.at = lambda _: None


def visits(home: Path) -> list[Visit]:
    with open_workplace(load_config(home, {}), write=False) as place:
        return queries.visits(place.db)


def check(home: Path) -> None:
    files = sorted(str(path) for path in (home / "archive").glob("*.warc.gz"))
    command = [str(Path(sys.executable).with_name("warcio")), "check", *files]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_portal_is_asked_by_a_clock_that_was_set_back(tmp_path: Path) -> None:
    with open_workplace(load_config(tmp_path, {})) as place:
        with WarcWriter(place.archive.folder, "later", new_id=lambda: str(uuid4())) as writer:
            writer.visit(visit("v1", datetime.now(UTC) + timedelta(hours=2)))
        with pytest.raises(ArchiveError, match=r"clock says .* set the clock right, then run again"):
            crawl_stage(place, "ogi", 2023, lambda *_: None)


def test_an_unchanged_page_adds_less_than_a_kilobyte_to_the_archive(tmp_path: Path) -> None:
    with serving() as portal:
        registered(tmp_path, portal)
        for day in (FIRST, SECOND):
            asked = len(portal.log)
            crawl(tmp_path, portal, day)
        assert Counter(status for _, status in portal.log[asked:]) == {304: 2 * ORGANS, 404: 1}
    archive = Archive(tmp_path / "archive")
    # All of it: requests, visits, robots.txt, the file's own record. The sites are of the smallest kind, a list and a
    # report each, so that a visit's record falls on two pages.
    assert archive.path(archive.files()[-1]).stat().st_size / (2 * ORGANS) <= 1024


@pytest.mark.parametrize(
    ("kill", "day", "next_day"), [("child", FIRST, SECOND), ("parent", FIRST, SECOND), ("parent", None, None)]
)
def test_a_killed_crawl_made_again_loses_nothing_and_repeats_little(
    tmp_path: Path, kill: str, day: str | None, next_day: str | None
) -> None:
    with serving() as portal:
        registered(tmp_path, portal)
        crawl(tmp_path, portal, day, kill, after=ORGANS + 8)
        crawl(tmp_path, portal, day)
        made = visits(tmp_path)
        asked = Counter(path for path, _ in portal.log)
        before = len(portal.log)
        crawl(tmp_path, portal, next_day)
        again = portal.log[before:]
    assert Counter(visit.column_url for visit in made) == {f"{portal.url}/nb-{n}": 1 for n in range(ORGANS)}
    assert {visit.outcome for visit in made} == {Outcome.COMPLETE}
    assert all(candidate.captures for visit in made for candidate in visit.candidates if candidate.accepted)
    assert max(asked.values()) <= 2
    # Unchanged, the site is asked once for robots.txt, and conditionally for each list and report.
    assert Counter(status for path, status in again if path != "/robots.txt") == {304: 2 * ORGANS}
    assert len(again) == 2 * ORGANS + 1
    check(tmp_path)


@pytest.mark.soak
def test_kills_at_random_requests_lose_nothing(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("SEED", "1")))
    with serving() as portal:
        registered(tmp_path, portal)
        for number in range(int(os.environ.get("KILLS", "100"))):
            day = f"2024-{2 + number // 28:02}-{1 + number % 28:02}"
            crawl(tmp_path, portal, day, chance.choice(["child", "parent"]), chance.randrange(1, 2 * ORGANS + 2))
            crawl(tmp_path, portal, day)
            seen = Counter(visit.at for visit in visits(tmp_path))
            assert set(seen.values()) == {ORGANS}, f"kill {number}: {seen}"
    check(tmp_path)


def test_a_crawl_process_tells_its_ledger(tmp_path: Path) -> None:
    with serving() as portal:
        registered(tmp_path, portal)
        crawl(tmp_path, portal, FIRST)
    done = subprocess.run(
        [sys.executable, "-m", "crawler", "--home", str(tmp_path), "politeness", "--format", "jsonl"],
        capture_output=True,
        check=True,
    )
    row = json.loads(done.stdout)
    assert (row["host"], row["requests"]) == ("127.0.0.1", len(portal.log))
    assert row["robots"] == "none: status 404" and row["statuses"] == {"200": 2 * ORGANS, "404": 1}
