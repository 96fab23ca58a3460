"""What can go wrong with the sample province. Faults of its data are all told at once, with file and line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with one line of a data file."""

    file: str
    line: int  # from 1
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class SampleError(Exception):
    """The sample province cannot be loaded or served."""


class ProvinceFaults(SampleError):
    """The data files have faults; `faults` names them all."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class PortBusy(SampleError):
    """Another program has the port on one of the province's addresses."""
