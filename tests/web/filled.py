"""A small database and archive as a season leaves them: one organ of every status, two versions, hostile titles."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import reports
from portals.model import Organ
from reports.form import load_form
from reports.model import Cause, Cell, Finding, Report, Section
from storage import database, queries
from storage.archive import Archive
from storage.database import Database
from storage.records import (
    Assessment,
    Candidate,
    Capture,
    Event,
    Exchange,
    Observation,
    Outcome,
    Reading,
    Rendering,
    Sighting,
    Status,
    Unread,
    Visit,
)
from storage.warc import WarcWriter

NEW = "requests.new.total"
HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f6"
    "45400000000049454e44ae426082"
)
JAN = datetime(2024, 1, 31, 15, 59, 59, tzinfo=UTC)
FEB = datetime(2024, 2, 1, 15, 59, 59, tzinfo=UTC)
MAR = datetime(2024, 3, 11, 15, 59, 59, tzinfo=UTC)

ORGANS = [
    Organ("lanhe", "岚河省人民政府", (), "province", "government", "980000", None, "http://www.lanhe.example/", None),
    Organ("yunxi", "云溪市人民政府", (), "city", "government", "980100", "lanhe", "http://www.yunxi.example/", None),
    Organ("yunxi-jt", "云溪市交通运输局", ("云溪市交通局",), "city", "department", "980100", "yunxi", None, "http://jt.yunxi.example/nb/"),
    Organ("yunxi-ly", "云溪市林业局", (), "city", "department", "980100", "yunxi", None, "http://ly.yunxi.example/nb/"),
    Organ("yunxi-wl", f"云溪市{HOSTILE}局", (HOSTILE,), "city", "department", "980100", "yunxi", "javascript:alert(1)", "http://wl.example/\"><b>"),
    Organ("qinglan", "青岚县人民政府", (), "county", "government", "980121", "yunxi", None, "http://www.qinglan.example/nb/"),
    Organ("hongshi", "红石县财政局", (), "county", "department", "980122", None, None, "http://www.hongshi.example/cz/"),
    Organ("qingjiang", "清江镇人民政府", (), "township", "township", "980121004", "qinglan", None, "http://www.qinglan.example/qj/"),
]  # fmt: skip


@dataclass(frozen=True)
class Filled:
    db: Database
    archive: Archive
    captures: dict[str, Capture]


def report(organ: str, **changed: int) -> Report:
    """A sound report with 12 requests; `changed` cells are named with `__` for the dots."""
    form = load_form("ogi-2021")
    figures = dict.fromkeys(form.cell_names, 0)
    for row in ("new", "disclosed", "handled"):
        figures[f"requests.{row}.natural_person"] = figures[f"requests.{row}.total"] = 12
    figures["proactive_disclosure.normative_documents.in_force"] = 40
    figures.update({name.replace("__", "."): value for name, value in changed.items()})
    cells = {name: Cell(name, value, str(value), None) for name, value in figures.items()}
    sections = (
        Section(
            "overview", "一、总体情况", f"2023年，{organ}收到申请{figures['requests.new.total']}件。\n全部按期答复。"
        ),
        Section("proactive_disclosure", "二、主动公开政府信息情况", "见表。"),
        Section("other_matters", "六、其他需要报告的事项", "未收取信息处理费。"),
    )
    title = f"{organ}2023年政府信息公开工作年度报告"
    prose = "\n".join(f"{section.heading}\n{section.text}" for section in sections)
    return Report(
        "", "text/html", title, organ, 2023, "ogi-2021", cells, sections, signed=date(2024, 1, 20), text=prose
    )


@contextmanager
def filled(folder: Path) -> Iterator[Filled]:
    numbers = itertools.count(1)
    archive = folder / "archive"
    archive.mkdir()
    with database.open(f"sqlite:///{folder / 'nianbao.db'}") as db:
        with WarcWriter(archive, "test", new_id=lambda: str(uuid.UUID(int=next(numbers)))) as writer:
            captures = _captures(writer)
            _visits(writer, captures)
        opened = Archive(archive, find=partial(queries.capture, db))
        queries.upsert_organs(db, ORGANS)
        queries.ingest(db, opened)
        _readings(db)
        _judged(db, captures)
        yield Filled(db, opened, captures)


def _exchange(url: str, at: datetime, body: bytes, content_type: str = "text/html; charset=utf-8") -> Exchange:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    return Exchange(url, at, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", head, body, "127.0.0.1")


def _captures(writer: WarcWriter) -> dict[str, Capture]:
    page = "<html><head><title>年报</title><script>alert(1)</script></head><body>云溪市交通运输局 {}</body></html>"
    found: dict[str, Capture] = {}
    jt = "http://jt.yunxi.example/nb/"
    found["list"] = writer.exchange(_exchange(jt, FEB, b"<ul><li>x</li></ul>"))
    found["old"] = writer.exchange(_exchange(jt + "1.html", FEB, page.format(12).encode()))
    found["again"] = writer.exchange(
        _exchange(jt + "1.html", FEB.replace(day=2), page.format(12).encode()), found["old"]
    )
    found["new"] = writer.exchange(_exchange(jt + "1.html", MAR, page.format(13).encode()))
    found["gbk"] = writer.exchange(_exchange(jt + "gbk.html", MAR, "政府".encode("gbk"), "text/html; charset=GBK"))
    found["doc"] = writer.exchange(_exchange(jt + "年报 2023.docx", MAR, b"PK\x03\x04", "application/msword"))
    found["svg"] = writer.exchange(_exchange(jt + "x.svg", MAR, b"<svg onload='alert(1)'/>", "image/svg+xml"))
    dom, shot = writer.rendering(Rendering(jt, FEB, b"<ul><li>rendered</li></ul>", PNG), found["list"])
    found["dom"], found["shot"] = dom, shot
    found["ly"] = writer.exchange(_exchange("http://ly.yunxi.example/nb/", FEB, b"<ul></ul>"))
    for organ, at in (("qingjiang", FEB), ("qinglan", MAR)):
        found[organ] = writer.exchange(_exchange(f"http://{organ}.example/1.html", at, organ.encode()))
    found["wl"] = writer.exchange(_exchange("http://wl.example/1.html", FEB, HOSTILE.encode()))
    return found


def _visits(writer: WarcWriter, captures: dict[str, Capture]) -> None:
    jt, listing = "http://jt.yunxi.example/nb/", captures["list"].id
    seen = (Sighting(jt + "1.html", "2023年政府信息公开工作年度报告", date(2024, 1, 24), listing),)
    for number, at, key in ((1, FEB, "old"), (2, MAR, "new")):
        dates = (("list", date(2024, 1, 24)), ("meta:PubDate", date(2024, 1, 24)))
        taken = Candidate(
            "yunxi-jt",
            "ogi",
            2023,
            jt + "1.html",
            seen[0].title,
            0.97,
            ("题名相符",),
            True,
            (captures[key].id,),
            dates=dates,
        )
        other = Candidate("yunxi-jt", "ogi", 2023, jt + "9.html", HOSTILE, 0.1, (HOSTILE,), False, failure=HOSTILE)
        writer.visit(
            Visit(f"v-jt-{number}", at, jt, ("yunxi-jt",), 2023, Outcome.COMPLETE, "", (listing,), seen, (taken, other))
        )
    for organ, at, url, outcome, detail in (
        ("yunxi-ly", FEB, "http://ly.yunxi.example/nb/", Outcome.COMPLETE, ""),
        ("yunxi-ly", MAR, "http://ly.yunxi.example/nb/", Outcome.COMPLETE, ""),
        ("hongshi", FEB, "http://www.hongshi.example/cz/", Outcome.BLOCKED, "加速乐 challenge (521)"),
        ("yunxi-wl", FEB, "http://wl.example/", Outcome.COMPLETE, HOSTILE),
    ):
        name = f"v-{organ}-{at:%m%d}"
        held = (captures["ly"].id,) if organ == "yunxi-ly" else ()
        wl = Candidate(
            "yunxi-wl", "ogi", 2023, "http://wl.example/1.html", HOSTILE, 0.9, (), True, (captures["wl"].id,)
        )
        writer.visit(
            Visit(name, at, url, (organ,), 2023, outcome, detail, held, (), (wl,) if organ == "yunxi-wl" else ())
        )
    for organ, at in (("qingjiang", FEB), ("qinglan", MAR)):
        shown, url = (captures[organ].id,), captures[organ].url
        seen = (Sighting(url, "2023年政府信息公开工作年度报告", None, shown[0]),)
        taken = Candidate(organ, "ogi", 2023, url, seen[0].title, 0.9, (), True, shown)
        writer.visit(Visit(f"v-{organ}", at, url, (organ,), 2023, Outcome.COMPLETE, "", shown, seen, (taken,)))


def _readings(db: Database) -> None:
    for unread in queries.unread_candidates(db, "1"):
        reading, digest = _reading(unread)
        queries.put_reading(db, reading)
        made = unread.candidate
        seen = Observation(
            made.organ,
            made.series,
            made.year,
            unread.at,
            made.url,
            made.title,
            made.captures,
            digest,
            unread.key,
            made.dates,
        )
        queries.settle(db, unread, "1", seen)


def _reading(unread: Unread) -> tuple[Reading, str]:
    if unread.candidate.organ == "yunxi-wl":
        hostile = replace(
            report("x"),
            title=HOSTILE,
            sections=(Section("overview", HOSTILE, HOSTILE),),
            findings=(
                Finding("cell.not_a_number", "error", HOSTILE, HOSTILE, ("requests.new.total",), HOSTILE, HOSTILE),
            ),
        )
        hostile.cells["requests.new.total"] = Cell("requests.new.total", None, HOSTILE, None)
        return Reading(unread.key, "1", "read", "", reports.dump(hostile)), "hostile"
    if unread.candidate.organ != "yunxi-jt":
        return Reading(
            unread.key, "1", "read", "", reports.dump(report(unread.candidate.organ))
        ), unread.candidate.organ
    if unread.at == FEB:
        return Reading(unread.key, "1", "read", "", reports.dump(report("云溪市交通运输局"))), "first"
    total = "requests.handled.total"
    wrong = report("云溪市交通运输局", requests__handled__total=13)
    cause = Cause(total, 12)
    label = "「（七）总计」的「总计」"
    findings = (
        Finding("sum.handled", "error", f"{label}为13，相加为12。", "13, parts 12.", (total,), 12, 13, cause=cause),
        Finding("sum.balance", "error", "新收12，办结13。", "12 against 13.", (total, NEW), 12, 13, cause=cause),
        Finding("cell.blank", "doubtful", "一格可能空白。", "May be blank.", ("requests.new.research_institution",)),
        Finding("section.heading", "warning", "标题与规定不同：“五、改进措施”。", "A heading differs."),
    )  # fmt: skip
    cells = wrong.cells | {
        "requests.new.research_institution": Cell("requests.new.research_institution", None, None, None, "absent"),
        "requests.new.enterprise": Cell("requests.new.enterprise", 0, "00", None, "repaired"),
    }
    return Reading(unread.key, "1", "read", "", reports.dump(replace(wrong, findings=findings, cells=cells))), "second"


def _judged(db: Database, captures: dict[str, Capture]) -> None:
    for at in (JAN, FEB, MAR):
        queries.round_started(db, 2023, "ogi", at, at)
        queries.round_finished(db, 2023, "ogi", at, at)

    def told(organ: str, at: datetime, status: Status, **more: Any) -> Assessment:
        tier = {"yunxi": date(2024, 3, 10), "qinglan": date(2024, 2, 20), "lanhe": date(2024, 3, 31)}
        notice = tier.get(organ, date(2024, 1, 31))
        statute = date(2024, 3, 31) if organ in tier or organ == "qingjiang" else notice
        return Assessment(organ, "ogi", 2023, at, notice, statute, status, **more)

    pending = [told(organ.id, JAN, Status.PENDING) for organ in ORGANS]
    jt = {
        "published": date(2024, 1, 24),
        "claimed": date(2024, 1, 24),
        "first_seen": FEB,
        "url": "http://jt.yunxi.example/nb/1.html",
    }
    old, new = (captures["list"].id, captures["old"].id), (captures["list"].id, captures["new"].id)
    february = [
        told("yunxi-jt", FEB, Status.ON_TIME, versions=1, evidence=old, **jt),
        told("yunxi-ly", FEB, Status.MISSING, late_by="statute", last_absent=FEB,
             evidence=(captures["ly"].id, "visit:v-yunxi-ly-0201")),
        told("hongshi", FEB, Status.UNKNOWN, cause="blocked", evidence=("visit:v-hongshi-0201",)),
        told("qingjiang", FEB, Status.ON_TIME, published=date(2024, 1, 16), versions=1),
        told("yunxi-wl", FEB, Status.LATE, late_by="statute", versions=1, url="javascript:alert(1)", first_seen=FEB,
             withdrawn=True,
             backdated=True, claimed=date(2024, 1, 1), findings={"error": 1, "warning": 0, "doubtful": 0},
             evidence=(captures["wl"].id,)),
    ]  # fmt: skip
    march = [
        told("yunxi-jt", MAR, Status.ON_TIME, versions=2, revised=True, evidence=new,
             findings={"error": 2, "warning": 1, "doubtful": 1}, **jt),
        told("qinglan", MAR, Status.LATE, late_by="notice", published=date(2024, 3, 5), versions=1, first_seen=MAR,
             last_absent=FEB),
    ]  # fmt: skip
    queries.put_assessments(db, [*pending, *february, *march])
    queries.put_events(db, [Event("e1", FEB, "yunxi-ly", "ogi", 2023, "missing", "pending", "missing")])
