"""Writing WARC/1.1: records become files that roll by size. Says nothing of indexing.

Every record is one gzip member, and what belongs together is written with one call, so that a file is whole or torn in
its last members only.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from storage import codec
from storage.errors import ArchiveError
from storage.likeness import shortened
from storage.members import packed
from storage.prepared import Prepared, about, digest_of, prepare, record
from storage.records import Capture, Exchange, Rendering, Visit
from storage.roll import Roll
from storage.urls import target_uri, urlkey

# Target URIs of what did not come over the wire: never the page's own address, or pywb would replay it as the page.
DOM = "urn:nianbao:dom:"  # + page address
SCREENSHOT = "urn:nianbao:screenshot:"  # + page address
VISIT = "urn:nianbao:visit:"  # + Visit.id

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


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
    ) -> None:
        self._new_id = new_id
        self._info = {"software": software, "format": "WARC File Format 1.1", **(info or {})}
        self._roll = Roll(folder, prefix, roll_at, self._warcinfo)
        self._lock = threading.RLock()
        self._at = datetime.min  # the moment of the object being written: a new file's warcinfo bears it
        self._closed = False

    # What is written

    def exchange(self, exchange: Exchange, refers_to: Capture | None = None) -> Capture:
        """Write request and response. Returns the capture of the response, or of the revisit written in its place."""
        return self.write([self.prepare(exchange, refers_to)])[0]

    def prepare(self, exchange: Exchange, refers_to: Capture | None = None) -> Prepared:
        """What `write` writes of an exchange, a revisit of `refers_to` where that holds the payload (`prepare`)."""
        return prepare(exchange, refers_to, self._new_id)

    def write(self, exchanges: Sequence[Prepared]) -> list[Capture]:
        """Write exchanges one after the other with one call: all of them, or none. Their captures, in this order."""
        members = [one.members() for one in exchanges]
        with self._lock:
            self._at = exchanges[0].capture["at"]
            file, offset = self._append(b"".join(members))
        captures = []
        for one, data in zip(exchanges, members, strict=True):
            captures.append(Capture(**one.capture, file=file, offset=offset))
            offset += len(data)
        return captures

    def rendering(self, rendering: Rendering, page: Capture | None = None) -> tuple[Capture, ...]:
        """Write a rendering's DOM and, where there is one, its screenshot, as resource records beside `page`."""
        parts = [(DOM, "text/html; charset=utf-8", rendering.dom)]
        if rendering.screenshot is not None:
            parts.append((SCREENSHOT, "image/png", rendering.screenshot))
        url, moment = target_uri(rendering.url), codec.moment_text(rendering.at)
        captures = []
        with self._lock:
            self._at = rendering.at
            for urn, content_type, data in parts:
                identity = self._new_id()
                fields = about("resource", identity, moment, urn + url, content_type)
                fields.append(("WARC-Payload-Digest", digest_of(data)))
                if page is not None:
                    fields.append(("WARC-Concurrent-To", f"<urn:uuid:{page.id}>"))
                file, offset = self._append(packed(record(fields, data)))
                captures.append(resource_capture(urn, url, rendering.at, data, identity, file, offset))
        return tuple(captures)

    def visit(self, visit: Visit, earlier: Visit | None = None) -> None:
        """Write what a visit came to, as a metadata record: also the visits that got no response are evidence.

        Where it saw what `earlier` saw, a visit that is written whole in the same archive, it is written short.
        """
        with self._lock:
            self._at = visit.at
            identity = visit.id if _UUID.fullmatch(visit.id) else self._new_id()
            url = VISIT + target_uri(visit.id)
            fields = about("metadata", identity, codec.moment_text(visit.at), url, "application/json")
            self._append(packed(record(fields, codec.to_json(shortened(visit, earlier) or visit))))

    def sync(self) -> None:
        """Return when everything written so far is on disk."""
        with self._lock:
            self._roll.sync()

    def close(self) -> None:
        """Sync and close; a second call does nothing."""
        with self._lock:
            self._closed = True
            self._roll.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _append(self, members: bytes) -> tuple[str, int]:
        if self._closed:
            raise ArchiveError("this WARC writer is closed")
        return self._roll.append(members)

    def _warcinfo(self, name: str) -> bytes:
        text = "".join(f"{key}: {value}\r\n" for key, value in self._info.items())
        fields = [("WARC-Type", "warcinfo"), ("WARC-Record-ID", f"<urn:uuid:{self._new_id()}>")]
        fields += [("WARC-Date", codec.moment_text(self._at)), ("WARC-Filename", name)]
        return packed(record([*fields, ("Content-Type", "application/warc-fields")], text.encode("utf-8")))


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
