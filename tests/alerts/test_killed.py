"""A process that dies at any point between an event and its mails' arrival: each arrives, none under a second id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from alerts.deliver import deliver
from alerts.model import Subscriber
from alerts.smtp import Server, SmtpTransport
from alerts.tell import tell
from storage import database, queries
from storage.database import Database
from storage.records import Message
from tests.alerts.cases import HEAD, organ
from tests.alerts.mailserver import MailServer
from tests.alerts.test_tell import ASSESSED, NOW, event

PEOPLE = [Subscriber(f"p{n}", f"p{n}@yunxi.example", ledger=False) for n in range(3)]


class Killed(BaseException):
    """Nothing of ours catches it, as nothing catches SIGKILL."""


class Fuse:
    """Burns down with every point that is passed, and kills at the last."""

    def __init__(self, length: int) -> None:
        self.left = length

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def around(self, done: Callable[..., Any]) -> Callable[..., Any]:
        def fused(*given: Any, **named: Any) -> Any:
            self.burn()
            result = done(*given, **named)
            self.burn()
            return result

        return fused


@contextmanager
def opened(folder: Path) -> Iterator[Database]:
    with database.open(f"sqlite:///{folder / 'nianbao.db'}") as db:
        yield db


class Wire:
    def __init__(self, transport: SmtpTransport, fuse: Fuse) -> None:
        self.send: Callable[[Message], None] = fuse.around(transport.send)


def round_of(db: Database, port: int, fuse: Fuse) -> None:
    """Judge, tell, deliver, as `nianbao run` does."""
    queries.upsert_organs(db, [organ("a")])
    queries.put_assessments(db, [ASSESSED])
    tell(db, [event("a")], PEOPLE, HEAD, NOW)
    with SmtpTransport(Server("127.0.0.1", port, "none"), "monitor.example", timeout=5) as transport:
        deliver(db, Wire(transport, fuse), NOW)


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with MailServer() as running:
        yield running


@pytest.mark.parametrize("length", range(1, 24))
def test_killed_anywhere_and_started_again_each_mail_arrives_under_its_one_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: MailServer, length: int
) -> None:
    server.taken.clear()
    fuse = Fuse(length)
    with monkeypatch.context() as patch, pytest.raises(Killed), opened(tmp_path) as db:
        for module, name in ((queries, "put_events"), (queries, "mark_sent"), (Database, "insert_new")):
            patch.setattr(module, name, fuse.around(getattr(module, name)))
        round_of(db, server.port, fuse)
        raise Killed  # the fuse was longer than the round
    with opened(tmp_path) as db:
        round_of(db, server.port, Fuse(0))
        states = [posted.state for posted in queries.messages(db)]
    assert states == ["sent"] * 3
    by_person: dict[str, set[str]] = {}
    for message in server.taken:
        by_person.setdefault(message["To"], set()).add(message["Message-ID"])
    assert len(by_person) == 3 and all(len(ids) == 1 for ids in by_person.values())
    assert len(server.taken) <= 4  # only the one in flight may come twice


def test_events_without_their_mails_are_never_on_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as db:
        queries.upsert_organs(db, [organ("a")])
        queries.put_assessments(db, [ASSESSED])
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(Database, "insert_new", Fuse(3).around(Database.insert_new))  # at the messages
            tell(db, [event("a")], PEOPLE, HEAD, NOW)
        assert queries.events(db) == [] and queries.messages(db) == []
        assert len(tell(db, [event("a")], PEOPLE, HEAD, NOW)) == 3
