"""The series that are looked for: what each is called and how its titles read."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from portals.faults import FaultList
from portals.model import Series
from portals.strictyaml import Mapping, read_yaml

DATA = Path(__file__).parent / "data"
MAIN = "ogi"
"""The series that every organ of a register owes; others are looked for where the register names their columns."""


@cache
def built_in_series() -> tuple[Series, ...]:
    """The series that ship with the project, in the file's order."""
    return load_series(DATA / "series.yaml")


def find_series(key: str) -> Series | None:
    return next((series for series in built_in_series() if series.key == key), None)


def has_form(key: str) -> bool:
    """Whether a series' reports have a prescribed form to be told by; of a series that we do not know, yes."""
    series = find_series(key)
    return series is None or series.has_form


def load_series(path: Path) -> tuple[Series, ...]:
    """The series of a data file; raises RegistryFaults with every fault of it."""
    faults = FaultList(str(path))
    top = read_yaml(path, faults)
    if top is None:
        faults.raise_if_any()
        return ()
    excludes = tuple(_lookalike(entry) for entry in top.take_mappings("excludes"))
    entries = top.take_mappings("series")
    found = [_one_series(entry, excludes) for entry in entries]
    top.close()
    for entry, series in zip(entries, found, strict=True):
        if sum(other.key == series.key for other in found) > 1:
            entry.fault("key", "编号重复", f"the key {series.key} stands twice")
    if not found:
        top.fault(None, "没有任何系列", "there are no series")
    faults.raise_if_any()
    return tuple(found)


def _one_series(entry: Mapping, excludes: tuple[tuple[str, str], ...]) -> Series:
    own = [_lookalike(lookalike) for lookalike in entry.take_mappings("lookalikes")]
    titles = entry.take_texts("titles")
    for pattern in titles:
        _check_pattern(entry, "titles", pattern)
    if not titles:
        entry.fault(None, "没有标题样式", "there are no title patterns")
    series = Series(
        key=entry.take_text("key"),
        name_zh=entry.take_text("name_zh"),
        name_en=entry.take_text("name_en"),
        titles=titles,
        lookalikes=tuple(own),
        first_year=entry.take("first_year", year, "a year", 0),
        has_form=entry.take("has_form", _truth, "true or false", False),
        reminder_zh=entry.take_text("reminder_zh"),
        reminder_en=entry.take_text("reminder_en"),
        excludes=excludes,
    )
    entry.close()
    return series


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _lookalike(entry: Mapping) -> tuple[str, str]:
    pattern = entry.take_text("pattern")
    _check_pattern(entry, "pattern", pattern)
    what = entry.take_text("what")
    entry.close()
    return pattern, what


def _check_pattern(entry: Mapping, key: str, pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        entry.fault(key, f"正则表达式有误：{error}", f"malformed pattern: {error}")


def year(value: object) -> int | None:
    """A report year, or None: a converter for strict YAML."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 1990 <= value <= 2100 else None
