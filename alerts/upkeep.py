"""Letters to operators about the archive itself: what its daily upkeep found. Never to officers: it is our fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from alerts.mime import mailbox
from alerts.model import Letterhead, Subscriber
from alerts.text import clean
from alerts.words import Words
from storage.records import Message


def letters(
    subscribers: Iterable[Subscriber],
    head: Letterhead,
    now: datetime,
    *,
    damaged: bool,
    found: Sequence[str],
    left: int = 0,
) -> list[Message]:
    """One letter an operator. `damaged`: the archive is not what it was; otherwise only what is around it fails."""
    return [_letter(one, head, now, damaged, found, left) for one in subscribers if one.role == "operator"]


def _letter(to: Subscriber, head: Letterhead, now: datetime, damaged: bool, found: Sequence[str], left: int) -> Message:
    words = Words(to.language)
    subject = words("upkeep_damaged" if damaged else "upkeep_trouble", day=words.day(now.date()))
    lines = [words("greeting", name=to.name), "", words["upkeep_todo" if damaged else "upkeep_around"], ""]
    lines += [f"* {clean(one)}" for one in found]
    lines += [words("upkeep_more", n=left)] if left else []
    identity = uuid5(NAMESPACE_URL, f"https://nianbao.invalid/upkeep/{to.email}/{now.isoformat()}")
    return Message(
        id=f"{identity}@{head.address.rpartition('@')[2]}",
        at=now,
        to=to.email,
        subject=clean(subject),
        text="\n".join(lines) + "\n",
        headers={
            "From": mailbox(head.name, head.address),
            "To": mailbox(to.name, to.email),
            "Content-Language": "zh-CN" if to.language == "zh" else "en",
        },
    )
