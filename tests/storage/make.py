"""Small records for the tests of this room."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from portals.model import Organ
from storage.database import Database
from storage.models import Base
from storage.records import (
    Assessment,
    Candidate,
    Event,
    Exchange,
    Message,
    Observation,
    Outcome,
    Sighting,
    Status,
    Visit,
)

NOON = datetime(2026, 1, 15, 4, 0, tzinfo=UTC)
URL = "http://www.example.gov.cn/zwgk/nb/t2026.html"
SERIES = "ogi"


def day(number: int) -> datetime:
    """Noon in China, `number` days after 15 January 2026."""
    return NOON + timedelta(days=number)


def exchange(
    url: str = URL, at: datetime = NOON, body: bytes = b"<h1>2025</h1>", head: bytes | None = None, **more: Any
) -> Exchange:
    if head is None:
        head = b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: "v1"\r\n\r\n'
    request = b"GET /zwgk/nb/t2026.html HTTP/1.1\r\nHost: www.example.gov.cn\r\n\r\n"
    return Exchange(url, at, request, head, body, more.pop("ip", "127.0.0.1"), **more)


def not_modified(at: datetime, url: str = URL) -> Exchange:
    return exchange(url, at, b"", b'HTTP/1.1 304 Not Modified\r\nETag: "v2"\r\n\r\n')


def candidate(organ: str = "a", captures: tuple[str, ...] = (), **more: Any) -> Candidate:
    values: dict[str, Any] = {
        "url": URL,
        "title": "2025年政府信息公开工作年度报告",
        "score": 0.9,
        "reasons": ("title",),
    }
    values |= {"accepted": True, "dates": (("list", date(2026, 1, 14)),)} | more
    return Candidate(organ, SERIES, 2025, captures=captures, **values)


def visit(identity: str, at: datetime = NOON, candidates: tuple[Candidate, ...] = (), **more: Any) -> Visit:
    values: dict[str, Any] = {"column_url": "http://www.example.gov.cn/zwgk/年报/", "organs": ("a", "b"), "year": 2025}
    values |= {"outcome": Outcome.COMPLETE} | more
    sightings = tuple(Sighting(item.url, item.title, None, "listing") for item in candidates)
    return Visit(identity, at, candidates=candidates, sightings=sightings, **values)


def observation(at: datetime, digest: str = "d1", url: str = URL, organ: str = "a") -> Observation:
    return Observation(organ, SERIES, 2025, at, url, "title", ("c1",), digest, "reading-key")


def organ(identity: str, **more: Any) -> Organ:
    values: dict[str, Any] = {
        "name": f"organ {identity}",
        "aliases": ("旧名",),
        "level": "county",
        "kind": "government",
    }
    values |= {"region": "510000", "parent": None, "home_url": None, "column_url": None} | more
    return Organ(identity, **values)


def assessment(at: datetime, status: Status = Status.PENDING, organ: str = "a", **more: Any) -> Assessment:
    return Assessment(organ, SERIES, 2025, at, date(2026, 1, 31), date(2026, 1, 31), status, **more)


def event(identity: str, at: datetime = NOON) -> Event:
    return Event(identity, at, "a", SERIES, 2025, "missing", "pending", "missing", {"days": 1})


def message(identity: str, at: datetime = NOON) -> Message:
    return Message(
        identity,
        at,
        "officer@example.gov.cn",
        "逾期",
        "text",
        events=("e1",),
        attachments=(("台账.xlsx", "a/b", b"\0\xff"),),
    )


def clear(db: Database) -> None:
    """Empty every table: a law's next example begins with nothing."""
    with db.write() as connection:
        for table in Base.metadata.sorted_tables:
            connection.execute(table.delete())


def warcio_check(folder: Path) -> str:
    """What `warcio check` complains of in any of the folder's files; empty when it passes."""
    files = sorted(str(path) for path in folder.glob("*.warc.gz"))
    assert files
    program = Path(sys.executable).with_name("warcio")
    done = subprocess.run([program, "check", *files], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr if done.returncode or done.stderr else ""
