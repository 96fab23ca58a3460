"""What a judgement rests on beside the evidence: the program's own text, and what else had a say, as a digest."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import portals

_HERE = Path(__file__).parent
_PORTALS = Path(portals.__file__).parent


def grounds(*others: str) -> str:
    """Equal for judgements that the same evidence must lead to. `others`: what else had a say, as text."""
    return hashlib.sha256("\n".join((_program(), *others)).encode("utf-8")).hexdigest()


@cache
def _program() -> str:
    files = [*_HERE.glob("*.py"), _PORTALS / "due.py"]
    return "\n".join(hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files))
