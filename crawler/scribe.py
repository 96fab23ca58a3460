"""Between a crawl and its archive: what came is packed and written on a thread off the reactor's, many answers at once.

Two threads of one Python take turns, and a change of turns costs as much as packing a page does. So answers wait a
moment for one another, and what the thread gets is ready but for what needs no turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from storage.prepared import Prepared
from storage.records import Capture, Exchange, Rendering, Visit
from storage.warc import WarcWriter

R = TypeVar("R")
_UNWRITTEN = 32  # answers that may wait before nothing more is asked for
_AT_ONCE = 16  # answers that wait for no more
_LARGE = 1 << 20  # bytes of a body whose digests take milliseconds

_PAUSE = 0.02  # seconds that the first of them waits for others

_Waiting = tuple[Prepared, "asyncio.Future[Capture]"]


class Scribe:
    """Writes for one crawl. `calm` is cleared while too many answers wait: a network that is faster than the disk would
    fill the memory."""

    def __init__(self, writer: WarcWriter, calm: asyncio.Event) -> None:
        self._writer, self._calm = writer, calm
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="archive")
        self._waiting: list[_Waiting] = []
        self.unwritten = 0

    async def exchange(self, exchange: Exchange, refers_to: Capture | None = None) -> Capture:
        """Archives an exchange, as `WarcWriter.exchange` does; also when nobody waits for it any more."""
        loop, large = asyncio.get_running_loop(), len(exchange.body) > _LARGE
        prepare = partial(self._writer.prepare, exchange, refers_to)
        prepared = await self.off_thread(prepare) if large else prepare()
        written: asyncio.Future[Capture] = loop.create_future()
        self._waiting.append((prepared, written))
        self.unwritten += 1
        if self.unwritten >= _UNWRITTEN:
            self._calm.clear()
        if large or len(self._waiting) >= _AT_ONCE:
            self._write()
        elif len(self._waiting) == 1:
            loop.call_later(_PAUSE, self._write)
        return await written

    def _write(self) -> None:
        """Hands over what waits. It is written in this order, and before whatever is handed over later."""
        if not self._waiting:
            return
        batch, self._waiting = self._waiting, []
        ready = [prepared for prepared, _ in batch]
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._writer.write, ready)
        work.add_done_callback(partial(self._written, batch))

    def _written(self, batch: list[_Waiting], work: asyncio.Future[list[Capture]]) -> None:
        error = work.exception()
        for place, (_, written) in enumerate(batch):
            if written.done():  # nobody waits any more
                continue
            if error is None:
                written.set_result(work.result()[place])
            else:
                written.set_exception(error)
        self.unwritten -= len(batch)
        if self.unwritten <= _UNWRITTEN // 2:
            self._calm.set()

    async def rendering(self, rendering: Rendering) -> tuple[Capture, ...]:
        return await self.off_thread(self._writer.rendering, rendering)

    async def visit(self, visit: Visit, earlier: Visit | None) -> None:
        """Writes what a visit found, after everything that it rests on; on disk when this returns."""
        await self.off_thread(self._writer.visit, visit, earlier)
        await self.off_thread(self._writer.sync)

    async def close(self) -> None:
        self._write()
        await self.off_thread(self._writer.close)
        self._thread.shutdown()

    async def off_thread(self, work: Callable[..., R], *args: object) -> R:
        """What else takes the disk's time."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
