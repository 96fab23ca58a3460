"""Which sighting is the report that an organ owes for a year: a score with its reasons, also for what is refused.

Pure. The report year comes from the title, never from the URL; what is accepted here is still to be confirmed by
reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portals.model import Organ
from portals.titles import organ_named, report_year, series_of
from storage.records import Candidate, Sighting

ACCEPT = 0.5


@dataclass(frozen=True, slots=True)
class Expectation:
    """Whose report of which year is looked for in a column."""

    organ: Organ
    series: str
    year: int
    alone: bool  # no other organ's reports are expected in this column
    organs: Sequence[Organ]  # every organ that a title might name


def weigh(sighting: Sighting, wanted: Expectation) -> Candidate | None:
    """The sighting as a candidate; None when its title has nothing to do with the series."""
    kind = series_of(sighting.title)
    if kind is None:
        return None
    score, reasons = 0.0, []
    if kind == wanted.series:
        score, reasons = 0.4, [f"title names the series {kind}"]
    else:
        reasons.append(f"title is of another kind: {kind}")
    year = report_year(sighting.title)
    if year == wanted.year:
        score, reasons = score + 0.3, [*reasons, f"title names {year}"]
    else:
        score, reasons = 0.0, [*reasons, f"title names {year or 'no year'}, wanted {wanted.year}"]
    named = organ_named(sighting.title, wanted.organs)
    if named is not None and named.id == wanted.organ.id:
        score, reasons = score + 0.3, [*reasons, f"title names {named.name}"]
    elif named is not None:
        score, reasons = 0.0, [*reasons, f"title names {named.name}"]
    elif wanted.alone:
        score, reasons = score + 0.1, [*reasons, "title names no registered organ; the column is this organ's own"]
    else:
        score, reasons = 0.0, [*reasons, "title names no registered organ; the column gathers several"]
    accepted = kind == wanted.series and score >= ACCEPT
    dates = (("list", sighting.date),) if sighting.date else ()
    return Candidate(
        organ=wanted.organ.id,
        series=wanted.series,
        year=wanted.year,
        url=sighting.url,
        title=sighting.title,
        score=round(score, 2) if accepted or score < ACCEPT else 0.0,
        reasons=tuple(reasons),
        accepted=accepted,
        dates=dates,
    )


def is_of_series(sighting: Sighting, series: str) -> bool:
    """Whether the title is a report of the series, of whatever year and organ: such a sighting shows that a list works.

    A menu's 政府信息公开年报 names no year and shows nothing.
    """
    return series_of(sighting.title) == series and report_year(sighting.title) is not None
