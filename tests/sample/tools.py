"""What several tests of the sample need."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from datetime import date, datetime

from sample import Running
from sample.nodes import parse_moment


def end_of(day: date) -> datetime:
    return parse_moment(day.isoformat())


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def ask(
    served: Running, address: str, path: str, method: str = "GET", body: str = "", headers: dict[str, str] | None = None
) -> Answer:
    """One request on a connection of its own, sent as it stands. Raises what the connection raises."""
    connection = http.client.HTTPConnection(address, served.port, timeout=10)
    try:
        connection.request(method, path, body.encode() or None, headers or {})
        response = connection.getresponse()
        return Answer(response.status, {key.lower(): value for key, value in response.getheaders()}, response.read())
    finally:
        connection.close()


def get(served: Running, site: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    return ask(served, served.province.site(site).address, path, headers=headers)


def set_clock(served: Running, now: str) -> Answer:
    return ask(served, served.province.control, "/clock", "POST", json.dumps({"now": now}))
