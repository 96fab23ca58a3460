# ruff: noqa: E501
"""Serves the drawn province on loopback, one address a site, as it stands in a round."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.spiders.mock import outside, third
from tests.spiders.mock.answers import Answer, Answers, Asked, Row
from tests.spiders.mock.certificate import server_context
from tests.spiders.mock.pages import article, frame, home, listing
from tests.spiders.mock.plan import Organ, Report, Site

PAGES = Path(__file__).parent.parent / "pages"
_JUNK = (
    "关于做好2023年政府信息公开工作年度报告编制工作的通知", "2023年法治政府建设年度报告", "一图读懂2023年政府信息公开工作年度报告",
    "政府网站工作年度报表（2023年度）", "县水文站2023年政府信息公开工作年度报告", "2023年部门预算公开",
)  # fmt: skip


def column_path(site: Site, organ: Organ, generation: int) -> str:
    """Where an organ's reports appear: its own column, or the one that gathers all."""
    if hand := _hand(site):
        return hand.column_path(site, organ, generation)
    name = "nb/" if generation == 0 else "xxgknb2/"
    return f"{organ.folder}{name}" if site.arrangement == "own" else f"/zfxxgk{generation or ''}/{name}"


def _hand(site: Site) -> ModuleType | None:
    """Who made a site, when it was another hand."""
    return next((hand for hand in (outside, third) if site.family in hand.SYSTEMS), None)


def article_url(site: Site, report: Report, generation: int) -> str:
    if hand := _hand(site):
        return hand.article_url(site, report, generation)
    day, n = report.day, report.number * 10 + generation
    shapes = {
        "vsb": f"/info/1308/{n}.htm",
        "hanweb": f"/art/{day.year}/{day.month}/{day.day}/art_1_{n}.html",
        "jpaas": f"/art/{day.year}/art_{n:032x}.html",
        "ucap": f"/c100/{day:%Y%m}/{n:032x}.shtml",
        "gkmlpt": f"/gkmlpt/content/3/{n // 1000}/post_{n}.html",
        "plain": f"/OpennessAnnualReport/show/{n}",
    }
    return shapes.get(site.family, f"{report.organ.folder}{day:%Y%m}/t{day:%Y%m%d}_{n}.html")


def build(site: Site, round_: int) -> Answers:
    """Every page of a site in round 1 or 2."""
    if hand := _hand(site):
        return hand.build(site, round_)
    generation = 1 if site.redesigned and round_ == 2 else 0
    answers: Answers = {"/robots.txt": Answer("User-agent: *\nDisallow: /admin/\n", "text/plain")}
    rows: dict[str, list[Row]] = {}
    for report in site.reports:
        if report.year == 2023 and round_ == 1 and report.day.day > 20:
            continue  # not out yet
        url = article_url(site, report, generation)
        answers |= article(site, report, url)
        title = report.title + ("\u200b" if report.organ.variant == "row" and report.year == 2023 else "")
        rows.setdefault(report.organ.id, []).append((str(report.day), url, title))
    columns = _columns(site, rows, generation, answers)
    for organ in site.organs:
        own = organ if organ.folder != "/" else None
        answers |= home(site, own, columns[organ.id])
    if generation:
        _leave_behind(site, answers)
    return answers


