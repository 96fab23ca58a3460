"""`nianbao check`: reads and checks documents, without archive or database."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from threading import local
from typing import Any, Self, TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crawler.cli.options import format_option
from crawler.reading import File, NoReader, Reader, Result
from reports import load, to_json

SOUND, FAULTY, FAILED = 0, 1, 2
AHEAD = 256  # documents that are read while one before them still takes its time


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, allow_dash=True))
@format_option
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Reading processes (default: one a core).")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Append JSON lines to this file, in the order of reading; what it already holds is not read again.",
)
def check(paths: tuple[Path, ...], format_: str, jobs: int | None, output: Path | None) -> None:
    """Read reports from PATHS (files, folders; `-` is standard input) and say what is wrong in them.

    Exit status: 0 sound, 1 findings of severity error, 2 a document that cannot be read, or none.

    \b
    Example:
      nianbao check report.pdf article.html --format jsonl
      nianbao check season/ --output checked.jsonl
    """
    done = _already(output)
    files = list(files_in(paths))
    todo = [path for path in files if str(path) not in done]
    status = max(done.values(), default=SOUND if files else FAILED)
    if not files:
        click.echo("nianbao: no file in there", err=True)
    if done:
        click.echo(f"nianbao: {len(files) - len(todo)} of {len(files)} were read before, as {output} says", err=True)
    try:
        with ReaderPool(min(jobs or os.cpu_count() or 1, max(1, len(todo)))) as pool, _Progress(len(todo)) as progress:
            for path, result in pool.read(todo, ordered=output is None):
                status = max(status, _tell(path, result, format_, output))
                progress.advance()
    except NoReader as error:
        click.echo(f"nianbao: {error}", err=True)
        status = FAILED
    sys.exit(status)


class ReaderPool:
    """Several worker processes behind threads that wait for them. A context manager."""

    def __init__(self, jobs: int) -> None:
        self._threads = ThreadPoolExecutor(jobs)
        self._mine = local()
        self._readers: list[Reader] = []

    def __enter__(self) -> ReaderPool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:  # Ctrl-C does not wait for documents that take minutes
            for reader in self._readers:
                reader.close()
        self._threads.shutdown(cancel_futures=True)
        for reader in self._readers:
            reader.close()

    def read(self, paths: list[Path], *, ordered: bool) -> Iterator[tuple[Path, Result]]:
        """In the order of `paths`, or as they come. Never far ahead, so that no folder fills the memory."""
        rest = iter(paths)
        waiting = {self._threads.submit(self._read, path): path for path in islice(rest, AHEAD)}
        while waiting:
            ready = {next(iter(waiting))} if ordered else wait(waiting, return_when=FIRST_COMPLETED).done
            for future in ready:
                yield waiting.pop(future), future.result()
                waiting |= {self._threads.submit(self._read, path): path for path in islice(rest, 1)}

    def _read(self, path: Path) -> Result:
        try:
            data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        except OSError as error:
            return Result("unreadable", error.strerror or str(error))
        if not hasattr(self._mine, "reader"):
            self._mine.reader = Reader()
            self._readers.append(self._mine.reader)
        reader: Reader = self._mine.reader
        return reader.read(File(str(path), None, data))


class _Progress:
    """On standard error: a bar where a person watches, else a line with every tenth of a longer way."""

    def __init__(self, total: int) -> None:
        console = Console(stderr=True)
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("documents"), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=total < 10 or not console.is_terminal, transient=True)
        self._task = self._bar.add_task("", total=total)
        self._lines = total >= 100 and not console.is_terminal
        self._done, self._total = 0, total

    def advance(self) -> None:
        self._bar.advance(self._task)
        self._done += 1
        if self._lines and self._done * 10 // self._total > (self._done - 1) * 10 // self._total:
            click.echo(f"nianbao: {self._done} of {self._total} documents", err=True)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def files_in(paths: tuple[Path, ...]) -> Iterator[Path]:
    """Folders as the files in them, hidden ones left out."""
    for path in paths:
        if path.is_dir():
            inner = (p for p in path.rglob("*") if not any(part.startswith(".") for part in p.relative_to(path).parts))
            yield from sorted(p for p in inner if p.is_file())
        else:
            yield path


def _already(output: Path | None) -> dict[str, int]:
    """Source → status of what an earlier run wrote; a last line that was cut off is dropped from the file."""
    if output is None or not output.exists():
        return {}
    done: dict[str, int] = {}
    whole = 0
    with output.open("rb+") as file:
        for line in file:
            try:
                told = json.loads(line)
            except ValueError:
                break
            if not line.endswith(b"\n"):
                break
            done[told["source"]] = _status(told)
            whole += len(line)
        file.truncate(whole)
    return done


def _status(told: dict[str, Any]) -> int:
    if "state" in told:
        return FAILED
    return FAULTY if any(finding["severity"] == "error" for finding in told["findings"]) else SOUND


def _tell(path: Path, result: Result, format_: str, output: Path | None) -> int:
    if result.report is None:
        click.echo(f"nianbao: {path}: {result.state}: {result.detail}", err=True)
        if output is not None:
            _append(output, {"source": str(path), "state": result.state, "detail": result.detail})
        return FAILED
    told = to_json(load(result.report))
    if output is not None:
        _append(output, told)
    else:
        click.echo(_line(told) if format_ == "jsonl" else _in_words(told))
    return _status(told)


def _append(output: Path, told: dict[str, Any]) -> None:
    file: TextIO
    with output.open("a", encoding="utf-8") as file:
        file.write(_line(told) + "\n")


def _line(told: dict[str, Any]) -> str:
    """JSON in UTF-8, whatever bytes a file's name has: those of a name in GBK are escapes that lead back to it."""
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _in_words(told: dict[str, Any]) -> str:
    if not (told["organ"] or told["year"] or told["form"] or told["findings"]):
        return f"{told['source']}: readable, but no annual report that we know (不是能够识别的年度报告)"
    filled = sum(1 for value in told["cells"].values() if value is not None)
    head = f"{told['source']}: {told['organ']} {told['year']}, form {told['form']}, "
    return "\n".join([f"{head}{filled} of {len(told['cells'])} cells", *in_words(told["findings"])])


def in_words(findings: list[dict[str, Any]]) -> Iterator[str]:
    """Findings as lines for a person."""
    for finding in findings:
        cells = " ".join(finding["cells"][:8]) + (" …" if len(finding["cells"]) > 8 else "")
        yield f"  {finding['severity']:8} {finding['code']} {cells}\n           {finding['message']}"
        yield f"           {finding['message_en']}"
        if finding["cause"]:
            yield f"           ← {finding['cause']['cell']} = {finding['cause']['value']}?"
