"""A report against the same organ's report of the year before. Silent where a figure is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.checks.tell import tell
from reports.fold import key
from reports.form import load_form
from reports.model import Finding, Report

_SHINGLE = 8
_ALIKE = 0.9
_LEAST_PROSE = 300
_LEAST_FIGURES = 10  # cells that are not 0: two reports without any business are alike and sound


def check_years(previous: Report, current: Report) -> tuple[Finding, ...]:
    """Findings about `current`. Empty unless `previous` is of the year before.

    Figures are compared only between reports that are known to speak for the same: 本机关, or the whole region.
    """
    if previous.year is None or current.year != previous.year + 1:
        return ()
    scope = current.extra.get("scope")
    if not scope or previous.extra.get("scope") != scope:
        return tuple(_copied(previous, current))
    return (*_carried(previous, current), *_in_force(previous, current), *_copied(previous, current))


def _carried(previous: Report, current: Report) -> Iterator[Finding]:
    for name, cell in current.cells.items():
        if not name.startswith("requests.carried_in."):
            continue
        before = previous.cells.get(name.replace("carried_in", "carried_out"))
        if before is None or before.value is None or cell.value is None or before.value == cell.value:
            continue
        label = load_form("ogi-2021").column_of(name).label
        sure = before.how == cell.how == "read"
        yield tell(
            "year.carried", "warning" if sure else "doubtful",
            f"「{label}」：上年结转为{cell.value}，{previous.year}年度报告结转下年为{before.value}。",
            f"{name} is {cell.value}; the report for {previous.year} carried out {before.value}.",
            cells=(name,), expected=before.value, actual=cell.value, place=cell.place,
        )  # fmt: skip


def _in_force(previous: Report, current: Report) -> Iterator[Finding]:
    """Only between two reports in the 2021 form; amendments and clean-ups break it honestly."""
    if previous.form != "ogi-2021" or current.form != "ogi-2021":
        return
    for row in ("regulations", "normative_documents"):
        stem = f"proactive_disclosure.{row}."
        before = previous.cells[stem + "in_force"].value
        issued, repealed = current.cells[stem + "issued"].value, current.cells[stem + "repealed"].value
        now = current.cells[stem + "in_force"]
        if before is None or issued is None or repealed is None or now.value is None:
            continue
        wanted = before + issued - repealed
        if wanted != now.value:
            yield tell(
                "year.in_force", "warning",
                f"现行有效件数为{now.value}，按上年{before}、本年制发{issued}、废止{repealed}应为{wanted}。",
                f"{stem}in_force is {now.value}; {before} + {issued} - {repealed} is {wanted}.",
                cells=(stem + "in_force",), expected=wanted, actual=now.value, place=now.place,
            )  # fmt: skip


def _copied(previous: Report, current: Report) -> Iterator[Finding]:
    same = {name: cell.value for name, cell in current.cells.items()}
    figures = [value for value in same.values() if value]
    if len(figures) >= _LEAST_FIGURES and same == {name: cell.value for name, cell in previous.cells.items()}:
        yield tell(
            "year.copied", "warning", f"表格数据与{previous.year}年度报告完全相同。",
            f"the tables are identical with those of {previous.year}.", actual=str(previous.year),
        )  # fmt: skip
        return
    one, other = _prose(previous), _prose(current)
    if min(len(one), len(other)) >= _LEAST_PROSE and _likeness(one, other) >= _ALIKE:
        yield tell(
            "year.copied", "warning", f"文字与{previous.year}年度报告雷同。",
            f"the prose is nearly that of {previous.year}.", actual=str(previous.year),
        )  # fmt: skip


def _prose(report: Report) -> str:
    """What the sections say, without figures."""
    return re.sub(r"\d+", "", key("".join(section.text for section in report.sections)))


def _likeness(one: str, other: str) -> float:
    """Share of eight-character pieces that both have."""
    left = {one[at : at + _SHINGLE] for at in range(len(one) - _SHINGLE + 1)}
    right = {other[at : at + _SHINGLE] for at in range(len(other) - _SHINGLE + 1)}
    return len(left & right) / max(1, len(left | right))
