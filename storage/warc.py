"""Writing WARC/1.1: what went over the wire becomes records in files that roll by size.

Every record is one gzip member, written with one call, so that a file is whole or torn in its last member only. Says
nothing of indexing. Request and response are stored as they were; nothing is decoded, sorted or repaired.

Digests: WARC-Payload-Digest covers the bytes after the head as stored, as warcio, pywb and fastwarc compute it. Where a
transfer coding is on, the field `Nianbao-Entity-Digest` adds the digest without it: chunk sizes vary from one answer to
the next, and only the entity tells whether a page is unchanged.

A 304 is a revisit with an empty block, its head in the field `Nianbao-Response-Head` (base64): players such as pywb
would otherwise answer a reader with that empty 304 instead of the page that it stands for.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import io
import os
import re
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from fastwarc.warc import WarcRecord

from storage import codec, http
from storage.errors import ArchiveError
from storage.members import cut_back
from storage.members import members as members_of
from storage.records import Capture, Exchange, Rendering, Visit
from storage.urls import target_uri, urlkey

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
REQUEST = "application/http; msgtype=request"
RESPONSE = "application/http; msgtype=response"

# Target URIs of what did not come over the wire: never the page's own address, or pywb would replay it as the page.
DOM = "urn:nianbao:dom:"  # + page address
SCREENSHOT = "urn:nianbao:screenshot:"  # + page address
VISIT = "urn:nianbao:visit:"  # + Visit.id

HEAD = "Nianbao-Response-Head"

Fields = list[tuple[str, str]]

_UNSAFE_NAME = re.compile(r"[^A-Za-z0-9._-]")


def digest_of(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


class WarcWriter:
    """Appends records to `<prefix>-00001.warc.gz` and on. One writer a prefix; safe to call from several threads.

    A file of this prefix that a killed writer left is first cut back to its last whole record and then continued.
    Nothing is promised to be on disk until `sync()` has returned. `new_id` gives UUIDs for the records.
    """

    def __init__(
        self,
        folder: Path,
        prefix: str,
        *,
        new_id: Callable[[], str],
        software: str = "Nianbao",
        info: Mapping[str, str] | None = None,
        roll_at: int = 1 << 28,
        level: int = 6,
    ) -> None:
        if _UNSAFE_NAME.search(prefix) or not prefix.strip("."):
            raise ValueError(f"not fit for a file name: {prefix!r}")
        self._folder, self._prefix, self._new_id = folder, prefix, new_id
        self._info = {
            "software": software,
            "format": "WARC File Format 1.1",
            **(info or {}),
        }
        self._roll_at, self._level = roll_at, level
        self._lock = threading.RLock()
        self._file: io.FileIO | None = None
        self._size = 0
        self._number = 0
        self._closed = False

    # What is written

    def exchange(self, exchange: Exchange, refers_to: Capture | None = None) -> Capture:
        """Write request and response. Returns the capture of the response, or of the revisit written in its place.

        `refers_to` is an earlier capture that holds a payload. With the same payload now, or a 304, a revisit record is
        written that refers to it; otherwise it is ignored.
        """
        if refers_to is not None and refers_to.kind != "response":
            raise ValueError("a revisit must refer to the response that holds the payload, not to another revisit")
        with self._lock:
            self._begin_file(exchange.at)
            capture, fields, block = self._response(exchange, refers_to)
            request = self._fields("request", capture.url, exchange.at, REQUEST)
            request += [("WARC-Concurrent-To", f"<urn:uuid:{capture.id}>")]
            file, offset = self._append(fields, block)
            self._append(request, exchange.request)
            return replace(capture, file=file, offset=offset)

    def rendering(self, rendering: Rendering, page: Capture | None = None) -> tuple[Capture, ...]:
        """Write a rendering's DOM and, where there is one, its screenshot, as resource records beside `page`."""
        parts = [(DOM, "text/html; charset=utf-8", rendering.dom)]
        if rendering.screenshot is not None:
            parts.append((SCREENSHOT, "image/png", rendering.screenshot))
        url = target_uri(rendering.url)
        captures = []
        with self._lock:
            self._begin_file(rendering.at)
            for urn, content_type, data in parts:
                fields = self._fields("resource", urn + url, rendering.at, content_type)
                fields += [("WARC-Payload-Digest", digest_of(data))]
                if page is not None:
                    fields += [("WARC-Concurrent-To", f"<urn:uuid:{page.id}>")]
                file, offset = self._append(fields, data)
                captures.append(resource_capture(urn, url, rendering.at, data, _uuid(fields), file, offset))
        return tuple(captures)

    def visit(self, visit: Visit) -> None:
        """Write what a visit came to, as a metadata record: also the visits that got no response are evidence."""
        with self._lock:
            self._begin_file(visit.at)
            fields = self._fields("metadata", VISIT + target_uri(visit.id), visit.at, "application/json")
            self._append(fields, codec.to_json(visit))

    def sync(self) -> None:
        """Return when everything written so far is on disk."""
        with self._lock:
            if self._file is not None:
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Sync and close; a second call does nothing."""
        with self._lock:
            self._closed = True
            self._end_file()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # Records

    def _response(self, exchange: Exchange, origin: Capture | None) -> tuple[Capture, Fields, bytes]:
        head = http.parse_head(exchange.head)
        payload = http.entity(head, exchange.body)
        digest, wire = digest_of(payload), digest_of(exchange.body)
        url = target_uri(exchange.url)
        revisit = _profile(head, payload, digest, exchange, origin)
        if revisit is None or origin is None:
            origin = None
            block = exchange.head + exchange.body
        else:
            block = exchange.head
            digest, wire = origin.digest, origin.wire_digest or origin.digest
        kind: Literal["response", "revisit"] = "revisit" if origin else "response"
        fields = self._fields(kind, url, exchange.at, RESPONSE)
        fields += [("WARC-Payload-Digest", wire)]
        if wire != digest:
            fields += [("Nianbao-Entity-Digest", digest)]
        if exchange.ip:
            fields += [("WARC-IP-Address", str(ip_address(exchange.ip)))]
        if exchange.truncated:
            fields += [("WARC-Truncated", exchange.truncated)]
        if origin is not None and revisit is not None:
            fields += _reference(origin, revisit)
        if revisit == NOT_MODIFIED:
            fields += [(HEAD, base64.b64encode(exchange.head).decode("ascii"))]
            block = b""
        capture = Capture(
            id=_uuid(fields), kind=kind, url=url, urlkey=urlkey(url), at=exchange.at, status=head.status,
            media_type=http.media_type(head)[0], digest=digest, length=0 if origin else len(payload),
            ip=str(ip_address(exchange.ip)) if exchange.ip else None, file="", offset=0,
            refers_to=origin.id if origin else None, etag=http.validator(head, b"etag"),
            last_modified=http.validator(head, b"last-modified"), truncated=exchange.truncated,
            wire_digest=wire if wire != digest else None,
        )  # fmt: skip
        return capture, fields, block

    def _fields(self, kind: str, url: str, at: datetime, content_type: str) -> Fields:
        return [
            ("WARC-Type", kind),
            ("WARC-Record-ID", f"<urn:uuid:{self._new_id()}>"),
            ("WARC-Date", codec.moment_text(at)),
            ("WARC-Target-URI", url),
            ("Content-Type", content_type),
        ]

    # Files

    def _begin_file(self, at: datetime) -> None:
        """Have a file open that has room: the last one of this prefix, or a new one that begins with a warcinfo."""
        if self._closed:
            raise ArchiveError("this WARC writer is closed")
        if self._file is not None and self._size < self._roll_at:
            return
        if self._file is None and self._number == 0 and self._continue_last():
            return
        self._end_file()
        self._number += 1
        name = f"{self._prefix}-{self._number:05d}.warc.gz"
        self._open(self._folder / name, "xb")
        text = "".join(f"{key}: {value}\r\n" for key, value in self._info.items())
        fields = [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", f"<urn:uuid:{self._new_id()}>"),
        ]
        fields += [("WARC-Date", codec.moment_text(at)), ("WARC-Filename", name)]
        self._append([*fields, ("Content-Type", "application/warc-fields")], text.encode("utf-8"))

    def _continue_last(self) -> bool:
        """Open the last file of this prefix again, cut back; False when there is none, it is full, or it is damaged."""
        found = sorted(self._folder.glob(f"{self._prefix}-[0-9][0-9][0-9][0-9][0-9].warc.gz"))
        if not found:
            return False
        self._number = int(found[-1].name[-len("00001.warc.gz") : -len(".warc.gz")])
        self._open(found[-1], "r+b")
        cut_back(found[-1])
        damaged = any(member.record is None for member in members_of(found[-1]))
        if self._file is None or damaged:
            return False
        self._size = self._file.seek(0, os.SEEK_END)
        if self._size == 0:  # killed before its warcinfo was written
            found[-1].unlink()
            self._number -= 1
        return 0 < self._size < self._roll_at

    def _open(self, path: Path, mode: str) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = io.FileIO(path, mode)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _sync_folder(self._folder)
        except BlockingIOError as error:
            self._file = None
            raise ArchiveError(
                f"{path.name} is being written by another process; give this crawl a prefix of its own"
            ) from error
        except OSError as error:
            raise ArchiveError(
                f"cannot write {path}: {error.strerror}; is the folder there, writable, the disk full?"
            ) from error
        self._size = 0

    def _end_file(self) -> None:
        if self._file is not None:
            os.fsync(self._file.fileno())
            self._file.close()
            self._file = None

    def _append(self, fields: Fields, block: bytes) -> tuple[str, int]:
        """Write one record as one gzip member; (file name, offset). One that could not be written whole is cut off."""
        if self._file is None:
            raise ArchiveError("no WARC file is open")
        data = _member(fields, block, self._level)
        offset = self._size
        try:
            written = 0
            while written < len(data):
                written += self._file.write(memoryview(data)[written:]) or 0
        except OSError as error:
            self._file.truncate(offset)
            self._file.seek(offset)
            raise ArchiveError(
                f"cannot write to {self._file.name!r}: {error.strerror}; make room, then start the crawl again: "
                "everything written before is whole"
            ) from error
        self._size += len(data)
        return Path(str(self._file.name)).name, offset


def _member(fields: Fields, block: bytes, level: int) -> bytes:
    """One record as one gzip member. zlib took 0.19 ms for a page where fastwarc's own gzip took 0.33."""
    record = WarcRecord()
    record.headers.status_line = "WARC/1.1"
    for name, value in [*fields, ("WARC-Block-Digest", digest_of(block))]:
        record.headers.append(name, value)
    record.set_bytes_content(block)
    buffer = io.BytesIO()
    record.write(buffer)
    packer = zlib.compressobj(level, zlib.DEFLATED, 31)
    return packer.compress(buffer.getbuffer()) + packer.flush()


