"""The main job, end to end: a season of the sample province through every room, held against the script."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.catcher import caught
from crawler.cli import cli
from crawler.demo import play
from sample.load import load_province
from sample.model import Expectation, Truth
from sample.serve import bind

PROVINCE = load_province()
TRUTH = PROVINCE.truth()
ORGANS = sorted(TRUTH)


def free_port() -> int:
    listeners = bind(PROVINCE, 0)
    port: int = listeners[0].getsockname()[1]
    for listener in listeners:
        listener.close()
    return port


@dataclass(frozen=True)
class Played:
    home: Path
    port: int

    def nianbao(self, *words: str) -> str:
        result = CliRunner().invoke(cli, ["--home", str(self.home), *words], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    def rows(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.nianbao(*words, "--format", "jsonl").splitlines()]


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    home, port = tmp_path_factory.mktemp("season"), free_port()
    made = play(home, port, lambda *_: None)
    assert all(one and one.crawled.whole for one in made.rounds.values())
    yield Played(home, port)


@pytest.fixture(scope="session")
def boards(season: Played) -> dict[date, dict[str, dict[str, Any]]]:
    year = str(PROVINCE.year)
    return {
        day: {row["organ"]: row for row in season.rows("status", "--year", year, "--as-of", day.isoformat())}
        for day in PROVINCE.rounds
    }


def said(row: dict[str, Any], wanted: Expectation) -> dict[str, Any]:
    """The part of a board's row that the script speaks of."""
    told = {key: row[key] for key in ("status", "late_by", "cause", "revised")}
    return told | ({"published": row["published"]} if wanted.published else {})


def scripted(wanted: Expectation) -> dict[str, Any]:
    told = {"status": wanted.status, "late_by": wanted.late_by, "cause": wanted.cause, "revised": wanted.revised}
    return told | ({"published": wanted.published.isoformat()} if wanted.published else {})


@pytest.mark.parametrize("organ", ORGANS)
@pytest.mark.parametrize("day", PROVINCE.rounds, ids=str)
def test_the_board_says_what_the_script_says(
    boards: dict[date, dict[str, dict[str, Any]]], organ: str, day: date
) -> None:
    row, wanted = boards[day][organ], TRUTH[organ].rounds[day]
    assert said(row, wanted) == scripted(wanted)


@pytest.mark.parametrize("organ", ORGANS)
def test_due_dates_and_findings_are_those_of_the_script(
    boards: dict[date, dict[str, dict[str, Any]]], organ: str
) -> None:
    row, truth = boards[PROVINCE.rounds[-1]][organ], TRUTH[organ]
    assert (row["due_notice"], row["due_statute"]) == (truth.due_notice.isoformat(), truth.due_statute.isoformat())
    assert row["findings"] == {key: truth.findings.get(key, 0) for key in ("error", "warning", "doubtful")}


@pytest.mark.parametrize("organ", [organ for organ in ORGANS if TRUTH[organ].codes])
def test_the_findings_have_the_codes_of_the_script(season: Played, organ: str) -> None:
    truth: Truth = TRUTH[organ]
    found = season.rows("history", organ, "--year", str(PROVINCE.year))[-1]["findings"]
    assert sorted({finding["code"] for finding in found if finding["severity"] != "info"}) == sorted(truth.codes)


def test_nobody_appears_on_the_board_who_is_not_in_the_script(
    boards: dict[date, dict[str, dict[str, Any]]],
) -> None:
    assert all(sorted(rows) == ORGANS for rows in boards.values())


def test_every_verdict_names_captures_that_the_archive_can_give_back(
    season: Played, boards: dict[date, dict[str, dict[str, Any]]]
) -> None:
    from crawler.config import load_config
    from crawler.workplace import open_workplace
    from storage import queries

    ids = {i for rows in boards.values() for row in rows.values() for i in row["evidence"] if ":" not in i}
    accused = [row for row in boards[PROVINCE.rounds[-1]].values() if row["status"] in ("missing", "late")]
    assert accused and all(row["evidence"] for row in accused)
    with open_workplace(load_config(season.home, {}), write=False) as place:
        captures = queries.captures_by_id(place.db, sorted(ids))
        assert set(captures) == ids
        for capture in captures.values():
            place.archive.payload(capture)  # raises if the bytes are not those that were indexed


def test_the_archive_passes_warcio_check(season: Played) -> None:
    files = sorted(str(path) for path in (season.home / "archive").glob("*.warc.gz"))
    assert len(files) == len(PROVINCE.rounds)
    command = [str(Path(sys.executable).with_name("warcio")), "check", *files]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_an_index_rebuilt_from_the_archive_gives_the_same_board(season: Played, tmp_path: Path) -> None:
    copy = Played(tmp_path / "copy", season.port)
    shutil.copytree(season.home, copy.home, ignore=shutil.ignore_patterns("*.lock"))
    asked = ("status", "--year", str(PROVINCE.year), "--as-of", PROVINCE.rounds[-1].isoformat())
    copy.nianbao("archive", "reindex")
    assert copy.rows(*asked) == season.rows(*asked)


def test_playing_the_season_again_changes_nothing(season: Played) -> None:
    def state() -> dict[str, int]:
        kept = [*(season.home / "archive").iterdir(), *(season.home / "mail").iterdir()]
        return {path.name: path.stat().st_size for path in kept}

    before = state()
    again = play(season.home, season.port, lambda *_: None)
    assert state() == before
    assert list(again.rounds.values()) == [None] * len(PROVINCE.rounds)


