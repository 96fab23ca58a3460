"""Notify: what changed goes to those who subscribed to it, through the outbox; and what waits there is sent."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.deliver import Delivery, deliver
from alerts.model import Letterhead, Subscriber
from alerts.smtp import Server, SmtpTransport
from alerts.subscribers import load
from alerts.tell import tell
from alerts.words import kinds
from crawler.workplace import Workplace
from storage import queries
from storage.records import Event


def subscribers(place: Workplace) -> list[Subscriber]:
    """Who is told: subscribers.yaml in the home folder; nobody when there is none. Raises BadSubscribers."""
    path = place.config.home / "subscribers.yaml"
    return load(path, frozenset(kinds())) if path.exists() else []


def notify(place: Workplace, events: Sequence[Event]) -> Delivery:
    """Puts the events and their messages on record together, then tries everything that waits in the outbox."""
    now = place.clock()
    head = Letterhead.of(place.config.mail_from, place.config.base_url)
    tell(place.db, events, subscribers(place), head, now)
    if place.config.smtp_url is None:
        return deliver(place.db, None, now)
    if not queries.pending_messages(place.db, now, 1):
        return Delivery()
    server = Server.from_url(place.config.smtp_url)
    with SmtpTransport(server, helo=head.address.rpartition("@")[2]) as transport:
        return deliver(place.db, transport, now)
