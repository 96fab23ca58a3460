"""What a list page shows: its links with title and date, its further pages, and whether scripts may hide more.

Pure: HTML in, a Listing out. Does not decide which link is a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals.titles import fold, organ_in
from spiders.datalists import Data, records
from spiders.hidden import IS_ADDRESS, Hidden, read_hidden
from spiders.nodes import above, is_small, leads_to_one
from spiders.pagers import handled_address, is_page_label, read_pager
from spiders.pages import visible_text
from spiders.rules import first_number, rules

_DATE = re.compile(r"(?<!\d)(20\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_PLAIN = re.compile(
    r"/(?![/.])(?:[\w%~=&-]|\?(?!$)|/(?![/.])|\.)*"
)  # a path from the root that needs no joining: 5 µs, not 60
_YEAR = re.compile(r"^20\d\d\s*年?度?$")
# a day within the link that is no part of the title: <a>甲县财政局2023年政府信… <i>2024-01-20</i></a>, [01-20] …
_DAY_FIRST = re.compile(r"^[\[(（【]?\s*(?:20\d\d[-./年]\s?)?\d{1,2}[-./月]\d{1,2}日?\s*[\])）】]?\s+(?=\S{4})")
_DAY_LAST = re.compile(
    r"(?<=\S{4})\s+[\[(（【]?\s*(?:20\d\d[-./年]\d{1,2}[-./月]\d{1,2}日?|\d\d-\d\d)(?:\s+\d{1,2}:\d\d(?::\d\d)?)?\s*[\])）】]?$"
)
_NUMBERED = re.compile(r"^\s*\d{1,3}[\s.、]+(?=\D)")  # 3 | 财政局 | 查看
_ROWS = {"li", "tr", "p", "dd", "dl"}
_LAST_DATE = re.compile(r"[\s\[(（]*(?:20\d\d\s*[-./年]\s*)?\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日\])）]?\s*$")
_BEGUN, _ENDED = re.compile(r"<(html|body)\b", re.I), re.compile(r"</(html|body)\b", re.I)
_OPENS = {tag: re.compile(rf"<{tag}\b", re.I) for tag in ("ul", "ol", "dl", "table", "div")}
_SESSION = re.compile(r";jsessionid=[^?#/\"'\s<>]*", re.I)  # another at every visit: two addresses of one page
_HASH_ROUTE = re.compile(r"^(!?/.+|\d{2,})$")  # /gkmlpt/index#3874, /#/list/12: the fragment says which page
_BUILDS = re.compile(
    r"fetch\(|ajax|XMLHttpRequest|innerHTML|appendChild|insertAdjacent|document\.write\(|axios|Vue|React|\$\.(get|post|getJSON)\("
)


_MOST_TERMS = 60  # elements between a term and the last that belongs to it
_MOST_WORDS = 2000  # characters of a row, spaces counted
_HANDLES = "option[value], [onclick], a[href^='javascript:'], [data-url], [data-href], [data-link]"
_MOST_HANDLES = 5000


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    title: str
    date: date | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list."""

    links: tuple[Link, ...]
    pages: tuple[str, ...]  # further pages of the same list, as far as this page names them
    scripted: bool  # scripts are there that may put more on the page than the HTML shows
    placeholder: bool  # the page says that there is nothing yet (内容更新中)
    loading: bool = False  # it says that it is still being filled
    hidden: int = 0  # records that the page says exist, and that neither it nor its pages hold
    frames: tuple[str, ...] = ()  # pages within this one, which may hold the list
    turned: bool = False  # further pages are there that only a script turns to
    cut: bool = False  # more links or pages than we look at
    broken_off: bool = False  # the page was begun and not ended: something on the way cut it
    url: str = ""  # the page's own
    system: str | None = None  # whose pager it is
    told: int | None = None  # how many rows the page says that the list has
    is_form: bool = False  # the page itself has the prescribed report's words
    beside: Hidden = field(default_factory=Hidden)  # what it holds beside its links


