"""Plays a script day by day into a real archive and database, as a faithful crawler and reader would have left them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import count
from uuid import UUID

import reports
from crawler.workplace import Workplace
from portals.moments import SHANGHAI
from reports.model import Finding, Report
from reports.version import VERSION
from storage import queries
from storage.records import Candidate, Exchange, Observation, Outcome, Reading, Sighting, Unread, Visit
from storage.warc import WarcWriter
from tests.replay.script import Part, Script, day_in
from tests.web.filled import report

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"


@dataclass
class State:
    """An organ's report as a visitor finds it."""

    there: bool = False
    url: str = ""
    claims: date | None = None
    text: int = 1
    readable: bool = True
    errors: int = 0
    doubtful: int = 0


def round_at(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)


class Portals:
    """What all portals show, moved on from day to day."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._states = {part.organ.id: State(url=f"{part.column}2023.html") for part in script.parts}
        self._down: dict[str, Outcome] = {}
        self._tomorrow: list[tuple[Part, date, str]] = []

    def dawn(self, day: date) -> None:
        """What happened up to this day's round."""
        held, self._tomorrow = self._tomorrow, []
        for part, since, what in held:
            self._happens(part, since, what)
        for part in self._script.parts:
            for since, what in part.story:
                if since == day and what.endswith(" at noon"):
                    self._tomorrow.append((part, since, what.removesuffix(" at noon")))
                elif since == day:
                    self._happens(part, day, what)

    def _happens(self, part: Part, day: date, what: str) -> None:
        state = self._states[part.organ.id]
        if dated := re.fullmatch(r"publishes(?: dated (\S+))?", what):
            state.there, state.claims = True, day_in(dated[1], day.year) if dated[1] else day
        elif what in ("withdraws", "returns"):
            state.there = what == "returns"
        elif what == "revises":
            state.text += 1
        elif what == "moves":
            state.url = f"{part.column}moved/2023.html"
        elif what in ("cannot be read", "can be read"):
            state.readable = what == "can be read"
        elif what.startswith("down "):
            self._down[part.column] = Outcome(what.removeprefix("down "))
        elif what == "up":
            del self._down[part.column]
        elif count := re.fullmatch(r"(errors|doubtful) (\d+)", what):
            setattr(state, count[1], int(count[2]))
        else:
            raise AssertionError(f"the script says {what!r}")

    def visit_all(self, writer: WarcWriter, day: date) -> None:
        at = round_at(day) - timedelta(hours=1)
        columns: dict[str, list[Part]] = defaultdict(list)
        for part in self._script.parts:
            columns[part.column].append(part)
        for column, parts in columns.items():
            writer.visit(self._visit(writer, at, column, parts))

    def _visit(self, writer: WarcWriter, at: datetime, column: str, parts: list[Part]) -> Visit:
        organs = tuple(part.organ.id for part in parts)
        name, outcome = f"{at:%m%d}{column[7:-4]}", self._down.get(column, Outcome.COMPLETE)
        if outcome is Outcome.UNREACHABLE:
            return Visit(name, at, column, organs, self._script.year, outcome, "no answer")
        page = writer.exchange(Exchange(column, at, b"GET / HTTP/1.1\r\n\r\n", _HEAD, f"{name}".encode()))
        visit = Visit(name, at, column, organs, self._script.year, outcome, captures=(page.id,))
        if outcome is not Outcome.COMPLETE:
            return visit
        taken = tuple(self._candidate(writer, at, part) for part in parts if self._states[part.organ.id].there)
        sightings = tuple(Sighting(one.url, one.title, None, page.id) for one in taken)
        return replace(visit, sightings=sightings, candidates=taken)

    def _candidate(self, writer: WarcWriter, at: datetime, part: Part) -> Candidate:
        state, year = self._states[part.organ.id], self._script.year
        body = f"{part.organ.id} {state}".encode()
        page = writer.exchange(Exchange(state.url, at, b"GET / HTTP/1.1\r\n\r\n", _HEAD, body))
        title = f"{part.organ.name}{year}年政府信息公开工作年度报告"
        dates = (("meta:PubDate", state.claims), ("list", state.claims)) if state.claims else ()
        return Candidate(part.organ.id, "ogi", year, state.url, title, 1.0, (), True, (page.id,), dates=dates)

    def read_all(self, place: Workplace) -> None:
        """What the reader makes of today's documents."""
        settled: list[tuple[Unread, Observation | None]] = []
        for unread in queries.unread_candidates(place.db, VERSION):
            state = self._states[unread.candidate.organ]
            made = replace(
                report(unread.candidate.title), findings=tuple(_findings(state)), content_digest=f"text {state.text}"
            )
            kept = Reading(unread.key, VERSION, "not_readable_here", "a scan")
            if state.readable:
                kept = Reading(unread.key, VERSION, "read", "", reports.dump(made))
            if queries.reading(place.db, unread.key, VERSION) is None:
                queries.put_reading(place.db, kept)
            settled.append((unread, _observation(unread, made) if state.readable else None))
        queries.settle_all(place.db, VERSION, settled)


def _findings(state: State) -> Iterable[Finding]:
    for severity, times in (("error", state.errors), ("doubtful", state.doubtful)):
        for number in range(times):
            yield Finding("sum.handled", severity, f"第{number + 1}处不平", f"sum {number + 1}")  # type: ignore[arg-type]


def _observation(unread: Unread, made: Report) -> Observation:
    taken = unread.candidate
    identity = (taken.organ, taken.series, taken.year, unread.at, taken.url, taken.title, taken.captures)
    return Observation(*identity, made.content_digest, unread.key, taken.dates)


def days_of(script: Script, place: Workplace) -> Iterator[date]:
    """Each day, with everything of it archived, indexed and read; judging and telling are the caller's."""
    portals, numbers = Portals(script), count(1)
    queries.upsert_organs(place.db, [part.organ for part in script.parts])
    for day in script.days:
        portals.dawn(day)
        with WarcWriter(place.archive.folder, f"{day:%m%d}", new_id=lambda: str(UUID(int=next(numbers)))) as writer:
            portals.visit_all(writer, day)
        queries.ingest(place.db, place.archive)
        portals.read_all(place)
        yield day
