"""A crawl process: `python -m crawler.visit < job.json`. Writes WARC files, prints one JSON line a visit, and ends.

With `--lifeline FD` it dies, browser and all, when that pipe is closed, and its last line is the politeness ledger.

A process of its own because a Twisted reactor cannot start twice, and because a leaked browser dies with it.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Any

import psutil
from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from crawler import settings as defaults
from crawler.job import Job
from crawler.memory import give_back_memory
from crawler.room import EngineRoom, furnish, new_id
from spiders.annual_report import AnnualReportSpider
from storage.codec import to_json
from storage.records import Visit

# As root a sandbox cannot be made; the pages have no network, and the process dies with the job.
_CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-sync"]
_CHROMIUM += ["--js-flags=--max-old-space-size=512", "--renderer-process-limit=4", "--disable-dev-shm-usage"]
# The browser has no network of its own (crawler.download answers its pages): a proxy that nobody listens at, also for
# loopback, and no WebRTC beside it.
_NO_NETWORK = [
    "--proxy-server=http://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
]


def crawl_settings(job: Job) -> Settings:
    """Scrapy's settings for this job."""
    settings = Settings()
    settings.setmodule(defaults, priority="project")
    values: dict[str, Any] = {
        "USER_AGENT": job.user_agent,
        "PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": job.chromium, "args": [*_CHROMIUM, *_NO_NETWORK]},
    }
    settings.setdict(values, priority="cmdline")
    return settings


def crawl(job: Job, *, ledger: bool) -> bool:
    """Runs the job; True when every column got its visit. `ledger`: prints the politeness ledger at the end."""
    process = AsyncCrawlerProcess(crawl_settings(job))
    crawler = process.create_crawler(AnnualReportSpider)
    room = EngineRoom(job)
    furnish(crawler, room)
    done: set[str] = set()

    def told(item: Visit) -> None:
        done.add(item.column_url)
        line = to_json({"column": item.column_url, "outcome": item.outcome, "detail": item.detail})
        sys.stdout.buffer.write(line + b"\n")
        sys.stdout.flush()

    crawler.signals.connect(told, signal=signals.item_scraped, weak=False)
    process.crawl(
        crawler,
        columns=job.columns,
        organs=job.organs,
        series=job.series,
        year=job.year,
        clock=room.clock,
        new_id=new_id,
        has_browser=job.chromium is not None,
        columns_at_once=job.columns_at_once,
    )
    process.start()
    if ledger:
        sys.stdout.buffer.write(to_json({"ledger": room.ledger()}) + b"\n")
        sys.stdout.flush()
    return len(done) == len({column.url for column in job.columns})


def _hang_on(lifeline: int) -> None:
    """Waits for the other end to go: who started us was killed, and nobody would end us or use what we find."""
    os.read(lifeline, 1)
    for process in psutil.Process().children(recursive=True):
        process.kill()
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    watched = sys.argv[1:2] == ["--lifeline"]
    if watched:
        threading.Thread(target=_hang_on, args=[int(sys.argv[2])], daemon=True).start()
    give_back_memory()
    job = Job.load(sys.stdin.buffer.read())
    logging.getLogger("scrapy.core.scraper").setLevel(logging.WARNING)  # would log each visit whole
    return 0 if crawl(job, ledger=watched) else 1


if __name__ == "__main__":
    sys.exit(main())
