"""An evidence pack: one zip with a WACZ, the hash-tree proofs of all its records, and whatever explains them.

    manifest.txt      signed note: the sha-256 of every other file, in lines that `sha256sum --check` reads
    evidence.wacz     the records, byte for byte
    checkpoint.txt    signed head of the archive's hash tree
    checkpoint.tsr    its time stamp (RFC 3161), where an authority has dated it
    proofs.json       for each record: where it lies in the WACZ, and its path in that tree
    …                 what the caller encloses: pages, pictures, instructions

Says nothing of what the evidence proves. Checked by `storage.packcheck` without database or archive.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from storage import wacz
from storage.archive import Archive
from storage.bundle import Bundle
from storage.codec import json_text, moment_text
from storage.errors import ArchiveError
from storage.stamps import stamp_of
from storage.tree import Signer
from storage.verify import Proof

ORIGIN = "nianbao/evidence"
MANIFEST, WACZ, CHECKPOINT, STAMP, PROOFS, VERDICT = (
    "manifest.txt",
    "evidence.wacz",
    "checkpoint.txt",
    "checkpoint.tsr",
    "proofs.json",
    "verdict.json",
)
_BLOCK = 1 << 20


def proven(selection: wacz.Selection) -> list[str]:
    """The records that a pack of this selection needs proofs of (`storage.verify.prove_all`)."""
    return [*(item.id for item in selection.captures), *(f"visit:{identity}" for identity in selection.visits)]


def write(
    target: Path,
    archive: Archive,
    selection: wacz.Selection,
    proofs: list[Proof],
    signer: Signer,
    *,
    created: datetime,
    title: str,
    titles: Mapping[str, str],
    enclosed: Mapping[str, bytes],
) -> None:
    """Write a pack, replacing `target` when it is whole. `enclosed` are further files, by path. Raises ArchiveError.

    Same arguments, same bytes.
    """
    if {proof.record for proof in proofs} != set(proven(selection)):
        raise ArchiveError("not every record of the pack has a proof; sign a checkpoint first")
    with tempfile.TemporaryDirectory(prefix=".pack-", dir=_beside(target)) as work, Bundle(target) as bundle:
        packed = Path(work) / WACZ
        placed = wacz.write(packed, archive, selection, created=created, title=title, titles=titles)
        for path in sorted(enclosed):
            bundle.add(path, enclosed[path])
        bundle.add_parts(WACZ, packed.stat().st_size, _blocks(packed))
        bundle.add(CHECKPOINT, proofs[0].note.encode("utf-8"))
        if (stamp := stamp_of(archive.folder, proofs[0].size)).exists():
            bundle.add(STAMP, stamp.read_bytes())
        bundle.add(PROOFS, _proofs(proofs, placed))
        lines = [f"{entry.sha256}  {entry.path}\n" for entry in bundle.entries]
        bundle.add(MANIFEST, signer.sign(f"{ORIGIN}\n{moment_text(created)}\n{''.join(lines)}").encode("utf-8"))


def _beside(target: Path) -> Path:
    if not target.parent.is_dir():
        raise ArchiveError(f"cannot write {target}: there is no folder {target.parent}")
    return target.parent


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            yield block


def _proofs(proofs: list[Proof], placed: Mapping[str, wacz.Placed]) -> bytes:
    lines = []
    for proof in sorted(proofs, key=lambda proof: proof.index):
        place = placed[proof.record]
        where = {"file": f"archive/{place.file}", "offset": place.offset, "length": place.size}
        lines.append(json_text({"record": proof.record, "index": proof.index, **where, "path": proof.path}))
    return (f'{{"size": {proofs[0].size}, "records": [\n' + ",\n".join(lines) + "\n]}\n").encode("utf-8")
