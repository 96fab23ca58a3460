"""Time stamps of checkpoints by an authority (RFC 3161): that the tree was not made later than it says.

A stamp is the authority's answer, as it came, in `tree/checkpoint-….tsr` beside the note that it dates; `openssl ts
-verify` reads it too. How the authority is reached is the caller's business.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from storage.errors import ArchiveError
from storage.receipts import sync_folder
from storage.tree import FOLDER, Checkpoint

SUFFIX = ".tsr"
Ask = Callable[[bytes], bytes]
"""Sends a request (DER) to the authority and gives its answer (DER)."""


class BadStamp(ArchiveError):
    """A time stamp that proves nothing; `str()` says why."""


def stamp(archive: Path, checkpoint: Checkpoint, ask: Ask, roots: Sequence[Certificate]) -> datetime:
    """Have a checkpoint dated and keep the stamp; one that is there already is left. When the authority says it was.

    Raises BadStamp for an answer that does not prove it, and keeps none then.
    """
    path = stamp_of(archive, checkpoint.size)
    note = checkpoint.note.encode("utf-8")
    if path.exists():
        return dated(path.read_bytes(), note, roots)
    wanted = TimestampRequestBuilder().data(note).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = ask(wanted.as_bytes())
    moment = dated(answer, note, roots, nonce=wanted.nonce)
    draft = path.with_name(path.name + ".part")
    with draft.open("wb") as stream:
        stream.write(answer)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    return moment


def stamp_of(archive: Path, size: int) -> Path:
    """Where the stamp of the checkpoint of so many leaves lies, if there is one."""
    return archive / FOLDER / f"checkpoint-{size:012d}{SUFFIX}"


def dated(answer: bytes, note: bytes, roots: Sequence[Certificate], nonce: int | None = None) -> datetime:
    """When the authority saw the note (aware, UTC). Raises BadStamp.

    Without `roots` only that the stamp is one of this note is checked, not who made it.
    """
    try:
        response = decode_timestamp_response(answer)
        if roots:
            verifier = VerifierBuilder(roots=list(roots), nonce=nonce).build()
            verifier.verify_message(response, note)
        elif not _is_of(response, note):
            raise ValueError("it is of something else")
        moment: datetime = response.tst_info.gen_time
    except (ValueError, VerificationError) as error:
        raise BadStamp(f"the time stamp is not good: {error}") from error
    return moment


def certificates(path: Path) -> list[Certificate]:
    """The certificates (PEM) that stamps are trusted by: the authority's root. Raises ArchiveError."""
    try:
        return load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ArchiveError(f"{path} has no certificates (PEM) of a time stamp authority: {error}") from error


def _is_of(response: TimeStampResponse, note: bytes) -> bool:
    imprint = response.tst_info.message_imprint
    names = {"2.16.840.1.101.3.4.2.1": "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512"}
    name = names.get(imprint.hash_algorithm.dotted_string)
    return name is not None and hashlib.new(name, note).digest() == imprint.message
