"""The script of a season, read from its file: what happened, and what must be said and sent. Knows no judge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from portals.model import Organ

_REGIONS = {"city": "980100", "county": "980121"}


@dataclass(frozen=True)
class Part:
    """One organ's part: by day, in the script's own words."""

    organ: Organ
    column: str
    story: tuple[tuple[date, str], ...]
    board: tuple[tuple[date, str], ...]
    mails: tuple[tuple[date, str], ...]
    doubts: tuple[tuple[date, str], ...]

    def board_on(self, day: date) -> str:
        return [said for since, said in self.board if since <= day][-1]


@dataclass(frozen=True)
class Script:
    year: int
    days: tuple[date, ...]
    mail_server_down: date
    parts: tuple[Part, ...]


def load(path: Path) -> Script:
    read = YAML(typ="safe").load(path.read_text("utf-8"))
    first, last = read["first"], read["daily_to"]
    daily = (first + timedelta(days=number) for number in range((last - first).days + 1))
    parts = tuple(_part(key, entry, first.year) for key, entry in read["organs"].items())
    return Script(read["year"], (*daily, *read["later"]), read["mail_server_down"], parts)


def _part(key: str, entry: dict[str, Any], year: int) -> Part:
    level, kind = entry["owes"].split()
    column = f"http://{entry.get('list', key)}.example/nb/"
    organ = Organ(key, entry["name"], (), level, kind, _REGIONS[level], None, None, column, until=entry.get("until"))
    told = (_by_day(entry.get(name, []), year) for name in ("story", "board", "mails", "doubts"))
    return Part(organ, column, *told)


def _by_day(lines: list[str], year: int) -> tuple[tuple[date, str], ...]:
    return tuple((day_in(line[:5], year), line[6:]) for line in lines)


def day_in(text: str, year: int) -> date:
    assert re.fullmatch(r"\d\d-\d\d", text), text
    return date.fromisoformat(f"{year}-{text}")
