"""The evidence pack: one verdict that somebody who does not trust us can check, and that cannot be changed unseen."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from crawler.cli import cli
from crawler.config import load_config
from crawler.secret import secret_of
from crawler.workplace import open_workplace
from storage import queries
from storage.records import Exchange, Outcome, Rendering, Sighting, Visit
from storage.tree import Signer
from storage.warc import WarcWriter
from tests.storage import authority
from tests.storage.make import organ

ORGAN = "甲县人民政府<script>alert(1)</script>"
COLUMN = "http://www.example.gov.cn/zwgk/nb/"
EVIL = "</td><script src=http://evil.example/x.js></script>2022年度报告"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
PNG = b"\x89PNG\r\n\x1a\nnot much of a picture"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose archive has two complete visits to a column after the due date: they show last year's report."""
    home = tmp_path / "home"
    numbers = itertools.count(1)
    with open_workplace(load_config(home, {})) as place:
        registered = [organ("a", name=ORGAN, column_url=COLUMN), organ("b", name="乙县人民政府")]
        queries.upsert_organs(place.db, registered)
        with WarcWriter(place.archive.folder, "t", new_id=lambda: str(UUID(int=next(numbers)))) as writer:
            for day in (10, 11):
                write_visit(writer, datetime(2024, 4, day, 4, 0, tzinfo=UTC))
        queries.ingest(place.db, place.archive)
    return home


def write_visit(writer: WarcWriter, at: datetime) -> None:
    request = b"GET /zwgk/nb/ HTTP/1.1\r\nHost: www.example.gov.cn\r\n\r\n"
    page = writer.exchange(Exchange(COLUMN, at, request, HEAD, b"<ul><li>%d" % at.day))
    writer.rendering(Rendering(COLUMN, at, b"<ul>", PNG), page)
    seen = (Sighting("http://www.example.gov.cn/2022.html", EVIL, None, page.id),)
    writer.visit(
        Visit(f"v{at.day}", at, COLUMN, ("a",), 2023, Outcome.COMPLETE, "<b>", captures=(page.id,), sightings=seen)
    )


def nianbao(home: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *map(str, words)])


def verifier(home: Path) -> str:
    return Signer.from_seed(secret_of(home)).verifier()


@pytest.fixture
def pack(home: Path, tmp_path: Path) -> Path:
    made = nianbao(home, "evidence", "a", "--year", "2023", "--as-of", "2024-04-12", "--out", tmp_path / "a.zip")
    assert made.exit_code == 0, made.output
    assert "missing" in made.output and verifier(home) in made.output
    return tmp_path / "a.zip"


def check(file: Path, key: str) -> Result:
    return nianbao(file.parent, "evidence-check", file, "--verifier", key)


def text(pack: Path, name: str) -> str:
    with zipfile.ZipFile(pack) as packed:
        return packed.read(name).decode("utf-8")


def test_a_third_party_checks_a_verdict_with_nothing_but_the_file_and_the_key(home: Path, pack: Path) -> None:
    key = verifier(home)
    shutil.rmtree(home)
    checked = check(pack, key)
    assert checked.exit_code == 0, checked.output
    assert "a 2023: missing as of 2024-04-12" in checked.output
    assert "4 records are in the signed tree of 8" in checked.output  # the last visit, its page, DOM and screenshot


def test_the_pack_says_what_was_owed_and_what_was_seen_in_both_languages(pack: Path) -> None:
    verdict = json.loads(text(pack, "verdict.json"))
    assert verdict["assessment"]["status"] == "missing" and verdict["visits"] == ["v11"]
    assert "完整查看栏目，未见报告" in "".join(verdict["reasoning"]["zh"])
    assert "seen whole" in "".join(verdict["reasoning"]["en"])
    assert verdict["ground"]["zh"] and verdict["ground"]["en"]
    page = text(pack, "verdict.html")
    assert "政府信息公开工作年度报告 · annual report on open government information" in page
    assert verdict["ground"]["zh"] in page and "2024-04-11" in page and page.count("data:image/png") == 1
    with zipfile.ZipFile(pack) as packed:
        assert packed.read("screenshots/001.png") == PNG


def test_what_strangers_wrote_is_text_on_the_page_and_nothing_is_loaded(pack: Path) -> None:
    page = text(pack, "verdict.html")
    assert "&lt;script&gt;alert(1)" in page and "&lt;/td&gt;&lt;script" in page
    assert not re.search(r"<(script|link|iframe|object)\b|\b(href|srcset)=|url\(|@import", page)
    assert set(re.findall(r'src="([^"]{5})', page)) == {"data:"}
    assert "default-src 'none'" in page


