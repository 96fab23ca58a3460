"""What a mail says, in one language, as plain data: parts by cause, entries by organ. The looks are elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from alerts import links
from alerts.choose import by_gravity, severity
from alerts.entries import Entry, entry_of
from alerts.model import Case, Letterhead, Severity, Subscriber
from alerts.text import BEIJING, clean
from alerts.words import Wording, Words, kinds
from portals.series import MAIN

DETAILED = 8  # organs of one part that are told in full; more of them become a table
DETAILED_OURS = 2  # the same where the fault is ours: the cause matters, not each organ
LISTED = 200  # rows of all such tables together
PARTS = 40  # causes told in one mail; a letter longer than that nobody reads, and mail programs cut it

Counts = tuple[tuple[int, str, Severity], ...]  # organs, label, tone


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
    counts: Counts
    parts: tuple[Part, ...]
    board: str | None
    why: str
    words: Words = field(repr=False)


def write(cases: Sequence[Case], subscriber: Subscriber, head: Letterhead, now: datetime) -> Letter:
    """One letter about all `cases` (at least one). `now` is the moment that the verdicts are of."""
    words = Words(subscriber.language)
    groups = list(_groups(cases))
    rows = max(3, LISTED // len(groups))
    parts = _once(_part(group, subscriber, words, head, now, rows) for group in groups[:PARTS])
    left = sum(len(group) for group in groups[PARTS:])
    parts = (*parts[:-1], replace(parts[-1], more=parts[-1].more + left))
    counts = _counts(groups, words)
    years = {(case.event.series, case.event.year) for case in cases}
    return Letter(
        subject=_subject(cases, counts, words, now),
        language="zh-CN" if words.language == "zh" else "en",
        title=_title(cases[0], words) if len(years) == 1 else words["title_many"],
        as_of=words("as_of", moment=words.moment(now)),
        greeting=words("greeting", name=subscriber.name),
        counts=counts,
        parts=parts,
        board=links.spoken(_board(head.public_url, years), words.language) if head.public_url else None,
        why=words("footer_why", email=subscriber.email, scope=_scope(subscriber, words)),
        words=words,
    )


def _board(base: str, years: set[tuple[str, int]]) -> str:
    """Where the cases stand; the main series' board where they are of several."""
    series = {key for key, _ in years} - {MAIN}
    filters = {"series": series.pop()} if len(years) == 1 and series else {}
    return links.board(base, max(year for _, year in years), **filters)


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


def _part(cases: list[Case], subscriber: Subscriber, words: Words, head: Letterhead, now: datetime, rows: int) -> Part:
    kind = kinds().get(cases[0].event.kind)
    wording = _wording(cases[0], words)
    ours = kind is not None and kind.fault == "ours"
    full = len(cases) <= (DETAILED_OURS if ours else DETAILED)
    entries = tuple(entry_of(case, subscriber, words, head, now) for case in cases[: DETAILED if full else rows])
    return Part(
        label=wording.label,
        tone=severity(cases[0]),
        count=len(cases),
        cause=_cause(cases[0], words),
        meaning=wording.meaning,
        ground=_ground(cases, words),
        duty=_duty(cases[0], words) if kind and kind.fault == "organ" and kind.severity == "by_deadline" else "",
        todo=wording.todo,
        entries=entries if full else (),
        rows=() if full else entries,
        more=max(0, len(cases) - len(entries)),
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


def _duty(case: Case, words: Words) -> str:
    """What a reminder may cite."""
    return clean(case.series.reminder_zh if words.language == "zh" else case.series.reminder_en)


def _counts(groups: Iterable[list[Case]], words: Words) -> Counts:
    """Organs by label, those of one label (one dead platform and another) together; also of what is not listed."""
    counts: dict[str, tuple[int, Severity]] = {}
    for group in groups:
        label = _wording(group[0], words).label
        before, tone = counts.get(label, (0, severity(group[0])))
        counts[label] = before + len(group), tone
    return tuple((n, label, tone) for label, (n, tone) in counts.items())


def _wording(case: Case, words: Words) -> Wording:
    kind = kinds().get(case.event.kind)
    return kind.wording(words.language) if kind else Wording(clean(case.event.kind), "", "")


def _subject(cases: Sequence[Case], counts: Counts, words: Words, now: datetime) -> str:
    local: date = now.astimezone(BEIJING).date()
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
