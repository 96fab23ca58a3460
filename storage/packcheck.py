"""Is an evidence pack what its signer made, and was all its evidence in the signed tree? Needs the public key alone.

Whether the evidence supports the verdict is for the reader to judge. A pack comes from a stranger: nothing is unpacked
to where it says, everything has limits, and what is not as we write it is refused.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.x509 import Certificate

from storage.archive import Archive, Record
from storage.errors import ArchiveError
from storage.likeness import Short
from storage.merkle import included
from storage.pack import CHECKPOINT, MANIFEST, ORIGIN, PROOFS, STAMP, VERDICT, WACZ
from storage.stamps import BadStamp, dated
from storage.tree import Checkpoint, read_checkpoint, signed
from storage.wacz import DATAPACKAGE, DIGEST

_FILES = 10_000
_TEXT = 64 << 20  # bytes of a file that is read as a whole
_RECORD = 512 << 20  # bytes of a record, unpacked
_BLOCK = 1 << 20


@dataclass(slots=True)
class Checked:
    """What a check came to: good when there are no faults."""

    files: int = 0
    records: int = 0  # proven to be in the signed tree
    verdict: dict[str, Any] = field(default_factory=dict)  # what verdict.json says; empty when it cannot be read
    checkpoint: Checkpoint | None = None
    stamped: datetime | None = None  # when an authority dated the checkpoint; None: it did not
    faults: list[str] = field(default_factory=list)


class _Fault(Exception):
    """What makes it pointless to look further."""


def check(path: Path, verifier: str, authority: Sequence[Certificate] = ()) -> Checked:
    """Check the pack at `path` against `verifier` (`name+hash+key`). Raises ArchiveError when it cannot be read.

    `authority`: root certificates that its time stamp must lead to; without them any authority's will do.
    """
    checked = Checked()
    try:
        with tempfile.TemporaryDirectory(prefix="nianbao-") as work, zipfile.ZipFile(path) as pack:
            _check(pack, path.stat().st_size, verifier, Path(work), checked)
            checked.stamped = _stamped(pack, authority, checked)
    except (_Fault, zipfile.BadZipFile, ValueError, KeyError, TypeError, RecursionError) as fault:
        checked.faults.append(f"the pack cannot be checked further: {fault}")
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror or error}") from error
    return checked


def _check(pack: zipfile.ZipFile, size: int, verifier: str, work: Path, checked: Checked) -> None:
    checked.files = len(_names(pack, size))
    _manifest(pack, verifier)
    copy = work / WACZ
    _copy(pack, WACZ, copy)
    with zipfile.ZipFile(copy) as packed:
        archive = _unpacked(packed, copy.stat().st_size, work)
    note = _text(pack, CHECKPOINT)
    if not signed(note, verifier):
        raise _Fault(f"{CHECKPOINT} does not bear a good signature of this verifier")
    checked.checkpoint = read_checkpoint(note)
    found = {(f"archive/{file}", record.start): record for file, record in _records(archive)}
    proven = set(_proven(json.loads(_text(pack, PROOFS)), found, checked))
    checked.records = len(proven)
    for (file, start), record in found.items():
        if record.fault:
            checked.faults.append(f"{file}, byte {start}: {record.fault}")
        elif record.leaf is not None and _name(record) not in proven:
            checked.faults.append(f"{file}, byte {start}: {_name(record)} is not proven to be in the tree")
        elif isinstance(record.visit, Short) and f"visit:{record.visit.like}" not in proven:
            checked.faults.append(f"{file}, byte {start}: {_name(record)} is like a visit that is not in the pack")
    checked.verdict = json.loads(_text(pack, VERDICT))
    for record in checked.verdict["assessment"]["evidence"]:
        if record not in proven:
            checked.faults.append(f"the verdict rests on {record}, which is not in the pack")


def _stamped(pack: zipfile.ZipFile, authority: Sequence[Certificate], checked: Checked) -> datetime | None:
    if STAMP not in pack.namelist():
        if authority:
            checked.faults.append("the checkpoint bears no time stamp")
        return None
    try:
        return dated(pack.read(STAMP), _text(pack, CHECKPOINT).encode("utf-8"), authority)
    except BadStamp as error:
        checked.faults.append(f"{STAMP}: {error}")
        return None


# The zip and its digests


def _names(packed: zipfile.ZipFile, size: int) -> list[str]:
    infos = packed.infolist()
    names = [info.filename for info in infos]
    if len(infos) > _FILES or len(set(names)) != len(names):
        raise _Fault("too many files, or one twice")
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
        raise _Fault("it was packed again: check the file as it was handed out")
    if sum(info.file_size for info in infos) > size:
        raise _Fault("the files are larger than the zip")
    return names


def _manifest(pack: zipfile.ZipFile, verifier: str) -> None:
    """The signature, and the digest of every file."""
    manifest = _text(pack, MANIFEST)
    if not manifest.startswith(f"{ORIGIN}\n") or not signed(manifest, verifier):
        raise _Fault(f"{MANIFEST} does not bear a good signature of this verifier")
    lines = manifest.rpartition("\n\n")[0].split("\n")[2:]
    told = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
    _same_files(pack, told, {MANIFEST})


def _same_files(packed: zipfile.ZipFile, told: Mapping[str, str], beside: set[str]) -> None:
    there = set(packed.namelist()) - beside
    wrong = [f"{path} is missing" for path in sorted(told.keys() - there)]
    wrong += [f"{path} does not belong there" for path in sorted(there - told.keys())]
    wrong += [f"{path} was changed" for path in sorted(there & told.keys()) if _digest(packed, path) != told[path]]
    if wrong:
        raise _Fault("; ".join(wrong))


def _unpacked(packed: zipfile.ZipFile, size: int, work: Path) -> Archive:
    """The WARC files of the WACZ as a folder, once its own digests hold."""
    names = _names(packed, size)
    package = json.loads(_text(packed, DATAPACKAGE))
    if json.loads(_text(packed, DIGEST))["hash"] != f"sha256:{_digest(packed, DATAPACKAGE)}":
        raise _Fault(f"{DATAPACKAGE} was changed")
    told = {item["path"]: item["hash"].removeprefix("sha256:") for item in package["resources"]}
    _same_files(packed, told, {DATAPACKAGE, DIGEST})
    archive = Archive(work / "archive")
    archive.folder.mkdir()
    for name in names:
        if name.startswith("archive/"):
            _copy(packed, name, archive.path(name.removeprefix("archive/")))
    return archive


def _text(packed: zipfile.ZipFile, name: str) -> str:
    if packed.getinfo(name).file_size > _TEXT:
        raise _Fault(f"{name} is too large")
    return packed.read(name).decode("utf-8")


def _digest(packed: zipfile.ZipFile, name: str) -> str:
    with packed.open(name) as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # reads like a file


def _copy(packed: zipfile.ZipFile, name: str, target: Path) -> None:
    with packed.open(name) as stream, target.open("wb") as out:
        while block := stream.read(_BLOCK):
            out.write(block)


# The records and their proofs


def _records(archive: Archive) -> Iterator[tuple[str, Record]]:
    for file in archive.files():
        end = 0
        for record in archive.scan(file, check=True, limit=_RECORD):
            end = record.end
            yield file, record
        if end != archive.path(file).stat().st_size:
            raise _Fault(f"archive/{file} does not end with a whole record")


def _name(record: Record) -> str:
    return f"visit:{record.visit.id}" if record.visit else record.id


def _proven(told: Mapping[str, Any], found: Mapping[tuple[str, int], Record], checked: Checked) -> Iterator[str]:
    """The names of the records whose proofs hold; those that do not become faults."""
    tree = checked.checkpoint
    for item in told["records"]:
        record = found.get((item["file"], item["offset"]))
        if tree is None or record is None or record.leaf is None or _name(record) != item["record"]:
            checked.faults.append(f"{item['record']} is not where its proof says")
            continue
        path = [bytes.fromhex(node) for node in item["path"]]
        if included(record.leaf, item["index"], tree.size, path, tree.root):
            yield item["record"]
        else:
            checked.faults.append(f"{item['record']}: the proof does not hold")
