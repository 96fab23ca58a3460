"""Turning a list's pages in the browser, where only a script can: clicks 下一页 or 加载更多 until there is no more.

What each page showed is given back; that all were seen is said only when the page itself leaves no doubt.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

MOST_TURNS = 30
SECONDS = 30.0
"""What turning one list may take; a page that is not through by then was seen in part."""

# Finds the control, says whether it is switched off, marks it for the click. Also reads
# 共 3 页 and the numbers of a pager.
_FIND = """(labels) => {
  const text = e => (e.innerText || e.value || e.title || e.getAttribute('aria-label') || '').trim();
  const shown = e => e.offsetParent !== null || e.getClientRects().length > 0;
  const off = e => e.disabled || /disabled|nomore|no-more/.test(e.className + ' ' + (e.parentElement || e).className)
    || e.getAttribute('aria-disabled') === 'true';
  const all = [...document.querySelectorAll('a,button,input[type=button],li,span,div')];
  const found = all.filter(e => labels.includes(text(e)) && shown(e) && !e.querySelector('a,button'));
  document.querySelectorAll('[data-turn]').forEach(e => e.removeAttribute('data-turn'));
  const live = found.filter(e => !off(e));
  if (live.length) live[0].setAttribute('data-turn', '1');
  const words = document.body ? document.body.innerText : '';
  const told = words.match(/共\\s*(\\d+)\\s*页|(?:^|\\s)\\d+\\s*\\/\\s*(\\d+)(?:\\s|$|页)/);
  const numbers = all.filter(e => ['A', 'LI', 'BUTTON', 'SPAN'].includes(e.tagName) && /^\\d{1,3}$/.test(text(e)))
    .map(e => +text(e));
  return {live: live.length, dead: found.length - live.length, pages: told ? +(told[1] || told[2]) : null,
          highest: numbers.length ? Math.max(...numbers) : null};
}"""


@dataclass(slots=True)
class Turned:
    """What a turning came to: each page's DOM but the last, which is the page's own when it is read."""

    doms: list[str]
    finished: bool


async def turn_pages(page: Page, labels: list[str]) -> Turned:
    """Clicks through a list. Ends when the control is gone or off, or when all pages that are told of were seen."""
    turned = Turned([], False)
    try:
        async with asyncio.timeout(SECONDS):
            await _settle(page)
            await _turn(page, labels, turned)
    except (PlaywrightError, TimeoutError):
        turned.finished = False
    return turned


async def _turn(page: Page, labels: list[str], turned: Turned) -> None:
    wanted: int | None = None
    for _ in range(MOST_TURNS):
        state = await page.evaluate(_FIND, labels)
        wanted = state["pages"] or max(wanted or 0, state["highest"] or 0) or None
        if not state["live"] or (wanted is not None and len(turned.doms) + 1 >= wanted):
            turned.finished = True
            return
        before, words = await page.content(), await _words(page)
        await page.click("[data-turn]", timeout=3000)
        if not await _changes(page, words):
            return  # the control says that there is more, and shows nothing: not all was seen
        turned.doms.append(before)


async def _words(page: Page) -> str:
    return str(await page.evaluate("document.body ? document.body.innerText : ''"))


async def _changes(page: Page, words: str) -> bool:
    """Whether the page shows something else within some seconds: data calls wait their turn at our gate."""
    for _ in range(40):
        await page.wait_for_timeout(250)
        if await _words(page) != words:
            await page.wait_for_timeout(250)
            return True
    return False


async def _settle(page: Page) -> None:
    try:
        await page.wait_for_load_state("networkidle", timeout=6000)
    except PlaywrightTimeout:
        pass  # pages that poll are never quiet
