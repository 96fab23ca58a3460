"""What can go wrong when people are told something, split by what the caller does next.

AlertError
├── BadSubscribers     the file is at fault: every fault at once, nothing is used
├── BadSettings        the mail settings are at fault: nothing can be sent until a person mends them
├── BadToken           a link in a mail that is not ours, or no longer
└── SendError          one attempt failed
    ├── ServerDown     the server, not the message: stop, keep everything, come back later
    ├── Deferred       4xx: this message later
    └── Refused        5xx: this message never
"""

from __future__ import annotations

from dataclasses import dataclass


class AlertError(Exception):
    """Root of the room's exceptions."""


@dataclass(frozen=True, slots=True)
class Fault:
    file: str
    line: int  # from 1
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class BadSubscribers(AlertError):
    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


class BadSettings(AlertError):
    pass


class BadToken(AlertError):
    pass


class SendError(AlertError):
    pass


class ServerDown(SendError):
    pass


class Deferred(SendError):
    pass


class Refused(SendError):
    pass
