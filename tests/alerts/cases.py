"""Cases to tell people about, and a mail taken apart."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from typing import Any

from alerts.mime import as_bytes
from alerts.model import Case, Letterhead, Subscriber
from portals.model import Organ, Series
from reports.model import Cause, Finding
from storage.records import Assessment, Event, Message, Status

NOW = datetime(2024, 3, 11, 15, 59, 59, tzinfo=UTC)
HEAD = Letterhead("nianbao@monitor.example", public_url="http://127.0.0.1:8000")
OFFICER = Subscriber("云溪市政务公开办", "zwgk@yunxi.example")
SERIES = Series(
    key="ogi",
    name_zh="政府信息公开工作年度报告",
    name_en="Annual report on open government information",
    titles=(),
    lookalikes=(),
    first_year=2008,
)


def organ(key: str, name: str = "云溪市林业局", region: str = "511900", host: str = "lyj.yunxi.example") -> Organ:
    return Organ(key, name, (), "city", "department", region, None, None, f"http://{host}/nb/")


def case(kind: str, of: Organ, findings: tuple[Finding, ...] = (), **told: Any) -> Case:
    assessment = Assessment(
        organ=of.id,
        series="ogi",
        year=2023,
        at=NOW,
        due_notice=date(2024, 1, 31),
        due_statute=date(2024, 1, 31),
        status=Status.MISSING,
    )
    event = Event(f"{kind}-{of.id}", NOW, of.id, "ogi", 2023, kind, None, kind)
    return Case(event, of, replace(assessment, **told), SERIES, "《条例》第四十九条", "Regulations, Art. 49", findings)


def finding(code: str = "sum.handled", severity: Any = "error", cause: Cause | None = None) -> Finding:
    return Finding(
        code, severity, f"{code} 不平", f"{code} does not foot", ("requests.handled.total",), 12, 13, cause=cause
    )


def parsed(message: Message) -> EmailMessage:
    mail = email.message_from_bytes(as_bytes(message), policy=email.policy.SMTP)
    assert isinstance(mail, EmailMessage)
    return mail


def plain(message: Message) -> str:
    return body(message, "plain")


def html(message: Message) -> str:
    return body(message, "html")


def body(message: Message, kind: str) -> str:
    part = parsed(message).get_body((kind,))
    assert part is not None
    return str(part.get_content())
