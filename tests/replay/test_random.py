"""Random seasons through database, judge and outbox: nobody is accused falsely, neither on the board nor by mail, and
what is judged anew because it may have changed comes to the same as judging everything.

The truth and its film are those of tests/compliance/test_seasons.py, here for many organs in one database. Visits come
late into the index, documents are read late, the register changes, and days of the past are judged in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import reports
from compliance import Evidence
from crawler.clock import frozen_clock
from crawler.config import load_config
from crawler.stages.judge import assess, judge, standing
from crawler.stages.notify import notify
from crawler.workplace import Workplace, open_workplace
from portals.model import Organ
from reports.version import VERSION
from storage import queries
from storage.records import Assessment, Exchange, Observation, Reading, Status, Visit
from storage.warc import WarcWriter
from tests.compliance.test_seasons import (
    DAYS,
    FIRST,
    Truth,
    check_nobody_is_accused_falsely,
    film,
    truths,
)
from tests.web.filled import report

HEAD = b"HTTP/1.1 200 OK\r\n\r\n"
SUBSCRIBERS = "subscribers: [{name: a, email: a@b.example, ledger: false, severity: info, language: en}]"
ACCUSING = ("missing", "overdue", "late", "withdrawn", "backdated", "revised")


@dataclass(frozen=True)
class Seen:
    """One visit of the film, under the name of its organ, with what came of reading what it showed."""

    visit: Visit
    states: dict[str, str]  # address to state of reading
    observations: dict[str, Observation]  # address to what was confirmed


class Season:
    """Many organs, each with a truth of its own, in one installation."""

    def __init__(self, place: Workplace, truths: list[Truth], visited: set[int], random: Random) -> None:
        self.place, self.random, self.numbers = place, random, count(1)
        self.truths = {f"tc{number}": truth for number, truth in enumerate(truths)}
        self.organs = {
            key: Organ(
                key, f"{key}县人民政府", (), "county", "government", "980121", None, None, f"http://{key}.example/nb/"
            )
            for key in self.truths
        }
        self.unwritten = [
            one for key, truth in self.truths.items() for one in as_seen(key, film(truth)) if on_day(one) in visited
        ]
        self.known: dict[tuple[str, str], Seen] = {}
        self.looked: dict[str, set[int]] = {}  # by column, the days of visits that came to light
        queries.upsert_organs(place.db, self.organs.values())

    def archive(self, now: datetime) -> None:
        """Index what was seen by then, but for a few visits that come to light later."""
        late = [one for one in self.unwritten if one.visit.at > now or self.random.random() < 0.1]
        fresh = [one for one in self.unwritten if one not in late]
        self.unwritten = late
        with WarcWriter(self.place.archive.folder, f"{now:%m%d%H%M}", new_id=self._new_id) as writer:
            for one in fresh:
                writer.visit(self._written(writer, one))
                self.known |= {(one.visit.id, candidate.url): one for candidate in one.visit.candidates}
                self.looked.setdefault(one.visit.column_url, set()).add(on_day(one))
        queries.ingest(self.place.db, self.place.archive)

    def _new_id(self) -> str:
        return str(UUID(int=next(self.numbers)))

    def _written(self, writer: WarcWriter, one: Seen) -> Visit:
        def capture(url: str, text: str) -> str:
            return writer.exchange(Exchange(url, one.visit.at, b"GET / HTTP/1.1\r\n\r\n", HEAD, text.encode())).id

        listing = tuple(capture(one.visit.column_url, one.visit.id) for _ in one.visit.captures)
        candidates = tuple(
            replace(made, captures=(capture(made.url, f"{made.organ} {state_of(one, made.url)}"),))
            for made in one.visit.candidates
        )
        return replace(one.visit, captures=listing, candidates=candidates)

    def read(self, now: datetime, share: float) -> None:
        pairs = []
        for unread in queries.unread_candidates(self.place.db, VERSION, now):
            if self.random.random() > share:
                continue
            one, url = self.known[unread.visit, unread.candidate.url], unread.candidate.url
            seen = one.observations.get(url)
            if queries.reading(self.place.db, unread.key, VERSION) is None:
                made = reports.dump(replace(report("x"), content_digest=state_of(one, url)))
                state, held = ("read", made) if seen else (one.states.get(url, "unconfirmed"), None)
                queries.put_reading(self.place.db, Reading(unread.key, VERSION, state, "", held))
            kept = seen and replace(seen, captures=unread.candidate.captures, reading=unread.key)
            pairs.append((unread, kept))
        queries.settle_all(self.place.db, VERSION, pairs)

    def round(self, now: datetime) -> None:
        """What a round does, and what must hold after it."""
        self.archive(now)
        self.read(now, 0.9)
        place = replace(self.place, clock=frozen_clock(now))
        board = undated(assess(place, "ogi", 2023))
        assert undated(standing(place, "ogi", 2023)) == board
        judge(place, "ogi", 2023, lambda *_: None)
        held = queries.assessments(place.db, 2023, "ogi", now)
        assert undated(held) == board
        for one in held:
            check_nobody_is_accused_falsely(self.knowable(one.organ), replace(one, at=now))
        self.check_mails(place, {one.organ: one for one in held})

    def knowable(self, key: str) -> Truth:
        """The truth about an organ with every day as blind on which nobody looked."""
        truth, days = self.truths[key], frozenset(range(DAYS))
        own, central = (
            self.looked.get(url, set()) for url in (f"http://{key}.example/nb/", f"http://{key}.dz.example/nb/")
        )
        return replace(truth, blind=truth.blind | (days - own), central_blind=truth.central_blind | (days - central))

    def check_mails(self, place: Workplace, board: dict[str, Assessment]) -> None:
        """Every accusation by mail is one that the board makes, which was held against the truth."""
        before = {posted.message.id for posted in queries.messages(place.db)}
        notify(place, "ogi", 2023)
        told = [posted.message for posted in queries.messages(place.db) if posted.message.id not in before]
        events = {event.id: event for event in queries.events(place.db)}
        for event in (events[key] for message in told for key in message.events):
            one = board[event.organ]
            made = {
                "missing": one.status is Status.MISSING,
                "overdue": one.status is Status.MISSING,
                "late": one.status is Status.LATE,
                **{mark: getattr(one, mark) for mark in ("withdrawn", "backdated", "revised")},
            }
            assert event.kind not in ACCUSING or made[event.kind]


def undated(found: list[Assessment]) -> list[Assessment]:
    return sorted((replace(one, at=FIRST) for one in found), key=lambda one: one.organ)


def on_day(one: Seen) -> int:
    return (one.visit.at - FIRST) // timedelta(days=1)


def state_of(one: Seen, url: str) -> str:
    seen = one.observations.get(url)
    return seen.content_digest if seen else one.states.get(url, "unconfirmed")


def as_seen(key: str, filmed: Evidence) -> Iterator[Seen]:
    """The film of one organ, its visits renamed so that several organs have room in one database."""

    def named(url: str) -> str:
        return url.replace("http://", f"http://{key}.").replace(
            f"http://{key}.tc.example/nb/", f"http://{key}.example/nb/"
        )

    for visit in filmed.visits:
        states = {named(url): state for (id, url), state in filmed.readings.items() if id == visit.id}
        observations = {
            named(one.url): replace(one, organ=key, url=named(one.url))
            for one in filmed.observations
            if one.at == visit.at
        }
        candidates = tuple(replace(one, organ=key, url=named(one.url)) for one in visit.candidates)
        sightings = tuple(replace(one, url=named(one.url)) for one in visit.sightings)
        renamed = replace(
            visit, id=f"{key}-{visit.id}", organs=(key,), column_url=named(visit.column_url),
            candidates=candidates, sightings=sightings,
        )  # fmt: skip
        yield Seen(renamed, states, observations)


@contextmanager
def installed() -> Iterator[Workplace]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "subscribers.yaml").write_text(SUBSCRIBERS, "utf-8")
        with open_workplace(load_config(Path(folder), {})) as place:
            yield place


def play(truths: list[Truth], days: list[int], random: Random) -> None:
    with installed() as place:
        visited = {*days, *random.sample(range(DAYS), 8)}
        season = Season(place, truths, visited, random)
        for number, day in enumerate(sorted(days)):
            now = FIRST + timedelta(days=day, hours=2)
            if number == 2:
                some = random.choice(list(season.organs.values()))
                queries.upsert_organs(place.db, [replace(some, name="更名之后", until=date(2024, 1, 5))])
            if number == 3:  # a day of the past, by what is known of it now
                earlier = replace(place, clock=frozen_clock(now - timedelta(days=5)))
                judge(earlier, "ogi", 2023, lambda *_: None)
                held = queries.assessments(place.db, 2023, "ogi", earlier.clock())
                assert undated(held) == undated(assess(earlier, "ogi", 2023))
            season.round(now)


rounds = st.lists(st.integers(30, DAYS - 1), min_size=5, max_size=5, unique=True)
QUICK = settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)


@QUICK
@given(st.lists(truths(), min_size=12, max_size=12), rounds, st.integers(0, 2**32))
def test_in_no_season_does_board_or_mail_accuse_falsely_and_judging_what_changed_is_judging_all(
    truths: list[Truth], days: list[int], seed: int
) -> None:
    play(truths, days, Random(seed))


@pytest.mark.soak
@settings(QUICK, max_examples=60)
@given(st.lists(truths(), min_size=20, max_size=20), rounds, st.integers(0, 2**32))
def test_in_more_than_a_thousand_seasons_too(truths: list[Truth], days: list[int], seed: int) -> None:
    play(truths, days, Random(seed))
