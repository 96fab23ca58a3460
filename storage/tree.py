"""The archive's hash tree: which records entered it, in which order, and the signed checkpoints of its head.

Leaves are the records that a verdict can rest on (responses, revisits, renderings, visits), unpacked, byte for byte.
Their order is kept in `tree/log.jsonl` beside the WARCs, one line for each run of neighbouring records of one file; the
WARC bytes themselves are the leaves, so the tree can be computed from the archive folder alone. Checkpoints are signed
notes (the format of C2SP `tlog-checkpoint`) in `tree/checkpoint-*.txt`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from storage.errors import ArchiveError

FOLDER = "tree"
ORIGIN = "nianbao/archive"
_LOG = "log sha256:"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring records of one file that entered the tree together."""

    number: int  # of its first leaf
    count: int  # leaves
    file: str
    start: int  # bytes start…end of the file hold them
    end: int
    root: str  # hex head of the tree of these leaves alone: tells which run was changed
    # hex digest over all records between `start` and `end`, those too that are no leaves; "": not known
    every: str = ""


class TreeLog:
    """The order of the leaves. One process appends, under the database's writer lock."""

    def __init__(self, archive: Path) -> None:
        self.path = archive / FOLDER / "log.jsonl"

    def runs(self) -> Iterator[Run]:
        """The runs, oldest first. A line that a killed writer left unfinished does not count."""
        if not self.path.exists():
            return
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield Run(**json.loads(line))
                except (ValueError, TypeError) as error:
                    raise ArchiveError(f"{self.path}, line {number}: not a run of the tree: {error}") from error

    def digests(self, sizes: Iterable[int]) -> dict[int, str]:
        """By size of the tree, the hex sha-256 of the log up to there; sizes that no run ends with are left out."""
        wanted, digest, found = set(sizes), hashlib.sha256(), dict[int, str]()
        for run in self.runs():
            digest.update(_line(run))
            if (size := run.number + run.count) in wanted:
                found[size] = digest.hexdigest()
        return found

    def append(self, run: Run) -> None:
        """Add a run; it is on disk when this returns."""
        line = _line(run)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a+b") as stream:
                end = _whole_lines(stream.seek(0, os.SEEK_END), self.path)
                stream.truncate(end)
                stream.write(line)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise ArchiveError(f"cannot write {self.path}: {error.strerror}; make room, then index again") from error


def _line(run: Run) -> bytes:
    told = {name: value for name, value in asdict(run).items() if value != ""}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _whole_lines(size: int, path: Path) -> int:
    if size == 0:
        return 0
    with path.open("rb") as stream:
        stream.seek(max(0, size - 4096))
        tail = stream.read()
    return size - len(tail) + tail.rfind(b"\n") + 1


# Checkpoints


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree's head at a size. `note` is the signed text as it is stored and published."""

    size: int
    root: bytes
    at: str  # RFC 3339, as the clock of the signer said
    note: str
    log: str = ""  # hex digest of the log that led to it; "": the note, of an older Nianbao, does not say


class Signer:
    """An Ed25519 key with the name that its signatures carry."""

    def __init__(self, key: Ed25519PrivateKey, name: str = ORIGIN) -> None:
        self._key, self.name = key, name

    @staticmethod
    def from_seed(seed: bytes, name: str = ORIGIN) -> Signer:
        """The signer of a secret seed of 32 bytes."""
        return Signer(Ed25519PrivateKey.from_private_bytes(seed), name)

    @property
    def public(self) -> bytes:
        return self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def verifier(self) -> str:
        """The public half as text, to be published: `name+hash+key` as in C2SP signed-note."""
        key = base64.b64encode(b"\x01" + self.public).decode("ascii")
        return f"{self.name}+{_key_hash(self.name, self.public).hex()}+{key}"

    def sign(self, text: str) -> str:
        """The text as a signed note."""
        signature = _key_hash(self.name, self.public) + self._key.sign(text.encode())
        return f"{text}\n\u2014 {self.name} {base64.b64encode(signature).decode('ascii')}\n"


def _key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def write_checkpoint(archive: Path, size: int, head: bytes, at: str, signer: Signer) -> Checkpoint:
    """Sign the tree's head and keep it beside the WARCs; one of the same size is left as it is."""
    path = archive / FOLDER / f"checkpoint-{size:012d}.txt"
    if path.exists():
        return read_checkpoint(path.read_text(encoding="utf-8"))
    text = f"{ORIGIN}\n{size}\n{base64.b64encode(head).decode('ascii')}\n{at}\n"
    if log := TreeLog(archive).digests([size]).get(size):
        text += f"{_LOG}{log}\n"
    note = signer.sign(text)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(path)
    return read_checkpoint(note)


def checkpoints(archive: Path) -> list[Checkpoint]:
    """The archive's checkpoints, smallest tree first."""
    found = sorted((archive / FOLDER).glob("checkpoint-*.txt"))
    return [read_checkpoint(path.read_text(encoding="utf-8")) for path in found]


def read_checkpoint(note: str) -> Checkpoint:
    """A checkpoint out of a note. Says nothing of its signature. Raises ValueError."""
    lines = note.split("\n")
    if len(lines) < 4 or lines[0] != ORIGIN or not lines[1].isdigit():
        raise ValueError("not a checkpoint of a Nianbao archive")
    log = lines[4].removeprefix(_LOG) if len(lines) > 4 and lines[4].startswith(_LOG) else ""
    return Checkpoint(int(lines[1]), base64.b64decode(lines[2], validate=True), lines[3], note, log)


def signed(note: str, verifier: str) -> bool:
    """Whether the note bears a good signature of this verifier (`name+hash+key`). ArchiveError when that is none."""
    name, public = _public_key(verifier)
    text, separator, signatures = note.rpartition("\n\n")
    if not separator:
        return False
    for line in signatures.splitlines():
        if not line.startswith(f"\u2014 {name} "):
            continue
        try:
            signature = base64.b64decode(line.rpartition(" ")[2], validate=True)
            if signature[:4] != _key_hash(name, public):
                continue
            Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], (text + "\n").encode())
        except (ValueError, InvalidSignature):
            return False
        return True
    return False


def _public_key(verifier: str) -> tuple[str, bytes]:
    name, _, rest = verifier.strip().partition("+")
    try:
        key = base64.b64decode(rest.partition("+")[2], validate=True)
    except ValueError:
        key = b""
    if key[:1] != b"\x01" or len(key) != 33 or rest.partition("+")[0] != _key_hash(name, key[1:]).hex():
        raise ArchiveError(f"not a verifier (name+hash+key, as `nianbao archive checkpoint` prints it): {verifier!r}")
    return name, key[1:]
