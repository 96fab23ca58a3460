"""A scripted season, day by day through the real stages: what is judged and what arrives is what the script says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pytest

from crawler.clock import frozen_clock
from crawler.config import load_config
from crawler.stages.judge import assess, judge
from crawler.stages.notify import notify
from crawler.workplace import Workplace, open_workplace
from storage import queries
from storage.records import Assessment
from tests.alerts.cases import plain
from tests.alerts.mailserver import MailServer
from tests.replay.film import days_of, round_at
from tests.replay.script import load

SCRIPT = load(Path(__file__).with_name("season.yaml"))
PARTS = {part.organ.id: part for part in SCRIPT.parts}
OFFICER, OPERATOR = "zwgk@yunxi.example", "ops@monitor.example"
SUBSCRIBERS = f"""
subscribers:
  - {{name: 云溪市政务公开办, email: {OFFICER}, ledger: false}}
  - {{name: 值班, email: {OPERATOR}, role: operator, kinds: [doubtful]}}
"""

Told = list[tuple[date, str]]


@dataclass
class Played:
    boards: dict[date, dict[str, str]] = field(default_factory=dict)
    mails: dict[tuple[str, str], Told] = field(default_factory=dict)  # by recipient and organ
    texts: list[str] = field(default_factory=list)
    again: dict[date, bool] = field(default_factory=dict)  # whether that day, judged at the end, is what it was


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("season")
    (home / "subscribers.yaml").write_text(SUBSCRIBERS, "utf-8")
    played, found = Played(), {}
    with MailServer() as server, open_workplace(load_config(home, {})) as opened:
        config = replace(opened.config, smtp_url=f"smtp://127.0.0.1:{server.port}", mail_from="n@monitor.example")
        opened = replace(opened, config=config)
        for day in days_of(SCRIPT, opened):
            down = "421 not today" if day == SCRIPT.mail_server_down else "250 OK"
            server.answer = lambda _, down=down: down  # type: ignore[misc]
            place = replace(opened, clock=frozen_clock(round_at(day)))
            found[day] = make_round(place, server, day, played)
        for day in (SCRIPT.days[0], SCRIPT.days[12], SCRIPT.days[40], SCRIPT.days[-1]):
            played.again[day] = undated(assess(place, "ogi", SCRIPT.year, round_at(day))) == found[day]
    yield played


def make_round(place: Workplace, server: MailServer, day: date, played: Played) -> list[Assessment]:
    queries.round_started(place.db, SCRIPT.year, "ogi", place.clock(), place.clock())
    judge(place, "ogi", SCRIPT.year, lambda *_: None)
    found = undated(queries.assessments(place.db, SCRIPT.year, "ogi", place.clock()))
    played.boards[day] = {one.organ: in_words(one) for one in found}
    server.taken.clear()
    notify(place, "ogi", SCRIPT.year)
    queries.round_finished(place.db, SCRIPT.year, "ogi", place.clock(), place.clock())
    posted = {message.message.id: message.message for message in queries.messages(place.db)}
    events = {event.id: event for event in queries.events(place.db)}
    for identity in server.ids:
        message = posted[identity]
        played.texts.append(plain(message))
        for event in (events[key] for key in message.events):
            played.mails.setdefault((message.to, event.organ), []).append((day, event.kind))
            assert PARTS[event.organ].organ.name in plain(message)
    return found


def undated(found: list[Assessment]) -> list[Assessment]:
    """A board without since when each line of it has held."""
    return [replace(one, at=round_at(SCRIPT.days[0])) for one in found]


def in_words(one: Assessment) -> str:
    """An assessment in the script's words."""
    late = f" by {one.late_by}" if one.late_by else ""
    cause = f" ({one.cause})" if one.cause else ""
    marks = "".join(f" +{mark}" for mark in ("withdrawn", "revised", "backdated") if getattr(one, mark))
    return f"{one.status.value}{late}{cause}{marks}"


def expected(told: tuple[tuple[date, str], ...]) -> Told:
    return sorted((day, kind) for day, kinds in told for kind in kinds.split(" and "))


@pytest.mark.parametrize("organ", PARTS)
def test_the_board_says_on_every_day_what_the_script_says(season: Played, organ: str) -> None:
    said = {day: board[organ] for day, board in season.boards.items()}
    assert said == {day: PARTS[organ].board_on(day) for day in SCRIPT.days}


@pytest.mark.parametrize("organ", PARTS)
def test_the_officer_gets_the_mails_of_the_script_on_their_days_and_no_others(season: Played, organ: str) -> None:
    assert sorted(season.mails.get((OFFICER, organ), [])) == expected(PARTS[organ].mails)


@pytest.mark.parametrize("organ", PARTS)
def test_doubts_go_to_the_operator_alone(season: Played, organ: str) -> None:
    assert sorted(season.mails.get((OPERATOR, organ), [])) == expected(PARTS[organ].doubts)


def test_three_organs_behind_one_dead_list_are_one_matter(season: Played) -> None:
    (text,) = [text for text in season.texts if "qinglan-towns.example" in text and "未能核实" in text]
    assert all(PARTS[organ].organ.name in text for organ in ("baiyun", "heishui", "lushan"))
    assert text.count("主机 qinglan-towns.example") <= 1


def test_past_days_are_judged_again_at_the_end_as_they_were_judged_then(season: Played) -> None:
    assert all(season.again.values())
