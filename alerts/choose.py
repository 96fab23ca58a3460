"""Who is told of which case. Pure; knows nothing of how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from alerts.model import Case, Severity, Subscriber
from alerts.text import BEIJING
from alerts.words import kinds
from compliance import past_statute
from portals.model import Organ

MISSING = ("missing", "overdue")  # kinds that say: it is past due and not there
TOLD = ("missing", "late", "unknown")  # statuses that people were written to about
_RANK: dict[str, int] = {"error": 3, "warning": 2, "doubtful": 1, "info": 0}


def severity(case: Case) -> Severity:
    """How grave: the statute's deadline counts more than the notice's; of findings the worst that is told."""
    kind = kinds().get(case.event.kind)
    if kind is None:
        return "warning"
    if kind.severity == "by_deadline":
        return "error" if case.assessment.late_by == "statute" or _missing_by_statute(case) else "warning"
    if kind.severity == "by_findings":
        return "error" if any(f.severity == "error" for f in case.findings) else "warning"
    return kind.severity


def _missing_by_statute(case: Case) -> bool:
    """What is missing carries no `late_by`: it gets graver once it was looked for after the statute's day."""
    return case.event.kind in MISSING and past_statute(case.assessment)


def days_past(case: Case) -> int:
    """Days between the notice's due date and the event."""
    return (case.event.at.astimezone(BEIJING).date() - case.assessment.due_notice).days


def choose(cases: Iterable[Case], subscriber: Subscriber) -> list[Case]:
    """The cases that this subscriber is to be told; what may be our own misreading is for operators only."""
    told = (_without_doubtful(case, subscriber) for case in cases if _wants(case, subscriber))
    return [case for case in told if case is not None]


def _wants(case: Case, subscriber: Subscriber) -> bool:
    kind = kinds().get(case.event.kind)
    if case.event.kind not in subscriber.kinds and (subscriber.kinds or (kind is not None and kind.asked)):
        return False
    if _weight(case) < _RANK[subscriber.severity] and not (kind is not None and kind.asked):
        return False
    if case.event.kind in MISSING and days_past(case) < subscriber.after_days:
        return False
    return watches(subscriber, case.organ)


def _weight(case: Case) -> int:
    """How much it takes to be told: news that takes back what was told before weighs as much as that did."""
    back = case.event.before in TOLD and case.event.before != case.event.after
    before = _RANK["warning"] if back or case.event.kind == "recovered" else 0
    return max(_RANK[severity(case)], before)


def watches(subscriber: Subscriber, organ: Organ) -> bool:
    """Whether the organ is among those that the subscriber is told of; without regions and organs, every one is."""
    if not subscriber.regions and not subscriber.organs:
        return True
    return organ.id in subscriber.organs or any(within(organ.region, code) for code in subscriber.regions)


def _without_doubtful(case: Case, subscriber: Subscriber) -> Case | None:
    """An officer never sees a doubtful finding; a case that consists of nothing else is not told at all."""
    if subscriber.role == "operator":
        return case
    kind = kinds().get(case.event.kind)
    if kind is None or kind.audience == "operators":
        return None
    findings = tuple(f for f in case.findings if f.severity in ("error", "warning"))
    if kind.severity == "by_findings" and case.findings and not findings:
        return None
    return replace(case, findings=findings)


def within(region: str, code: str) -> bool:
    """Whether `region` lies in `code` or is it. GB/T 2260: 510000 holds 511900 holds 511902 holds 511902004."""
    stem = code
    if len(code) == 6:
        while stem.endswith("00"):
            stem = stem[:-2]
    return region.startswith(stem)


def by_gravity(cases: Sequence[Case]) -> list[Case]:
    """Gravest kind first, then by organ; the order does not depend on the order given."""
    known = kinds()
    last = len(known)

    def key(case: Case) -> tuple[int, int, str, str, str]:
        kind = known.get(case.event.kind)
        rank = kind.rank if kind else last
        return (
            rank,
            -_RANK[severity(case)],
            case.organ.region,
            case.organ.id,
            case.event.id,
        )

    return sorted(cases, key=key)