@lru_cache(4)  # a walk and its survey read the same page
def read_listing(html: str, url: str) -> Listing:
    """The listing on one page. `url` is the page's own, for relative links."""
    html, tree, base = _parsed(html, url)
    kept = records(html)
    links = tuple(_links([tree, *map(_fragment, kept)], base))
    pager = read_pager(html, tree, url, base)
    most = rules().max_sightings
    beside = read_hidden(html, tree, [link.title for link in links], base)
    crowded = beside.crowded or len(links) > most or len(tree.css(_HANDLES)) > _MOST_HANDLES
    return Listing(
        links=links[:most],
        pages=pager.pages,
        scripted=_is_scripted(tree),
        placeholder=says(html, tree, rules().placeholders),
        loading=says(html, tree, rules().loading),
        hidden=max(0, sum(int(told[1]) for told in rules().datastore_total.finditer(html)) - len(kept)),
        frames=tuple(dict.fromkeys(_frames(tree, base)))[:12],
        turned=pager.turned,
        cut=pager.cut or crowded,
        broken_off=_breaks_off(html),
        url=url,
        system=pager.system,
        told=first_number(rules().told_rows, html),
        is_form=sum(word in html for word in rules().form_words) >= rules().form_words_wanted,
        beside=beside,
    )


def links_on(html: str, url: str) -> tuple[Link, ...]:
    """Only the links of `read_listing`, in half the time."""
    html, tree, base = _parsed(html, url)
    return tuple(_links([tree, *map(_fragment, records(html))], base))[: rules().max_sightings]


def _parsed(html: str, url: str) -> tuple[str, LexborHTMLParser, str]:
    """(the page without session ids, parsed, the base of its relative addresses)"""
    html = _SESSION.sub("", html) if "jsessionid" in html.lower() else html
    tree = LexborHTMLParser(html)
    return html, tree, _base(tree, url)


def _breaks_off(html: str) -> bool:
    """Whether a page ends within a list. Many authors end neither body nor html; few leave a list open too."""
    if _BEGUN.search(html) is None or _ENDED.search(html) is not None:
        return False
    return any(len(_OPENS[tag].findall(html)) > html.lower().count(f"</{tag}") for tag in _OPENS)


def says(html: str, tree: LexborHTMLParser, words: Iterable[str]) -> bool:
    """Whether a reader sees one of the words; a script's 暂无数据, or one in a box that is not shown, is for later."""
    if not any(word in html for word in words):
        return False
    shown = tree.clone()
    for node in shown.css("[style]"):
        if "display:none" in (node.attributes.get("style") or "").replace(" ", "").lower():
            node.decompose()
    text = visible_text(shown)
    return any(word in text for word in words)


def links_of(data: Data, url: str) -> tuple[Link, ...]:
    """The links in a data call's answer."""
    rows = tuple(Link(row.url, row.title, row.date) for row in data.rows if len(row.url) <= 2000)
    return (*rows, *_links(map(_fragment, data.html), url))[: rules().max_sightings]


def opened_links(rows: Iterable[tuple[str, str]], base: str) -> tuple[Link, ...]:
    """Links of rows that only a script opens, as the browser told them: address, and the row's words. On this host."""
    here = urlsplit(base).netloc
    told = (
        (target, words) for url, words in rows if (target := _absolute(url, base)) and urlsplit(target).netloc == here
    )
    return tuple(Link(target, _folded(_DATE.sub(" ", words)), find_date(words)) for target, words in told)


def _fragment(record: str) -> LexborHTMLParser:
    return LexborHTMLParser(f"<table>{record}</table>" if "<td" in record else f"<ul>{record}</ul>")


def _base(tree: LexborHTMLParser, url: str) -> str:
    base = tree.css_first("base[href]")
    try:
        return urljoin(url, base.attributes.get("href") or "") if base else url
    except ValueError:
        return url


def _links(trees: Iterable[LexborHTMLParser], base: str) -> Iterator[Link]:
    seen: set[tuple[str, str]] = set()
    blank: dict[str, date | None] = {}  # a picture, or nothing at all to click on: titled ""
    for tree in trees:
        for anchor in tree.css("a[href], area[href]"):
            target = _absolute(anchor.attributes.get("href"), base)
            title = _title(anchor)
            if target and len(title) >= 2 and not is_page_label(title) and (target, title) not in seen:
                seen.add((target, title))
                yield Link(target, title, _row_date(anchor) or _day_in(anchor))
            elif target and not is_page_label(title) and len(title) < 2:
                blank.setdefault(target, _row_date(anchor))
        for node, target in _handled(tree, base):
            if not is_small(node):
                continue
            title, day = _title(node), _row_date(node)
            if node.tag in _ROWS:  # the row itself is what is clicked on: its date stands within
                title, day = _folded(_DATE.sub(" ", title)), find_date(title) or day
            if 2 <= len(title) <= 120 and not is_page_label(title) and (target, title) not in seen:
                seen.add((target, title))
                yield Link(target, title, day or _day_in(node))
    worded = {target for target, _ in seen}
    yield from (Link(target, "", day) for target, day in blank.items() if target not in worded)


