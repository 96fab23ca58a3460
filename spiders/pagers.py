"""The further pages of a list: read from scripts, links, select boxes and handlers. Pure; nothing is clicked here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.nodes import is_small
from spiders.rules import first_number, rules

# onclick="window.location.href='index_2.html'", href="javascript:location='?page=2'", onclick="openUrl('/art/1.html')"
_HANDLED = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\(|window\.open\()\s*['\"]([^'\"]+)['\"]"
    r"|\w\(\s*['\"]((?:https?:/)?/[^'\"\s]+|[^'\"\s]+\.(?:s?html?|jsp|aspx?)(?:\?[^'\"\s]*)?|[\w.-][\w./-]*/)['\"]"
)
_BEGINS = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.(?:assign|replace)\()\s*['\"]([^'\"]+)['\"]\s*\+\s*(?:this|\w+)\."
    r"(?:value|options\[[^\]]*\]\.value)(?:\s*\+\s*['\"]([^'\"]+)['\"])?"
)
_CONTROLS = (
    "a, button, input[type=button], input[type=submit], input[type=image], li[onclick], span[onclick], div[onclick]"
)
_SET = re.compile(r"[:=]\s*[\"']?(\d{1,9})")
_VALUE = re.compile(r"(?<=[\s\"'])value$")
_PAGE_FILE = re.compile(r"\d[\w-]{0,40}\.(s?html?|jhtml|aspx?|jsp)$|[?&](page|p|pageNo|pageIndex|cur\w*)=\d+", re.I)


@dataclass(frozen=True, slots=True)
class Pager:
    """`turned`: a control turns the page that only a script understands. `cut`: more pages than we fetch."""

    pages: tuple[str, ...]
    turned: bool = False
    cut: bool = False
    system: str | None = None


def read_pager(html: str, tree: LexborHTMLParser, url: str, base: str) -> Pager:
    most = rules().max_pages
    system, scripted, cut = _scripted(html, url, most)
    linked = list(dict.fromkeys(_linked(tree, url, base)))
    pages = tuple(dict.fromkeys([*scripted, *linked]))
    turned = not pages and not scripted and _is_turned(html, tree)
    return Pager(pages[:most], turned and system is None, cut or len(pages) > most, system)


def _scripted(html: str, url: str, most: int) -> tuple[str | None, list[str], bool]:
    """(system, pages that only its script names, whether there are more than we fetch)"""
    for rule in rules().pagers:
        if match := rule.pattern.search(html):
            groups = {key: value for key, value in match.groupdict().items() if value is not None}
            count = int(groups.pop("count")[:6])
            name = urlsplit(url).path.rpartition("/")[2]
            stem, _, ext = name.rpartition(".")
            words = {"stem": "index", "ext": ext or "html", "name": re.sub(r"_\d+$", "", stem) or "index"} | groups
            last = min(count, most + 1) - 1 + rule.first
            pages = [urljoin(url, rule.url.format(n=n, **words)) for n in range(rule.first, last)]
            return rule.system, pages[:most], count > most + 1
    return None, [], False


def _linked(tree: LexborHTMLParser, url: str, base: str) -> Iterator[str]:
    """Pages that a pager links: numbers, 下一页, 尾页, within the folder of this list."""
    for anchor in tree.css("a"):
        if is_page_label(anchor.text(deep=True, strip=True)):
            target = _target(anchor, base)
            if target and _belongs(target, url):
                yield target
    yield from (
        target for box in tree.css("select[onchange]") for target in _chosen(box, base) if _belongs(target, url)
    )
    for option in tree.css("select option[value]"):
        value = (option.attributes.get("value") or "").strip()
        if _PAGE_FILE.search(value) and (target := _joined(base, value)) and _belongs(target, url):
            yield target


def _chosen(box: LexborNode, base: str) -> Iterator[str]:
    """The pages of a box of page numbers: <select onchange="location='list.jsp?cls=3&page='+this.value">"""
    begins = _BEGINS.search(box.attributes.get("onchange") or "")
    if begins is None or not _counts(box):
        return
    for option in box.css("option[value]"):
        if target := _joined(base, begins[1] + (option.attributes.get("value") or "") + (begins[2] or "")):
            yield target


def is_page_label(label: str) -> bool:
    inner = label.strip(" []【】<>«»")
    return (inner.isdigit() and len(inner) <= 3) or label.strip() in rules().next_labels or inner in rules().next_labels


def _target(node: LexborNode, base: str) -> str | None:
    """Where a control leads: its href, or the address in its handler."""
    href = (node.attributes.get("href") or "").strip()
    if not href or href.startswith(("#", "javascript:")):
        handled = handled_address(f"{href} {node.attributes.get('onclick') or ''}")
        if not handled:
            return None
        href = handled
    return _joined(base, href)


def handled_address(handler: str) -> str | None:
    """The address that a handler goes to, when it says so literally."""
    found = _HANDLED.search(handler)
    return (found[1] or found[2]) if found else None


def _joined(base: str, href: str) -> str | None:
    try:
        return urljoin(base, href).partition("#")[0]
    except ValueError:
        return None


def _belongs(target: str, url: str) -> bool:
    """Whether an address may be a page of the list at `url`: same host; same folder, or one named like the list."""
    try:
        there, here = urlsplit(target), urlsplit(url)
    except ValueError:
        return False
    if target == url or there.netloc != here.netloc or there.scheme not in ("http", "https"):
        return False
    folder = here.path.rpartition("/")[0]
    stem = here.path.rpartition(".")[0] if "." in here.path.rpartition("/")[2] else folder
    plain = re.sub(r"_\d+$", "", stem)
    in_folder = there.path.rpartition("/")[0] == folder
    named_alike = bool(plain.strip("/")) and there.path.startswith((plain + "/", plain + "_", plain + "."))
    first_of_all = there.path.rpartition(".")[0] == folder and bool(folder)  # gknb/2.htm leads back to gknb.htm
    return in_folder or named_alike or first_of_all


def _is_turned(html: str, tree: LexborHTMLParser) -> bool:
    """Whether the page says that there are more, or a control does, is not switched off, and names no address."""
    told = first_number(rules().told_pages, html)
    if told == 1:
        return False
    numbers = _numbers(html)
    if (told or _called(rules().script_pages, numbers) or 0) > 1:
        return True
    rows, size = _called(rules().script_rows, numbers), _called(rules().script_size, numbers)
    if (rows and size and rows > size) or any(_counts(box) for box in tree.css("select")):
        return True
    labels = rules().next_labels | rules().more_labels
    for node in tree.css(_CONTROLS):
        if not is_small(node):
            continue
        attributes = node.attributes
        label = node.text(deep=True, strip=True) or attributes.get("value") or attributes.get("title") or ""
        off = "disabled" in attributes or "disabled" in (attributes.get("class") or "")
        if (label.strip() in labels or label.strip() == "2") and not off:
            href = (attributes.get("href") or "").strip()
            if not href or href.startswith(("#", "javascript:")):
                return True
    return False


def _numbers(html: str) -> list[tuple[str, int]]:
    """What is set to a number, and to which: pages: 3 · var totalPage = 3 · <input id="pageCount" value="3">"""
    return [
        (_name_before(html[max(0, set_to.start() - 60) : set_to.start()]), int(set_to[1]))
        for set_to in _SET.finditer(html)
    ]


def _name_before(text: str) -> str:
    named = _VALUE.sub("", text.rstrip()).rstrip()
    return re.split(r"[^\w-]", named.rstrip("\"'"))[-1]


def _called(name: re.Pattern[str], numbers: Sequence[tuple[str, int]]) -> int | None:
    return next((number for called, number in numbers if name.search(called)), None)


def _counts(box: LexborNode) -> bool:
    """Whether a box offers the numbers of pages: 1, 2, 3."""
    numbers = [option.text(strip=True).strip("第页 ") for option in box.css("option")]
    return len(numbers) > 1 and numbers == [str(n + 1) for n in range(len(numbers))]
