"""A bucket of an object store (S3 and what speaks like it): whole files in, confirmed; bytes out, by position.

Credentials, region and endpoint are found as by every tool for S3 (AWS_ACCESS_KEY_ID, AWS_ENDPOINT_URL_S3, ~/.aws).
Objects are never changed once a receipt says that they are there, so what was read may be remembered.
"""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from storage.errors import ArchiveError

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

SCHEME = "s3://"
_BLOCK = 1 << 18  # bytes asked for at once
_AHEAD = 16  # blocks, where somebody reads on and on
_REMEMBERED = 128  # blocks
_GONE = ("404", "NoSuchKey", "NotFound")


@dataclass(frozen=True, slots=True)
class Stored:
    """What the bucket has under a name."""

    size: int
    sha256: str  # hex


class Bucket:
    """`s3://bucket/prefix`. Every fault of the store is an ArchiveError; FileNotFoundError where there is no object."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if not url.startswith(SCHEME) or not parts.netloc or parts.query or parts.fragment:
            raise ArchiveError(f"s3://bucket/prefix expected, not {url!r}")
        self.url = url.rstrip("/")
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/") + "/" * bool(parts.path.strip("/"))
        self._blocks: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def sizes(self) -> dict[str, int]:
        """Every object under the prefix, by name, with its bytes."""
        with self._plainly():
            pages = _client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            listed = [item for page in pages for item in page.get("Contents", ())]
        return {item["Key"][len(self._prefix) :]: item["Size"] for item in listed}

    def stored(self, name: str) -> Stored | None:
        """What lies under the name, None when nothing does. Read back where the store keeps no sha-256 of its own."""
        try:
            with self._plainly():
                head = _client().head_object(**self._key(name), ChecksumMode="ENABLED")
        except FileNotFoundError:
            return None
        told = base64.b64decode(head.get("ChecksumSHA256", "").partition("-")[0])
        if len(told) == 32 and head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT":
            return Stored(head["ContentLength"], told.hex())
        digest, size = hashlib.sha256(), 0
        for block in self._body(name):
            digest.update(block)
            size += len(block)
        return Stored(size, digest.hexdigest())

    def keep(self, name: str, path: Path, wanted: Stored) -> None:
        """Store a file under the name. Returns when the bucket has confirmed its size and sha-256."""
        checksum = base64.b64encode(bytes.fromhex(wanted.sha256)).decode("ascii")
        with self._plainly(), path.open("rb") as stream:
            _client().put_object(**self._key(name), Body=stream, ChecksumSHA256=checksum)
        found = self.stored(name)
        if found != wanted:
            raise ArchiveError(
                f"{self.url}/{name} is not what was sent ({found} instead of {wanted}); it stays here too"
            )
        with self._lock:
            for key in [key for key in self._blocks if key[0] == name]:
                del self._blocks[key]

    def fetch(self, name: str) -> bytes:
        """A whole object."""
        return b"".join(self._body(name))

    def source(self, name: str, size: int) -> RemoteFile:
        return RemoteFile(self, name, size)

    def block(self, name: str, number: int) -> bytes:
        """One block of an object; fewer bytes where it ends. Who reads on gets the next ones along with it."""
        with self._lock:
            if (name, number) in self._blocks:
                self._blocks.move_to_end((name, number))
                return self._blocks[name, number]
            reads_on = (name, number - 1) in self._blocks and (name, number - 2) in self._blocks
        data = self._range(name, number * _BLOCK, _BLOCK * (_AHEAD if reads_on else 1))
        with self._lock:
            for place in range(0, max(len(data), 1), _BLOCK):
                self._blocks[name, number + place // _BLOCK] = data[place : place + _BLOCK]
            while len(self._blocks) > _REMEMBERED:
                self._blocks.popitem(last=False)
        return data[:_BLOCK]

    def _range(self, name: str, start: int, size: int) -> bytes:
        with self._plainly():
            try:
                found = _client().get_object(**self._key(name), Range=f"bytes={start}-{start + size - 1}")
            except _client().exceptions.ClientError as error:
                if _code(error) in ("InvalidRange", "416"):
                    return b""
                raise
            data: bytes = found["Body"].read()
        return data

    def _body(self, name: str) -> Iterator[bytes]:
        with self._plainly():
            yield from _client().get_object(**self._key(name))["Body"].iter_chunks(_BLOCK)

    def _key(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        _client()
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield
        except ClientError as error:
            if _code(error) in _GONE:
                raise FileNotFoundError(f"{self.url} does not have it: {error}") from error
            raise ArchiveError(f"the bucket {self.url} refuses: {error}; nothing is lost, run again then") from error
        except (BotoCoreError, OSError) as error:
            raise ArchiveError(
                f"the bucket {self.url} cannot be reached: {error}; what was archived meanwhile waits in the archive's "
                "folder, and goes there the next time"
            ) from error


class RemoteFile:
    """An object as a `storage.source.Source`."""

    def __init__(self, bucket: Bucket, name: str, size: int) -> None:
        self._bucket, self._name, self._size = bucket, name, size

    def read(self, position: int, size: int) -> bytes:
        first, end = position // _BLOCK, min(position + size, self._size)
        blocks = [self._bucket.block(self._name, number) for number in range(first, -(-end // _BLOCK))]
        return b"".join(blocks)[position - first * _BLOCK :][: max(0, end - position)]

    def size(self) -> int:
        return self._size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""


@cache
def _client() -> Any:
    """Made when it is first needed: most commands never ask a bucket for anything."""
    try:
        import boto3
        from botocore.config import Config
    except ModuleNotFoundError as error:
        raise ArchiveError("an archive in a bucket needs boto3: install nianbao[s3]") from error
    retries = {"mode": "standard", "max_attempts": 4}
    return boto3.client("s3", config=Config(retries=retries, connect_timeout=10, read_timeout=60))


def _code(error: ClientError) -> str:
    code: str = error.response.get("Error", {}).get("Code", "")
    return code
