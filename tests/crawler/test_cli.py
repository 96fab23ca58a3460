"""The command line where things go wrong: one clear message, nothing lost, an exit status that tells."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.cli import cli

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
HEADER = "id,name,aliases,level,kind,region,parent,home_url,column_url\n"


def nianbao(home: Path, *words: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *words], env=env)


def test_a_faulty_register_is_refused_whole_with_file_and_line(tmp_path: Path) -> None:
    register = tmp_path / "organs.csv"
    register.write_text(
        HEADER
        + "a,甲县人民政府,,county,government,510000,,,\n"
        + "a,乙县人民政府,,county,government,510000,,,\n"
        + "b,,,village,government,51,nobody,ftp://x,javascript:1\n"
    )
    result = nianbao(tmp_path, "organs", "import", str(register))
    assert result.exit_code == 2
    assert "nothing was imported" in result.output
    for line in (":3:", ":4:"):
        assert f"organs.csv{line}" in result.output
    for word in ("village", "ftp", "nobody", "javascript"):
        assert word in result.output
    assert "No such" not in result.output
    assert (
        nianbao(tmp_path, "organs", "list").output.strip() in ("", result.output)
        or not (tmp_path / "nianbao.db").exists()
    )


def test_a_register_is_imported_again_by_id_and_pruned_only_when_asked(tmp_path: Path) -> None:
    register = tmp_path / "organs.csv"
    register.write_text(
        HEADER + "a,甲县人民政府,,county,government,510000,,,\nb,乙县人民政府,,county,government,510000,,,\n"
    )
    assert nianbao(tmp_path, "organs", "import", str(register)).exit_code == 0
    register.write_text(HEADER + "a,甲县人民政府（新）,,county,government,510000,,,\n")
    nianbao(tmp_path, "organs", "import", str(register))
    listed = nianbao(tmp_path, "organs", "list").output
    assert "甲县人民政府（新）" in listed and "乙县" in listed
    nianbao(tmp_path, "organs", "import", str(register), "--prune")
    assert "乙县" not in nianbao(tmp_path, "organs", "list").output


def test_a_portal_that_cannot_be_reached_is_told_and_the_round_goes_on(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    register = tmp_path / "organs.csv"
    register.write_text(HEADER + f"a,甲县人民政府,,county,government,510000,,,http://127.0.0.1:{port}/nb/\n")
    nianbao(tmp_path, "organs", "import", str(register))
    env = {"NIANBAO_ALLOW_ADDRESSES": "127.0.0.0/8", "NIANBAO_DELAY": "0"}
    result = nianbao(tmp_path, "run", "--year", "2023", "--as-of", "2024-03-01", env=env)
    assert result.exit_code == 1, result.output
    assert "unreachable" in result.output and "refused" in result.output
    board = nianbao(tmp_path, "status", "--year", "2023", "--as-of", "2024-03-01", "--format", "jsonl")
    [row] = [json.loads(line) for line in board.output.splitlines()]
    assert (row["status"], row["cause"]) == ("unknown", "unreachable")
    assert row["evidence"] and row["evidence"][0].startswith("visit:")


def test_a_portal_on_an_inside_address_is_not_asked(tmp_path: Path) -> None:
    register = tmp_path / "organs.csv"
    register.write_text(HEADER + "a,甲县人民政府,,county,government,510000,,,http://127.0.0.1:9/nb/\n")
    nianbao(tmp_path, "organs", "import", str(register))
    result = nianbao(tmp_path, "run", "--year", "2023", "--as-of", "2024-03-01", env={"NIANBAO_DELAY": "0"})
    assert "NIANBAO_ALLOW_ADDRESSES" in result.output


def test_a_mail_server_that_is_down_loses_nothing(tmp_path: Path) -> None:
    register = tmp_path / "organs.csv"
    register.write_text(HEADER + "a,甲县人民政府,,county,government,510000,,,http://127.0.0.1:9/nb/\n")
    (tmp_path / "subscribers.yaml").write_text("subscribers:\n  - {name: A, email: a@x.example, role: operator}\n")
    nianbao(tmp_path, "organs", "import", str(register))
    env = {"NIANBAO_DELAY": "0", "NIANBAO_SMTP_URL": "smtp://127.0.0.1:9"}
    result = nianbao(tmp_path, "run", "--year", "2023", "--as-of", "2024-03-01", env=env)
    assert result.exit_code == 1, result.output
    assert "notify: 0 sent" in result.output and "1 waiting" in result.output
    again = nianbao(tmp_path, "notify", "--year", "2023", "--as-of", "2024-03-02", env=env)
    assert again.exit_code == 1 and "1 waiting" in again.output


def test_faulty_subscribers_are_refused_with_file_and_line(tmp_path: Path) -> None:
    register = tmp_path / "organs.csv"
    register.write_text(HEADER + "a,甲县人民政府,,county,government,510000,,,\n")
    nianbao(tmp_path, "organs", "import", str(register))
    (tmp_path / "subscribers.yaml").write_text("subscribers:\n  - {name: A, email: nobody}\n  - {nmae: B}\n")
    result = nianbao(tmp_path, "notify", "--year", "2023")
    assert result.exit_code == 2
    assert "subscribers.yaml:2" in result.output and "subscribers.yaml:3" in result.output


def test_a_database_that_is_missing_is_told_with_what_to_do(tmp_path: Path) -> None:
    result = nianbao(tmp_path, "status", "--year", "2023")
    assert result.exit_code == 2
    assert "nianbao.db" in result.output


def test_a_faulty_setting_is_bad_usage(tmp_path: Path) -> None:
    result = nianbao(tmp_path, "status", "--year", "2023", env={"NIANBAO_DELAY": "soon"})
    assert result.exit_code == 2 and "delay" in result.output


def test_a_moment_that_is_none_is_bad_usage(tmp_path: Path) -> None:
    result = nianbao(tmp_path, "status", "--year", "2023", "--as-of", "tomorrow")
    assert result.exit_code == 2 and "2024-02-01" in result.output


def test_a_document_that_cannot_be_read_is_status_2_and_the_others_are_read(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 and nothing more")
    result = nianbao(tmp_path, "check", str(broken), str(tmp_path / "nowhere.html"), "--format", "jsonl")
    assert result.exit_code == 2
    assert "broken.pdf" in result.output and "nowhere.html" in result.output


def test_what_is_no_report_is_not_told_as_a_sound_one(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("各位同事：明天停电。", encoding="utf-8")
    told = nianbao(tmp_path, "check", str(tmp_path / "letter.txt"))
    assert "no annual report that we know" in told.output


def test_a_folder_without_a_file_is_not_sound(tmp_path: Path) -> None:
    result = nianbao(tmp_path, "check", str(tmp_path))
    assert (result.exit_code, "no file in there" in result.output) == (2, True)


def test_a_file_whose_name_is_in_gbk_is_told_and_known_again(tmp_path: Path) -> None:
    folder, told = tmp_path / "in", tmp_path / "told.jsonl"
    folder.mkdir()
    path = folder / os.fsdecode("年报.txt".encode("gb18030"))
    path.write_text("甲市教育局2023年政府信息公开工作年度报告", encoding="utf-8")
    assert nianbao(tmp_path, "check", str(folder), "--output", str(told)).exit_code == 0
    assert [json.loads(line)["source"] for line in told.read_text(encoding="utf-8").splitlines()] == [str(path)]
    again = nianbao(tmp_path, "check", str(folder), "--output", str(told))
    assert (again.exit_code, "1 of 1 were read before" in again.output) == (0, True)


def test_the_seeds_are_there_in_continuous_integration() -> None:
    assert SEEDS.is_dir() or os.environ.get("CI") != "true"


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real reports are not beside the project")
def test_check_prints_one_object_a_document_with_every_cell(tmp_path: Path) -> None:
    seeds = sorted(SEEDS.glob("*.txt"))
    result = CliRunner().invoke(cli, ["check", *map(str, seeds), "--format", "jsonl"])
    told = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 1  # 003 has two errors
    assert [len(report["cells"]) for report in told] == [200] * 5
    nulls = [(n, name) for n, report in enumerate(told) for name, value in report["cells"].items() if value is None]
    assert nulls == [(2, "requests.handled.total")]
    errors = [(n, f["code"]) for n, report in enumerate(told) for f in report["findings"] if f["severity"] == "error"]
    assert sorted(errors) == [(3, "citation.wrong"), (3, "section.heading")]
    [doubt] = [f for f in told[2]["findings"] if f["cells"] == ["requests.handled.total"]]
    assert (doubt["severity"], doubt["expected"]) == ("doubtful", 12)
