"""Speed of the crawl path against stock Scrapy on the same site, with capture and without; in one run, as ratios.

python -m tools.bench_crawl [--pages 2000] [--rounds 3]
The same spider asks for the same pages: `stock` with Scrapy's defaults, `plain` through our wire, gate and courtesy
with nothing kept, `kept` with every exchange in the archive. `--one kept --pages 50000` shows memory over a long crawl.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import scrapy
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings

KINDS = ("stock", "plain", "kept")
SAMPLE = 1000  # pages
FED = 200  # requests put into the queue at a time


@dataclass(frozen=True, slots=True)
class Moment:
    seconds: float = 0.0
    cpu: float = 0.0  # seconds, of this process

    @staticmethod
    def now() -> Moment:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return Moment(time.monotonic(), used.ru_utime + used.ru_stime)


class Pages(scrapy.Spider):
    """Asks for pages and looks at each one's links: what any spider does at least."""

    name = "pages"

    def __init__(self, base: str, count: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.base, self.count, self.seen = base, count, 0
        self.began = self.ended = Moment()
        self.memory: list[int] = []  # MB, every so many pages

    async def start(self) -> AsyncIterator[scrapy.Request]:
        self.began = Moment.now()
        for number in range(self.count):
            if number % FED == 0:  # a queue of 50,000 requests would be the memory that is measured
                await self.crawler.signals.wait_for(signals.scheduler_empty)
            yield scrapy.Request(f"{self.base}/p/{number}")

    def parse(self, response: Response) -> None:
        assert len(response.css("a::attr(href)").getall()) == 45
        self.seen += 1
        if self.seen % SAMPLE == 0:
            self.memory.append(psutil.Process().memory_info().rss >> 20)
        if self.seen == self.count:
            self.ended = Moment.now()


def crawl(kind: str, base: str, count: int, folder: str) -> dict[str, float]:
    """One crawl in this process. {pages, seconds, cpu, megabytes}"""
    process = AsyncCrawlerProcess(_settings(kind, base, folder))
    crawler = process.create_crawler(Pages)
    if kind != "stock":
        _furnish(crawler, kind, base, folder)
    process.crawl(crawler, base=base, count=count)
    process.start()
    spider = crawler.spider
    assert isinstance(spider, Pages)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if spider.memory:
        print("MB every", SAMPLE, "pages:", *spider.memory, file=sys.stderr)
    if spider.seen != count:
        sys.exit(f"{kind}: {count - spider.seen} pages are missing: {crawler.stats and crawler.stats.get_stats()}")
    seconds, cpu = spider.ended.seconds - spider.began.seconds, spider.ended.cpu - spider.began.cpu
    return {"pages": count, "seconds": seconds, "cpu": cpu, "megabytes": memory}


def _settings(kind: str, base: str, folder: str) -> Settings:
    if kind == "stock":
        return Settings({"ROBOTSTXT_OBEY": True, "LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False})
    from crawler.visit import crawl_settings

    settings = crawl_settings(_job(base, folder))
    settings.set("LOG_LEVEL", "WARNING", priority="cmdline")
    return settings


def _job(base: str, folder: str) -> Any:
    from crawler.budget import Budget
    from crawler.job import Job

    return Job(
        2023,
        "ogi",
        (),
        (),
        ("127.0.0.1",),
        folder,
        "bench",
        allow_addresses=("127.0.0.0/8",),
        delay=0,
        budget=Budget(10**9, 10**9, 1e9),
    )


def _furnish(crawler: Any, kind: str, base: str, folder: str) -> None:
    from crawler.memory import give_back_memory
    from crawler.room import EngineRoom, furnish

    give_back_memory()
    room = EngineRoom(_job(base, folder))
    if kind == "plain":
        room.scribe = Nothing(room.scribe)  # type: ignore[assignment]
    furnish(crawler, room)


class Nothing:
    """A scribe that keeps nothing: the path's cost without the archive's, and without handing anything over."""

    def __init__(self, scribe: Any) -> None:
        self.close = scribe.close

    async def exchange(self, exchange: Any, refers_to: Any = None) -> Any:
        from storage.records import Capture

        return Capture("-", "response", exchange.url, "", exchange.at, 200, None, "", 0, None, "", 0)


def measure(kind: str, base: str, count: int) -> dict[str, float]:
    """One crawl in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tools.bench_crawl", "--one", kind, "--base", base, "--pages", str(count)]
        done = subprocess.run([*command, "--folder", folder], capture_output=True, check=False)
        if done.returncode:
            sys.exit(done.stderr.decode()[-3000:])
        figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        figures["kilobytes"] = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1024 / count
    return figures


@contextmanager
def serving() -> Iterator[str]:
    """The site, in a process of its own; its address."""
    command = [sys.executable, "-m", "tools.pages", "127.0.0.1", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def compare(count: int, rounds: int) -> None:
    """All kinds by turns, so that what else the machine does falls on all of them."""
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    with serving() as base:
        for _ in range(rounds):
            for kind in KINDS:
                runs[kind].append(measure(kind, base, count))
    show(runs)


def show(runs: dict[str, list[dict[str, float]]]) -> None:
    rate, cpu = {}, {}
    for kind, made in runs.items():
        rate[kind] = statistics.median(one["pages"] / one["seconds"] for one in made)
        cpu[kind] = statistics.median(1000 * one["cpu"] / one["pages"] for one in made)
        memory, kept = max(one["megabytes"] for one in made), made[-1]["kilobytes"]
        speed = f"{rate[kind]:6.0f} pages/s  {cpu[kind]:5.2f} CPU s per 1,000"
        print(f"{kind:6} {speed}  {memory:4.0f} MB  {kept:5.1f} KB/page kept")
    print(f"pages/s with capture against stock Scrapy: {rate['kept'] / rate['stock']:.2f} (at least 0.80)")
    print(f"CPU with capture against stock Scrapy: {cpu['kept'] / cpu['stock']:.2f}")
    print(f"capture costs {100 * (1 - rate['kept'] / rate['plain']):.0f} % of the pages/s without it (at most 15)")
    print(f"CPU with capture against the same without: {cpu['kept'] / cpu['plain']:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", choices=KINDS)
    parser.add_argument("--base", default="")
    parser.add_argument("--folder", default="")
    given = parser.parse_args()
    if given.one and not given.base:
        with serving() as base, tempfile.TemporaryDirectory() as folder:
            print(json.dumps(crawl(given.one, base, given.pages, folder)))
    elif given.one:
        print(json.dumps(crawl(given.one, given.base, given.pages, given.folder)))
    else:
        compare(given.pages, given.rounds)


if __name__ == "__main__":
    main()
