# ruff: noqa: E501
"""Measures the finding of reports on a province drawn from a seed: two rounds, then every status held against the truth.

`python -m tests.spiders.mock.measure --seed 1 --sites 24 --organs 120 [--outside | --third]`
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crawler.config import load_config
from crawler.stages.crawl import crawl
from crawler.stages.judge import assess
from crawler.stages.read import read
from crawler.workplace import open_workplace
from portals.load import load_organs
from portals.moments import parse_moment
from storage import queries
from storage.records import Assessment, Status
from tests.spiders.mock import outside, third
from tests.spiders.mock.plan import CAUSES, Organ, Site, draw
from tests.spiders.mock.serve import article_url, register, serving

ROUNDS = ("2024-01-20", "2024-04-02")  # what is dated later than the first is not out then


@dataclass
class Measured:
    """What one province came to. `wrong` is empty when every promise was kept."""

    found: int = 0
    to_find: int = 0
    to_persons: int = 0
    missing_right: int = 0
    missing_to_tell: int = 0
    accused: list[str] = field(default_factory=list)  # published, and called missing
    not_found: list[str] = field(default_factory=list)
    wrong_cause: list[str] = field(default_factory=list)
    wrong_document: list[str] = field(default_factory=list)
    not_told: list[str] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    causes: Counter[str] = field(default_factory=Counter)


Drawing = Callable[[int, int, int], list[Site]]


def by_outsiders(seed: int, sites: int, organs: int) -> list[Site]:
    return draw(seed, sites, organs, outside.KINDS)


def measure(seed: int, sites: int, organs: int, home: Path, drawing: Drawing = draw) -> Measured:
    """Draws, serves, runs two rounds, and compares."""
    drawn, port = drawing(seed, sites, organs), _free_port()
    settings = {"NIANBAO_ALLOW_ADDRESSES": "127.88.0.0/16", "NIANBAO_DELAY": "0"}
    config = load_config(home, settings)
    table = home / "organs.json"
    table.write_text(json.dumps(register(drawn, port)), encoding="utf-8")
    measured, started = Measured(), time.monotonic()
    board: list[Assessment] = []
    for number, day in enumerate(ROUNDS, start=1):
        with serving(drawn, port, number) as servers, open_workplace(config, parse_moment(day)) as place:
            queries.upsert_organs(place.db, load_organs(table))
            crawl(place, "ogi", 2023, lambda *_: None)
            read(place, lambda *_: None)
            board = assess(place, "ogi", 2023)
            measured.requests[day] = sum(len(server.asked) for server in servers)
    measured.seconds = time.monotonic() - started
    by_id = {item.organ: item for item in board}
    for site in drawn:
        for organ in site.organs:
            _compare(site, organ, by_id[organ.id], measured)
    return measured


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def _compare(site: Site, organ: Organ, said: Assessment, measured: Measured) -> None:
    where = f"{organ.id} {organ.name} [{site.family}, {site.arrangement}, {site.menu}, {organ.register}, {organ.variant}, {organ.article}"
    where += f", {site.outage or ''}{' redesigned:' + site.moved if site.redesigned else ''}] {said.status.value} {said.cause}"
    report = next((one for one in site.reports if one.organ is organ and one.year == 2023), None)
    measured.causes[f"{said.status.value} {said.cause or ''}".strip()] += 1
    if report is not None and said.status is Status.MISSING:
        measured.accused.append(where)
    early = report is not None and report.day.day <= 20
    doubt = {"unconfirmed"} if site.stranger and site.arrangement == "own" else set()
    if site.outage in outside.OUTAGES and site.family in outside.SYSTEMS and not early:
        _compare_outside(site, report is not None, said, where, measured)
        return
    if site.family in third.SYSTEMS and site.outage and not early:
        _compare_third(site, report is not None, said, where, measured)
        return
    if site.outage and not early:
        if said.status is not Status.UNKNOWN or said.cause not in CAUSES[site.outage] | doubt:
            measured.wrong_cause.append(where)
        return
    if report is None:
        measured.missing_to_tell += 1
        measured.missing_right += said.status is Status.MISSING
        if said.status is not Status.MISSING:
            measured.not_told.append(where)
        if said.first_seen is not None:
            measured.wrong_document.append(f"{where} {said.url}")
        return
    measured.to_find += 1
    addresses = {article_url(site, report, generation) for generation in (0, 1)}
    if said.url is None and report.article == "pages" and said.cause == "unconfirmed":
        measured.to_find -= 1  # cut into several pages: found, and left to a person
        measured.to_persons += 1
    elif said.url is None:
        measured.not_found.append(where)
    elif not any(said.url.endswith(address) for address in addresses):
        measured.wrong_document.append(f"{where} {said.url}")
    else:
        measured.found += 1


def _compare_outside(site: Site, published: bool, said: Assessment, where: str, measured: Measured) -> None:
    """Some outages hide only the lists: what is found all the same is as good as `unknown` with the right cause."""
    assert site.outage
    found = published and said.url is not None
    lists = site.outage in ("emptied", "strange-list") or not outside.hidden(site)
    if found or (lists and said.status is Status.MISSING and not published):
        return
    if said.status is not Status.UNKNOWN or said.cause not in outside.OUTAGES[site.outage] | {"unconfirmed"}:
        measured.wrong_cause.append(where)


def _compare_third(site: Site, published: bool, said: Assessment, where: str, measured: Measured) -> None:
    """A list that was emptied shows an organ that did not publish rightly as missing; otherwise nobody can know."""
    assert site.outage
    if published and said.url is not None:
        return
    if site.outage == "emptied" and said.status is Status.MISSING and not published:
        return
    if said.status is not Status.UNKNOWN or said.cause not in third.OUTAGES[site.outage] | {"unconfirmed"}:
        measured.wrong_cause.append(where)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--sites", type=int, default=24)
    parser.add_argument("--organs", type=int, default=120)
    parser.add_argument("--outside", action="store_true", help="the province by another hand")
    parser.add_argument("--third", action="store_true", help="the province by a third hand")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    bad = 0
    for seed in given.seed:
        with tempfile.TemporaryDirectory() as folder:
            home = given.keep / str(seed) if given.keep else Path(folder)
            home.mkdir(parents=True, exist_ok=True)
            drawing = third.draw if given.third else by_outsiders if given.outside else draw
            got = measure(seed, given.sites, given.organs, home, drawing)
        print(
            f"seed {seed}: found {got.found} of {got.to_find} published ({got.found / max(got.to_find, 1):.1%}), "
            f"published and called missing {len(got.accused)}, wrong document {len(got.wrong_document)}, "
            f"wrong cause {len(got.wrong_cause)}, left to a person {got.to_persons}, missing told {got.missing_right} of {got.missing_to_tell}, "
            f"requests {dict(got.requests)}, {got.seconds:.0f} s"
        )
        print("  statuses", dict(got.causes))
        for what in ("accused", "not_found", "wrong_document", "wrong_cause", "not_told"):
            for line in getattr(got, what):
                print(f"  {what}: {line}")
        bad += bool(got.accused or got.wrong_cause or got.wrong_document or got.found < 0.98 * got.to_find)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
