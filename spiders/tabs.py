"""Tabs of a list that only a script understands: years, and groups of organs. Clicked in the browser, one by one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Page

from spiders.navigation import is_choice
from spiders.screen import Turned, changes, words

MOST_TABS = 24
_TRIES = 8  # quarters of a second that a tab may take to show something else

# What can be clicked and leads to no address: the innermost elements, by their words.
_FOUND = """const text = e => (e.innerText || '').trim();
  const leads = e => { const a = e.closest('a'); const to = a ? (a.getAttribute('href') || '').trim() : '';
    return to && !/^(#|javascript:)/i.test(to); };
  const found = [...document.querySelectorAll('a,li,span,button,div,em,b,i,p,td,dt,dd,h3,h4,label')].filter(e => {
    const t = text(e);
    return t && t.length <= 24 && e.getClientRects().length > 0 && !leads(e)
      && ![...e.children].some(c => text(c) === t); });"""
_LABELS = f"() => {{ {_FOUND} return [...new Set(found.map(text))].slice(0, 2000); }}"
_CLICK = f"label => {{ {_FOUND} const e = found.find(e => text(e) === label); if (e) e.click(); }}"


async def click_tabs(page: Page, turned: Turned, turn: Callable[[Turned], Awaitable[None]]) -> None:
    """Clicks every tab that is called by a year or by a group of organs, and turns the list that it shows.

    The tab that is shown already changes nothing at first, and something when another was clicked before it.
    """
    tabs = [label for label in await page.evaluate(_LABELS) if is_choice(label)]
    if len(tabs) > MOST_TABS:
        turned.finished = False
    left = [tab for tab in tabs[:MOST_TABS] if not await _click(page, tab, turned, turn)]
    for tab in left if turned.chosen else ():
        await _click(page, tab, turned, turn)


async def _click(page: Page, tab: str, turned: Turned, turn: Callable[[Turned], Awaitable[None]]) -> bool:
    """Whether a click on the tab showed something else on the same page."""
    address, dom, shown = page.url, await page.content(), await words(page)
    await page.evaluate(_CLICK, tab)
    changed = await changes(page, shown, _TRIES)
    if page.url.partition("#")[0] != address.partition("#")[0]:
        await page.go_back()
        return True  # nothing to try again: it is a link, and not chosen
    if not changed:
        return False
    below = Turned([], False)
    await turn(below)
    turned.doms += [dom, *below.doms]
    turned.chosen.append(tab)
    turned.finished = turned.finished and below.finished
    return True
