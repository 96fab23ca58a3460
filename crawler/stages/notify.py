"""Notify: what changed goes to those who subscribed to it, through the outbox; and what waits there is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from alerts import answers
from alerts.channels import Channels, load_channels
from alerts.deliver import Delivery, deliver
from alerts.ladder import reminders
from alerts.model import Letterhead, Subscriber
from alerts.smtp import Server, SmtpTransport
from alerts.subscribers import load
from alerts.tell import tell
from alerts.words import kinds
from compliance import changes
from crawler.secret import secret_of
from crawler.workplace import Workplace
from storage import queries
from storage.records import Event, Status

ANSWERS = "answers"
"""Folder in the home folder where the pages leave what people answered to a mail, for the next round to take in."""

_EVER = datetime(1, 1, 2, tzinfo=UTC)
_INSTANT = timedelta(microseconds=1)


def subscribers(place: Workplace) -> list[Subscriber]:
    """Who is told: subscribers.yaml in the home folder; nobody when there is none. Raises BadSubscribers."""
    path = place.config.home / "subscribers.yaml"
    return load(path, frozenset(kinds())) if path.exists() else []


def notify(place: Workplace, series: str, year: int) -> Delivery:
    """Puts what changed, and the messages about it, on record together; then tries everything that waits.

    What changed is taken from the assessments on record, not from the judge's hands: a round that was killed between
    judging and telling loses nothing, and telling again tells nothing twice.
    """
    now, home = place.clock(), place.config.home
    faults = answers.collect(place.db, home / ANSWERS)
    head = Letterhead.of(place.config.mail_from, place.config.base_url, secret_of(home))
    told = subscribers(place)
    events = [*_untold(place, series, year, now), *_reminders(place, series, year, told, now)]
    tell(place.db, events, told, head, now, place.rules)
    delivery = send(place)
    return replace(delivery, faults=(*faults, *delivery.faults))


def _untold(place: Workplace, series: str, year: int, now: datetime) -> Iterator[Event]:
    """The changes since the last round that was finished; those that were told meanwhile are known by their ids."""
    finished = [one.as_of for one in queries.rounds(place.db, year, series) if one.finished and one.as_of < now]
    since = max(finished, default=_EVER)
    fresh = queries.assessments_between(place.db, year, series, since, now)
    before = queries.assessments_before(place.db, year, series, since + _INSTANT, fresh)
    for organ, history in fresh.items():
        for earlier, later in pairwise([before.get(organ), *history]):
            assert later is not None  # only the first of them may be
            yield from changes(earlier, later)


def _reminders(place: Workplace, series: str, year: int, told: Iterable[Subscriber], now: datetime) -> list[Event]:
    """The steps of the ladder that obligations stand on: of what is due, only where somebody asks for it."""
    asked = any("due" in subscriber.kinds for subscriber in told)
    statuses = [Status.MISSING, *([Status.PENDING] if asked else [])]
    standing = queries.assessments(place.db, year, series, now, statuses=statuses)
    return reminders(standing, queries.status_since(place.db, year, series, Status.MISSING, now), now)


def send(place: Workplace) -> Delivery:
    """Tries everything that waits in the outbox."""
    now = place.clock()
    if not queries.pending_messages(place.db, now, 1):
        return Delivery()
    path = place.config.home / "channels.yaml"
    others = {"apprise": Channels(load_channels(path))} if path.exists() else None
    if place.config.smtp_url is None:
        return deliver(place.db, None, now, others=others)
    server = Server.from_url(place.config.smtp_url)
    helo = Letterhead.of(place.config.mail_from, place.config.base_url).address.rpartition("@")[2]
    with SmtpTransport(server, helo=helo) as transport:
        return deliver(place.db, transport, now, others=others)
