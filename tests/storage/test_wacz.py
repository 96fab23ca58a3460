"""WACZ: a selection leaves the archive byte for byte, and other people's tools take it."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from storage import queries, wacz
from storage.archive import Archive
from storage.database import Database
from storage.errors import ArchiveDamaged, ArchiveError
from storage.records import Capture, Rendering
from storage.warc import WarcWriter
from tests.storage.make import NOON, URL, candidate, day, exchange, not_modified, visit

TOOLS = Path(__file__).parents[2] / ".tools" / "wacz"
LIST = "http://www.example.gov.cn/zwgk/nb/"


@pytest.fixture
def captures(db: Database, archive: Archive, writer: WarcWriter) -> list[Capture]:
    """A list with its screenshot, a report, the report unchanged (304), the same payload again; two visits."""
    listing = writer.exchange(exchange(LIST, body=b"<ul>"))
    writer.rendering(Rendering(LIST, NOON, b"<p>rendered", b"\x89PNG"), listing)
    report = writer.exchange(exchange())
    unchanged = writer.exchange(not_modified(day(1)), report)
    again = writer.exchange(exchange(at=day(2)), report)
    writer.visit(visit("v1", NOON, (candidate("a", (report.id,)), candidate("b", ("gone",))), captures=(listing.id,)))
    writer.visit(visit("v2", day(1), organs=("c",)))
    writer.sync()
    queries.ingest(db, archive)
    return [listing, report, unchanged, again]


def export(db: Database, archive: Archive, target: Path, *records: str, **more: Any) -> dict[str, wacz.Placed]:
    return wacz.write(target, archive, wacz.gather(db, records), created=NOON, title="一 <b>", **more)


def opened(target: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(target) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def records(data: bytes) -> Iterator[tuple[str, str]]:
    """(type, id) of each record, as warcio reads them; digests are checked."""
    for record in ArchiveIterator(io.BytesIO(data), check_digests="raise"):
        record.content_stream().read()
        yield record.rec_type, record.rec_headers.get_header("WARC-Record-ID")[len("<urn:uuid:") : -1]


def test_a_revisit_brings_its_original_and_a_page_what_the_browser_saw(
    db: Database, archive: Archive, captures: list[Capture], tmp_path: Path
) -> None:
    listing, report, unchanged, _ = captures
    placed = export(db, archive, tmp_path / "a.wacz", unchanged.id, listing.id, "visit:v2")
    [file] = [data for name, data in opened(tmp_path / "a.wacz").items() if name.startswith("archive/")]
    kinds = [kind for kind, _ in records(file)]
    page = ["response", "request"]
    assert kinds == ["warcinfo", *page, "resource", "resource", *page, "revisit", "metadata"]
    assert {report.id, unchanged.id, listing.id, "visit:v2"} < set(placed)


def test_every_record_is_copied_byte_for_byte(
    db: Database, archive: Archive, captures: list[Capture], tmp_path: Path
) -> None:
    placed = export(db, archive, tmp_path / "a.wacz", *(item.id for item in captures), "visit:v1")
    files = opened(tmp_path / "a.wacz")
    ours = archive.path(captures[0].file).read_bytes()
    for record, place in placed.items():
        copied = files[f"archive/{place.file}"][place.offset : place.offset + place.size]
        assert ours.find(copied) >= 0
        if capture := queries.capture(db, record):
            assert archive.path(capture.file).read_bytes()[capture.offset :].startswith(copied)


def test_the_index_points_to_the_records_and_the_hashes_hold(
    db: Database, archive: Archive, captures: list[Capture], tmp_path: Path
) -> None:
    export(db, archive, tmp_path / "a.wacz", *(item.id for item in captures), titles={URL: "年报"})
    files = opened(tmp_path / "a.wacz")
    lines = files["indexes/index.cdx"].decode().splitlines()
    assert lines == sorted(lines) and len(lines) == 4
    for line in lines:
        told = json.loads(line.split(" ", 2)[2])
        start = int(told["offset"])
        member = files["archive/" + told["filename"]][start : start + int(told["length"])]
        assert len(list(records(member))) == 1
    package = json.loads(files["datapackage.json"])
    told = {item["path"]: (item["hash"], item["bytes"]) for item in package["resources"]}
    found = {name: (f"sha256:{hashlib.sha256(data).hexdigest()}", len(data)) for name, data in files.items()}
    digest = json.loads(files["datapackage-digest.json"])
    assert digest == {"path": "datapackage.json", "hash": found["datapackage.json"][0]}
    assert told == {name: one for name, one in found.items() if not name.startswith("datapackage")}
    pages = [json.loads(line) for line in files["pages/pages.jsonl"].splitlines()]
    assert [page.get("title") for page in pages[1:]] == [None, "年报", "年报", "年报"]


def test_everything_archived_for_an_organ_and_a_year(db: Database, captures: list[Capture]) -> None:
    listing, report, *_ = captures
    assert wacz.of_organ(db, "a", 2025) == ["visit:v1", listing.id, report.id]
    assert wacz.of_organ(db, "c", 2025) == ["visit:v2"]
    assert wacz.of_organ(db, "a", 2024) == []


def test_what_the_index_does_not_know_is_named(db: Database, captures: list[Capture]) -> None:
    with pytest.raises(ArchiveError, match=r"nobody.*visit:v9"):
        wacz.gather(db, ["nobody", "visit:v9", captures[0].id])


def test_nothing_is_left_behind_when_a_record_is_not_what_it_was(
    db: Database, archive: Archive, captures: list[Capture], tmp_path: Path
) -> None:
    path, offset = archive.path(captures[1].file), captures[1].offset
    data = bytearray(path.read_bytes())
    data[offset + 40] ^= 1
    path.write_bytes(data)
    with pytest.raises(ArchiveDamaged, match=str(offset)):
        export(db, archive, tmp_path / "a.wacz", captures[1].id)
    with pytest.raises(ArchiveError, match="cannot write"):
        export(db, archive, tmp_path / "nowhere" / "a.wacz", captures[0].id)
    with pytest.raises(ArchiveError, match="nothing"):
        export(db, archive, tmp_path / "a.wacz")
    assert not list(tmp_path.glob("*.wacz*"))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=st.lists(st.sampled_from([0, 1, 2, 3, "visit:v1", "visit:v2"]), min_size=1))
def test_the_same_selection_gives_the_same_bytes_in_whatever_order_it_is_named(
    db: Database, archive: Archive, captures: list[Capture], tmp_path: Path, chosen: list[int | str]
) -> None:
    names = [captures[one].id if isinstance(one, int) else one for one in chosen]
    export(db, archive, tmp_path / "a.wacz", *names)
    export(db, archive, tmp_path / "b.wacz", *sorted(set(names), reverse=True))
    assert (tmp_path / "a.wacz").read_bytes() == (tmp_path / "b.wacz").read_bytes()


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_the_wacz_tool_finds_it_valid(
    db: Database, archive: Archive, captures: list[Capture], tmp_path: Path, wacz_tool: Path
) -> None:
    export(db, archive, tmp_path / "a.wacz", *(item.id for item in captures), "visit:v1")
    done = subprocess.run([wacz_tool, "validate", "-f", tmp_path / "a.wacz"], capture_output=True, text=True)
    assert done.returncode == 0 and "Validation succeeded" in done.stdout, done.stdout + done.stderr


@pytest.fixture(scope="session")
def wacz_tool() -> Path:
    """py-wacz's program, in its own environment: made from the package registry when it is not there."""
    program = TOOLS / "bin" / "wacz"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", TOOLS], check=True)
        subprocess.run([program.with_name("pip"), "install", "-q", "wacz>=0.6,<0.7"], check=True)
    return program
