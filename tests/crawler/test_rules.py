"""Local rules and policy of the settings: used everywhere, refused with every fault and its line, judged by anew."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.config import load_config
from crawler.stages.judge import judge
from crawler.workplace import open_workplace
from storage import queries
from tests.storage.make import organ

RULES = """rules:
  - series: ogi
    years: [2023, null]
    kinds: [government]
    levels: [county]
    regions: ['51']
    notice: '02-01'
    ground_zh: 省政府办公厅〔2024〕1号
    ground_en: Provincial Office, 2024, No. 1
"""
POLICY = (Path(__file__).parents[2] / "compliance" / "policy.yaml").read_text("utf-8")


def home_with(folder: Path, **files: str) -> Path:
    (folder / "nianbao.toml").write_text("".join(f'{name} = "{name}.yaml"\n' for name in files), "utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, "utf-8")
    return folder


def due_notice(home: Path) -> str:
    with open_workplace(load_config(home, {})) as place:
        queries.upsert_organs(place.db, [organ("a")])
    said = CliRunner().invoke(cli, ["--home", str(home), "status", "--year", "2023", "--format", "jsonl"])
    assert said.exit_code == 0, said.output
    return said.output.partition('"due_notice": "')[2][:10]


def test_a_stricter_local_notice_counts(tmp_path: Path) -> None:
    assert due_notice(home_with(tmp_path, rules=RULES)) == "2024-02-01"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("rules", RULES.replace("02-01", "31.1."), "rules.yaml:7: notice"),
        ("rules", RULES.replace("    regions: ['51']\n", ""), "a local rule must name its regions"),
        ("policy", POLICY.replace("visits: 1", "visits: many", 1), "policy.yaml:4: visits"),
        ("policy", "", "policy.yaml"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(tmp_path: Path, name: str, text: str, fault: str) -> None:
    home = home_with(tmp_path, **{name: text})
    said = CliRunner().invoke(cli, ["--home", str(home), "judge", "--year", "2023"])
    assert said.exit_code == 2 and fault in said.output


def test_a_file_that_is_not_there_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "nianbao.toml").write_text('rules = "nowhere.yaml"', "utf-8")
    said = CliRunner().invoke(cli, ["--home", str(tmp_path), "judge", "--year", "2023"])
    assert said.exit_code == 2 and "nowhere.yaml" in said.output


def test_with_other_rules_or_another_policy_everything_is_judged_anew(tmp_path: Path) -> None:
    def judged(day: int, **files: str) -> int:
        home_with(tmp_path, **files)
        with open_workplace(load_config(tmp_path, {}), datetime(2024, 1, day, tzinfo=UTC)) as place:
            return judge(place, "ogi", 2023, lambda *_: None).anew

    with open_workplace(load_config(tmp_path, {})) as place:
        queries.upsert_organs(place.db, [organ("a"), organ("b", region="110000")])
    assert [judged(10), judged(11)] == [2, 0]
    assert [judged(12, rules=RULES), judged(13, rules=RULES)] == [2, 0]
    stricter = POLICY.replace("visits: 1", "visits: 2", 1)
    assert [judged(14, policy=stricter), judged(15, policy=stricter)] == [2, 0]


def test_what_nobody_looked_at_is_judged_anew_when_its_due_date_passes_and_only_then(tmp_path: Path) -> None:
    with open_workplace(load_config(tmp_path, {})) as place:
        queries.upsert_organs(place.db, [organ("a")])  # a county: due on 20 February
    told = []
    for month, day in ((1, 10), (2, 20), (2, 21), (2, 22)):
        with open_workplace(load_config(tmp_path, {}), datetime(2024, month, day, 4, tzinfo=UTC)) as place:
            done = judge(place, "ogi", 2023, lambda *_: None)
            told.append((done.anew, dict(done.statuses)))
    assert told == [(1, {"pending": 1}), (0, {"pending": 1}), (1, {"unknown": 1}), (0, {"unknown": 1})]
