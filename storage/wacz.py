"""A selection of the archive as one WACZ 1.1.1 file: what web archive players open and py-wacz validates.

WARC records are copied as they lie in our files, whole gzip members, byte for byte; so their digests and their place in
the hash tree hold in the copy too. Each file of ours becomes one in the WACZ that begins with the same warcinfo.
Same selection, same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from storage import cdx, index
from storage.archive import Archive
from storage.bundle import Bundle, Entry
from storage.codec import json_text, moment_text
from storage.database import Database
from storage.errors import ArchiveDamaged, ArchiveError
from storage.models import VisitRow
from storage.records import Capture
from storage.urls import target_uri
from storage.warc import VISIT

VERSION = "1.1.1"
DATAPACKAGE, DIGEST = "datapackage.json", "datapackage-digest.json"
_PAGE_TYPES = ("text/html", "application/xhtml+xml", "application/pdf")
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be exported: captures with those that they rest on, and visits by where their records lie."""

    captures: tuple[Capture, ...] = ()
    visits: Mapping[str, tuple[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a record lies in the WACZ: `size` bytes of the file `archive/<file>`."""

    file: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int  # in our file
    end: int
    record: str = ""  # a capture's id, "visit:" + a visit's, or empty
    capture: Capture | None = None


def gather(db: Database, records: Iterable[str]) -> Selection:
    """Captures (by id) and visits ("visit:" + id), as an assessment names them.

    Revisits bring their originals, visits those that they are like, pages what a browser made of them at that moment.
    Raises ArchiveError when the index does not know one of them.
    """
    wanted = list(dict.fromkeys(records))
    visits = [record.removeprefix("visit:") for record in wanted if record.startswith("visit:")]
    named = [record for record in wanted if not record.startswith("visit:")]
    captures = index.captures_by_id(db, named)
    places = _visit_places(db, visits)
    originals = [item.refers_to for item in captures.values() if item.refers_to and item.refers_to not in captures]
    captures |= index.captures_by_id(db, list(dict.fromkeys(originals)))
    unknown = [item for item in (*named, *originals) if item not in captures]
    unknown += [f"visit:{item}" for item in visits if item not in places]
    if unknown:
        raise ArchiveError(f"not in the index: {', '.join(unknown)}; `nianbao archive reindex` if its WARC is there")
    for page in [item for item in captures.values() if item.kind in ("response", "revisit")]:
        captures |= {item.id: item for item in index.renderings(db, page.url, page.at)}
    return Selection(tuple(sorted(captures.values(), key=lambda item: (item.at, item.id))), places)


def _visit_places(db: Database, identities: Sequence[str]) -> dict[str, tuple[str, int]]:
    """Where the records of the visits lie, and of those that they are like; of those that the index has."""
    found: dict[str, tuple[str, int]] = {}
    likes: list[str] = []
    asked = select(VisitRow.id, VisitRow.file, VisitRow.offset, VisitRow.record["like"].as_string().label("like"))
    with db.read() as connection:
        for start in range(0, len(identities), 500):
            for row in connection.execute(asked.where(VisitRow.id.in_(identities[start : start + 500]))):
                found[row.id] = (row.file, row.offset)
                likes += [row.like] if row.like else []
    others = [identity for identity in dict.fromkeys(likes) if identity not in found]
    return found | (_visit_places(db, others) if others else {})


def of_organ(db: Database, organ: str, year: int) -> list[str]:
    """Everything that was archived looking for one organ's reports for a year: records as `gather` takes them."""
    found: list[str] = []
    for visit in index.visits(db, organ, year):
        found += [f"visit:{visit.id}", *visit.captures]
        found += [name for item in visit.candidates if item.organ == organ for name in item.captures]
    return found


def write(
    target: Path,
    archive: Archive,
    selection: Selection,
    *,
    created: datetime,
    title: str,
    titles: Mapping[str, str] | None = None,
) -> dict[str, Placed]:
    """Write the selection to `target`; where each record lies in it, by capture id or "visit:" + id.

    `titles` gives pages their names, by address. Raises ArchiveError, and leaves nothing behind then.
    """
    if not selection.captures and not selection.visits:
        raise ArchiveError("nothing is selected: there is nothing to export")
    plan = _plan(archive, selection)
    with Bundle(target) as bundle:
        for file, pieces in plan.items():
            size = sum(piece.end - piece.start for piece in pieces)
            bundle.add_parts(f"archive/{file}", size, _bytes_of(archive, file, pieces))
        placed, lines = _placed(plan)
        bundle.add("indexes/index.cdx", "".join(sorted(lines)).encode("utf-8"))
        bundle.add("pages/pages.jsonl", _pages(selection.captures, titles or {}))
        package = _datapackage(bundle.entries, created, title)
        digest = bundle.add(DATAPACKAGE, package).sha256
        bundle.add(DIGEST, _json({"path": DATAPACKAGE, "hash": f"sha256:{digest}"}))
    return placed


# Which bytes


def _plan(archive: Archive, selection: Selection) -> dict[str, list[_Piece]]:
    """By file, the members to copy, in the order in which they lie."""
    wanted: dict[str, dict[int, tuple[str, Capture | None]]] = {}
    for item in selection.captures:
        wanted.setdefault(item.file, {})[item.offset] = (item.id, item)
    for identity, (file, offset) in selection.visits.items():
        wanted.setdefault(file, {})[offset] = (f"visit:{identity}", None)
    return {file: list(_pieces(archive, file, wanted[file])) for file in sorted(wanted)}


def _pieces(archive: Archive, file: str, wanted: Mapping[int, tuple[str, Capture | None]]) -> Iterator[_Piece]:
    first = archive.member(file, 0)
    if _says(first.record, "WARC-Type", "warcinfo") and 0 not in wanted:
        yield _Piece(0, first.end)
    for offset in sorted(wanted):
        record, capture = wanted[offset]
        member = archive.member(file, offset)
        name, value = _identity(record)
        if not _says(member.record, name, value):
            raise ArchiveDamaged(file, offset, f"another record than {record} stands there")
        yield _Piece(offset, member.end, record, capture)
        if capture is not None and capture.kind in ("response", "revisit"):
            yield from _request(archive, file, member.end, capture)


def _identity(record: str) -> tuple[str, str]:
    """The head field that tells this record."""
    if record.startswith("visit:"):
        return "WARC-Target-URI", VISIT + target_uri(record.removeprefix("visit:"))
    return "WARC-Record-ID", f"<urn:uuid:{record}>"


def _request(archive: Archive, file: str, offset: int, capture: Capture) -> Iterator[_Piece]:
    """The request that was written right after its response; none where a killed writer did not come to it."""
    if offset >= (archive.size(file) or 0):
        return
    try:
        member = archive.member(file, offset)
    except ArchiveDamaged:
        return
    if _says(member.record, "WARC-Concurrent-To", f"<urn:uuid:{capture.id}>") and _says(
        member.record, "WARC-Type", "request"
    ):
        yield _Piece(offset, member.end)


def _says(record: bytes | None, name: str, value: str) -> bool:
    head = (record or b"").partition(b"\r\n\r\n")[0] + b"\r\n"
    return f"\r\n{name}: {value}\r\n".encode() in head


def _bytes_of(archive: Archive, file: str, pieces: Sequence[_Piece]) -> Iterator[bytes]:
    with archive.open(file) as source:
        for piece in pieces:
            position = piece.start
            while position < piece.end and (block := source.read(position, min(piece.end - position, _BLOCK))):
                position += len(block)
                yield block


# What is said of them


def _placed(plan: Mapping[str, Sequence[_Piece]]) -> tuple[dict[str, Placed], list[str]]:
    """(where each record lies, CDXJ lines)."""
    placed: dict[str, Placed] = {}
    lines: list[str] = []
    for file, pieces in plan.items():
        offset = 0
        for piece in pieces:
            size = piece.end - piece.start
            if piece.record:
                placed[piece.record] = Placed(file, offset, size)
            if piece.capture is not None and piece.capture.kind in ("response", "revisit"):
                lines.append(cdx.cdxj_line(cdx.line_of(piece.capture, file, offset, size)) + "\n")
            offset += size
    return placed, lines


def _pages(captures: Sequence[Capture], titles: Mapping[str, str]) -> bytes:
    known = {item.id: item for item in captures}
    lines: list[object] = [{"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}]
    for item in captures:
        original = known.get(item.refers_to or "", item)
        shown = item.kind in ("response", "revisit") and item.status in (200, 304)
        if shown and (original.media_type in _PAGE_TYPES or item.url in titles):
            page = {"id": item.id, "url": item.url, "ts": moment_text(item.at)}
            lines.append(page | ({"title": titles[item.url]} if item.url in titles else {}))
    return b"".join(json_text(line).encode("utf-8") + b"\n" for line in lines)


def _datapackage(entries: Sequence[Entry], created: datetime, title: str) -> bytes:
    return _json(
        {
            "profile": "data-package",
            "wacz_version": VERSION,
            "title": title,
            "software": "Nianbao",
            "created": moment_text(created),
            "resources": [
                {
                    "name": entry.path.rpartition("/")[2].lower(),
                    "path": entry.path,
                    "hash": f"sha256:{entry.sha256}",
                    "bytes": entry.size,
                }
                for entry in entries
            ],
        }
    )


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")
