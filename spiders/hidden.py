"""What a page may hold beside its links: controls that only a script understands, titles that no link leads to, boxes
and forms that ask, documents and pictures that it shows. Pure.

Nothing of this is a report that was found. Each keeps a list from counting as seen whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from portals.titles import fold, organ_in, report_year
from spiders.nodes import above, is_small
from spiders.pagers import handled_address
from spiders.rules import rules

IS_ADDRESS = re.compile(
    r"(https?:/)?/\S+$|\.{1,2}/\S+$|\?\S+=\S+$|[\w./-]+\.(s?html?|jsp|aspx?|do|php)(\?\S*)?$", re.IGNORECASE
)
_CHOICE = re.compile(r"^20\d\d(年|年度)?$|(局|厅|委|委员会|办公室|政府|镇|乡|街道)$")
_INLINE = re.compile(r"</?(?:b|em|i|font|strong|u|mark|span)\b[^>]{0,200}>", re.IGNORECASE)
# titles, no sentences of a report that says 政府信息公开…年度报告; in scripts they are quoted: title:'…2023年…年度报告'
_TEXT = re.compile(r">([^<>，。；]{8,160})<|[\"']([^\"'<>，。；]{8,160})[\"']")
_LEAF = re.compile(
    r"<(li|span|div|dd|em|i|b|label|summary|button)\b([^<>]{0,200})>\s*(?:<input[^<>]{0,200}>\s*)?([^<>]{2,30}?)\s*</\1>",
    re.I,
)
_YEAR_WORDS = re.compile(r"20\d\d|二[〇零○]")
_ASKS = re.compile(r"年度|年份|\byear|单位|部门|机关|机构|索引号|文号|nian", re.IGNORECASE)
_ON = re.compile(r"(?:^|[\s_-])(?:on|cur|current|active|selected|checked|hover|this|now)(?:$|[\s_-])", re.IGNORECASE)
_DECOR = re.compile(
    r"logo|banner|icon|top|head|foot|bottom|qr|ewm|erweima|weixin|wx|weibo|beian|gongan|jiucuo|dzjg|conac|red|blue|bg"
    r"|search|btn|nav|menu|line|dot|arrow|wza|close|\.(gif|svg|ico|webp)(\?|$)",
    re.IGNORECASE,
)


_CONTROLS = "a, button, [onclick], [role=tab], [data-year], [data-id], [data-url], [data-href]"
_MOST_CONTROLS = 10_000  # elements that are looked at
_MOST = 1000  # labels, and titles, that are kept


@dataclass(frozen=True, slots=True)
class Hidden:
    """`controls`: labels of what only a script leads from. `unlinked`: texts like titles that no link leads to.
    `choices`: years or organs are offered in a box that only a script understands. `asks`: a form asks for a year or an
    organ. `embedded`: documents that the page shows. `pictures`: it shows some that are no decoration. `crowded`: it
    has more of all that than is looked at."""

    controls: tuple[str, ...] = ()
    unlinked: tuple[str, ...] = ()
    choices: bool = False
    asks: bool = False
    embedded: tuple[str, ...] = ()
    pictures: bool = False
    crowded: bool = False


def read_hidden(html: str, tree: LexborHTMLParser, titles: Iterable[str], base: str) -> Hidden:
    """`titles` of the page's links; `base` for relative addresses."""
    linked = set(titles)
    controls = tuple(dict.fromkeys((*_controls(tree), *_leaves(html, tree, linked))))
    unlinked = _unlinked(html, linked)
    return Hidden(
        controls=controls[:_MOST],
        unlinked=unlinked[:_MOST],
        crowded=max(len(controls), len(unlinked)) > _MOST or len(tree.css(_CONTROLS)) > _MOST_CONTROLS,
        choices=_has_choices(tree),
        asks=any(_ASKS.search(form.html or "") for form in tree.css("form")) or any(map(_is_blank, tree.css("iframe"))),
        embedded=tuple(dict.fromkeys(_embedded(tree, base)))[:12],
        pictures=any(_is_picture(node) for node in tree.css("img[src]")),
    )


