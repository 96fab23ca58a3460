"""What is known of one obligation, as other rooms recorded it, and how it is gathered for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from storage.records import Candidate, Observation, Visit

REFUSED = "refused"
"""A candidate's document was read, and surely is not the report. Nothing else clears a candidate."""

Readings = Mapping[tuple[str, str], str]
"""(visit id, candidate's URL) to the state of its reading: "read", "refused", or why it is neither ("broken", …).

An accepted candidate that is not in here has not been read yet.
"""

Findings = Mapping[str, Mapping[str, int]]
"""Observation.reading to the number of findings by severity."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a judgement of one obligation may rest on. What is later than the judged moment is ignored."""

    visits: tuple[Visit, ...] = ()  # of the columns where the organ's reports are expected, any order
    observations: tuple[Observation, ...] = ()  # its confirmed publications, any order
    readings: Readings = field(default_factory=dict)
    findings: Findings = field(default_factory=dict)
    candidates: Mapping[str, Sequence[Candidate]] | None = None  # accepted, by visit; None: look for them in the visits
    columns: tuple[str, ...] = ()  # column URLs that must be seen; empty: those visited lately
    exempt: str | None = None  # why nothing is owed after all


@dataclass
class Gathered:
    """The evidence of a whole season, indexed once: a column that gathers 200 organs is not searched 200 times."""

    series: str
    year: int
    readings: Readings = field(default_factory=dict)
    findings: Findings = field(default_factory=dict)
    exemptions: Mapping[str, str] = field(default_factory=dict)  # organ to reason
    _visits: dict[str, list[Visit]] = field(default_factory=lambda: defaultdict(list))
    _candidates: dict[str, dict[str, list[Candidate]]] = field(default_factory=lambda: defaultdict(dict))
    _observations: dict[str, list[Observation]] = field(default_factory=lambda: defaultdict(list))

    def add_visits(self, visits: Iterable[Visit]) -> None:
        """Visits that looked for this year's reports; others are left out."""
        for visit in visits:
            if visit.year != self.year:
                continue
            for organ in visit.organs:
                self._visits[organ].append(visit)
            for candidate in visit.candidates:
                if candidate.accepted:
                    self._candidates[candidate.organ].setdefault(visit.id, []).append(candidate)

    def add_observations(self, observations: Sequence[Observation]) -> None:
        for observation in observations:
            if observation.series == self.series and observation.year == self.year:
                self._observations[observation.organ].append(observation)

    def of(self, organ: str, columns: tuple[str, ...] = ()) -> Evidence:
        """The organ's evidence."""
        return Evidence(
            visits=tuple(self._visits.get(organ, ())),
            observations=tuple(self._observations.get(organ, ())),
            readings=self.readings,
            findings=self.findings,
            candidates=self._candidates.get(organ, {}),
            columns=columns,
            exempt=self.exemptions.get(organ),
        )
