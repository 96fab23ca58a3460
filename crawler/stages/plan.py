"""Dealing columns out to crawl processes and waves. Pure.

A host's columns stay in one process; each wave is small enough to be held in memory, and goes round the hosts, so that
as many of them as possible are waited for at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from spiders.column import Column
from spiders.places import host_of as host_of_url

WAVE = 4000  # columns that one process visits at most before another takes its place
FEW = 40  # hosts that one process has time for beside waiting
MOST_AT_ONCE = 200  # columns that one process looks through at once


def waves(columns: Sequence[Column], processes: int, wave: int = WAVE) -> list[list[tuple[Column, ...]]]:
    """For each process its waves, one after the other. Fewer processes where there are few hosts."""
    by_host: dict[str, list[Column]] = {}
    for column in columns:
        by_host.setdefault(host_of(column), []).append(column)
    lanes: list[list[list[Column]]] = [[] for _ in range(max(1, min(processes, len(by_host) // FEW)))]
    for group in sorted(by_host.values(), key=len, reverse=True):  # the largest first, each to who has least
        min(lanes, key=lambda lane: sum(map(len, lane))).append(group)
    return [_cut(_round_robin(lane), wave) for lane in lanes if lane]


def at_once(columns: Sequence[Column]) -> int:
    """How many columns to look through at once: two for each host, because one waits for its turn mostly."""
    return max(16, min(MOST_AT_ONCE, 2 * len({host_of(column) for column in columns})))


def host_of(column: Column) -> str:
    return host_of_url(column.url)


def _round_robin(groups: Sequence[Sequence[Column]]) -> list[Column]:
    longest = max(len(group) for group in groups)
    return [group[turn] for turn in range(longest) for group in groups if turn < len(group)]


def _cut(columns: list[Column], wave: int) -> list[tuple[Column, ...]]:
    return [tuple(columns[start : start + wave]) for start in range(0, len(columns), wave)]
