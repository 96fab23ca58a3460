"""What a mail says of one organ, in one language, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from alerts import links, tokens
from alerts.choose import MISSING, TOLD
from alerts.facts import cell_label
from alerts.model import Case, Letterhead, Revision, Severity, Subscriber
from alerts.text import BEIJING, clean
from alerts.words import Words
from compliance.moments import end_of
from portals.calendar import holiday_on
from reports.model import Finding
from storage.records import Outcome, Visit

FINDINGS = 5
EVIDENCE = 4
VISITS = 4
CELLS = 5
ANSWERABLE = timedelta(days=60)  # how long the links to answer by can be used

Links = tuple[tuple[str, str], ...]  # (words, address)


@dataclass(frozen=True, slots=True)
class Fact:
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    severity: Severity
    word: str
    message: str


@dataclass(frozen=True, slots=True)
class Entry:
    organ: str
    due: str
    note: str  # the one thing to say where there is room for one thing
    facts: tuple[Fact, ...]
    faults: tuple[Fault, ...]
    more_faults: int
    evidence: tuple[tuple[str, str | None], ...]  # (id, address)
    more_evidence: int
    links: Links


def entry_of(case: Case, subscriber: Subscriber, words: Words, head: Letterhead, now: datetime) -> Entry:
    faults = _faults(case.findings, words)
    evidence = case.assessment.evidence
    base = head.public_url
    return Entry(
        organ=clean(case.organ.name),
        due=_due(case, words),
        note=_note(case, words, faults),
        facts=tuple(_facts(case, subscriber, words, now)),
        faults=tuple(faults[:FINDINGS]),
        more_faults=max(0, len(faults) - FINDINGS),
        evidence=tuple((ref, _evidence(base, ref, words)) for ref in evidence[:EVIDENCE]),
        more_evidence=max(0, len(evidence) - EVIDENCE),
        links=_links(case, subscriber, words, head, now) if base else (),
    )


def _links(case: Case, subscriber: Subscriber, words: Words, head: Letterhead, now: datetime) -> Links:
    event, base = case.event, head.public_url or ""
    found = []
    if case.assessment.versions:
        found.append(
            (
                words["link_report"],
                links.report(base, event.organ, event.series, event.year),
            )
        )
    if case.assessment.versions > 1:
        found.append(
            (
                words["link_versions"],
                links.versions(base, event.organ, event.series, event.year),
            )
        )
    if head.secret and case.event.kind in MISSING:
        said = {"subscriber": subscriber.email, "organ": event.organ, "series": event.series, "year": str(event.year)}
        found.append((words["link_answer"], links.answer(base, tokens.sign(head.secret, said, now + ANSWERABLE))))
    found.append((words["link_organ"], links.organ(base, event.organ)))
    return tuple((text, links.spoken(address, words.language)) for text, address in found)


def _evidence(base: str | None, reference: str, words: Words) -> str | None:
    return links.spoken(links.evidence(base, reference), words.language) if base else None


def _facts(case: Case, subscriber: Subscriber, words: Words, now: datetime) -> Iterable[Fact]:
    told = case.assessment
    yield Fact(words["due"], (_due(case, words, now),))
    if case.event.before in TOLD and case.event.before != case.event.after:
        yield Fact(words["before"], (words.of("statuses", case.event.before),))
    if published := _published(case, words):
        yield Fact(words["published"], (published,))
    if told.claimed and told.claimed != told.published:
        yield Fact(words["claimed"], (words.day(told.claimed),))
    if case.revision:
        yield Fact(words["changed"], tuple(_changed(case, case.revision, words)))
    if seen := tuple(_seen(case, subscriber, words)):
        yield Fact(words["seen"], seen)
    if live := links.safe(told.url):
        yield Fact(words["live"], (live,))


def _due(case: Case, words: Words, now: datetime | None = None) -> str:
    """The due dates; with `now`, of what is missing also how long ago."""
    notice, statute = case.assessment.due_notice, case.assessment.due_statute
    days = (now.astimezone(BEIJING).date() - notice).days if now else 0
    late = words("passed" if days > 1 else "passed_one", days=days) if case.event.kind in MISSING and days > 0 else ""
    asides = [text for text in (_holiday(notice, words), late) if text]
    if notice == statute:
        return _with(words.day(notice), asides, words)
    return words(
        "due_both",
        notice=_with(words.day(notice), [words["by_notice"], *asides], words),
        statute=_with(words.day(statute), [words["by_statute"]], words),
    )


def _with(day: str, asides: Sequence[str], words: Words) -> str:
    return day + (words("aside", text=words["comma"].join(asides)) if asides else "")


def _holiday(day: date, words: Words) -> str:
    """The holiday that a due day falls into: it moves no date, but whoever reminds should know."""
    holiday = holiday_on(day)
    return words("in_holiday", name=holiday.name_zh if words.language == "zh" else holiday.name_en) if holiday else ""


def _published(case: Case, words: Words) -> str:
    """The day that the evidence supports; else the interval that it leaves open."""
    told = case.assessment
    if told.published:
        return words.day(told.published)
    if told.first_seen is None:
        return ""
    if told.last_absent is None:
        return words("published_by", first_seen=words.moment(told.first_seen))
    return words(
        "published_between",
        last_absent=words.moment(told.last_absent),
        first_seen=words.moment(told.first_seen),
    )


def _seen(case: Case, subscriber: Subscriber, words: Words) -> Iterable[str]:
    """The last visits, among them the two moments that the verdict rests on, in the order of time."""
    told = case.assessment
    lines = {visit.at: _visited(visit, case, subscriber, words) for visit in case.visits[-VISITS:]}
    if told.last_absent:
        lines[told.last_absent] = words("absent_at", moment=words.moment(told.last_absent))
    if told.first_seen:
        lines[told.first_seen] = words("first_at", moment=words.moment(told.first_seen))
    return [line for _, line in sorted(lines.items())]


def _changed(case: Case, revision: Revision, words: Words) -> Iterable[str]:
    """When, on which side of the due day as far as the visits tell, and which cells."""
    due = end_of(case.assessment.due_notice)
    side = "before_due" if revision.first_seen <= due else "after_due" if revision.last_seen > due else ""
    between = words(
        "changed_between", last_seen=words.moment(revision.last_seen), first_seen=words.moment(revision.first_seen)
    )
    yield between + (words("aside", text=words[side]) if side else "")
    for name, before, after in revision.cells[:CELLS]:
        label = cell_label(revision.form, name) if words.language == "zh" and revision.form else name
        yield words("changed_cell", cell=clean(label), before=before or "—", after=after or "—")
    if len(revision.cells) > CELLS:
        yield words("changed_more", n=len(revision.cells) - CELLS)
    if not revision.cells:
        yield words["changed_text"]


def _visited(visit: Visit, case: Case, subscriber: Subscriber, words: Words) -> str:
    """What one visit saw; what the crawler noted of it, in English, is for operators."""
    if _lacked(visit, case):
        return words("absent_at", moment=words.moment(visit.at))
    outcome = words.of("outcome", visit.outcome.value)
    noted = f" · {clean(visit.detail)}" if visit.detail and subscriber.role == "operator" else ""
    return words("visit_at", moment=words.moment(visit.at), outcome=outcome) + noted


def _lacked(visit: Visit, case: Case) -> bool:
    """Whether the whole column was seen, before the report was seen first, and nothing on it may be the report."""
    first, whose = case.assessment.first_seen, case.organ.id
    nothing = not any(one.accepted and one.organ == whose for one in visit.candidates)
    return visit.outcome is Outcome.COMPLETE and nothing and (first is None or visit.at < first)


def _faults(findings: Iterable[Finding], words: Words) -> list[Fault]:
    """Findings with one cause are one fault with its consequences."""
    by_cause: dict[object, list[Finding]] = {}
    for finding in findings:
        by_cause.setdefault(finding.cause or id(finding), []).append(finding)
    faults = [_fault(group, words) for group in by_cause.values()]
    order = ("error", "warning", "doubtful", "info")
    return sorted(faults, key=lambda fault: order.index(fault.severity))


def _fault(group: list[Finding], words: Words) -> Fault:
    order = ("error", "warning", "doubtful", "info")
    worst = min(group, key=lambda finding: order.index(finding.severity))
    message = clean(worst.message_zh if words.language == "zh" else worst.message_en, 300)
    if len(group) > 1:
        message += words("consequence", n=len(group))
    return Fault(worst.severity, words.of("severity", worst.severity), message)


def _note(case: Case, words: Words, faults: list[Fault]) -> str:
    if faults:
        return faults[0].message
    return _published(case, words) if case.event.kind not in MISSING else ""
