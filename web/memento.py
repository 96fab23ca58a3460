"""RFC 7089: TimeGate, TimeMaps and mementos for every archived address.

/timegate/<address>          302 to the memento nearest to Accept-Datetime (the last one without it)
/timemap/link/<address>      all mementos, application/link-format; also /timemap/json/, and pages: /timemap/link/2/
/web/<14 digits>/<address>   a memento, in its sandbox, with the status that it had
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import unquote, urljoin

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from storage import cdx, http, queries
from storage.archive import Payload
from storage.memento import Memento, TimeMap
from storage.records import Capture
from storage.urls import target_uri
from web import replay
from web.desk import Desk, desk

router = APIRouter()

PAGE = 1000
LINK_FORMAT = "application/link-format"
_KINDS = ("link", "json")
_READ = ["GET", "HEAD"]
_ONE_SLASH = re.compile(r"^(https?:)/+(?=[^/])", re.IGNORECASE)  # proxies merge slashes: http:/host
_UNFIT = re.compile(r'[<>"\\]|[^!-~]')


class Places:
    """Addresses of an archived address's TimeGate, TimeMaps and mementos, absolute as RFC 7089 wants them."""

    def __init__(self, request: Request, address: str) -> None:
        self.base = desk(request).public_url or str(request.base_url).rstrip("/")
        self.original = address
        self.timegate = f"{self.base}/timegate/{address}"

    def timemap(self, kind: str = "link", page: int = 1) -> str:
        return f"{self.base}/timemap/{kind}/{f'{page}/' if page > 1 else ''}{self.original}"

    def memento(self, capture: Capture | Memento) -> str:
        return f"{self.base}/web/{cdx.timestamp(capture.at)}/{capture.url}"


@router.api_route("/timegate/{address:path}", methods=_READ)
def timegate(request: Request, address: str) -> Response:
    address = _address(request, "/timegate/")
    here, places = desk(request), Places(request, address)
    wanted = _accept_datetime(request) or datetime(9999, 1, 1, tzinfo=UTC)
    chosen = queries.memento(here.db, address, wanted)
    if chosen is None:
        raise HTTPException(404)
    around = queries.neighbours(here.db, chosen)
    link = _links(
        [
            _link(places.original, "original"),
            _link(places.timemap(), "timemap", type=LINK_FORMAT, **_span(around.first.at, around.last.at)),
            *_mementos(places, {"first": around.first, "last": around.last}),
        ]
    )
    headers = {"Vary": "accept-datetime", "Link": link}
    return RedirectResponse(places.memento(chosen), 302, headers=headers)


@router.api_route("/web/{stamp}/{address:path}", methods=_READ)
def memento(request: Request, stamp: str, address: str) -> Response:
    here = desk(request)
    try:
        at = cdx.moment_of(stamp)
    except (ValueError, OverflowError) as fault:
        raise HTTPException(400, "a moment of 4 to 14 digits is wanted") from fault
    address = _address(request, f"/web/{stamp}/")
    places = Places(request, address)
    capture = queries.memento(here.db, address, at)
    if capture is None:
        raise HTTPException(404)
    if cdx.timestamp(capture.at) != stamp:
        return RedirectResponse(places.memento(capture), 302)
    return _replayed(here, places, capture)


@router.api_route("/timemap/{kind}/{address:path}", methods=_READ)
def timemap(request: Request, kind: str, address: str) -> Response:
    if kind not in _KINDS:
        raise HTTPException(400, f"kind: {kind!r} is none of {', '.join(_KINDS)}")
    paged = re.match(r"(\d{1,6})/(?=https?:)", address)
    number = int(paged[1]) if paged else 1
    address = _address(request, f"/timemap/{kind}/" + (paged[0] if paged else ""))
    found = queries.timemap(desk(request).db, address, number, PAGE)
    if not found.mementos:
        raise HTTPException(404)
    places = Places(request, address)
    if kind == "json":
        return JSONResponse(_as_json(places, found))
    return Response(_as_links(places, found), media_type=LINK_FORMAT)


def _replayed(here: Desk, places: Places, capture: Capture) -> Response:
    found = replay.read(here.archive, capture)
    around = queries.neighbours(here.db, capture)
    named = {"first": around.first, "prev": around.previous, "next": around.next, "last": around.last}
    link = [
        _link(places.original, "original"),
        _link(places.timegate, "timegate"),
        _link(places.timemap(), "timemap", type=LINK_FORMAT, **_span(around.first.at, around.last.at)),
        *_mementos(places, {**named, "": capture}),
    ]
    headers = {"Memento-Datetime": _http_date(capture.at), "Link": _links(link)}
    status = capture.status if capture.status is not None and capture.status != 304 else 200
    if 300 <= status < 400 and (target := _target(capture, found)):
        headers["Location"] = f"{places.base}/web/{cdx.timestamp(capture.at)}/{target}"
    return replay.served(capture, found, status if 200 <= status <= 599 else 200, headers)


