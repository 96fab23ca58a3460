"""A crawl process against portals that mean harm: the browser too may only go where the crawler may."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crawler.browser import find_chromium
from crawler.job import Job
from portals.model import Organ
from spiders.column import Column
from storage.archive import Archive
from storage.records import Outcome, Visit

SCRIPTED = (
    "<title>年报</title><ul id=l></ul><script>fetch('l.json').then(r=>r.json()).then(d=>{l.innerHTML=d})</script>"
)
NOW = datetime(2024, 3, 1, 4, tzinfo=UTC)
ORGAN = Organ("a", "甲县人民政府", ("甲县",), "county", "government", "510000", None, None, None)
TITLE = "甲县人民政府2023年政府信息公开工作年度报告"


class Portal(ThreadingHTTPServer):
    """Pages by path; `asked` tells what was asked for. Unknown paths are 404."""

    daemon_threads = True

    def __init__(self, address: str, pages: dict[str, tuple[str, bytes]], moved: dict[str, str]) -> None:
        super().__init__((address, 0), _Handler)
        self.moved = moved
        self.address, self.pages, self.asked = address, pages, list[str]()

    @property
    def url(self) -> str:
        return f"http://{self.address}:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Portal
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        kind, body = self.server.pages.get(self.path, ("text/plain", b"not here"))
        if target := self.server.moved.get(self.path):
            self.send_response(302)
            self.send_header("Location", target)
        else:
            self.send_response(200 if self.path in self.server.pages else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@contextmanager
def serving(address: str, pages: dict[str, tuple[str, bytes]], moved: dict[str, str] | None = None) -> Iterator[Portal]:
    portal = Portal(address, pages, moved or {})
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    try:
        yield portal
    finally:
        portal.shutdown()
        portal.server_close()


def visit(job: Job) -> Visit:
    """Runs the job's one column in a crawl process, and gives the visit as the archive has it."""
    done = subprocess.run(
        [sys.executable, "-m", "crawler.visit"], input=job.dump(), capture_output=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    archive = Archive(Path(job.archive))
    [found] = [record.visit for file in archive.files() for record in archive.scan(file) if record.visit]
    assert json.loads(done.stdout)["outcome"] == found.outcome.value
    return found


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(
        year=2023,
        series="ogi",
        columns=(),
        organs=(ORGAN,),
        hosts=("127.0.0.2",),
        archive=str(tmp_path / "archive"),
        prefix="test",
        as_of=NOW,
        allow_addresses=("127.0.0.0/8",),
        delay=0,
        chromium=find_chromium(None),
    )


def html(text: str) -> tuple[str, bytes]:
    return "text/html; charset=utf-8", text.encode()


def test_there_is_a_browser_for_these_tests() -> None:
    assert find_chromium(None), "make setup installs one"


def test_a_list_that_only_a_script_builds_is_seen(job: Job) -> None:
    page = (
        "<title>年报</title><ul id=l></ul><script>fetch('l.json').then(r=>r.json()).then(d=>{l.innerHTML=d})</script>"
    )
    rows = json.dumps(f"<li><a href='/a.html'>{TITLE}</a></li>").encode()
    pages = {"/nb/": html(page), "/nb/l.json": ("application/json", rows), "/a.html": html("<p>" + "正文" * 200)}
    with serving("127.0.0.2", pages) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert seen.outcome is Outcome.COMPLETE
    [candidate] = seen.candidates
    assert candidate.accepted and candidate.captures and candidate.failure is None


def test_without_a_browser_such_a_list_proves_nothing(job: Job) -> None:
    page = (
        "<title>年报</title><ul id=l></ul><script>fetch('l.json').then(r=>r.json()).then(d=>{l.innerHTML=d})</script>"
    )
    with serving("127.0.0.2", {"/nb/": html(page)}) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),), chromium=None))
    assert seen.outcome is Outcome.PARTIAL


