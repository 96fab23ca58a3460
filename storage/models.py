"""The tables. Private to this room: other rooms see `storage.records`.

Index tables (files, captures, visits, expected, candidates) say what the WARCs hold and can be dropped and rebuilt at
any time; all other tables hold what was decided, and are kept.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Dialect, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware datetime as microseconds since 1970 in UTC: exact, ordered and alike in every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a time zone: {value!r}")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else _EPOCH + value * _MICROSECOND


class Base(DeclarativeBase):
    type_annotation_map = {
        datetime: Moment,
        date: Date,
        str: Text,
        dict[str, Any]: JSON(none_as_null=True),
        bytes: LargeBinary,
    }


class OrganRow(Base):
    __tablename__ = "organs"
    __table_args__ = (Index("organs_by_serial", "serial"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    region: Mapped[str]
    parent: Mapped[str | None]
    serial: Mapped[int] = mapped_column(BigInteger, server_default="0")  # of the last import that changed it
    record: Mapped[dict[str, Any]]  # portals.model.Organ


class FileRow(Base):
    __tablename__ = "files"

    name: Mapped[str] = mapped_column(primary_key=True)
    indexed: Mapped[int] = mapped_column(BigInteger)  # bytes of the file that the index knows


class CaptureRow(Base):
    __tablename__ = "captures"
    __table_args__ = (
        Index("captures_by_key", "urlkey", "at", "id"),
        Index("captures_by_place", "file", "offset"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    url: Mapped[str]
    urlkey: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"))  # ordered by bytes
    at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(Integer)
    media_type: Mapped[str | None]
    digest: Mapped[str]
    length: Mapped[int] = mapped_column(BigInteger)
    ip: Mapped[str | None]
    file: Mapped[str]
    offset: Mapped[int] = mapped_column(BigInteger)
    refers_to: Mapped[str | None] = mapped_column(String(36))
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    truncated: Mapped[str | None]
    wire_digest: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)  # bytes of the gzip member in its file


class VisitRow(Base):
    __tablename__ = "visits"
    __table_args__ = (
        Index("visits_by_column", "column_url", "at"),
        Index("visits_by_year", "year", "at"),
        Index("visits_by_serial", "serial"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    column_url: Mapped[str]
    year: Mapped[int]
    series: Mapped[str] = mapped_column(server_default="ogi")
    serial: Mapped[int] = mapped_column(BigInteger, server_default="0")  # order in which the index learnt of it
    outcome: Mapped[str] = mapped_column(String(20))
    file: Mapped[str]
    offset: Mapped[int] = mapped_column(BigInteger)
    record: Mapped[dict[str, Any]]  # storage.records.Visit


class ExpectedRow(Base):
    """An organ whose reports a visit looked for."""

    __tablename__ = "expected"

    organ: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    visit: Mapped[str] = mapped_column(primary_key=True)


class CandidateRow(Base):
    __tablename__ = "candidates"
    __table_args__ = (Index("candidates_by_organ", "organ", "series", "year", "at"),)

    visit: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    organ: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    accepted: Mapped[bool]
    url: Mapped[str]
    record: Mapped[dict[str, Any]]  # storage.records.Candidate


class SettledRow(Base):
    """The version of the reader that has dealt with a candidate last. Kept when the index is rebuilt."""

    __tablename__ = "settled"
    __table_args__ = (Index("settled_by_serial", "serial"),)

    visit: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    reader_version: Mapped[str]
    key: Mapped[str] = mapped_column(server_default="")  # of the reading
    serial: Mapped[int] = mapped_column(BigInteger, server_default="0")


class ReadingRow(Base):
    __tablename__ = "readings"

    key: Mapped[str] = mapped_column(primary_key=True)
    reader_version: Mapped[str] = mapped_column(primary_key=True)
    serial: Mapped[int] = mapped_column(Integer)  # order in which the readings of one document were made
    state: Mapped[str]
    detail: Mapped[str]
    report: Mapped[dict[str, Any] | None]
    findings: Mapped[dict[str, Any] | None]  # how many of them by severity; None: count them in the report


class ObservationRow(Base):
    __tablename__ = "observations"
    __table_args__ = (Index("observations_by_organ", "organ", "series", "year", "at"),)

    visit: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # of the candidate
    at: Mapped[datetime]
    organ: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    content_digest: Mapped[str]
    reading: Mapped[str]
    record: Mapped[dict[str, Any]]  # storage.records.Observation


class TextRow(Base):
    """The text of one version of a report, for full-text search; `texts_index` holds its words."""

    __tablename__ = "texts"
    __table_args__ = (Index("texts_by_version", "organ", "series", "year", "content_digest", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    organ: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    content_digest: Mapped[str]
    body: Mapped[str]


class RoundRow(Base):
    __tablename__ = "rounds"

    year: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[datetime] = mapped_column(primary_key=True)
    started: Mapped[datetime]
    finished: Mapped[datetime | None]


class AssessmentRow(Base):
    """An assessment that holds from `at` until the next one; equal ones judged in between are not repeated."""

    __tablename__ = "assessments"
    __table_args__ = (
        Index("assessments_by_year", "year", "series", "at"),
        Index("assessments_by_until", "year", "series", "until"),
    )

    organ: Mapped[str] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]  # as in the record
    status: Mapped[str] = mapped_column(String(10))
    record: Mapped[dict[str, Any]]  # storage.records.Assessment


class JudgedRow(Base):
    """A moment that a season was judged as of, and by what; without a serial the next judging must be a whole one."""

    __tablename__ = "judged"

    year: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    serial: Mapped[int | None] = mapped_column(BigInteger)  # nothing after it was known then
    ground: Mapped[str | None]  # rules, policy and program that it was judged by


class EventRow(Base):
    __tablename__ = "events"
    __table_args__ = (Index("events_by_moment", "at"), Index("events_by_organ", "organ", "series", "year", "at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    organ: Mapped[str]
    series: Mapped[str]
    year: Mapped[int]
    kind: Mapped[str]
    record: Mapped[dict[str, Any]]  # storage.records.Event


class MessageRow(Base):
    """The outbox."""

    __tablename__ = "messages"
    __table_args__ = (Index("messages_by_state", "state", "next_try"),)

    id: Mapped[str] = mapped_column(primary_key=True)  # Message-ID
    serial: Mapped[int] = mapped_column(Integer, unique=True)  # order of composition
    at: Mapped[datetime]
    recipient: Mapped[str]
    state: Mapped[str] = mapped_column(String(7))  # pending, sent, dead
    next_try: Mapped[datetime | None]
    sent: Mapped[datetime | None]
    record: Mapped[dict[str, Any]]  # storage.records.Message


class DeliveryRow(Base):
    """One try to deliver a message."""

    __tablename__ = "deliveries"

    message: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)  # from 1
    at: Mapped[datetime]
    error: Mapped[str | None]  # None: accepted by the next hop


class LeafRow(Base):
    """A leaf of the hash tree: which record it is. The order itself is kept beside the WARCs."""

    __tablename__ = "leaves"
    __table_args__ = (Index("leaves_by_record", "record"),)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record: Mapped[str]  # id of a capture's record, "visit:" + id of a visit
    hash: Mapped[bytes]


INDEX_TABLES = (FileRow, CaptureRow, VisitRow, ExpectedRow, CandidateRow, LeafRow)
