"""Crawl processes run beside one another, each with a log; what they print comes out as one stream. Knows no database.

Every process hangs on a pipe that only we hold: when we are killed, it dies too, and its browser with it.
"""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil

from crawler.job import Job

_ENDING = 30.0  # seconds that a process may take to end after its last word


@dataclass(frozen=True, slots=True)
class Told:
    """One line of what a process printed; None is its last word, after it has ended."""

    lane: int
    line: dict[str, Any] | None


def run(lanes: Sequence[Iterator[Job]], logs: Path) -> Iterator[Told]:
    """Runs each lane's jobs one after the other, the lanes beside one another.

    A lane's next job is asked for, in the caller's thread, before the last word of the one before it is handed out: it
    runs while the caller takes in what that one left.
    """
    logs.mkdir(parents=True, exist_ok=True)
    heard: queue.Queue[Told] = queue.Queue()
    running: dict[int, _Crawl] = {}
    try:
        for number, lane in enumerate(lanes):
            if job := next(lane, None):
                running[number] = _Crawl(job, logs, number, heard)
        while running:
            told = heard.get()
            if told.line is None:
                running.pop(told.lane).end()
                if job := next(lanes[told.lane], None):
                    running[told.lane] = _Crawl(job, logs, told.lane, heard)
            yield told
    finally:
        for crawl in running.values():
            crawl.kill()


class _Crawl:
    """One process and the threads that feed it and listen to it."""

    def __init__(self, job: Job, logs: Path, lane: int, heard: queue.Queue[Told]) -> None:
        theirs, self._lifeline = os.pipe()
        try:
            with (logs / f"{job.prefix}.log").open("ab") as errors:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", "crawler.visit", "--lifeline", str(theirs)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    pass_fds=[theirs],
                    start_new_session=True,
                )
        finally:
            os.close(theirs)
        assert self._process.stdin and self._process.stdout
        threading.Thread(target=_feed, args=[self._process.stdin, job.dump()], daemon=True).start()
        threading.Thread(target=_listen, args=[self._process.stdout, lane, heard], daemon=True).start()

    def end(self) -> None:
        try:
            self._process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            pass  # it has said everything, and yet does not go
        self.kill()

    def kill(self) -> None:
        if self._process.poll() is None:
            for process in (*psutil.Process(self._process.pid).children(recursive=True), self._process):
                try:
                    process.kill()
                except psutil.Error:
                    continue
            self._process.wait()
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1


def _feed(stdin: IO[bytes], data: bytes) -> None:
    try:
        with stdin:
            stdin.write(data)
    except BrokenPipeError:
        return  # it died at once; the log says why, and every column counts as not visited


def _listen(stdout: IO[bytes], lane: int, heard: queue.Queue[Told]) -> None:
    for text in stdout:
        try:
            line = json.loads(text)
        except ValueError:
            continue  # half a line of a process that was killed
        heard.put(Told(lane, line))
    heard.put(Told(lane, None))
