"""Reading in a process of its own, with limits on time, memory and output, because documents are hostile.

One worker reads one file after another; one that hangs or dies is replaced, and the file gets a state of its own. A
file over which a worker died is tried once more: somebody else may have killed it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from crawler.convert import to_docx
from reports import dump, read_report
from reports.kinds import detect
from reports.model import Unreadable

SECONDS = 300.0  # for one file; a scanned page takes some seconds
MEMORY = 3 << 30  # bytes of address space; OCR needs the most
LARGEST = 100 << 20  # bytes of one file
ANSWER = 64 << 20  # bytes of one answer; the longest real report makes 300 KB
STARTING = 120.0  # seconds that a worker may take until it is ready, on a machine with much else to do
FILES = 500  # a worker reads no more than these, so that what a library leaks does not add up


READY = b"ready"


class NoReader(RuntimeError):
    """The process that reads cannot be had: a fault of this machine, whatever the document is."""


@dataclass(frozen=True, slots=True)
class File:
    """One document as it came."""

    source: str  # its URL or path
    media_type: str | None  # as the server claimed
    data: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """What came of reading a file: `report`, as `reports.dump` gives it, if `state` is "read"; else `detail`."""

    state: str
    detail: str = ""
    report: dict[str, Any] | None = None


class Reader:
    """Reads files in a worker process. A context manager: the worker ends with it."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._seconds, self._memory = seconds, memory
        self._left = FILES
        self._closed = False
        self._fell = ""  # how the last worker that died did so
        self._worker: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def read(self, file: File) -> Result:
        """Never raises for what is in the file; NoReader when the process itself cannot be had."""
        if len(file.data) > LARGEST:
            return Result("too_large", f"{len(file.data)} bytes; {LARGEST} are read")
        return (
            self._try(file)
            or self._try(file)
            or Result("broken", f"{self._fell}; a limit was reached or a library fell")
        )

    def _try(self, file: File) -> Result | None:
        """None when the worker died over the file."""
        pipe = self._ready()
        try:
            pipe.send(file)
            if not pipe.poll(self._seconds):
                self._stop()
                return Result("too_long", f"not read within {self._seconds:.0f} s")
            answer = Result(**json.loads(pipe.recv_bytes(ANSWER)))
        except (EOFError, OSError, ValueError, TypeError):  # the last two: no answer of ours
            self._fell = f"the reader ended with status {self._stop()}"
            return None
        self._left -= 1
        if self._left <= 0:
            self._stop()
        return answer

    def close(self) -> None:
        """From whichever thread: nothing is read any more, and what is being read ends in NoReader."""
        self._closed = True
        self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready(self) -> Connection:
        if self._closed:
            raise NoReader("the reader was closed")
        pipe = self._pipe or self._start() or self._start()  # once more: somebody else may have killed the first
        if pipe is None:
            raise NoReader(f"the reading process does not start; {self._fell}")
        return pipe

    def _start(self) -> Connection | None:
        """A worker that has come up, so that a start that fails or drags is not blamed on a document; None without."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._worker = context.Process(target=_work, args=(theirs, self._memory), daemon=True)
        self._worker.start()
        theirs.close()
        self._left = FILES
        pipe = self._pipe
        try:
            ready = pipe.poll(STARTING) and pipe.recv_bytes() == READY
        except (EOFError, OSError):
            ready = False
        if ready:
            return pipe
        self._fell = f"the reader ended with status {self._stop()}"
        return None

    def _stop(self) -> int | None:
        worker, pipe = self._worker, self._pipe
        self._worker = self._pipe = None
        if pipe:
            pipe.close()
        if worker is None:
            return None
        worker.join(0.2)
        if worker.pid is not None:
            _end_group(worker.pid)
        worker.kill()
        worker.join()
        return worker.exitcode


def _end_group(leader: int) -> None:
    """The worker leads a group of its own: a LibreOffice that it started goes with it."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it has gone already, or never became a leader
        pass


def _work(pipe: Connection, memory: int) -> None:
    os.setpgid(0, 0)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy, when a picture wants it, reserves memory for each core
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    pipe.send_bytes(READY)
    while True:
        try:
            file: File = pipe.recv()
        except (EOFError, OSError):
            return
        pipe.send_bytes(json.dumps(_read(file)).encode())


def _end_with_parent() -> None:
    """A parent that was killed can stop nobody: no hanging document may outlive it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.killpg(0, signal.SIGKILL)


def _read(file: File) -> dict[str, Any]:
    try:
        kind = detect(file.data, file.media_type)
        if kind in ("doc", "rtf"):
            report = read_report(to_docx(file.data, kind), source=file.source, converted=True)
        else:
            report = read_report(file.data, source=file.source, media_type=file.media_type)
    except Unreadable as error:
        return {"state": error.state, "detail": str(error)}
    except MemoryError:
        return {"state": "too_large", "detail": "it takes more memory than reading may use"}
    except RecursionError:
        return {"state": "broken", "detail": "it is nested too deeply"}
    return {"state": "read", "report": dump(report)}
