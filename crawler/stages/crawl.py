"""Crawl: the columns of a round, visited by processes of their own, and what they archived brought into the index."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from crawler import ledger
from crawler.browser import find_chromium
from crawler.clock import system_clock
from crawler.hours import seconds_left
from crawler.job import Job
from crawler.robots import PATH as ROBOTS
from crawler.stages import plan
from crawler.stages.processes import run
from crawler.workplace import Workplace
from portals.due import for_series, obligations
from portals.model import Organ
from spiders.candidates import is_known_item
from spiders.column import Column
from storage import queries
from storage.codec import moment_text
from storage.errors import ArchiveError
from storage.records import Capture, Outcome, Visit
from storage.urls import target_uri

_TAKEN_UP = timedelta(hours=6)
_DRIFT = timedelta(minutes=5)  # that a clock may be corrected by between two rounds
_WRITTEN_SHORT = timedelta(days=30)
_SHANGHAI = timedelta(hours=8)

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
    _mind_the_clock(place)
    organs = [for_series(organ, series) or organ for organ in queries.organs(place.db)]
    owed = list(obligations(organs, series, year, place.rules))
    owing = [obligation.organ for obligation in owed]
    today = (place.clock() + _SHANGHAI).date()
    overdue = frozenset(obligation.organ.id for obligation in owed if obligation.due_notice < today)
    without = tuple(organ.name for organ in owing if not (organ.column_url or organ.home_url))
    columns = list(_columns(place, owing, series, overdue))
    done = queries.visited(place.db, year, _begun(place, series, year), place.clock(), series)
    columns = [column for column in columns if target_uri(column.url) not in done]
    left = seconds_left(place.config.hours, system_clock())
    if not columns or left == 0:
        return Crawled(not_visited=tuple(column.url for column in columns), without_column=without)
    basis = _basis(place, organs, series, year, left)
    visited = _visit_all(place, columns, basis, progress)
    troubles = tuple(f"{v['column']}: {v['outcome']}, {v['detail']}" for v in visited if v["outcome"] != "complete")
    troubles += tuple(_ship(place))
    reached = {v["column"] for v in visited}
    missed = tuple(column.url for column in columns if column.url not in reached)
    if not missed:
        _unfinished(place, series, year).unlink(missing_ok=True)
    return Crawled(
        Counter(v["outcome"] for v in visited), troubles, missed, without, _logs(place) / f"{basis.prefix}.log"
    )


def _mind_the_clock(place: Workplace) -> None:
    """Raises ArchiveError when the running clock was set back: what is archived by it would prove the wrong day."""
    newest, now = queries.newest_visit(place.db), place.clock()
    if place.as_of is None and newest is not None and now < newest - _DRIFT:
        raise ArchiveError(
            f"this machine's clock says {moment_text(now)}, and the archive has visits of {moment_text(newest)}: set "
            "the clock right, then run again; nothing was asked for, and nothing is lost"
        )


def _begun(place: Workplace, series: str, year: int) -> datetime:
    """When this crawl began: one that was cut short, by a kill for instance, is taken up again for some hours."""
    if place.as_of:
        return place.as_of
    note, now = _unfinished(place, series, year), place.clock()
    try:
        begun = datetime.fromisoformat(note.read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        begun = None
    if begun and timedelta(0) <= now - begun < _TAKEN_UP:
        return begun
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(now.isoformat(), encoding="ascii")
    return now


def _unfinished(place: Workplace, series: str, year: int) -> Path:
    return _logs(place) / f"{series}-{year}.unfinished"


def _visit_all(place: Workplace, columns: list[Column], basis: Job, progress: Progress) -> list[dict[str, str]]:
    """What was told of each visit. What a process archived is indexed when it ends."""
    numbers, told_by = count(1), _logs(place) / f"{basis.prefix}{ledger.SUFFIX}"

    def jobs(waves: list[tuple[Column, ...]]) -> Iterator[Job]:
        return (_job(place, basis, wave, next(numbers)) for wave in waves)

    visited: list[dict[str, str]] = []
    reached: set[str] = set()
    progress(0, len(columns), "")
    for told in run([jobs(lane) for lane in plan.waves(columns, _processes(place))], _logs(place)):
        if told.line is None:
            queries.ingest(place.db, place.archive)
        elif "ledger" in told.line:
            ledger.write(told_by, told.line["ledger"])
        else:
            visited.append(told.line)
            reached.add(told.line["column"])  # one column may have several visits
            progress(len(reached), len(columns), f"{told.line['column']} {told.line['outcome']}")
    return visited


def _ship(place: Workplace) -> Iterator[str]:
    """Finished files go to the bucket; one that cannot be reached stops no round, for nothing is lost by waiting."""
    try:
        queries.ship(place.db, place.archive)
    except ArchiveError as error:
        yield str(error)


def _logs(place: Workplace) -> Path:
    return place.config.home / "logs"


def _processes(place: Workplace) -> int:
    return place.config.processes or min(4, os.cpu_count() or 1)


def _columns(place: Workplace, owing: Iterable[Organ], series: str, overdue: frozenset[str]) -> Iterator[Column]:
    expected: dict[tuple[str, bool], list[Organ]] = {}
    for organ in owing:
        if url := organ.column_url or organ.home_url:
            expected.setdefault((url, not organ.column_url), []).append(organ)
    urls = dict.fromkeys(url for url, _ in expected)
    lasts = {url: _bare(visit, series) for url, visit in _last(place, urls, Outcome.COMPLETE, Outcome.PARTIAL)}
    for (url, is_home), group in expected.items():
        last = lasts.get(url)
        if is_home and last and len(last.organs) < len(group):
            last = None  # it went to the pages of some of those who share the home page
        seen = last.sightings if last else ()
        profile = last.profile if last else None
        yield Column(
            url,
            tuple(organ.id for organ in group),
            seen_before=tuple(dict.fromkeys(sighting.url for sighting in seen)),
            titles_before=tuple(dict.fromkeys(sighting.title for sighting in seen)),
            is_home=is_home,
            home=next((organ.home_url for organ in group if organ.home_url), None),
            known=profile.columns if profile else (),
            overdue=any(organ.id in overdue for organ in group),
            calls=profile.calls if profile else (),
        )


def _last(place: Workplace, urls: Iterable[str], *outcomes: Outcome) -> Iterator[tuple[str, Visit]]:
    """Addresses of columns with their last visits that ended so, if there is one."""
    return queries.last_visits_to(place.db, urls, place.clock(), outcomes)


def _bare(visit: Visit, series: str) -> Visit:
    """What the next visit needs to know of a last one: a hundred thousand whole ones would take gigabytes."""
    known = tuple(sighting for sighting in visit.sightings if is_known_item(sighting, series))
    return replace(visit, sightings=known, candidates=(), captures=())


def _basis(place: Workplace, organs: list[Organ], series: str, year: int, seconds: float | None) -> Job:
    """What the jobs of all processes have in common."""
    config, now = place.config, place.clock()
    urls = [organ.column_url for organ in organs] + [organ.home_url for organ in organs]
    contact = f" (+{config.contact})" if config.contact else ""
    return Job(
        year=year,
        series=series,
        columns=(),
        organs=tuple(organs),
        hosts=tuple(sorted({host for url in urls if url and (host := urlsplit(url).hostname)} | set(config.siblings))),
        archive=str(config.archive_folder),
        bucket=config.bucket_url,
        prefix=f"{series}-{year}-{now:%Y%m%dT%H%M%SZ}",
        as_of=place.as_of,
        allow_addresses=tuple(str(network) for network in config.allow_addresses),
        delay=config.delay,
        chromium=find_chromium(config.chromium_path),
        user_agent=f"Nianbao/0.1{contact}",
        turnstile=str(_logs(place) / "turns"),
        seconds=seconds,
    )


def _job(place: Workplace, basis: Job, columns: tuple[Column, ...], number: int) -> Job:
    """The job of one process; `number` counts the crawl's processes from 1."""
    lasts = dict(_last(place, (column.url for column in columns), Outcome.COMPLETE))
    return replace(
        basis,
        columns=columns,
        known=_known(place, lasts.values()),
        before=_before(place, lasts),
        prefix=basis.prefix + (f"-{number}" if number > 1 else ""),
        columns_at_once=plan.at_once(columns),
    )


def _before(place: Workplace, lasts: Mapping[str, Visit]) -> dict[str, Visit]:
    """Each column's last complete visit that is written whole: one that sees the same is written short. Not for long,
    lest the loss of one record take many visits with it."""
    found: dict[str, Visit] = {}
    for url, last in lasts.items():
        whole = queries.visit(place.db, last.like) if last.like else last
        if whole is not None and place.clock() - whole.at < _WRITTEN_SHORT:
            found[url] = whole
    return found


def _known(place: Workplace, lasts: Iterable[Visit]) -> dict[str, Capture]:
    """What the columns' last complete visits saw: asked for conditionally, and not stored twice; and robots.txt."""
    ids: list[str] = []
    for last in lasts:
        ids += last.captures
        ids += [identity for candidate in last.candidates for identity in candidate.captures]
    urls = {capture.url for capture in queries.captures_by_id(place.db, ids).values()}
    urls |= {urljoin(url, ROBOTS) for url in urls}
    return queries.latest_captures(place.db, urls, place.clock())
