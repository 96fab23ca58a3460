"""When a subscriber may be written to: not in quiet hours and, if they wish, on working days only (调休 included)."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from alerts.model import Subscriber
from alerts.text import BEIJING
from portals.calendar import next_working_day

_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def hours(text: str) -> tuple[time, time] | None:
    """`22:00-08:00` as two times of the day in Beijing; None when it is something else."""
    found = _HOURS.fullmatch(text)
    if found is None or found[0][:5] == found[0][6:]:
        return None
    return time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))


def send_at(subscriber: Subscriber, now: datetime) -> datetime:
    """`now`, or the first moment after it at which this subscriber wants mail."""
    moment = now.astimezone(BEIJING)
    while True:
        later = _after_quiet(moment, subscriber.quiet)
        if subscriber.working_days and (day := next_working_day(later.date())) != later.date():
            later = datetime.combine(day, time(0), BEIJING)
        if later == moment:
            return now if moment == now else moment.astimezone(now.tzinfo)
        moment = later


def _after_quiet(moment: datetime, quiet: tuple[time, time] | None) -> datetime:
    """The end of the quiet hours that the moment falls into, or the moment itself."""
    if quiet is None:
        return moment
    start, end = quiet
    clock = moment.time()
    if start < end:
        return datetime.combine(moment.date(), end, BEIJING) if start <= clock < end else moment
    if clock >= start:  # over midnight
        return datetime.combine(moment.date() + timedelta(days=1), end, BEIJING)
    return datetime.combine(moment.date(), end, BEIJING) if clock < end else moment
