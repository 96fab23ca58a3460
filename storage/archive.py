"""Reading the archive: which files there are, what records they hold, and what a capture said.

Works from the WARC files alone; where a capture lies, the caller or the index knows. Never writes, but for `heal`.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal
from urllib.parse import unquote_to_bytes

from fastwarc.warc import WarcRecord

from storage import codec, http
from storage.bucket import Bucket, RemoteFile
from storage.errors import ArchiveDamaged, ArchiveError, PayloadTooLarge
from storage.likeness import Short
from storage.members import Member, cut_back, member_at, members
from storage.merkle import leaf_hash
from storage.prepared import HEAD, digest_of
from storage.receipts import RECEIPT, read_receipt
from storage.records import Capture, Visit
from storage.source import LocalFile
from storage.urls import urlkey
from storage.warc import DOM, SCREENSHOT, VISIT, resource_capture

SUFFIX = ".warc.gz"
LIMIT = 100 << 20

Find = Callable[[str], Capture | None]


@dataclass(frozen=True, slots=True)
class Payload:
    """What a capture said. Of a revisit: its own head, and the body of the capture that it refers to."""

    head: bytes  # as received; empty for renderings and screenshots
    headers: http.Headers  # in order, duplicates kept
    status: int | None
    reason: bytes
    body: bytes  # transfer and content codings removed
    media_type: str | None  # as claimed, in lower case
    charset: str | None
    whole: bool  # False: truncated when captured, or a content coding that could not be undone to its end


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a WARC file: a capture, a visit (or a short one) or neither, and then only where it lies."""

    kind: str  # WARC-Type; "damaged" where bytes could not be read
    id: str
    start: int
    end: int
    capture: Capture | None = None
    visit: Visit | Short | None = None
    fault: str = ""
    hash: bytes | None = None  # as a leaf; None where bytes could not be read

    @property
    def leaf(self) -> bytes | None:
        """Its hash in the tree, None for what is no leaf of it (requests, warcinfo)."""
        return self.hash if self.capture or self.visit else None


