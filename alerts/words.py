"""The words of the mails and the catalogue of event kinds, read from the room's own data files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from alerts.model import Language
from alerts.text import BEIJING

_HERE = Path(__file__).parent
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Wording:
    label: str
    meaning: str
    todo: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of event, as catalogue.yaml has it; `rank` is its place there, the gravest first."""

    key: str
    rank: int
    severity: Literal["error", "warning", "info", "by_deadline", "by_findings"]
    fault: Literal["organ", "ours", "none"]
    audience: Literal["officers", "operators"]
    asked: bool  # told only to those who name it among their kinds
    zh: Wording
    en: Wording

    def wording(self, language: Language) -> Wording:
        return self.zh if language == "zh" else self.en


@cache
def kinds() -> dict[str, Kind]:
    entries = YAML(typ="safe").load((_HERE / "catalogue.yaml").read_text("utf-8"))
    return {key: _kind(key, rank, entry) for rank, (key, entry) in enumerate(entries.items())}


def _kind(key: str, rank: int, entry: dict[str, Any]) -> Kind:
    zh, en = Wording(**entry.pop("zh")), Wording(**entry.pop("en"))
    return Kind(key=key, rank=rank, zh=zh, en=en, asked=entry.pop("asked", False), **entry)


class Words:
    """`words["due"]`, `words("organs", n=3)`, `words.of("outcome", "blocked")` in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._words = _table()[language]

    def __getitem__(self, key: str) -> str:
        word = self._words[key]
        if not isinstance(word, str):
            raise KeyError(f"{key} is a group of words")
        return word

    def __call__(self, key: str, **values: object) -> str:
        return self[key].format(**values)

    def of(self, group: str, key: str) -> str:
        """A word of a group; what the group does not know is given back as it is."""
        found = self._words.get(group)
        return str(found.get(key, key)) if isinstance(found, dict) else key

    def day(self, day: date) -> str:
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"

    def moment(self, at: datetime) -> str:
        local = at.astimezone(BEIJING)
        return f"{self.day(local.date())} {local:%H:%M}"


@cache
def _table() -> dict[str, dict[str, str | dict[str, str]]]:
    table: dict[str, dict[str, str | dict[str, str]]] = YAML(typ="safe").load((_HERE / "words.yaml").read_text("utf-8"))
    return table
