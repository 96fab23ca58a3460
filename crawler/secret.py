"""The installation's secret: signs the archive's checkpoints and the links in mails. Made once, kept at home."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from crawler.config import BadConfig

_BYTES = 32


def secret_of(home: Path) -> bytes:
    """32 bytes from the file `secret`, which is made at the first call and readable by its owner alone.

    Raises BadConfig when the file is there and is no secret.
    """
    path = home / "secret"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        made = secrets.token_bytes(_BYTES)
        file.write(made.hex() + "\n")
    return made


def _read(path: Path) -> bytes:
    try:
        known = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (ValueError, OSError) as error:
        raise BadConfig(f"{path} cannot be used as this installation's secret: {error}") from error
    if len(known) != _BYTES:
        raise BadConfig(f"{path} should hold {_BYTES} bytes as hexadecimal digits, and holds {len(known)}")
    return known