class Archive:
    """A folder of WARC files; with a bucket, finished files lie there (`storage.ship`) and are read as those here.

    `find` tells where the original of a revisit lies; without it revisits cannot be read.
    """

    def __init__(self, folder: Path, find: Find | None = None, bucket: Bucket | None = None) -> None:
        self.folder, self.bucket = folder, bucket
        self._find = find

    def files(self) -> list[str]:
        """Names of the WARC files, sorted, here and in the bucket."""
        shipped = (name.removesuffix(RECEIPT) for name in self._names(SUFFIX + RECEIPT))
        return sorted({*self._names(SUFFIX), *shipped})

    def local_files(self) -> list[str]:
        """Names of the WARC files that lie here, sorted."""
        return sorted(self._names(SUFFIX))

    def path(self, file: str) -> Path:
        """Where the file lies, if it lies here."""
        if "/" in file or "\0" in file or not file.endswith(SUFFIX):
            raise ArchiveError(f"not a file of the archive: {file!r}")
        return self.folder / file

    def open(self, file: str) -> LocalFile | RemoteFile:
        """The file's bytes, to be closed by `with`. Raises FileNotFoundError, ArchiveError."""
        try:
            return LocalFile(self.path(file))
        except FileNotFoundError:
            shipped = read_receipt(self.folder, file)
            if shipped is None:
                raise
        if self.bucket is None:
            raise ArchiveError(f"{file} went to a bucket; set archive_url to it again")
        return self.bucket.source(file, shipped)

    def size(self, file: str) -> int | None:
        """The file's bytes, here or by its receipt; None when there is no such file."""
        try:
            return self.path(file).stat().st_size
        except FileNotFoundError:
            return read_receipt(self.folder, file)

    def sizes(self) -> dict[str, int]:
        """What is really there, by name: the bucket is asked."""
        there = self.bucket.sizes() if self.bucket else {}
        there = {name: size for name, size in there.items() if "/" not in name and name.endswith(SUFFIX)}
        return there | {file: self.path(file).stat().st_size for file in self.local_files()}

    def _names(self, suffix: str) -> list[str]:
        if not self.folder.is_dir():
            return []
        return [path.name for path in self.folder.iterdir() if path.name.endswith(suffix)]

    def scan(self, file: str, offset: int = 0, *, check: bool = False, limit: int | None = None) -> Iterator[Record]:
        """Records from `offset` on, up to the last whole one. `check` gives those untrue to their digest a fault.

        With `limit`, a record that unpacks to more bytes counts as damaged.
        """
        with self.open(file) as source:
            for member in members(source, offset, limit):
                if member.record is None:
                    yield Record("damaged", "", member.start, member.end, fault=member.fault)
                    continue
                record = _record(file, member.start, member.end, member.record)
                false = check and not record.fault and not _true_to_digest(member.record)
                yield replace(record, fault="WARC-Block-Digest does not fit the block") if false else record

    def payload(self, capture: Capture, limit: int = LIMIT, find: Find | None = None) -> Payload:
        """Read a capture back, up to `limit` bytes of body.

        Raises ArchiveDamaged when the bytes are not those that were indexed, PayloadTooLarge, ArchiveError when the
        original of a revisit is not known.
        """
        head, body = self._message(capture)
        parsed = http.parse_head(head)
        source, source_head, payload = capture, parsed, http.entity(parsed, body)
        if capture.kind == "revisit":
            source = self._origin(capture, find or self._find)
            head_there, body_there = self._message(source)
            source_head = http.parse_head(head_there)
            payload = http.entity(source_head, body_there)
        if digest_of(payload) != capture.digest:
            raise ArchiveDamaged(
                source.file,
                source.offset,
                f"the payload is not the one indexed ({capture.digest})",
            )
        data, sound = http.decoded(http.content_codings(source_head), payload, limit)
        own = (
            http.media_type(parsed) if head else (capture.media_type, "utf-8" if capture.kind == "rendering" else None)
        )
        media_type, charset = own if own[0] else http.media_type(source_head)
        whole = sound and not source.truncated
        return Payload(
            head,
            parsed.headers,
            capture.status,
            parsed.reason,
            data,
            media_type,
            charset,
            whole,
        )

    def raw(self, capture: Capture) -> bytes:
        """The whole WARC record, as it is stored (unpacked)."""
        return self.member(capture.file, capture.offset).record or b""

    def member(self, file: str, offset: int) -> Member:
        """Where the gzip member at `offset` lies, and its record."""
        try:
            with self.open(file) as source:
                return member_at(source, offset)
        except FileNotFoundError as error:
            where = f"{self.folder} nor in {self.bucket.url}" if self.bucket else str(self.folder)
            raise ArchiveError(f"{file} is not in {where}; was the archive moved?") from error
        except ValueError as error:
            raise ArchiveDamaged(file, offset, str(error)) from error

    def heal(self, file: str, known: int = 0) -> int:
        """Cut off what a killed writer left half written after `known` whole bytes; how many bytes went.

        A file that a living writer has open is left alone.
        """
        if not self.path(file).exists():  # only what is whole goes to the bucket
            return 0
        with self.path(file).open("r+b") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 0
            return cut_back(self.path(file), known)

    def sync(self, file: str) -> int:
        """Return the file's size once all of that is on disk, whoever wrote it; in the bucket it is that already."""
        try:
            handle = os.open(self.path(file), os.O_RDONLY)
        except FileNotFoundError:
            return read_receipt(self.folder, file) or 0
        try:
            size = os.fstat(handle).st_size
            os.fsync(handle)
        finally:
            os.close(handle)
        return size

    def _message(self, capture: Capture) -> tuple[bytes, bytes]:
        """(HTTP head, body); a resource record has no head."""
        record = _parse(self.raw(capture), capture.file, capture.offset)
        if _field(record, "WARC-Record-ID") != f"<urn:uuid:{capture.id}>":
            raise ArchiveDamaged(
                capture.file,
                capture.offset,
                f"another record than {capture.id} stands there",
            )
        block = record.reader.read() if record.reader else b""
        return (b"", block) if capture.kind in ("rendering", "screenshot") else _split(record, block)

    def _origin(self, capture: Capture, find: Find | None) -> Capture:
        origin = find(capture.refers_to) if find and capture.refers_to else None
        if origin is None:
            raise ArchiveError(f"capture {capture.id} repeats {capture.refers_to}, which is not in the index")
        return origin


