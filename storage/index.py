"""Asking the index for captures, visits and where they lie. Everything here was scanned out of the WARC files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from storage import codec
from storage.database import Database
from storage.models import CaptureRow, ExpectedRow, Moment, VisitRow
from storage.records import Capture, Outcome, Visit
from storage.urls import target_uri, urlkey

_LONGEST_KEY = 600  # PostgreSQL refuses index entries beyond 2,704 bytes
_CAPTURE_FIELDS = tuple(field.name for field in fields(Capture))
_CAPTURE_COLUMNS = tuple(CaptureRow.__table__.c[name] for name in _CAPTURE_FIELDS)  # the table's: quicker to ask for
_CAPTURES = select(*_CAPTURE_COLUMNS)  # made once: making it takes longer than asking
_KIND = CaptureRow.__table__.c.kind
EXCHANGES = _CAPTURES.where((_KIND == "response") | (_KIND == "revisit"))  # IN would be put together anew each time
ORDER = (CaptureRow.__table__.c.at, CaptureRow.__table__.c.id)
EVERY = EXCHANGES.where(CaptureRow.__table__.c.urlkey == bindparam("key"))  # of one address; for this room, as above
_EVER = datetime.max.replace(tzinfo=UTC)
_LAST = (
    EVERY.where(CaptureRow.__table__.c.url == bindparam("url"), ORDER[0] <= bindparam("until", type_=Moment()))
    .order_by(*(column.desc() for column in ORDER))
    .limit(1)
)
_HISTORY = EVERY.order_by(*ORDER)
_LAST_VISIT = (
    select(VisitRow.record)
    .where(VisitRow.column_url == bindparam("column"), VisitRow.at <= bindparam("until", type_=Moment()))
    .order_by(VisitRow.at.desc(), VisitRow.id.desc())
    .limit(1)
)
_LAST_ENDED = _LAST_VISIT.where(VisitRow.outcome == bindparam("outcome"))
_ONE = _CAPTURES.where(CaptureRow.__table__.c.id == bindparam("identity"))


def indexable(key: str) -> str:
    """A key short enough for any index. No whole key has a `#` in it, so a shortened one can be told."""
    if len(key) <= _LONGEST_KEY:
        return key
    return key[: _LONGEST_KEY - 65] + "#" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def capture(db: Database, identity: str) -> Capture | None:
    """The capture with this id, None when the index does not have it."""
    found = db.ask(_ONE, {"identity": identity})
    return to_capture(found[0]) if found else None


def captures(
    db: Database, url: str, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
) -> list[Capture]:
    """Responses and revisits of one address (by urlkey), oldest first, from `since` up to `until`, both inclusive."""
    statement = _HISTORY if limit is None else _HISTORY.limit(limit)
    if since is not None:
        statement = statement.where(CaptureRow.at >= since)
    if until is not None:
        statement = statement.where(CaptureRow.at <= until)
    return [to_capture(row) for row in db.ask(statement, {"key": indexable(urlkey(url))})]


def latest_capture(db: Database, url: str, until: datetime | None = None) -> Capture | None:
    """The capture that holds the payload which exactly this address had last: what the next request may refer to.

    Never a revisit (it leads to its original), never a truncated capture; the validators are those received last.
    None when there is no such capture up to `until`, or when the last answer was neither 2xx nor 304.
    """
    return latest_captures(db, [url], until).get(url)


def latest_captures(db: Database, urls: Iterable[str], until: datetime | None = None) -> dict[str, Capture]:
    """`latest_capture` for many addresses at once; addresses without one are left out."""
    found: dict[str, Capture] = {}
    with db.read() as connection:
        for url in urls:
            if origin := _payload_of(connection, url, until):
                found[url] = origin
    return found


def _payload_of(connection: Connection, url: str, until: datetime | None) -> Capture | None:
    values = {"key": indexable(urlkey(url)), "url": target_uri(url), "until": until or _EVER}
    last = fetch(connection, _LAST, values)
    if not last or last[0].truncated:
        return None
    if last[0].kind == "response":
        return last[0] if last[0].status is not None and 200 <= last[0].status < 300 else None
    origin = fetch(connection, _ONE, {"identity": last[0].refers_to})
    if not origin or last[0].status not in (200, 304):
        return None
    etag, modified = last[0].etag or origin[0].etag, last[0].last_modified or origin[0].last_modified
    return replace(origin[0], etag=etag, last_modified=modified)


def fetch(connection: Connection, statement: Select[Any], values: Mapping[str, Any] | None = None) -> list[Capture]:
    """Captures from a statement that begins as `EVERY` does. For this room."""
    return [to_capture(row) for row in connection.execute(statement, values)]


def to_capture(row: Sequence[Any]) -> Capture:
    """The capture of a row that such a statement yields. For this room."""
    values = dict(zip(_CAPTURE_FIELDS, row, strict=True))
    if "#" in values["urlkey"]:
        values["urlkey"] = urlkey(values["url"])
    return Capture(**values)


def renderings(db: Database, url: str, at: datetime) -> list[Capture]:
    """What a browser made of a page at exactly this moment: rendering and screenshot."""
    statement = _CAPTURES.where(
        CaptureRow.urlkey == indexable(urlkey(url)),
        CaptureRow.at == at,
        CaptureRow.kind.in_(("rendering", "screenshot")),
    )
    with db.read() as connection:
        return fetch(connection, statement.order_by(CaptureRow.kind, CaptureRow.id))


def captures_by_id(db: Database, identities: Sequence[str]) -> dict[str, Capture]:
    """Those of the captures that the index has."""
    found: dict[str, Capture] = {}
    with db.read() as connection:
        for start in range(0, len(identities), 500):
            chunk = identities[start : start + 500]
            for item in fetch(connection, _CAPTURES.where(CaptureRow.id.in_(chunk))):
                found[item.id] = item
    return found


def visits(
    db: Database, organ: str | None = None, year: int | None = None, until: datetime | None = None
) -> list[Visit]:
    """Visits that looked for an organ's reports (any organ's when None), oldest first, up to `until` inclusive."""
    statement = select(VisitRow.record).order_by(VisitRow.at, VisitRow.id)
    if organ is not None:
        statement = statement.join(ExpectedRow, ExpectedRow.visit == VisitRow.id).where(ExpectedRow.organ == organ)
    if year is not None:
        statement = statement.where(VisitRow.year == year)
    if until is not None:
        statement = statement.where(VisitRow.at <= until)
    with db.read() as connection:
        return [codec.from_plain(Visit, row.record) for row in connection.execute(statement)]


def last_visit(db: Database, column_url: str, until: datetime) -> Visit | None:
    """A column's last visit up to `until` inclusive, however it ended."""
    found = db.ask(_LAST_VISIT, {"column": indexable(target_uri(column_url)), "until": until})
    return codec.from_plain(Visit, found[0][0]) if found else None


