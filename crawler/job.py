"""What a crawl process is told, as JSON on its standard input. It needs nothing else: no database, no environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from crawler.budget import Budget
from portals.model import Organ
from spiders.column import Column
from storage.codec import from_json, to_json
from storage.records import Capture, Visit


@dataclass(frozen=True, slots=True)
class Job:
    """Columns to visit in one process. `as_of` freezes the process's clock; None lets it run."""

    year: int
    series: str
    columns: tuple[Column, ...]
    organs: tuple[Organ, ...]  # every organ that a title might name
    hosts: tuple[str, ...]  # registered hosts: nothing else is asked for anything
    archive: str  # folder that is written to
    prefix: str  # of the WARC files' names
    as_of: datetime | None = None
    bucket: str | None = None  # s3://bucket/prefix where earlier captures lie
    known: dict[str, Capture] = field(default_factory=dict)  # URL → its latest capture with a payload
    before: dict[str, Visit] = field(default_factory=dict)  # column's URL → a visit that the next may be like
    allow_addresses: tuple[str, ...] = ()
    delay: float = 1.0  # seconds between requests to a host
    chromium: str | None = None  # path of the browser; None: there is none here
    user_agent: str = "Nianbao"
    budget: Budget = field(default_factory=Budget)  # of a site, for each of its columns
    turnstile: str | None = None  # file that keeps the turns of several processes; None: this is the only one
    seconds: float | None = None  # from now on in which anything may be asked for; None: no end
    columns_at_once: int = 16
    page_seconds: float = 45.0  # that a browser may take for one page

    def dump(self) -> bytes:
        return to_json(self)

    @staticmethod
    def load(data: bytes) -> Job:
        return from_json(Job, data)
