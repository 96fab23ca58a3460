"""Crawl: the columns of a round, visited by a process of its own, and what it archived brought into the index."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.browser import find_chromium
from crawler.job import Job
from crawler.workplace import Workplace
from portals.due import obligations
from portals.model import Organ
from spiders.annual_report import Column
from spiders.candidates import is_of_series
from storage import queries
from storage.records import Capture, Outcome, Visit
from storage.urls import target_uri

Progress = Callable[[int, int, str], None]
"""Told (done, of how many, what)."""


@dataclass(frozen=True, slots=True)
class Crawled:
    """What a crawl came to."""

    outcomes: Counter[str] = field(default_factory=Counter)
    troubles: tuple[str, ...] = ()  # "column: outcome, detail", for a person
    not_visited: tuple[str, ...] = ()  # columns that the process did not get to
    without_column: tuple[str, ...] = ()  # organs that owe a report and name neither column nor home page
    log: Path | None = None

    @property
    def whole(self) -> bool:
        """Whether every column got a visit, whatever it showed."""
        return not self.not_visited


def crawl(place: Workplace, series: str, year: int, progress: Progress) -> Crawled:
    """Visits every column that has not been visited in this round; all that was archived is in the index afterwards."""
    queries.ingest(place.db, place.archive)  # what a killed crawl left behind
    organs = queries.organs(place.db)
    owing = [obligation.organ for obligation in obligations(organs, series, year)]
    without = tuple(organ.name for organ in owing if not (organ.column_url or organ.home_url))
    columns = list(_columns(place, owing, series, year))
    if place.as_of:  # a round of the same moment, taken up again
        done = queries.visited(place.db, year, place.as_of, place.as_of)
        columns = [column for column in columns if target_uri(column.url) not in done]
    if not columns:
        return Crawled(without_column=without)
    job = _job(place, columns, organs, series, year)
    log = place.config.home / "logs" / f"{job.prefix}.log"
    visited = list(_run(job, log, progress))
    queries.ingest(place.db, place.archive)
    troubles = tuple(f"{v['column']}: {v['outcome']}, {v['detail']}" for v in visited if v["outcome"] != "complete")
    reached = {v["column"] for v in visited}
    missed = tuple(column.url for column in columns if column.url not in reached)
    return Crawled(Counter(v["outcome"] for v in visited), troubles, missed, without, log)


def _columns(place: Workplace, owing: Iterable[Organ], series: str, year: int) -> Iterator[Column]:
    expected: dict[tuple[str, bool], list[Organ]] = {}
    for organ in owing:
        if url := organ.column_url or organ.home_url:
            expected.setdefault((url, not organ.column_url), []).append(organ)
    until = place.clock()
    for (url, is_home), group in expected.items():
        last = _last_complete(place, group[0].id, url, until)
        seen = [sighting for sighting in last.sightings if is_of_series(sighting, series)] if last else []
        profile = last.profile if last else None
        yield Column(
            url,
            tuple(organ.id for organ in group),
            seen_before=tuple(dict.fromkeys(sighting.url for sighting in seen)),
            titles_before=tuple(dict.fromkeys(sighting.title for sighting in seen)),
            is_home=is_home,
            home=next((organ.home_url for organ in group if organ.home_url), None),
            known=profile.columns if profile else (),
            calls=profile.calls if profile else (),
        )


def _last_complete(place: Workplace, organ: str, url: str, until: datetime) -> Visit | None:
    visits = queries.visits(place.db, organ=organ, until=until)
    ours = [visit for visit in visits if visit.column_url == url and visit.outcome is Outcome.COMPLETE]
    return ours[-1] if ours else None


def _job(place: Workplace, columns: list[Column], organs: list[Organ], series: str, year: int) -> Job:
    config, now = place.config, place.clock()
    urls = [organ.column_url for organ in organs] + [organ.home_url for organ in organs]
    contact = f" (+{config.contact})" if config.contact else ""
    return Job(
        year=year,
        series=series,
        columns=tuple(columns),
        organs=tuple(organs),
        hosts=tuple(sorted({host for url in urls if url and (host := urlsplit(url).hostname)})),
        archive=config.archive_url,
        prefix=f"{series}-{year}-{now:%Y%m%dT%H%M%SZ}",
        as_of=place.as_of,
        known=_known(place, columns, now),
        allow_addresses=tuple(str(network) for network in config.allow_addresses),
        delay=config.delay,
        chromium=find_chromium(config.chromium_path),
        user_agent=f"Nianbao/0.1{contact}",
    )


def _known(place: Workplace, columns: list[Column], until: datetime) -> dict[str, Capture]:
    """What the columns' last complete visits captured: asked for conditionally, and not stored twice."""
    ids: list[str] = []
    for column in columns:
        if last := _last_complete(place, column.organs[0], column.url, until):
            ids += last.captures
            ids += [identity for candidate in last.candidates for identity in candidate.captures]
    urls = {capture.url for capture in queries.captures_by_id(place.db, ids).values()}
    return queries.latest_captures(place.db, urls, until)


def _run(job: Job, log: Path, progress: Progress) -> Iterator[dict[str, str]]:
    """Runs the job in a process group of its own, so that a browser goes down with it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.visit"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    assert process.stdin and process.stdout
    try:
        process.stdin.write(job.dump())
        process.stdin.close()
        progress(0, len(job.columns), "")
        for done, line in enumerate(process.stdout, start=1):
            visited: dict[str, str] = json.loads(line)
            progress(done, len(job.columns), f"{visited['column']} {visited['outcome']}")
            yield visited
        process.wait(timeout=30)
    except BrokenPipeError:
        process.wait(timeout=30)  # it died at once; the log says why, and every column counts as not visited
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
