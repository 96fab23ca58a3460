from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st

from alerts import tokens
from alerts.answers import Action, Answer, collect, drop, given, put
from alerts.errors import BadToken
from alerts.model import Subscriber
from alerts.tell import tell
from storage import database, queries
from storage.database import Database
from storage.records import Event
from tests.alerts.cases import HEAD, OFFICER, organ, plain
from tests.alerts.test_tell import ASSESSED, NOW

SECRET = b"0123456789abcdef"
CHIEF = Subscriber("处长", "chief@yunxi.example", ledger=False)
CLERK = replace(OFFICER, ledger=False)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with database.open(f"sqlite:///{tmp_path / 'nianbao.db'}") as opened:
        queries.upsert_organs(opened, [organ("a"), organ("b")])
        queries.put_assessments(opened, [ASSESSED, replace(ASSESSED, organ="b")])
        yield opened


def answer(action: Action, at: datetime = NOW, days: int | None = None) -> Answer:
    until = at + timedelta(days=days) if days else None
    return Answer(action, "ZWGK@yunxi.example", "a", "ogi", 2023, at, until, "已电话催办")


def told(db: Database, kind: str, day: int, of: str = "a") -> set[str]:
    """Who is told of an event `day` days after NOW."""
    now = NOW + timedelta(days=day)
    event = Event(f"{kind}-{of}-{day}", now, of, "ogi", 2023, kind, None, kind)
    return {message.to for message in tell(db, [event], [CLERK, CHIEF], HEAD, now)}


BOTH = {CLERK.email, CHIEF.email}


def test_an_acknowledged_obligation_is_not_recalled_to_anybody_until_its_status_changes(db: Database) -> None:
    assert told(db, "overdue", 7) == BOTH
    put(db, [answer("acknowledge", NOW + timedelta(days=8))])
    assert told(db, "overdue", 14) == set()
    assert told(db, "overdue", 14, of="b") == BOTH
    assert told(db, "late", 15) == BOTH  # news, not a reminder
    queries.put_assessments(db, [replace(ASSESSED, at=NOW + timedelta(days=20), late_by=None)])
    assert told(db, "overdue", 30) == BOTH


def test_who_snoozes_hears_nothing_until_then_and_others_do(db: Database) -> None:
    put(db, [answer("snooze", days=10)])
    assert told(db, "overdue", 7) == told(db, "late", 8) == {CHIEF.email}
    assert told(db, "overdue", 14) == BOTH


def test_who_mutes_hears_no_more_of_that_report(db: Database) -> None:
    put(db, [answer("mute")])
    assert told(db, "withdrawn", 300) == {CHIEF.email}
    assert told(db, "withdrawn", 301, of="b") == BOTH


def test_answers_stand_on_record_with_who_when_and_why(db: Database) -> None:
    put(db, [answer("mute"), answer("mute")])
    (kept,) = queries.events(db)
    assert (kept.kind, kept.after, kept.at) == ("answer", "mute", NOW)
    assert kept.detail == {"subscriber": "ZWGK@yunxi.example", "until": None, "reason": "已电话催办"}
    assert tell(db, [kept], [CLERK], HEAD, NOW) == []


def test_answers_wait_in_a_folder_for_the_next_round(db: Database, tmp_path: Path) -> None:
    folder = tmp_path / "answers"
    assert collect(db, folder) == []
    for given_answer in (answer("acknowledge"), answer("snooze", days=3)):
        drop(folder, given_answer)
        drop(folder, given_answer)
    (folder / "0.json").write_bytes(b"\xff{")
    (folder / "1.json").write_text('{"action": 3}')
    (folder / "half.part").write_text("{")
    faults = collect(db, folder)
    assert len(faults) == 2 and all("set aside" in fault for fault in faults)
    assert {event.after for event in queries.events(db)} == {"acknowledge", "snooze"}
    assert sorted(path.name for path in folder.iterdir()) == ["0.bad", "1.bad", "half.part"]
    assert collect(db, folder) == []


def test_mails_about_what_is_missing_carry_a_signed_link_and_others_do_not(db: Database) -> None:
    head = replace(HEAD, secret=SECRET)
    event = Event("e", NOW, "a", "ogi", 2023, "missing", None, "missing")
    (message,) = tell(db, [event], [CLERK], head, NOW)
    (line,) = [line for line in plain(message).splitlines() if "/answers/" in line]
    token = line.rpartition("/")[2]
    assert tokens.read(SECRET, token, NOW) == {
        "subscriber": CLERK.email,
        "organ": "a",
        "series": "ogi",
        "year": "2023",
    }
    assert "/answers/" not in plain(tell(db, [replace(event, id="f", kind="revised")], [CLERK], head, NOW)[0])


def test_no_answers_silence_nothing(db: Database) -> None:
    assert told(db, "missing", 1) == BOTH
    assert given(queries.events(db))._given == {}


# Tokens


@forall(st.dictionaries(st.text(max_size=20).filter(lambda key: key != "exp"), st.text(max_size=40), max_size=4))
def test_a_token_says_what_was_signed(words: dict[str, str]) -> None:
    token = tokens.sign(SECRET, words, NOW)
    assert tokens.read(SECRET, token, NOW - timedelta(seconds=1)) == words
    assert token.isascii() and not set(token) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.")


@forall(st.one_of(st.text(max_size=60), st.just("x" * 3000), st.just("e30.e30")))
def test_anything_else_is_no_token(text: str) -> None:
    with pytest.raises(BadToken):
        tokens.read(SECRET, text, NOW)


@forall(st.data())
def test_a_token_with_one_mark_changed_is_no_token(data: st.DataObject) -> None:
    token = tokens.sign(SECRET, {"organ": "a"}, NOW + timedelta(days=1))
    place = data.draw(st.integers(0, len(token) - 1))
    mark = data.draw(st.sampled_from("Aab0-_.").filter(lambda mark: mark != token[place]))
    changed = token[:place] + mark + token[place + 1 :]
    try:
        assert tokens.read(SECRET, changed, NOW) == {"organ": "a"}  # only unused bits of the last mark may differ
        assert place in (token.index(".") - 1, len(token) - 1)
    except BadToken:
        pass


def test_a_token_expires_and_is_bound_to_the_secret() -> None:
    token = tokens.sign(SECRET, {"organ": "a"}, datetime(2024, 1, 1, tzinfo=UTC))
    with pytest.raises(BadToken, match="expired"):
        tokens.read(SECRET, token, datetime(2024, 1, 2, tzinfo=UTC))
    with pytest.raises(BadToken, match="not signed"):
        tokens.read(b"another", token, datetime(2023, 1, 1, tzinfo=UTC))
