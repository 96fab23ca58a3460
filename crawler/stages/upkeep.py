"""Upkeep: once a day the archive's tree is signed and dated, a share of its bytes is read again, operators are told.

What came of it is kept in `logs/upkeep.jsonl`; the next time goes on with the next share, so a day that was missed
leaves no share unread.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from cryptography.x509 import Certificate

from alerts.model import Letterhead
from alerts.upkeep import letters
from crawler.authority import authority
from crawler.secret import secret_of
from crawler.stages.notify import send, subscribers
from crawler.workplace import Workplace
from storage import queries, stamps
from storage import verify as verifying
from storage.codec import moment_text
from storage.errors import ArchiveError
from storage.tree import Checkpoint, Signer

PARTS = 30
_SKEW = timedelta(minutes=5)
_TOLD = 50  # faults in one mail; the record has them all


@dataclass(frozen=True, slots=True)
class Upkeep:
    """What one day's upkeep came to."""

    at: str  # RFC 3339
    part: int  # from 1
    parts: int
    records: int  # read again
    bytes: int
    leaves: int  # that the newest checkpoint signs
    faults: tuple[str, ...]  # of the archive
    troubles: tuple[
        str, ...
    ]  # of the machines around it: a bucket or an authority that cannot be reached, a wrong clock

    @property
    def well(self) -> bool:
        return not self.faults and not self.troubles


def upkeep(place: Workplace, progress: Callable[[int], None], parts: int = PARTS) -> Upkeep:
    """One day's upkeep. Raises StorageError only when nothing can be done at all."""
    troubles: list[str] = []
    faults = [f"damaged: {one}" for one in queries.ingest(place.db, place.archive).damaged]
    signed, why = sign(place)
    troubles += why
    try:
        queries.ship(place.db, place.archive)
    except ArchiveError as error:
        troubles.append(str(error))
    before = last(place.config.home)
    part = before.part % parts + 1 if before else 1
    done = verifying.verify(
        place.db,
        place.archive,
        share=(part - 1, parts),
        verifier=Signer.from_seed(secret_of(place.config.home)).verifier(),
        authority=trusted(place),
        progress=progress,
    )
    faults += [described(fault) for fault in done.faults]
    now = moment_text(place.clock())
    found = Upkeep(now, part, parts, done.records, done.bytes, signed.size, tuple(faults), tuple(troubles))
    _record(place.config.home, found)
    if not found.well:
        _tell(place, found)
    return found


def sign(place: Workplace) -> tuple[Checkpoint, list[str]]:
    """Sign the tree as it is, and have that dated where an authority is set; what stood in the way of the latter."""
    now = place.clock()
    signer = Signer.from_seed(secret_of(place.config.home))
    made = verifying.checkpoint(place.db, place.archive, moment_text(now), signer)
    if place.config.timestamp_url is None:
        return made, []
    fresh = not stamps.stamp_of(place.archive.folder, made.size).exists()
    try:
        dated = stamps.stamp(place.archive.folder, made, authority(place.config.timestamp_url), trusted(place))
    except ArchiveError as error:
        return made, [str(error)]
    if fresh and abs(dated - now) > _SKEW:
        return made, [
            f"the time stamp authority says {moment_text(dated)}, this machine {moment_text(now)}: set its clock"
        ]
    return made, []


def trusted(place: Workplace) -> list[Certificate]:
    """The certificates that time stamps are trusted by; none where none are set. Raises ArchiveError."""
    path = place.config.timestamp_certificates
    return stamps.certificates(Path(path)) if path else []


def described(fault: verifying.Fault) -> str:
    place = f" {fault.offset}" if fault.offset is not None else ""
    record = f" {fault.record}:" if fault.record else ""
    return f"{fault.kind}: {fault.file}{place}{record} {fault.why}"


def records(home: Path) -> Iterator[Upkeep]:
    """What is on record, oldest first. A line that a killed process left half written does not count."""
    path = _log(home)
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            told = json.loads(text)
            yield Upkeep(**(told | {name: tuple(told[name]) for name in ("faults", "troubles")}))
        except (ValueError, TypeError, KeyError):
            continue


def last(home: Path) -> Upkeep | None:
    found = None
    for found in records(home):  # noqa: B007 - the last one counts
        pass
    return found


def _record(home: Path, done: Upkeep) -> None:
    path = _log(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and not path.read_bytes().endswith(b"\n")  # by a kill: it must not spoil this line too
    with path.open("a", encoding="utf-8") as stream:
        stream.write("\n" * torn + json.dumps(asdict(done), ensure_ascii=False) + "\n")


def _log(home: Path) -> Path:
    return home / "logs" / "upkeep.jsonl"


def _tell(place: Workplace, done: Upkeep) -> None:
    """Puts letters to the operators into the outbox, and tries to send them."""
    config, now = place.config, place.clock()
    head = Letterhead.of(config.mail_from, config.base_url)
    found = (*done.faults[:_TOLD], *done.troubles)
    left = len(done.faults) - len(done.faults[:_TOLD])
    queries.put_messages(
        place.db, letters(subscribers(place), head, now, damaged=bool(done.faults), found=found, left=left)
    )
    send(place)