def test_the_same_verdict_gives_the_same_bytes(home: Path, pack: Path, tmp_path: Path) -> None:
    made = nianbao(home, "evidence", ORGAN, "--year", "2023", "--as-of", "2024-04-12", "--out", tmp_path / "b.zip")
    assert made.exit_code == 0 and (tmp_path / "b.zip").read_bytes() == pack.read_bytes()


def rewritten(pack: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(pack) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    change(files)
    target = pack.with_name("changed.zip")
    with zipfile.ZipFile(target, "w") as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return target


def replaced(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        assert old in files[name]
        files[name] = files[name].replace(old, new)

    return change


CHANGES = {
    "the verdict": replaced("verdict.json", b'"missing"', b'"on_time"'),
    "the page": replaced("verdict.html", b"2023", b"2022"),
    "a record": replaced("evidence.wacz", b"-00001.warc.gz", b"-00002.warc.gz"),
    "the manifest": replaced("manifest.txt", b"nianbao/evidence", b"nianbao/otherwis"),
    "a checkpoint": replaced("checkpoint.txt", b"nianbao/archive\n8", b"nianbao/archive\n9"),
    "a file more": lambda files: files.update({"extra.txt": b""}),
    "a file less": lambda files: files.pop("proofs.json") and None,
    "no manifest": lambda files: files.pop("manifest.txt") and None,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_no_change_goes_unseen(home: Path, pack: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    checked = check(rewritten(pack, change), verifier(home))
    assert checked.exit_code == 1, checked.output


def test_another_key_a_broken_key_and_what_is_no_zip_are_told_plainly(home: Path, pack: Path, tmp_path: Path) -> None:
    assert check(pack, Signer.from_seed(bytes(32)).verifier()).exit_code == 1
    broken = check(pack, "nianbao")
    assert broken.exit_code == 2 and "verifier" in broken.output
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04nonsense")
    assert check(tmp_path / "no.zip", verifier(home)).exit_code == 1


def test_a_bomb_is_not_unpacked(home: Path, pack: Path) -> None:
    with zipfile.ZipFile(pack.with_name("bomb.zip"), "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("manifest.txt", bytes(1 << 20))
    assert "packed again" in check(pack.with_name("bomb.zip"), verifier(home)).output


def test_a_record_that_never_entered_the_tree_is_named_though_the_pack_is_signed(home: Path, pack: Path) -> None:
    def drop_proof(files: dict[str, bytes]) -> None:
        told = json.loads(files["proofs.json"])
        gone = told["records"].pop(0)
        told["records"][0]["path"][0] = "00" * 32
        files["proofs.json"] = json.dumps(told).encode()
        assert gone["record"]
        resign(files, Signer.from_seed(secret_of(home)))

    output = check(rewritten(pack, drop_proof), verifier(home)).output
    assert "is not proven to be in the tree" in output and "the proof does not hold" in output


def resign(files: dict[str, bytes], signer: Signer) -> None:
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items() if name != "manifest.txt"]
    files["manifest.txt"] = signer.sign("nianbao/evidence\nlater\n" + "".join(lines)).encode()


def test_without_a_verdict_or_evidence_there_is_nothing_to_hand_out(home: Path, tmp_path: Path) -> None:
    for name, words in (("b", "no evidence"), ("nobody", "no organ")):
        made = nianbao(home, "evidence", name, "--year", "2023", "--as-of", "2024-04-12", "--out", tmp_path / "x.zip")
        assert made.exit_code == 2 and words in made.output
    assert not (tmp_path / "x.zip").exists()


def test_while_a_round_runs_a_checkpoint_that_is_needed_is_waited_for(home: Path, tmp_path: Path) -> None:
    with open_workplace(load_config(home, {})):
        made = nianbao(home, "evidence", "a", "--year", "2023", "--as-of", "2024-04-12", "--out", tmp_path / "x.zip")
    assert made.exit_code == 2 and "another Nianbao" in made.output


@pytest.mark.skipif(not (shutil.which("openssl") and shutil.which("xxd")), reason="openssl and xxd are not installed")
@pytest.mark.parametrize("readme", ["README.txt", "README.zh-CN.txt"])
def test_the_readmes_own_instructions_work_with_public_tools_alone(pack: Path, tmp_path: Path, readme: str) -> None:
    told = text(pack, readme)
    folder = tmp_path / "evidence"
    with zipfile.ZipFile(pack) as packed:
        packed.extractall(folder)
    with zipfile.ZipFile(folder / "evidence.wacz") as packed:
        packed.extractall(folder / "wacz")
    steps = told[told.index("sha256sum --check") : told.index("  3. ")].replace("sha256sum", "sha256sum --quiet")
    shell = "\n".join(line.strip() for line in steps.splitlines() if not line.startswith("  2. "))
    done = subprocess.run(["bash", "-ec", shell], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("Signature Verified Successfully") == 2
    program = re.search(r"^ {7}import base64.*?^ {11}print\(.*?$", told, re.M | re.S)
    assert program
    script = re.sub(r"^ {7}", "", program[0], flags=re.M)
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True)
    assert done.stdout.count("proven") == 4 and "NOT" not in done.stdout, done.stdout + done.stderr


def test_a_selection_is_exported_from_the_command_line(home: Path, tmp_path: Path) -> None:
    made = nianbao(home, "archive", "export", "--organ", "a", "--year", "2023", "--out", tmp_path / "a.wacz")
    assert made.exit_code == 0 and "6 captures and 2 visits" in made.output
    made = nianbao(home, "archive", "export", "--capture", "visit:v10", "--out", tmp_path / "b.wacz")
    assert made.exit_code == 0 and "0 captures and 1 visits" in made.output
    for words in (["--organ", "a"], [], ["--organ", "a", "--year", "2023", "--capture", "x"], ["--capture", "x"]):
        refused = nianbao(home, "archive", "export", *words, "--out", tmp_path / "c.wacz")
        assert refused.exit_code == 2 and not (tmp_path / "c.wacz").exists()


def test_a_backup_restored_into_an_empty_home_shows_the_same_board_and_verifies(home: Path, tmp_path: Path) -> None:
    (home / "nianbao.toml").write_text("delay = 3\n")
    nianbao(home, "archive", "checkpoint")
    with open_workplace(load_config(home, {})):  # a round goes on
        made = nianbao(home, "archive", "backup", tmp_path / "copy")
    assert made.exit_code == 0, made.output
    board = ("status", "--year", "2023", "--as-of", "2024-04-12", "--format", "jsonl")
    before = nianbao(home, *board).output
    key = verifier(home)
    shutil.rmtree(home)
    back = nianbao(tmp_path / "new", "archive", "restore", tmp_path / "copy")
    assert back.exit_code == 0, back.output
    assert nianbao(tmp_path / "new", *board).output == before and "missing" in before
    assert nianbao(tmp_path / "new", "archive", "verify").exit_code == 0
    assert verifier(tmp_path / "new") == key and load_config(tmp_path / "new", {}).delay == 3
    again = nianbao(tmp_path / "new", "archive", "restore", tmp_path / "copy")
    assert again.exit_code == 2 and "already" in again.output


@pytest.mark.skipif(authority.OPENSSL is None, reason="no openssl on this machine")
def test_a_pack_carries_the_time_stamp_of_its_checkpoint(home: Path, tmp_path: Path) -> None:
    known, other = tmp_path / "authority", tmp_path / "other"
    authority.make(known)
    authority.make(other)
    with authority.serving(known) as url:
        settings = f'timestamp_url = "{url}"\ntimestamp_certificates = "{known}/root.pem"\n'
        (home / "nianbao.toml").write_text(settings, encoding="utf-8")
        made = nianbao(home, "evidence", "a", "--year", "2023", "--as-of", "2024-04-12", "--out", tmp_path / "a.zip")
    assert made.exit_code == 0, made.output
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        packed.extractall(tmp_path / "out")
    out = tmp_path / "out"
    assert authority.verifies(out / "checkpoint.tsr", out / "checkpoint.txt", known / "root.pem")
    assert (
        "openssl ts -verify" in (out / "README.txt").read_text() and "时间戳" in (out / "README.zh-CN.txt").read_text()
    )
    words = ["evidence-check", tmp_path / "a.zip", "--verifier", verifier(home)]
    assert "says an authority; --authority checks which" in nianbao(tmp_path, *words).output
    assert "says the authority" in nianbao(tmp_path, *words, "--authority", known / "root.pem").output
    refused = nianbao(tmp_path, *words, "--authority", other / "root.pem")
    assert refused.exit_code == 1 and "checkpoint.tsr: the time stamp is not good" in refused.output