def last_visits_to(
    db: Database, column_urls: Iterable[str], until: datetime, outcomes: Sequence[Outcome]
) -> Iterator[tuple[str, Visit]]:
    """(address, last visit up to `until` inclusive) of columns that have one which ended with an outcome of these.

    A visit with an earlier outcome of the sequence is preferred to any with a later one.
    """
    with db.read() as connection:
        for url in column_urls:
            values = {"column": indexable(target_uri(url)), "until": until}
            asked = (connection.execute(_LAST_ENDED, values | {"outcome": one.value}).scalar() for one in outcomes)
            if record := next((record for record in asked if record is not None), None):
                yield url, codec.from_plain(Visit, record)


def newest_visit(db: Database) -> datetime | None:
    """The moment of the latest visit that was archived; None when there is none."""
    with db.read() as connection:
        return connection.execute(select(func.max(VisitRow.at))).scalar()


def visit(db: Database, identity: str) -> Visit | None:
    """The visit with this id."""
    with db.read() as connection:
        found = connection.execute(select(VisitRow.record).where(VisitRow.id == identity)).scalar()
    return None if found is None else codec.from_plain(Visit, found)


def visited(db: Database, year: int, since: datetime, until: datetime, series: str = "ogi") -> set[str]:
    """Column addresses (as WARC target URIs) visited for a season from `since` to `until`, both inclusive.

    What a round that was killed has behind it; compare with `storage.urls.target_uri(column_url)`.
    """
    statement = select(VisitRow.record["column_url"].as_string()).where(
        VisitRow.year == year, VisitRow.series == series, VisitRow.at >= since, VisitRow.at <= until
    )
    with db.read() as connection:
        return {target_uri(url) for url in connection.execute(statement).scalars()}
