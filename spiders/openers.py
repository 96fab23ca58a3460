"""Rows that only a script opens: <tr onclick="openArt('87885')">. Clicked in the browser, to see where they lead."""

from __future__ import annotations

from playwright.async_api import Page

from spiders.screen import Turned

MOST_ROWS = 40
_OPENS_MS = 100  # that a click may take to lead somewhere

# Handlers without an address in them, on what is called like a report. What a click opens or sets as the page's address
# is only told: waiting for a page to leave would take as long as the portal does.
# <li onclick=""><a href="/a.html"> is a link like any other.
_FOUND = """const called = e => (e.getAttribute('title') || e.innerText || '').replace(/\\s+/g, ' ').trim();
  const does = e => e.getAttribute('onclick') || e.getAttribute('href') || '';
  const linked = e => e.querySelector('a[href]:not([href^="javascript:"]):not([href^="#"])');
  const rows = [...document.querySelectorAll('[onclick], a[href^="javascript:"]')].filter(e => {
    const t = called(e);
    return does(e).trim() && !linked(e) && t.length >= 8 && t.length <= 120
      && t.includes('公开') && /20\\d\\d|二[〇○零]/.test(t)
      && !/['"][^'"]*[\\/.][^'"]*['"]/.test(does(e)); });"""
_TITLES = f"() => {{ {_FOUND} return rows.map(called); }}"
_CLICK = f"""n => {{ {_FOUND} let to = null; const kept = window.open, leaving = window.navigation;
  window.open = url => {{ to = url ? new URL(url, document.baseURI).href : null; return null; }};
  const stay = e => {{ if (!e.hashChange && e.cancelable) {{ to = to || e.destination.url; e.preventDefault(); }} }};
  if (leaving) leaving.addEventListener('navigate', stay);
  try {{ if (rows[n]) rows[n].click(); }}
  finally {{ window.open = kept; if (leaving) leaving.removeEventListener('navigate', stay); }}
  return to; }}"""


async def open_rows(page: Page, turned: Turned) -> None:
    """Notes where each such row leads, with its title. What leads away in spite of that is gone back from."""
    titles = await page.evaluate(_TITLES)
    if len(titles) > MOST_ROWS:
        turned.finished = False
    for at, title in enumerate(titles[:MOST_ROWS]):
        address = page.url
        to = await page.evaluate(_CLICK, at)
        if to is None:
            await page.wait_for_timeout(_OPENS_MS)
            if page.url.partition("#")[0] != address.partition("#")[0]:
                to = page.url
                await page.go_back()
        if to is not None and to.startswith(("http://", "https://")):
            turned.opened.append((to, title))
