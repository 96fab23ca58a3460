"""What a list page shows: its links with title and date, its further pages, and whether scripts may hide more.

Pure: HTML in, a Listing out. Does not decide which link is a report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urljoin, urlsplit

from ruamel.yaml import YAML
from selectolax.lexbor import LexborHTMLParser, LexborNode

_DATE = re.compile(r"(?<!\d)(20\d\d)\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})(?!\d)")
_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.S)
_ROWS = {"li", "tr", "p", "dd", "dl"}


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
    hidden: int = 0  # records that the page says exist, and that neither it nor its pages hold


@cache
def rules() -> dict[str, Any]:
    """data/listings.yaml, as it is."""
    data: dict[str, Any] = YAML(typ="safe").load(
        files("spiders").joinpath("data/listings.yaml").read_text(encoding="utf-8")
    )
    return data


def read_listing(html: str, url: str) -> Listing:
    """The listing on one page. `url` is the page's own, for relative links."""
    tree = LexborHTMLParser(html)
    base = _base(tree, url)
    records = [LexborHTMLParser(f"<ul>{record}</ul>") for record in _RECORD.findall(html)]
    links = tuple(_links([tree, *records], base))[: rules()["max_sightings"]]
    pages = tuple(dict.fromkeys([*_scripted_pages(html, url), *_linked_pages(tree, url, base)]))
    return Listing(
        links=links,
        pages=pages[: rules()["max_pages"]],
        scripted=_is_scripted(tree),
        placeholder=any(word in html for word in rules()["placeholders"]),
        hidden=_hidden(html, len(records)),
    )


def _base(tree: LexborHTMLParser, url: str) -> str:
    base = tree.css_first("base[href]")
    return urljoin(url, base.attributes.get("href") or "") if base else url


def _links(trees: list[LexborHTMLParser], base: str) -> Iterator[Link]:
    seen: set[tuple[str, str]] = set()
    for tree in trees:
        for anchor in tree.css("a[href]"):
            target = _absolute(anchor.attributes.get("href"), base)
            title = _title(anchor)
            if target and len(title) >= 4 and (target, title) not in seen:
                seen.add((target, title))
                yield Link(target, title, _row_date(anchor))


def _absolute(href: str | None, base: str) -> str | None:
    try:
        target = urljoin(base, (href or "").strip())
        parts = urlsplit(target)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # "http://[": portals do contain such links
        return None
    return target.partition("#")[0] if valid and len(target) <= 2000 else None


def _title(anchor: LexborNode) -> str:
    """The link's full title: lists cut the text ("关于2023年政府信息公…") and keep the whole in `title`."""
    text = re.sub(r"\s+", " ", anchor.text(deep=True, separator=" ")).strip()
    whole = re.sub(r"\s+", " ", anchor.attributes.get("title") or "").strip()
    return (whole if len(whole) > len(text) or (text.endswith(("…", "...")) and whole) else text)[:500]


def _row_date(anchor: LexborNode) -> date | None:
    """The date that stands in the link's own row; None when there is none, or the row holds other links."""
    node: LexborNode | None = anchor
    for _ in range(4):
        node = node.parent if node else None
        if node is None or node.tag in ("body", "html", "ul", "table", "tbody"):
            return None
        if node.tag in _ROWS or node.tag == "div":
            if len({a.attributes.get("href") for a in node.css("a[href]")}) > 1:
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


def _scripted_pages(html: str, url: str) -> Iterator[str]:
    """Pages that only a script names. Read, not clicked."""
    for pager in rules()["pagers"]:
        if match := re.search(pager["pattern"], html):
            groups = match.groupdict()
            last = min(int(groups.pop("count")), rules()["max_pages"]) - 1 + pager["offset"]
            for n in range(pager["first"], last + 1):
                yield urljoin(url, pager["url"].format(n=n, **groups))
            return


def _linked_pages(tree: LexborHTMLParser, url: str, base: str) -> Iterator[str]:
    """Pages that a pager links: numbers, 下一页, 尾页, within the folder of this list."""
    folder = urlsplit(url).path.rpartition("/")[0]
    stem = urlsplit(url).path.rpartition(".")[0] or folder
    for anchor in tree.css("a[href]"):
        label = anchor.text(deep=True, strip=True)
        if not ((label.isdigit() and len(label) <= 3) or label in rules()["next_labels"]):
            continue
        target = _absolute(anchor.attributes.get("href"), base)
        if target is None or target == url or urlsplit(target).netloc != urlsplit(url).netloc:
            continue
        path = urlsplit(target).path
        if path.rpartition("/")[0] == folder or path.startswith(stem.rpartition("_")[0] or stem):
            yield target


def _is_scripted(tree: LexborHTMLParser) -> bool:
    """Whether a script could build list rows: one that fetches, writes or templates, or any external script."""
    for script in tree.css("script"):
        kind = (script.attributes.get("type") or "").lower()
        if kind and "javascript" not in kind and kind not in ("module", "text/html", "text/template"):
            continue
        if script.attributes.get("src"):
            return True
        if re.search(
            r"fetch\(|ajax|XMLHttpRequest|innerHTML|appendChild|document\.write\(|axios|Vue|React", script.text()
        ):
            return True
    return False


def _hidden(html: str, shown: int) -> int:
    match = re.search(rules()["datastore_total"], html)
    return max(0, int(match["count"]) - shown) if match else 0
