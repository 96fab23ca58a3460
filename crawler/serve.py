"""`nianbao serve`: the pages, and a round at set hours beside them. Each round is a process of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import uvicorn
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from fastapi import FastAPI

from crawler.clock import system_clock
from crawler.secret import secret_of
from crawler.stages.notify import ANSWERS
from crawler.workplace import Workplace
from portals.moments import SHANGHAI
from web.app import create_app

log = logging.getLogger(__name__)


def scheduler_for(home: Path, year: int, hours: str, upkeep: str = "3") -> BackgroundScheduler:
    """A scheduler with daily rounds and the archive's upkeep at these hours (cron's `hour` field, Asia/Shanghai).

    Not started yet. Everything runs on one thread: each needs to be the database's only writer.
    """
    scheduler = BackgroundScheduler(timezone=SHANGHAI, executors={"default": ThreadPoolExecutor(1)})
    # What is missed while we are down is made once when we are back; two rounds never run at a time.
    options = {"max_instances": 1, "coalesce": True, "misfire_grace_time": None}
    rounds, daily = CronTrigger(hour=hours, timezone=SHANGHAI), CronTrigger(hour=upkeep, timezone=SHANGHAI)
    scheduler.add_job(start_round, rounds, args=[home, year], id="round", **options)
    scheduler.add_job(start_upkeep, daily, args=[home], id="upkeep", **options)
    return scheduler


def start_round(home: Path, year: int) -> int:
    """Makes one round in a process of its own; its exit status."""
    return _run(home, "run", "--year", str(year))


def start_upkeep(home: Path) -> int:
    """Does the archive's daily upkeep in a process of its own; its exit status."""
    return _run(home, "archive", "upkeep")


def _run(home: Path, *words: str) -> int:
    status = subprocess.run([sys.executable, "-m", "crawler", "--home", str(home), *words], check=False).returncode
    (log.info if status == 0 else log.warning)("nianbao %s ended with status %s", " ".join(words), status)
    return status


def pages(place: Workplace) -> FastAPI:
    """The pages over this installation."""
    home = place.config.home
    return create_app(
        place.db,
        place.archive,
        clock=system_clock,
        public_url=place.config.base_url,
        secret=secret_of(home),
        inbox=home / ANSWERS,
    )


def serve(place: Workplace, host: str, port: int, year: int, hours: str | None, upkeep: str) -> None:
    """Serves the pages until interrupted."""
    scheduler = scheduler_for(place.config.home, year, hours, upkeep) if hours else None
    if scheduler:
        scheduler.start()
    try:
        uvicorn.run(pages(place), host=host, port=port, log_level="warning")
    finally:
        if scheduler:
            scheduler.shutdown(wait=False)
