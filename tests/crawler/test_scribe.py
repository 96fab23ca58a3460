"""Many answers written at once: each under its own name and in its own place, whoever of them fails or goes away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from crawler.scribe import Scribe
from storage.archive import Archive
from storage.errors import ArchiveError
from storage.records import Capture
from storage.warc import WarcWriter
from tests.storage.make import NOON, exchange, not_modified, visit, warcio_check

LARGE = b"x" * (1 << 20) + b"y"


@asynccontextmanager
async def writing(folder: Path) -> AsyncIterator[Scribe]:
    scribe = Scribe(WarcWriter(folder, "test", new_id=lambda: str(uuid4())), asyncio.Event())
    try:
        yield scribe
    finally:
        await scribe.close()


def page(number: int) -> str:
    return f"http://www.example.gov.cn/{number}"


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


def test_each_of_many_answers_reads_back_from_where_it_is_said_to_be(tmp_path: Path) -> None:
    bodies = [LARGE if number % 20 == 7 else b"%d" % number * number for number in range(50)]

    async def work() -> list[Capture]:
        async with writing(tmp_path) as scribe:
            asked = (scribe.exchange(exchange(page(number), body=body)) for number, body in enumerate(bodies))
            return await asyncio.gather(*asked)

    captures = run(work())
    archive = Archive(tmp_path)
    assert [capture.url for capture in captures] == [page(number) for number in range(50)]
    assert [archive.payload(capture).body for capture in captures] == bodies
    assert [record.fault for record in archive.scan(captures[0].file, check=True)] == [""] * 101
    assert warcio_check(tmp_path) == ""


def test_an_answer_that_cannot_be_written_takes_no_other_with_it(tmp_path: Path) -> None:
    async def work() -> list[Any]:
        async with writing(tmp_path) as scribe:
            origin = await scribe.exchange(exchange())
            again = await scribe.exchange(not_modified(NOON), origin)
            asked = [exchange(page(1)), exchange(page(2), at=NOON.replace(tzinfo=None)), exchange(page(3))]
            refers_to = [None, None, again]
            wanted = (scribe.exchange(one, other) for one, other in zip(asked, refers_to, strict=True))
            return await asyncio.gather(*wanted, return_exceptions=True)

    good, naive, wrong = run(work())
    assert good.url == page(1) and Archive(tmp_path).payload(good).body == exchange().body
    assert isinstance(naive, ValueError) and isinstance(wrong, ValueError)


def test_whoever_waits_for_a_disk_that_is_full_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> list[Any]:
        async with writing(tmp_path) as scribe:

            def full(exchanges: object) -> None:
                raise ArchiveError("No space left on device")

            monkeypatch.setattr(scribe._writer, "write", full)
            asked = (scribe.exchange(exchange(page(number))) for number in range(5))
            told = await asyncio.gather(*asked, return_exceptions=True)
            assert scribe.unwritten == 0
            return told

    assert [type(one) for one in run(work())] == [ArchiveError] * 5


def test_what_nobody_waits_for_any_more_is_written_all_the_same(tmp_path: Path) -> None:
    async def work() -> Capture:
        async with writing(tmp_path) as scribe:
            gone = asyncio.create_task(scribe.exchange(exchange(page(1))))
            stays = asyncio.create_task(scribe.exchange(exchange(page(2))))
            await asyncio.sleep(0)
            gone.cancel()
            last = await stays
            late = asyncio.create_task(scribe.exchange(exchange(page(3))))
            await asyncio.sleep(0)
            late.cancel()
            return last

    last = run(work())
    captures = [record.capture for record in Archive(tmp_path).scan(last.file) if record.capture]
    assert [capture.url for capture in captures] == [page(1), page(2), page(3)]


def test_a_visit_stands_behind_what_it_rests_on(tmp_path: Path) -> None:
    async def work() -> Capture:
        async with writing(tmp_path) as scribe:
            captures = await asyncio.gather(*(scribe.exchange(exchange(page(number))) for number in range(3)))
            await scribe.visit(visit("v"), None)
            last: Capture = captures[-1]
            return last

    last = run(work())
    kinds = [record.kind for record in Archive(tmp_path).scan(last.file)]
    assert kinds == ["warcinfo", *["response", "request"] * 3, "metadata"]
