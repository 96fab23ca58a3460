"""What is wrong with a data file, and where: every fault at once, so that one look at the list mends the whole file.

This room's exceptions:

    PortalsError
    └── RegistryFaults   a data file was refused; nothing of it may be used
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MOST_FAULTS = 10_000
"""A file of half a million bad rows is told by its first faults; a list longer than this helps nobody."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in one place. `line` is from 1: a text file's line, a worksheet's row; None is the whole file."""

    file: str
    line: int | None
    column_name: str | None  # the column or key it is about; None is the row or file
    message_zh: str
    message_en: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {self.column_name}: {self.message_en}" if self.column_name else f"{where}: {self.message_en}"


class PortalsError(Exception):
    """Something in this room's data cannot be used."""


class RegistryFaults(PortalsError):
    """A data file was refused. `faults` has all of them, in the order in which they stand in the file."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: list[Fault] = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class FaultList:
    """Collects the faults of one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []
        self.left_out = 0

    def add(self, line: int | None, column_name: str | None, message_zh: str, message_en: str) -> None:
        if len(self.faults) >= MOST_FAULTS:
            self.left_out += 1
            return
        self.faults.append(Fault(self.file, line, column_name, message_zh, message_en))

    def __bool__(self) -> bool:
        return bool(self.faults)

    def raise_if_any(self) -> None:
        """Raises RegistryFaults when anything was added."""
        if not self.faults:
            return
        faults = sorted(self.faults, key=lambda fault: fault.line or 0)  # stable: columns stay in order within a line
        if self.left_out:
            zh, en = f"另有 {self.left_out} 处错误未列出", f"{self.left_out} more faults are not listed"
            faults.append(Fault(self.file, None, None, zh, en))
        raise RegistryFaults(faults)


def quote(value: object, limit: int = 60) -> str:
    """A value as it may stand in a message: one line, no control characters, cut when long."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[: limit + 1])
    return f"“{text[:limit]}…”" if len(text) > limit else f"“{text}”"
