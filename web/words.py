"""The words of the pages in Chinese and English, and how moments and statuses are shown. Decides nothing."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from alerts.text import BEIJING
from alerts.words import Words as MailWords
from compliance import past_statute
from storage.records import Assessment, Status

Language = Literal["zh", "en"]

TONES: dict[str, str] = {
    "pending": "plain",
    "on_time": "info",
    "late": "warning",
    "missing": "error",
    "unknown": "doubtful",
    "exempt": "plain",
    "withdrawn": "error",
    "backdated": "error",
    "malformed": "error",
    "revised": "warning",
    "error": "error",
    "warning": "warning",
    "doubtful": "doubtful",
    "info": "info",
}


class Words:
    """`words["due"]`, `words("total", n=3)`, `words.of("statuses", "late")`."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._table = _table()[language]
        self._mail = MailWords(language)

    def __getitem__(self, key: str) -> str:
        word = self._table[key]
        if not isinstance(word, str):
            raise KeyError(f"{key} is a group of words")
        return word

    def __call__(self, key: str, **values: object) -> str:
        return self[key].format(**values)

    def of(self, group: str, key: str) -> str:
        """A word of a group; what the group does not know is given back as it is."""
        found = self._table.get(group)
        return str(found.get(key, key)) if isinstance(found, dict) else self._mail.of(group, key)

    def outcome(self, key: str) -> str:
        """How a visit ended, or why a status is unknown."""
        return self._mail.of("outcome", key)

    def provenance(self, key: str) -> str:
        """Where a date stood: `meta:PubDate`, `visible:发布时间`, `list`, …"""
        kind, _, what = key.partition(":")
        if kind == "meta":
            return f"<meta {what}>"
        known = self.of("provenance", key)
        return known if known != key or not what else f"{self.of('provenance', kind)} · {what}"

    def status(self, assessment: Assessment) -> str:
        return self.of("statuses", assessment.status.value)

    def why(self, assessment: Assessment) -> str:
        """What stands under the status: which deadline was missed, or why nothing can be said."""
        if assessment.status is Status.MISSING:
            return self["by_statute" if past_statute(assessment) else "by_notice"]
        if assessment.status is Status.LATE and assessment.late_by:
            return self[f"by_{assessment.late_by}"]
        return self.outcome(assessment.cause) if assessment.cause else ""


def words(language: Language) -> Words:
    return _words(language)


def local(moment: datetime) -> str:
    """2024-01-31 23:59, Beijing time."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M}"


@cache
def _words(language: Language) -> Words:
    return Words(language)


@cache
def _table() -> dict[str, dict[str, Any]]:
    table: dict[str, dict[str, Any]] = YAML(typ="safe").load((Path(__file__).parent / "words.yaml").read_text("utf-8"))
    return table
