"""A season as an officer meets it: portals on loopback, the command line, a mail server; scripted by hand."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.mailserver import MailServer
from tests.replay.town import SCRIPT, Town, moment, open_town

pytestmark = pytest.mark.soak
OFFICER = "officer@town.example"
SUBSCRIBERS = f"""
subscribers:
  - {{name: 县政务公开办, email: {OFFICER}}}
  - {{name: Newsroom, email: news@town.example, language: en, severity: error, delivery: immediate}}
  - {{name: 值班, email: duty@town.example, role: operator}}
"""


@dataclass
class Played:
    boards: dict[str, dict[str, Any]]  # round to organ to what `status` says
    again: dict[str, dict[str, Any]]  # the same asked when the season was over
    told: list[dict[str, Any]]
    mails: list[Message]


class Desk:
    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.environment = os.environ | {
            "NIANBAO_HOME": str(home),
            "NIANBAO_ALLOW_ADDRESSES": "127.0.0.0/8",
            "NIANBAO_DELAY": "0",
            "NIANBAO_SMTP_URL": f"smtp://127.0.0.1:{port}",
        }

    def run(self, *words: str) -> str:
        command = [sys.executable, "-m", "crawler", *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    def lines(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.run(*words, "--format", "jsonl").splitlines()]

    def board(self, day: str) -> dict[str, Any]:
        return {item["organ"]: item for item in self.lines("status", "--year", SCRIPT["year"], "--as-of", day)}

    def register(self, town: Town, day: str) -> None:
        file = self.home / "organs.json"
        file.write_text(json.dumps(town.register(moment(day, end=True)), ensure_ascii=False), "utf-8")
        self.run("organs", "import", str(file))


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home = tmp_path_factory.mktemp("town")
    (home / "subscribers.yaml").write_text(SUBSCRIBERS, "utf-8")
    boards = {}
    with open_town() as town, MailServer() as server:
        desk = Desk(home, server.port)
        for day in SCRIPT["rounds"]:
            town.at(moment(day, end=True))
            desk.register(town, day)
            desk.run("run", "--year", SCRIPT["year"], "--as-of", day)
            boards[day] = desk.board(day)
        again = {day: desk.board(day) for day in SCRIPT["rounds"]}
        yield Played(boards, again, desk.lines("told"), server.taken)


def said(item: dict[str, Any]) -> str:
    by = f" by {item['late_by']}" if item["late_by"] else ""
    cause = f" ({item['cause']})" if item["status"] == "unknown" else ""
    return item["status"] + by + cause + "".join(f" +{m}" for m in ("withdrawn", "revised", "backdated") if item[m])


@pytest.mark.parametrize("organ", SCRIPT["organs"])
def test_the_board_says_on_every_day_what_was_true(played: Played, organ: str) -> None:
    told: dict[str, str] = SCRIPT["organs"][organ]["board"]
    truth, want = {}, ""
    for day in SCRIPT["rounds"]:
        want = told.get(day, want)
        if want:
            truth[day] = want
    assert {day: said(board[organ]) for day, board in played.boards.items() if organ in board} == truth


@pytest.mark.parametrize("organ", SCRIPT["organs"])
def test_the_officer_hears_of_each_thing_once_and_on_its_day(played: Played, organ: str) -> None:
    truth = {
        (moment(day, end=True).astimezone(UTC).isoformat(), kind)
        for day, kind in SCRIPT["organs"][organ].get("told", [])
    }
    told = [
        (message["composed"].replace("Z", "+00:00"), event["kind"])
        for message in played.told
        for event in message["events"]
        if message["to"] == OFFICER and event["organ"] == organ
    ]
    assert sorted(told) == sorted(truth)


def test_any_day_is_judged_again_as_it_was(played: Played) -> None:
    late = {
        organ for organ, told in SCRIPT["organs"].items() if "from" in told
    }  # were not on the register on earlier days
    for day, board in played.boards.items():
        assert {
            organ: item for organ, item in played.again[day].items() if organ in board or organ not in late
        } == board


def test_every_mail_arrives_once_and_a_round_without_news_sends_none(played: Played) -> None:
    assert Counter(mail["Message-ID"] for mail in played.mails).most_common(1)[0][1] == 1
    assert len(played.mails) == len(played.told) and all(message["state"] == "sent" for message in played.told)
    assert not [message for message in played.told if message["composed"].startswith(("2023-12", "2024-01-16"))]
