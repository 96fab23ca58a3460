from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.deliver import LONGEST_PAUSE, deliver, pause
from alerts.errors import BadSettings
from alerts.smtp import Server, SmtpTransport
from storage import database, queries
from storage.database import Database
from storage.records import Message, Posted
from tests.alerts.certificate import certificate
from tests.alerts.mailserver import MailServer, closed_port

NOW = datetime(2024, 2, 1, 15, 59, 59, tzinfo=UTC)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database.open(f"sqlite:///{tmp_path / 'nianbao.db'}") as opened:
        yield opened


def message(n: int, at: datetime = NOW) -> Message:
    return Message(
        id=f"m{n}@monitor.example",
        at=at,
        to=f"officer{n}@yunxi.example",
        subject=f"〔年报监测〕第{n}封",
        text="林业局未发布\n",
        html="<p>林业局未发布</p>",
        headers={"From": "Nianbao 年报监测 <nianbao@monitor.example>", "Content-Language": "zh-CN"},
        attachments=(("台账.xlsx", "application/octet-stream", b"PK"),),
    )


def transport(port: int, url: str = "smtp://127.0.0.1:{}", context: ssl.SSLContext | None = None) -> SmtpTransport:
    return SmtpTransport(Server.from_url(url.format(port)), "monitor.example", timeout=5, context=context)


def outbox(db: Database) -> list[tuple[str, str, int]]:
    return [(posted.message.id[:2], posted.state, posted.tries) for posted in queries.messages(db)]


def only(db: Database) -> Posted:
    (posted,) = queries.messages(db)
    return posted


def test_every_message_is_delivered_once_and_says_what_was_written(db: Database) -> None:
    queries.put_messages(db, [message(1), message(2), message(3)])
    with MailServer() as server, transport(server.port) as smtp:
        told = deliver(db, smtp, NOW)
        again = deliver(db, smtp, NOW)
    assert (told.sent, told.complete, again.sent) == (3, True, 0)
    assert server.ids == ["m1@monitor.example", "m2@monitor.example", "m3@monitor.example"]
    first = server.taken[0]
    assert first.get_content_type() == "multipart/mixed"
    assert [part.get_content_type() for part in first.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "application/octet-stream",
    ]
    assert first["Date"] == "Thu, 01 Feb 2024 23:59:59 +0800"
    assert all(line.isascii() for line in first.as_string().splitlines())


def test_a_server_that_is_down_is_one_clear_line_and_nothing_is_lost(db: Database) -> None:
    queries.put_messages(db, [message(1), message(2)])
    port = closed_port()
    with transport(port) as smtp:
        told = deliver(db, smtp, NOW)
    assert not told.complete and told.waiting == 2
    assert told.faults == (
        f"mail server 127.0.0.1:{port} cannot be reached: Connection refused; messages wait, nothing is lost",
    )
    assert outbox(db) == [("m1", "pending", 1), ("m2", "pending", 0)]
    with MailServer() as server, transport(server.port) as smtp:
        assert deliver(db, smtp, NOW).sent == 2
    assert sorted(server.ids) == ["m1@monitor.example", "m2@monitor.example"]


def test_a_day_of_outage_delivers_each_message_once_afterwards(db: Database) -> None:
    queries.put_messages(db, [message(n) for n in range(5)])
    port = closed_port()
    for hour in range(24):
        with transport(port) as smtp:
            deliver(db, smtp, NOW + timedelta(hours=hour))
    with MailServer() as server, transport(server.port) as smtp:
        told = deliver(db, smtp, NOW + timedelta(days=1))
    assert told.sent == 5 and sorted(server.ids) == [f"m{n}@monitor.example" for n in range(5)]


def test_4xx_is_tried_again_after_a_pause_that_doubles(db: Database) -> None:
    queries.put_messages(db, [message(1)])
    with MailServer(lambda _: "451 try later") as server, transport(server.port) as smtp:
        told = deliver(db, smtp, NOW)
        assert told.deferred == 1 and told.faults == ("to officer1@yunxi.example: later: 451 try later",)
        assert only(db).next_try == NOW + timedelta(minutes=1)
        assert deliver(db, smtp, NOW + timedelta(seconds=59)).complete
        deliver(db, smtp, NOW + timedelta(minutes=30))
        assert only(db).next_try == NOW + timedelta(minutes=60)
        server.answer = lambda _: "250 OK"
        assert deliver(db, smtp, NOW + timedelta(minutes=31), impatient=True).sent == 1
    assert outbox(db) == [("m1", "sent", 3)]


def test_4xx_is_given_up_after_five_days_and_stays_visible(db: Database) -> None:
    queries.put_messages(db, [message(1)])
    with MailServer(lambda _: "452 mailbox full") as server, transport(server.port) as smtp:
        assert deliver(db, smtp, NOW + timedelta(days=6)).dead == 1
    assert only(db).state == "dead"
    assert only(db).error == "given up after 5 days: 452 mailbox full"


