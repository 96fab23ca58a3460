"""An obligation held against the evidence up to a moment. Pure: the same arguments, the same assessment.

Whatever was not wholly seen makes `unknown`, never `missing`; what was once proven stays so whatever fails later.
It says until when that holds if nothing new is seen: a due date passes, a visit grows too old to speak of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from compliance.dates import Claims, every_claim, first_claims, standing
from compliance.evidence import Evidence
from compliance.looks import Look, look_at, was_out_of_order
from compliance.moments import day_of, end_of
from compliance.policy import Policy, built_in_policy
from compliance.versions import Course, course_of
from portals.model import Obligation
from storage.records import Assessment, Observation, Outcome, Status

NOT_VISITED = "not_visited"
DATE_UNCERTAIN = "date_uncertain"

_OUT_OF_REACH = (Outcome.UNREACHABLE, Outcome.SERVER_ERROR, Outcome.BLOCKED, Outcome.ROBOTS)

LateBy = Literal["notice", "statute"]
NOT_OWED = "not_owed"


def judge(obligation: Obligation, evidence: Evidence, now: datetime, policy: Policy | None = None) -> Assessment:
    """The obligation's assessment as of `now` (aware). Evidence later than `now` changes nothing."""
    policy = policy or built_in_policy()
    exempt = evidence.exempt or obligation.exempt
    if exempt is not None:
        return _assessment(obligation, now, Status.EXEMPT, cause=exempt)
    seen = sorted((item for item in evidence.observations if item.at <= now), key=lambda item: item.at)
    looks = look_at(obligation, evidence, seen, now)
    if seen:
        return _judge_seen(obligation, evidence, seen, looks, now, policy)
    return _judge_unseen(obligation, evidence, looks, now, policy)


def released(before: Assessment, now: datetime) -> Assessment:
    """What becomes of an assessment when nothing is owed any more: the register was put right, or the rules."""
    kept = {name: getattr(before, name) for name in ("organ", "series", "year", "due_notice", "due_statute")}
    return Assessment(**kept, at=now, status=Status.EXEMPT, cause=NOT_OWED)


def _assessment(
    obligation: Obligation, now: datetime, status: Status, *, evidence: Iterable[str] = (), **more: Any
) -> Assessment:
    return Assessment(
        organ=obligation.organ.id,
        series=obligation.series,
        year=obligation.year,
        at=now,
        due_notice=obligation.due_notice,
        due_statute=obligation.due_statute,
        status=status,
        evidence=tuple(dict.fromkeys(evidence)),
        **more,
    )


# Nothing was confirmed


def _judge_unseen(
    obligation: Obligation, evidence: Evidence, looks: Sequence[Look], now: datetime, policy: Policy
) -> Assessment:
    by_column = _by_column(looks, evidence.columns, now, policy)
    due, statute = end_of(obligation.due_notice), end_of(obligation.due_statute)
    doubtful = [look for look in looks if look.doubts]
    if doubtful:
        return _judge_doubtful(obligation, doubtful[-1], by_column, now, policy)
    absent, ages = _absent_everywhere(by_column), _ages(by_column, policy)
    if now <= due:
        return _assessment(obligation, now, Status.PENDING, last_absent=absent, until=min([due, *ages]))
    latest = {column: group[-policy.missing_visits :] for column, group in by_column.items()}
    proofs = [look for group in latest.values() for look in group]
    enough = all(len(group) == policy.missing_visits for group in latest.values())
    if proofs and enough and all(look.absent and look.at > due for look in proofs):
        ids = [identity for look in proofs for identity in look.evidence]
        until = min([statute, *ages] if now <= statute else ages)  # past the statute's day it is another matter
        return _assessment(obligation, now, Status.MISSING, last_absent=absent, evidence=ids, until=until)
    cause, blind = _why_blind(latest, due)
    until_seen = min(ages, default=None)
    return _assessment(
        obligation, now, Status.UNKNOWN, cause=cause, last_absent=absent, evidence=blind, until=until_seen
    )


