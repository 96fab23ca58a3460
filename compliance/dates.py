"""When it was published: what the publisher claims, and whether what we saw bears it out. DESIGN.md, decision 6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from compliance.moments import day_of, end_of
from compliance.policy import Policy
from storage.records import Observation


@dataclass(frozen=True, slots=True)
class Claims:
    """The days that one observation's pages claim, as far as they can be meant."""

    claimed: date | None  # the one to show: the most trusted of the plausible, or else of all
    proper: tuple[date, ...]  # plausible claims, most trusted first
    hints: tuple[date, ...]  # plausible dates that may excuse, never accuse
    alone_today: bool  # every proper claim may be the page telling the day of the visit

    def all_by(self, due: date) -> bool:
        """Whether the publisher says that it was in time; hints count when there is nothing better."""
        days = self.proper or self.hints
        return bool(days) and max(days) <= due

    def all_after(self, due: date) -> bool:
        """Whether the publisher's own dates, every one of them, say that it was late."""
        return bool(self.proper) and not self.alone_today and min((*self.proper, *self.hints)) > due


def claims_of(observation: Observation, policy: Policy) -> Claims:
    """What the observation's pages claim; a day after they were seen, or before the year was over, is not meant."""
    seen_on = day_of(observation.at)
    earliest = policy.earliest_claim(observation.year)
    ranked = [
        (rank, source, day)
        for source, day in observation.dates
        for rank, pattern in enumerate(policy.claims)
        if pattern.search(source)
    ]
    ranked.sort(key=lambda claim: claim[0])
    hints = [day for source, day in observation.dates if any(pattern.search(source) for pattern in policy.hints)]
    plausible = [(source, day) for _, source, day in ranked if earliest <= day <= seen_on]
    todays = [
        day
        for source, day in plausible
        if day == seen_on and any(pattern.search(source) for pattern in policy.todays_date)
    ]
    others = [day for _, day in plausible if day not in todays]
    proper = (*others, *todays)
    return Claims(
        claimed=proper[0] if proper else ranked[0][2] if ranked else None,
        proper=proper,
        hints=tuple(day for day in hints if earliest <= day <= seen_on),
        alone_today=bool(proper) and not others,
    )


def first_claims(observations: Sequence[Observation], policy: Policy) -> Claims:
    """The claims of the earliest observation that claims anything: a revision may bring a new date."""
    every = [claims_of(observation, policy) for observation in observations]
    return next((claims for claims in every if claims.proper or claims.hints), every[0])


def contradicts(absent: datetime | None, claimed: date, policy: Policy) -> bool:
    """Whether a complete visit that did not show the report gives the lie to the claimed day."""
    return absent is not None and absent > end_of(claimed) + policy.grace


def standing(claims: Claims, absent: datetime | None, policy: Policy) -> tuple[date, ...]:
    """The claims, or in their absence the hints, that no visit contradicts, most trusted first."""
    return tuple(day for day in claims.proper or claims.hints if not contradicts(absent, day, policy))
