"""The words that cross rooms: plain, frozen records. ORM objects never leave storage; these do.

All moments are aware datetimes in UTC; deadlines and days are computed in Asia/Shanghai by `compliance`.
A capture's identity is the UUID of its WARC record, so that an index rebuilt from the WARCs has the same ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class Outcome(StrEnum):
    """How a visit to a column ended. Only COMPLETE can support `missing` or `withdrawn`."""

    COMPLETE = "complete"
    PARTIAL = "partial"  # a page of the list could not be had, or the list needs a browser and there is none
    UNREACHABLE = "unreachable"  # DNS, TCP, TLS, time-out
    SERVER_ERROR = "server_error"  # 5xx
    BLOCKED = "blocked"  # challenge, captcha, 403/412/429/521, tiny body
    ROBOTS = "robots"  # robots.txt forbids it
    SOFT_404 = "soft_404"  # 404, or a 200 that says so
    MOVED = "moved"  # redirect to another host, meta-refresh stub
    REDESIGNED = "redesigned"  # a page that no longer looks like this column


@dataclass(frozen=True, slots=True)
class Exchange:
    """One HTTP request and its response as they went over the wire; what the capture side hands to the archive."""

    url: str
    at: datetime
    request: bytes  # request line, headers, blank line, body: exactly as sent
    head: bytes  # status line to blank line, exactly as received
    body: bytes  # as received: transfer and content codings still on
    ip: str | None = None
    truncated: Literal["length", "time", "disconnect"] | None = None  # WARC-Truncated


@dataclass(frozen=True, slots=True)
class Rendering:
    """What a browser made of a page: evidence beside the exchange, never instead of it."""

    url: str
    at: datetime
    dom: bytes  # serialised DOM, UTF-8
    screenshot: bytes | None = None  # PNG


@dataclass(frozen=True, slots=True)
class Capture:
    """One archived response (or rendering) at one time."""

    id: str  # UUID of the WARC record
    kind: Literal["response", "revisit", "rendering", "screenshot"]
    url: str
    urlkey: str  # SURT
    at: datetime
    status: int | None  # None for renderings and screenshots, and where no status line could be understood
    media_type: str | None  # as the server claimed, without parameters
    digest: str  # "sha256:" + hex of the payload (entity body, transfer coding removed)
    length: int  # payload bytes in this record: 0 for a revisit
    ip: str | None
    file: str  # WARC file name within the archive
    offset: int  # of the gzip member that holds the record
    refers_to: str | None = None  # a revisit: the capture that holds the payload
    etag: str | None = None  # validators for the next conditional request, as received
    last_modified: str | None = None
    truncated: str | None = None  # why the payload is not whole; such a capture is no ground for a conditional request
    wire_digest: str | None = None  # WARC-Payload-Digest where it is not `digest`: the transfer coding is still on


@dataclass(frozen=True, slots=True)
class Sighting:
    """A link seen on a listing, as it stood there."""

    url: str
    title: str
    date: date | None  # the list row's own date
    capture: str  # the listing page that showed it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sighting held against one organ's obligation: why it was taken for the report, or not."""

    organ: str
    series: str
    year: int  # report year, from the title, never from the URL
    url: str
    title: str
    score: float  # 0…1
    reasons: tuple[str, ...]
    accepted: bool  # it was fetched, to be confirmed by reading
    captures: tuple[str, ...] = ()  # the article first, then its attachments
    failure: str | None = None  # why the article or an attachment could not be had
    dates: tuple[tuple[str, date], ...] = ()  # (provenance, date): "list", "meta:PubDate", "url", "visible", …
    beside: bool = False  # no list of the column shows it: a notice, a search, another column that was looked for does


@dataclass(frozen=True, slots=True)
class Profile:
    """What a visit learnt of how a site works: data for the next visit, learnt anew at each."""

    columns: tuple[str, ...] = ()  # lists of the series that were found by navigation, not named by the register
    way: tuple[str, ...] = ()  # labels of the links that led to them, from the home page on
    systems: tuple[str, ...] = ()  # portal systems whose paging or data calls were recognised
    browser: bool = False  # the list shows nothing without one
    calls: tuple[str, ...] = ()  # data calls (GET) that the browser's page made