def _judge_doubtful(
    obligation: Obligation, doubtful: Look, by_column: dict[str, list[Look]], now: datetime, policy: Policy
) -> Assessment:
    """Something may be the report, and nothing confirms it. While no column can be reached, that is told first."""
    doubt, due = doubtful.doubts[0], end_of(obligation.due_notice)
    newest = [group[-1] for group in by_column.values() if group]
    down = [look for look in newest if look.outcome in _OUT_OF_REACH and look.at > doubtful.at]
    # when one of them no longer counts, the others may all be down
    ages = [look.at + policy.max_age for look in newest] if down else []
    until = min([due, *ages] if ages and now <= due else ages, default=None)
    told, evidence = doubt.cause, doubt.evidence
    if now > due and down and len(down) == len(by_column):
        last = max(down, key=lambda look: look.at)
        told, evidence = last.outcome.value, (*last.evidence, *doubt.evidence)
    return _assessment(obligation, now, Status.UNKNOWN, cause=told, evidence=evidence, until=until)


def _by_column(
    looks: Sequence[Look], columns: Sequence[str], moment: datetime, policy: Policy
) -> dict[str, list[Look]]:
    """The looks at each column that counts at the moment: those registered, or else those visited lately.

    A column that counts and was not visited lately has no looks.
    """
    recent = [look for look in looks if moment - policy.max_age <= look.at <= moment]
    found: dict[str, list[Look]] = {column: [] for column in columns or dict.fromkeys(look.column for look in recent)}
    for look in recent:
        if look.column in found:
            found[look.column].append(look)
    return found


def _ages(by_column: dict[str, list[Look]], policy: Policy) -> list[datetime]:
    """The moments up to which the looks that matter count: of every column the latest ones, and the last without it."""
    absent = [[look for look in group if look.absent][-1:] for group in by_column.values()]
    latest = [group[-policy.missing_visits :] for group in by_column.values()]
    return [look.at + policy.max_age for group in (*absent, *latest) for look in group]


def _absent_everywhere(by_column: dict[str, list[Look]]) -> datetime | None:
    """The last moment at which it was on none of the columns, as far as is proven."""
    last = [max((look.at for look in group if look.absent), default=None) for group in by_column.values()]
    known = [moment for moment in last if moment is not None]
    return min(known) if known and len(known) == len(last) else None


def _why_blind(latest: dict[str, list[Look]], due: datetime) -> tuple[str, tuple[str, ...]]:
    """Why nothing can be said of the columns: the newest visit that failed, or that there was none."""
    failed = [group[-1] for group in latest.values() if group and group[-1].outcome is not Outcome.COMPLETE]
    if failed:
        look = max(failed, key=lambda look: look.at)
        return look.outcome.value, look.evidence
    looks = [look for group in latest.values() for look in group if look.at > due]
    return NOT_VISITED, tuple(identity for look in looks for identity in look.evidence)


# A publication was confirmed


@dataclass(frozen=True, slots=True)
class _When:
    """What is proven of the time of publication."""

    first_seen: datetime
    possible_from: datetime  # a candidate that could not be read may have been it
    absent: tuple[Look, ...]  # the last complete visit to each column before that
    last_absent: datetime | None
    claims: Claims  # of the first version that claims anything
    every_claim: tuple[Claims, ...]


def _judge_seen(
    obligation: Obligation,
    evidence: Evidence,
    seen: Sequence[Observation],
    looks: Sequence[Look],
    now: datetime,
    policy: Policy,
) -> Assessment:
    course = course_of(seen, looks)
    when = _when(obligation, seen, looks, evidence.columns, policy)
    status, late_by = _timeliness(obligation, when, policy)
    gone = _withdrawal(looks, evidence.columns, policy)
    backdated = _backdated(when, policy)
    counts = evidence.findings.get(course.current.reading, {})
    return _assessment(
        obligation,
        now,
        status,
        late_by=late_by,
        cause=DATE_UNCERTAIN if status is Status.UNKNOWN else None,
        published=_published(when, policy),
        claimed=when.claims.claimed,
        first_seen=when.first_seen,
        last_absent=when.last_absent,
        url=course.current.url,
        versions=len(course.starts),
        withdrawn=bool(gone),
        revised=len(course.starts) > 1,
        backdated=backdated,
        findings={severity: counts.get(severity, 0) for severity in ("error", "warning", "doubtful")},
        evidence=_evidence_of(seen, course, when, looks, gone),
    )


