"""What a page in the browser shows by now, and whether it shows something else within some seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.async_api import Page


@dataclass(slots=True)
class Turned:
    """What a turning came to: each page's DOM but the last, which is the page's own when it is read.

    `chosen`: labels of tabs that were clicked, and whose rows were shown. `opened`: address and title of
    rows that only a script opens."""

    doms: list[str]
    finished: bool
    chosen: list[str] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)


async def words(page: Page) -> str:
    return str(await page.evaluate("document.body ? document.body.innerText : ''"))


async def changes(page: Page, before: str, tries: int = 40) -> bool:
    """Whether the page shows other words than `before` within some seconds: data calls wait their turn at our gate."""
    for _ in range(tries):
        await page.wait_for_timeout(250)
        if await words(page) != before:
            await page.wait_for_timeout(250)
            return True
    return False