def _columns(site: Site, rows: dict[str, list[Row]], generation: int, answers: Answers) -> dict[str, str]:
    """Builds the columns; each organ's path."""
    paths = {organ.id: column_path(site, organ, generation) for organ in site.organs}
    junk = [(f"2024-01-{n + 3:02d}", f"/junk/{n}.html", text) for n, text in enumerate(_JUNK)]
    answers.update({url: Answer(frame(site, text, f"<h1>{text}</h1><p>{text}正文。</p>")) for _, url, text in junk})
    if site.arrangement == "own":
        for organ in site.organs:
            own = sorted(rows.get(organ.id, []), reverse=True)
            mine = [row for row in junk if site.stranger or "水文站" not in row[2]] if own else []
            answers |= listing(site, paths[organ.id], "政府信息公开年报", [*mine[:1], *own, *mine[1:]])
        return paths
    every = sorted((row for group in rows.values() for row in group), reverse=True)
    path = next(iter(paths.values()))
    if site.arrangement == "gathered":
        answers |= listing(site, path, "政府信息公开年报（集中发布）", [*every, *junk])
    elif site.arrangement == "by-year":
        years = sorted({int(day[:4]) - 1 for day, _, _ in every}, reverse=True)
        links = "".join(f'<a href="{path}{year}/">{year}年</a> ' for year in years)
        answers[path] = Answer(frame(site, "政府信息公开年报", f"<h2>政府信息公开年报</h2><div>{links}</div>"))
        for year in years:
            answers |= listing(
                site, f"{path}{year}/", f"{year}年", [row for row in every if int(row[0][:4]) - 1 == year]
            )
    else:
        links = "".join(f'<li><a href="{path}{organ.id}/">{organ.name}</a></li>' for organ in site.organs)
        answers[path] = Answer(frame(site, "政府信息公开年报", f"<h2>政府信息公开年报</h2><ul>{links}</ul>"))
        for organ in site.organs:
            answers |= listing(
                site,
                f"{path}{organ.id}/",
                f"{organ.name}政府信息公开年报",
                sorted(rows.get(organ.id, []), reverse=True),
            )
    return paths


def _leave_behind(site: Site, answers: Answers) -> None:
    """What the addresses of before a redesign answer."""
    for organ in site.organs:
        old, new = column_path(site, organ, 0), column_path(site, organ, 1)
        if site.moved == "301":
            answers[old] = Answer("", status=301, location=new)
        elif site.moved == "home":
            answers[old] = Answer("", status=302, location="/")


def outage_of(site: Site, round_: int, path: str) -> Answer | None:
    """What stands in the way in this round; None when the site is up."""
    kind = site.outage if round_ == 2 else None
    if kind is None:
        return None
    if path == "/robots.txt":
        return Answer(
            "User-agent: *\nDisallow: /\n" if kind == "robots" else "User-agent: *\nDisallow:\n", "text/plain"
        )
    return {
        "503": Answer("<h1>503 Service Unavailable</h1>", status=503),
        "521": Answer(
            "<script>document.cookie='__jsl_clearance_s=1|x';location.href=location.pathname</script>", status=521
        ),
        "412": Answer("<html><script>$_ts=window['$_ts'];$_ts.nsd=9;</script><body></body></html>", status=412),
        "captcha": Answer(
            "<title>安全验证</title><p>请完成验证后继续访问</p><input name=code><script>var a=1</script>"
        ),
        "tiny": Answer("\r\n"),
        "firewall": Answer("<title>访问拦截</title><p>您的访问存在异常，请求被拦截。事件编号 7d81</p>"),
        "maintenance": Answer("<title>公告</title><p>网站正在升级改造，暂停服务，敬请谅解。</p>"),
        "timeout-page": Answer("<html><h1>504 Gateway Time-out</h1></html>", status=504),
    }.get(kind)


def _fields(path: str, sent: str, encoding: str) -> Asked:
    """What a request says: in its query, and in a form or in JSON."""
    fields = Asked(parse_qsl(urlsplit(path).query, encoding=_encoding(path, encoding)))
    if sent.startswith("{"):
        fields.update((name, str(value)) for name, value in json.loads(sent).items())
    else:
        fields.update(parse_qsl(sent, keep_blank_values=True, encoding=_encoding(sent, encoding)))
    return fields


def _encoding(query: str, encoding: str) -> str:
    """Scripts write UTF-8 in their calls whatever the page is in; forms the page's own."""
    try:
        unquote(query, "utf-8", "strict")
    except UnicodeDecodeError:
        return encoding
    return "utf-8"


