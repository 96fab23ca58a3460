"""The spider's own work: columns side by side, each visit handed on and forgotten, a fall that stays one column's."""

from __future__ import annotations

import asyncio
import weakref
from datetime import UTC, datetime

import pytest

import spiders.annual_report
from spiders.annual_report import AnnualReportSpider
from spiders.column import Column
from storage.records import Outcome, Visit

COLUMNS = [Column(f"http://x{number}.gov.cn/nb/", ("1",)) for number in range(60)]


class Kept(Visit):
    """A visit of which one can see whether it is still there."""


def spider(at_once: int) -> AnnualReportSpider:
    return AnnualReportSpider(
        COLUMNS,
        (),
        "ogi",
        2023,
        clock=lambda: datetime(2024, 4, 1, tzinfo=UTC),
        new_id=str,
        has_browser=False,
        columns_at_once=at_once,
    )


def visit_of(column: Column) -> Kept:
    return Kept("1", datetime(2024, 4, 1, tzinfo=UTC), column.url, ("1",), 2023, Outcome.COMPLETE, "")


def test_a_visit_that_was_handed_on_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def visited(_: object, column: Column) -> list[Visit]:
        return [visit_of(column)]

    async def go() -> list[int]:
        alive: list[weakref.ref[Visit]] = []
        counts: list[int] = []
        async for visit in spider(4).start():
            alive.append(weakref.ref(visit))
            del visit
            counts.append(sum(one() is not None for one in alive))
        return counts

    monkeypatch.setattr(spiders.annual_report, "visit_column", visited)
    counts = asyncio.run(go())
    assert len(counts) == len(COLUMNS)
    assert max(counts) <= 2


def test_no_more_columns_are_looked_through_at_once_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    async def visited(_: object, column: Column) -> list[Visit]:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        if column is COLUMNS[7]:
            raise ValueError("what a portal sent")
        return [visit_of(column)]

    async def go() -> int:
        return len([visit async for visit in spider(5).start()])

    monkeypatch.setattr(spiders.annual_report, "visit_column", visited)
    assert asyncio.run(go()) == len(COLUMNS) - 1
    assert most == 5