def test_a_hostile_page_reaches_nothing_from_the_browser(job: Job, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    with serving("127.0.0.3", {"/inside": ("text/plain", b"inside")}) as inside:
        steps = f"""
        const out = [];
        const say = t => {{ out.push(t); document.title = out.join('|'); }};
        for (const u of ['{inside.url}/inside', 'http://169.254.169.254/', 'file://{secret}']) {{
          fetch(u, {{mode: 'no-cors'}}).then(() => say('reached ' + u)).catch(() => say('no'));
          const i = new Image(); i.onload = () => say('image ' + u); i.src = u;
          const f = document.createElement('iframe'); f.src = u; document.body.append(f);
        }}
        new WebSocket('{inside.url.replace("http", "ws")}/inside').onopen = () => say('reached by socket');
        navigator.sendBeacon('{inside.url}/inside', 'x');
        """
        page = f"<title>年报</title><body><p>{'正在加载' * 50}</p><script>{steps}</script></body>"
        with serving("127.0.0.2", {"/nb/": html(page)}) as portal:
            seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert inside.asked == []
    archive = Archive(Path(job.archive))
    [dom] = [r.capture for f in archive.files() for r in archive.scan(f) if r.capture and r.capture.kind == "rendering"]
    shown = archive.payload(dom).body.decode()
    assert "no" in shown and "reached" not in shown.split("<script")[0] and "top secret" not in shown
    assert seen.candidates == ()


@pytest.mark.parametrize("how", ["meta", "location"])
def test_a_redirect_to_a_host_that_is_not_registered_is_not_followed(job: Job, how: str) -> None:
    with serving("127.0.0.3", {"/nb/": html("elsewhere")}) as elsewhere:
        target = f"{elsewhere.url}/nb/"
        stub = f"<meta http-equiv='refresh' content='0;url={target}'>" + "x" * 100
        with serving("127.0.0.2", {"/nb/": html(stub)}, {"/go/": target}) as portal:
            url = portal.url + ("/nb/" if how == "meta" else "/go/")
            seen = visit(replace(job, columns=(Column(url, ("a",)),)))
    assert seen.outcome is Outcome.MOVED
    assert elsewhere.asked == []


def test_a_column_that_leads_to_the_home_page_is_not_an_empty_column(job: Job) -> None:
    pages = {"/": html("<title>甲县人民政府</title>" + "<p>政务公开 政府信息公开年报</p>" * 20)}
    with serving("127.0.0.2", pages, {"/nb/": "/"}) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert seen.outcome is Outcome.MOVED


def test_a_column_that_leads_to_its_new_address_is_followed(job: Job) -> None:
    pages = {"/new/": html(f"<ul><li><a href='/a.html'>{TITLE}</a></li></ul>"), "/a.html": html("正文" * 200)}
    with serving("127.0.0.2", pages, {"/nb/": "/new/"}) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert seen.outcome is Outcome.COMPLETE
    assert [candidate.accepted for candidate in seen.candidates] == [True]


@pytest.mark.parametrize(("codec", "path"), [("utf-8", "/%E5%B9%B4%E6%8A%A5"), ("gb18030", "/%C4%EA%B1%A8")])
def test_redirects_in_raw_bytes_are_followed_with_a_browser_and_without(job: Job, codec: str, path: str) -> None:
    raw = "/年报".encode(codec).decode("latin-1")  # as http.server sends it
    rows = json.dumps(f"<li><a href='/a.html'>{TITLE}</a></li>").encode()
    pages = {f"{path}/": html(SCRIPTED.replace("l.json", "/l.json")), f"{path}.json": ("application/json", rows)}
    pages["/a.html"] = html("<p>" + "正文" * 200)
    with serving("127.0.0.2", pages, {"/nb/": f"{raw}/", "/l.json": f"{raw}.json"}) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert seen.outcome is Outcome.COMPLETE
    assert [candidate.accepted for candidate in seen.candidates] == [True]


def test_a_page_that_has_nothing_of_a_column_proves_nothing(job: Job) -> None:
    with serving("127.0.0.2", {"/nb/": html("<title>欢迎</title><p>" + "某某酒店欢迎您" * 30)}) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert seen.outcome is Outcome.REDESIGNED


def test_robots_are_obeyed(job: Job) -> None:
    pages = {"/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /nb/"), "/nb/": html("<p>x")}
    with serving("127.0.0.2", pages) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert seen.outcome is Outcome.ROBOTS
    assert portal.asked == ["/robots.txt"]


def test_a_list_that_lost_what_it_showed_before_was_redesigned(job: Job) -> None:
    with serving("127.0.0.2", {"/nb/": html("<title>新版</title><p>" + "欢迎访问新版网站" * 20)}) as portal:
        column = Column(portal.url + "/nb/", ("a",), seen_before=(portal.url + "/2022.html",))
        seen = visit(replace(job, columns=(column,)))
    assert seen.outcome is Outcome.REDESIGNED


def test_a_candidate_whose_attachment_is_gone_says_so(job: Job) -> None:
    pages = {
        "/nb/": html(f"<ul><li><a href='/a.html'>{TITLE}</a></li></ul>"),
        "/a.html": html("<p>" + "现予公布。" * 60 + "</p><a href='/gone.pdf'>附件：年度报告.pdf</a>"),
    }
    with serving("127.0.0.2", pages) as portal:
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    [candidate] = seen.candidates
    assert seen.outcome is Outcome.COMPLETE
    assert candidate.failure and "gone.pdf" in candidate.failure and len(candidate.captures) == 2


class _Bomb(_Handler):
    """A few kilobytes that unpack to very much."""

    def do_GET(self) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join(packer.compress(b"\0" * 2**20) for _ in range(200)) + packer.flush()
        self.send_response(200 if self.path != "/robots.txt" else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def test_a_page_that_unpacks_without_end_is_no_page_and_ends_nothing(job: Job) -> None:
    with serving("127.0.0.2", {}) as portal:
        portal.RequestHandlerClass = _Bomb
        seen = visit(replace(job, columns=(Column(portal.url + "/nb/", ("a",)),)))
    assert seen.outcome is Outcome.UNREACHABLE and seen.captures


@pytest.mark.parametrize(("kind", "codec"), [("text/html; charset=ISO-8859-1", "gb18030"), ("text/html", "utf-8")])
def test_a_browser_misreads_no_page_that_lies_about_its_charset(job: Job, kind: str, codec: str) -> None:
    """In mojibake no title names a report, and a list that shows one would count as empty."""
    script = f"<title>政府信息公开年报</title><ul id=l></ul><script>l.innerHTML='<a href=/a.html>{TITLE}</a>'</script>"
    pages = {"/nb/": (kind, script.encode(codec)), "/a.html": html("<p>正文" * 99)}
    with serving("127.0.0.2", pages) as portal:
        seen = visit(replace(job, columns=(Column(f"{portal.url}/nb/", ("a",)),)))
    assert TITLE in {sighting.title for sighting in seen.sightings}
