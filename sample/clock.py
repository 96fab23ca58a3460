"""The province's own clock and the log of what was asked of it. The clock stands still until it is set."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import asdict, dataclass
from datetime import datetime

LOG_SIZE = 500_000


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it. `at` is seconds since the server started, from a clock that never steps."""

    at: float
    site: str
    method: str
    path: str
    status: int  # 0: the connection was closed without an answer
    agent: str


class Clock:
    """What time it is in the province. Set from any thread."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._lock = threading.Lock()

    @property
    def now(self) -> datetime:
        with self._lock:
            return self._now

    def set(self, now: datetime) -> None:
        with self._lock:
            self._now = now


class Log:
    """The latest requests, oldest first; the log is bounded, a long soak loses its beginning."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._entries: deque[Request] = deque(maxlen=LOG_SIZE)

    def add(self, site: str, method: str, path: str, status: int, agent: str) -> None:
        self._entries.append(Request(time.monotonic() - self._start, site, method, path, status, agent))

    def clear(self) -> None:
        self._entries.clear()

    def entries(self) -> list[Request]:
        return list(self._entries)

    def rows(self) -> list[dict[str, object]]:
        return [asdict(entry) for entry in self.entries()]
