"""What readers made of archived documents, the observations confirmed by them, and the versions those add up to."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select

from storage import codec, index
from storage.database import Database
from storage.evidence import count_findings, known
from storage.models import CandidateRow, ObservationRow, ReadingRow, SettledRow
from storage.records import Candidate, Capture, Observation, Reading, Unread, Version
from storage.search import keep_text


def reading_key(captures: Iterable[Capture]) -> str:
    """The key of the reading of a document that consists of these captures: the same payloads, the same key."""
    digests = "\n".join(capture.digest for capture in captures)
    return hashlib.sha256(digests.encode("ascii", "replace")).hexdigest()


def unread_candidates(
    db: Database, reader_version: str, until: datetime | None = None, limit: int | None = None
) -> list[Unread]:
    """Accepted candidates with captures that this version of the reader has not settled, oldest first.

    Several may share one key: the document is read once (`reading`), and every candidate is settled (`settle`).
    """
    done = and_(
        SettledRow.visit == CandidateRow.visit,
        SettledRow.number == CandidateRow.number,
        SettledRow.reader_version == reader_version,
    )
    statement = select(CandidateRow).outerjoin(SettledRow, done)
    statement = statement.where(SettledRow.visit.is_(None), CandidateRow.accepted)
    if until is not None:
        statement = statement.where(CandidateRow.at <= until)
    with db.read() as connection:
        rows = connection.execute(
            statement.order_by(CandidateRow.at, CandidateRow.visit, CandidateRow.number).limit(limit)
        ).all()
    candidates = [codec.from_plain(Candidate, row.record) for row in rows]
    known = index.captures_by_id(db, list({identity for candidate in candidates for identity in candidate.captures}))
    unread = []
    for row, candidate in zip(rows, candidates, strict=True):
        captures = tuple(known[identity] for identity in candidate.captures if identity in known)
        if captures:
            unread.append(Unread(row.visit, row.number, row.at, candidate, reading_key(captures), captures))
    return unread


def put_reading(db: Database, reading: Reading) -> None:
    """Keep a reading; one of the same document by the same version of the reader is replaced."""
    with db.write() as connection:
        last = connection.execute(select(func.max(ReadingRow.serial)).where(ReadingRow.key == reading.key)).scalar()
        row = codec.plain(reading) | {"serial": (last or 0) + 1, "detail": codec.storable(reading.detail)}
        row |= {"findings": count_findings(reading.report)}
        db.upsert(connection, ReadingRow, [row])


def reading(db: Database, key: str, reader_version: str | None = None) -> Reading | None:
    """The reading of a document: by this version of the reader, or the one made last."""
    statement = select(ReadingRow).where(ReadingRow.key == key).order_by(ReadingRow.serial.desc()).limit(1)
    if reader_version is not None:
        statement = statement.where(ReadingRow.reader_version == reader_version)
    with db.read() as connection:
        row = connection.execute(statement).first()
    return None if row is None else Reading(row.key, row.reader_version, row.state, row.detail, row.report)


def settle(db: Database, unread: Unread, reader_version: str, observation: Observation | None) -> None:
    """Note that this version of the reader has dealt with a candidate, and what it confirmed.

    None withdraws what an earlier version of the reader had confirmed from the same candidate.
    """
    settle_all(db, reader_version, [(unread, observation)])


def settle_all(db: Database, reader_version: str, pairs: Sequence[tuple[Unread, Observation | None]]) -> None:
    """`settle` for many candidates in one transaction."""
    with db.write() as connection:
        serial = known(connection) + 1
        for unread, observation in pairs:
            place = {"visit": unread.visit, "number": unread.number}
            if observation is None:
                connection.execute(
                    delete(ObservationRow).where(
                        ObservationRow.visit == unread.visit, ObservationRow.number == unread.number
                    )
                )
            else:
                db.upsert(connection, ObservationRow, [place | _observation_row(observation)])
                _keep_text(db, connection, observation, reader_version)
            settled = {"reader_version": reader_version, "key": unread.key, "serial": serial}
            db.upsert(connection, SettledRow, [place | settled])


def _keep_text(db: Database, connection: Connection, observation: Observation, reader_version: str) -> None:
    report = connection.execute(
        select(ReadingRow.report).where(
            ReadingRow.key == observation.reading, ReadingRow.reader_version == reader_version
        )
    ).scalar()
    if report is not None:
        identity = (observation.organ, observation.series, observation.year, observation.content_digest)
        keep_text(db, connection, *identity, str(report.get("text") or ""))


def put_observation(db: Database, unread: Unread, observation: Observation) -> None:
    """Keep an observation without settling its candidate."""
    with db.write() as connection:
        row = {"visit": unread.visit, "number": unread.number} | _observation_row(observation)
        db.upsert(connection, ObservationRow, [row])


def _observation_row(observation: Observation) -> dict[str, Any]:
    return {
        "at": observation.at,
        "organ": observation.organ,
        "series": observation.series,
        "year": observation.year,
        "content_digest": observation.content_digest,
        "reading": observation.reading,
        "record": codec.plain(observation),
    }


def observations(db: Database, organ: str, series: str, year: int, until: datetime | None = None) -> list[Observation]:
    """Confirmed publications of one obligation, oldest first; within one visit the best candidate first."""
    wanted = and_(ObservationRow.organ == organ, ObservationRow.series == series, ObservationRow.year == year)
    return [item for group in _observations(db, wanted, until).values() for item in group]


def all_observations(
    db: Database, series: str, year: int, until: datetime | None = None
) -> dict[str, list[Observation]]:
    """`observations` of all organs at once, by organ."""
    return _observations(db, and_(ObservationRow.series == series, ObservationRow.year == year), until)


def _observations(db: Database, wanted: ColumnElement[bool], until: datetime | None) -> dict[str, list[Observation]]:
    statement = select(ObservationRow.organ, ObservationRow.record).where(wanted)
    if until is not None:
        statement = statement.where(ObservationRow.at <= until)
    order = (ObservationRow.organ, ObservationRow.at, ObservationRow.visit, ObservationRow.number)
    found: dict[str, list[Observation]] = {}
    with db.read() as connection:
        for row in connection.execute(statement.order_by(*order)):
            found.setdefault(row.organ, []).append(codec.from_plain(Observation, row.record))
    return found


def versions(db: Database, organ: str, series: str, year: int, until: datetime | None = None) -> list[Version]:
    """The versions of an obligation's publication as of `until`, numbered from 1."""
    return runs(observations(db, organ, series, year, until))


