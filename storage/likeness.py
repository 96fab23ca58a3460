"""Visits that saw what an earlier one saw, written as that one's id and today's captures: most visits of most days.

Alike are visits that differ in id, moment and captures alone. Nothing is left out that the earlier one's record and the
short one do not say together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from storage.records import Visit


@dataclass(frozen=True, slots=True)
class Short:
    """What is written of such a visit."""

    id: str
    at: datetime
    like: str  # id of the earlier visit, which is written whole
    captures: tuple[str, ...]  # in the place of that one's, in the order in which its record first names each


def shortened(visit: Visit, earlier: Visit | None) -> Short | None:
    """The short form, None when the visit saw anything else than `earlier`, or that is a short one itself."""
    if earlier is None or earlier.like is not None:
        return None
    short = Short(visit.id, visit.at, earlier.id, tuple(dict.fromkeys(_captures(visit))))
    try:
        return short if restored(short, earlier) == replace(visit, like=earlier.id) else None
    except ValueError:
        return None


def restored(short: Short, earlier: Visit) -> Visit:
    """The visit that `shortened` made short. Raises ValueError when `earlier` is not the visit that it is like."""
    before = tuple(dict.fromkeys(_captures(earlier)))
    if earlier.id != short.like or len(before) != len(short.captures):
        raise ValueError(f"visit {short.id} is not like {earlier.id}")
    now = dict(zip(before, short.captures, strict=True))
    return replace(
        earlier,
        id=short.id,
        at=short.at,
        like=short.like,
        captures=tuple(now[name] for name in earlier.captures),
        sightings=tuple(replace(one, capture=now[one.capture]) for one in earlier.sightings),
        candidates=tuple(
            replace(one, captures=tuple(now[name] for name in one.captures)) for one in earlier.candidates
        ),
    )


def _captures(visit: Visit) -> Iterator[str]:
    """Every mention of a capture, in the order of the record."""
    yield from visit.captures
    yield from (sighting.capture for sighting in visit.sightings)
    for candidate in visit.candidates:
        yield from candidate.captures
