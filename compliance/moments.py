"""When a day is over, to the last instant: what happens within it still happens on that day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from portals.moments import SHANGHAI, day_of

__all__ = ["SHANGHAI", "day_of", "end_of"]

_LAST = time(23, 59, 59, 999999, tzinfo=SHANGHAI)


def end_of(day: date) -> datetime:
    """The last instant of the day in Asia/Shanghai, in UTC: a visit at 23:59:59.5 is still on it."""
    return datetime.combine(day, _LAST).astimezone(UTC)
