"""Due dates as an iCalendar feed (RFC 5545): one all-day entry for each date on which something is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event

from alerts import links
from alerts.model import Language
from alerts.text import clean
from alerts.words import Words
from portals.model import Organ, Series
from storage.records import Assessment, Status

NAMED = 50  # organs named in one entry
_SPACE = uuid5(NAMESPACE_URL, "https://nianbao.invalid/alerts/calendar")  # of the entries' ids; never change it


def feed(
    assessments: Iterable[Assessment],
    organs: Mapping[str, Organ],
    series: Series,
    now: datetime,
    language: Language,
    public_url: str | None = None,
) -> bytes:
    """The dates on which obligations are due, by notice and by statute, each with its organs and their status."""
    words = Words(language)
    calendar = Calendar()
    calendar.add("prodid", "-//Nianbao//due dates//" + language.upper())
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", clean(series.name_zh if language == "zh" else series.name_en))
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for (day, by), found in sorted(_by_day(assessments).items()):
        calendar.add_component(_entry(day, by, found, organs, series, now, words, public_url))
    return bytes(calendar.to_ical())


def _by_day(assessments: Iterable[Assessment]) -> dict[tuple[date, str], list[Assessment]]:
    days: dict[tuple[date, str], list[Assessment]] = {}
    for told in assessments:
        if told.status is Status.EXEMPT:
            continue
        days.setdefault((told.due_notice, "notice"), []).append(told)
        if told.due_statute != told.due_notice:
            days.setdefault((told.due_statute, "statute"), []).append(told)
    return days


def _entry(
    day: date,
    by: str,
    found: list[Assessment],
    organs: Mapping[str, Organ],
    series: Series,
    now: datetime,
    words: Words,
    public_url: str | None,
) -> Event:
    names = [(organs[told.organ].name if told.organ in organs else told.organ, told) for told in found]
    who = clean(names[0][0]) if len(names) == 1 else words("organs", n=len(names))
    lines = [f"{clean(name)} · {words.of('statuses', told.status.value)}" for name, told in names[:NAMED]]
    if len(names) > NAMED:
        lines.append(words("more", n=len(names) - NAMED))
    year = found[0].year
    entry = Event()
    entry.add("uid", f"{uuid5(_SPACE, f'{series.key}/{year}/{by}/{day}')}@nianbao")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", day)
    entry.add("dtend", day + timedelta(days=1))
    entry.add("summary", words("calendar", by=words[f"by_{by}"], year=year, who=who))
    entry.add("description", "\n".join(lines))
    entry.add("transp", "TRANSPARENT")
    if public_url:
        entry.add("url", links.board(public_url, year))
    return entry
