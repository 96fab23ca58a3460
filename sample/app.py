"""The sites over HTTP: which page, which headers, which outage. The local address of the connection says which site."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections import Counter
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from sample.clock import Clock, Log
from sample.model import Province, Site
from sample.nodes import parse_moment
from sample.pages import HTML, Desk, Page

SERVERS = {"trs": "nginx", "vsb": "Apache", "ucap": "openresty", "hanweb": "Apache-Coyote/1.1", "gkmlpt": "nginx"}


class App:
    """An ASGI application for all sites of a province and for its control address."""

    def __init__(self, province: Province, clock: Clock, log: Log) -> None:
        self.province, self.clock, self.log = province, clock, log
        self._sites = {site.address: site for site in province.sites}
        self._hits: Counter[str] = Counter()
        self._desks: dict[str, tuple[datetime, Desk]] = {}
        self._lock = threading.Lock()

    def refuses(self, address: str) -> bool:
        """Whether the site at a local address takes no connections now."""
        site = self._sites.get(address)
        return site is not None and site.event_at(self.clock.now) == "refuse"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        site = self._sites.get(scope["server"][0])
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        response = self._site(site, request, path) if site else await self._control(request)
        if site:
            agent = request.headers.get("user-agent", "")
            self.log.add(site.key, request.method, path, response.status_code, agent)
        await response(scope, receive, send)

    def desk(self, site: Site) -> Desk:
        """The site as it stands now, laid out once for each moment of the clock."""
        now = self.clock.now
        with self._lock:
            known = self._desks.get(site.key)
            if known is None or known[0] != now:
                known = (now, Desk(self.province, site, now))
                self._desks[site.key] = known
            return known[1]

    def _site(self, site: Site, request: Request, path: str) -> Response:
        self._hits[site.key] += 1
        hits = self._hits[site.key]
        if request.method not in ("GET", "HEAD"):
            return self._answer(site, b"", "text/plain", 405, {"Allow": "GET, HEAD"})
        desk, event = self.desk(site), site.event_at(self.clock.now)
        if event == "503":
            return self._answer(site, desk.render("503.html", hits), HTML, 503, {})
        if event == "challenge" and path != "/robots.txt":
            cookie = {"Set-Cookie": "__jsluid_h=6f0c1d2e3b4a59687706152433425160; max-age=31536000; path=/; HttpOnly"}
            return self._answer(site, desk.render("challenge.html", hits), HTML, 521, cookie)
        page = desk.page(path)
        if page is None:
            return self._answer(site, desk.render("404.html", hits), HTML, 404, {})
        return self._page(site, page, request, hits)

    def _page(self, site: Site, page: Page, request: Request, hits: int) -> Response:
        body = page.body(hits)
        headers: dict[str, str] = {}
        if "etag" in site.validators:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
        if "last-modified" in site.validators:
            headers["Last-Modified"] = format_datetime(page.modified.astimezone(UTC), usegmt=True)
        if _unchanged(request, headers):
            return self._answer(site, b"", page.media, 304, headers)
        if page.filename:
            headers["Content-Disposition"] = f'attachment; filename="{quote(page.filename)}"'
        if site.gzip and "gzip" in request.headers.get("accept-encoding", "") and page.media == HTML:
            body = gzip.compress(body, mtime=0)
            headers |= {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return self._answer(site, body, page.media, 200, headers)

    def _answer(self, site: Site, body: bytes, media: str, status: int, headers: dict[str, str]) -> Response:
        """The content type is written here: starlette would add a charset that the site does not declare."""
        charset = f"; charset={site.header_charset}" if media == HTML and site.header_charset else ""
        response = Response(body, status)
        response.headers["Server"] = SERVERS.get(site.system, "nginx")
        response.headers["Date"] = format_datetime(self.clock.now.astimezone(UTC), usegmt=True)
        if status != 304:
            response.headers["Content-Type"] = media + charset
        for name, value in headers.items():
            response.headers[name] = value
        return response

    async def _control(self, request: Request) -> Response:
        match request.method, request.url.path:
            case "GET", "/clock":
                return JSONResponse({"now": self.clock.now.isoformat()})
            case "POST", "/clock":
                return self._set_clock(await request.body())
            case "GET", "/log":
                return JSONResponse(self.log.rows())
            case "DELETE", "/log":
                self.log.clear()
                return JSONResponse([])
        return JSONResponse({"error": "GET or POST /clock, GET or DELETE /log"}, 404)

    def _set_clock(self, body: bytes) -> Response:
        try:
            self.clock.set(parse_moment(json.loads(body)["now"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return JSONResponse({"error": f'wanted {{"now": "2024-02-01T23:59:59+08:00"}}: {error}'}, 400)
        return JSONResponse({"now": self.clock.now.isoformat()})


def _unchanged(request: Request, headers: dict[str, str]) -> bool:
    """RFC 9110: If-None-Match goes before If-Modified-Since."""
    wanted = request.headers.get("if-none-match")
    if wanted is not None:
        return headers.get("ETag") in [tag.strip().removeprefix("W/") for tag in wanted.split(",")]
    since, modified = request.headers.get("if-modified-since"), headers.get("Last-Modified")
    if not since or not modified:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (ValueError, TypeError):  # a date that is none is ignored, and so is one without a zone
        return False
