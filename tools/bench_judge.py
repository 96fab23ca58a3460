"""A province's season through the database: 100,000 obligations judged, and a day on which one in a hundred changed.

python -m tools.bench_judge [--organs 100000] [--visits 4] [--shared 50]
Half of the organs have a column of their own, the others share one with so many. Two in three have published. Prints
seconds of one core for the whole season, for the day, for telling of it, and the most memory that the process held.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.clock import frozen_clock
from crawler.config import load_config
from crawler.stages.judge import judge
from crawler.stages.notify import notify
from crawler.workplace import Workplace, open_workplace
from portals.model import Organ
from reports.version import VERSION
from storage import queries
from storage.evidence import known
from storage.ingest import _visit_rows
from storage.models import ObservationRow, ReadingRow, SettledRow, VisitRow
from storage.readings import _observation_row
from storage.records import Candidate, Observation, Outcome, Sighting, Visit

FIRST = datetime(2024, 1, 29, 1, tzinfo=UTC)
SUBSCRIBERS = "subscribers:\n" + "".join(
    f"  - {{name: p{n}, email: p{n}@monitor.example, regions: ['98{n:02}00']}}\n" for n in range(1, 21)
)


def organs(count: int, shared: int) -> list[Organ]:
    found = []
    for number in range(count):
        column = f"http://c{number // shared}.example/nb/" if number % 2 else f"http://o{number}.example/nb/"
        region = f"98{1 + number % 20:02}00"
        found.append(
            Organ(f"o{number:06}", f"第{number}号机关", (), "county", "department", region, None, None, column)
        )
    return found


def visits(of: list[Organ], at: datetime, round_: int, publishes: set[str]) -> Iterator[Visit]:
    by_column: dict[str, list[Organ]] = {}
    for organ in of:
        by_column.setdefault(organ.column_url or "", []).append(organ)
    for number, (column, group) in enumerate(by_column.items()):
        page = f"00000000-0000-4000-{round_:04}-{number:012}"
        shown = [organ for organ in group if organ.id in publishes]
        links = tuple(Sighting(f"{column}old/{n}.html", f"往年年度报告{n}", None, page) for n in range(8))
        sightings = links + tuple(Sighting(url_of(one), title_of(one), date(2024, 1, 20), page) for one in shown)
        taken = tuple(
            Candidate(
                one.id, "ogi", 2023, url_of(one), title_of(one), 0.97, ("title", "organ"), True,
                (f"00000001-0000-4000-{round_:04}-{int(one.id[1:]):012}",), dates=(("list", date(2024, 1, 20)),),
            )
            for one in shown
        )  # fmt: skip
        names = tuple(organ.id for organ in group)
        yield Visit(f"{round_}-{column}", at, column, names, 2023, Outcome.COMPLETE, "", (page,), sightings, taken)


def url_of(organ: Organ) -> str:
    return f"{organ.column_url}{organ.id}.html"


def title_of(organ: Organ) -> str:
    return f"{organ.name}2023年政府信息公开工作年度报告"


def put(place: Workplace, made: Iterator[Visit]) -> int:
    """As ingest and reading would have left them; how many."""
    rows: dict[Any, list[dict[str, Any]]] = {}
    total = 0
    with place.db.write() as connection:
        serial = known(connection) + 1
        for visit in made:
            total += 1
            for table, found in _visit_rows(visit, "bench.warc.gz", 0):
                rows.setdefault(table, []).extend(found)
            for number, one in enumerate(visit.candidates):
                key = f"reading {one.organ}"
                spot = {"visit": visit.id, "number": number}
                seen = Observation(
                    one.organ, "ogi", 2023, visit.at, one.url, one.title, one.captures, "d1", key, one.dates
                )
                rows.setdefault(ObservationRow, []).append(spot | _observation_row(seen))
                settled = {"reader_version": VERSION, "key": key, "serial": serial}
                rows.setdefault(SettledRow, []).append(spot | settled)
                reading = {"key": key, "reader_version": VERSION, "serial": 1, "state": "read", "detail": ""}
                counts = {"error": int(one.organ[1:]) % 3 == 0}
                rows.setdefault(ReadingRow, []).append(reading | {"report": None, "findings": counts})
        for row in rows[VisitRow]:
            row["serial"] = serial
        for table, found in rows.items():
            place.db.upsert(connection, table, found)
    return total


def timed(what: str, place: Workplace, done: Any) -> None:
    began, cpu = time.monotonic(), time.process_time()
    found = done(place)
    seconds, used = time.monotonic() - began, time.process_time() - cpu
    print(f"  {what}: {used:.1f} CPU s, {seconds:.1f} s; {found}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organs", type=int, default=100_000)
    parser.add_argument("--visits", type=int, default=4, help="to every column, before the day")
    parser.add_argument("--shared", type=int, default=50)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "subscribers.yaml").write_text(SUBSCRIBERS, "utf-8")
        with open_workplace(load_config(Path(folder), {})) as opened:
            of = organs(given.organs, given.shared)
            queries.upsert_organs(opened.db, of)
            published = {organ.id for number, organ in enumerate(of) if number % 3}
            made = 0
            for number in range(given.visits):
                made += put(opened, visits(of, FIRST + timedelta(days=2 * number), number, published))
            now = FIRST + timedelta(days=2 * given.visits - 1)
            print(f"{given.organs} obligations, {made} visits of their columns", flush=True)
            place = replace(opened, clock=frozen_clock(now))
            queries.round_started(place.db, 2023, "ogi", now, now)
            timed("the whole season", place, lambda p: dict(judge(p, "ogi", 2023, lambda *_: None).statuses))
            timed("telling of it", place, lambda p: notify(p, "ogi", 2023))
            queries.round_finished(place.db, 2023, "ogi", now, now)
            changed = [of[number + number // 100 % 2] for number in range(0, len(of), 100)]
            later = now + timedelta(days=1)
            put(opened, visits(changed, later - timedelta(hours=1), 99, {organ.id for organ in of}))
            place = replace(opened, clock=frozen_clock(later))

            def day(p: Workplace) -> str:
                done = judge(p, "ogi", 2023, lambda *_: None)
                return json.dumps({"judged": done.anew, "changes": len(done.events)})

            timed("a day with one in a hundred changed", place, day)
            timed("telling of it", place, lambda p: notify(p, "ogi", 2023))
            print(f"  most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")


if __name__ == "__main__":
    main()
