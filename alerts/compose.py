"""Turns cases into mails: one digest a subscriber and round, or one mail a cause. The same cases, the same mail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from alerts.choose import choose
from alerts.hours import send_at
from alerts.letters import Letter, cause_of, write
from alerts.mime import mailbox
from alerts.model import Case, Letterhead, Subscriber
from alerts.text import clean
from storage.records import Message

_TEMPLATES = Path(__file__).parent / "templates"
_SPACE = uuid5(NAMESPACE_URL, "https://nianbao.invalid/alerts")  # of our Message-IDs; never change it


def compose(cases: Iterable[Case], subscriber: Subscriber, head: Letterhead, now: datetime) -> list[Message]:
    """What `subscriber` is to be sent about `cases`: nothing, one digest, or one mail a cause where that is wanted."""
    chosen = choose(cases, subscriber)
    if not chosen:
        return []
    by_cause: dict[tuple[str, ...], list[Case]] = {}
    for case in chosen:
        alone = subscriber.delivery == "immediate" or case.event.kind in subscriber.immediate
        by_cause.setdefault(cause_of(case) if alone else (), []).append(case)
    return [_message(group, subscriber, head, now) for group in by_cause.values()]


def _message(cases: Sequence[Case], subscriber: Subscriber, head: Letterhead, now: datetime) -> Message:
    letter = write(cases, subscriber, head, now)
    events = tuple(sorted(case.event.id for case in cases))
    domain = head.address.rpartition("@")[2]
    identity = uuid5(_SPACE, "|".join(("message", subscriber.email.casefold(), *events)))
    thread = f"<{_thread(cases, subscriber)}@{domain}>"
    return Message(
        id=f"{identity}@{domain}",
        at=send_at(subscriber, now),
        to=subscriber.email,
        subject=clean(letter.subject, 200),
        text=_render("letter.txt", letter),
        html=_render("letter.html", letter),
        headers={
            "From": mailbox(head.name, head.address),
            "To": mailbox(subscriber.name, subscriber.email),
            "References": thread,
            "In-Reply-To": thread,
            "Content-Language": letter.language,
        },
        events=events,
    )


def _thread(cases: Sequence[Case], subscriber: Subscriber) -> str:
    """All mails of one obligation, or all digests of one year, hang together in the reader's mailbox."""
    events = [case.event for case in cases]
    names = [
        subscriber.email.casefold(),
        *sorted({f"{event.series}/{event.year}" for event in events}),
    ]
    if len({event.organ for event in events}) == 1:
        names.append(events[0].organ)
    return str(uuid5(_SPACE, "|".join(("thread", *names))))


def _render(template: str, letter: Letter) -> str:
    words = letter.words
    text = (
        _environment()
        .get_template(template)
        .render(
            letter=letter,
            words=words,
            count=lambda n: words["organs_one"] if n == 1 else words("organs", n=n),
            short=lambda reference: reference[-8:],
            colon="：" if words.language == "zh" else ": ",
            side=88 if words.language == "zh" else 100,
        )
    )
    return re.sub(r"\n{3,}", "\n\n", text)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
    )
