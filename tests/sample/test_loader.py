"""A portal is one data file; a fault in a data file is told with its line, and all faults at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sample import ProvinceFaults, load_province, running
from sample.form import load_form
from sample.load import default_root
from sample.nodes import parse_moment
from sample.tables import grids
from tests.sample.tools import get

NEW_PORTAL = """
name: 桂岭县人民政府
address: 127.77.0.99
system: ucap
columns:
  - {key: annual, path: /c900/list.shtml, title: 政府信息公开年报}
organs:
  - id: guiling-county
    name: 桂岭县人民政府
    aliases: [桂岭县, 桂岭]
    level: county
    kind: government
    region: '990999'
    parent: qingping
    column: annual
    expect:
      due_notice: 2024-02-20
      due_statute: 2024-03-31
      2024-01-15: {status: pending}
      2024-02-01: {status: pending}
      2024-02-21: {status: on_time, published: 2024-02-06}
      2024-03-11: {status: on_time, published: 2024-02-06}
      2024-04-01: {status: on_time, published: 2024-02-06}
publications:
  - title: 桂岭县2023年政府信息公开工作年度报告
    organ: guiling-county
    year: 2023
    columns: [annual]
    published: 2024-02-06 10:00
    shape: html+pdf
    figures: bailu
    intro: 统计期限为2023年1月1日至2023年12月31日。
    sections:
      overview: 新收{requests.new.total}件。
      problems: 更新不够及时，将逐月检查。
      other_matters: 未收取信息处理费。
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_root(), tmp_path / "province"))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two sites are enough to be wrong beside."""
    root = Path(shutil.copytree(default_root(), tmp_path / "province"))
    for file in [*(root / "sites").glob("*.yaml"), *(root / "figures").glob("*.yaml")]:
        if not file.stem.startswith(("qingping", "wushan", "bailu")) or file == root / "sites" / "bailu.yaml":
            file.unlink()
    return root


def faults_of(root: Path) -> list[str]:
    with pytest.raises(ProvinceFaults) as caught:
        load_province(root)
    return [str(fault) for fault in caught.value.faults]


def test_a_new_file_is_a_new_portal_served_listed_and_in_the_truth(copy: Path) -> None:
    (copy / "sites" / "guiling.yaml").write_text(NEW_PORTAL, encoding="utf-8")
    province = load_province(copy)
    with running(province) as served:
        row = next(row for row in province.organs_rows(served.port) if row["id"] == "guiling-county")
        assert row["column_url"] == f"http://127.77.0.99:{served.port}/c900/list.shtml"
        assert row["aliases"] == "桂岭县;桂岭"
        assert "暂无内容" in get(served, "guiling", "/c900/list.shtml").body.decode()
        served.set_clock(date(2024, 2, 21))
        assert "桂岭县2023年" in get(served, "guiling", "/c900/list.shtml").body.decode()
    assert province.truth()["guiling-county"].rounds[date(2024, 2, 21)].published == date(2024, 2, 6)
    assert len(province.truth()) == len(load_province().truth()) + 1


def test_rows_have_the_columns_that_import_takes() -> None:
    rows = load_province().organs_rows(8410)
    wanted = ["id", "name", "aliases", "level", "kind", "region", "parent", "home_url", "column_url"]
    assert all(list(row) == wanted for row in rows)
    assert all(row["home_url"] and row["column_url"] for row in rows)


def test_all_faults_of_all_files_are_told_at_once_with_their_lines(small: Path) -> None:
    text = NEW_PORTAL.replace("system: ucap", "system: drupal").replace("level: county", "levle: county")
    text = text.replace("2024-02-06 10:00", "6 February").replace("{requests.new.total}", "{requests.newest}")
    text = text.replace("      2024-03-11: {status: on_time, published: 2024-02-06}\n", "")
    (small / "sites" / "guiling.yaml").write_text(text, encoding="utf-8")
    figures = small / "figures" / "bailu.yaml"
    figures.write_text(figures.read_text(encoding="utf-8").replace("  new: [", "  new: [7, "), encoding="utf-8")
    assert faults_of(small) == [
        "figures/bailu.yaml:10: new: 8 values where the form has 7",
        "sites/guiling.yaml:4: system: 'drupal' is none of trs, vsb, ucap, hanweb, gkmlpt",
        "sites/guiling.yaml:8: level: is missing",
        "sites/guiling.yaml:11: levle: nothing of this name is known here",
        "sites/guiling.yaml:17: 2024-03-11: what the board says after this round is missing",
        "sites/guiling.yaml:24: {requests.newest}: neither a cell of the form nor a sum",
        "sites/guiling.yaml:28: published: '6 February' is not a moment (2024-01-31 or 2024-01-31 09:30)",
    ]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("127.77.0.99", "8.8.8.8", "is not a loopback address"),
        ("127.77.0.99", "127.77.0.11", "is taken by another site"),
        ("id: guiling-county", "id: wushan", "this id is used twice"),
        ("parent: qingping", "parent: nobody", "is nobody's id"),
        ("column: annual", "column: annals", "the site has no column 'annals'"),
        ("columns: [annual]", "columns: [annals]", "the site has no column 'annals'"),
        ("figures: bailu", "figures: heron", "there is no figures/heron.yaml"),
        ("{status: on_time, published: 2024-02-06}", "{status: late, published: 2024-02-06}", "has late_by"),
        ("{status: on_time, published: 2024-02-06}", "{status: unknown}", "has a cause"),
        ("{status: on_time, published: 2024-02-06}", "{status: on_time}", "have the day of publication"),
        ("system: ucap", "system: ucap\nsystem: trs", "stands twice"),
        ("system: ucap", "system: ucap\nvalidators: [etag]", "use counter: script"),
        ("system: ucap", "system: [ucap", "not YAML"),
        ("system: ucap", "system: ucap\nencoding: ascii", "cannot hold Chinese"),
    ],
)
def test_a_slip_in_a_site_is_a_fault(small: Path, old: str, new: str, fault: str) -> None:
    (small / "sites" / "guiling.yaml").write_text(NEW_PORTAL.replace(old, new), encoding="utf-8")
    assert any(fault in line for line in faults_of(small))


@pytest.mark.parametrize("text", ["", "[]", "name", "\t", "name: !!python/object:os.system x", "&a [*a]"])
def test_a_file_that_is_no_site_is_a_fault_and_not_a_crash(small: Path, text: str) -> None:
    (small / "sites" / "odd.yaml").write_text(text, encoding="utf-8")
    assert any(line.startswith("sites/odd.yaml:") for line in faults_of(small))


@given(st.sets(st.sampled_from([row.key for row in load_form().request_rows])))
def test_a_table_split_over_pages_covers_every_place_once(after: set[str]) -> None:
    form = load_form()
    table = grids(form, dict.fromkeys(form.cells(), "1"))["requests"]
    parts = table.split(tuple(after))
    assert sum(part.height for part in parts) == table.height
    for part in parts:
        covered = [
            (cell.row + down, cell.column + right)
            for cell in part.cells
            for down in range(cell.rows)
            for right in range(cell.columns)
        ]
        assert sorted(covered) == [(row, column) for row in range(part.height) for column in range(part.width)]
        assert all((a.row, a.column) < (b.row, b.column) for a, b in pairwise(part.cells))


@given(st.dates(min_value=date(1900, 1, 1)))
def test_a_date_as_a_moment_is_the_last_second_of_that_day_in_shanghai(day: date) -> None:
    moment = parse_moment(day.isoformat())
    assert (moment.date(), moment.hour, moment.minute, moment.second) == (day, 23, 59, 59)
    assert moment.tzname() is not None


def test_the_command_prints_the_organs_and_names_faults(small: Path) -> None:
    command = [sys.executable, "-m", "sample", "--province", str(small), "--organs", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)) == 3
    (small / "province.yaml").write_text("name: x\n", encoding="utf-8")
    broken = subprocess.run(command, capture_output=True, text=True, check=False)
    assert broken.returncode == 2
    assert "province.yaml:1: year: is missing" in broken.stderr
