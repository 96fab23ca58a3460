"""Everything that went out: to whom, when, about what and why; and what came back.

A bounce is a delivery status notification (RFC 3464) that came back as mail: it names our Message-ID, and the message
that had been taken over turns out dead.
"""

from __future__ import annotations

import email
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message as Mail

from alerts.text import clean
from storage import queries
from storage.database import Database
from storage.records import Event

LARGEST = 4 << 20  # bytes of a bounce that is read


@dataclass(frozen=True, slots=True)
class Told:
    """One message with why it went out and what became of it."""

    id: str
    composed: datetime
    to: str
    channel: str
    subject: str
    events: tuple[Event, ...]
    state: str  # pending, sent, dead
    tries: int
    sent: datetime | None
    error: str | None


def record(
    db: Database, *, recipient: str | None = None, organ: str | None = None, state: str | None = None
) -> list[Told]:
    """What was told, in the order of composition; with `organ` only what was about it."""
    events = {event.id: event for event in queries.events(db)}
    found = []
    for posted in queries.messages(db, state, recipient=recipient):
        message = posted.message
        about = tuple(events[key] for key in message.events if key in events)
        if organ is None or any(event.organ == organ for event in about):
            line = (message.id, message.at, message.to, message.channel, message.subject, about)
            found.append(Told(*line, posted.state, posted.tries, posted.sent, posted.error))
    return found


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message that a server had taken and could not deliver."""

    message: str  # our Message-ID, without brackets
    status: str  # RFC 3463: 5.1.1
    why: str

    @property
    def permanent(self) -> bool:
        return self.status.startswith("5")


def read_bounce(raw: bytes) -> Bounce | None:
    """The bounce that a mail is; None when it is another kind of mail, or names no message."""
    if len(raw) > LARGEST:
        return None
    mail = email.message_from_bytes(raw)  # the old policy: the newer one can fall over hostile headers
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        return None
    parts = list(mail.walk())
    status = next((field for part in parts for field in _fields(part, "Status")), "")
    why = next((field for part in parts for field in _fields(part, "Diagnostic-Code")), "")
    about = next(_originals(parts), "")
    return Bounce(about, clean(status, 20), clean(why, 300)) if about and status else None


def note_bounce(db: Database, raw: bytes, now: datetime) -> Bounce | None:
    """Put a permanent bounce of one of our messages on record: it is dead then. None for any other mail."""
    bounce = read_bounce(raw)
    if bounce is None or not bounce.permanent:
        return None
    if not any(posted.message.id == bounce.message and posted.state != "dead" for posted in queries.messages(db)):
        return None
    queries.mark_failed(db, bounce.message, now, f"bounced: {bounce.status} {bounce.why}".strip(), next_try=None)
    return bounce


def _fields(part: Mail, name: str) -> Iterable[str]:
    return [str(value) for value in part.get_all(name, [])]


def _originals(parts: Iterable[Mail]) -> Iterator[str]:
    """Message-IDs of the returned mail or of its headers; that of the report itself, which comes first, is none."""
    for number, part in enumerate(parts):
        if number and (found := part.get("Message-ID")):
            yield str(found).strip(" <>")
        elif part.get_content_type() == "text/rfc822-headers":
            data = part.get_payload(decode=True)
            if found := email.message_from_bytes(data if isinstance(data, bytes) else b"").get("Message-ID"):
                yield str(found).strip(" <>")
