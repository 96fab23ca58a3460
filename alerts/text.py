"""Small things that every part of a mail needs: Beijing time, and text from portals made fit for one line."""

from __future__ import annotations

from portals.moments import SHANGHAI

BEIJING = SHANGHAI


def clean(text: str, longest: int = 120) -> str:
    """One line for a person: no control, direction or other invisible characters, which portals' titles may carry."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
