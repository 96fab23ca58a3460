"""The politeness ledger: one line a host and crawl, of how often and how close together it was asked, and what it said.

Lines are kept beside the crawl's log, as JSON; they are no evidence of anything but our own conduct.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

SUFFIX = ".politeness.jsonl"


@dataclass(slots=True)
class Line:
    """What one host got from one crawl process. Seconds throughout."""

    host: str
    delay: float  # between the starts of two requests: ours, or what robots.txt asks for if that is more
    requests: int = 0
    least_gap: float | None = None  # between the starts of two requests; None while there was only one
    held_back: float = 0.0  # by Retry-After
    failures: int = 0  # connections that failed, 5xx, 429 and refusals
    given_up: str | None = None
    robots: str | None = None  # what became of robots.txt
    statuses: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)  # requests that were not made, by reason
    received: int = 0  # bytes
    addresses: list[str] = field(default_factory=list)
    first: str | None = None  # moments, by the wall clock, in UTC
    last: str | None = None
    crawl: str = ""
    _started: float | None = None

    def asked(self, now: float, address: str) -> None:
        """A request starts. `now` is monotonic."""
        if self._started is not None:
            gap = now - self._started
            self.least_gap = gap if self.least_gap is None else min(self.least_gap, gap)
        self._started = now
        self.requests += 1
        if address not in self.addresses:
            self.addresses.append(address)

    def row(self) -> dict[str, Any]:
        row = asdict(self)
        del row["_started"]
        if self.least_gap is not None:
            row["least_gap"] = round(self.least_gap, 3)
        return row


def write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Adds rows; a later row of the same crawl and host stands for the earlier ones."""
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read(folder: Path, host: str | None = None) -> Iterator[Line]:
    """The ledger's lines, by crawl and host, oldest crawl first. What is not one is passed over."""
    known = {one.name for one in fields(Line)} - {"_started"}
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        found: dict[tuple[str, str], Line] = {}
        for text in path.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(text)
                line = Line(**{name: value for name, value in row.items() if name in known})
            except (ValueError, TypeError, AttributeError):
                continue  # a line half written by a killed process
            if host is None or line.host == host:
                found[line.crawl, line.host] = line
        yield from (found[key] for key in sorted(found))
