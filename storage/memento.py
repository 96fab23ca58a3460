"""What an address said on a day: the questions behind TimeGate, TimeMap and memento headers (RFC 7089).

Headers and formats are the web's business. Addresses are united by urlkey, as in every web archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, literal_column, select, union_all

from storage.database import Database
from storage.index import EVERY, ORDER, indexable, to_capture
from storage.models import CaptureRow, Moment
from storage.records import Capture
from storage.urls import urlkey

PAGE = 1000

# One statement a question, made once: each trip to a busy PostgreSQL may take milliseconds.
_C = CaptureRow.__table__.c
_BACKWARDS = tuple(column.desc() for column in ORDER)
_AT, _ID = bindparam("at", type_=Moment()), bindparam("id", type_=_C.id.type)


def _one(statement: Select[Any], order: Sequence[Any], *more: Any) -> Select[Any]:
    """The first row in this order, fit to be one part of a union; after what else is to be told of it."""
    found = statement.order_by(*order).limit(1).subquery()
    return select(*more, *found.c)


_AROUND = union_all(_one(EVERY.where(_C.at <= _AT), _BACKWARDS), _one(EVERY.where(_C.at > _AT), ORDER))
_SOONER = EVERY.where(_C.at <= _AT, (_C.at < _AT) | (_C.id < _ID))
_LATER = EVERY.where(_C.at >= _AT, (_C.at > _AT) | (_C.id > _ID))
_NEIGHBOURS = union_all(
    _one(EVERY, ORDER, literal_column("'first'")),
    _one(_SOONER, _BACKWARDS, literal_column("'previous'")),
    _one(_LATER, ORDER, literal_column("'next'")),
    _one(EVERY, _BACKWARDS, literal_column("'last'")),
)
_COUNTED = EVERY.with_only_columns(func.count(), func.min(_C.at), func.max(_C.at))
_PAGE = EVERY.with_only_columns(_C.at, _C.url).order_by(*ORDER).limit(bindparam("size")).offset(bindparam("before"))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """A memento's place in its row: what the Link header of a memento names."""

    first: Capture
    previous: Capture | None
    next: Capture | None
    last: Capture


class Memento(NamedTuple):
    """What a TimeMap says of one capture. A whole Capture takes four times as long, and there are thousands."""

    at: datetime
    url: str


@dataclass(frozen=True, slots=True)
class TimeMap:
    """One page of an address's mementos, oldest first."""

    mementos: list[Memento]
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
    found = map(to_capture, db.ask(_AROUND, {"key": indexable(urlkey(url)), "at": at}))
    return sorted(found, key=lambda capture: (capture.at, capture.id))


def neighbours(db: Database, capture: Capture) -> Neighbours:
    """First, previous, next and last memento of the same address; of several at one moment, the order is by id."""
    values = {"key": indexable(capture.urlkey), "at": capture.at, "id": capture.id}
    found = {row[0]: to_capture(row[1:]) for row in db.ask(_NEIGHBOURS, values)}
    return Neighbours(found.get("first", capture), found.get("previous"), found.get("next"), found.get("last", capture))


def timemap(db: Database, url: str, page: int = 1, size: int = PAGE) -> TimeMap:
    """One page of the address's mementos; a page beyond the last is empty."""
    key, page = indexable(urlkey(url)), max(page, 1)
    total, first, last = db.ask(_COUNTED, {"key": key})[0]
    found = db.ask(_PAGE, {"key": key, "size": size, "before": (page - 1) * size}) if total else []
    return TimeMap([Memento(row[0], row[1]) for row in found], page, -(-total // size), total, first, last)


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
