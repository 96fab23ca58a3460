"""A due date with its working, in words: which rule, whose law, which holiday it falls in. Nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portals.calendar import holiday_on
from portals.model import Obligation
from portals.series import find_series

_KINDS = {
    "government": ("政府", "government"),
    "department": ("部门", "department"),
    "township": ("乡镇（街道）", "township"),
}
_LEVELS = {
    "province": ("省级", "provincial"),
    "city": ("地市级", "prefecture-level"),
    "county": ("县级", "county-level"),
    "township": ("乡镇级", "township-level"),
}


@dataclass(frozen=True, slots=True)
class Working:
    """The same in Chinese and in English."""

    zh: str
    en: str


def show_working(obligation: Obligation) -> Working:
    """Why the obligation is due when it is."""
    return Working(_in_chinese(obligation), _in_english(obligation))


def _in_chinese(obligation: Obligation) -> str:
    organ, rule = obligation.organ, obligation.rule
    series = find_series(obligation.series)
    name = series.name_zh if series else obligation.series
    who = "乡镇、街道" if organ.kind == "township" else _LEVELS[organ.level][0] + _KINDS[organ.kind][0]
    text = f"{organ.name}（{who}）应于{_zh(obligation.due_notice)}前（含当日）公布{obligation.year}年度{name}。"
    text += f"依据：{rule.ground_zh}。"
    if obligation.due_statute != obligation.due_notice:
        text += f"法定最后期限为{_zh(obligation.due_statute)}。"
    if rule.regions:
        text += "本地规定早于全国期限。"
    return text + "".join(_holiday_zh(day) for day in _days(obligation))


def _in_english(obligation: Obligation) -> str:
    organ, rule = obligation.organ, obligation.rule
    series = find_series(obligation.series)
    name = series.name_en if series else obligation.series
    who = "township" if organ.kind == "township" else f"{_LEVELS[organ.level][1]} {_KINDS[organ.kind][1]}"
    text = (
        f"{organ.name} ({who}) owes its {name} for {obligation.year} by {obligation.due_notice.isoformat()}, that day"
        f" included. Ground: {rule.ground_en}."
    )
    if obligation.due_statute != obligation.due_notice:
        text += f" The statute's own limit is {obligation.due_statute.isoformat()}."
    if rule.regions:
        text += " A local rule is stricter than the national one."
    return text + "".join(_holiday_en(day) for day in _days(obligation))


def _days(obligation: Obligation) -> list[date]:
    return sorted({obligation.due_notice, obligation.due_statute})


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _holiday_zh(day: date) -> str:
    holiday = holiday_on(day)
    return f"{_zh(day)}在{holiday.name_zh}假期内，期限不因此顺延。" if holiday else ""


def _holiday_en(day: date) -> str:
    holiday = holiday_on(day)
    return f" {day.isoformat()} falls into the {holiday.name_en} holiday; no rule moves the date." if holiday else ""
