"""Tabs that only a script understands: years and groups of organs, and the one that is called 政府信息公开年报.

Clicked in the browser, one by one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from spiders.navigation import SURE_LABEL, is_choice, promise_of
from spiders.screen import Screen, Turned

MOST_TABS = 24
_TRIES = 8  # quarters of a second that a tab may take to show something else

# What can be clicked and leads to no address: the innermost elements, by their words; first those at which it shows.
_FOUND = """const text = e => (e.innerText || '').trim();
  const leads = e => { const a = e.closest('a'); const to = a ? (a.getAttribute('href') || '').trim() : '';
    return to && !/^(#|javascript:)/i.test(to); };
  const offers = e => e.closest('a,button,[onclick],[role=tab]') !== null || getComputedStyle(e).cursor === 'pointer';
  const found = [...document.querySelectorAll('a,li,span,button,div,em,b,i,p,td,dt,dd,h3,h4,label')].filter(e => {
    const t = text(e);
    return t && t.length <= 24 && e.getClientRects().length > 0 && !leads(e)
      && ![...e.children].some(c => text(c) === t); }).slice(0, 2000);
  const clickable = new Set(found.filter(offers));
  found.sort((one, other) => clickable.has(other) - clickable.has(one));"""
_LABELS = f"""() => {{ {_FOUND} const told = new Map();
  for (const e of found) told.set(text(e), (told.get(text(e)) || 0) + clickable.has(e));
  return [...told]; }}"""
# <li onmouseover="show(2023)">: the mouse comes over what it clicks.
_CLICK = f"""label => {{ {_FOUND} const e = found.find(e => text(e) === label);
  if (e) {{ e.dispatchEvent(new MouseEvent('mouseover', {{bubbles: true}})); e.click(); }} }}"""


async def click_tabs(screen: Screen, turned: Turned, turn: Callable[[Turned], Awaitable[None]]) -> None:
    """Clicks every tab that is called by a year, a group of organs, or the reports, and turns the list that it shows.

    The tab that is shown already changes nothing at first, and something when another was clicked before it.
    """
    tabs = [
        label
        for label, times in await screen.page.evaluate(_LABELS)
        if is_choice(label) or _is_the_reports(label, times)
    ]
    if len(tabs) > MOST_TABS:
        turned.finished = False
    left = [tab for tab in tabs[:MOST_TABS] if not await _click(screen, tab, turned, turn)]
    for tab in left if turned.chosen else ():
        await _click(screen, tab, turned, turn)


def _is_the_reports(label: str, times: int) -> bool:
    """政府信息公开年报 beside 政府信息公开指南 and 依申请公开. Of two called so one click shows what is behind one."""
    return times == 1 and promise_of(label) >= SURE_LABEL


async def _click(screen: Screen, tab: str, turned: Turned, turn: Callable[[Turned], Awaitable[None]]) -> bool:
    """Whether a click on the tab showed something else on the same page."""
    page = screen.page
    address, dom, shown = page.url, await page.content(), await screen.words()
    await page.evaluate(_CLICK, tab)
    changed = await screen.changes(shown, _TRIES)
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
