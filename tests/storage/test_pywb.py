"""Unmodified pywb, in an environment of its own (it is GPL), indexes our files as we do and replays them."""

from __future__ import annotations

import gzip
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from storage import cdx, queries
from storage.archive import Archive
from storage.database import Database
from storage.records import Capture, Rendering
from storage.warc import WarcWriter
from tests.storage.make import NOON, day, exchange, visit

TOOLS = Path(__file__).parents[2] / ".tools" / "pywb"
PAGE = "<html><meta charset=utf-8><h1>年报</h1></html>".encode()
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
)
ADDRESSES = [
    "http://例子.cn/中 文?b=1&a=政",
    "http://www.a.gov.cn/A/b.html",
    "http://a.gov.cn/x|y/?q=1&&b",
    "http://127.0.0.1:8080/p?jsessionid=0123456789abcdef0123456789abcdef&z=1",
]
IDENTITY = ("url", "mime", "digest", "length", "offset", "filename")

pytestmark = [pytest.mark.soak, pytest.mark.timeout(900)]


@pytest.fixture(scope="session")
def pywb() -> Path:
    """The folder of pywb's programs; made from the package registry when it is not there."""
    programs = TOOLS / "bin"
    if not (programs / "pywb").exists():
        subprocess.run([sys.executable, "-m", "venv", TOOLS], check=True)
        subprocess.run([programs / "pip", "install", "-q", "pywb", "setuptools<81"], check=True)
    return programs


@pytest.fixture
def mementos(db: Database, archive: Archive, writer: WarcWriter) -> list[Capture]:
    """Each address: a page, the same in other chunks, a 304; renderings and a visit beside them."""
    packed = gzip.compress(PAGE, mtime=0)
    found = []
    for url in ADDRESSES:
        first = writer.exchange(exchange(url, head=HEAD, body=chunked(packed)))
        again = writer.exchange(exchange(url, day(1), chunked(packed[:9], packed[9:]), HEAD), first)
        unchanged = writer.exchange(exchange(url, day(2), b"", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n"), first)
        writer.rendering(Rendering(url, NOON, b"<p>rendered", b"\x89PNG"), first)
        found += [first, again, unchanged]
    writer.visit(visit("v1", column_url=ADDRESSES[1]))
    writer.close()
    queries.ingest(db, archive)
    return found


def chunked(*parts: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (*parts, b""))


def test_pywbs_own_indexer_agrees_with_our_index(
    pywb: Path, db: Database, archive: Archive, mementos: list[Capture]
) -> None:
    done = subprocess.run(
        [pywb / "cdx-indexer", "-s", "-j", archive.path(mementos[0].file)], capture_output=True, text=True, check=True
    )
    theirs = {identity(line) for line in done.stdout.splitlines() if not line.startswith((" ", "urn:"))}
    ours = {identity(cdx.cdxj_line(line)) for url in ADDRESSES for line in cdx.lines(db, cdx.CdxQuery(url))}
    assert ours == theirs
    assert len(ours) == len(mementos)


def identity(line: str) -> tuple[str, ...]:
    key, stamp, rest = line.split(" ", 2)
    fields = json.loads(rest)
    return (key, stamp, *(fields[name] for name in IDENTITY))


def test_pywb_replays_every_memento_as_the_page_it_stands_for(
    pywb: Path, archive: Archive, mementos: list[Capture], tmp_path: Path
) -> None:
    with serving(pywb, archive.path(mementos[0].file), tmp_path) as address:
        for capture in mementos:
            url = f"{address}/c/{cdx.timestamp(capture.at)}id_/{quote(capture.url, safe=':/?&=%')}"
            with urllib.request.urlopen(url) as answer:
                assert (answer.status, answer.read()) == (200, PAGE)


@contextmanager
def serving(pywb: Path, file: Path, home: Path) -> Iterator[str]:
    for arguments in (["init", "c"], ["add", "c", str(file)]):
        subprocess.run([pywb / "wb-manager", *arguments], cwd=home, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command: list[str | Path] = [pywb / "pywb", "-b", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/").close()
                break
            except urllib.error.URLError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
