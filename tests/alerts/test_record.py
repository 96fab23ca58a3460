from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.deliver import deliver
from alerts.mime import as_bytes
from alerts.record import Bounce, note_bounce, read_bounce, record
from alerts.smtp import Server, SmtpTransport
from alerts.tell import tell
from storage.database import Database
from storage.records import Message
from tests.alerts.cases import HEAD, OFFICER
from tests.alerts.mailserver import MailServer, accept
from tests.alerts.test_tell import NOW, event
from tests.alerts.test_tell import db as db


def bounce_of(message: Message, status: str = "5.1.1", whole: bool = True) -> bytes:
    """A delivery status notification as postfix writes it."""
    original = as_bytes(message)
    if not whole:
        original = original.partition(b"\r\n\r\n")[0] + b"\r\n"
    kind = b"message/rfc822" if whole else b"text/rfc822-headers"
    return (
        b"From: MAILER-DAEMON@mx.example\r\nTo: nianbao@monitor.example\r\nSubject: Undelivered\r\n"
        b"Message-ID: <dsn@mx.example>\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="B"\r\n\r\n'
        b"--B\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        b"--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        b"Final-Recipient: rfc822; zwgk@yunxi.example\r\nAction: failed\r\nStatus: " + status.encode() + b"\r\n"
        b"Diagnostic-Code: smtp; 550 no such user\r\n\r\n"
        b"--B\r\nContent-Type: " + kind + b"\r\n\r\n" + original + b"\r\n--B--\r\n"
    )


def sent(db: Database) -> Message:
    (message,) = tell(db, [event("a")], [OFFICER], HEAD, NOW)
    with MailServer(accept) as server, SmtpTransport(Server("127.0.0.1", server.port, "none"), "x.example") as smtp:
        assert deliver(db, smtp, NOW).sent == 1
    return message


def test_what_went_out_to_whom_when_and_why_can_be_asked(db: Database) -> None:
    message = sent(db)
    (told,) = record(db)
    assert (told.to, told.subject, told.state, told.tries) == (OFFICER.email, message.subject, "sent", 1)
    assert [(found.kind, found.organ) for found in told.events] == [("missing", "a")]
    assert len(record(db, organ="a")) == 1 and record(db, organ="b") == []
    assert record(db, recipient="nobody@x.example") == [] and record(db, state="dead") == []


@pytest.mark.parametrize("whole", [True, False])
def test_a_bounce_makes_the_message_a_dead_letter(db: Database, whole: bool) -> None:
    message = sent(db)
    found = note_bounce(db, bounce_of(message, whole=whole), NOW)
    assert found == Bounce(message.id, "5.1.1", "smtp; 550 no such user")
    (told,) = record(db)
    assert (told.state, told.error) == ("dead", "bounced: 5.1.1 smtp; 550 no such user")
    assert note_bounce(db, bounce_of(message), NOW) is None  # once is enough


def test_a_delay_or_a_bounce_of_somebody_elses_mail_changes_nothing(db: Database) -> None:
    message = sent(db)
    assert note_bounce(db, bounce_of(message, "4.4.1"), NOW) is None
    stranger = Message("other@x.example", NOW, "a@b.example", "x", "x", headers={"From": "x@y.example"})
    assert note_bounce(db, bounce_of(stranger), NOW) is None
    assert note_bounce(db, as_bytes(message), NOW) is None
    assert record(db)[0].state == "sent"


@given(st.binary(max_size=400), st.integers(0, 900))
def test_no_mail_breaks_the_reader_of_bounces(noise: bytes, place: int) -> None:
    template = bounce_of(Message("m@x.example", NOW, "a@b.example", "x", "x", headers={"From": "x@y.example"}))
    assert isinstance(read_bounce(noise), Bounce | None)
    assert isinstance(read_bounce(template[:place] + noise + template[place:]), Bounce | None)
