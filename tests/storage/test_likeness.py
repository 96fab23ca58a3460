"""Visits that saw what an earlier one saw: short in the archive, whole for whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from storage import codec, queries, wacz
from storage.archive import Archive
from storage.database import Database
from storage.likeness import Short, restored, shortened
from storage.records import Outcome, Profile, Sighting, Visit
from storage.tree import Signer
from storage.verify import checkpoint, prove_all, verify
from storage.warc import WarcWriter
from tests.storage.make import NOON, candidate, day, visit, warcio_check
from tests.storage.test_index import rows


def seen(identity: str, number: int, **more: object) -> Visit:
    """A visit on a day, whose captures are that day's."""
    names = [f"{number}-{kind}" for kind in ("list", "page", "file")]
    looked = visit(identity, day(number), (candidate(captures=(names[1], names[2])), candidate("b", (names[1],))))
    sightings = (Sighting("http://a.cn/1", "年报", date(2026, 1, 2), names[0]), Sighting("u", "t", None, names[1]))
    looked = replace(looked, captures=(names[0],), sightings=sightings, profile=Profile(("c",)))
    return replace(looked, **more)


def test_a_visit_that_saw_the_same_is_short_and_comes_back_whole() -> None:
    first, second = seen("v1", 0), seen("v2", 1)
    short = shortened(second, first)
    assert short == Short("v2", day(1), "v1", ("1-list", "1-page", "1-file"))
    assert restored(short, first) == replace(second, like="v1")


@pytest.mark.parametrize("other", [
    seen("v2", 1, outcome=Outcome.PARTIAL),
    seen("v2", 1, detail="one page more"),
    seen("v2", 1, profile=None),
    seen("v2", 1, sightings=()),
    seen("v2", 1, captures=("1-list", "1-more")),
    seen("v2", 1, captures=("1-page",)),
    seen("v2", 1, captures=()),
    seen("v2", 1, candidates=(candidate(captures=("1-page", "1-page")), candidate("b", ("1-page",)))),
    seen("v2", 1, candidates=(candidate(captures=("1-page", "1-file")), candidate("b", ("1-file",)))),
])  # fmt: skip
def test_a_visit_that_saw_anything_else_is_written_whole(other: Visit) -> None:
    assert shortened(other, seen("v1", 0)) is None


def test_nothing_is_like_a_visit_that_is_short_itself() -> None:
    assert shortened(seen("v3", 2), seen("v2", 1, like="v1")) is None
    assert shortened(seen("v3", 2), None) is None


@pytest.mark.parametrize("other", [seen("v0", 0), seen("v1", 0, captures=("0-list", "0-more"))])
def test_a_short_visit_is_restored_from_the_visit_that_it_is_like_and_no_other(other: Visit) -> None:
    with pytest.raises(ValueError, match="visit v2 is not like"):
        restored(Short("v2", NOON, "v1", ("1", "2", "3")), other)


@pytest.fixture
def two_days(folder: Path, new_id: Callable[[], str], db: Database, archive: Archive) -> list[Visit]:
    """The same seen on two days, in a file each, and a third time in the second file; indexed."""
    made = [seen("v1", 0), seen("v2", 1), seen("v3", 2)]
    with WarcWriter(folder, "a", new_id=new_id) as writer:
        writer.visit(made[0])
    with WarcWriter(folder, "b", new_id=new_id) as writer:
        writer.visit(made[1], made[0])
        writer.visit(made[2], made[0])
    assert queries.ingest(db, archive).visits == 3
    return made


def test_short_visits_are_whole_in_the_index_and_after_reindex(
    db: Database, archive: Archive, two_days: list[Visit]
) -> None:
    like = [None, "v1", "v1"]
    assert queries.visits(db) == [replace(one, like=name) for one, name in zip(two_days, like, strict=True)]
    sizes = [record.end - record.start for file in archive.files() for record in archive.scan(file) if record.visit]
    assert max(sizes[1:]) < sizes[0] / 2
    assert warcio_check(archive.folder) == ""
    assert verify(db, archive).faults == ()
    before = rows(db)
    assert queries.reindex(db, archive).visits == 3
    assert rows(db) == before


def test_a_short_visit_and_what_it_is_like_are_indexed_together_from_one_file(
    folder: Path, writer: WarcWriter, db: Database, archive: Archive
) -> None:
    writer.visit(seen("v1", 0))
    writer.visit(seen("v2", 1), seen("v1", 0))
    writer.close()
    assert queries.ingest(db, archive).damaged == ()
    assert queries.visit(db, "v2") == seen("v2", 1, like="v1")


def test_a_visit_whose_like_is_lost_is_named(folder: Path, two_days: list[Visit], db: Database) -> None:
    (folder / "a-00001.warc.gz").unlink()
    done = queries.reindex(db, Archive(folder))
    assert done.visits == 0
    missing, *shorts = done.damaged[0], *done.damaged[-2:]
    assert missing.startswith("a-00001.warc.gz: missing")
    assert [text.partition(": ")[2] for text in shorts] == [
        f"visit {name} saw what visit v1 saw, and that one is not in the index" for name in ("v2", "v3")
    ]


def test_an_export_and_a_proof_of_a_short_visit_bring_what_it_is_like(
    db: Database, archive: Archive, two_days: list[Visit], tmp_path: Path
) -> None:
    selection = wacz.gather(db, ["visit:v2"])
    assert list(selection.visits) == ["v2", "v1"]
    placed = wacz.write(tmp_path / "x.wacz", archive, selection, created=NOON, title="t")
    assert placed.keys() == {"visit:v1", "visit:v2"}
    checkpoint(db, archive, "now", Signer.from_seed(bytes(32)))
    assert [proof.record for proof in prove_all(db, archive, list(placed)) or ()] == list(placed)


def test_a_record_from_before_visits_were_short_reads_as_it_did() -> None:
    told = codec.plain(seen("v1", 0))
    del told["like"]
    assert codec.from_json(Visit, codec.json_text(told)) == seen("v1", 0)
