"""Days and moments: a deadline is the end of its day in China. Nothing here reads a clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

# China has had one zone and no summer time since 1991; the oldest report is of 2008.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
_LAST_SECOND = time(23, 59, 59, 999999, tzinfo=CHINA)


def end_of(day: date) -> datetime:
    """The last moment of the day in China, in UTC: what happens then still happens on that day."""
    return datetime.combine(day, _LAST_SECOND).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day in China on which the moment falls."""
    return moment.astimezone(CHINA).date()
