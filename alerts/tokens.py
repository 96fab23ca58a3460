"""Signed words in an address: who may answer about what, until when. Keeps nothing and reads no clock."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from datetime import UTC, datetime

from alerts.errors import BadToken

LONGEST = 2_000


def sign(secret: bytes, words: dict[str, str], expires: datetime) -> str:
    """An address-safe token that says `words` until `expires`."""
    body = json.dumps({**words, "exp": int(expires.timestamp())}, ensure_ascii=False, sort_keys=True).encode()
    return f"{_text(body)}.{_text(_seal(secret, body))}"


def read(secret: bytes, token: str, now: datetime) -> dict[str, str]:
    """What a token says. Raises BadToken when it is not ours, or was."""
    if len(token) > LONGEST:
        raise BadToken("too long")
    body, _, seal = token.partition(".")
    try:
        said, sealed = _bytes(body), _bytes(seal)
    except (ValueError, binascii.Error) as fault:
        raise BadToken("not a token") from fault
    if not hmac.compare_digest(_seal(secret, said), sealed):
        raise BadToken("not signed by us")
    words: dict[str, str] = json.loads(said)
    if datetime.fromtimestamp(int(words.pop("exp")), UTC) < now:
        raise BadToken("expired")
    return words


def _seal(secret: bytes, body: bytes) -> bytes:
    return hmac.new(secret, b"nianbao answer\0" + body, hashlib.sha256).digest()


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    if not text.isascii():
        raise ValueError("not ASCII")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
