"""What changed from one assessment of an obligation to the next, as events. Whom it concerns is for `alerts` to say."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID, uuid5

from compliance.moments import end_of
from storage.records import Assessment, Event, Outcome, Status

_NAMESPACE = UUID("6f1f3f0e-5d0c-4c57-9d3c-3f6f6f3c7f5e")

_KINDS = {
    Status.MISSING: "missing",
    Status.LATE: "late",
    Status.ON_TIME: "published",
    Status.UNKNOWN: "unknown",
    Status.EXEMPT: "exempt",
}
_BLIND = {outcome.value for outcome in Outcome} | {"not_visited"}
_FAULTS = ("error", "warning")


def changes(before: Assessment | None, after: Assessment) -> list[Event]:
    """The events that lead from `before` (None: never judged) to `after`. The same change always has the same id."""
    return [*_of_status(before, after), *_of_marks(before, after), *_of_findings(before, after)]


def _of_status(before: Assessment | None, after: Assessment) -> Iterator[Event]:
    kind = _KINDS.get(after.status)
    if before is None or before.status is not after.status:
        if kind is not None:
            yield _event(kind, before, after, _anchor(after))
        elif before is not None and before.status is not Status.PENDING:
            yield _event("recovered", before, after, before.status.value)
    elif after.status is Status.UNKNOWN and _trouble(before) != _trouble(after):
        yield _event("unknown", before, after, _anchor(after))
    elif after.status is Status.MISSING and past_statute(after) and not past_statute(before):
        yield _event("missing", before, after, "statute")


def _anchor(after: Assessment) -> str:
    """What makes this change this one, and not one like it a week later."""
    if after.status in (Status.LATE, Status.ON_TIME):
        return after.first_seen.isoformat() if after.first_seen else ""
    return f"{after.cause or ''} {after.evidence[-1] if after.evidence else ''}"


def _trouble(assessment: Assessment) -> str | None:
    """Sites that go from blocked to unreachable and back are one trouble; a document that cannot be read is another."""
    return "blind" if assessment.cause in _BLIND else assessment.cause


def past_statute(assessment: Assessment) -> bool:
    """Whether what is missing was looked for, and not there, after the statute's day."""
    return assessment.last_absent is not None and assessment.last_absent > end_of(assessment.due_statute)


def _of_marks(before: Assessment | None, after: Assessment) -> Iterator[Event]:
    was_withdrawn, was_backdated = (before.withdrawn, before.backdated) if before else (False, False)
    versions = before.versions if before else min(after.versions, 1)
    if after.versions > max(versions, 1):
        yield _event("revised", before, after, str(after.versions))
    if after.backdated and not was_backdated:
        yield _event("backdated", before, after, str(after.claimed))
    if after.withdrawn != was_withdrawn:
        anchor = after.evidence[-1] if after.evidence else ""
        kind = "withdrawn" if after.withdrawn else "recovered"
        yield _event(kind, before, after, f"withdrawn {after.versions} {anchor}")


def _of_findings(before: Assessment | None, after: Assessment) -> Iterator[Event]:
    if not after.versions:
        return
    was = before.findings if before and before.versions else {}
    now = after.findings
    worse = any(now.get(severity, 0) > was.get(severity, 0) for severity in _FAULTS)
    if worse:
        yield _event("malformed", before, after, _counts(after))
    elif any(was.get(severity, 0) for severity in _FAULTS) and not any(now.get(severity, 0) for severity in _FAULTS):
        yield _event("recovered", before, after, f"findings {after.versions}")
    if now.get("doubtful", 0) > was.get("doubtful", 0):
        yield _event("doubtful", before, after, _counts(after))


def _counts(after: Assessment) -> str:
    counts = "/".join(str(after.findings.get(severity, 0)) for severity in ("error", "warning", "doubtful"))
    return f"{after.versions} {counts}"


def _event(kind: str, before: Assessment | None, after: Assessment, what: str) -> Event:
    name = f"{after.organ}/{after.series}/{after.year}/{kind}/{what}"
    return Event(
        id=str(uuid5(_NAMESPACE, name)),
        at=after.at,
        organ=after.organ,
        series=after.series,
        year=after.year,
        kind=kind,
        before=before.status.value if before else None,
        after=after.status.value,
        detail=_detail(before, after),
    )


def _detail(before: Assessment | None, after: Assessment) -> dict[str, object]:
    """What a letter may want to say, as plain JSON values."""
    return {
        "cause": after.cause,
        "cause_before": before.cause if before else None,
        "late_by": after.late_by,
        "due_notice": after.due_notice.isoformat(),
        "due_statute": after.due_statute.isoformat(),
        "claimed": after.claimed.isoformat() if after.claimed else None,
        "published": after.published.isoformat() if after.published else None,
        "first_seen": after.first_seen.isoformat() if after.first_seen else None,
        "last_absent": after.last_absent.isoformat() if after.last_absent else None,
        "url": after.url,
        "versions": after.versions,
        "findings": dict(after.findings),
    }
