"""An exchange as WARC records that are ready to be packed and written: all that is said of it, but for where it lies.

Request and response are stored as they were; nothing is decoded, sorted or repaired.

Digests: WARC-Payload-Digest covers the bytes after the head as stored, as warcio, pywb and fastwarc compute it. Where a
transfer coding is on, the field `Nianbao-Entity-Digest` adds the digest without it: chunk sizes vary from one answer to
the next, and only the entity tells whether a page is unchanged.

A revisit has no request record beside it: what was asked stands in its field `Nianbao-Request` (percent-encoded). A
member of its own would be a third of what an unchanged page adds, most of it to say again what it belongs to.

A 304 is a revisit with an empty block, its head in the field `Nianbao-Response-Head` (percent-encoded): players such
as pywb would otherwise answer a reader with that empty 304 instead of the page that it stands for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote

from storage import codec, http
from storage.members import packed
from storage.records import Capture, Exchange
from storage.urls import target_uri, urlkey

IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
REQUEST = "application/http; msgtype=request"
RESPONSE = "application/http; msgtype=response"
HEAD = "Nianbao-Response-Head"
ASKED = "Nianbao-Request"

_SMALL = 4096  # bytes: a record that is packed at once
# Records that hold what nobody else does. The others are small and many, a digest takes 64 bytes of each, and damage to
# them is told as well: by their member's CRC, and by their leaf in the hash tree.
_DIGESTED = frozenset(("response", "resource"))
_PLAIN = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in "%+") + " "  # kept readable, packs well

Fields = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A revisit, or a response and its request. Small ones are packed; a page waits for a thread that has the time."""

    capture: dict[str, Any]  # the fields of its Capture, but for `file` and `offset`
    response: bytes
    request: bytes  # packed; empty beside a revisit
    ready: bool  # the response is packed

    def members(self) -> bytes:
        return (self.response if self.ready else packed(self.response)) + self.request


def digest_of(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def prepare(exchange: Exchange, refers_to: Capture | None, new_id: Callable[[], str]) -> Prepared:
    """What is written of an exchange.

    `refers_to` is an earlier capture that holds a payload. With the same payload now, or a 304, a revisit record
    refers to it; otherwise it is ignored.
    """
    if refers_to is not None and refers_to.kind != "response":
        raise ValueError("a revisit must refer to the response that holds the payload, not to another revisit")
    moment, head = codec.moment_text(exchange.at), http.parse_head(exchange.head)
    payload = http.entity(head, exchange.body)
    capture = _capture(exchange, head, payload, new_id())
    profile = _profile(head, payload, capture["digest"], exchange, refers_to)
    if profile and refers_to:
        capture |= _as_revisit(refers_to)
        return Prepared(capture, packed(_revisit(exchange, capture, moment, refers_to, profile)), b"", ready=True)
    response = record(_fields(capture, moment), exchange.head, exchange.body)
    asked = about("request", new_id(), moment, capture["url"], REQUEST)
    asked.append(("WARC-Concurrent-To", f"<urn:uuid:{capture['id']}>"))
    ready = len(response) < _SMALL
    return Prepared(capture, packed(response) if ready else response, packed(record(asked, exchange.request)), ready)


def _revisit(exchange: Exchange, capture: dict[str, Any], moment: str, origin: Capture, profile: str) -> bytes:
    fields = [
        *_fields(capture, moment),
        ("WARC-Profile", profile),
        ("WARC-Refers-To", f"<urn:uuid:{origin.id}>"),
        ("WARC-Refers-To-Target-URI", origin.url),
        ("WARC-Refers-To-Date", codec.moment_text(origin.at)),
        (ASKED, quote(exchange.request, safe=_PLAIN)),
    ]
    if profile == NOT_MODIFIED:
        return record([*fields, (HEAD, quote(exchange.head, safe=_PLAIN))])
    return record(fields, exchange.head)


def _capture(exchange: Exchange, head: http.Head, payload: bytes, identity: str) -> dict[str, Any]:
    """The fields of the capture that a response is."""
    url, digest = target_uri(exchange.url), digest_of(payload)
    return {
        "id": identity, "kind": "response", "url": url, "urlkey": urlkey(url), "at": exchange.at,
        "status": head.status, "media_type": http.media_type(head)[0], "digest": digest, "length": len(payload),
        "ip": _ip(exchange.ip) if exchange.ip else None, "etag": http.validator(head, b"etag"),
        "last_modified": http.validator(head, b"last-modified"), "truncated": exchange.truncated,
        "wire_digest": None if payload is exchange.body else _other(digest_of(exchange.body), digest),
    }  # fmt: skip


def _other(digest: str, than: str) -> str | None:
    return digest if digest != than else None


def _as_revisit(origin: Capture) -> dict[str, Any]:
    """What is otherwise in a revisit."""
    digests = {"digest": origin.digest, "wire_digest": _other(origin.wire_digest or origin.digest, origin.digest)}
    return {"kind": "revisit", "length": 0, "refers_to": origin.id, **digests}


def _fields(capture: dict[str, Any], moment: str) -> Fields:
    fields = about(capture["kind"], capture["id"], moment, capture["url"], RESPONSE)
    fields.append(("WARC-Payload-Digest", capture["wire_digest"] or capture["digest"]))
    if capture["wire_digest"]:
        fields.append(("Nianbao-Entity-Digest", capture["digest"]))
    if capture["ip"]:
        fields.append(("WARC-IP-Address", capture["ip"]))
    if capture["truncated"]:
        fields.append(("WARC-Truncated", capture["truncated"]))
    return fields


def about(kind: str, identity: str, moment: str, url: str, content_type: str) -> Fields:
    """The fields that every record has."""
    return [
        ("WARC-Type", kind),
        ("WARC-Record-ID", f"<urn:uuid:{identity}>"),
        ("WARC-Date", moment),
        ("WARC-Target-URI", url),
        ("Content-Type", content_type),
    ]


def record(fields: Fields, *block: bytes) -> bytes:
    """A record's bytes; `fields` begin with its type."""
    length = sum(map(len, block))
    lines = [f"{name}: {value}\r\n" for name, value in fields if length or name != "Content-Type"]
    if fields[0][1] in _DIGESTED:
        digest = hashlib.sha256()
        for part in block:
            digest.update(part)
        lines.append(f"WARC-Block-Digest: sha256:{digest.hexdigest()}\r\n")
    head = f"WARC/1.1\r\n{''.join(lines)}Content-Length: {length}\r\n\r\n"
    return b"".join((head.encode("utf-8"), *block, b"\r\n\r\n"))


def _profile(head: http.Head, payload: bytes, digest: str, exchange: Exchange, origin: Capture | None) -> str | None:
    """Which kind of revisit this is, None for an ordinary response."""
    if origin is None or exchange.truncated or origin.truncated:
        return None
    if head.status == 304:
        return NOT_MODIFIED
    return IDENTICAL if payload and digest == origin.digest else None


@lru_cache(maxsize=256)
def _ip(address: str) -> str:
    return str(ip_address(address))
