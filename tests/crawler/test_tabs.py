"""A browser whose pages hang, and one that shows very many: what is left over afterwards."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from crawler.browser import find_chromium
from crawler.job import Job
from crawler.tabs import PAGES
from spiders.column import Column
from storage.archive import Archive
from storage.records import Outcome, Visit
from tests.crawler.test_download import NOW, ORGAN, SCRIPTED, TITLE, html, serving

HANGING = "<title>年报</title><body><p>政府信息公开年报</p><script>fetch('l.json');while(true){}</script></body>"
EATING = (
    "<title>年报</title><body><p>政府信息公开年报</p><script>fetch('l.json');const a=[];"
    "while(true){a.push(new Array(1e6).fill(Math.random()))}</script></body>"
)
ROWS = "application/json", json.dumps(f"<li><a href='/a.html'>{TITLE}</a></li>").encode()


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = str(tmp_path / "archive")
    made = Job(2023, "ogi", (), (ORGAN,), ("127.0.0.2",), folder, "test", as_of=NOW, allow_addresses=("127.0.0.0/8",))
    return replace(made, delay=0, chromium=find_chromium(None), page_seconds=8.0)


def visits(job: Job) -> dict[str, Visit]:
    archive = Archive(Path(job.archive))
    found = (record.visit for file in archive.files() for record in archive.scan(file))
    return {visit.column_url: visit for visit in found if visit}


def test_pages_that_hang_or_eat_memory_end_and_the_others_are_shown(job: Job) -> None:
    pages = {"/hang/": html(HANGING), "/eat/": html(EATING), "/nb/": html(SCRIPTED), "/a.html": html("<p>正文" * 99)}
    pages["/wide/"] = html(f"<pre style='font-size:40px'>{'x' * 20_000}</pre>{SCRIPTED}")  # its picture would take 3 GB
    pages |= {f"/{name}/l.json": ROWS for name in ("hang", "eat", "nb", "wide")}
    with serving("127.0.0.2", pages) as portal:
        columns = tuple(Column(f"{portal.url}/{name}/", ("a",)) for name in ("hang", "eat", "nb", "wide"))
        command = [sys.executable, "-m", "crawler.visit"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started = psutil.Process(process.pid)
        children: set[psutil.Process] = set()
        assert process.stdin and process.stderr
        process.stdin.write(replace(job, columns=columns).dump())
        process.stdin.close()
        until = time.monotonic() + 200
        while process.poll() is None and time.monotonic() < until:
            children |= set(started.children(recursive=True)) if started.is_running() else set()
            time.sleep(0.2)
        assert process.wait(1) == 0, process.stderr.read().decode()[-3000:]
    _, alive = psutil.wait_procs(list(children), 10)
    assert not alive, f"left over: {alive}"
    outcomes = {url.rsplit("/", 2)[1]: visit.outcome for url, visit in visits(job).items()}
    assert outcomes == {
        "hang": Outcome.PARTIAL, "eat": Outcome.PARTIAL, "nb": Outcome.COMPLETE, "wide": Outcome.COMPLETE,
    }  # fmt: skip


@pytest.mark.soak
def test_memory_is_flat_over_many_browser_pages(job: Job) -> None:
    count = int(os.environ.get("PAGES", "500"))
    pages = {f"/{n}/": html(SCRIPTED + "x" * 20_000) for n in range(count)} | {"/a.html": html("<p>正文" * 99)}
    pages |= {f"/{n}/l.json": ROWS for n in range(count)}
    used: list[int] = []
    with serving("127.0.0.2", pages) as portal:
        columns = tuple(Column(f"{portal.url}/{n}/", ("a",)) for n in range(count))
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.visit"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdin and process.stdout
        process.stdin.write(replace(job, columns=columns, page_seconds=45.0).dump())
        process.stdin.close()
        for number, _ in enumerate(process.stdout):
            if number % (PAGES // 2) == PAGES // 4:
                tree = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
                used.append(sum(one.memory_info().rss for one in tree if one.is_running()) >> 20)
        assert process.wait(30) == 0
    print("MB:", used)
    assert {visit.outcome for visit in visits(job).values()} == {Outcome.COMPLETE}
    half = len(used) // 2
    assert max(used[half:]) < 1.3 * max(used[1:half])