def _target(capture: Capture, found: Payload) -> str | None:
    """Where an archived redirect led, if that can be an archived address."""
    for name, value in found.headers:
        if name.lower() == b"location":
            target = target_uri(urljoin(capture.url, http.address(value)))
            return target if re.match(r"https?://[^/]", target) else None
    return None


def _as_links(places: Places, found: TimeMap) -> str:
    span = _span(found.mementos[0].at, found.mementos[-1].at)
    lines = [
        _link(places.original, "original"),
        _link(places.timemap(page=found.page), "self", type=LINK_FORMAT, **span),
        _link(places.timegate, "timegate"),
    ]
    others = [number for number in (found.page - 1, found.page + 1) if 1 <= number <= found.pages]
    lines += [_link(places.timemap(page=number), "timemap", type=LINK_FORMAT) for number in others]
    for index, capture in enumerate(found.mementos):
        ends = [
            "first" if found.page == 1 and index == 0 else "",
            "last" if found.page == found.pages and index == len(found.mementos) - 1 else "",
        ]
        relation = " ".join([*filter(None, ends), "memento"])
        lines.append(_link(places.memento(capture), relation, datetime=_http_date(capture.at)))
    return ",\n".join(lines) + "\n"


def _as_json(places: Places, found: TimeMap) -> dict[str, object]:
    """As memento aggregators write it."""

    def item(capture: Memento) -> dict[str, str]:
        return {"datetime": capture.at.isoformat().replace("+00:00", "Z"), "uri": places.memento(capture)}

    pages = {"prev": found.page - 1, "next": found.page + 1}
    return {
        "original_uri": places.original,
        "timegate_uri": places.timegate,
        "timemap_uri": {"link_format": places.timemap(), "json_format": places.timemap("json")},
        "total": found.total,
        "pages": {key: places.timemap("json", number) for key, number in pages.items() if 1 <= number <= found.pages},
        "mementos": {"list": [item(capture) for capture in found.mementos]},
    }


def _mementos(places: Places, named: dict[str, Capture | None]) -> Iterable[str]:
    """One link for each memento, with all its relations."""
    relations: dict[str, list[str]] = {}
    captures: dict[str, Capture] = {}
    for relation, capture in named.items():
        if capture is not None:
            relations.setdefault(capture.id, []).extend([relation] if relation else [])
            captures[capture.id] = capture
    for identity, capture in captures.items():
        relation = " ".join([*relations[identity], "memento"])
        yield _link(places.memento(capture), relation, datetime=_http_date(capture.at))


def _link(address: str, relation: str, **attributes: str) -> str:
    rest = "".join(f'; {name.rstrip("_")}="{value}"' for name, value in attributes.items())
    return f'<{_embedded(address)}>; rel="{relation}"{rest}'


def _links(found: Iterable[str]) -> str:
    return ", ".join(found)


def _embedded(address: str) -> str:
    """An address between angle brackets in a header: nothing may end it early."""
    return _UNFIT.sub(lambda mark: f"%{ord(mark[0]):02X}", address)


def _span(first: datetime, last: datetime) -> dict[str, str]:
    return {"from_": _http_date(first), "until": _http_date(last)}


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _accept_datetime(request: Request) -> datetime | None:
    text = request.headers.get("accept-datetime")
    if text is None:
        return None
    try:
        wanted = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError) as fault:
        raise HTTPException(400, "Accept-Datetime must be an RFC 1123 date") from fault
    if wanted.tzinfo is None:
        raise HTTPException(400, "Accept-Datetime must be in GMT")
    return wanted.astimezone(UTC)


def _address(request: Request, prefix: str) -> str:
    """The archived address as it stands behind `prefix`, its own query and percent signs untouched."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    query: bytes = request.scope.get("query_string", b"")
    text = (raw + (b"?" + query if query else b"")).decode("latin-1")
    root: str = request.scope.get("root_path", "")
    address = _ONE_SLASH.sub(r"\1//", text.removeprefix(root).removeprefix(prefix))
    if re.match(r"https?%3A%2F%2F", address, re.IGNORECASE):  # encoded as a whole, as scripts do
        address = unquote(address, errors="replace")
    if not re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", address):
        address = "http://" + address
    if not re.match(r"https?://[^/]", address, re.IGNORECASE) or len(address) > 4000:
        raise HTTPException(400, "an http or https address is wanted")
    return target_uri(address)