def test_the_demo_run_again_shows_the_same_board_mails_and_places(season: Played) -> None:
    result = CliRunner().invoke(cli, ["demo", "--folder", str(season.home), "--port", str(season.port)])
    assert result.exit_code == 0, result.output
    assert result.output.count("made before") == len(PROVINCE.rounds)
    for _, organ in PROVINCE.organs():
        assert organ.name in result.output
    assert f"{len(caught(season.home / 'mail'))} mails went out" in result.output
    assert "Where everything lies" in result.output


def test_the_archive_tells_what_a_report_said_before_it_was_changed(season: Played) -> None:
    revised = next(o for o in ORGANS if TRUTH[o].rounds[PROVINCE.rounds[-1]].revised)
    year = str(PROVINCE.year)
    versions = season.rows("history", revised, "--year", year)
    assert [row["version"] for row in versions] == [1, 2]
    changed = [name for name, value in versions[0]["cells"].items() if versions[1]["cells"][name] != value]
    assert changed
    [then] = season.rows("history", revised, "--year", year, "--at", versions[0]["last_seen"])
    assert then["cells"] == versions[0]["cells"]


def test_a_difference_is_told_cell_by_cell_and_how_long_after_the_due_date(season: Played) -> None:
    revised = next(o for o in ORGANS if TRUTH[o].rounds[PROVINCE.rounds[-1]].revised)
    [told] = season.rows("diff", revised, "--year", str(PROVINCE.year))
    assert len(told["cells"]) == 1 and told["cells"][0]["before"] != told["cells"][0]["after"]
    assert told["days_after_due"] > 0 and (told["from"], told["to"]) == (1, 2)
    assert told["cells"][0]["cell"] in season.nianbao("diff", revised, "--year", str(PROVINCE.year))


def test_a_report_can_be_shown_and_found_by_its_words(season: Played) -> None:
    organ = next(o for o in ORGANS if TRUTH[o].rounds[PROVINCE.rounds[-1]].status == "on_time")
    [shown] = season.rows("show", organ, "--year", str(PROVINCE.year))
    assert len(shown["cells"]) == 200 and "政府信息公开" in shown["text"]
    assert organ in {hit["organ"] for hit in season.rows("search", "信息处理费", "--year", str(PROVINCE.year))}


def test_the_ledger_is_written_as_a_workbook_and_as_csv(season: Played, tmp_path: Path) -> None:
    asked = ("export", "--year", str(PROVINCE.year), "--as-of", PROVINCE.rounds[-1].isoformat(), "--out")
    season.nianbao(*asked, str(tmp_path / "台账.xlsx"))
    assert (tmp_path / "台账.xlsx").read_bytes().startswith(b"PK")
    season.nianbao(*asked, str(tmp_path / "tables"))
    lines = (tmp_path / "tables" / "obligations.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == len(ORGANS) + 1


def test_what_was_told_can_be_asked_and_answered(season: Played, tmp_path: Path) -> None:
    missing = next(o for o in ORGANS if TRUTH[o].rounds[PROVINCE.rounds[-1]].status == "missing")
    about = season.rows("told", "--organ", missing)
    assert about and all(one["state"] == "sent" for one in about)
    assert len(season.rows("told")) == len(caught(season.home / "mail"))
    copy = Played(tmp_path / "copy", season.port)
    shutil.copytree(season.home, copy.home, ignore=shutil.ignore_patterns("*.lock"))
    words = ("--year", str(PROVINCE.year), "--by", "officer@demo.example")
    assert copy.nianbao("answer", missing, "acknowledge", *words).startswith("acknowledge: ")
    result = CliRunner().invoke(cli, ["--home", str(copy.home), "answer", missing, "snooze", *words])
    assert result.exit_code == 2 and "--until" in result.output


def test_the_archive_is_verified_signed_and_each_capture_proven_offline(season: Played, tmp_path: Path) -> None:
    copy = Played(tmp_path / "copy", season.port)
    shutil.copytree(season.home, copy.home, ignore=shutil.ignore_patterns("*.lock"))
    note = copy.nianbao("archive", "checkpoint")
    verifier = note.rsplit("verifier: ", 1)[1].strip()
    assert ", 0 faults" in copy.nianbao("archive", "verify").replace("; ", ", ")
    row = copy.rows("status", "--year", str(PROVINCE.year), "--as-of", PROVINCE.rounds[-1].isoformat())[0]
    record, proof = tmp_path / "record", tmp_path / "proof.json"
    proof.write_text(copy.nianbao("archive", "prove", row["evidence"][0], "--out", str(record)))
    words = ["archive", "check-proof", str(proof), str(record), "--verifier", verifier]
    assert CliRunner().invoke(cli, words).exit_code == 0
    record.write_bytes(record.read_bytes().replace(b"1", b"2", 1))
    assert CliRunner().invoke(cli, words).exit_code == 1


def test_a_damaged_archive_is_told(season: Played, tmp_path: Path) -> None:
    copy = Played(tmp_path / "copy", season.port)
    shutil.copytree(season.home, copy.home, ignore=shutil.ignore_patterns("*.lock"))
    file = sorted((copy.home / "archive").glob("*.warc.gz"))[1]
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    result = CliRunner().invoke(cli, ["--home", str(copy.home), "archive", "verify"])
    assert result.exit_code == 1 and file.name in result.output


def test_mails_tell_of_every_accusation_and_of_nothing_twice(season: Played) -> None:
    mails = [mail for _, mail in caught(season.home / "mail")]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    told = "\n".join(str(mail.get_body(("plain",)).get_content()) for mail in mails)  # type: ignore[union-attr]
    for _, organ in PROVINCE.organs():
        if any(one.status in ("missing", "late") for one in organ.truth.rounds.values()):
            assert organ.name in told
