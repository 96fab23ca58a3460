"""The hours in which portals may be asked: a window of the day in China, as 20:00-07:00. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from portals.moments import SHANGHAI

_WINDOW = re.compile(r"(\d\d?):(\d\d)-(\d\d?):(\d\d)")

Hours = tuple[time, time]


def read_hours(text: str) -> Hours | None:
    """(from, to), None for the whole day. Raises ValueError."""
    if not text.strip():
        return None
    match = _WINDOW.fullmatch(text.replace(" ", ""))
    if not match:
        raise ValueError(f"hours like 20:00-07:00 expected, got {text!r}")
    begin, end = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
    if begin == end:
        raise ValueError(f"hours that begin and end at once: {text!r}")
    return begin, end


def seconds_left(hours: Hours | None, now: datetime) -> float | None:
    """How long the window is open from `now` on: 0 when it is closed, None when it never closes."""
    if hours is None:
        return None
    here = now.astimezone(SHANGHAI)
    begin, end = (here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0) for at in hours)
    if end <= begin and here < end:
        begin -= timedelta(days=1)
    elif end <= begin:
        end += timedelta(days=1)
    return (end - here).total_seconds() if begin <= here < end else 0.0
