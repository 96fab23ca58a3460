"""What each visit says about one obligation: the report was not there, it was, something may be it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.evidence import REFUSED, Evidence
from portals.model import Obligation
from portals.titles import is_earlier
from storage.records import Candidate, Observation, Outcome, Sighting, Visit

_READ_BUT_UNSURE = "unconfirmed"
"""The state of a reading whose document could be read but not be told to be the report."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """An accepted candidate that nobody has confirmed or refused: while there is one, nothing is missing."""

    at: datetime
    cause: str  # "unreadable", "unconfirmed", "fetch_failed", "not_read"
    evidence: tuple[str, ...]


@dataclass(slots=True)  # not frozen: a season of a province makes millions, and freezing triples the time
class Look:
    """One visit, held against one obligation."""

    visit: str
    at: datetime
    column: str
    outcome: Outcome
    shown: bool  # the publication, or its link
    beside: bool  # and that nowhere but beside the column
    doubts: tuple[Doubt, ...]
    listed: frozenset[
        str
    ]  # addresses of publications and of candidates that it showed; refused ones are not among them
    fetched: frozenset[str]  # those whose document was archived
    evidence: tuple[str, ...]  # captures of the listing; the visit itself when it has none
    proven: bool  # there are captures to prove it by
    sightings: tuple[Sighting, ...]  # some of what it showed: of earlier reports one at least

    @property
    def absent(self) -> bool:
        """Whether it proves that the report was not there; an incomplete or unrecorded visit proves nothing."""
        return self.outcome is Outcome.COMPLETE and self.proven and not self.shown and not self.doubts


def look_at(obligation: Obligation, evidence: Evidence, seen: Sequence[Observation], now: datetime) -> list[Look]:
    """The visits up to `now` in order; `seen` are the observations up to `now`."""
    urls = {observation.url for observation in seen}
    visits = sorted((visit for visit in evidence.visits if visit.at <= now), key=lambda visit: (visit.at, visit.id))
    return [_look(obligation, evidence, visit, urls) for visit in visits]


def _look(obligation: Obligation, evidence: Evidence, visit: Visit, urls: set[str]) -> Look:
    own = _own(obligation, evidence, visit)
    states = [(candidate, evidence.readings.get((visit.id, candidate.url))) for candidate in own]
    refused = {candidate.url for candidate, state in states if state == REFUSED}
    open_ones = [(candidate, state) for candidate, state in states if state != REFUSED]
    listed = {sighting.url for sighting in visit.sightings if sighting.url in urls} - refused if urls else set()
    listed.update(candidate.url for candidate, _ in open_ones)
    beside = {candidate.url for candidate in own if candidate.beside}
    return Look(
        visit=visit.id,
        at=visit.at,
        column=visit.column_url,
        outcome=visit.outcome,
        shown=not urls.isdisjoint(listed),
        beside=urls.isdisjoint(listed - beside),
        doubts=tuple(_doubt(visit, candidate, state) for candidate, state in open_ones if candidate.url not in urls),
        listed=frozenset(listed),
        fetched=frozenset(candidate.url for candidate, _ in open_ones if candidate.captures),
        evidence=visit.captures or (f"visit:{visit.id}",),
        proven=bool(visit.captures),
        sightings=visit.sightings,
    )


def was_out_of_order(look: Look, looks: Sequence[Look], obligation: Obligation) -> bool:
    """Whether a list was empty that shows earlier years' reports later on: 共0条, while its database was down."""
    later = (one for one in looks if one.column == look.column and one.at > look.at)
    return not _shows_earlier(look, obligation) and any(_shows_earlier(one, obligation) for one in later)


def _shows_earlier(look: Look, obligation: Obligation) -> bool:
    return any(is_earlier(one.title, obligation.series, obligation.year) for one in look.sightings)


def _own(obligation: Obligation, evidence: Evidence, visit: Visit) -> list[Candidate]:
    """The accepted candidates for this very obligation."""
    taken = visit.candidates if evidence.candidates is None else evidence.candidates.get(visit.id, ())
    return [
        candidate
        for candidate in taken
        if candidate.accepted
        and candidate.organ == obligation.organ.id
        and candidate.series == obligation.series
        and candidate.year == obligation.year
    ]


def _doubt(visit: Visit, candidate: Candidate, state: str | None) -> Doubt:
    if state is None:
        cause = "not_read" if candidate.captures or not candidate.failure else "fetch_failed"
    elif state in (_READ_BUT_UNSURE, "read"):  # read, and somebody else's for sure: of this organ it says nothing
        cause = _READ_BUT_UNSURE
    else:
        cause = "unreadable"
    listing = visit.captures or (f"visit:{visit.id}",)
    return Doubt(visit.at, cause, (*listing, *candidate.captures))
