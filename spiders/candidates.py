"""Which sighting is the report that an organ owes for a year: a score with its reasons, also for what is refused.

Pure. The report year comes from the title, never from the URL; what is accepted here is still to be confirmed by
reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from portals.model import Organ
from portals.titles import Names, organ_in, organ_named, report_year, series_of
from storage.records import Candidate, Sighting

ACCEPT = 0.5
SURE = 0.7
"""Below this an accepted candidate is fetched and read, and still needs a person to say whose report it is."""

# In a government's own column these are other organs, registered or not: towns and departments publish there too.
_NOT_A_GOVERNMENT = re.compile(r"(镇|乡|街道|街道办事处|局|厅|院|署|站|所|中心|学校|公司)(人民政府)?$")


@dataclass(frozen=True, slots=True)
class Expectation:
    """Whose report of which year is looked for in a column."""

    organ: Organ
    series: str
    year: int
    alone: bool  # no other organ's reports are expected in this column
    names: Names  # of every registered organ


def weigh(sighting: Sighting, wanted: Expectation) -> Candidate | None:
    """The sighting as a candidate; None when its title has nothing to do with the series.

    In a column that gathers several organs also None when it does not name this one: each of 200 organs would
    otherwise keep a refusal of every other's report.
    """
    kind = series_of(sighting.title)
    named = organ_named(sighting.title, wanted.names)
    if kind is None or not (wanted.alone or (named is not None and named.id == wanted.organ.id)):
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
    weight, reason = _whose(sighting.title, named, wanted)
    score, reasons = (score + weight if score and weight else 0.0), [*reasons, reason]
    accepted = kind == wanted.series and score >= ACCEPT
    dates = (("list", sighting.date),) if sighting.date else ()
    return Candidate(
        organ=wanted.organ.id,
        series=wanted.series,
        year=wanted.year,
        url=sighting.url,
        title=sighting.title,
        score=round(score, 2),
        reasons=tuple(reasons),
        accepted=accepted,
        dates=dates,
    )


def _whose(title: str, named: Organ | None, wanted: Expectation) -> tuple[float, str]:
    """What the organ that a title names adds to the score (0 refuses it), and the reason."""
    if named is not None:
        return (0.3 if named.id == wanted.organ.id else 0.0), f"title names {named.name}"
    stranger = organ_in(title)
    if stranger is None:
        return 0.1, "title names no organ; the column is this organ's own"
    if wanted.organ.kind == "government" and _NOT_A_GOVERNMENT.search(stranger):
        return 0.0, f"title names {stranger}, which is not registered and no government"
    return -0.15, f"title names {stranger}, which is not registered; it may be a former name"


def is_of_series(sighting: Sighting, series: str) -> bool:
    """Whether the title is a report of the series, of whatever year and organ: such a sighting shows that a list works.

    A menu's 政府信息公开年报 names no year and shows nothing.
    """
    return series_of(sighting.title) == series and report_year(sighting.title) is not None
