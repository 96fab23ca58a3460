"""Organs founded, renamed, merged, abolished and exempted: from the imported file to the board."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.config import load_config
from crawler.workplace import open_workplace
from storage import queries

ROW = {"id": "lyj", "name": "云溪市林业局", "aliases": "", "level": "city", "kind": "department", "region": "980100"}
ROW |= {"parent": "", "home_url": "", "column_url": ""}


def nianbao(home: Path, *words: str) -> str:
    said = CliRunner().invoke(cli, ["--home", str(home), *words], catch_exceptions=False)
    assert said.exit_code == 0, said.output
    return said.output


def imported(home: Path, *rows: dict[str, str], prune: bool = False) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with (home / "organs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)
    nianbao(home, "organs", "import", str(home / "organs.csv"), *(["--prune"] if prune else []))


def board(home: Path, day: str = "2024-02-10", year: int = 2023) -> dict[str, tuple[str, str | None]]:
    nianbao(home, "judge", "--year", str(year), "--as-of", day)
    said = nianbao(home, "status", "--year", str(year), "--as-of", day, "--format", "jsonl")
    rows = [json.loads(line) for line in said.splitlines()]
    return {row["organ"]: (row["status"], row["cause"]) for row in rows}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"since": "2023-11-20"}, ("unknown", "not_visited")),  # founded within the year: it owes for that year
        ({"since": "2024-01-05"}, None),  # founded after it: it owes nothing yet
        ({"until": "2022-12-31"}, None),  # gone before the year began
        ({"until": "2023-12-20", "successor": "zrzy"}, ("exempt", "abolished")),  # merged: the successor reports
        ({"until": "2024-03-01"}, ("unknown", "not_visited")),  # it was there when its report was due
        ({"exempt": "涉密单位，不对外公开"}, ("exempt", "涉密单位，不对外公开")),
    ],
)
def test_what_the_register_says_of_an_organ_is_what_it_owes(
    tmp_path: Path, more: dict[str, str], told: tuple[str, str | None] | None
) -> None:
    successor = ROW | {"id": "zrzy", "name": "云溪市自然资源局"}
    imported(tmp_path, ROW | more, successor)
    assert board(tmp_path).get("lyj") == told
    assert board(tmp_path)["zrzy"] == ("unknown", "not_visited")


def test_a_renamed_organ_stays_the_same_obligation(tmp_path: Path) -> None:
    imported(tmp_path, ROW)
    before = board(tmp_path)
    imported(tmp_path, ROW | {"name": "云溪市林业和草原局", "aliases": "云溪市林业局"})
    assert board(tmp_path, "2024-02-11") == before
    with open_workplace(load_config(tmp_path, {}), write=False) as place:
        assert len(queries.assessment_history(place.db, "lyj", "ogi", 2023)) == 1


@pytest.mark.parametrize("prune", [False, True])
def test_an_organ_that_owes_nothing_after_all_is_held_to_nothing(tmp_path: Path, prune: bool) -> None:
    """Its abolition became known after it had been judged: nobody is to be reminded of it any more."""
    other = ROW | {"id": "sl", "name": "云溪市水利局"}
    imported(tmp_path, ROW, other)
    assert board(tmp_path)["lyj"][0] == "unknown"
    if prune:
        imported(tmp_path, other, prune=True)
    else:
        imported(tmp_path, ROW | {"until": "2022-10-01"}, other)
    assert "lyj" not in board(tmp_path, "2024-02-11")
    with open_workplace(load_config(tmp_path, {}), write=False) as place:
        held = {one.organ: (one.status.value, one.cause) for one in queries.assessments(place.db, 2023, "ogi")}
    assert held == {"lyj": ("exempt", "not_owed"), "sl": ("unknown", "not_visited")}