class _Handler(BaseHTTPRequestHandler):
    server: SiteServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer("")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())

    def _answer(self, sent: str) -> None:
        site, path = self.server.site, self.path
        asked = _fields(path, sent, site.encoding)
        self.server.asked.append(path)
        found = self._outage(path)
        if found is None and self.server.elsewhere:
            found = Answer("", status=301, location=self.server.elsewhere + path)
        if found is None and not (site.outage == "robots" and self.server.round == 2 and path != "/robots.txt"):
            found = self._page(path, asked)
        elif found is not None and found.fault == "cut" and (whole := self._page(path, asked)):
            found = replace(whole, fault="cut")
        self._send(found or Answer(frame(site, "404", "<p>您访问的页面不存在或已删除</p>"), status=404))

    def _outage(self, path: str) -> Answer | None:
        site, round_ = self.server.site, self.server.round
        if hand := _hand(site):
            return hand.outage_of(site, round_, path, self.server.answers)
        return outage_of(site, round_, path)

    def _page(self, path: str, asked: Asked) -> Answer | None:
        bare, answers = urlsplit(path).path, self.server.answers
        keyed = (
            f"{bare} {name}={asked[name]}"
            for name in ("columnid", "area", "pageId", "lmid", "infotypeId", "channelId", "cid")
            if name in asked
        )
        found = next(
            (
                answers[key]
                for key in (path, f"{path} columnid={asked.get('columnid')}", *keyed, bare)
                if key in answers
            ),
            None,
        )
        return found(asked) if callable(found) else found

    def _send(self, found: Answer) -> None:
        site, body = self.server.site, found.body
        if found.fault == "reset":
            self.close_connection = True
            return
        if isinstance(body, str):
            plain = "charset=utf-8" in found.kind or "json" in found.kind
            body = body.encode("utf-8" if plain else site.encoding, "replace")
        self.send_response(found.status)
        header = f"; charset={site.charset}" if found.kind == "text/html" and site.charset else ""
        self.send_header("Content-Type", found.kind + header)
        if found.location:
            self.send_header("Location", found.location)
        if found.disposition:
            name = found.disposition.encode("gbk").decode("latin-1")
            self.send_header("Content-Disposition", f'attachment; filename="{name}"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if found.fault == "cut" else body)
        self.close_connection = self.close_connection or found.fault == "cut"

    def log_message(self, *_: object) -> None:
        """Quiet."""


class SiteServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, site: Site, port: int, round_: int, elsewhere: str = "") -> None:
        super().__init__((site.address, port), _Handler)
        self.site, self.round, self.asked = site, round_, list[str]()
        self.answers = build(site, round_)
        self.elsewhere = elsewhere  # where everything is answered since the site moved there


def _servers(site: Site, port: int, round_: int) -> Iterator[SiteServer]:
    if site.outage == "refuse" and round_ == 2:
        return  # does not listen
    if not getattr(site, "secure", False):
        yield SiteServer(site, port, round_)
        return
    yield SiteServer(site, port, round_, f"https://{site.address}:{port + 1}")
    safe = SiteServer(site, port + 1, round_)
    safe.socket = server_context().wrap_socket(safe.socket, server_side=True, do_handshake_on_connect=False)
    yield safe


@contextmanager
def serving(sites: list[Site], port: int, round_: int) -> Iterator[list[SiteServer]]:
    """The province in one round."""
    servers = [server for site in sites for server in _servers(site, port, round_)]
    for server in servers:
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
    try:
        yield servers
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def register(sites: list[Site], port: int) -> list[dict[str, str]]:
    """The province's organs as `nianbao organs import` takes them."""
    rows = []
    for site in sites:
        base = f"http://{site.address}:{port}"
        for organ in site.organs:
            names_column = organ.register in ("column", "both")
            rows.append(
                {
                    "id": organ.id,
                    "name": organ.name,
                    "aliases": ";".join(organ.aliases),
                    "level": organ.level,
                    "kind": organ.kind,
                    "region": "990000",
                    "parent": organ.parent,
                    "home_url": base + (third.home_path(site, organ) if _hand(site) is third else organ.folder)
                    if organ.register != "column"
                    else "",
                    "column_url": base + column_path(site, organ, 0) if names_column else "",
                }
            )
    return rows
