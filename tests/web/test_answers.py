from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import icalendar
import pytest
from starlette.testclient import TestClient

from alerts import tokens
from alerts.answers import Answer
from storage import codec
from tests.web.filled import HOSTILE, MAR, Filled
from web.app import create_app

SECRET = b"0123456789abcdef"
WORDS = {"subscriber": "zwgk@yunxi.example", "organ": "yunxi-ly", "series": "ogi", "year": "2023"}


@pytest.fixture
def answering(season: Filled, tmp_path: Path) -> tuple[TestClient, Path]:
    app = create_app(season.db, season.archive, lambda: MAR, secret=SECRET, inbox=tmp_path / "answers")
    return TestClient(app), tmp_path / "answers"


def link(days: int = 1, **words: str) -> str:
    return "/answers/" + tokens.sign(SECRET, {**WORDS, **words}, MAR + timedelta(days=days))


def kept(folder: Path) -> list[Answer]:
    return [codec.from_json(Answer, path.read_bytes()) for path in folder.glob("*.json")]


def test_looking_at_the_link_answers_nothing(answering: tuple[TestClient, Path]) -> None:
    client, folder = answering
    page = client.get(link())
    assert page.status_code == 200 and "云溪市林业局" in page.text and "已知悉" in page.text
    assert not folder.exists()


def test_pressing_the_button_leaves_one_answer_for_the_next_round(answering: tuple[TestClient, Path]) -> None:
    client, folder = answering
    for _ in range(2):
        page = client.post(link(), data={"action": "snooze", "days": "14", "reason": f"已催办\r\n{HOSTILE}"})
        assert page.status_code == 200 and "2024-03-25 23:59" in page.text
    (answer,) = kept(folder)
    assert answer == Answer(
        "snooze", "zwgk@yunxi.example", "yunxi-ly", "ogi", 2023, MAR, MAR + timedelta(days=14), f"已催办 {HOSTILE}"
    )


@pytest.mark.parametrize("form", [{}, {"action": "delete"}, {"action": ["mute", "x"]}])
def test_an_answer_that_is_none_is_refused(answering: tuple[TestClient, Path], form: dict[str, object]) -> None:
    client, folder = answering
    assert client.post(link(), data=form).status_code == 400
    assert not folder.exists()


def test_a_form_that_is_too_long_is_refused(answering: tuple[TestClient, Path]) -> None:
    client, _ = answering
    assert client.post(link(), data={"action": "mute", "reason": "x" * 9000}).status_code == 413


@pytest.mark.parametrize("path", ["/answers/x", "/answers/" + "A" * 3000, link(days=-1), link()[:-4] + "AAAA"])
def test_a_link_that_is_not_ours_or_no_longer_is_refused(answering: tuple[TestClient, Path], path: str) -> None:
    client, folder = answering
    assert client.get(path).status_code == 403
    assert "请用最近一封邮件中的链接" in client.get(path).text
    assert "use the link in the latest mail" in client.get(path + "?lang=en").text
    assert client.post(path, data={"action": "mute"}).status_code == 403
    assert not folder.exists()


def test_without_a_secret_there_are_no_answers(client: TestClient) -> None:
    assert client.get(link()).status_code == 404
    assert client.post(link(), data={"action": "mute"}).status_code == 404


# The calendar


def entries(client: TestClient, query: str = "") -> list[tuple[str, str, str]]:
    answer = client.get(f"/calendar.ics?{query}")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    calendar = icalendar.Calendar.from_ical(answer.content)
    return [(str(event.start), str(event["summary"]), str(event["description"])) for event in calendar.events]


def test_the_calendar_has_every_date_on_which_something_is_due(client: TestClient) -> None:
    found = entries(client)
    assert [(day, summary) for day, summary, _ in found] == [
        ("2024-01-31", "年报到期（通知）2023年度：5 个机关"),
        ("2024-02-20", "年报到期（通知）2023年度：青岚县人民政府"),
        ("2024-03-10", "年报到期（通知）2023年度：云溪市人民政府"),
        ("2024-03-31", "年报到期（通知）2023年度：岚河省人民政府"),
        ("2024-03-31", "年报到期（条例）2023年度：3 个机关"),
    ]
    assert "云溪市林业局 · 未发布" in found[0][2]


def test_the_calendar_can_be_of_one_region_or_organ_and_is_stable(client: TestClient) -> None:
    assert [day for day, _, _ in entries(client, "organ=qinglan")] == ["2024-02-20", "2024-03-31"]
    assert len(entries(client, "region=980121&lang=en")) == 3
    assert client.get("/calendar.ics").content == client.get("/calendar.ics").content
    assert client.get("/calendar.ics?organ=nobody").status_code == 404


def test_the_mail_links_of_an_organ_taken_off_the_register_still_open(answering: tuple[TestClient, Path]) -> None:
    client, _ = answering
    assert client.get(link(organ="gone")).status_code == 200
    assert replace(Answer("mute", "x", "gone", "ogi", 2023, MAR)).id
