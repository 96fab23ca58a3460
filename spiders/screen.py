"""What a page in the browser shows by now, and whether it shows something else within some seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.async_api import Page, Request

LOADS = ("xhr", "fetch", "script")
"""Kinds of requests that may bring a list's rows."""


@dataclass(slots=True)
class Turned:
    """What a turning came to: each page's DOM but the last, which is the page's own when it is read.

    `chosen`: labels of tabs that were clicked, and whose rows were shown. `opened`: address and title of
    rows that only a script opens."""

    doms: list[str]
    finished: bool
    chosen: list[str] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)


class Screen:
    """A page in the browser, and how much of what its scripts asked for has not been answered yet."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._asked: set[Request] = set()
        self._older: set[Request] = set()  # asked for before the words were read last: a page that polls never ends
        page.on("request", lambda request: self._asked.add(request) if request.resource_type in LOADS else None)
        page.on("requestfinished", lambda request: self._asked.discard(request))
        page.on("requestfailed", lambda request: self._asked.discard(request))

    async def words(self) -> str:
        """What is shown; from here on counts what is asked for."""
        self._older = set(self._asked)
        return await self._words()

    async def _words(self) -> str:
        return str(await self.page.evaluate("document.body ? document.body.innerText : ''"))

    async def changes(self, before: str, tries: int = 40) -> bool:
        """Whether the page shows other words than `before` within some quarters of a second.

        What it asked for is waited for, however long it takes: many empty their list first, say 加载中 or 暂无数据, and
        data calls wait their turn at our gate.
        """
        while tries > 0:
            await self.page.wait_for_timeout(250)
            if self._asked - self._older:
                continue
            if await self._words() != before:
                await self.page.wait_for_timeout(250)
                if not self._asked - self._older:
                    return True
            tries -= 1
        return False
