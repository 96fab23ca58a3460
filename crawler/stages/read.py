"""Read: what was fetched as a candidate, read and checked. The document confirms a publication, never the link."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

from compliance import REFUSED
from crawler.reading import File, Reader, Result
from crawler.stages.compare import compare
from crawler.stages.confirm import UNCONFIRMED, observation_of, settle_on
from crawler.workplace import Workplace
from portals.titles import Names
from reports.version import VERSION
from storage import queries
from storage.errors import ArchiveError
from storage.records import Capture, Observation, Reading, Unread

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Readings:
    """What a pass of reading came to."""

    states: Counter[str] = field(default_factory=Counter)
    troubles: tuple[str, ...] = ()  # "title (url): why", for a person


def read(place: Workplace, progress: Progress) -> Readings:
    """Reads every candidate that this version of the reader has not settled yet, up to the clock's moment."""
    todo = queries.unread_candidates(place.db, VERSION, until=place.clock())
    states: Counter[str] = Counter()
    troubles: list[str] = []
    confirmed: list[Observation] = []
    names = cache(lambda: Names(queries.organs(place.db)))
    with Reader() as reader:
        for done, unread in enumerate(todo):
            progress(done, len(todo), unread.candidate.title)
            known = queries.reading(place.db, unread.key, VERSION)
            # Of this document as another candidate: less sure than now, or looked for as another year's.
            if known is None or known.state in (UNCONFIRMED, REFUSED):
                known = _read_and_keep(place, reader, unread)
            reading = known
            seen = observation_of(unread, reading, names)
            queries.settle(place.db, unread, VERSION, seen)
            confirmed += [seen] if seen else []
            states[reading.state] += 1
            if reading.state not in ("read", REFUSED):
                troubles.append(f"{unread.candidate.title} ({unread.candidate.url}): {reading.detail}")
    compare(place, confirmed)
    progress(len(todo), len(todo), "")
    return Readings(states, tuple(troubles))


def _read_and_keep(place: Workplace, reader: Reader, unread: Unread) -> Reading:
    files = [capture for capture in unread.captures if capture.kind != "screenshot"]
    results = [_read_file(place, reader, capture) for capture in files]
    reading = settle_on(unread, results)
    queries.put_reading(place.db, reading)
    return reading


def _read_file(place: Workplace, reader: Reader, capture: Capture) -> Result:
    try:
        payload = place.archive.payload(capture)
    except ArchiveError as error:
        return Result("broken", f"the archive cannot give it back: {error}")
    if not payload.whole:
        return Result("broken", "only a part of it was received")
    claimed = f"{payload.media_type}; charset={payload.charset}" if payload.charset else payload.media_type
    return reader.read(File(capture.url, claimed, payload.body))
