"""Empties the outbox: every message at least once, always under the same Message-ID. Composes nothing.

A message is marked as sent only after the server has taken it over; who is killed in between sends it again, and the
reader's mailbox sees one Message-ID twice. A server that is down costs nothing: all messages keep waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from alerts.errors import Deferred, Refused, ServerDown
from alerts.smtp import Transport
from storage import queries
from storage.database import Database
from storage.records import Message

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=4)
GIVE_UP = timedelta(days=5)  # RFC 5321, 4.5.4.1: at least four to five days
_UNSET = {
    "mail": "no mail server is set (NIANBAO_SMTP_URL)",
    "apprise": "there is no channels.yaml in the home folder",
}
_END = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the messages that were due. `faults` are lines for a person."""

    sent: int = 0
    deferred: int = 0  # the server asks to come back later
    dead: int = 0  # refused for good, or given up
    waiting: int = 0  # due and not tried, because there is no server to try
    faults: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        """Nothing that was due is left over."""
        return not (self.deferred or self.dead or self.waiting)

    def __str__(self) -> str:
        counts = f"{self.sent} sent, {self.deferred} deferred, {self.dead} undeliverable, {self.waiting} waiting"
        return "\n".join((counts, *self.faults))


def deliver(
    db: Database,
    transport: Transport | None,
    now: datetime,
    *,
    impatient: bool = False,
    others: Mapping[str, Transport] | None = None,
) -> Delivery:
    """Try every message that is due at `now`; if `impatient`, also those whose pause is not over.

    `transport` carries mail, `others` what goes by another channel. Messages without a transport, or whose server is
    down, keep waiting. Raises nothing for what a server does.
    """
    transports = {"mail": transport, **(others or {})}
    told, down = Delivery(), dict[str, str]()
    for message in queries.pending_messages(db, _END if impatient else now):
        carrier = transports.get(message.channel)
        if carrier is None:
            down.setdefault(message.channel, _UNSET.get(message.channel, f"nothing carries {message.channel}"))
        if carrier is None or message.channel in down:
            told = replace(told, waiting=told.waiting + 1)
            continue
        try:
            told = _try(db, carrier, message, now, told)
        except ServerDown as fault:
            queries.mark_failed(db, message.id, now, str(fault), next_try=now)  # due again as soon as somebody asks
            down[message.channel] = str(fault)
            told = replace(told, waiting=told.waiting + 1)
    lines = tuple(f"{why}; messages wait, nothing is lost" for why in down.values())
    return replace(told, faults=(*told.faults, *lines))


def _try(db: Database, transport: Transport, message: Message, now: datetime, told: Delivery) -> Delivery:
    try:
        transport.send(message)
    except Deferred as fault:
        return _deferred(db, message, now, str(fault), told)
    except Refused as fault:
        return _dead(db, message, now, str(fault), told)
    queries.mark_sent(db, message.id, now)
    return replace(told, sent=told.sent + 1)


def _deferred(db: Database, message: Message, now: datetime, why: str, told: Delivery) -> Delivery:
    if now - message.at > GIVE_UP:
        return _dead(db, message, now, f"given up after {GIVE_UP.days} days: {why}", told)
    queries.mark_failed(db, message.id, now, why, next_try=now + pause(now - message.at))
    line = f"to {message.to}: later: {why}"
    return replace(told, deferred=told.deferred + 1, faults=(*told.faults, line))


def _dead(db: Database, message: Message, now: datetime, why: str, told: Delivery) -> Delivery:
    queries.mark_failed(db, message.id, now, why, next_try=None)
    line = f"to {message.to}: not deliverable: {why}"
    return replace(told, dead=told.dead + 1, faults=(*told.faults, line))


def pause(age: timedelta) -> timedelta:
    """Before the next try of a message of this age: as long as it has waited already, so that pauses double."""
    return min(max(age, FIRST_PAUSE), LONGEST_PAUSE)