def _handled(tree: LexborHTMLParser, base: str) -> Iterator[tuple[LexborNode, str]]:
    """What leads somewhere on this host without a link: <option value="/nb/jyj/">, <li onclick="open('/a.html')">,
    <tr data-url="./1.html">."""
    for node in tree.css(_HANDLES)[:_MOST_HANDLES]:
        names = ("value",) if node.tag == "option" else ("data-url", "data-href", "data-link")
        value = next((value.strip() for name in names if (value := node.attributes.get(name))), "")
        raw = value if IS_ADDRESS.match(value) else None
        if raw is None and node.tag != "option":
            raw = handled_address(node.attributes.get("onclick") or node.attributes.get("href") or "")
        target = _absolute(raw, base) if raw else None
        if target and target != base and urlsplit(target).netloc == urlsplit(base).netloc:
            yield node, target


def _absolute(href: str | None, base: str) -> str | None:
    href = _SESSION.sub("", (href or "").strip())
    if _PLAIN.fullmatch(href) and (origin := _origin(base)):  # most links of most pages
        return origin + href if len(href) <= 1900 else None
    try:
        target = urljoin(base, href)
        parts = urlsplit(target)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # "http://[": portals do contain such links
        return None
    if not _HASH_ROUTE.match(parts.fragment):
        target = target.partition("#")[0]
    return target if valid and len(target) <= 2000 else None


@lru_cache(256)
def _origin(base: str) -> str | None:
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") and parts.hostname else None


def _title(anchor: LexborNode) -> str:
    """The link's full title: lists cut the text ("关于2023年政府信息公…") and keep the whole in `title`.

    A link that says nothing (点击查看) is called by its row; of a year in a table of organs its row says whose it is.
    """
    text = _DAY_LAST.sub("", _DAY_FIRST.sub("", _words(anchor)))
    picture = anchor.css_first("img[alt]") if not text else None
    named = anchor.attributes.get("title") or anchor.attributes.get("alt")
    whole = _folded((named or (picture.attributes.get("alt") if picture else "") or "")[:_MOST_WORDS])
    title = whole if len(whole) > len(text) or (is_cut(text) and whole) else text
    if (_YEAR.match(title) or _is_nobodys_report(title)) and (whose := _row_head(anchor)):
        return f"{whose} {title}"[:500]
    if rules().empty_labels.match(title.replace(" ", "")):
        row = _own_row(anchor)
        words = _words(row).replace(text, " ", 1) if row is not None else _shared(anchor)
        return (_NUMBERED.sub("", _DATE.sub(" ", words)).strip(" []()（）【】:：-|·、/") or title)[:500]
    return title[:500]


def _day_in(anchor: LexborNode) -> date | None:
    """The day that a link's own words begin or end with."""
    text = _words(anchor)
    found = _DAY_LAST.search(text) or _DAY_FIRST.search(text)
    return find_date(found[0]) if found else None


def _shared(anchor: LexborNode) -> str:
    """The words of a row whose several links all say nothing: 2023年度报告 [网页版] [PDF下载]; else ""."""
    row = next((node for node in above(anchor) if node.tag in (*_ROWS, "body", "table", "ul")), None)
    if row is None or row.tag not in _ROWS or not is_small(row):
        return ""
    labels = [_words(link) for link in row.css("a")]
    if len(labels) > 6 or not all(rules().empty_labels.match(label.replace(" ", "")) for label in labels):
        return ""
    words = _words(row)
    for label in labels:
        words = words.replace(label, " ", 1)
    return " ".join(words.split())


def _is_nobodys_report(title: str) -> bool:
    """<td>财政局</td><td><a title="2023年政府信息公开工作年度报告">2023年</a></td>: only the row says whose it is."""
    return ("年报" in title or "报告" in title) and organ_in(title) is None


