"""Between Scrapy and the wire: every request of a crawl is fetched, archived and only then answered.

Requests marked `playwright` go to the browser, which has no network of its own: whatever its pages ask for is fetched
here too, so that one gate, one address rule and one archive hold for both.
"""

from __future__ import annotations

import asyncio
import re
from ipaddress import ip_address
from typing import Any, ClassVar
from urllib.parse import urljoin
from weakref import WeakKeyDictionary

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import FloatRect, Page, Route
from playwright.async_api import Request as Asked
from playwright.async_api import TimeoutError as PlaywrightTimeout
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.exceptions import DownloadFailedError, IgnoreRequest, ResponseDataLossError
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.framing import header
from crawler.room import EngineRoom, room_of
from crawler.tabs import Tabs
from crawler.wire import Answer
from spiders.charset import decode_page
from spiders.fetched import Revealed
from spiders.pages import is_document_body
from spiders.screen import Turned
from spiders.turning import SECONDS, turn_pages
from storage.errors import StorageError
from storage.http import address, content_codings, decoded, parse_head
from storage.records import Rendering, Visit
from storage.urls import target_uri

_SETTLE_MS = 5_000
# A picture of the whole page, but no more: one line of 20,000 letters made one 160,000 pixels wide, which took 3 GB.
_WIDEST, _TALLEST = 2_560, 20_000
_SIZE = """() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]
  .map(pixels => Math.max(Number(pixels) || 1, 1))"""
_FRAMES = 3  # one within the other
_LIMIT = 32 * 1024 * 1024  # bytes of one decoded body that a page may get
_NOT_FOR_PAGES = {"media", "font", "websocket", "eventsource", "manifest", "other"}


class ArchivingDownloadHandler(BaseDownloadHandler):
    """Scrapy's handler for http and https: one instance for both, because they share a browser and an archive."""

    lazy = False
    _made: ClassVar[WeakKeyDictionary[Crawler, ArchivingDownloadHandler]] = WeakKeyDictionary()

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._room = room_of(crawler)
        self._browser = ScrapyPlaywrightDownloadHandler.from_crawler(crawler) if self._room.job.chromium else None
        self._tabs = Tabs(self._browser) if self._browser else None
        self._closed = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchivingDownloadHandler:
        if crawler not in cls._made:
            cls._made[crawler] = cls(crawler)
        return cls._made[crawler]

    async def download_request(self, request: Request) -> Response:
        if request.meta.get("playwright"):
            return await self._render(request)
        headers = [(name, b",".join(values)) for name, values in request.headers.items()]
        answer, capture, payload = await self._room.fetch(request.method, request.url, headers, request.body)
        request.meta.setdefault("captures", []).append(capture.id)
        request.meta["capture"] = capture.id
        if answer.exchange.truncated:
            raise ResponseDataLossError(f"the answer was cut short ({answer.exchange.truncated})")
        if payload is not None:  # 304: what the server says is still so, from the archive
            return _response(request.url, 200, Headers(_known(payload.headers, answer)), payload.body, answer)
        return _response(request.url, answer.status, Headers(_grouped(answer)), answer.entity, answer)

    async def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._tabs:
            await self._tabs.close()
        await self._room.close()

    async def _render(self, request: Request) -> Response:
        if self._browser is None or self._tabs is None:
            raise DownloadFailedError("there is no browser here")
        screenshot = PageMethod(_settle_and_shoot)
        labels = request.meta.get("turn")
        turning = [PageMethod(turn_pages, labels)] if labels else []
        request.meta.update(
            playwright_page_init_callback=self._without_network,
            playwright_page_methods=[*turning, screenshot],
            playwright_page_goto_kwargs={"wait_until": "domcontentloaded"},
        )
        seconds = self._room.job.page_seconds + (SECONDS if turning else 0)
        try:
            async with self._tabs.one(request), asyncio.timeout(seconds):
                response: Response = await self._browser._download_request(request, self.crawler.spider)
        except (PlaywrightError, TimeoutError) as error:
            raise DownloadFailedError(f"the browser could not show the page: {str(error)[:300]}") from error
        for method in turning:
            await self._keep_turned(request, response.url, method.result)
        rendering = Rendering(response.url, self._room.clock(), response.body, screenshot.result)
        kept = await self._room.keep_rendering(rendering)
        request.meta.setdefault("captures", []).extend(capture.id for capture in kept)
        request.meta["capture"] = kept[0].id  # the DOM; the screenshot follows it
        return response

    async def _keep_turned(self, request: Request, url: str, turned: Turned) -> None:
        """The list's pages that the browser turned away from, each kept as it was."""
        request.meta.update(turned_all=turned.finished, chosen=turned.chosen, opened=turned.opened)
        for dom in turned.doms:
            [capture, *_] = await self._room.keep_rendering(Rendering(url, self._room.clock(), dom.encode()))
            request.meta["captures"].append(capture.id)
            request.meta.setdefault("before", []).append((dom, capture.id))

    async def _without_network(self, page: Page, request: Request) -> None:
        """Registered after the library's own route, and so asked before it: nothing falls through to a network."""
        meta = request.meta
        await page.route("**", Fulfilment(self._room, meta.setdefault("captures", []), meta.setdefault("revealed", [])))