def _parse(data: bytes, file: str, offset: int) -> WarcRecord:
    try:
        return WarcRecord.from_bytes(data)
    except OSError as error:
        raise ArchiveDamaged(file, offset, f"not a WARC record: {error}") from error


def _true_to_digest(data: bytes) -> bool:
    head, _, rest = data.partition(b"\r\n\r\n")
    claimed = re.search(rb"\r\nWARC-Block-Digest: (sha256:[0-9a-f]{64})", head)
    return claimed is None or digest_of(rest[:-4]).encode() == claimed[1]


def _field(record: WarcRecord, name: str) -> str:
    return record.headers.get(name) or ""


def _record(file: str, start: int, end: int, data: bytes) -> Record:
    try:
        record = _interpreted(_parse(data, file, start), file, start, end)
    except (ArchiveDamaged, ValueError, KeyError) as error:
        return Record("damaged", "", start, end, fault=str(error))
    return replace(record, hash=leaf_hash(data))


def _interpreted(record: WarcRecord, file: str, start: int, end: int) -> Record:
    kind = _field(record, "WARC-Type")
    identity = _field(record, "WARC-Record-ID").removeprefix("<urn:uuid:").removesuffix(">")
    block = record.reader.read() if record.reader else b""
    if kind in ("response", "revisit"):
        return Record(
            kind,
            identity,
            start,
            end,
            capture=_response(record, block, identity, file, start),
        )
    if kind == "resource" and _field(record, "WARC-Target-URI").startswith((DOM, SCREENSHOT)):
        return Record(
            kind,
            identity,
            start,
            end,
            capture=_resource(record, block, identity, file, start),
        )
    if kind == "metadata" and _field(record, "WARC-Target-URI").startswith(VISIT):
        return Record(kind, identity, start, end, visit=_visit(block))
    return Record(kind, identity, start, end)


def _visit(block: bytes) -> Visit | Short:
    told = codec.from_json(dict, block)
    return codec.from_plain(Visit, told) if "column_url" in told else codec.from_plain(Short, told)


def _response(record: WarcRecord, block: bytes, identity: str, file: str, start: int) -> Capture:
    raw_head, body = _split(record, block)
    head = http.parse_head(raw_head)
    kind: Literal["response", "revisit"] = "revisit" if _field(record, "WARC-Type") == "revisit" else "response"
    url = _field(record, "WARC-Target-URI")
    wire = _field(record, "WARC-Payload-Digest")
    entity = _field(record, "Nianbao-Entity-Digest")
    refers_to = _field(record, "WARC-Refers-To").removeprefix("<urn:uuid:").removesuffix(">")
    return Capture(
        id=identity, kind=kind, url=url, urlkey=urlkey(url), at=_date(record), status=head.status,
        media_type=http.media_type(head)[0], digest=entity or wire,
        length=len(http.entity(head, body)) if kind == "response" else 0, ip=_field(record, "WARC-IP-Address") or None,
        file=file, offset=start, refers_to=refers_to or None, etag=http.validator(head, b"etag"),
        last_modified=http.validator(head, b"last-modified"), truncated=_field(record, "WARC-Truncated") or None,
        wire_digest=wire if entity else None,
    )  # fmt: skip


def _split(record: WarcRecord, block: bytes) -> tuple[bytes, bytes]:
    """(HTTP head, body) of a response or revisit record."""
    head = _field(record, HEAD)
    return (unquote_to_bytes(head), b"") if head else http.split_message(block)


def _resource(record: WarcRecord, block: bytes, identity: str, file: str, start: int) -> Capture:
    target = _field(record, "WARC-Target-URI")
    urn = SCREENSHOT if target.startswith(SCREENSHOT) else DOM
    return resource_capture(urn, target.removeprefix(urn), _date(record), block, identity, file, start)


def _date(record: WarcRecord) -> datetime:
    return codec.from_plain(datetime, _field(record, "WARC-Date"))


__all__ = ["Archive", "Payload", "PayloadTooLarge", "Record"]
