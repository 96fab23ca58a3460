"""Turning a list's pages in the browser, where only a script can: clicks 下一页 or 加载更多 until there is no more.

Boxes and tabs that offer years or organs are gone through as well.

What each page showed is given back; that all were seen is said only when the page itself leaves no doubt.
"""

from __future__ import annotations

import asyncio

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from spiders.openers import open_rows
from spiders.screen import LOADS, Screen, Turned
from spiders.tabs import click_tabs

MOST_TURNS = 30
SECONDS = 30.0
"""What turning one list may take; a page that is not through by then was seen in part."""

MOST_CHOICES = 24  # years and organs that are chosen in boxes, one after the other

_ASKS_MS = 400  # that a page takes at most to ask for more when somebody scrolls down
_DOWN = """() => {
  const boxes = [document.scrollingElement || document.documentElement, ...document.querySelectorAll('div,ul,section')];
  for (const e of boxes) if (e.scrollHeight > e.clientHeight + 4) e.scrollTop = e.scrollHeight;
}"""

# Finds the control, says whether it is switched off, marks it for the click: 下一页, or the number after the one that
# `turned` pages came to. Also reads 共 3 页 and the numbers of the pager that the control belongs to.
_FIND = """([labels, turned]) => {
  const text = e => (e.innerText || e.value || e.title || e.getAttribute('aria-label') || '').trim();
  const shown = e => e.offsetParent !== null || e.getClientRects().length > 0;
  const off = e => e.disabled || /disabled|nomore|no-more/.test(e.className + ' ' + (e.parentElement || e).className)
    || e.getAttribute('aria-disabled') === 'true';
  const all = [...document.querySelectorAll('a,button,input[type=button],li,span,div,em')];
  const isNumber = e => ['A', 'LI', 'BUTTON', 'SPAN', 'EM'].includes(e.tagName) && /^\\d{1,3}$/.test(text(e));
  const numbersNear = e => {
    for (let box = e.parentElement, up = 0; box && up < 3; box = box.parentElement, up++) {
      const found = [...box.querySelectorAll('a,li,button,span,em')].filter(isNumber).map(x => +text(x));
      if (found.length) return found;
    }
    return [];
  };
  const found = all.filter(e => labels.includes(text(e)) && shown(e) && !e.querySelector('a,button'));
  document.querySelectorAll('[data-turn]').forEach(e => e.removeAttribute('data-turn'));
  let live = found.filter(e => !off(e));
  const dead = found.length - live.length;
  if (!found.length) {
    const next = e => +text(e) === turned + 2 && shown(e) && !off(e) && !e.querySelector('a,button');
    live = all.filter(e => isNumber(e) && next(e) && numbersNear(e).includes(turned + 1));
  }
  if (live.length) live[0].setAttribute('data-turn', '1');
  const words = document.body ? document.body.innerText : '';
  const told = words.match(/共\\s*(\\d+)\\s*页|(?:^|[\\s第])\\d+\\s*\\/\\s*(\\d+)(?:\\s|$|页)/);
  const numbers = live.length ? numbersNear(live[0]) : [];
  return {live: live.length, dead: dead, pages: told ? +(told[1] || told[2]) : null,
          highest: numbers.length ? Math.max(...numbers) : null};
}"""

# The boxes that offer years or organs by values that are no addresses: [box, option] of everything that can be chosen.
_CHOICES = """() => [...document.querySelectorAll('select')].flatMap((box, at) => {
  const plain = o => !/[\\/?]|\\.(s?html?|jsp|aspx?|do|php)/.test(o.value);
  const told = o => /^20\\d\\d(年|年度)?$|(局|厅|委|委员会|办公室|政府|镇|乡|街道)$/.test(o.text.trim());
  const options = [...box.options];
  return options.length > 1 ? options.flatMap((o, n) => plain(o) && told(o) && !o.selected ? [[at, n]] : []) : [];
})"""
_CHOOSE = """([at, n]) => { const box = document.querySelectorAll('select')[at];
  if (!box) return;
  box.selectedIndex = n;
  box.dispatchEvent(new Event('input', {bubbles: true})); box.dispatchEvent(new Event('change', {bubbles: true})); }"""


async def turn_pages(page: Page, labels: list[str]) -> Turned:
    """Clicks through a list. Ends when the control is gone or off, or when all pages that are told of were seen."""
    turned, screen = Turned([], False), Screen(page)
    try:
        async with asyncio.timeout(SECONDS):
            await _settle(page)
            whole = await _scroll(screen)
            await _turn(screen, labels, turned)
            await open_rows(page, turned)
            await _choose(screen, turned)
            await click_tabs(screen, turned, lambda below: _turn(screen, labels, below))
            turned.finished = turned.finished and whole
    except (PlaywrightError, TimeoutError):
        turned.finished = False
    return turned


async def _scroll(screen: Screen) -> bool:
    """Scrolls down as long as that makes the page ask for more and grow. Whether there was an end to it."""
    page = screen.page
    for _ in range(MOST_TURNS):
        shown = await screen.words()
        try:
            async with page.expect_request(lambda asked: asked.resource_type in LOADS, timeout=_ASKS_MS) as asked:
                await page.evaluate(_DOWN)
            await (await asked.value).response()
        except PlaywrightTimeout:
            return True
        if not await screen.changes(shown, 4):
            return True  # it counts its readers, or the like
    return False


async def _turn(screen: Screen, labels: list[str], turned: Turned) -> None:
    page = screen.page
    wanted: int | None = None
    for _ in range(MOST_TURNS):
        state = await page.evaluate(_FIND, [labels, len(turned.doms)])
        wanted = state["pages"] or max(wanted or 0, state["highest"] or 0) or None
        if wanted is not None and len(turned.doms) + 1 >= wanted:
            turned.finished = True
            return
        if not state["live"]:
            turned.finished = wanted is None or bool(state["dead"])
            return
        before, shown = await page.content(), await screen.words()
        await page.click("[data-turn]", timeout=3000)
        if not await screen.changes(shown):
            return  # the control says that there is more, and shows nothing: not all was seen
        turned.doms.append(before)


async def _choose(screen: Screen, turned: Turned) -> None:
    """Chooses every year and every organ that a box offers. Two empty lists look alike; a box that never changes
    anything belongs to a form that waits to be sent, and what that would show was not seen."""
    page = screen.page
    choices = await page.evaluate(_CHOICES)
    changed = not choices
    for at, option in choices[:MOST_CHOICES]:
        before, shown = await page.content(), await screen.words()
        await page.evaluate(_CHOOSE, [at, option])
        if await screen.changes(shown, 6):
            changed = True
            turned.doms.append(before)
    turned.finished = turned.finished and changed and len(choices) <= MOST_CHOICES


async def _settle(page: Page) -> None:
    try:
        await page.wait_for_load_state("networkidle", timeout=6000)
    except PlaywrightTimeout:
        pass  # pages that poll are never quiet
