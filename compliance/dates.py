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


def claims_of(observation: Observation, policy: Policy, stayed: bool = False) -> Claims:
    """What the observation's pages claim; a day after they were seen, or before the year was over, is not meant.

    `stayed`: another day's visit saw the same dates, so that none of them is the page telling the day.
    """
    seen_on = day_of(observation.at)
    earliest = policy.earliest_claim(observation.year)
    sources = [(policy.source(provenance), day) for provenance, day in observation.dates]
    ranked = sorted((claim for claim in sources if claim[0].rank is not None), key=lambda claim: claim[0].rank or 0)
    plausible = [(source, day) for source, day in ranked if earliest <= day <= seen_on]
    todays = [day for source, day in plausible if day == seen_on and source.may_be_today and not stayed]
    others = [day for source, day in plausible if stayed or day != seen_on or not source.may_be_today]
    proper = (*others, *todays)
    return Claims(
        claimed=proper[0] if proper else ranked[0][1] if ranked else None,
        proper=proper,
        hints=tuple(day for source, day in sources if source.hint and earliest <= day <= seen_on),
        alone_today=bool(proper) and not others,
    )


def every_claim(observations: Sequence[Observation], policy: Policy) -> list[Claims]:
    """What the observations claim, in order, each set of dates once: as it stood when it was first seen."""
    first: dict[tuple[tuple[str, date], ...], Observation] = {}
    last: dict[tuple[tuple[str, date], ...], Observation] = {}
    for observation in observations:
        first.setdefault(observation.dates, observation)
        last[observation.dates] = observation
    return [claims_of(one, policy, day_of(one.at) != day_of(last[dates].at)) for dates, one in first.items()]


def first_claims(every: Sequence[Claims]) -> Claims:
    """The earliest that claim anything: a revision may bring a new date."""
    return next((claims for claims in every if claims.proper or claims.hints), every[0])


def contradicts(absent: datetime | None, claimed: date, policy: Policy) -> bool:
    """Whether a complete visit that did not show the report gives the lie to the claimed day."""
    return absent is not None and absent > end_of(claimed) + policy.grace


def standing(claims: Claims, absent: datetime | None, policy: Policy) -> tuple[date, ...]:
    """The claims, or in their absence the hints, that no visit contradicts, most trusted first."""
    return tuple(day for day in claims.proper or claims.hints if not contradicts(absent, day, policy))
