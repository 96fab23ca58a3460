"""What an address said on a day: the questions behind TimeGate, TimeMap and memento headers (RFC 7089).

Headers and formats are the web's business. Addresses are united by urlkey, as in every web archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from storage.database import Database
from storage.index import fetch, of_key
from storage.models import CaptureRow
from storage.records import Capture
from storage.urls import urlkey

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A memento's place in its row: what the Link header of a memento names."""

    first: Capture
    previous: Capture | None
    next: Capture | None
    last: Capture


@dataclass(frozen=True, slots=True)
class TimeMap:
    """One page of an address's mementos, oldest first."""

    mementos: list[Capture]
    page: int  # from 1
    pages: int
    total: int
    first: datetime | None  # of all pages; None when there is no memento
    last: datetime | None


def memento(db: Database, url: str, at: datetime) -> Capture | None:
    """The memento nearest in time to `at` (the earlier of two equally near), None when there is none at all."""
    found = _around(db, url, at)
    return min(found, key=lambda capture: (abs(capture.at - at), capture.at), default=None)


def memento_until(db: Database, url: str, at: datetime) -> Capture | None:
    """The last memento at or before `at`: what was known by then."""
    found = [capture for capture in _around(db, url, at) if capture.at <= at]
    return found[-1] if found else None


def _around(db: Database, url: str, at: datetime) -> list[Capture]:
    """The last capture up to a moment and the first after it."""
    every = of_key(urlkey(url))
    before = every.where(CaptureRow.at <= at).order_by(CaptureRow.at.desc(), CaptureRow.id.desc()).limit(1)
    after = every.where(CaptureRow.at > at).order_by(CaptureRow.at, CaptureRow.id).limit(1)
    with db.read() as connection:
        return [*fetch(connection, before), *fetch(connection, after)]


def neighbours(db: Database, capture: Capture) -> Neighbours:
    """First, previous, next and last memento of the same address; of several at one moment, the order is by id."""
    every = of_key(capture.urlkey)
    place = (CaptureRow.at, CaptureRow.id)
    earlier = (CaptureRow.at < capture.at) | ((CaptureRow.at == capture.at) & (CaptureRow.id < capture.id))
    later = (CaptureRow.at > capture.at) | ((CaptureRow.at == capture.at) & (CaptureRow.id > capture.id))
    backwards = [column.desc() for column in place]
    with db.read() as connection:
        first = fetch(connection, every.order_by(*place).limit(1))
        last = fetch(connection, every.order_by(*backwards).limit(1))
        previous = fetch(connection, every.where(CaptureRow.at <= capture.at, earlier).order_by(*backwards).limit(1))
        following = fetch(connection, every.where(CaptureRow.at >= capture.at, later).order_by(*place).limit(1))
    return Neighbours(
        first[0] if first else capture,
        previous[0] if previous else None,
        following[0] if following else None,
        last[0] if last else capture,
    )


def timemap(db: Database, url: str, page: int = 1, size: int = PAGE) -> TimeMap:
    """One page of the address's mementos; a page beyond the last is empty."""
    key = urlkey(url)
    counted = of_key(key).with_only_columns(func.count(), func.min(CaptureRow.at), func.max(CaptureRow.at))
    wanted = of_key(key).order_by(CaptureRow.at, CaptureRow.id).limit(size).offset((max(page, 1) - 1) * size)
    with db.read() as connection:
        total, first, last = connection.execute(counted).one()
        mementos = fetch(connection, wanted) if total else []
    return TimeMap(mementos, max(page, 1), -(-total // size), total, first, last)


def addresses(db: Database, prefix: str, limit: int = 100) -> list[str]:
    """Archived addresses whose urlkey begins with that of `prefix`, one for each urlkey, in its order."""
    key = urlkey(prefix)
    statement = (
        select(func.min(CaptureRow.url))
        .where(CaptureRow.urlkey >= key, CaptureRow.urlkey < key + "\U0010ffff")
        .where(CaptureRow.kind.in_(("response", "revisit")))
        .group_by(CaptureRow.urlkey)
        .order_by(CaptureRow.urlkey)
        .limit(limit)
    )
    with db.read() as connection:
        return list(connection.execute(statement).scalars())
