"""What really reaches a server, and what does not: politeness, robots.txt, addresses and limits, seen from there."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from scrapy.exceptions import CannotResolveHostError, DownloadConnectionRefusedError

from crawler.budget import Budget
from crawler.courtesy import retry_after
from crawler.refusals import (
    ForbiddenAddress,
    ForbiddenByRobots,
    HostGivenUp,
    OffSite,
    OverBudget,
    Refusal,
    RobotsUnknown,
)
from crawler.room import EngineRoom
from crawler.wire import Limits
from storage.records import Outcome
from tests.crawler.site import Reply, reply, room_for, serving

HOST = "127.0.0.2"


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


async def refusals(room: EngineRoom, url: str, times: int) -> list[tuple[str, str]]:
    """(kind, outcome) of each refusal, or the name of each error."""
    found = []
    for _ in range(times):
        try:
            await room.fetch("GET", url)
            found.append(("asked", ""))
        except Refusal as refusal:
            found.append((type(refusal).__name__, refusal.outcome.value))
        except OSError as error:
            found.append((type(error).__name__, ""))
        except (DownloadConnectionRefusedError, CannotResolveHostError) as error:
            found.append((type(error).__name__, ""))
    return found


def spaced(gaps: list[float], delay: float) -> bool:
    """Whether a server saw this delay; a request can be late on its way, and the next one then follows it sooner."""
    return sum(gaps) >= 0.95 * delay * len(gaps) and min(gaps) > 0.4 * delay


def test_a_server_sees_the_delay_however_much_is_asked_for_at_once(tmp_path: Path) -> None:
    async def work() -> list[float]:
        async with serving({"*": reply()}) as site, room_for(tmp_path, HOST, delay=0.25) as room:
            await asyncio.gather(*(room.fetch("GET", f"http://{HOST}:{site.port}/{n}") for n in range(6)))
            return site.gaps()

    gaps = run(work())
    assert len(gaps) == 6 and spaced(gaps, 0.25)


def test_two_names_of_one_address_share_its_rate(tmp_path: Path) -> None:
    async def work() -> list[float]:
        async with (
            serving({"*": reply()}) as site,
            room_for(tmp_path, "a.test", "b.test", names=lambda *_: [HOST], delay=0.25) as room,
        ):
            urls = [f"http://{name}.test:{site.port}/{n}" for n in range(2) for name in "ab"]
            await asyncio.gather(*(room.fetch("GET", url) for url in urls))
            return site.gaps()

    gaps = run(work())
    assert len(gaps) == 5 and spaced(gaps, 0.25)


def test_crawl_delay_is_obeyed(tmp_path: Path) -> None:
    async def work() -> tuple[list[float], dict[str, Any]]:
        robots = reply(body=b"User-agent: *\nCrawl-delay: 0.4")
        async with serving({"*": reply(), "/robots.txt": robots}) as site, room_for(tmp_path, HOST) as room:
            await asyncio.gather(*(room.fetch("GET", f"http://{HOST}:{site.port}/{n}") for n in range(4)))
            return site.gaps()[1:], room.ledger()[0]

    gaps, line = run(work())
    assert len(gaps) == 3 and spaced(gaps, 0.4)
    assert (line["delay"], line["robots"], line["requests"]) == (0.4, "obeyed", 5)


def test_retry_after_is_obeyed(tmp_path: Path) -> None:
    async def work() -> list[float]:
        replies = {"/busy": reply(503, Retry_After="1"), "*": reply()}
        async with serving(replies) as site, room_for(tmp_path, HOST) as room:
            await room.fetch("GET", f"http://{HOST}:{site.port}/busy")
            await room.fetch("GET", f"http://{HOST}:{site.port}/")
            return site.gaps()[-1:]

    assert run(work())[0] > 0.9


def test_a_date_in_retry_after_is_meant_by_the_servers_own_clock() -> None:
    theirs = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    late, now = theirs + timedelta(seconds=90), datetime(2024, 2, 1, tzinfo=UTC)
    assert retry_after(503, format_datetime(late).encode(), format_datetime(theirs).encode(), now) == 90
    assert retry_after(429, format_datetime(now + timedelta(seconds=5)).encode(), b"", now) == 5
    assert [retry_after(503, value, b"", now) for value in (b"120", b"soon", b"", b"-5")] == [120, 0, 0, 0]
    assert retry_after(200, b"120", b"", now) == 0


def test_a_host_that_answers_503_to_everything_is_left_after_five_requests_as_a_server_error(tmp_path: Path) -> None:
    async def work() -> tuple[list[tuple[str, str]], int]:
        async with serving({"*": reply(503)}) as site, room_for(tmp_path, HOST) as room:
            return await refusals(room, f"http://{HOST}:{site.port}/nb/", 50), len(site.asked)

    told, asked = run(work())
    assert told == [("RobotsUnknown", "server_error")] * 5 + [("HostGivenUp", "server_error")] * 45
    assert asked == 5


def test_a_challenge_in_place_of_robots_txt_is_a_block(tmp_path: Path) -> None:
    async def work() -> list[tuple[str, str]]:
        async with serving({"*": reply(521)}) as site, room_for(tmp_path, HOST) as room:
            return await refusals(room, f"http://{HOST}:{site.port}/nb/", 1)

    assert run(work()) == [("RobotsUnknown", "blocked")]


def test_a_host_that_refuses_connections_is_given_up_as_unreachable(tmp_path: Path) -> None:
    async def work() -> list[tuple[str, str]]:
        async with room_for(tmp_path, HOST) as room:
            return await refusals(room, f"http://{HOST}:1/nb/", 7)

    told = run(work())
    assert [name for name, _ in told] == ["DownloadConnectionRefusedError"] * 5 + ["HostGivenUp"] * 2
    assert told[-1] == ("HostGivenUp", "unreachable")


@pytest.mark.parametrize(
    ("robots", "path", "allowed"),
    [
        (reply(404), "/nb/", True),
        (reply(403), "/nb/", True),
        (reply(200, b"User-agent: *\nDisallow: /nb/"), "/nb/", False),
        (reply(200, b"User-agent: *\nDisallow: /nb/\nAllow: /nb/ogi"), "/nb/ogi/1.html", True),
        (reply(200, b"User-agent: Nianbao\nDisallow:\n\nUser-agent: *\nDisallow: /"), "/nb/", True),
        (reply(200, b"User-agent: *\nDisallow:\n\nUser-agent: nianbao\nDisallow: /"), "/nb/", False),
        (reply(200, b"\xef\xbb\xbfUser-agent: *\nDisallow: /nb/"), "/nb/", False),
        (reply(200, b"User-agent: *\nDisallow: /*.jsp$"), "/list.jsp", False),
        (reply(200, "<html>欢迎访问</html>".encode("gbk")), "/nb/", True),
        (reply(200, gzip.compress(b"User-agent: *\nDisallow: /nb/", mtime=0), Content_Encoding="gzip"), "/nb/", False),
        (reply(200, b"User-agent: *\nDisallow: /a\n" + b"#" * 600_000 + b"\nDisallow: /nb/"), "/nb/", True),
        (reply(200, b"User-agent: *\nDisallow: /nb/\n" + b"#" * 600_000), "/nb/", False),
        (reply(302, Location="/elsewhere/robots.txt"), "/nb/", False),
        (reply(302, Location="/robots.txt"), "/nb/", True),  # round and round: there are no rules
        (reply(302, Location="http://stranger.test/robots.txt"), "/nb/", True),
    ],
)
def test_robots_txt_is_read_as_rfc_9309_says(tmp_path: Path, robots: bytes, path: str, allowed: bool) -> None:
    async def work() -> tuple[list[tuple[str, str]], list[str]]:
        moved = reply(200, b"User-agent: *\nDisallow: /nb/")
        replies = {"/robots.txt": robots, "/elsewhere/robots.txt": moved, "*": reply()}
        async with serving(replies) as site, room_for(tmp_path, HOST) as room:
            return await refusals(room, f"http://{HOST}:{site.port}{path}", 1), site.paths

    told, paths = run(work())
    assert told == ([("asked", "")] if allowed else [("ForbiddenByRobots", "robots")])
    assert paths[0] == "/robots.txt" and (path in paths) == allowed


def test_a_robots_txt_that_fails_once_is_asked_for_again(tmp_path: Path) -> None:
    async def work() -> list[tuple[str, str]]:
        answers = iter([reply(500), reply(404)])
        replies: dict[str, Reply] = {"/robots.txt": lambda _: next(answers), "*": reply()}
        async with serving(replies) as site, room_for(tmp_path, HOST) as room:
            return await refusals(room, f"http://{HOST}:{site.port}/", 3)

    assert run(work()) == [("RobotsUnknown", "server_error"), ("asked", ""), ("asked", "")]


def test_we_say_who_we_are(tmp_path: Path) -> None:
    async def work() -> str:
        async with serving({"*": reply()}) as site:
            agent = "Nianbao/0.1 (+https://example.org/contact)"
            async with room_for(tmp_path, HOST, user_agent=agent) as room:
                await room.fetch("GET", f"http://{HOST}:{site.port}/")
            return site.asked[0].headers["user-agent"]

    assert run(work()) == "Nianbao/0.1 (+https://example.org/contact)"


# Addresses


def test_a_name_that_changes_its_mind_gains_nothing(tmp_path: Path) -> None:
    answers = iter([["127.0.0.2"], ["10.0.0.1"]])
    asked: list[str] = []

    def names(host: str, _: int) -> list[str]:
        asked.append(host)
        return next(answers)

    async def work() -> tuple[list[str], list[tuple[str, str]]]:
        async with serving({"*": reply()}) as site, room_for(tmp_path, "x.test", names=names) as room:
            url = f"http://x.test:{site.port}/"
            first = await refusals(room, url, 3)
            room.wire.resolver._known.clear()  # the answer has become old
            return [name for name, _ in first], await refusals(room, url, 1)

    first, later = run(work())
    assert first == ["asked"] * 3 and len(asked) == 2
    assert later == [("ForbiddenAddress", "unreachable")]


@pytest.mark.parametrize(
    "answer",
    [
        ["127.0.0.2", "10.0.0.1"],
        ["8.8.8.8", "169.254.169.254"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],  # 10.0.0.1 through NAT64
        ["2002:a00:1::"],  # and through 6to4
        ["fe80::1"],
        ["fd00::1"],
        ["0.0.0.0"],
        ["224.0.0.1"],
    ],
)
def test_a_name_with_one_inside_address_is_not_asked_at_all(tmp_path: Path, answer: list[str]) -> None:
    async def work() -> None:
        async with room_for(tmp_path, "x.test", names=lambda *_: answer) as room:
            await room.fetch("GET", "http://x.test/")

    with pytest.raises(ForbiddenAddress):
        run(work())


def test_of_several_addresses_the_one_that_answers_is_taken_and_kept_to(tmp_path: Path) -> None:
    async def work() -> tuple[str | None, list[str]]:
        def names(*_: object) -> list[str]:
            return ["127.0.0.9", "127.0.0.2"]

        async with serving({"*": reply()}) as site, room_for(tmp_path, "x.test", names=names) as room:
            answer, _, _ = await room.fetch("GET", f"http://x.test:{site.port}/")
            return answer.exchange.ip, room.gate.ledger["x.test"].addresses

    assert run(work()) == ("127.0.0.2", ["127.0.0.9", "127.0.0.2"])


def test_ipv6_is_spoken(tmp_path: Path) -> None:
    async def work() -> str | None:
        async with serving({"*": reply()}, "::1") as site, room_for(tmp_path, "::1") as room:
            _answer, capture, _ = await room.fetch("GET", f"http://[::1]:{site.port}/")
            assert site.asked[-1].headers["host"] == f"[::1]:{site.port}"
            return capture.ip

    assert run(work()) == "::1"


def test_strangers_are_not_asked(tmp_path: Path) -> None:
    async def work() -> None:
        async with room_for(tmp_path, HOST) as room:
            await room.fetch("GET", "http://127.0.0.3/")

    with pytest.raises(OffSite):
        run(work())


# Limits


def test_a_drip_ends_and_what_came_is_kept(tmp_path: Path) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await asyncio.sleep(0.01)

    async def work() -> tuple[str | None, str | None]:
        server = await asyncio.start_server(speak, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        async with server, room_for(tmp_path, HOST) as room:
            room.wire.limits = Limits(total=0.5, pace=1e6)
            answer, capture, _ = await room._exchange("GET", f"http://{HOST}:{port}/", [])
            return answer.exchange.truncated, capture.truncated

    assert run(work()) == ("time", "time")


def test_a_large_file_from_a_slow_server_is_given_the_time_it_takes(tmp_path: Path) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _ in range(10):
            writer.write(b"x" * 10_000)
            await asyncio.sleep(0.1)

    async def work() -> str | None:
        server = await asyncio.start_server(speak, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        async with server, room_for(tmp_path, HOST) as room:
            room.wire.limits = Limits(total=0.6, pace=1000.0)
            answer, _, _ = await room._exchange("GET", f"http://{HOST}:{port}/", [])
            return answer.exchange.truncated

    assert run(work()) is None


def test_what_comes_unasked_is_not_taken_for_the_next_answer(tmp_path: Path) -> None:
    forged = reply(200, b"forged")

    async def work() -> list[bytes]:
        replies: dict[str, Reply] = {"/one": reply(200, b"one") + forged, "/two": reply(200, b"two")}
        async with serving(replies) as site, room_for(tmp_path, HOST) as room:
            answers = [await room.fetch("GET", f"http://{HOST}:{site.port}/{path}") for path in ("one", "two")]
            return [answer.entity for answer, _, _ in answers]

    assert run(work()) == [b"one", b"two"]


def test_a_site_has_a_budget_of_pages(tmp_path: Path) -> None:
    async def work() -> list[tuple[str, str]]:
        async with serving({"*": reply()}) as site, room_for(tmp_path, HOST, budget=Budget(pages=3)) as room:
            return await refusals(room, f"http://{HOST}:{site.port}/", 5)

    assert run(work()) == [("asked", "")] * 3 + [("OverBudget", "partial")] * 2


def test_a_site_has_a_budget_of_bytes(tmp_path: Path) -> None:
    async def work() -> list[tuple[str, str]]:
        replies: dict[str, Reply] = {"*": reply(200, b"x" * 700_000)}
        async with serving(replies) as site, room_for(tmp_path, HOST, budget=Budget(megabytes=1)) as room:
            return await refusals(room, f"http://{HOST}:{site.port}/", 4)

    assert run(work()) == [("asked", "")] * 2 + [("OverBudget", "partial")] * 2


def test_nothing_is_asked_for_when_the_hours_are_over(tmp_path: Path) -> None:
    async def work() -> list[str]:
        async with serving({"*": reply()}) as site, room_for(tmp_path, HOST, seconds=-1.0) as room:
            assert await refusals(room, f"http://{HOST}:{site.port}/", 1) == [("OverBudget", "partial")]
            return site.paths

    assert run(work()) == []


def test_refusals_mean_what_a_visit_then_says() -> None:
    assert ForbiddenByRobots("u").outcome is Outcome.ROBOTS
    assert OffSite("u").outcome is Outcome.MOVED
    assert OverBudget("u").outcome is Outcome.PARTIAL
    assert RobotsUnknown("u", Outcome.BLOCKED).outcome is Outcome.BLOCKED
    assert HostGivenUp("u", Outcome.UNREACHABLE).outcome is Outcome.UNREACHABLE


# What the archive knows


def test_an_unchanged_page_costs_a_304_and_is_given_from_the_archive(tmp_path: Path) -> None:
    def page(headers: dict[str, str]) -> bytes:
        return reply(304, b"", ETag='"1"') if headers.get("if-none-match") == '"1"' else reply(200, b"old", ETag='"1"')

    async def work() -> tuple[list[int], bytes]:
        async with serving({"/": page}) as site:
            url = f"http://{HOST}:{site.port}/"
            async with room_for(tmp_path, HOST) as room:
                first, capture, _ = await room.fetch("GET", url)
            async with room_for(tmp_path, HOST, prefix="later", known={url: capture}) as room:
                second, _, payload = await room.fetch("GET", url)
            assert payload is not None
            return [first.status, second.status], payload.body

    assert run(work()) == ([200, 304], b"old")


def test_a_page_whose_capture_cannot_be_read_any_more_is_asked_for_whole(tmp_path: Path) -> None:
    def page(headers: dict[str, str]) -> bytes:
        return reply(304, b"", ETag='"1"') if "if-none-match" in headers else reply(200, b"old", ETag='"1"')

    async def work() -> tuple[int, bytes, object]:
        async with serving({"/": page}) as site:
            url = f"http://{HOST}:{site.port}/"
            async with room_for(tmp_path, HOST) as room:
                _, capture, _ = await room.fetch("GET", url)
            (tmp_path / capture.file).unlink()
            async with room_for(tmp_path, HOST, prefix="later", known={url: capture}) as room:
                answer, _, payload = await room.fetch("GET", url)
            return answer.status, answer.entity, payload

    assert run(work()) == (200, b"old", None)


def test_half_a_page_is_never_what_an_unchanged_page_stands_for(tmp_path: Path) -> None:
    """A list cut short, then asked for again: were the half remembered, a 304 would give it back as the whole list."""
    asked: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if b"robots.txt" in request:
            writer.write(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        else:
            asked.append(request)
            writer.write(b'HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 100\r\n\r\n<li>half')
        await writer.drain()
        writer.close()

    async def work() -> None:
        server = await asyncio.start_server(answer, HOST, 0)
        port = server.sockets[0].getsockname()[1]
        async with room_for(tmp_path, HOST) as room:
            for _ in range(2):
                got, _capture, payload = await room.fetch("GET", f"http://{HOST}:{port}/nb/")
                assert got.exchange.truncated and payload is None
        server.close()

    run(work())
    assert len(asked) == 2 and not any(b"If-None-Match" in request for request in asked)


def test_answers_do_not_pile_up_before_a_slow_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> int:
        most = 0
        async with serving({"*": reply()}) as site, room_for(tmp_path, HOST) as room:
            write = room.scribe._writer.write

            def slowly(exchanges: Any) -> Any:
                nonlocal most
                most = max(most, room.scribe.unwritten)
                time.sleep(0.003 * len(exchanges))
                return write(exchanges)

            monkeypatch.setattr(room.scribe._writer, "write", slowly)
            await asyncio.gather(*(room.fetch("GET", f"http://{HOST}:{site.port}/{n}") for n in range(200)))
            return most

    assert run(work()) <= 32 + 8  # eight more were under way already
