"""The portals of a small county on loopback, as the script says they stood at a moment. Judges nothing."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from sample.form import load_form
from sample.tables import grids
from sample.write_html import _table as draw

CHINA = timezone(timedelta(hours=8))
SCRIPT: dict[str, Any] = yaml.load((Path(__file__).parent / "town.yaml").read_text("utf-8"), yaml.BaseLoader)
FORM = load_form()
ZERO = dict.fromkeys(FORM.cells(), "0")
PER_PAGE = 4


def moment(text: str, end: bool = False) -> datetime:
    """A bare day is its noon, or with `end` its last second."""
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.fromisoformat(text + ("T23:59:59+08:00" if end else "T12:00:00+08:00"))


@dataclass(frozen=True)
class Entry:
    organ: str
    title: str
    year: int
    at: datetime
    listed: datetime
    dated: str
    meta: str
    path: str
    until: datetime | None = None
    back: datetime | None = None
    moved: tuple[datetime, str] | None = None
    changed: datetime | None = None
    report: bool = True

    def there(self, now: datetime) -> bool:
        gone = self.until is not None and self.until <= now and (self.back is None or now < self.back)
        return self.at <= now and not gone

    def path_at(self, now: datetime) -> str:
        return self.moved[1] if self.moved and self.moved[0] <= now else self.path


def _entry(key: str, name: str, number: int, told: dict[str, Any]) -> Entry:
    at = moment(told["at"])
    year = int(told.get("year", SCRIPT["year"]))
    day = at.strftime("%Y-%m-%d")
    dated = told.get("dated", day)
    return Entry(
        organ=key,
        title=told.get("title", f"{name}{year}年政府信息公开工作年度报告"),
        year=year,
        at=at,
        listed=moment(told["listed"]) if "listed" in told else at,
        dated=dated,
        meta=told.get("meta", dated),
        path=f"/zwgk/{key}/nb/{at:%Y%m}/{'c' if dated == '' else f't{at:%Y%m%d}'}_{number}.html",
        until=moment(told["until"]) if "until" in told else None,
        back=moment(told["back"]) if "back" in told else None,
        moved=(moment(told["moved"][0]), told["moved"][1]) if "moved" in told else None,
        changed=moment(told["changed"]) if "changed" in told else None,
        report="other" not in told,
    )


def entries(key: str, organ: dict[str, Any]) -> list[Entry]:
    """The newest first; two years of old reports stand in every column."""
    told = list(organ["entries"])
    told += [{"year": str(y), "at": f"{y + 1}-01-{20 + y % 5}"} for y in (2022, 2021)]
    made = [_entry(key, organ["name"], 100 + n, one) for n, one in enumerate(told)]
    return sorted(made, key=lambda entry: entry.at, reverse=True)


def body(entry: Entry, name: str, now: datetime) -> str:
    changed = entry.changed is not None and entry.changed <= now
    licences = str(11 + len(name) + entry.year % 7 + (5 if changed else 0))
    tables = grids(FORM, ZERO | {"proactive_disclosure.administrative_licensing.handled": licences})
    texts = {
        "overview": f"{entry.year}年，{name}主动公开政府信息{licences}条。",
        "problems": "公开的内容还不够细，将加强培训。",
        "other_matters": "本年度未收取信息处理费。",
    }
    parts = [f"<p>本报告由{name}编制，统计期限为{entry.year}年1月1日至12月31日。</p>"]
    for key, heading in FORM.headings.items():
        parts.append(f"<p><strong>{heading}</strong></p>")
        parts.append(draw(tables[key], "plain") if key in tables else f"<p>{texts[key]}</p>")
    return "\n".join(parts)


def page(title: str, inside: str, meta: str = "") -> bytes:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{escape(title)}</title>{meta}</head>
<body><div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a></div>{inside}
<div class="foot">主办：白石县人民政府 网站标识码：5119000001</div></body></html>""".encode()