@dataclass(frozen=True, slots=True)
class Visit:
    """What one column showed at one visit: its listing, and what became of the links on it.

    Written to the WARC as a metadata record, so that outcomes without a response (no DNS, time-out) are evidence too.
    """

    id: str
    at: datetime
    column_url: str
    organs: tuple[str, ...]  # organs whose reports are expected here
    year: int  # the report year looked for
    outcome: Outcome
    detail: str = ""  # for a person: "connection refused", "加速乐 challenge (521)"
    captures: tuple[str, ...] = ()  # listing pages, in order
    sightings: tuple[Sighting, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    profile: Profile | None = None
    series: str = "ogi"  # that was looked for
    like: str | None = None  # an earlier visit that saw the same; this one's record says only what differs


@dataclass(frozen=True, slots=True)
class Observation:
    """A confirmed publication as one visit saw it: the atoms that versions are runs of."""

    organ: str
    series: str
    year: int
    at: datetime
    url: str
    title: str
    captures: tuple[str, ...]
    content_digest: str  # of the report's text and cells; counters and menus do not change it
    reading: str  # key of the stored reading
    dates: tuple[tuple[str, date], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A run of observations of one publication with the same content."""

    organ: str
    series: str
    year: int
    number: int  # 1, 2, …
    first_seen: datetime
    last_seen: datetime
    url: str
    title: str
    content_digest: str
    reading: str
    captures: tuple[str, ...]  # of the first observation


class Status(StrEnum):
    PENDING = "pending"
    ON_TIME = "on_time"
    LATE = "late"
    MISSING = "missing"
    UNKNOWN = "unknown"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True)
class Assessment:
    """An obligation's status at a moment, with its evidence: the object behind `nianbao status`."""

    organ: str
    series: str
    year: int
    at: datetime
    due_notice: date
    due_statute: date
    status: Status
    late_by: Literal["notice", "statute"] | None = None
    cause: str | None = (
        None  # why unknown or exempt: an Outcome's value, "not_visited", "unreadable", "date_uncertain", …
    )
    published: date | None = None  # the day that the evidence supports; None when it cannot be told
    claimed: date | None = None  # the day that the publisher claims
    first_seen: datetime | None = None
    last_absent: datetime | None = None  # last complete visit that did not show it
    url: str | None = None
    versions: int = 0
    withdrawn: bool = False
    revised: bool = False
    backdated: bool = False
    findings: dict[str, int] = field(default_factory=lambda: {"error": 0, "warning": 0, "doubtful": 0})
    evidence: tuple[str, ...] = ()  # capture ids and, for visits without a response, "visit:" + visit id
    until: datetime | None = None  # it holds until then if nothing new is seen; None: for good


@dataclass(frozen=True, slots=True)
class Event:
    """A change of assessment or findings, from one judged moment to the next."""

    id: str  # stable: the same change has the same id when judged again
    at: datetime
    organ: str
    series: str
    year: int
    kind: str  # "missing", "late", "published", "unknown", "revised", "withdrawn", "backdated", "malformed", …
    before: str | None
    after: str
    detail: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one version of the reader made of one document. `key` names the document by its payloads."""

    key: str
    reader_version: str
    state: str  # "read", or an Unreadable's state
    detail: str = ""  # for a person
    report: dict[str, object] | None = None  # the report as JSON; None when it could not be read


@dataclass(frozen=True, slots=True)
class Unread:
    """A candidate that one visit fetched and that this version of the reader has not settled yet."""

    visit: str
    number: int  # of the candidate within the visit, from 0
    at: datetime
    candidate: Candidate
    key: str  # of the reading that its captures have or will have
    captures: tuple[Capture, ...]  # as in `candidate.captures`, those that the archive has


@dataclass(frozen=True, slots=True)
class Round:
    """One round of crawl, read, judge and notify; unfinished while `finished` is None."""

    year: int
    series: str
    as_of: datetime
    started: datetime
    finished: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The last moment that a season was judged as of, and how much was known of it then."""

    at: datetime
    serial: int | None  # of what was known; None: not on record
    ground: str | None  # rules, policy and program that it was judged by


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person, complete: what is tried again is what was written the first time."""

    id: str  # Message-ID, stable: given by who composed it, sent at most once under one id
    at: datetime
    to: str
    subject: str
    text: str
    html: str | None = None
    headers: dict[str, str] = field(default_factory=dict)  # In-Reply-To, References, …
    events: tuple[str, ...] = ()  # ids of the events it tells of
    attachments: tuple[tuple[str, str, bytes], ...] = ()  # (file name, media type, content)
    channel: str = "mail"


@dataclass(frozen=True, slots=True)
class Posted:
    """A message with what became of it."""

    message: Message
    state: Literal["pending", "sent", "dead"]
    tries: int
    next_try: datetime | None  # pending: not before this moment
    sent: datetime | None
    error: str | None  # of the last try that failed
