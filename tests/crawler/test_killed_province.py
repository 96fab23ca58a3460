"""Kills at random moments of a crawl of the sample province: what was acknowledged is there, and all of it is whole."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import IO

import psutil
import pytest

import crawler.visit
from crawler.config import Config, load_config
from crawler.stages import processes
from crawler.stages.crawl import crawl
from crawler.workplace import open_workplace
from portals.load import load_organs
from storage import queries
from storage.archive import Archive
from storage.database import Database
from storage.verify import verify
from tests.storage.make import warcio_check
from tests.storage.test_index import rows

FIRST = datetime(2024, 2, 20, 12, tzinfo=UTC)
YEAR, SERIES = 2023, "ogi"
WHILE_IT_WRITES = 0.85  # share of the kills; the others come while processes start or the index is brought up
ONE_ROUND = 100_000  # bytes, more or less: kills are spread by what was written, not by time, for machines are shared
WITH_A_BROWSER = 0.2  # share of the crawls: it takes more time than all the rest
NO_BROWSER = "/nonexistent"


@contextmanager
def province(home: Path) -> Iterator[None]:
    """The sample province in a process of its own, and its organs in `home`'s register."""
    command = [sys.executable, "-m", "sample"]
    with subprocess.Popen(
        [*command, "--port", "0", "--now", f"{FIRST:%F}"], stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout
        port = next(
            match[1] for line in server.stdout if (match := re.search(r"clock and log: http://[\d.]+:(\d+)", line))
        )
        told = subprocess.run([*command, "--port", port, "--organs", "json"], check=True, capture_output=True)
        (home / "organs.json").write_bytes(told.stdout)
        (home / "nianbao.toml").write_text('allow_addresses = "127.77.0.0/16"\ndelay = 0\n')
        with open_workplace(load_config(home, {})) as place:
            queries.upsert_organs(place.db, load_organs(home / "organs.json"))
        try:
            yield
        finally:
            server.terminate()


def crawling(config: Config, as_of: datetime) -> tuple[int, int]:
    """`nianbao crawl` in a fork, for starting Python costs more than crawling; (its pid, a pipe with what it told)."""
    receive, send = os.pipe()
    pid = os.fork()
    if pid:
        os.close(send)
        return pid, receive
    try:
        os.close(receive)
        processes.subprocess = SimpleNamespace(**vars(subprocess) | {"Popen": Forked})  # type: ignore[assignment]
        with open_workplace(config, as_of) as place:
            done = crawl(place, SERIES, YEAR, lambda _done, _all, what: _tell(send, what))
        if done.whole:
            _tell(send, "whole")
    except BaseException as error:  # noqa: BLE001 - a child of a fork must not go on as pytest
        _tell(send, f"fault {error!r}")
    finally:
        os._exit(0)


class Forked:
    """Takes the place of `subprocess.Popen` in that fork: a crawl process without two seconds of imports."""

    def __init__(self, command: list[str], *, stderr: IO[bytes], pass_fds: list[int], **_: object) -> None:
        (their_in, our_out), (our_in, their_out) = os.pipe(), os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            self._become(command, their_in, their_out, stderr.fileno(), pass_fds[0])
        os.close(their_in)
        os.close(their_out)
        self.stdin, self.stdout = open(our_out, "wb"), open(our_in, "rb")  # noqa: SIM115, PTH123 - pipes
        self._status: int | None = None

    @staticmethod
    def _become(command: list[str], told: int, telling: int, errors: int, lifeline: int) -> None:
        try:
            os.setsid()
            for number, end in enumerate((told, telling, errors)):
                os.dup2(end, number)
            os.closerange(3, lifeline)
            os.closerange(lifeline + 1, 1024)
            sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
            sys.argv = command[2:]
            crawler.visit.main()
        finally:
            os._exit(0)

    def poll(self) -> int | None:
        if self._status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self._status = status if pid else None
        return self._status

    def wait(self, timeout: float = 60) -> int:
        until = time.monotonic() + timeout
        while (status := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("crawler.visit", timeout)
            time.sleep(0.02)
        return status


def _tell(pipe: int, what: str) -> None:
    os.write(pipe, what.encode() + b"\n")


def killed(pid: int, chance: random.Random, archive: Path) -> None:
    """SIGKILL for the crawl or for one of its processes, when it has written so much."""
    parent = psutil.Process(pid)
    wanted = _size(archive) + chance.randrange(1, ONE_ROUND) if chance.random() < WHILE_IT_WRITES else 0
    while _alive(parent) and _size(archive) < wanted:
        time.sleep(0.02)
    time.sleep(chance.random() * 0.1)
    children = parent.children() if _alive(parent) else []
    for victim in [chance.choice([parent, *children])] if _alive(parent) else []:
        victim.kill()
    if not children or chance.random() < 0.5:
        return
    time.sleep(0.2)  # the other one too, while it clears up
    if _alive(parent):
        parent.kill()


def _size(archive: Path) -> int:
    return sum(path.stat().st_size for path in archive.glob("*.gz"))


def _alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_500_kills_during_a_crawl_of_the_sample_province_lose_nothing_acknowledged(tmp_path: Path) -> None:
    chance = random.Random(int(os.environ.get("SEED", "1")))
    kills, day = int(os.environ.get("KILLS", "500")), FIRST
    until = time.monotonic() + int(os.environ.get("SECONDS", "3000"))
    archive = tmp_path / "archive"
    acknowledged: set[tuple[str, datetime]] = set()  # (column, moment of the round)
    made = whole = 0
    with province(tmp_path):
        config = load_config(tmp_path, {})
        while made < kills and time.monotonic() < until:
            chromium = config.chromium_path if chance.random() < WITH_A_BROWSER else NO_BROWSER
            chosen = replace(config, processes=chance.choice((1, 2)), chromium_path=chromium)
            pid, receive = crawling(chosen, day)
            killed(pid, chance, archive)
            with os.fdopen(receive, "rb") as stream:
                told = stream.read().decode().split("\n")[:-1]
            _, status = os.waitpid(pid, 0)
            made += os.WIFSIGNALED(status) or "whole" not in told
            assert not any(line.startswith("fault") for line in told), told
            acknowledged.update((line.rpartition(" ")[0], day) for line in told if line.rpartition(" ")[0])
            if not os.WIFSIGNALED(status) and "whole" in told:
                whole, day = whole + 1, day + timedelta(days=1)
        _gone(tmp_path)
    print(f"{made} kills, {whole} rounds came to their end, {len(acknowledged)} visits acknowledged")
    with open_workplace(config) as place:
        assert queries.ingest(place.db, place.archive).damaged == ()
        assert _lost(place.db, place.archive, acknowledged) == []
        assert warcio_check(archive) == ""
        assert verify(place.db, place.archive).faults == ()
        before = rows(place.db)
        queries.reindex(place.db, place.archive)
        assert rows(place.db) == before


def _gone(home: Path) -> None:
    """No crawl process outlives who started it."""
    left = [one for one in psutil.process_iter() if "crawler.visit" in " ".join(_words(one))]
    ours = [one for one in left if str(home) in json.dumps(_files(one))]
    assert psutil.wait_procs(ours, 30)[1] == []


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def _files(process: psutil.Process) -> list[str]:
    try:
        return [one.path for one in process.open_files()]
    except psutil.Error:
        return []


def _lost(db: Database, archive: Archive, acknowledged: set[tuple[str, datetime]]) -> list[str]:
    """Acknowledged visits that the index has not, and captures of any visit that it has not or cannot give back."""
    visits = queries.visits(db)
    known = {(visit.column_url, visit.at) for visit in visits}
    lost = [f"visit to {column} of {at}" for column, at in acknowledged if (column, at) not in known]
    names = [name for visit in visits for name in visit.captures]
    names += [name for visit in visits for candidate in visit.candidates for name in candidate.captures]
    found = queries.captures_by_id(db, list(dict.fromkeys(names)))
    lost += [name for name in names if name not in found]
    for capture in found.values():
        archive.payload(capture)
    return lost
