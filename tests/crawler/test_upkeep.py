"""The archive's daily upkeep: signed, dated, read again share by share, and operators are told what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from crawler.catcher import Catcher, caught
from crawler.cli import cli
from crawler.config import load_config
from crawler.stages import upkeep as keeping
from crawler.workplace import open_workplace
from storage import queries
from storage.stamps import stamp_of
from storage.warc import WarcWriter
from tests.storage import authority
from tests.storage.make import day, exchange

SUBSCRIBERS = """subscribers:
  - {name: 值班, email: operator@demo.example, language: zh, role: operator}
  - {name: Officer, email: officer@demo.example, language: en}
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with three files of one capture each, every one a run of its own in the tree."""
    (tmp_path / "subscribers.yaml").write_text(SUBSCRIBERS, encoding="utf-8")
    for number in range(3):
        write(tmp_path, number)
    return tmp_path


def write(home: Path, number: int) -> None:
    with open_workplace(load_config(home, {})) as place:
        with WarcWriter(place.archive.folder, f"w{number}", new_id=lambda: str(uuid4())) as writer:
            writer.exchange(exchange(f"http://a.gov.cn/{number}", day(number), b"%d" % number))
        queries.ingest(place.db, place.archive)


def upkeep(home: Path, parts: int = 3) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), "archive", "upkeep", "--parts", str(parts)])


def test_every_day_reads_the_next_share_and_signs_what_is_there(home: Path) -> None:
    for _ in range(4):
        assert upkeep(home).exit_code == 0
    assert [(one.part, one.records, one.leaves) for one in keeping.records(home)] == [
        (1, 1, 3), (2, 1, 3), (3, 1, 3), (1, 1, 3)
    ]  # fmt: skip
    with (home / "logs" / "upkeep.jsonl").open("a") as log:
        log.write('{"at": "2026')  # killed here
    assert upkeep(home).exit_code == 0
    last = keeping.last(home)
    assert last is not None and last.part == 2


def test_damage_is_recorded_and_told_to_operators_and_to_nobody_else(home: Path, tmp_path: Path) -> None:
    path = home / "archive" / "w1-00001.warc.gz"
    data = bytearray(path.read_bytes())
    data[-30] ^= 1
    path.write_bytes(data)
    with Catcher(tmp_path / "mail") as catcher:
        (home / "nianbao.toml").write_text(f'smtp_url = "{catcher.url}"\n', encoding="utf-8")
        assert [upkeep(home).exit_code for _ in range(3)] == [0, 1, 0]
    [(_, mail)] = caught(tmp_path / "mail")
    assert mail["To"] == "值班 <operator@demo.example>" and "存档有损坏" in mail["Subject"]
    assert "w1-00001.warc.gz" in mail.get_content()
    assert [bool(one.faults) for one in keeping.records(home)] == [False, True, False]


@pytest.mark.skipif(authority.OPENSSL is None, reason="no openssl on this machine")
def test_checkpoints_are_dated_and_what_stands_in_the_way_is_told(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.make(tmp_path / "tsa")
    with authority.serving(tmp_path / "tsa") as url:
        settings = f'timestamp_url = "{url}"\ntimestamp_certificates = "tsa/root.pem"\n'
        (home / "nianbao.toml").write_text(settings, encoding="utf-8")
        assert upkeep(home).exit_code == 0
        assert stamp_of(home / "archive", 3).exists()
        write(home, 3)
        monkeypatch.setattr("crawler.workplace.system_clock", lambda: datetime.now(UTC) - timedelta(days=2))
        late = upkeep(home)
        assert late.exit_code == 1 and "set its clock" in late.output
        monkeypatch.undo()
    write(home, 4)
    away = upkeep(home)
    assert away.exit_code == 1 and "cannot be asked" in away.output and not stamp_of(home / "archive", 5).exists()
    last = keeping.last(home)
    assert last is not None and (last.leaves, last.faults) == (5, ()) and len(last.troubles) == 1
