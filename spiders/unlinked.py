"""Ways to a column that no link shows: site maps that robots.txt or habit names, and the site's own search. Pure.

What a search finds can clear an organ. It never proves that something is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.datalists import Call
from spiders.navigation import ways

_LOC = re.compile(r"<loc>\s*([^<\s]{1,2000})\s*</loc>")
_SITEMAP = re.compile(r"^\s*sitemap\s*:\s*(\S{1,2000})", re.I | re.M)
_SEARCH = re.compile(r"搜|检索|查询|search|query|keyword|searchword|\bso\b|\bq\b|\bkw\b", re.I)
_TYPED = ("", "text", "search")


def site_maps(robots: str, home: str) -> list[str]:
    """Where site maps may lie: those that robots.txt names first."""
    named = [urljoin(home, place) for place in _SITEMAP.findall(robots)]
    return list(dict.fromkeys([*named, *(urljoin(home, path) for path in ways().map_paths)]))[: ways().most_maps]


def mapped_columns(xml: str, url: str) -> list[str]:
    """The addresses of a site map in XML that read like the column of annual reports (/zfxxgk/nb/, /gknb.htm)."""
    places = (urljoin(url, place.replace("&amp;", "&")) for place in _LOC.findall(xml))
    host = urlsplit(url).netloc
    hinted = (place for place in places if urlsplit(place).netloc == host and ways().address_hints.search(place))
    return list(dict.fromkeys(hinted))[: ways().most_mapped]


def searches(html: str, url: str, year: int) -> Iterator[Call]:
    """What the page's search form would send for the reports of a year; nothing when it has none."""
    for form in LexborHTMLParser(html).css("form"):
        if box := _search_box(form):
            yield from _asked(form, box, html, url, year)
            return


def _search_box(form: LexborNode) -> str | None:
    """The name of the one field that is typed into, when the form is a search: a login has two, and a password."""
    kinds = [(node, (node.attributes.get("type") or "").lower()) for node in form.css("input")]
    typed = [node for node, kind in kinds if kind in _TYPED]
    if len(typed) != 1 or any(kind in ("password", "file") for _, kind in kinds):
        return None
    box = typed[0].attributes
    words = [form.attributes.get("action"), form.attributes.get("id"), form.attributes.get("class"), form.text()]
    words += [box.get("name"), box.get("placeholder"), *(n.attributes.get("value") for n, k in kinds if k == "submit")]
    return box.get("name") if _SEARCH.search(" ".join(word or "" for word in words)) else None


def _asked(form: LexborNode, box: str, html: str, url: str, year: int) -> Iterator[Call]:
    charset = "gb18030" if re.search(r"charset=['\"]?gb", html[:3000], re.I) else "utf-8"
    fixed = {
        name: node.attributes.get("value") or ""
        for node in form.css("input[type=hidden]")
        if (name := node.attributes.get("name"))
    }
    try:
        action = urljoin(url, (form.attributes.get("action") or "").strip()).partition("#")[0]
    except ValueError:
        return
    post = (form.attributes.get("method") or "").lower() == "post"
    for words in ways().search_words:
        sent = urlencode({**fixed, box: words.format(year=year)}, encoding=charset, errors="replace")
        if post:
            yield Call(action, "POST", sent)
        else:
            yield Call(f"{action}{'&' if '?' in action else '?'}{sent}")