@pytest.mark.parametrize("where", ["recipient", "data"])
def test_5xx_is_a_dead_letter_and_the_others_go_out(db: Database, where: str) -> None:
    queries.put_messages(db, [message(1)])
    with MailServer() as server, transport(server.port) as smtp:
        if where == "data":
            server.answer = lambda _: "554 no thanks"
        else:
            server.recipient_answer = "554 no thanks"
        told = deliver(db, smtp, NOW)
        server.answer, server.recipient_answer = (lambda _: "250 OK"), "250 OK"
        queries.put_messages(db, [message(2)])
        assert deliver(db, smtp, NOW).sent == 1
    assert told.dead == 1 and told.faults == ("to officer1@yunxi.example: not deliverable: 554 no thanks",)
    assert outbox(db) == [("m1", "dead", 1), ("m2", "sent", 1)]


def test_a_recipient_put_off_at_rcpt_is_tried_later(db: Database) -> None:
    queries.put_messages(db, [message(1)])
    with MailServer() as server, transport(server.port) as smtp:
        server.recipient_answer = "450 greylisted"
        assert deliver(db, smtp, NOW).deferred == 1
    assert outbox(db) == [("m1", "pending", 1)]


def test_a_line_cut_after_the_message_was_taken_sends_the_same_id_again(db: Database) -> None:
    queries.put_messages(db, [message(1), message(2)])
    with MailServer(lambda _: "drop after") as server, transport(server.port) as smtp:
        told = deliver(db, smtp, NOW)
        assert told.waiting == 2 and "broke off" in told.faults[0]
        server.answer = lambda _: "250 OK"
        assert deliver(db, smtp, NOW).sent == 2
    assert set(server.ids) == {"m1@monitor.example", "m2@monitor.example"}
    assert server.ids.count("m1@monitor.example") == 2


def test_a_connection_closed_between_two_messages_is_opened_again(db: Database) -> None:
    with MailServer() as server, transport(server.port) as smtp:
        queries.put_messages(db, [message(1)])
        assert deliver(db, smtp, NOW).sent == 1
        assert smtp._connection is not None and smtp._connection.sock is not None
        smtp._connection.sock.shutdown(2)
        queries.put_messages(db, [message(2)])
        assert deliver(db, smtp, NOW).sent == 1


class Killed(BaseException):
    pass


def test_a_process_killed_between_sending_and_noting_it_sends_the_same_message_again(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries.put_messages(db, [message(1), message(2)])

    def killed(*_: object) -> None:
        raise Killed

    with MailServer() as server, transport(server.port) as smtp:
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(queries, "mark_sent", killed)
            deliver(db, smtp, NOW)
        assert deliver(db, smtp, NOW).sent == 2
    assert server.ids == ["m1@monitor.example", "m1@monitor.example", "m2@monitor.example"]
    assert server.taken[0].as_bytes() == server.taken[1].as_bytes()


def test_without_a_server_everything_waits_and_the_line_says_what_to_set(db: Database) -> None:
    assert deliver(db, None, NOW).complete
    queries.put_messages(db, [message(1)])
    told = deliver(db, None, NOW)
    assert told.waiting == 1 and "NIANBAO_SMTP_URL" in told.faults[0]


def test_starttls_and_a_password(db: Database, tmp_path: Path) -> None:
    ours, theirs = certificate(tmp_path)
    queries.put_messages(db, [message(1)])
    with MailServer(tls=theirs, login=("nianbao", "se:cr@t/")) as server:
        url = "smtp://nianbao:{}@127.0.0.1:{{}}?starttls"
        with transport(server.port, url.format("wrong"), ours) as smtp:
            told = deliver(db, smtp, NOW)
            assert told.waiting == 1 and "refuses the user name or password (535)" in told.faults[0]
        with transport(server.port, url.format("se%3Acr%40t%2F")) as smtp:
            assert "certificate verify failed" in deliver(db, smtp, NOW).faults[0]
        with transport(server.port, url.format("se%3Acr%40t%2F"), ours) as smtp:
            assert deliver(db, smtp, NOW).sent == 1
    assert "se:cr@t" not in repr(Server.from_url("smtp://u:se%3Acr%40t@host"))


def test_starttls_is_not_given_up_when_the_server_does_not_offer_it(db: Database) -> None:
    queries.put_messages(db, [message(1)])
    with MailServer() as server, transport(server.port, "smtp://127.0.0.1:{}?starttls") as smtp:
        told = deliver(db, smtp, NOW)
    assert told.waiting == 1 and "STARTTLS" in told.faults[0] and server.taken == []


@pytest.mark.parametrize(
    "url", ["mail.example:25", "http://mail.example", "smtp://", "smtp://h:99999", "smtp://h?tls=1"]
)
def test_a_server_url_of_another_shape_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(BadSettings):
        Server.from_url(url.replace("//", "//user:hunter2@"))
    with pytest.raises(BadSettings) as refused:
        Server.from_url(url)
    assert "hunter2" not in str(refused.value)


def test_ports_and_security_follow_the_scheme() -> None:
    assert Server.from_url("smtp://h") == Server("h", 25, "none")
    assert Server.from_url("smtp://h?starttls") == Server("h", 587, "starttls")
    assert Server.from_url("smtps://u:p%20w@h") == Server("h", 465, "tls", "u", "p w")


def test_pauses_grow_with_age_and_end_somewhere() -> None:
    ages = [timedelta(minutes=minutes) for minutes in (0, 1, 2, 60, 10_000)]
    assert [pause(age) for age in ages] == [timedelta(minutes=m) for m in (1, 1, 2, 60)] + [LONGEST_PAUSE]
