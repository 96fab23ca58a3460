"""How much evidence a verdict needs: the room's data file, read strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from portals.faults import FaultList
from portals.strictyaml import Mapping, read_yaml


@dataclass(frozen=True, slots=True)
class Source:
    """What a date is good for, by where it comes from."""

    rank: int | None  # among claims, the most trusted first; None is no claim
    hint: bool
    may_be_today: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """See policy.yaml for what each number means."""

    missing_visits: int
    max_age: timedelta
    withdrawn_visits: int
    round: timedelta
    grace: timedelta
    claims: tuple[re.Pattern[str], ...]
    hints: tuple[re.Pattern[str], ...]
    todays_date: tuple[re.Pattern[str], ...]
    claims_from: tuple[int, int]
    _sources: dict[str, Source] = field(default_factory=dict, compare=False, repr=False)

    def earliest_claim(self, year: int) -> date:
        return date(year, *self.claims_from)

    def source(self, provenance: str) -> Source:
        """What a date of this provenance is good for; patterns are searched once a provenance."""
        known = self._sources.get(provenance)
        if known is None:
            ranks = [rank for rank, pattern in enumerate(self.claims) if pattern.search(provenance)]
            known = Source(
                rank=ranks[0] if ranks else None,
                hint=any(pattern.search(provenance) for pattern in self.hints),
                may_be_today=any(pattern.search(provenance) for pattern in self.todays_date),
            )
            if len(self._sources) < 1000:  # provenances hold words from pages
                self._sources[provenance] = known
        return known


@cache
def built_in_policy() -> Policy:
    """The policy that ships with the project."""
    return load_policy(Path(__file__).parent / "policy.yaml")


def load_policy(path: Path) -> Policy:
    """The policy of a data file; raises portals.faults.RegistryFaults with every fault of it."""
    faults = FaultList(str(path))
    top = read_yaml(path, faults)
    faults.raise_if_any()
    assert top is not None  # read_yaml told why not
    missing, withdrawn = top.take_mapping("missing"), top.take_mapping("withdrawn")
    contradiction = top.take_mapping("contradiction")
    policy = Policy(
        missing_visits=missing.take("visits", _count, "a number from 1", 1),
        max_age=timedelta(days=missing.take("max_age_days", _count, "a number of days from 1", 1)),
        withdrawn_visits=withdrawn.take("visits", _count, "a number from 1", 1),
        round=timedelta(hours=withdrawn.take("round_hours", _not_negative, "a number of hours", 0)),
        grace=timedelta(hours=contradiction.take("grace_hours", _not_negative, "a number of hours", 0)),
        claims=_patterns(top, "claims"),
        hints=_patterns(top, "hints"),
        todays_date=_patterns(top, "todays_date"),
        claims_from=top.take("claims_from", _month_day, "'MM-DD'", (1, 1)),
    )
    for mapping in (missing, withdrawn, contradiction, top):
        mapping.close()
    faults.raise_if_any()
    return policy


def _patterns(top: Mapping, key: str) -> tuple[re.Pattern[str], ...]:
    found: list[re.Pattern[str]] = []
    for text in top.take_texts(key):
        try:
            found.append(re.compile(text))
        except re.error as error:
            top.fault(key, f"正则表达式有误：{error}", f"malformed pattern: {error}")
    return tuple(found)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000 else None


def _not_negative(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000 else None


def _month_day(value: object) -> tuple[int, int] | None:
    match = re.fullmatch(r"(\d\d)-(\d\d)", value) if isinstance(value, str) else None
    if match is None or not (1 <= int(match[1]) <= 12 and 1 <= int(match[2]) <= 28):
        return None
    return int(match[1]), int(match[2])
