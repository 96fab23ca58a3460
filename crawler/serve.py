"""`nianbao serve`: the pages, and a round at set hours beside them. Each round is a process of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import uvicorn
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from fastapi import FastAPI

from crawler.clock import system_clock
from crawler.secret import secret_of
from crawler.stages.notify import ANSWERS
from crawler.workplace import Workplace
from portals.moments import SHANGHAI
from web import create_app

log = logging.getLogger(__name__)


def scheduler_for(home: Path, year: int, hours: str) -> BackgroundScheduler:
    """A scheduler with one daily round at these hours (cron's `hour` field, Asia/Shanghai); not started yet."""
    scheduler = BackgroundScheduler(timezone=SHANGHAI)
    trigger = CronTrigger(hour=hours, timezone=SHANGHAI)
    # A round that is missed while we are down is made once when we are back; two never run at a time.
    scheduler.add_job(
        start_round, trigger, args=[home, year], id="round", max_instances=1, coalesce=True, misfire_grace_time=None
    )
    return scheduler


def start_round(home: Path, year: int) -> int:
    """Makes one round in a process of its own; its exit status."""
    command = [sys.executable, "-m", "crawler", "--home", str(home), "run", "--year", str(year)]
    status = subprocess.run(command, check=False).returncode
    (log.info if status == 0 else log.warning)("the round for %s ended with status %s", year, status)
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


def serve(place: Workplace, host: str, port: int, year: int, hours: str | None) -> None:
    """Serves the pages until interrupted."""
    scheduler = scheduler_for(place.config.home, year, hours) if hours else None
    if scheduler:
        scheduler.start()
    try:
        uvicorn.run(pages(place), host=host, port=port, log_level="warning")
    finally:
        if scheduler:
            scheduler.shutdown(wait=False)
