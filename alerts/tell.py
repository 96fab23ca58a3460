"""From events to the outbox: gathers what each event's reader must know, composes for every subscriber, and keeps both.

The events and their messages go into the database in one transaction: nobody is told of what is not on record, and
nothing on record is forgotten. Sending is `alerts.deliver`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import reports
from alerts import ledger
from alerts.answers import KIND as ANSWER
from alerts.answers import given
from alerts.channels import CHANNEL
from alerts.choose import watches
from alerts.compose import compose
from alerts.facts import facts
from alerts.model import Case, Letterhead, Revision, Subscriber
from alerts.words import kinds
from portals.due import due
from portals.model import DueRule, Organ, Series
from portals.series import find_series
from reports.model import Finding, Report
from storage import queries
from storage.database import Database
from storage.records import Assessment, Event, Message, Version, Visit

LEDGER_ORGANS = 2_000  # a ledger of more is had from the pages, not by mail
_VISITS = 4  # the last ones
_VISITED = ("missing", "overdue", "unknown", "withdrawn", "backdated")  # kinds whose reader asks when we looked


def tell(
    db: Database,
    events: Sequence[Event],
    subscribers: Iterable[Subscriber],
    head: Letterhead,
    now: datetime,
    rules: Sequence[DueRule] | None = None,
) -> list[Message]:
    """Keep the events that are not on record yet, with the mails about them; the mails. Telling twice tells once.

    `rules`: by when what is owed, if not by the built-in rules.
    """
    known = queries.known_events(db, [event.id for event in events])  # a reminder keeps its id from round to round
    fresh = list({event.id: event for event in events if event.id not in known}.values())
    cases = gather(db, fresh, now, rules)
    messages = []
    register = queries.organs(db) if fresh else []
    years = sorted({event.year for event in fresh})
    answers = given([event for year in years for event in queries.events(db, year=year, kind=ANSWER)])
    for subscriber in subscribers:
        composed = compose(
            [case for case in cases if not answers.silence(case, subscriber, now)], subscriber, head, now
        )
        if composed and subscriber.delivery == "digest" and subscriber.ledger:
            composed = [
                replace(message, attachments=_ledgers(db, register, cases, subscriber, now, rules))
                for message in composed
            ]
        messages += composed
        messages += [copy for message in composed for copy in _copies(message, subscriber)]
    queries.put_events(db, fresh, messages)
    return messages


def gather(db: Database, events: Sequence[Event], now: datetime, rules: Sequence[DueRule] | None = None) -> list[Case]:
    """The events with what their readers must know at `now`. An event whose obligation was never judged is left out."""
    organs = {organ.id: organ for organ in queries.some_organs(db, {event.organ for event in events})}
    told: dict[tuple[str, int, str], Assessment] = {}
    visits: dict[tuple[str, int, str], tuple[Visit, ...]] = {}
    for series, year in sorted({(event.series, event.year) for event in events}):
        concerned = {event.organ for event in events if (event.series, event.year) == (series, year)}
        found = queries.assessments(db, year, series, now, organs=concerned)
        told |= {(series, year, assessment.organ): assessment for assessment in found}
        asked = {event.organ for event in events if event.kind in _VISITED} & concerned
        looks = queries.last_visits(db, year, series, now, asked, _VISITS)
        visits |= {(series, year, organ): tuple(found) for organ, found in looks.items()}
    cases = []
    for event in events:
        key = event.series, event.year, event.organ
        if key not in told:
            continue
        case = _case(db, event, organs.get(event.organ) or _gone(event.organ), told[key], now, rules)
        cases.append(replace(case, visits=visits.get(key, ()) if event.kind in _VISITED else ()))
    return cases


def _copies(message: Message, subscriber: Subscriber) -> Iterator[Message]:
    """The same for the subscriber's other channels, without attachments."""
    for name in subscriber.channels:
        identity = f"{uuid5(NAMESPACE_URL, f'{name}/{message.id}')}@{message.id.rpartition('@')[2]}"
        yield replace(message, id=identity, to=name, channel=CHANNEL, html=None, headers={}, attachments=())


def _ledgers(
    db: Database,
    register: Sequence[Organ],
    cases: Sequence[Case],
    subscriber: Subscriber,
    now: datetime,
    rules: Sequence[DueRule] | None,
) -> tuple[tuple[str, str, bytes], ...]:
    """The ledger of the subscriber's organs for each year that the mail is about; none where it would be too long."""
    watched = {organ.id for organ in register if watches(subscriber, organ)}
    if not watched or len(watched) > LEDGER_ORGANS:
        return ()
    language, made = subscriber.language, []
    periods = {(case.event.year, case.event.series): case.series for case in cases}
    for (year, key), series in sorted(periods.items()):
        found = facts(db, year, key, now, language, watched, rules)
        name = series.name_zh if language == "zh" else series.name_en
        suffix = "" if key == "ogi" else f"-{key}"
        file = ledger.file_name(year, now, language).replace(".xlsx", f"{suffix}.xlsx")
        made.append((file, ledger.XLSX, ledger.export(found, year, name, now, language)))
    return tuple(made)


def _case(
    db: Database,
    event: Event,
    organ: Organ,
    assessment: Assessment,
    now: datetime,
    rules: Sequence[DueRule] | None,
) -> Case:
    owed = due(organ, event.series, event.year, rules)
    return Case(
        event=event,
        organ=organ,
        assessment=assessment,
        series=find_series(event.series) or _unknown_series(event.series),
        ground_zh=owed.rule.ground_zh if owed else "",
        ground_en=owed.rule.ground_en if owed else "",
        findings=_findings(db, event, now),
        revision=_revision(db, event, now) if event.kind == "revised" else None,
    )


def _revision(db: Database, event: Event, now: datetime) -> Revision | None:
    """What the version in force at `now` changed; None where there is but one."""
    versions = queries.versions(db, event.organ, event.series, event.year, now)
    if len(versions) < 2:
        return None
    before, after = versions[-2:]
    old, new = _read(db, before), _read(db, after)
    were, are = _values(old), _values(new)
    cells = tuple((name, were.get(name, ""), are.get(name, "")) for name in {**were, **are})
    changed = tuple(cell for cell in cells if cell[1] != cell[2])
    return Revision(before.last_seen, after.first_seen, new.form if new else None, changed)


def _read(db: Database, version: Version) -> Report | None:
    report = queries.report_of(db, version)
    return reports.load(report) if report else None


def _values(report: Report | None) -> dict[str, str]:
    """The cells that have a value."""
    cells = report.cells.values() if report else ()
    return {cell.name: str(cell.value) for cell in cells if cell.value is not None}


def _findings(db: Database, event: Event, now: datetime) -> tuple[Finding, ...]:
    """Findings in the version in force at `now`, for the kinds of event that are about them."""
    kind = kinds().get(event.kind)
    if kind is None or not (kind.severity == "by_findings" or kind.audience == "operators"):
        return ()
    version = queries.version_at(db, event.organ, event.series, event.year, now)
    report = queries.report_of(db, version, now) if version else None
    return reports.load(report).findings if report else ()


def _gone(organ: str) -> Organ:
    """An organ that was taken off the register between judging and telling."""
    return Organ(organ, organ, (), "county", "department", "", None, None, None)


def _unknown_series(key: str) -> Series:
    return Series(key, key, key, (), (), 0)
