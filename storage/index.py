"""The index over the WARCs: fed by scanning what they gained, asked for captures, visits and candidates.

Everything here can be rebuilt from the WARC files alone. Rows are committed only after the bytes that they point to are
on disk, so the index never knows more than the archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, select

from storage import codec
from storage.archive import Archive, Record
from storage.database import Database
from storage.models import INDEX_TABLES, Base, CandidateRow, CaptureRow, ExpectedRow, FileRow, VisitRow
from storage.records import Capture, Visit
from storage.urls import target_uri, urlkey

_BATCH = 2000
_LONGEST_KEY = 600  # PostgreSQL refuses index entries beyond 2,704 bytes
_CAPTURE_FIELDS = tuple(field.name for field in fields(Capture))
_CAPTURE_COLUMNS = tuple(getattr(CaptureRow, name) for name in _CAPTURE_FIELDS)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a scan found that the index did not have yet."""

    files: int = 0  # that had grown
    captures: int = 0
    visits: int = 0
    cut: int = 0  # bytes cut off that a killed writer had left half written
    damaged: tuple[str, ...] = ()  # "file, offset N: why", for a person


@dataclass(slots=True)
class _Gain:
    """Rows of one batch, by table."""

    rows: dict[type[Base], list[dict[str, Any]]]
    captures: int = 0
    visits: int = 0
    damaged: tuple[str, ...] = ()


def ingest(db: Database, archive: Archive, *, heal: bool = True) -> Ingested:
    """Index what the WARC files gained since the last time. Doing it twice does nothing twice.

    With `heal`, a torn tail that a killed writer left is cut off (never under a writer that lives).
    """
    with db.read() as connection:
        known: dict[str, int] = {
            row.name: row.indexed for row in connection.execute(select(FileRow.name, FileRow.indexed))
        }
    total = Ingested()
    for file in archive.files():
        start = known.get(file, 0)
        size = archive.sync(file)
        if size <= start:
            continue
        gained, end = _ingest_file(db, archive, file, start, size)
        cut = archive.heal(file, end) if heal and end < size else 0
        total = Ingested(
            total.files + 1,
            total.captures + gained.captures,
            total.visits + gained.visits,
            total.cut + cut,
            total.damaged + gained.damaged,
        )
    return total


def reindex(db: Database, archive: Archive) -> Ingested:
    """Forget the index and build it again from the WARC files: the same rows, if they are whole."""
    with db.write() as connection:
        for table in INDEX_TABLES:
            connection.execute(delete(table))
    return ingest(db, archive)


def _ingest_file(db: Database, archive: Archive, file: str, start: int, size: int) -> tuple[_Gain, int]:
    """Index one file's records that end within its first `size` bytes, which are on disk. (what, up to where)."""
    total, batch, end = _Gain({}), _Gain({}), start
    pending = 0
    for record in archive.scan(file, start):
        if record.end > size:
            break
        _add(batch, file, record)
        end = record.end
        pending += 1
        if pending >= _BATCH:
            _commit(db, file, end, batch, total)
            batch, pending = _Gain({}), 0
    if pending:
        _commit(db, file, end, batch, total)
    return total, end


def _commit(db: Database, file: str, end: int, batch: _Gain, total: _Gain) -> None:
    with db.write() as connection:
        for table, rows in batch.rows.items():
            db.insert_new(connection, table, rows)
        db.upsert(connection, FileRow, [{"name": file, "indexed": end}])
    total.captures += batch.captures
    total.visits += batch.visits
    total.damaged += batch.damaged


def _add(gain: _Gain, file: str, record: Record) -> None:
    if record.kind == "damaged":
        gain.damaged += (f"{file}, offset {record.start}: {record.fault}",)
    if record.capture is not None:
        gain.captures += 1
        row = {name: getattr(record.capture, name) for name in _CAPTURE_FIELDS}
        row |= {"urlkey": indexable(record.capture.urlkey), "size": record.end - record.start}
        gain.rows.setdefault(CaptureRow, []).append(row)
    if record.visit is not None:
        gain.visits += 1
        for table, rows in _visit_rows(record.visit, file, record.start):
            gain.rows.setdefault(table, []).extend(rows)


