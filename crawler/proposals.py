"""What the crawl learnt and the register does not say yet: the column where an organ's report was really seen. Pure.

A proposal is for a person: nothing here changes the register.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from portals.model import Organ
from spiders.candidates import SURE
from storage.records import Candidate, Capture, Visit
from storage.urls import target_uri


@dataclass(frozen=True, slots=True)
class Proposal:
    organ: Organ  # as it would stand on the register
    instead_of: str | None  # the registered column; None when only a home page is registered
    seen: str  # title of the report that was seen there
    way: tuple[str, ...]  # labels of links, from the home page on
    visit: str
    why: str  # how the visit to what is registered ended


def propose(organ: Organ, visit: Visit, captures: Mapping[str, Capture]) -> Proposal | None:
    """The column to register, when the organ's report for the year was surely found, and not where the register says.

    `captures` has those that the visit's sightings name.
    """
    profile = visit.profile
    if profile is None or not profile.columns:
        return None
    sure = [one for one in visit.candidates if one.organ == organ.id and one.accepted and one.score >= SURE]
    for candidate in sure:
        column = _column_of(candidate, visit, captures)
        if column and target_uri(column) != target_uri(organ.column_url or ""):
            why = f"{visit.outcome.value}: {visit.detail}" if visit.detail else visit.outcome.value
            found = replace(organ, column_url=column)
            return Proposal(found, organ.column_url, candidate.title, profile.way, visit.id, why)
    return None


def _column_of(candidate: Candidate, visit: Visit, captures: Mapping[str, Capture]) -> str | None:
    """The found column that showed the candidate: by the page that the link stood on, or because there is but one."""
    assert visit.profile is not None
    columns = visit.profile.columns
    stood_on = {one.capture for one in visit.sightings if one.url == candidate.url}
    pages = {captures[identity].url for identity in stood_on if identity in captures}
    shown = [column for column in columns if column in pages]
    if shown:
        return shown[0]
    registered = target_uri(visit.column_url)
    on_registered = any(target_uri(page) == registered for page in pages)
    return columns[0] if len(columns) == 1 and not on_registered else None
