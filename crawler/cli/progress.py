"""Progress bars on standard error, one a stage; plain silence where nobody watches."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Bars:
    """A context manager; `told` is what a round wants as its progress."""

    def __init__(self, label: str = "") -> None:
        columns = (
            TextColumn("{task.description:18}"),
            BarColumn(30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[what]}", style="dim"),
        )
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._label = label
        self._tasks: dict[str, TaskID] = {}

    def told(self, stage: str, done: int, total: int, what: str) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self._progress.add_task(f"{self._label}{stage}", what="")
        self._progress.update(self._tasks[stage], completed=done, total=total, what=what[:60])

    def of(self, stage: str) -> Callable[[int, int, str], None]:
        return lambda done, total, what: self.told(stage, done, total, what)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()
