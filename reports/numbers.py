"""What one cell's text says: a number, a blank, a placeholder, a number with a unit, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from reports.fold import squeeze

Says = Literal["number", "blank", "placeholder", "unit", "text"]

# 0　０　1,031,446　34156.41　-3　+2　增3　减2
_NUMBER = re.compile(r"[+\-−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+\-−]?\d+(?:\.\d+)?")
_UNIT = re.compile(r"(?P<number>[+\-]?[\d,]+(?:\.\d+)?)(?P<unit>万元|亿元|元|件次|人次|件|条|项|个|份|次|部|宗|起|万)")
_CHANGE = re.compile(r"(?P<sign>增加|减少|增|减|↑|↓)(?P<number>\d+)(?:项|个|件)?")
_PLACEHOLDERS = frozenset(
    ["/", "\\", "//", "-", "--", "---", "—", "——", "_", "－", "―", "–", "无", "*", "N/A", "n/a", "|", "·", "○"]
)
_MAX_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Said:
    """`value` is the number that stands in the text, None when there is none."""

    says: Says
    value: int | Decimal | None = None
    unit: str | None = None
    decimals: int = 0


def understand(text: str) -> Said:
    """A cell's text as a number or as what it is instead. Never raises."""
    flat = squeeze(text).replace("**", "").replace("−", "-")
    if not flat:
        return Said("blank")
    if _NUMBER.fullmatch(flat):
        return _number(flat)
    if flat in _PLACEHOLDERS:
        return Said("placeholder")
    if match := _UNIT.fullmatch(flat):
        said = _number(match["number"]) if _NUMBER.fullmatch(match["number"]) else Said("text")
        return Said("unit", said.value, match["unit"], said.decimals) if said.says == "number" else said
    if match := _CHANGE.fullmatch(flat):
        sign = -1 if match["sign"] in ("减", "减少", "↓") else 1
        return Said("number", sign * int(match["number"][:_MAX_DIGITS]))
    return Said("text")


def _number(flat: str) -> Said:
    plain = flat.replace(",", "").lstrip("+")
    if len(plain) > _MAX_DIGITS + 10 or len(plain.partition(".")[0].lstrip("-")) > 400:
        return Said("text")
    whole, dot, fraction = plain.partition(".")
    if not dot:
        return Said("number", int(whole))
    return Said("number", Decimal(plain), decimals=len(fraction))


def is_value(text: str) -> bool:
    """Whether a cell can be a figure of the form: a number, a placeholder or a number with a unit."""
    return understand(text).says in ("number", "placeholder", "unit")
