"""A site on loopback that answers faster than anybody can ask: some 30 KB of Chinese HTML a page, no two the same.

For benchmarks and long campaigns. `/p/N` are pages; other paths are 404. One process, one event loop, no framework.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections.abc import Callable

_WORDS = (
    "政府信息公开工作年度报告主动依申请收到办理结转下年度行政复议诉讼规范性文件许可处罚强制事业收费平台建设监督保障"
)


def page(number: int) -> bytes:
    """The HTML of one page: menus, a list, a table, paragraphs."""
    chance = random.Random(number)
    words = "".join(chance.choices(_WORDS, k=7000))
    rows = "".join(
        f'<li><a href="/p/{chance.randrange(10**6)}" title="{words[k : k + 18]}">{words[k : k + 18]}</a>'
        f"<span>2024-0{chance.randrange(1, 10)}-{chance.randrange(10, 29)}</span></li>\n"
        for k in range(0, 900, 20)
    )
    cells = "".join(f'<td style="border:1px solid">{chance.randrange(999)}</td>' for _ in range(60))
    text = "".join(f'<p style="text-indent:2em">{words[k : k + 400]}</p>\n' for k in range(1000, 7000, 400))
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{words[:20]}</title></head><body>'
        f"<ul>{rows}</ul><table><tr>{cells}</tr></table>{text}</body></html>"
    ).encode()


class Server(asyncio.Protocol):
    """HTTP/1.1 with kept-alive connections; pages are made once."""

    def __init__(self, pages: list[bytes]) -> None:
        self._pages = pages
        self._transport: asyncio.Transport | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            assert self._transport
            self._transport.write(self._answer(head.split(b" ", 2)[1]))

    def _answer(self, path: bytes) -> bytes:
        if not path.startswith(b"/p/"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nnot here"
        number = int(path[3:].partition(b"?")[0])
        head, body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n", b""
        body = self._pages[number % len(self._pages)] + b"<!-- %d -->" % number
        return head % len(body) + body


async def serve(address: str, port: int, count: int, ready: Callable[[int], None]) -> None:
    """Serves until it is cancelled; tells its port when it can be asked."""
    pages = [page(number) for number in range(count)]
    server = await asyncio.get_running_loop().create_server(lambda: Server(pages), address, port)
    ready(server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), 500, lambda port: print(port, flush=True)))
