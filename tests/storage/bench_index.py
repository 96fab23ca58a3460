"""How quickly the index grows and answers. `python -m tests.storage.bench_index [captures] [sqlite|postgresql]`.

Ten captures an address in the end, in rounds over all of them, host by host, as visits to sites bring them. Prints
insert rate and answer times at each power of ten; a figure, not a test. The rate is by the clock, and follows whatever
else the machine does; the time of CPU beside it, ours and the server's, does so much less.
"""

from __future__ import annotations

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import psutil

import storage.database
from storage import cdx, ingest, queries
from storage.archive import Record
from storage.database import Database
from storage.ids import Ids
from storage.records import Capture
from storage.urls import urlkey
from tests.storage.postgres import server

PYWB = Path(__file__).parents[2] / ".tools" / "pywb" / "bin" / "python"  # as the soak installs it
START = datetime(2020, 1, 1, tzinfo=UTC)
BUSY = "http://www.busy.gov.cn/"
chance = random.Random(1)


def address(number: int) -> str:
    return f"http://www.organ{number // 29}.gov.cn/zwgk/zfxxgknb/{2010 + number % 16}/t{number}.html"


def record(number: int, addresses: int) -> Record:
    url = address(number % addresses)
    at = START + timedelta(days=number // addresses, milliseconds=number % addresses * 800)
    digest = "sha256:" + sha256(url.encode()).hexdigest()
    identity = Ids(lambda: at, chance.randbytes(8))()
    capture = Capture(
        identity, "response", url, urlkey(url), at, 200, "text/html", digest, 28_000, "127.0.0.1",
        f"crawl-{number // 50_000:05d}.warc.gz", number % 50_000 * 5_000,
    )  # fmt: skip
    leaf = sha256(identity.encode()).digest()
    return Record("response", identity, capture.offset, capture.offset + 5_000, capture, hash=leaf)


def cpu(db: Database) -> float:
    """Seconds that this process and the database's server have computed so far."""
    if db.dialect == "sqlite":
        return time.process_time()
    with db.read() as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    server = psutil.Process(pid).parent()
    assert server
    spent = sum(server.cpu_times()[:4])  # its own, and that of its processes that have ended
    return time.process_time() + spent + sum(sum(child.cpu_times()[:2]) for child in server.children())


def grow(db: Database, start: int, end: int, addresses: int) -> str:
    """Captures a second, and the time of CPU for each; computing of the rows included in neither."""
    spent = computed = 0.0
    for first in range(start, end, 2000):
        batch = ingest._Gain({}, [])
        for number in range(first, min(first + 2000, end)):
            ingest._add(batch, f"crawl-{number // 50_000:05d}.warc.gz", record(number, addresses), lambda _: None)
        before, begun = cpu(db), time.perf_counter()
        ingest._commit(db, f"crawl-{first // 50_000:05d}.warc.gz", first, batch, first)
        spent += time.perf_counter() - begun
        computed += cpu(db) - before
    return f"{(end - start) / spent:,.0f} captures/s, CPU {computed / (end - start) * 1e6:.0f} µs each"


def busy(db: Database) -> None:
    """One address with three whole pages of mementos."""
    batch = ingest._Gain({}, [])
    for number in range(3000):
        found = record(number, 3000)
        assert found.capture
        one = replace(found.capture, url=BUSY, urlkey=urlkey(BUSY))
        ingest._add(batch, "busy.warc.gz", replace(found, capture=one, hash=None), lambda _: None)
    ingest._commit(db, "busy.warc.gz", 1, batch, 0)


def times(
    question: Callable[[], object], repeat: int = 300, clock: Callable[[], float] = time.perf_counter
) -> list[float]:
    """Milliseconds."""
    taken = []
    for _ in range(repeat):
        begun = clock()
        question()
        taken.append((clock() - begun) * 1000)
    return taken


def told(taken: list[float]) -> str:
    return f"median {statistics.median(taken):6.2f} ms, p95 {statistics.quantiles(taken, n=20)[-1]:6.2f} ms"


def answers(db: Database, total: int, addresses: int) -> None:
    def some() -> str:
        return address(chance.randrange(addresses))

    def moment() -> datetime:
        return START + timedelta(days=chance.random() * 10)

    questions: dict[str, Callable[[], object]] = {
        "TimeGate": lambda: queries.memento(db, some(), moment()),
        "last known": lambda: queries.memento_until(db, some(), moment()),
        "for a request": lambda: queries.latest_capture(db, some()),
        "history of a URL": lambda: queries.captures(db, some()),
        "TimeMap page": lambda: queries.timemap(db, some()),
        "TimeMap, 1,000": lambda: queries.timemap(db, BUSY, 2),
        "CDX, one host": lambda: list(cdx.lines(db, cdx.CdxQuery(some(), "host", limit=100))),
    }
    for name, question in questions.items():
        computed = statistics.median(times(question, clock=time.process_time))
        print(f"  {total:>9,}  {name:<18} {told(times(question))}, CPU {computed:5.2f} ms", flush=True)


def against_pywb(db: Database, total: int, addresses: int) -> None:
    """The history of an address, and pywb's lookup of the same in a CDXJ file of the same captures; in time of CPU."""
    keys = [urlkey(address(chance.randrange(addresses))) for _ in range(300)]
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "index.cdxj"
        with lines.open("w", encoding="utf-8") as stream:
            captures = (record(number, addresses).capture for number in range(total))
            written = (cdx.cdxj_line(cdx.line_of(one, one.file, one.offset, 5_000)) for one in captures if one)
            stream.writelines(f"{line}\n" for line in sorted(written))
        command = [PYWB, Path(__file__).with_name("pywb_lookup.py"), lines]
        done = subprocess.run(command, input="\n".join(keys), capture_output=True, text=True, check=True)
    theirs = [float(line) for line in done.stdout.split()]
    ours = times(lambda: queries.captures(db, address(chance.randrange(addresses))), clock=time.process_time)
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"  {total:>9,}  CPU, history       {told(ours)}; pywb's {told(theirs)}; ratio {ratio:.1f}", flush=True)


def run(url: str, total: int) -> None:
    addresses = max(total // 10, 1)
    with storage.database.open(url) as db:
        done = 0
        busy(db)
        for goal in (10_000, 100_000, 1_000_000, 10_000_000):
            if goal > total:
                break
            print(f"  {goal:>9,}  insert             {grow(db, done, goal, addresses)}", flush=True)
            done = goal
            answers(db, goal, addresses)
        if PYWB.exists() and db.dialect == "sqlite":  # PostgreSQL spends its time elsewhere
            against_pywb(db, done, addresses)


def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    kinds = sys.argv[2:] or ["sqlite", "postgresql"]
    if "sqlite" in kinds:
        with tempfile.TemporaryDirectory() as home:
            print("SQLite")
            run(f"sqlite:///{home}/bench.db", total)
            print(f"  {Path(home, 'bench.db').stat().st_size / 1e6:,.0f} MB")
    if "postgresql" in kinds:
        with server() as url:
            print("PostgreSQL")
            run(url, total)


if __name__ == "__main__":
    main()