@dataclass
class Portal:
    """One host. `now` is the moment that its pages stand at."""

    address: str
    now: datetime = datetime(2023, 12, 1, tzinfo=CHINA)
    events: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    shared: bool = False
    organs: dict[str, dict[str, Any]] = field(default_factory=dict)

    def event(self) -> str:
        return next((what for what, start, end in self.events if start <= self.now < end), "")

    def column(self, key: str) -> str:
        return "/zwgk/all/nb/index.html" if self.shared else f"/zwgk/{key}/nb/index.html"

    def rows(self, key: str) -> list[Entry]:
        keys = list(self.organs) if self.shared else [key]
        rows = [entry for one in keys for entry in entries(one, self.organs[one])]
        rows.sort(key=lambda entry: entry.at, reverse=True)
        return [entry for entry in rows if entry.there(self.now) and entry.listed <= self.now]

    def answer(self, path: str) -> tuple[int, bytes]:
        """Status and body; a negative status breaks the connection off within the body."""
        match self.event():
            case "503":
                return 503, "<html><body>系统维护中</body></html>".encode()
            case "403":
                return 403, b"<html><body><h1>403 Forbidden</h1>Your request was denied by WAF</body></html>"
            case "521":
                return (
                    521,
                    b"<script>document.cookie=('_')+('_')+('jsl_clearance=1');location.href=location.pathname</script>",
                )
            case "soft404":
                return 200, page("页面不存在", "<h2>您访问的页面不存在或已被删除</h2>")
        for key in self.organs:
            if path.startswith(self.column(key).removesuffix("index.html") + "index"):
                return self._list(key, path)
            for entry in entries(key, self.organs[key]):
                if path == entry.path_at(self.now) and entry.there(self.now):
                    return 200, self._article(entry, self.organs[key]["name"])
        return (200, page("白石县人民政府", "<p>欢迎</p>")) if path == "/" else (404, page("404", "<p>404</p>"))

    def _list(self, key: str, path: str) -> tuple[int, bytes]:
        rows = self.rows(key)
        size = PER_PAGE if self.shared else 20
        pages = max(1, -(-len(rows) // size))
        number = 0 if path.endswith("/index.html") else int(path.rpartition("_")[2].removesuffix(".html"))
        if number >= pages or (number and self.event() == "half"):
            return 500 if number < pages else 404, page("错误", "<p>服务器错误</p>")
        items = "".join(
            f'<li><a href="{entry.path_at(self.now)}" title="{escape(entry.title)}">{escape(entry.title)}</a>'
            f"<span>{entry.dated}</span></li>\n"
            for entry in rows[number * size : (number + 1) * size]
        )
        if self.event() == "bare":
            items = ""
        pager = f'<script>createPageHTML({pages}, {number}, "index", "html");</script>'
        made = page("政府信息公开年报", f'<h1>政府信息公开年报</h1><ul class="list">{items}</ul>{pager}')
        return (-200 if self.event() == "short" else 200), made

    def _article(self, entry: Entry, name: str) -> bytes:
        meta = f'<meta name="ArticleTitle" content="{escape(entry.title)}"><meta name="ContentSource" content="{name}">'
        shown = ""
        if entry.meta:
            meta += f'<meta name="PubDate" content="{entry.meta}">'
            shown = f"<p>发布时间：{entry.meta} 来源：{name}</p>"
        inside = body(entry, name, self.now) if entry.report else "<p>（表略）</p>"
        return page(entry.title, f'<h1>{escape(entry.title)}</h1>{shown}<div class="content">{inside}</div>', meta)


class _Handler(BaseHTTPRequestHandler):
    portals: dict[str, Portal]

    def do_GET(self) -> None:
        portal = self.portals[self.server.server_address[0]]
        if self.path == "/robots.txt":
            status, made = 404, b""
        elif portal.event() == "refuse":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        else:
            status, made = portal.answer(self.path.partition("?")[0])
        self.send_response(abs(status))
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(made)))
        self.end_headers()
        self.wfile.write(made if status > 0 else made[: len(made) // 2])
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        pass


@dataclass
class Town:
    portals: dict[str, Portal]
    port: int

    def at(self, now: datetime) -> None:
        for portal in self.portals.values():
            portal.now = now

    def register(self, now: datetime) -> list[dict[str, str]]:
        """What `organs import` is given at that moment."""
        rows = []
        for key, organ in SCRIPT["organs"].items():
            if "from" in organ and moment(organ["from"]) > now:
                continue
            base = f"http://{organ['host']}:{self.port}"
            row = {
                "id": key,
                "name": organ["name"],
                "aliases": ";".join(organ.get("aliases", [])),
                "level": organ.get("level", "county"),
                "kind": organ.get("kind", "department"),
                "region": "511923",
                "parent": "",
                "home_url": base + "/",
                "column_url": base + self.portals[organ["host"]].column(key),
            }
            rows.append(row | {name: organ[name] for name in ("until", "successor") if name in organ})
        return rows


@contextmanager
def open_town() -> Iterator[Town]:
    portals = {
        address: Portal(
            address,
            events=[
                (w, moment(a + "T00:00:00+08:00"), moment(b + "T00:00:00+08:00")) for w, a, b in host.get("events", [])
            ],
            shared="shared" in host,
            organs={key: organ for key, organ in SCRIPT["organs"].items() if organ["host"] == address},
        )
        for address, host in SCRIPT["hosts"].items()
    }
    handler = type("Handler", (_Handler,), {"portals": portals})
    with ExitStack() as stack:
        port = 0
        for address in portals:
            server = stack.enter_context(ThreadingHTTPServer((address, port), handler))
            port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            stack.callback(thread.join)
            stack.callback(server.shutdown)
        yield Town(portals, port)
