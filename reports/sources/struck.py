"""Text that a line goes through: what a tracked change or its author took out again. Knows geometry only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from reports.sources.ruling import Char, Stroke

_BAND = 8.0  # points: characters are looked up by bands of this height
_BESIDE = 0.6  # of a character's height: no further does such a line reach beyond the text that it strikes
_LONGEST = 400.0  # points
_LOW, _HIGH = 0.3, 0.7  # of a character's height, from its top: where such a line goes through


def without_struck(chars: Sequence[Char], lines: Iterable[Stroke]) -> list[Char]:
    """The characters that no line strikes out. A ruling runs on to the next one, far beyond any text that it cuts."""
    heights: dict[float, list[Stroke]] = defaultdict(list)  # the borders of many cells lie at one height
    for line in lines:
        if 1.5 < line.end - line.start < _LONGEST:
            heights[round(line.at, 1)].append(line)
    bands: dict[int, list[Char]] = defaultdict(list)
    for char in chars if heights else ():
        bands[int((char.top + char.bottom) / (2 * _BAND))].append(char)
    struck: set[int] = set()
    for at, level in heights.items():
        near = int(at / _BAND)
        through = [
            char for band in (near - 1, near, near + 1) for char in bands.get(band, ()) if _goes_through(at, char)
        ]
        for line in level if through else ():
            crossed = [char for char in through if _crosses(line, char)]
            if crossed and _covers(line, crossed):
                struck.update(map(id, crossed))
    return [char for char in chars if id(char) not in struck] if struck else list(chars)


def _goes_through(at: float, char: Char) -> bool:
    high = char.bottom - char.top
    return char.top + _LOW * high < at < char.top + _HIGH * high


def _crosses(line: Stroke, char: Char) -> bool:
    slack = 0.25 * (char.bottom - char.top)
    return char.left > line.start - slack and char.right < line.end + slack


def _covers(line: Stroke, crossed: Sequence[Char]) -> bool:
    """Whether the line begins and ends where the text does, and there is text all along it."""
    high = max(char.bottom - char.top for char in crossed)
    left, right = min(char.left for char in crossed), max(char.right for char in crossed)
    width = sum(char.right - char.left for char in crossed)
    return left - line.start < _BESIDE * high and line.end - right < _BESIDE * high and width > 0.6 * (right - left)
