"""What was done and told: rounds, events, and the outbox of messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select, update

from storage import codec
from storage.database import Database
from storage.errors import StorageError
from storage.models import DeliveryRow, EventRow, MessageRow, RoundRow
from storage.records import Event, Message, Posted, Round

_CHUNK = 400

# Rounds


def round_started(db: Database, year: int, series: str, as_of: datetime, now: datetime) -> Round:
    """Begin a round, or take up the one of the same moment again: `started` is when it began; it may be finished."""
    with db.write() as connection:
        row = {"year": year, "series": series, "as_of": as_of, "started": now, "finished": None}
        db.insert_new(connection, RoundRow, [row])
        return _round(connection.execute(_rounds(year, series).where(RoundRow.as_of == as_of)).one())


def round_finished(db: Database, year: int, series: str, as_of: datetime, now: datetime) -> None:
    with db.write() as connection:
        wanted = and_(RoundRow.year == year, RoundRow.series == series, RoundRow.as_of == as_of)
        connection.execute(update(RoundRow).where(wanted).values(finished=now))


def rounds(db: Database, year: int, series: str) -> list[Round]:
    """Rounds by the moment they were made as of, oldest first."""
    with db.read() as connection:
        return [_round(row) for row in connection.execute(_rounds(year, series).order_by(RoundRow.as_of))]


def _rounds(year: int, series: str) -> Any:
    return select(RoundRow).where(RoundRow.year == year, RoundRow.series == series)


def _round(row: Row[Any]) -> Round:
    return Round(row.year, row.series, row.as_of, row.started, row.finished)


# Events and the outbox


def put_events(db: Database, events: Sequence[Event], messages: Sequence[Message] = ()) -> int:
    """Keep events and their messages in one transaction; how many messages are new. Known ids are left as they are."""
    with db.write() as connection:
        db.insert_new(connection, EventRow, [_event_row(event) for event in events])
        return _enqueue(db, connection, messages)


def put_messages(db: Database, messages: Sequence[Message]) -> int:
    """Keep messages that tell of no event (reminders, digests); how many are new."""
    return put_events(db, (), messages)


def _event_row(event: Event) -> dict[str, Any]:
    row = {name: getattr(event, name) for name in ("id", "at", "organ", "series", "year", "kind")}
    return row | {"record": codec.plain(event)}


def _enqueue(db: Database, connection: Connection, messages: Sequence[Message]) -> int:
    known = set(connection.execute(select(MessageRow.id)).scalars()) if messages else set()
    last: int = connection.execute(select(func.max(MessageRow.serial))).scalar() or 0
    fresh = {message.id: message for message in messages if message.id not in known}
    rows = [
        {
            "id": message.id, "serial": last + number, "at": message.at, "recipient": message.to, "state": "pending",
            "next_try": message.at, "sent": None, "record": codec.plain(message),
        }
        for number, message in enumerate(fresh.values(), start=1)
    ]  # fmt: skip
    db.insert_new(connection, MessageRow, rows)
    return len(rows)


def events(
    db: Database,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    organ: str | None = None,
    year: int | None = None,
    kind: str | None = None,
) -> list[Event]:
    """Events from `since` to `until`, both inclusive, oldest first."""
    statement = select(EventRow.record).order_by(EventRow.at, EventRow.id)
    if since is not None:
        statement = statement.where(EventRow.at >= since)
    if until is not None:
        statement = statement.where(EventRow.at <= until)
    if organ is not None:
        statement = statement.where(EventRow.organ == organ)
    if year is not None:
        statement = statement.where(EventRow.year == year)
    if kind is not None:
        statement = statement.where(EventRow.kind == kind)
    with db.read() as connection:
        return [codec.from_plain(Event, row.record) for row in connection.execute(statement)]


def known_events(db: Database, identities: Collection[str]) -> set[str]:
    """Those of the ids that events on record have."""
    found: set[str] = set()
    wanted = sorted(identities)
    with db.read() as connection:
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            found.update(connection.execute(select(EventRow.id).where(EventRow.id.in_(chunk))).scalars())
    return found


def pending_messages(db: Database, now: datetime, limit: int | None = None) -> list[Message]:
    """Messages to be tried now, in the order they were composed."""
    statement = select(MessageRow.record).where(MessageRow.state == "pending", MessageRow.next_try <= now)
    with db.read() as connection:
        rows = connection.execute(statement.order_by(MessageRow.serial).limit(limit)).all()
    return [codec.from_plain(Message, row.record) for row in rows]


def mark_sent(db: Database, identity: str, at: datetime) -> None:
    """The next hop has accepted the message."""
    with db.write() as connection:
        _try(connection, identity, at, None)
        values = {"state": "sent", "sent": at, "next_try": None}
        connection.execute(update(MessageRow).where(MessageRow.id == identity).values(**values))


def mark_failed(db: Database, identity: str, at: datetime, error: str, next_try: datetime | None) -> None:
    """The try at `at` failed. Without `next_try` the message is dead: visible, and not tried again."""
    with db.write() as connection:
        _try(connection, identity, at, error)
        values = {"state": "dead" if next_try is None else "pending", "next_try": next_try}
        connection.execute(update(MessageRow).where(MessageRow.id == identity).values(**values))


def revive(db: Database, identity: str, next_try: datetime) -> None:
    """Let a dead message be tried again."""
    with db.write() as connection:
        wanted = and_(MessageRow.id == identity, MessageRow.state == "dead")
        connection.execute(update(MessageRow).where(wanted).values(state="pending", next_try=next_try))


def _try(connection: Connection, identity: str, at: datetime, error: str | None) -> None:
    if connection.execute(select(MessageRow.id).where(MessageRow.id == identity)).first() is None:
        raise StorageError(f"no message has the id {identity}")
    tries = connection.execute(
        select(func.count()).select_from(DeliveryRow).where(DeliveryRow.message == identity)
    ).scalar()
    row = DeliveryRow.__table__.insert().values(message=identity, number=(tries or 0) + 1, at=at, error=error)  # type: ignore[attr-defined]
    connection.execute(row)


def messages(db: Database, state: str | None = None, *, recipient: str | None = None) -> list[Posted]:
    """The outbox with what became of each message, in the order of composition."""
    statement = select(MessageRow).order_by(MessageRow.serial)
    if state is not None:
        statement = statement.where(MessageRow.state == state)
    if recipient is not None:
        statement = statement.where(MessageRow.recipient == recipient)
    with db.read() as connection:
        rows = connection.execute(statement).all()
        tries: dict[str, list[Row[Any]]] = {}
        for row in connection.execute(select(DeliveryRow).order_by(DeliveryRow.message, DeliveryRow.number)):
            tries.setdefault(row.message, []).append(row)
    return [_posted(row, tries.get(row.id, [])) for row in rows]


def _posted(row: Row[Any], tries: Sequence[Row[Any]]) -> Posted:
    errors = [item.error for item in tries if item.error is not None]
    message = codec.from_plain(Message, row.record)
    return Posted(message, row.state, len(tries), row.next_try, row.sent, errors[-1] if errors else None)
