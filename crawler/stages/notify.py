"""Notify: what changed goes to those who subscribed to it, through the outbox; and what waits there is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

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
from storage.records import Assessment, Event

ANSWERS = "answers"
"""Folder in the home folder where the pages leave what people answered to a mail, for the next round to take in."""


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
    in_force = queries.assessments(place.db, year, series, now)
    events = [*_untold(place, series, year, in_force, now), *reminders(in_force, now)]
    tell(place.db, events, subscribers(place), head, now)
    delivery = send(place)
    return replace(delivery, faults=(*faults, *delivery.faults))


def _untold(place: Workplace, series: str, year: int, in_force: Iterable[Assessment], now: datetime) -> Iterator[Event]:
    """The changes since the last round that was finished; those that were told meanwhile are known by their ids."""
    finished = [one.as_of for one in queries.rounds(place.db, year, series) if one.finished and one.as_of < now]
    since = max(finished, default=datetime.min.replace(tzinfo=UTC))
    for current in in_force:
        if current.at <= since:
            continue
        before: Assessment | None = None
        for after in queries.assessment_history(place.db, current.organ, series, year):
            if since < after.at <= now:
                yield from changes(before, after)
            before = after


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
