"""Random seasons with a script of what truly happened: nobody is accused falsely, and daily watch is exact.

The script (`Truth`) is written in terms of what an organ did, never in those of the judge; `film` plays a faithful
crawler that visits when it can and records what the portal showed. A report that was put up and taken down again
between two visits was never there for anybody who looks: the script counts from when it came back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compliance import Evidence, changes, judge
from compliance.moments import end_of
from storage.records import Assessment, Observation, Outcome, Status, Visit
from tests.compliance.evidence import COLUMN, at, evidence, owed, seen, visit

FIRST = at("01-11", 9)  # the round of the first day; a round a day, at nine
DAYS = 95  # 11 January to 14 April
NOTICE, STATUTE = end_of(date(2024, 2, 20)), end_of(date(2024, 3, 31))
BLIND = [outcome for outcome in Outcome if outcome is not Outcome.COMPLETE]
OLD, NEW = "http://tc.example/nb/2023.html", "http://tc.example/zwgk/2023.html"
CENTRAL, COPY = "http://dz.example/nb/", "http://dz.example/nb/2023.pdf"


@dataclass(frozen=True)
class Truth:
    """What an organ did in a season, in hours after FIRST; None is never."""

    published: int | None
    claims: str  # "true", "none", "earlier" (the page lies), "hint" (only the address has a date)
    lie: int  # days by which the claim is too early
    revised: int | None  # hours after publication
    moved: int | None  # hours after publication: a new address, the same words
    withdrawn: int | None  # hours after publication
    returned: int | None  # hours after withdrawal
    unreadable: bool  # for its first days the document cannot be read
    blind: frozenset[int]  # days on which the portal cannot be seen whole
    central: int | None  # hours after which the city's gathering column shows it too; None: there is no such column
    central_blind: frozenset[int]
    outcome: Outcome

    def moment(self, hours: int) -> datetime:
        return FIRST + timedelta(hours=hours)

    def public(self, now: datetime) -> bool:
        if self.published is None or now < self.moment(self.published):
            return False
        if self.withdrawn is None or now < self.moment(self.published + self.withdrawn):
            return True
        return self.returned is not None and now >= self.moment(self.published + self.withdrawn + self.returned)

    def ever_public(self, now: datetime) -> bool:
        return self.published is not None and self.moment(self.published) <= now

    def happened(self, hours: int | None, now: datetime) -> bool:
        return self.published is not None and hours is not None and self.moment(self.published + hours) <= now

    @property
    def lies(self) -> bool:
        return self.claims == "earlier"

    def known(self) -> Truth:
        """The truth as far as a visitor could ever know it."""
        if self.published is None or self.withdrawn is None:
            return self
        gone = self.published + self.withdrawn
        own = (number * 24 for number in range(DAYS) if number not in self.blind)
        if any(self.published <= hours < gone for hours in own):
            return self
        copied = self.published + self.central if self.central is not None else gone
        copies = (number * 24 for number in range(DAYS) if number not in self.central_blind)
        if any(copied <= hours < gone for hours in copies):
            return self
        if self.returned is None:
            return replace(self, published=None)
        back = gone + self.returned
        return replace(self, published=back, withdrawn=None, claims="earlier", revised=0 if self.revised else None)


hours = st.integers(1, 24 * 60)
blindness = st.just(frozenset[int]()) | st.frozensets(st.integers(0, DAYS - 1), max_size=DAYS)


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    some = draw(st.sampled_from(["never", "early", "any", "any"]))
    ranges = {"never": st.none(), "early": st.integers(-200, 24 * 40), "any": st.integers(0, 24 * 94)}
    return Truth(
        published=draw(ranges[some]),
        claims=draw(st.sampled_from(["true", "true", "none", "earlier", "hint"])),
        lie=draw(st.integers(2, 40)),
        revised=draw(st.none() | hours),
        moved=draw(st.none() | hours),
        withdrawn=draw(st.none() | st.none() | hours),
        returned=draw(st.none() | hours),
        unreadable=draw(st.booleans()) and draw(st.booleans()),
        blind=draw(blindness),
        central=draw(st.none() | st.integers(0, 24 * 30)),
        central_blind=draw(blindness),
        outcome=draw(st.sampled_from(BLIND)),
    )


def film(truth: Truth) -> Evidence:
    """What a faithful crawler and reader recorded of it, a round a day."""
    items: list[Visit | Observation] = []
    readings: dict[tuple[str, str], str] = {}
    for number in range(DAYS):
        now = FIRST + timedelta(days=number)
        if number in truth.blind:
            items.append(visit(now, truth.outcome))
            continue
        if not truth.public(now):
            items.append(visit(now))
            continue
        url = NEW if truth.happened(truth.moved, now) else OLD
        shown = visit(now, shows=[url])
        items.append(shown)
        if truth.unreadable and now < truth.moment((truth.published or 0) + 72):
            readings[(shown.id, url)] = "broken"
            continue
        items.append(seen(now, url, "d2" if truth.happened(truth.revised, now) else "d1", _dates(truth)))
    if truth.central is not None:
        items += _film_central(truth)
    return evidence(*items, readings=readings)


def _film_central(truth: Truth) -> Iterator[Visit | Observation]:
    """The gathering column, five minutes later: a copy as PDF, which reads a little differently."""
    for number in range(DAYS):
        now = FIRST + timedelta(days=number, minutes=5)
        if number in truth.central_blind:
            yield visit(now, truth.outcome, column=CENTRAL)
        elif not (truth.public(now) and truth.happened(truth.central, now)):
            yield visit(now, column=CENTRAL)
        else:
            yield visit(now, shows=[COPY], column=CENTRAL)
            digest = "p2" if truth.happened(truth.revised, now) else "p1"
            yield seen(now, COPY, digest, _dates(truth), CENTRAL)


def _dates(truth: Truth) -> tuple[tuple[str, date], ...]:
    assert truth.published is not None
    day = (truth.moment(truth.published) + timedelta(hours=8)).date()
    if truth.claims == "earlier":
        day -= timedelta(days=truth.lie)
    if truth.claims == "none":
        return ()
    return (("url", day),) if truth.claims == "hint" else (("meta:PubDate", day), ("list", day))


def check_nobody_is_accused_falsely(truth: Truth, found: Assessment) -> None:
    now, truth = found.at, truth.known()
    if found.status is Status.MISSING:
        assert found.last_absent is not None and NOTICE < found.last_absent <= now
        assert not truth.ever_public(found.last_absent)
    if found.status is Status.LATE:
        assert truth.published is not None and truth.moment(truth.published) > NOTICE
        assert found.late_by != "statute" or truth.moment(truth.published) > STATUTE
    if found.status is Status.ON_TIME and not truth.lies:
        assert truth.published is not None and truth.moment(truth.published) <= NOTICE
    if found.withdrawn:
        assert truth.ever_public(now) and truth.happened(truth.withdrawn, now)
    if found.backdated:
        assert truth.lies
    if found.revised:
        assert truth.happened(truth.revised, now)
    if found.published is not None and not truth.lies:
        assert truth.published is not None
        assert found.published == (truth.moment(truth.published) + timedelta(hours=8)).date()


@settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(truths(), st.lists(st.integers(0, DAYS - 1), min_size=2, max_size=4))
def test_in_no_season_is_anybody_accused_falsely(truth: Truth, days: list[int]) -> None:
    filmed = film(truth)
    for number in days:
        check_nobody_is_accused_falsely(truth, judge(owed(), filmed, FIRST + timedelta(days=number, hours=2)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(truths(), st.integers(0, DAYS - 1))
def test_who_is_watched_every_day_is_judged_exactly(truth: Truth, number: int) -> None:
    truth = replace(truth, blind=frozenset(), central_blind=frozenset(), unreadable=False, claims="true")
    now = FIRST + timedelta(days=number, minutes=5)
    found = judge(owed(), film(truth), now)
    filmed = [item.at for item in film(truth).observations if item.at <= now]
    if not filmed:
        assert found.status is (Status.MISSING if now > NOTICE else Status.PENDING)
        return
    assert truth.published is not None
    late = truth.moment(truth.published) > NOTICE
    assert found.status is (Status.LATE if late else Status.ON_TIME)
    if late:
        assert found.late_by == ("statute" if truth.moment(truth.published) > STATUTE else "notice")
    assert found.withdrawn == (not truth.public(now))
    assert found.first_seen == min(filmed)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(truths())
def test_a_whole_season_tells_each_thing_once(truth: Truth) -> None:
    filmed = film(truth)
    before: Assessment | None = None
    ids: list[str] = []
    kinds: list[str] = []
    for number in range(0, DAYS, 3):
        after = judge(owed(), filmed, FIRST + timedelta(days=number, hours=1))
        events = changes(before, after)
        ids += [event.id for event in events]
        kinds += [event.kind for event in events]
        before = after
    assert len(ids) == len(set(ids))
    for once in ("late", "published", "backdated"):
        assert kinds.count(once) <= 1
    assert not {"late", "published"} <= set(kinds)


def test_the_column_in_the_script_is_the_one_in_the_register() -> None:
    assert owed().organ.column_url == COLUMN
