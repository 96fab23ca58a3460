"""Public holidays and working days in China, as data: for showing, and for choosing when to write."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from portals.due import month_day
from portals.faults import FaultList
from portals.series import DATA, year
from portals.strictyaml import Mapping, read_yaml


@dataclass(frozen=True, slots=True)
class Holiday:
    """A run of days off; `last` is included."""

    name_zh: str
    name_en: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Calendar:
    """What was announced. Years outside `years` are unknown: weekdays are then taken for working days."""

    years: frozenset[int]
    holidays: tuple[Holiday, ...]
    worked: frozenset[date]  # weekend days worked instead, 调休

    def holiday_on(self, day: date) -> Holiday | None:
        return next((holiday for holiday in self.holidays if holiday.first <= day <= holiday.last), None)

    def is_working_day(self, day: date) -> bool:
        if day in self.worked:
            return True
        return day.weekday() < 5 and self.holiday_on(day) is None


@cache
def built_in_calendar() -> Calendar:
    """The calendar that ships with the project."""
    return load_calendar(DATA / "holidays.yaml")


def holiday_on(day: date) -> Holiday | None:
    """The holiday that the day falls into; None also for years of which nothing is known."""
    return built_in_calendar().holiday_on(day)


def is_working_day(day: date) -> bool:
    return built_in_calendar().is_working_day(day)


def next_working_day(day: date) -> date:
    """The day itself, or the first working day after it."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def load_calendar(path: Path) -> Calendar:
    """The calendar of a data file; raises RegistryFaults with every fault of it."""
    faults = FaultList(str(path))
    top = read_yaml(path, faults)
    years: set[int] = set()
    holidays: list[Holiday] = []
    worked: set[date] = set()
    for entry in top.take_mappings("years") if top else []:
        number = entry.take("year", year, "a year", 2000)
        if number in years:
            entry.fault("year", "年份重复", f"the year {number} stands twice")
        years.add(number)
        holidays.extend(_holiday(holiday, number) for holiday in entry.take_mappings("holidays"))
        worked.update(_worked(entry, number))
        entry.close()
    if top:
        top.close()
    faults.raise_if_any()
    return Calendar(frozenset(years), tuple(holidays), frozenset(worked))


def _holiday(entry: Mapping, number: int) -> Holiday:
    first = entry.take("from", month_day, "'MM-DD'", (1, 1))
    last = entry.take("to", month_day, "'MM-DD'", (12, 31))
    if last < first:
        entry.fault("to", "结束日早于开始日", "ends before it begins")
    holiday = Holiday(entry.take_text("name_zh"), entry.take_text("name_en"), date(number, *first), date(number, *last))
    entry.close()
    return holiday


def _worked(entry: Mapping, number: int) -> list[date]:
    days: list[date] = []
    for text in entry.take_texts("worked"):
        found = month_day(text)
        if found is None or date(number, *found).weekday() < 5:
            entry.fault("worked", f"{text} 不是周末", f"{text} is no weekend day of {number}")
        else:
            days.append(date(number, *found))
    return days