def _when(
    obligation: Obligation,
    seen: Sequence[Observation],
    looks: Sequence[Look],
    registered: Sequence[str],
    policy: Policy,
) -> _When:
    """It was nowhere only as far as every column says so: those visited lately, and those that the register names."""
    urls = {observation.url for observation in seen}
    fetched = (look.at for look in looks if not urls.isdisjoint(look.fetched))
    first_seen = min(seen[0].at, next(fetched, seen[0].at))  # the same address may have been unreadable at first
    possible_from = min((look.at for look in looks if look.shown or look.doubts), default=first_seen)
    possible_from = min(possible_from, first_seen)
    visited = (look.column for look in looks if first_seen - policy.max_age <= look.at <= first_seen)
    last: dict[str, Look | None] = dict.fromkeys((*registered, *visited))
    before = [look for look in looks if look.at < possible_from and look.absent and look.column in last]
    for look in before:
        if not was_out_of_order(look, looks, obligation):
            last[look.column] = look
    absent = [look for look in last.values() if look is not None]
    # of when it came to stand among the notices, the lists that never had it say nothing
    beside = any(look.at == first_seen and look.shown and look.beside for look in looks)
    proven = bool(absent) and len(absent) == len(last) and not beside
    moment = min(look.at for look in absent) if proven else None
    every = every_claim(seen, policy)
    proofs = tuple(absent) if proven else ()
    return _When(first_seen, possible_from, proofs, moment, first_claims(every), tuple(every))


def _timeliness(obligation: Obligation, when: _When, policy: Policy) -> tuple[Status, LateBy | None]:
    due, statute = end_of(obligation.due_notice), end_of(obligation.due_statute)
    if when.first_seen <= due:
        return Status.ON_TIME, None
    excused = when.claims.all_by(obligation.due_notice) and bool(standing(when.claims, when.last_absent, policy))
    absent_after = when.last_absent is not None and when.last_absent > due
    if excused and not absent_after:
        return Status.ON_TIME, None
    says_late = when.claims.all_after(obligation.due_notice) and when.possible_from > due
    if excused or not (absent_after or says_late):
        return Status.UNKNOWN, None
    after_statute = when.last_absent is not None and when.last_absent > statute
    says_after = when.claims.all_after(obligation.due_statute) and when.possible_from > statute
    return Status.LATE, "statute" if after_statute or says_after else "notice"


def _published(when: _When, policy: Policy) -> date | None:
    """The day that claim and visits agree on, or that two visits leave no other choice but."""
    days = standing(when.claims, when.last_absent, policy) if when.claims.proper else ()
    if days:
        return days[0]
    seen_on = day_of(when.first_seen)
    return seen_on if when.last_absent is not None and day_of(when.last_absent) == seen_on else None


def _backdated(when: _When, policy: Policy) -> bool:
    """Whether every day that some version claimed was over when a complete visit did not show the report."""
    return any(each.proper and not standing(each, when.last_absent, policy) for each in when.every_claim)


def _withdrawal(looks: Sequence[Look], registered: Sequence[str], policy: Policy) -> tuple[Look, ...]:
    """The visits that prove it gone from everywhere, () when it is not. Once proven, only seeing it again undoes it."""
    shown = [look for look in looks if look.shown]
    if not shown or shown[-1].beside:  # notices scroll away
        return ()
    last_shown = shown[-1].at
    homes = {look.column for look in shown if not look.beside}
    gone = _gone_from(homes, looks, last_shown, policy)
    if not gone:
        return ()
    since, until = max(last_shown, gone[-1].at - policy.round), gone[-1].at + policy.round
    visited = {look.column for look in looks if last_shown - policy.max_age <= look.at <= until}
    others = (visited | set(registered)) - homes
    elsewhere = _gone_from(others, looks, since, policy)
    if others and not elsewhere:
        return ()
    return tuple(sorted((*gone, *elsewhere), key=lambda look: (look.at, look.visit)))


def _gone_from(columns: set[str], looks: Sequence[Look], since: datetime, policy: Policy) -> list[Look]:
    """The first visits after `since` that prove each of the columns without it, in order; [] when one is not proven."""
    found: list[Look] = []
    for column in columns:
        proofs = [look for look in looks if look.column == column and look.at > since and look.absent]
        if len(proofs) < policy.withdrawn_visits:
            return []
        found.extend(proofs[: policy.withdrawn_visits])
    return sorted(found, key=lambda look: look.at)


def _evidence_of(
    seen: Sequence[Observation], course: Course, when: _When, looks: Sequence[Look], gone: Sequence[Look]
) -> list[str]:
    """Captures: listings without it, the listing that showed it first, its versions, listings from which it is gone."""
    ids: list[str] = [identity for look in when.absent for identity in look.evidence]
    ids.extend(identity for look in looks if look.at == when.first_seen and look.shown for identity in look.evidence)
    ids.extend(identity for start in (seen[0], *course.starts) for identity in start.captures)
    ids.extend(identity for look in gone for identity in look.evidence)
    return ids