class Fulfilment:
    """Answers what a browser's page asks for, from the wire, and keeps it."""

    def __init__(self, room: EngineRoom, captures: list[str], revealed: list[Revealed]) -> None:
        self._room = room
        self._captures = captures
        self._revealed = revealed  # what the page asked for, for whoever asks the same without a browser

    async def __call__(self, route: Route) -> None:
        asked = route.request
        try:
            if asked.resource_type in _NOT_FOR_PAGES or asked.method not in ("GET", "POST") or _is_deep(asked):
                await route.abort()
                return
            answer = await self._follow(asked.method, asked.url, await asked.all_headers(), asked.post_data_buffer)
            head = parse_head(answer.exchange.head)
            body, _ = decoded(content_codings(head), answer.entity, _LIMIT)
            self._revealed.append(Revealed(asked.resource_type, asked.url, asked.method, answer.status))
            headers = _for_page(answer)
            if asked.resource_type in ("document", "script"):
                headers, body = _in_utf8(headers, body)
            await route.fulfill(status=answer.status, headers=headers, body=body)
        except (IgnoreRequest, OSError, StorageError, ValueError, DownloadFailedError):
            self._revealed.append(Revealed(asked.resource_type, asked.url, asked.method, None))
            await route.abort()
        except PlaywrightError:
            return  # the page was closed meanwhile

    async def _follow(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
        pairs = [
            (name.encode("latin-1", "replace"), value.encode("latin-1", "replace"))
            for name, value in headers.items()
            if name.lower() in ("accept", "accept-language", "content-type", "referer", "x-requested-with")
        ]
        pairs += [(b"User-Agent", self._room.job.user_agent.encode()), (b"Accept-Encoding", b"gzip, deflate")]
        for _ in range(5):
            answer, capture, payload = await self._room.fetch(method, url, pairs, body or b"")
            self._captures.append(capture.id)
            location = header(answer.headers, b"location")
            if payload is not None:
                return Answer(answer.exchange, 200, tuple(payload.headers), payload.body)
            if answer.status not in (301, 302, 303, 307, 308) or not location:
                return answer
            url = target_uri(urljoin(url, address(location)))
        raise IgnoreRequest(f"too many redirects: {url}")


class VisitPipeline:
    """Keeps each visit in the archive, after everything that it rests on."""

    def __init__(self, room: EngineRoom) -> None:
        self._room = room

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> VisitPipeline:
        return cls(room_of(crawler))

    async def process_item(self, item: Visit) -> Visit:
        await self._room.keep_visit(item)
        return item


async def _settle_and_shoot(page: Page) -> bytes | None:
    """Waits until the page is quiet, or long enough, and takes its picture, of very large pages the beginning."""
    try:
        await page.wait_for_load_state("networkidle", timeout=_SETTLE_MS)
    except PlaywrightTimeout:
        pass  # pages that poll are never quiet
    try:
        width, height = await page.evaluate(_SIZE)
        clip: FloatRect = {"x": 0, "y": 0, "width": min(width, _WIDEST), "height": min(height, _TALLEST)}
        return await page.screenshot(full_page=True, clip=clip, timeout=10_000)
    except PlaywrightError:
        return None


def _is_deep(asked: Asked) -> bool:
    """Frames within frames within frames: a page that shows itself has no end."""
    depth, frame = 0, asked.frame
    while frame.parent_frame is not None and depth <= _FRAMES:
        depth, frame = depth + 1, frame.parent_frame
    return depth > _FRAMES


def _response(url: str, status: int, headers: Headers, body: bytes, answer: Answer) -> Response:
    kind = responsetypes.from_args(headers=headers, url=url, body=body)
    address = answer.exchange.ip
    return kind(url, status, headers, body, ip_address=ip_address(address) if address else None, protocol="HTTP/1.1")


def _grouped(answer: Answer) -> dict[bytes, list[bytes]]:
    headers: dict[bytes, list[bytes]] = {}
    for name, value in answer.headers:
        headers.setdefault(name, []).append(value)
    return headers


def _known(headers: Any, answer: Answer) -> dict[bytes, list[bytes]]:
    """A known payload's headers, without codings: the archive gives the body decoded. Its age is that of the answer."""
    kept: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        if name.lower() not in (b"content-encoding", b"transfer-encoding", b"content-length", b"age"):
            kept.setdefault(name, []).append(value)
    return kept | {name: [value] for name, value in answer.headers if name.lower() == b"age"}


def _in_utf8(headers: dict[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """A page or script as text that the browser cannot misread: portals claim ISO-8859-1 for GBK, or nothing at all."""
    name = next((name for name in headers if name.lower() == "content-type"), "Content-Type")
    kind, _, claimed = headers.get(name, "text/html").partition(";")
    if not re.search(r"html|javascript|ecmascript|text/plain", kind, re.IGNORECASE) or is_document_body(body):
        return headers, body
    charset = re.search(r"charset=[\"']?([\w-]+)", claimed, re.IGNORECASE)
    text = decode_page(body, charset[1] if charset else None)
    return {**headers, name: f"{kind.strip()}; charset=utf-8"}, text.encode("utf-8", "replace")


def _for_page(answer: Answer) -> dict[str, str]:
    dropped = {b"content-encoding", b"transfer-encoding", b"content-length", b"set-cookie", b"connection"}
    return {
        name.decode("latin-1"): value.decode("latin-1") for name, value in answer.headers if name.lower() not in dropped
    }