def version_at(db: Database, organ: str, series: str, year: int, at: datetime) -> Version | None:
    """The version in force at a moment: the last one seen by then. Whether it was withdrawn since is not said here."""
    known = versions(db, organ, series, year, at)
    return known[-1] if known else None


def runs(observations: Iterable[Observation]) -> list[Version]:
    """Observations, oldest first, as versions: a run with one content digest is one version.

    A moment may show one report twice (an article and a copy elsewhere on the list, slightly different): the address
    followed so far goes first, then the content, then the better candidate, lest two copies look like endless revision.
    """
    found: list[Version] = []
    for at, group in groupby(observations, key=lambda observation: observation.at):
        last = found[-1] if found else None
        seen = _followed(list(group), last)
        if last is not None and last.content_digest == seen.content_digest:
            found[-1] = Version(
                last.organ, last.series, last.year, last.number, last.first_seen, at, seen.url, seen.title,
                last.content_digest, seen.reading, last.captures,
            )  # fmt: skip
            continue
        found.append(
            Version(
                seen.organ, seen.series, seen.year, len(found) + 1, at, at, seen.url, seen.title,
                seen.content_digest, seen.reading, seen.captures,
            )
        )  # fmt: skip
    return found


def _followed(group: Sequence[Observation], last: Version | None) -> Observation:
    if last is not None:
        for observation in group:
            if observation.url == last.url:
                return observation
        for observation in group:
            if observation.content_digest == last.content_digest:
                return observation
    return group[0]
