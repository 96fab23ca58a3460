"""What a server asks of its visitors: Retry-After here, Crawl-delay from robots.txt. Both go to the gate."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.room import EngineRoom, room_of


class CourtesyMiddleware:
    def __init__(self, room: EngineRoom) -> None:
        self._room = room

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CourtesyMiddleware:
        middleware = cls(room_of(crawler))
        crawler.signals.connect(middleware.robots_parsed, signal=signals.robots_parsed)
        return middleware

    def robots_parsed(self, robotparser: object, request: Request) -> None:
        host = urlsplit(request.url).hostname or ""
        delay = robotparser.crawl_delay(self._room.job.user_agent)  # type: ignore[attr-defined]
        if delay:
            self._room.gate.raise_delay(host, float(delay))

    def process_response(self, request: Request, response: Response) -> Response:
        value = response.headers.get(b"Retry-After")
        if value and response.status in (429, 503):
            self._room.gate.back_off(urlsplit(request.url).hostname or "", self._seconds(value))
        return response

    def _seconds(self, value: bytes) -> float:
        text = value.decode("latin-1").strip()
        if text.isdigit():
            return float(text)
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        return (moment.replace(tzinfo=moment.tzinfo or UTC) - self._room.clock()).total_seconds()
