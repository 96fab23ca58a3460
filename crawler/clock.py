"""The one place where the wall clock is read. Everything else is told the time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives the present moment, aware, in UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)


def frozen_clock(moment: datetime) -> Clock:
    """A clock that stands still: what `--as-of` gives to a round, so that all its captures carry that moment."""
    fixed = moment.astimezone(UTC)
    return lambda: fixed
