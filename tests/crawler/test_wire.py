"""The wire client against a server that says exactly these bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import Any

import pytest
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from crawler.addresses import LookUp, Resolver, look_up
from crawler.config import Network
from crawler.politeness import Gate
from crawler.refusals import ForbiddenAddress
from crawler.wire import Answer, Limits, WireClient

NOW = datetime(2024, 2, 1, 15, 59, 59, tzinfo=UTC)
LOOPBACK = [ip_network("127.0.0.0/8")]
Speak = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def says(*answers: bytes, close: bool = True) -> Speak:
    """A server that gives these answers, one a request, and then closes (or keeps silent)."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for answer in answers:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        if close:
            writer.close()
        else:
            await asyncio.sleep(30)

    return speak


def made(allow: Sequence[Network], limits: Limits | None = None, names: LookUp = look_up) -> WireClient:
    """A client; to be made in a running loop. `names` stands in for DNS."""
    monotonic = asyncio.get_running_loop().time
    return WireClient(lambda: NOW, Gate(0, monotonic), Resolver(allow, monotonic, names), limits or Limits())


def ask(speak: Speak, times: int = 1, path: str = "/", limits: Limits | None = None) -> list[Answer]:
    async def run() -> list[Answer]:
        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = made(LOOPBACK, limits or Limits())
        try:
            return [await client.fetch("GET", f"http://127.0.0.1:{port}{path}") for _ in range(times)]
        finally:
            await client.close()
            server.close()

    return asyncio.run(run())


def test_every_byte_of_the_answer_is_kept_in_order() -> None:
    head = (
        b"HTTP/1.1 200 Tr\xe8s bien\r\nX-Twice: a\r\nSet-Cookie: one\r\nX-Twice: b\r\n"
        b"Content-Disposition: attachment; filename=\xc4\xea\xb1\xa8.pdf\r\nContent-Length: 2\r\n\r\n"  # 年报, in GBK
    )
    [answer] = ask(says(head + b"ok"))
    assert answer.exchange.head == head
    assert answer.exchange.body == b"ok"
    assert answer.exchange.ip == "127.0.0.1"
    assert [value for name, value in answer.headers if name == b"X-Twice"] == [b"a", b"b"]


def test_chunks_are_kept_as_sent_and_joined_for_the_reader() -> None:
    wire = b"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
    [answer] = ask(says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + wire))
    assert answer.exchange.body == wire
    assert answer.entity == b"abcde"
    assert answer.exchange.truncated is None


def test_a_body_without_a_length_ends_with_the_connection() -> None:
    [answer] = ask(says(b"HTTP/1.0 200 OK\r\n\r\nuntil the end"))
    assert answer.entity == b"until the end"


def test_a_body_cut_short_is_returned_and_marked() -> None:
    [answer] = ask(says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"))
    assert answer.exchange.truncated == "disconnect"
    assert answer.entity == b"only this"


def test_a_chunked_body_cut_short_is_marked() -> None:
    [answer] = ask(says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"))
    assert answer.exchange.truncated == "disconnect"


def test_a_body_over_the_limit_is_cut_and_marked() -> None:
    [answer] = ask(says(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 200_000), limits=Limits(body=1000))
    assert answer.exchange.truncated == "length"
    assert len(answer.entity) < 200_000


def test_a_connection_is_used_again() -> None:
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert len(ask(says(ok, ok, ok), times=3)) == 3


def test_a_kept_connection_that_died_is_replaced() -> None:
    ok = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    assert len(ask(says(ok), times=3)) == 3  # each connection gives one answer only, and says keep-alive


def test_interim_answers_are_passed_over() -> None:
    [answer] = ask(says(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"))
    assert answer.status == 204


def test_chinese_paths_and_queries_go_out_as_they_stand_in_the_url() -> None:
    [answer] = ask(says(b"HTTP/1.1 204 No\r\n\r\n"), path="/%E5%B9%B4%E6%8A%A5?nbYear=2024&x=")
    assert answer.exchange.request.startswith(b"GET /%E5%B9%B4%E6%8A%A5?nbYear=2024&x= HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", DownloadFailedError),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", DownloadFailedError),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000, DownloadFailedError),
    ],
)
def test_what_is_not_an_answer_is_an_error(answer: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(says(answer))


def test_a_silent_server_times_out() -> None:
    with pytest.raises(DownloadTimeoutError, match="no answer within"):
        ask(says(close=False), limits=Limits(total=0.2))


def fetch_alone(url: str, allow: list[Any]) -> None:
    async def run() -> None:
        client = made(allow)
        await client.fetch("GET", url)

    asyncio.run(run())


def test_a_refused_connection_says_so() -> None:
    with pytest.raises(DownloadConnectionRefusedError, match="refused"):
        fetch_alone("http://127.0.0.1:1/", LOOPBACK)


def test_a_name_that_does_not_resolve_says_so() -> None:
    with pytest.raises(CannotResolveHostError):
        fetch_alone("http://no-such-host.invalid/", LOOPBACK)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://0.0.0.0/",
        "http://2130706433/",
    ],
)
def test_nothing_is_asked_of_an_inside_address(url: str) -> None:
    with pytest.raises((ForbiddenAddress, CannotResolveHostError)):
        fetch_alone(url, [])
