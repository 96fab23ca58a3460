"""What an organ owes for a year, and by when. Rules are data; whether it was published is not asked here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import TypeVar

from portals.faults import FaultList
from portals.load import KINDS, LEVELS
from portals.model import DueRule, Obligation, Organ
from portals.series import DATA, MAIN, built_in_series, year
from portals.strictyaml import Mapping, read_yaml

_T = TypeVar("_T")

ABOLISHED = "abolished"
"""Obligation.exempt of an organ that was gone before its report was due; its successor reports."""

_NO_YEARS: tuple[int, int | None] = (0, None)

_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")


@cache
def built_in_rules() -> tuple[DueRule, ...]:
    """The rules that ship with the project."""
    return load_due_rules(DATA / "due_rules.yaml")


def due(organ: Organ, series: str, year: int, rules: Sequence[DueRule] | None = None) -> Obligation | None:
    """What the organ owes of the series for report year `year`; None when it did not exist then or no rule applies.

    Of a general rule and local ones that apply together, the earliest notice counts; the statute is the general rule's.
    """
    if not _existed(organ, year):
        return None
    applying = [rule for rule in (built_in_rules() if rules is None else rules) if _applies(rule, organ, series, year)]
    general = next((rule for rule in applying if not rule.regions), None)
    if not applying:
        return None
    strictest = min(applying, key=lambda rule: (rule.notice, bool(rule.regions)))
    statute = (general or max(applying, key=lambda rule: rule.statute)).statute
    due_notice, due_statute = date(year + 1, *strictest.notice), date(year + 1, *statute)
    exempt = _exemption(organ, due_notice)
    return Obligation(organ, series, year, due_notice, max(due_notice, due_statute), strictest, exempt)


def _exemption(organ: Organ, due_notice: date) -> str | None:
    """Why the organ owes nothing although a rule applies. Whoever exists on the due day owes for the year before."""
    if organ.exempt:
        return organ.exempt
    return ABOLISHED if organ.until is not None and organ.until < due_notice else None


def load_local_rules(path: Path) -> tuple[DueRule, ...]:
    """Stricter local notices of a data file, to be used beside `built_in_rules()`; raises RegistryFaults.

    Every rule must name its regions: what holds everywhere ships with the project.
    """
    return _load(path, local=True)


def obligations(
    organs: Iterable[Organ], series: str, year: int, rules: Sequence[DueRule] | None = None
) -> Iterator[Obligation]:
    """What each of the organs owes, in their order; those that owe nothing are left out.

    Another series than the main one is asked for only where the register names a column for it; the obligation's organ
    is the organ with that column.
    """
    for organ in organs:
        looked_at = for_series(organ, series)
        owed = due(looked_at, series, year, rules) if looked_at else None
        if owed is not None:
            yield owed


def for_series(organ: Organ, series: str) -> Organ | None:
    """The organ with the column where the series is looked for; None when the register names none."""
    if series == MAIN:
        return organ
    column = dict(organ.columns).get(series)
    return replace(organ, column_url=column, home_url=None) if column else None


def asked_series(organs: Iterable[Organ]) -> list[str]:
    """The series that a register asks for, the main one first, the others in the order of their data."""
    named = {key for organ in organs for key, _ in organ.columns}
    return [series.key for series in built_in_series() if series.key == MAIN or series.key in named]


def _existed(organ: Organ, year: int) -> bool:
    """Whether the organ existed on any day of the report year."""
    begun = organ.since is None or organ.since.year <= year
    return begun and (organ.until is None or organ.until.year >= year)


def _applies(rule: DueRule, organ: Organ, series: str, year: int) -> bool:
    first, last = rule.years
    return (
        rule.series == series
        and first <= year
        and (last is None or year <= last)
        and organ.kind in rule.kinds
        and organ.level in rule.levels
        and (not rule.regions or organ.region.startswith(rule.regions))
    )


def load_due_rules(path: Path) -> tuple[DueRule, ...]:
    """The rules of a data file; raises RegistryFaults with every fault of it, overlapping general rules among them."""
    return _load(path, local=False)


def _load(path: Path, *, local: bool) -> tuple[DueRule, ...]:
    faults = FaultList(str(path))
    top = read_yaml(path, faults)
    if top is None:
        faults.raise_if_any()
        return ()
    entries = top.take_mappings("rules")
    rules = [_one_rule(entry) for entry in entries]
    top.close()
    if not rules:
        top.fault(None, "没有任何规则", "there are no rules")
    for entry, rule in zip(entries, rules, strict=True):
        if local and not rule.regions:
            entry.fault(None, "本地规则须写明 regions", "a local rule must name its regions")
    for (_, one), (entry, other) in combinations(zip(entries, rules, strict=True), 2):
        if not one.regions and not other.regions and _overlap(one, other):
            entry.fault(None, "与前面的规则重叠", "overlaps with an earlier rule: one organ would have two due dates")
    faults.raise_if_any()
    return tuple(rules)


def _one_rule(entry: Mapping) -> DueRule:
    """One rule. A local one has no `statute` of its own: the law is the same everywhere."""
    regions = entry.take_texts("regions")
    notice = entry.take("notice", month_day, "'MM-DD'", (1, 31))
    if any(not re.fullmatch(r"[1-9]\d{1,11}", prefix) for prefix in regions):
        entry.fault("regions", "应为行政区划代码的开头数字", "expected leading digits of region codes")
    series = entry.take_text("series")
    if series and series not in {known.key for known in built_in_series()}:
        entry.fault("series", f"没有系列 {series}", f"there is no series {series}")
    rule = DueRule(
        series=series,
        years=entry.take("years", _years, "[first year, last year or null]", _NO_YEARS),
        kinds=entry.take("kinds", lambda value: _some_of(value, KINDS), f"a list of {', '.join(KINDS)}", ()),
        levels=entry.take("levels", lambda value: _some_of(value, LEVELS), f"a list of {', '.join(LEVELS)}", ()),
        regions=regions,
        notice=notice,
        statute=notice if regions else entry.take("statute", month_day, "'MM-DD'", (12, 31)),
        ground_zh=entry.take_text("ground_zh"),
        ground_en=entry.take_text("ground_en"),
    )
    if rule.notice > rule.statute:
        entry.fault("notice", "通知期限晚于法定期限", "the notice's date is after the statute's")
    entry.close()
    return rule


def _overlap(one: DueRule, other: DueRule) -> bool:
    years = one.years[0] <= (other.years[1] or 9999) and other.years[0] <= (one.years[1] or 9999)
    same = one.series == other.series and years
    return same and bool(set(one.kinds) & set(other.kinds)) and bool(set(one.levels) & set(other.levels))


def _years(value: object) -> tuple[int, int | None] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    first, last = year(value[0]), year(value[1])
    if first is None or (last is None and value[1] is not None) or (last is not None and last < first):
        return None
    return first, last


def _some_of(value: object, allowed: tuple[_T, ...]) -> tuple[_T, ...] | None:
    if not isinstance(value, list) or not value or any(item not in allowed for item in value):
        return None
    return tuple(choice for choice in allowed if choice in value)


def month_day(value: object) -> tuple[int, int] | None:
    """Month and day of "MM-DD", or None: a converter for strict YAML."""
    match = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    try:
        date(2023, month, day)  # not a leap year: a rule for 29 February would fail in most years
    except ValueError:
        return None
    return month, day
