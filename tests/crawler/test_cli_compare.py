"""`nianbao compare`: what no document shows alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from tools.corpus.make import make

SEED, NUMBER = 5, 27  # a sound report of a department for 2021, 自然资源局
ORGAN = "临江市自然资源局"
CITY = "临江市人民政府"


def write(folder: Path, name: str, *changes: tuple[str, str]) -> str:
    text = make(SEED, NUMBER, "text_rows").data.decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def compare(*words: str) -> tuple[int, list[dict[str, Any]]]:
    result = CliRunner().invoke(cli, ["compare", *words, "--format", "jsonl"], catch_exceptions=False)
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def codes(told: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in told["findings"]]


def test_the_sample_is_the_one_that_is_meant() -> None:
    sample = make(SEED, NUMBER, "text_rows")
    assert (sample.organ, sample.year, sample.faults) == (ORGAN, 2021, [])


def test_a_report_that_repeats_last_years_is_told_of_the_later_one(tmp_path: Path) -> None:
    later = write(tmp_path, "b.txt", ("2022", "2023"), ("2021", "2022"))
    earlier = write(tmp_path, "a.txt")
    status, [told] = compare(later, earlier)
    assert status == 1
    assert (told["source"], told["against"]) == (later, [earlier])
    assert codes(told) == ["year.in_force", "year.copied"]  # 80 were issued and 8 repealed, and 320 are in force again


def test_two_files_of_one_report_differ_in_the_cell_that_was_changed(tmp_path: Path) -> None:
    page = write(tmp_path, "a.txt")
    copy = write(tmp_path, "b.txt", ("行政处罚	8", "行政处罚	9"))
    status, [told] = compare(page, copy)
    assert (status, codes(told), told["findings"][0]["severity"]) == (1, ["copies.differ"], "doubtful")
    assert told["findings"][0]["cells"] == ["proactive_disclosure.administrative_penalties.decisions"]


def test_two_files_that_say_the_same_are_nothing_to_tell(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["compare", write(tmp_path, "a.txt"), write(tmp_path, "b.txt")])
    assert result.exit_code == 0 and "nothing to tell" in result.output


def test_a_whole_that_is_not_the_sum_of_its_parts_is_told(tmp_path: Path) -> None:
    whole = write(tmp_path, "whole.txt", (ORGAN, CITY), ("我局收到", "全市各级行政机关收到"))
    parts = [write(tmp_path, f"{name}.txt", (ORGAN, f"临江市{name}局")) for name in ("财政", "教育")]
    status, told = compare(*parts, "--whole", whole)
    [found] = [item for item in told if item["source"] == whole]
    assert status == 1 and set(codes(found)) == {"rollup.mismatch"}
    assert compare(parts[0], "--whole", whole)[0] == 0  # that one part is all of it


def test_a_document_that_cannot_be_read_is_status_2(tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    result = CliRunner().invoke(cli, ["compare", str(tmp_path)])
    assert result.exit_code == 2 and "broken" in result.output


@pytest.mark.parametrize("words", [["compare"], ["compare", "nowhere.html"]])
def test_nothing_to_compare_is_bad_usage(words: list[str]) -> None:
    assert CliRunner().invoke(cli, words).exit_code == 2