def _controls(tree: LexborHTMLParser) -> Iterator[str]:
    """<a href="javascript:;">2023年</a> · <li onclick="show(2023)"> · <button> · <a data-year=2023>; not what is on."""
    for node in tree.css(_CONTROLS)[:_MOST_CONTROLS]:
        href = (node.attributes.get("href") or "").strip()
        leads = href and not href.startswith(("#", "javascript:", "JavaScript:"))
        if leads or handled_address(f"{href} {node.attributes.get('onclick') or ''}") or _is_on(node):
            continue
        if not is_small(node):
            continue
        if 2 <= len(label := fold(node.text(deep=True))) <= 40:
            yield label


def _leaves(html: str, tree: LexborHTMLParser, linked: set[str]) -> Iterator[str]:
    """What may be a control although nothing at it says so: scripts find <li>2023年</li> by its place.

    Years, and organs where a list names several.
    """
    scripted = tree.css_first("script") is not None
    found = [(tag.lower(), " ".join(text.split())) for tag, on, text in _LEAF.findall(html) if not _ON.search(on)]
    organs = {text for tag, text in found if tag == "li" and organ_in(text) == fold(text)}
    for tag, text in found:
        is_year = _YEAR_WORDS.search(text) is not None and report_year(text) is not None
        bound = scripted or tag in ("label", "summary")
        if bound and text not in linked and (is_year or (text in organs and len(organs) > 1)):
            yield fold(text)


def _is_blank(frame: LexborNode) -> bool:
    """Whether a frame is there for a script to fill; what is not shown serves other ends."""
    attributes = frame.attributes
    hidden = "none" in (attributes.get("style") or "")
    return not hidden and not any(attributes.get(key) for key in ("src", "srcdoc", "data-src"))


def _is_on(node: LexborNode) -> bool:
    """Whether the control is the one whose list is shown."""
    around = (node, node.parent) if node.parent is not None else (node,)
    return any(_ON.search(one.attributes.get("class") or "") for one in around)


def _has_choices(tree: LexborHTMLParser) -> bool:
    """Whether a box offers years or organs by values that are no addresses."""
    for box in tree.css("select"):
        options = [(o.attributes.get("value") or "", o.text(strip=True)) for o in box.css("option")]
        chosen = [text for value, text in options if not IS_ADDRESS.match(value) and _CHOICE.search(text)]
        if chosen and len(options) > 1:
            return True
    return False


def _unlinked(html: str, linked: set[str]) -> tuple[str, ...]:
    body = html[html.find("<body") :] if "<body" in html else html
    texts = (text or quoted for text, quoted in _TEXT.findall(_INLINE.sub("", body)))
    titles = {title for text in texts if "公开" in text and 8 <= len(title := " ".join(text.split())) <= 100}
    return tuple(sorted(titles - linked)) if titles else ()


def _embedded(tree: LexborHTMLParser, base: str) -> Iterator[str]:
    """/files/1.pdf of <embed src>, <object data>, and of viewers: /pdfjs/web/viewer.html?file=/files/1.pdf"""
    for node in tree.css("iframe[src], embed[src], object[data]"):
        raw = (node.attributes.get("src") or node.attributes.get("data") or "").strip()
        try:
            target = urljoin(base, raw)
            viewed = parse_qs(urlsplit(target).query).get("file")
            target = urljoin(target, unquote(viewed[0])) if viewed else target
            ending = urlsplit(target).path.lower().rpartition(".")[2]
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and (viewed or ending in rules().documents):
            yield target.partition("#")[0]


def _is_picture(node: LexborNode) -> bool:
    """Whether an image may be a page of a report: one that leads nowhere, and is not named as decoration."""
    source = node.attributes.get("src") or ""
    if _DECOR.search(source) or source.startswith("data:") or (node.attributes.get("alt") or "").strip():
        return False
    return not any(outer.tag == "a" for outer in above(node))
