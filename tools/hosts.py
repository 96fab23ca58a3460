"""Very many portals on loopback, one process: each address of 127.0.0.0/8 is a host of its own.

python -m tools.hosts PORT: serves until its standard input ends, then prints what each host saw, as one line of JSON.
`/nb-K` is the column of organ K, `/report-K` its report; nothing ever changes, and conditional requests are answered.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import threading
import time

from tools.pages import page

_DIGITS = "安平宁清和泰丰永昌兴"
_FILLER = [page(number).split(b"<body>")[1] for number in range(20)]


def organ_name(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in f"{number:06}") + "县人民政府"


def body_of(path: str) -> bytes | None:
    kind, _, text = path.strip("/").partition("-")
    if not text.isdigit() or kind not in ("nb", "report", "old"):
        return None
    number = int(text)
    title = f"{organ_name(number)}2023年政府信息公开工作年度报告"
    head = f"<!DOCTYPE html><html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>"
    if kind == "nb":
        rows = f'<li><a href="/report-{number}">{title}</a><span>2024-01-30</span></li>'
        rows += f'<li><a href="/old-{number}">{title.replace("2023", "2022")}</a><span>2023-01-30</span></li>'
        head = f"<!DOCTYPE html><html><head><title>政府信息公开年报</title></head><body><ul>{rows}</ul>"
    return head.encode() + _FILLER[number % len(_FILLER)]


class Host(asyncio.Protocol):
    seen: dict[str, list[float]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._buffer = transport, b""
        self._times = self.seen.setdefault(transport.get_extra_info("sockname")[0], [])

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            self._times.append(time.monotonic())
            self._transport.write(self._answer(head))

    def _answer(self, head: bytes) -> bytes:
        body = body_of(head.split(b" ", 2)[1].decode("latin-1"))
        if body is None:
            return b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nno"
        if b'If-None-Match: "1"' in head:
            return b'HTTP/1.1 304 Same\r\nETag: "1"\r\n\r\n'
        fields = b'Content-Type: text/html; charset=utf-8\r\nETag: "1"\r\nContent-Length: %d' % len(body)
        return b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n" + body


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Host, "0.0.0.0", port, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    over = asyncio.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.call_soon_threadsafe(over.set)), daemon=True).start()
    await over.wait()
    gaps = [later - one for times in Host.seen.values() for one, later in itertools.pairwise(times)]
    counts = [len(times) for times in Host.seen.values()]
    span = max(times[-1] for times in Host.seen.values()) - min(times[0] for times in Host.seen.values())
    told = {"hosts": len(counts), "requests": sum(counts), "most": max(counts), "span": span}
    print(json.dumps(told | {"least_gap": min(gaps, default=0.0), "quick": sum(gap < 0.9 for gap in gaps)}), flush=True)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
