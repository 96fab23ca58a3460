"""Ways to a column that no link shows: site maps that robots.txt or habit names, and the site's own search. Pure.

What a search finds can clear an organ. It never proves that something is absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals.titles import fold
from spiders.datalists import Call
from spiders.listing import Link
from spiders.navigation import ways
from spiders.places import same_host

_LOC = re.compile(r"<loc>\s*([^<\s]{1,2000})\s*</loc>")
_SITEMAP = re.compile(r"^[ \t]{0,20}sitemap[ \t]{0,20}:[ \t]{0,20}(\S{1,2000})", re.I | re.M)
_SEARCH = re.compile(r"搜|检索|查询|search|query|keyword|searchword|\bso\b|\bq\b|\bkw\b", re.I)
_TYPED = ("", "text", "search")
_MOST_SEARCH_PAGES = 2
_BOX = r"(?:q|kw|wd|key|word|keywords?|search_?words?|search_?text|query)"
_PUT_TOGETHER = re.compile(
    rf"""["'`](?P<address>[^"'`\s<>(){{}}$#]{{0,300}}[?&]{_BOX}=)"""
    r"""(?:["']\s*\+(?:[^;\n]{0,160}?\+\s*["'](?P<behind>&[^"'\s<>]{0,300})["'])?|\$\{)""",
    re.I,
)


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


@dataclass(frozen=True, slots=True)
class Search:
    """How a site's own search is asked: by the form on its page, or by the address that its script puts together."""

    address: str  # with what stands before the words where a script says it: /so?site=9&q=
    box: str  # the field's name; "" when `address` ends with it
    fixed: tuple[tuple[str, str], ...]
    post: bool
    charset: str
    behind: str = ""  # what the script puts behind the words

    def ask(self, words: str) -> Call:
        if not self.box:
            return Call(f"{self.address}{quote(words)}{self.behind}")
        sent = urlencode([*self.fixed, (self.box, words)], encoding=self.charset, errors="replace")
        if self.post:
            return Call(self.address, "POST", sent)
        return Call(f"{self.address}{'&' if '?' in self.address else '?'}{sent}")


def search_of(html: str, url: str, *, in_utf8: bool = False) -> Search | None:
    """The search that a page offers; None when it has none that can be asked without its scripts.

    `in_utf8`: the page's bytes are UTF-8 whatever it claims, and so are those that its form sends.
    """
    tree = LexborHTMLParser(html)
    by_forms = (_by_form(form, box, html, url, in_utf8) for form in tree.css("form") if (box := _search_box(form)))
    found = next(by_forms, None)
    return found or (_by_script(html, url) if any(_is_typed(node) for node in tree.css("input")) else None)


def search_pages(links: Iterable[Link], home: str) -> list[str]:
    """Where links called 站内搜索, 高级检索 lead on this host: pages that may have the form that a home page lacks."""
    called = (link.url for link in links if ways().search_labels.fullmatch(fold(link.title)))
    here = dict.fromkeys(url for url in called if same_host(url, home))
    return list(here)[:_MOST_SEARCH_PAGES]


def _search_box(form: LexborNode) -> str | None:
    """The name of the one field that is typed into, when the form is a search: a login has two, and a password."""
    kinds = [(node, (node.attributes.get("type") or "").lower()) for node in form.css("input")]
    typed = [node for node, _ in kinds if _is_typed(node)]
    if len(typed) != 1 or any(kind in ("password", "file") for _, kind in kinds):
        return None
    box = typed[0].attributes
    words = [form.attributes.get("action"), form.attributes.get("id"), form.attributes.get("class"), form.text()]
    words += [box.get("name"), box.get("placeholder"), *(n.attributes.get("value") for n, k in kinds if k == "submit")]
    return box.get("name") if _SEARCH.search(" ".join(word or "" for word in words)) else None


def _is_typed(node: LexborNode) -> bool:
    return (node.attributes.get("type") or "").lower() in _TYPED


def _by_form(form: LexborNode, box: str, html: str, url: str, in_utf8: bool) -> Search | None:
    fixed = tuple(
        (name, node.attributes.get("value") or "")
        for node in form.css("input[type=hidden]")
        if (name := node.attributes.get("name"))
    )
    address = _joined(url, form.attributes.get("action") or "")
    post = (form.attributes.get("method") or "").lower() == "post"
    claims_gb = re.search(r"charset=['\"]?gb", html[:3000], re.I) is not None
    charset = "gb18030" if claims_gb and not in_utf8 else "utf-8"
    return Search(address, box, fixed, post, charset) if address else None


def _by_script(html: str, url: str) -> Search | None:
    """location.href = "/so?siteId=9&q=" + encodeURIComponent(word) + "&sort=1"; also `/so?q=${word}`."""
    for match in _PUT_TOGETHER.finditer(html):
        if address := _joined(url, match["address"]):
            return Search(address, "", (), post=False, charset="utf-8", behind=match["behind"] or "")
    return None


def _joined(url: str, address: str) -> str | None:
    try:
        return urljoin(url, address.strip()).partition("#")[0]
    except ValueError:  # http://[x
        return None
