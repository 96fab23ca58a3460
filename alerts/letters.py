"""What a mail says, in one language, as plain data: parts by cause, entries by organ. The looks are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from alerts import links, tokens
from alerts.choose import MISSING, TOLD, by_gravity, severity
from alerts.model import Case, Letterhead, Severity, Subscriber
from alerts.text import BEIJING, clean
from alerts.words import Wording, Words, kinds
from reports.model import Finding
from storage.records import Visit

DETAILED = 8  # organs of one part that are told in full; more of them become a table
DETAILED_OURS = 2  # the same where the fault is ours: the cause matters, not each organ
LISTED = 200  # rows of that table
FINDINGS = 5
EVIDENCE = 6
VISITS = 4
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


@dataclass(frozen=True, slots=True)
class Part:
    label: str
    tone: Severity
    count: int
    cause: str
    meaning: str
    ground: str
    duty: str
    todo: str
    entries: tuple[Entry, ...]  # told in full
    rows: tuple[Entry, ...]  # told in one line each
    more: int


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    language: str
    title: str
    as_of: str
    greeting: str
    counts: tuple[tuple[int, str, Severity], ...]
    parts: tuple[Part, ...]
    board: str | None
    why: str
    words: Words = field(repr=False)


def write(cases: Sequence[Case], subscriber: Subscriber, head: Letterhead, now: datetime) -> Letter:
    """One letter about all `cases` (at least one). `now` is the moment that the verdicts are of."""
    words = Words(subscriber.language)
    parts = _once(_part(group, subscriber, words, head, now) for group in _groups(cases))
    years = {(case.event.series, case.event.year) for case in cases}
    return Letter(
        subject=_subject(cases, parts, words, now),
        language="zh-CN" if words.language == "zh" else "en",
        title=_title(cases[0], words) if len(years) == 1 else words["title_many"],
        as_of=words("as_of", moment=words.moment(now)),
        greeting=words("greeting", name=subscriber.name),
        counts=_counts(parts),
        parts=parts,
        board=links.board(head.public_url, max(year for _, year in years)) if head.public_url else None,
        why=words("footer_why", email=subscriber.email, scope=_scope(subscriber, words)),
        words=words,
    )


def cause_of(case: Case) -> tuple[str, ...]:
    """What cases must share to be told as one: 200 organs behind one dead platform are one matter."""
    if case.event.kind == "unknown":
        return (
            "unknown",
            case.assessment.cause or "",
            links.host(case.organ.column_url or case.organ.home_url),
        )
    return case.event.kind, severity(case)


def _groups(cases: Sequence[Case]) -> Iterable[list[Case]]:
    """Cases of one cause together, in the order of the first of each."""
    groups: dict[tuple[str, ...], list[Case]] = {}
    for case in by_gravity(cases):
        groups.setdefault(cause_of(case), []).append(case)
    return groups.values()


def _part(cases: list[Case], subscriber: Subscriber, words: Words, head: Letterhead, now: datetime) -> Part:
    kind = kinds().get(cases[0].event.kind)
    wording = kind.wording(words.language) if kind else Wording(clean(cases[0].event.kind), "", "")
    ours = kind is not None and kind.fault == "ours"
    full = len(cases) <= (DETAILED_OURS if ours else DETAILED)
    entries = tuple(_entry(case, subscriber, words, head, now) for case in cases[:LISTED])
    return Part(
        label=wording.label,
        tone=severity(cases[0]),
        count=len(cases),
        cause=_cause(cases[0], words),
        meaning=wording.meaning,
        ground=_ground(cases, words),
        duty=words["duty_text"] if kind and kind.fault == "organ" and kind.severity == "by_deadline" else "",
        todo=wording.todo,
        entries=entries if full else (),
        rows=() if full else entries,
        more=max(0, len(cases) - LISTED),
    )


def _once(parts: Iterable[Part]) -> tuple[Part, ...]:
    """What a label means and what to do is said with the first part that has it."""
    told: set[str] = set()
    found = []
    for part in parts:
        found.append(replace(part, meaning="", todo="") if part.label in told else part)
        told.add(part.label)
    return tuple(found)


def _cause(case: Case, words: Words) -> str:
    if case.event.kind != "unknown" or not case.assessment.cause:
        return ""
    host = links.host(case.organ.column_url or case.organ.home_url)
    cause = words("cause", cause=clean(words.of("outcome", case.assessment.cause)))
    return f"{cause} · {words('host', host=host)}" if host else cause


def _ground(cases: list[Case], words: Words) -> str:
    """The legal grounds of a part, each once."""
    kind = kinds().get(cases[0].event.kind)
    if kind is None or kind.severity != "by_deadline":
        return ""
    grounds = (case.ground_zh if words.language == "zh" else case.ground_en for case in cases)
    return words["joiner"].join(dict.fromkeys(clean(ground) for ground in grounds if ground))


def _entry(case: Case, subscriber: Subscriber, words: Words, head: Letterhead, now: datetime) -> Entry:
    faults = _faults(case.findings, words)
    evidence = case.assessment.evidence
    base = head.public_url
    return Entry(
        organ=clean(case.organ.name),
        due=_due(case, words),
        note=_note(case, words, faults),
        facts=tuple(_facts(case, words, now)),
        faults=tuple(faults[:FINDINGS]),
        more_faults=max(0, len(faults) - FINDINGS),
        evidence=tuple((ref, links.evidence(base, ref) if base else None) for ref in evidence[:EVIDENCE]),
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
    return (*found, (words["link_organ"], links.organ(base, event.organ)))


def _facts(case: Case, words: Words, now: datetime) -> Iterable[Fact]:
    told = case.assessment
    yield Fact(words["due"], (_due(case, words, now),))
    if case.event.before in TOLD and case.event.before != case.event.after:
        yield Fact(words["before"], (words.of("statuses", case.event.before),))
    if published := _published(case, words):
        yield Fact(words["published"], (published,))
    if told.claimed and told.claimed != told.published:
        yield Fact(words["claimed"], (words.day(told.claimed),))
    if seen := tuple(_seen(case, words)):
        yield Fact(words["seen"], seen)
    if live := links.safe(told.url):
        yield Fact(words["live"], (live,))


def _due(case: Case, words: Words, now: datetime | None = None) -> str:
    """The due dates; with `now`, of what is missing also how long ago."""
    notice, statute = case.assessment.due_notice, case.assessment.due_statute
    days = (now.astimezone(BEIJING).date() - notice).days if now else 0
    late = words("passed", days=days) if case.event.kind in MISSING and days > 0 else ""
    if notice == statute:
        return words.day(notice) + (words("aside", text=late) if late else "")
    by_notice = words["by_notice"] + (words["comma"] + late if late else "")
    return words(
        "due_both",
        notice=words.day(notice) + words("aside", text=by_notice),
        statute=words.day(statute) + words("aside", text=words["by_statute"]),
    )


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


def _seen(case: Case, words: Words) -> Iterable[str]:
    """The last visits, among them the two moments that the verdict rests on, in the order of time."""
    told = case.assessment
    lines = {visit.at: _visited(visit, words) for visit in case.visits[-VISITS:]}
    if told.last_absent:
        lines[told.last_absent] = words("absent_at", moment=words.moment(told.last_absent))
    if told.first_seen:
        lines[told.first_seen] = words("first_at", moment=words.moment(told.first_seen))
    return [line for _, line in sorted(lines.items())]


def _visited(visit: Visit, words: Words) -> str:
    outcome = words.of("outcome", visit.outcome.value)
    return words("visit_at", moment=words.moment(visit.at), outcome=outcome) + (
        f" · {clean(visit.detail)}" if visit.detail else ""
    )


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


def _counts(parts: Iterable[Part]) -> tuple[tuple[int, str, Severity], ...]:
    """Organs by label, parts of one label (one dead platform and another) together."""
    counts: dict[str, tuple[int, Severity]] = {}
    for part in parts:
        before, tone = counts.get(part.label, (0, part.tone))
        counts[part.label] = before + part.count, tone
    return tuple((n, label, tone) for label, (n, tone) in counts.items())


def _subject(cases: Sequence[Case], parts: Sequence[Part], words: Words, now: datetime) -> str:
    local: date = now.astimezone(BEIJING).date()
    counts = _counts(parts)
    if len(cases) == 1:
        text = words("subject_one", organ=clean(cases[0].organ.name, 60), label=counts[0][1])
    else:
        told = (words("subject_part", label=label, n=n) for n, label, _ in counts[:3])
        text = words["joiner"].join(told) + (words["subject_more"] if len(counts) > 3 else "")
    return words("subject", day=words.day(local), parts=text)


def _title(case: Case, words: Words) -> str:
    name = case.series.name_zh if words.language == "zh" else case.series.name_en
    title = words("title", series=clean(name), year=case.event.year)
    return title[:1].upper() + title[1:]


def _scope(subscriber: Subscriber, words: Words) -> str:
    told = []
    if subscriber.regions:
        told.append(words("scope_regions", codes=words["joiner"].join(subscriber.regions)))
    if subscriber.organs:
        told.append(words("scope_organs", codes=words["joiner"].join(subscriber.organs)))
    return words["joiner"].join(told) or words["scope_all"]
