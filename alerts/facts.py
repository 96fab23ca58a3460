"""What is on record about one year's obligations, as flat tables: obligations, findings, cells. Not how a file looks.

A table is a list of columns with headings in both languages, and a row for each fact: text, numbers and dates.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import reports
from alerts.model import Language
from alerts.text import BEIJING
from alerts.words import Words
from portals.due import due
from portals.model import DueRule, Organ
from reports.form import FormError, finding_names, load_form
from reports.model import Report
from storage import queries
from storage.database import Database
from storage.readings import runs
from storage.records import Assessment, Observation, Version

Value = str | int | float | Decimal | date | None


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    zh: str
    en: str
    width: int = 12  # in characters, for a sheet

    def heading(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` have as many values as there are columns."""

    key: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One obligation with everything that is known of it."""

    organ: Organ
    told: Assessment
    ground: str
    version: Version | None
    report: Report | None


def facts(
    db: Database,
    year: int,
    series: str,
    as_of: datetime,
    language: Language,
    organs: Collection[str] | None = None,
    rules: Sequence[DueRule] | None = None,
) -> list[Fact]:
    """Every obligation judged by `as_of`, in the order of the register; `organs` narrows it down.

    `rules`: by when what is owed, if not by the built-in rules.
    """
    registered = queries.organs(db) if organs is None else queries.some_organs(db, organs)
    register = {organ.id: organ for organ in registered}
    judged = queries.assessments(db, year, series, as_of, organs=organs)
    seen: dict[str, list[Observation]] = {}
    for observation in queries.season_observations(db, year, series, as_of, {told.organ for told in judged}):
        seen.setdefault(observation.organ, []).append(observation)
    found = []
    for told in judged:
        organ = register.get(told.organ) or Organ(
            told.organ, told.organ, (), "county", "department", "", None, None, None
        )
        owed = due(organ, series, year, rules)
        ground = (owed.rule.ground_zh if language == "zh" else owed.rule.ground_en) if owed else ""
        held = runs(seen.get(told.organ, ()))
        version = held[-1] if held else None
        found.append(Fact(organ, told, ground, version, _report(db, version, as_of)))
    return sorted(found, key=lambda fact: (fact.organ.region, fact.organ.id))


def _report(db: Database, version: Version | None, at: datetime) -> Report | None:
    stored = queries.report_of(db, version, at) if version else None
    try:
        return reports.load(stored) if stored else None
    except (KeyError, ValueError):  # written by another version of the reader: it will be read again
        return None


# Obligations

_ORGAN = (Column("organ", "机关编号", "Organ id", 16), Column("name", "机关名称", "Organ", 30))

_Get = Callable[[Fact, Words], Value]

_OBLIGATIONS: tuple[tuple[Column, _Get], ...] = (
    (_ORGAN[0], lambda fact, _: fact.organ.id),
    (_ORGAN[1], lambda fact, _: fact.organ.name),
    (Column("level", "层级", "Level"), lambda fact, words: words.of("levels", fact.organ.level)),
    (Column("kind", "类型", "Kind"), lambda fact, words: words.of("kinds", fact.organ.kind)),
    (Column("region", "行政区划", "Region"), lambda fact, _: fact.organ.region),
    (Column("year", "年度", "Year", 8), lambda fact, _: fact.told.year),
    (Column("due_notice", "通知期限", "Due by notice"), lambda fact, _: fact.told.due_notice),
    (Column("due_statute", "条例期限", "Due by statute"), lambda fact, _: fact.told.due_statute),
    (Column("status", "状态", "Status"), lambda fact, words: words.of("statuses", fact.told.status.value)),
    (Column("late_by", "逾期依据", "Late by", 14), lambda fact, words: words.of("late_by", fact.told.late_by or "")),
    (Column("cause", "原因", "Cause", 20), lambda fact, words: words.of("outcome", fact.told.cause or "")),
    (Column("published", "发布日期", "Published"), lambda fact, _: fact.told.published),
    (Column("claimed", "页面自称日期", "Claimed", 14), lambda fact, _: fact.told.claimed),
    (Column("first_seen", "首次见到", "First seen", 17), lambda fact, _: _moment(fact.told.first_seen)),
    (Column("last_absent", "最近一次未见", "Last absent", 17), lambda fact, _: _moment(fact.told.last_absent)),
    (Column("withdrawn", "已撤下", "Withdrawn", 9), lambda fact, words: _yes(fact.told.withdrawn, words)),
    (Column("revised", "有改动", "Revised", 9), lambda fact, words: _yes(fact.told.revised, words)),
    (Column("backdated", "日期存疑", "Backdated", 10), lambda fact, words: _yes(fact.told.backdated, words)),
    (Column("versions", "版本数", "Versions", 8), lambda fact, _: fact.told.versions),
    (Column("errors", "错误", "Errors", 8), lambda fact, _: fact.told.findings.get("error", 0)),
    (Column("warnings", "警告", "Warnings", 9), lambda fact, _: fact.told.findings.get("warning", 0)),
    (Column("doubtful", "待核", "Doubtful", 9), lambda fact, _: fact.told.findings.get("doubtful", 0)),
    (Column("url", "网址", "Address", 44), lambda fact, _: fact.told.url),
    (Column("ground", "依据", "Ground", 44), lambda fact, _: fact.ground),
    (Column("evidence", "证据编号", "Evidence", 40), lambda fact, _: " ".join(fact.told.evidence)),
)


def obligations(found: Sequence[Fact], language: Language) -> Table:
    words = Words(language)
    rows = tuple(tuple(get(fact, words) for _, get in _OBLIGATIONS) for fact in found)
    return Table("obligations", tuple(column for column, _ in _OBLIGATIONS), rows)


def _yes(true: bool, words: Words) -> str:
    return words["yes"] if true else ""


def _moment(at: datetime | None) -> str | None:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if at else None


# Findings

_FINDINGS = (
    *_ORGAN,
    Column("year", "年度", "Year", 8),
    Column("severity", "级别", "Severity", 9),
    Column("code", "代码", "Code", 20),
    Column("what", "问题", "Finding", 30),
    Column("message", "说明", "Message", 60),
    Column("cells", "单元格", "Cells", 40),
    Column("expected", "应为", "Expected"),
    Column("actual", "实为", "Actual"),
    Column("cause", "同一原因", "Cause", 30),
    Column("url", "网址", "Address", 44),
)


def findings(found: Sequence[Fact], language: Language) -> Table:
    """Findings of the version in force. What may be our own misreading stands there as `doubtful`."""
    return Table("findings", _FINDINGS, tuple(row for fact in found for row in _finding_rows(fact, language)))


def _finding_rows(fact: Fact, language: Language) -> Iterator[tuple[Value, ...]]:
    words, zh = Words(language), language == "zh"
    for item in fact.report.findings if fact.report else ():
        names = finding_names().get(item.code)
        yield (
            fact.organ.id,
            fact.organ.name,
            fact.told.year,
            words.of("severity", item.severity),
            item.code,
            (names.zh if zh else names.en) if names else item.code,
            item.message_zh if zh else item.message_en,
            " ".join(item.cells),
            item.expected,
            item.actual,
            f"{item.cause.cell} = {item.cause.value}" if item.cause else None,
            fact.told.url,
        )


# Cells


def cells(found: Sequence[Fact], language: Language, form: str = "ogi-2021") -> Table:
    """One row a report of the form, one column a cell: numbers as numbers, other text as it stands."""
    names = load_form(form).cell_names
    columns = (
        *_ORGAN,
        Column("year", "年度", "Year", 8),
        *(Column(name, cell_label(form, name), name, 10) for name in names),
    )
    rows = tuple(_cell_row(fact, names) for fact in found if fact.report is not None and fact.report.form == form)
    return Table(f"cells {form}", columns, rows)


def _cell_row(fact: Fact, names: Sequence[str]) -> tuple[Value, ...]:
    held: dict[str, Any] = fact.report.cells if fact.report else {}
    values = []
    for name in names:
        cell = held.get(name)
        values.append(None if cell is None else cell.raw if cell.value is None else cell.value)
    return (fact.organ.id, fact.organ.name, fact.told.year, *values)


def cell_label(form: str, name: str) -> str:
    """What a cell is called in Chinese; its name where the form does not know it."""
    try:
        return load_form(form).label_of(name)
    except (FormError, StopIteration, ValueError):
        return name