def _visit_rows(visit: Visit, file: str, offset: int) -> Iterable[tuple[type[Base], list[dict[str, Any]]]]:
    yield (
        VisitRow,
        [
            {
                "id": visit.id,
                "at": visit.at,
                "column_url": indexable(target_uri(visit.column_url)),
                "year": visit.year,
                "outcome": visit.outcome.value,
                "file": file,
                "offset": offset,
                "record": codec.plain(visit),
            }
        ],
    )
    yield (
        ExpectedRow,
        [
            {"organ": organ, "year": visit.year, "at": visit.at, "visit": visit.id}
            for organ in dict.fromkeys(visit.organs)
        ],
    )
    yield (
        CandidateRow,
        [
            {
                "visit": visit.id,
                "number": number,
                "at": visit.at,
                "organ": candidate.organ,
                "series": candidate.series,
                "year": candidate.year,
                "accepted": candidate.accepted,
                "url": target_uri(candidate.url),
                "record": codec.plain(candidate),
            }
            for number, candidate in enumerate(visit.candidates)
        ],
    )


def indexable(key: str) -> str:
    """A key short enough for any index. No whole key has a `#` in it, so a shortened one can be told."""
    if len(key) <= _LONGEST_KEY:
        return key
    return key[: _LONGEST_KEY - 65] + "#" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


# Asking


def capture(db: Database, identity: str) -> Capture | None:
    """The capture with this id, None when the index does not have it."""
    with db.read() as connection:
        found = fetch(connection, select(*_CAPTURE_COLUMNS).where(CaptureRow.id == identity))
    return found[0] if found else None


def captures(
    db: Database, url: str, *, since: datetime | None = None, until: datetime | None = None, limit: int | None = None
) -> list[Capture]:
    """Responses and revisits of one address (by urlkey), oldest first, from `since` up to `until`, both inclusive."""
    statement = of_key(urlkey(url)).order_by(CaptureRow.at, CaptureRow.id).limit(limit)
    if since is not None:
        statement = statement.where(CaptureRow.at >= since)
    if until is not None:
        statement = statement.where(CaptureRow.at <= until)
    with db.read() as connection:
        return fetch(connection, statement)


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
    uri = target_uri(url)
    statement = of_key(urlkey(url)).where(CaptureRow.url == uri).order_by(CaptureRow.at.desc(), CaptureRow.id.desc())
    if until is not None:
        statement = statement.where(CaptureRow.at <= until)
    last = fetch(connection, statement.limit(1))
    if not last or last[0].truncated:
        return None
    if last[0].kind == "response":
        return last[0] if last[0].status is not None and 200 <= last[0].status < 300 else None
    origin = fetch(connection, select(*_CAPTURE_COLUMNS).where(CaptureRow.id == last[0].refers_to))
    if not origin or last[0].status not in (200, 304):
        return None
    etag, modified = last[0].etag or origin[0].etag, last[0].last_modified or origin[0].last_modified
    return replace(origin[0], etag=etag, last_modified=modified)


def of_key(key: str) -> Select[Any]:
    """Responses and revisits of a urlkey, as what `fetch` wants. For this room."""
    wanted = select(*_CAPTURE_COLUMNS).where(CaptureRow.urlkey == indexable(key))
    return wanted.where(CaptureRow.kind.in_(("response", "revisit")))


def fetch(connection: Connection, statement: Select[Any]) -> list[Capture]:
    """Captures from a statement that begins as `of_key` does. For this room."""
    return [_to_capture(row) for row in connection.execute(statement)]


def _to_capture(row: Row[Any]) -> Capture:
    values = dict(zip(_CAPTURE_FIELDS, row, strict=True))
    if "#" in values["urlkey"]:
        values["urlkey"] = urlkey(values["url"])
    return Capture(**values)


def renderings(db: Database, url: str, at: datetime) -> list[Capture]:
    """What a browser made of a page at exactly this moment: rendering and screenshot."""
    statement = select(*_CAPTURE_COLUMNS).where(
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
            for item in fetch(connection, select(*_CAPTURE_COLUMNS).where(CaptureRow.id.in_(chunk))):
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


def visit(db: Database, identity: str) -> Visit | None:
    """The visit with this id."""
    with db.read() as connection:
        found = connection.execute(select(VisitRow.record).where(VisitRow.id == identity)).scalar()
    return None if found is None else codec.from_plain(Visit, found)


def visited(db: Database, year: int, since: datetime, until: datetime) -> set[str]:
    """Column addresses (as WARC target URIs) visited for a report year from `since` to `until`, both inclusive.

    What a round that was killed has behind it; compare with `storage.urls.target_uri(column_url)`.
    """
    statement = select(VisitRow.record["column_url"].as_string()).where(
        VisitRow.year == year, VisitRow.at >= since, VisitRow.at <= until
    )
    with db.read() as connection:
        return {target_uri(url) for url in connection.execute(statement).scalars()}
