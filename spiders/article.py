"""What an article page offers beside its text: the documents attached to it, and every date it claims, with provenance.

Pure: HTML in, facts out. Which date to believe is for `compliance` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from spiders.listing import find_date, rules
from spiders.pages import visible_text

# PubDate is prescribed; real pages misspell it and write it in any case: pubdate, PubDate, Pubdate, PublishDate
_META = re.compile(r"^(pub(lish)?[-_ ]?(date|time)|article:published_time|firstpublishedtime)$", re.I)
_LABEL = re.compile(r"(发布(时间|日期)|发文日期|公开日期|生成日期|成文日期|日\s*期|时\s*间)\s*[:：]?\s*$")
_URL_DATE = re.compile(r"/t(20\d\d)(\d\d)(\d\d)_\d+\.|/art/(20\d\d)/(\d{1,2})/(\d{1,2})/")
_REPORTISH = re.compile(r"年度报告|年报|工作报告|附件|全文|下载|查看")


@dataclass(frozen=True, slots=True)
class Article:
    attachments: tuple[str, ...]  # absolute URLs, in the page's order
    dates: tuple[tuple[str, date], ...]  # (provenance, date)
    shell: bool  # hardly any text, and scripts: a browser may see more


def read_article(html: str, url: str) -> Article:
    """Takes some 30 ms a page, most of it trafilatura's: only for pages that were accepted as candidates."""
    tree = LexborHTMLParser(html)
    text = visible_text(tree)
    return Article(
        attachments=tuple(dict.fromkeys(_attachments(tree, url)))[:5],
        dates=(*_dates(tree, text, url), *_guessed(html, url)),
        shell=len(text) < 200 and tree.css_first("script") is not None,
    )


def is_document(url: str) -> bool:
    """Whether a URL names a document rather than a page.

    report.pdf; /system/_content/download.jsp?urltype=…; /module/download/downfile.jsp?classid=0&filename=5a10….docx
    """
    parts = urlsplit(url)
    names = [parts.path, *(value for values in parse_qs(parts.query).values() for value in values)]
    if any(name.lower().rpartition(".")[2] in rules()["documents"] for name in names):
        return True
    return parts.path.lower().rpartition("/")[2] in rules()["document_scripts"]


def _names_a_document(label: str) -> bool:
    return label.strip(" )）]】").lower().rpartition(".")[2] in rules()["documents"]


def _attachments(tree: LexborHTMLParser, url: str) -> Iterator[str]:
    for node in tree.css("a[href], iframe[src], embed[src], object[data]"):
        raw = next((node.attributes[key] for key in ("href", "src", "data") if node.attributes.get(key)), "") or ""
        try:
            target = urljoin(url, raw.strip()).partition("#")[0]
            viewed = parse_qs(urlsplit(target).query).get("file")
        except ValueError:
            continue
        if viewed:  # pdf.js: /web/viewer.html?file=/doc/report.pdf
            target = urljoin(url, unquote(viewed[0]))
        if not target.startswith(("http://", "https://")):
            continue
        labels = (node.text(deep=True, strip=True), node.attributes.get("title") or "")
        named = any(_names_a_document(label) for label in labels)
        if named or (is_document(target) and (node.tag != "a" or _REPORTISH.search("".join(labels)))):
            yield target


def _guessed(html: str, url: str) -> Iterator[tuple[str, date]]:
    """What trafilatura takes for the date: kept beside the others, and never a claim of the publisher's."""
    whole = html if "<body" in html.lower() else f"<html><body>{html}</body></html>"  # it falls over bare fragments
    metadata = trafilatura.extract_metadata(whole, default_url=url)
    if metadata and metadata.date and (found := find_date(metadata.date)):
        yield "trafilatura", found


def _dates(tree: LexborHTMLParser, text: str, url: str) -> Iterator[tuple[str, date]]:
    for meta in tree.css("meta[content]"):
        name = meta.attributes.get("name") or meta.attributes.get("property") or ""
        if _META.match(name.strip()) and (found := find_date(meta.attributes.get("content") or "")):
            yield f"meta:{name.strip()}", found
    for tag in tree.css("publishtime"):  # UCAP: <publishtime>2023-02-01 10:00:00</publishtime>
        if found := find_date(tag.text(strip=True)):
            yield "visible:publishtime", found
    for match in re.finditer(r"20\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}", text):
        label = _LABEL.search(text[max(0, match.start() - 12) : match.start()])
        if label and (found := find_date(match[0])):
            yield "visible:" + "".join(label[1].split()), found
            break
    if in_url := _URL_DATE.search(url):
        year, month, day = (int(part) for part in in_url.groups() if part)
        try:
            yield "url", date(year, month, day)
        except ValueError:
            return
