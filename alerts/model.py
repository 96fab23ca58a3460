"""The room's own words: who is told (subscriber), what about (case), in whose name (letterhead)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time
from email.utils import parseaddr
from typing import Literal

from alerts.errors import BadSettings
from portals.model import Organ, Series
from reports.model import Finding
from storage.records import Assessment, Event, Visit

Language = Literal["zh", "en"]
Severity = Literal["error", "warning", "doubtful", "info"]
Role = Literal["officer", "operator"]

NAME = "Nianbao 年报监测"  # of the sender, where the settings give only an address


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Whom to tell. Empty `regions` and `organs` are everything; empty `kinds` are all kinds but `due`."""

    name: str
    email: str
    language: Language = "zh"
    regions: tuple[str, ...] = ()  # GB/T 2260 codes, each with all that lies under it
    organs: tuple[str, ...] = ()  # ids, beside the regions
    kinds: tuple[str, ...] = ()  # event kinds
    severity: Literal["error", "warning", "info"] = "warning"  # the least that is told
    delivery: Literal["digest", "immediate"] = "digest"
    immediate: tuple[str, ...] = ()  # kinds that go out by themselves although the rest is a digest
    after_days: int = 0  # told of what is missing only when it is so many days past due: the next person up
    quiet: tuple[time, time] | None = None  # hours in Beijing in which no mail goes out: from, up to
    working_days: bool = False  # mail goes out on working days only
    channels: tuple[str, ...] = ()  # names in channels.yaml that are told the same, beside the mail
    role: Role = "officer"  # an operator is also told what we may have misread
    ledger: bool = True  # whether digests carry the ledger of the subscriber's organs


@dataclass(frozen=True, slots=True)
class Revision:
    """What the newest version changed, and when: after `last_seen` of the one before, by its own `first_seen`."""

    last_seen: datetime
    first_seen: datetime
    form: str | None  # whose cells they are
    cells: tuple[tuple[str, str, str], ...]  # (name, before, after); "" is a cell without a value


@dataclass(frozen=True, slots=True)
class Case:
    """An event with what a person must know to act on it. What is not known stays empty and is not mentioned."""

    event: Event
    organ: Organ
    assessment: Assessment
    series: Series
    ground_zh: str = ""
    ground_en: str = ""
    findings: tuple[Finding, ...] = ()
    visits: tuple[Visit, ...] = ()  # oldest first
    revision: Revision | None = None


@dataclass(frozen=True, slots=True)
class Letterhead:
    """In whose name the mails go out, and where the pages stand that they link to."""

    address: str
    name: str = NAME
    public_url: str | None = None  # of the web pages, without a slash at the end; None: mails name ids only
    secret: bytes | None = field(default=None, repr=False)  # signs the links to answer by; None: there are none

    @classmethod
    def of(cls, mailbox: str, public_url: str | None, secret: bytes | None = None) -> Letterhead:
        """From a setting such as `Nianbao <nianbao@monitor.example>`. Raises BadSettings."""
        name, address = parseaddr(mailbox)
        if not is_address(address):
            raise BadSettings(f"the sender must be a mailbox such as Nianbao <nianbao@host.example>, not {mailbox!r}")
        return cls(address, name or NAME, public_url.rstrip("/") if public_url else None, secret)


# Deliberately narrow: one mailbox, no comments, no quoted local part, nothing that could carry a second header.
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?")


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None
