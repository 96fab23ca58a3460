"""Days and moments. Deadlines are days in Asia/Shanghai; everything stored is a moment in UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def end_of_day(day: date) -> datetime:
    """The last second of a day in Asia/Shanghai, in UTC: 前 includes the day itself."""
    return datetime.combine(day, time(23, 59, 59), SHANGHAI).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """The day that a moment falls on in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def parse_moment(text: str) -> datetime:
    """A moment in UTC from `2024-02-01` (the end of that day in Asia/Shanghai) or from an ISO 8601 instant.

    An instant without an offset is taken in Asia/Shanghai. Raises ValueError.
    """
    text = text.strip()
    if len(text) == 10:
        return end_of_day(date.fromisoformat(text))
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)).astimezone(UTC)
