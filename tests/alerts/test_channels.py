from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from alerts.channels import CHANNEL, LONGEST, Channels, load_channels
from alerts.deliver import deliver
from alerts.errors import BadSubscribers
from alerts.smtp import Server, SmtpTransport
from alerts.tell import tell
from storage import queries
from storage.database import Database
from tests.alerts.cases import HEAD, OFFICER
from tests.alerts.mailserver import MailServer, closed_port
from tests.alerts.test_tell import NOW, event
from tests.alerts.test_tell import db as db


class Hook:
    """A webhook on loopback."""

    def __init__(self) -> None:
        self.status, self.taken = 200, list[dict[str, str]]()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if hook.status == 200:
                    hook.taken.append(json.loads(body))
                self.send_response(hook.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"json://127.0.0.1:{self._server.server_port}/"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def __enter__(self) -> Hook:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as running:
        yield running


SUBSCRIBER = replace(OFFICER, channels=("duty",), ledger=False)


def states(db: Database) -> dict[str, str]:
    return {posted.message.channel: posted.state for posted in queries.messages(db)}


def test_a_channel_is_told_the_same_as_the_mail(db: Database, hook: Hook) -> None:
    mail, copy = tell(db, [event("a")], [SUBSCRIBER], HEAD, NOW)
    assert (copy.channel, copy.to, copy.subject, copy.events) == (CHANNEL, "duty", mail.subject, mail.events)
    with MailServer() as server, SmtpTransport(Server("127.0.0.1", server.port, "none"), "x.example") as smtp:
        told = deliver(db, smtp, NOW, others={CHANNEL: Channels({"duty": hook.address})})
    assert (told.sent, len(server.taken)) == (2, 1)
    (taken,) = hook.taken
    assert taken["title"] == mail.subject and "云溪市林业局" in taken["message"]
    assert len(taken["message"]) <= LONGEST + 10


def test_a_mail_server_that_is_down_does_not_hold_up_a_channel_nor_the_other_way_round(
    db: Database, hook: Hook
) -> None:
    tell(db, [event("a")], [SUBSCRIBER], HEAD, NOW)
    channels = {CHANNEL: Channels({"duty": hook.address})}
    with SmtpTransport(Server("127.0.0.1", closed_port(), "none"), "x.example") as smtp:
        told = deliver(db, smtp, NOW, others=channels)
    assert (told.sent, told.waiting, len(told.faults)) == (1, 1, 1)
    assert states(db) == {"mail": "pending", CHANNEL: "sent"}


def test_a_channel_that_does_not_answer_is_tried_later(db: Database, hook: Hook) -> None:
    tell(db, [event("a")], [SUBSCRIBER], HEAD, NOW)
    hook.status = 503
    told = deliver(db, None, NOW, others={CHANNEL: Channels({"duty": hook.address})})
    assert (told.deferred, told.waiting) == (1, 1)
    assert states(db)[CHANNEL] == "pending"


def test_a_channel_that_is_not_named_any_more_is_a_dead_letter_and_none_at_all_waits(db: Database) -> None:
    tell(db, [event("a")], [SUBSCRIBER], HEAD, NOW)
    assert deliver(db, None, NOW).waiting == 2
    assert deliver(db, None, NOW, others={CHANNEL: Channels({})}).dead == 1


def test_channels_are_read_from_a_file_and_a_faulty_one_shows_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text("channels:\n  duty: json://127.0.0.1/secret\n")
    assert load_channels(path) == {"duty": "json://127.0.0.1/secret"}
    path.write_text("channels:\n  duty: json://127.0.0.1/\n  other: bogus://secret\n  third: 3\n")
    with pytest.raises(BadSubscribers) as refused:
        load_channels(path)
    assert [fault.line for fault in refused.value.faults] == [3, 4] and "secret" not in str(refused.value)


@pytest.mark.parametrize("text", ["", "[]", "channels: 3", "a: {}", "channels: [\n"])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "channels.yaml").write_text(text)
    with pytest.raises(BadSubscribers):
        load_channels(tmp_path / "channels.yaml")
