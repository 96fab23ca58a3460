"""How often a publication was changed. That one report stands at several addresses is no change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.looks import Look
from storage.records import Observation, Outcome


@dataclass(frozen=True, slots=True)
class Course:
    """What became of a publication."""

    starts: tuple[Observation, ...]  # the first observation of every version, oldest first
    current: Observation  # the latest of what is followed: its address and reading are those in force


def course_of(observations: Sequence[Observation], looks: Sequence[Look]) -> Course:
    """The versions in observations that are in order of time; there is at least one.

    One address is followed while it lives; what copies elsewhere say does not count. When it is gone, by a complete
    visit to its column that no longer shows it, the next address is followed. That is a new version only if it stands
    in the same column and says what was not known before: a copy elsewhere may be a PDF, and read a little differently.
    """
    followed = observations[0]
    starts = [followed]
    known: dict[str, str] = {}  # address to what it said last
    last = {observation.url: position for position, observation in enumerate(observations)}
    for position, observation in enumerate(observations):
        before = known.get(observation.url)
        known[observation.url] = observation.content_digest
        if observation.url == followed.url:
            if observation.content_digest != followed.content_digest:
                starts.append(observation)
            followed = observation
        elif last[followed.url] < position and _gone(followed, observation, looks):
            if observation.content_digest not in (followed.content_digest, before) and _side_by_side(
                followed, observation, looks
            ):
                starts.append(observation)
            followed = observation
    return Course(tuple(starts), followed)


def _columns(observation: Observation, looks: Sequence[Look]) -> set[str]:
    return {look.column for look in looks if observation.url in look.listed}


def _side_by_side(one: Observation, other: Observation, looks: Sequence[Look]) -> bool:
    return not _columns(one, looks).isdisjoint(_columns(other, looks))


def _gone(followed: Observation, successor: Observation, looks: Sequence[Look]) -> bool:
    columns = _columns(followed, looks)
    return any(
        look.column in columns
        and followed.at < look.at <= successor.at
        and look.outcome is Outcome.COMPLETE
        and followed.url not in look.listed
        for look in looks
    )