def _profile(
    head: http.Head,
    payload: bytes,
    digest: str,
    exchange: Exchange,
    origin: Capture | None,
) -> str | None:
    """Which kind of revisit this is, None for an ordinary response."""
    if origin is None or exchange.truncated or origin.truncated:
        return None
    if head.status == 304:
        return NOT_MODIFIED
    return IDENTICAL if payload and digest == origin.digest else None


def _reference(origin: Capture, profile: str) -> Fields:
    return [
        ("WARC-Profile", profile),
        ("WARC-Refers-To", f"<urn:uuid:{origin.id}>"),
        ("WARC-Refers-To-Target-URI", origin.url),
        ("WARC-Refers-To-Date", codec.moment_text(origin.at)),
    ]


def resource_capture(urn: str, url: str, at: datetime, data: bytes, identity: str, file: str, offset: int) -> Capture:
    """The capture that a rendering's resource record is, when written and when read back."""
    return Capture(
        id=identity,
        kind="screenshot" if urn == SCREENSHOT else "rendering",
        url=url,
        urlkey=urlkey(url),
        at=at,
        status=None,
        media_type="image/png" if urn == SCREENSHOT else "text/html",
        digest=digest_of(data),
        length=len(data),
        ip=None,
        file=file,
        offset=offset,
    )


def _uuid(fields: Fields) -> str:
    return next(value for name, value in fields if name == "WARC-Record-ID")[len("<urn:uuid:") : -1]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
