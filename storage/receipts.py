"""Receipts: small files, each in the place of a WARC file that went to the bucket. What lies there is known without
asking the network, and no writer gives a file's name away twice.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

RECEIPT = ".receipt"


def write_receipt(folder: Path, file: str, size: int) -> None:
    """Say that the bucket has `size` bytes of the file; on disk when this returns."""
    path = folder / (file + RECEIPT)
    draft = path.with_name(path.name + ".part")
    with draft.open("w", encoding="ascii") as stream:
        stream.write(json.dumps({"size": size}) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    sync_folder(folder)


def read_receipt(folder: Path, file: str) -> int | None:
    """How many bytes of the file the bucket has; None when it did not go there."""
    try:
        size: int = json.loads((folder / (file + RECEIPT)).read_text(encoding="ascii"))["size"]
    except FileNotFoundError:
        return None
    return size


def sync_folder(folder: Path) -> None:
    """Return when the folder's entries are on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