def _row_head(anchor: LexborNode) -> str:
    """The organ that heads the row of a year's link; "" when none does, or the name is a link itself.

    财政局 | 2023 2022 in a table, <dt>财政局</dt><dd>2023 2022</dd>, <li>财政局：2023 2022</li>.
    """
    row = next((node for node in above(anchor) if node.tag in ("td", "dd", "li", "p", "body", "table")), None)
    if row is None or row.tag in ("body", "table"):
        return ""
    head = _head_of(row)
    words = _words(head) if head is not None and is_small(head) and head.css_first("a") is None else ""
    words = words or (_around_links(row) if row.tag in ("li", "p") else "")
    words = words.strip(" :：")
    return words if words and organ_in(words) == fold(words) else ""


def _head_of(row: LexborNode) -> LexborNode | None:
    """The first cell of a cell's row of a table; the term that a <dd> belongs to."""
    if row.tag == "td":
        line = row.parent
        return line.css_first("td, th") if line is not None and line.tag == "tr" else None
    before = row.prev if row.tag == "dd" else None
    for _ in range(_MOST_TERMS):
        if before is None or before.tag == "dt":
            return before
        before = before.prev
    return None


def _around_links(row: LexborNode) -> str:
    """The words of a row beside its links, where all of these are called by years; else ""."""
    labels = [_words(link) for link in row.css("a")] if is_small(row) else []
    if not labels or not all(_YEAR.match(label) for label in labels):
        return ""
    words = _words(row)
    for label in labels:
        words = words.replace(label, " ", 1)
    return _folded(words)


def is_cut(title: str) -> bool:
    """Whether a list shows only a title's beginning."""
    return _LAST_DATE.sub("", title).rstrip(" ·").endswith(("…", "..")) or title.rstrip().endswith("··")


def _words(node: LexborNode) -> str:
    """What an element says, as far as a row's words go."""
    return _folded(node.text(deep=True, separator=" ")[:_MOST_WORDS])


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _own_row(anchor: LexborNode) -> LexborNode | None:
    """The row that holds this link and no other; None when there is none."""
    node: LexborNode | None = anchor
    for _ in range(4):
        node = node.parent if node else None
        if node is None or node.tag in ("body", "html", "ul", "table", "tbody"):
            return None
        if node.tag in _ROWS or node.tag == "div":
            if not leads_to_one(node):
                return None
            if node.tag != "p" or len(node.text(deep=True, strip=True)) > len(anchor.text(deep=True, strip=True)):
                return node
    return None


def _row_date(anchor: LexborNode) -> date | None:
    """The date that stands in the link's own row; None when there is none, or the row holds other links."""
    node: LexborNode | None = anchor
    for _ in range(4):
        node = node.parent if node else None
        if node is None or node.tag in ("body", "html", "ul", "table", "tbody"):
            return None
        if node.tag in _ROWS or node.tag == "div":
            if not leads_to_one(node):
                return None
            if found := find_date(node.text(deep=True, separator=" ").replace(anchor.text(deep=True), " ")):
                return found
    return None


def find_date(text: str) -> date | None:
    """The first date written in `text`, as 2024-03-08, 2024.3.8, 2024/03/08 or 2024年3月8日."""
    for match in _DATE.finditer(text):
        try:
            return date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            continue
    return None


def _frames(tree: LexborHTMLParser, base: str) -> Iterator[str]:
    """Pages that may hold the list; a viewer of documents holds none: /pdfjs/web/viewer.html?file=/files/1.pdf"""
    for frame in tree.css("iframe, frame[src], object[data]"):
        attributes = frame.attributes
        target = _absolute(attributes.get("src") or attributes.get("data-src") or attributes.get("data"), base)
        if target and target != base and not re.search(r"[?&]file=", target):
            yield target


def _is_scripted(tree: LexborHTMLParser) -> bool:
    """Whether a script could build list rows: one that fetches, writes or templates, or any external script."""
    for script in tree.css("script"):
        kind = (script.attributes.get("type") or "").lower()
        if kind and "javascript" not in kind and kind not in ("module", "text/html", "text/template"):
            continue
        if script.attributes.get("src") or _BUILDS.search(script.text()):
            return True
    return False
