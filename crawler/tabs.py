"""A browser's pages in a crawl: few at once, each in a context of its own; now and then the browser is made anew.

Contexts leak, pages hang, and scripts eat memory: what does not end when it is told to is killed with its processes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
from playwright.async_api import Error as PlaywrightError
from scrapy import Request
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

log = logging.getLogger(__name__)

AT_ONCE = 2  # two give nine tenths of what eight do
PAGES = 50  # that one browser shows before it is made anew
MEMORY = 3 << 30  # bytes, of all the browser's processes
_CLOSING = 5.0  # seconds that a context or a browser may take to close

# Requests of service workers would pass the page's route by; nothing is written to disk.
_CONTEXT = {"service_workers": "block", "accept_downloads": False, "locale": "zh-CN"}


class Tabs:
    """Lends pages of the handler's browser."""

    def __init__(self, handler: ScrapyPlaywrightDownloadHandler) -> None:
        self._handler = handler
        self._entry = asyncio.Lock()
        self._free = asyncio.Semaphore(AT_ONCE)
        self._shown = 0

    @asynccontextmanager
    async def one(self, request: Request) -> AsyncIterator[None]:
        """A context of its own for this request's page; it is gone afterwards, whatever the page did."""
        async with self._entry:
            await self._free.acquire()
            if self._shown and self._shown % PAGES == 0:
                await self._anew()
            self._shown += 1
        name = f"page {self._shown}"
        request.meta.update(playwright_context=name, playwright_context_kwargs=_CONTEXT)
        watch = asyncio.ensure_future(self._watch())
        try:
            yield
        finally:
            watch.cancel()
            await self._close_context(name)
            self._free.release()

    async def close(self) -> None:
        """Ends the browser and what drives it."""
        try:
            async with asyncio.timeout(_CLOSING):
                await self._handler.close()
        except (TimeoutError, PlaywrightError):
            kill_browser()

    async def _anew(self) -> None:
        """Closes the browser when no page is open; the next page starts another."""
        for _ in range(AT_ONCE - 1):
            await self._free.acquire()
        try:
            browser = getattr(self._handler, "browser", None)
            if browser is not None:
                async with asyncio.timeout(_CLOSING):
                    await browser.close()
        except (TimeoutError, PlaywrightError):
            kill_browser()
        finally:
            for _ in range(AT_ONCE - 1):
                self._free.release()

    async def _close_context(self, name: str) -> None:
        wrapper = self._handler.context_wrappers.get(name)
        if wrapper is None:
            return
        try:
            async with asyncio.timeout(_CLOSING):
                await wrapper.context.close()
        except TimeoutError:
            log.warning("a page of the browser does not end: the browser is killed")
            kill_browser()
        except PlaywrightError:
            pass  # it is gone already
        self._handler.context_wrappers.pop(name, None)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            if (used := await asyncio.to_thread(browser_memory)) > MEMORY:
                log.warning("the browser uses %d MB: it is killed", used >> 20)
                kill_browser()


def browser_processes() -> list[psutil.Process]:
    """The browser's processes: below those that we started ourselves, which are the drivers of browsers."""
    us = psutil.Process()
    ours = set(us.children())
    return [process for process in us.children(recursive=True) if process not in ours]


def browser_memory() -> int:
    """Bytes that the browser's processes hold; what they share is counted for each."""
    total = 0
    for process in browser_processes():
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue  # it has just ended
    return total


def kill_browser() -> None:
    for process in browser_processes():
        try:
            process.kill()
        except psutil.Error:
            continue
