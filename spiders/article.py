"""What an article page offers beside its text: the documents attached to it, and every date it claims, with provenance.

Pure: HTML in, facts out. Which date to believe is for `compliance` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

import trafilatura
from selectolax.lexbor import LexborHTMLParser, LexborNode

from spiders.listing import find_date
from spiders.pagers import handled_address
from spiders.pages import visible_text
from spiders.rules import rules

# PubDate is prescribed; real pages misspell it and write it in any case: pubdate, PubDate, Pubdate, PublishDate
_META = re.compile(r"^(pub(lish)?[-_ ]?(date|time)|article:published_time|firstpublishedtime)$", re.I)
_LABEL = re.compile(r"(发布(时间|日期)|发文日期|公开日期|生成日期|成文日期|日\s*期|时\s*间)\s*[:：]?\s*$")
_URL_DATE = re.compile(r"/t(20\d\d)(\d\d)(\d\d)_\d+\.|/art/(20\d\d)/(\d{1,2})/(\d{1,2})/")
_REPORTISH = re.compile(r"年度报告|年报|工作报告|附件|全文|下载|查看")
# ArticleTitle is prescribed; seen as articletitle, Articletitle, ArtcleTitle, title
_META_TITLE = re.compile(r"^(artic?le[-_ ]?title|og:title|title)$", re.I)
_META_SOURCE = re.compile(r"^(content[-_ ]?source|source)$", re.I)
_SITE_TAIL = re.compile(r"\s*(?:[_|]|\s[-–—]\s|--).*$", re.S)
# 统计期限为2023年1月1日至2023年12月31日: says the year of a report whose titles do not
_PERIOD = re.compile(r"(20\d\d)\s*年\s*1\s*月\s*1?\s*日?\s*(?:起|开始)?\s*[，,至到—–-]+\s*(?:\1\s*年)?\s*12\s*月")
# 根据…的要求，现公布甲县教育局2023年度政府信息公开工作情况。本报告由甲县教育局编制
_SAYS = re.compile(
    r"(?:^|[。，,；;：:\s])(?=(?:现|兹|特|由|本报告|本年度报告))([^。，,；;]{0,24}(?:公布|公开|发布|报告|编制)[^。，,；;]{2,80})"
)
_MOST_ATTACHMENTS = 12


@dataclass(frozen=True, slots=True)
class Article:
    attachments: Mapping[str, str]  # absolute URLs, in the page's order, and how the page calls each
    dates: tuple[tuple[str, date], ...]  # (provenance, date)
    shell: bool  # hardly any text, and scripts
    unfilled: bool  # scripts, and neither the report's text nor a document or frame: a browser may see more
    titles: tuple[str, ...] = ()  # what the page calls itself, the most trusted first
    frames: tuple[str, ...] = ()  # pages within it that may hold its body
    period: int | None = None  # the year whose January to December the text says it is about
    is_form: bool = False  # the text has the prescribed report's headings and labels
    goes_on: str | None = None  # the address of its next page, where its text is cut into several
    source: str = ""  # ContentSource: who wrote it, as the page says
    says: tuple[str, ...] = ()  # clauses of its text that say who publishes what: 现公布甲县教育局2023年度…


@lru_cache(4)  # a visit asks for the same page's several times
def read_article(html: str, url: str) -> Article:
    """What the page itself says; some milliseconds of work."""
    tree = LexborHTMLParser(html)
    text = visible_text(tree)
    attachments = dict(islice(_attachments(tree, url), _MOST_ATTACHMENTS))
    period = _PERIOD.search(text)
    sources = _metas(tree, _META_SOURCE)
    frames = tuple(frame for frame in dict.fromkeys(_frames(tree, url)) if frame not in attachments)[:3]
    form, scripted = is_form(text), tree.css_first("script") is not None
    return Article(
        attachments=attachments,
        dates=tuple(_dates(tree, text, url)),
        shell=scripted and len(text) < 200 and not (attachments or frames),
        unfilled=scripted and not (form or attachments or frames),
        titles=tuple(dict.fromkeys(_titles(tree)))[:6],
        frames=frames,
        period=int(period[1]) if period else None,
        is_form=form,
        goes_on=_next_page(tree, url),
        source=sources[0][:100] if sources else "",
        says=tuple("".join(said.split()) for said in _SAYS.findall(text)[:6]),
    )


def _next_page(tree: LexborHTMLParser, url: str) -> str | None:
    """t20240118_1.html names t20240118_1_1.html as 下一页; a list's pager that stands in the frame does not count."""
    stem = re.sub(r"\.\w+$", "", urlsplit(url).path)
    for anchor in tree.css("a[href]"):
        if anchor.text(deep=True, strip=True) in ("下一页", "下页"):
            try:
                target = urljoin(url, (anchor.attributes["href"] or "").strip())
            except ValueError:
                continue
            if target != url and urlsplit(target).path.startswith(stem) and stem.rpartition("/")[2]:
                return target
    return None


def is_form(text: str) -> bool:
    """Whether a text has enough of the prescribed report's headings and labels."""
    plain = "".join(text.split())
    return sum(word in plain for word in rules().form_words) >= rules().form_words_wanted


def page_titles(html: str) -> tuple[str, ...]:
    """What a page calls itself, the most trusted first."""
    return tuple(dict.fromkeys(_titles(LexborHTMLParser(html))))[:6]


def _titles(tree: LexborHTMLParser) -> Iterator[str]:
    found = _metas(tree, _META_TITLE)
    found += [node.text(deep=True, separator=" ") for node in tree.css("ucaptitle, h1, h2")[:6]]
    found += [node.text(deep=True, separator=" ") for node in tree.css("[class*=title], [class*=bt], [id*=title]")[:6]]
    if title := tree.css_first(
        "head title"
    ):  # …年度报告_政府信息公开年报_某市人民政府: the tail is not about the report
        found.append(_SITE_TAIL.sub("", title.text(strip=True)[:500]))
    for text in found:
        if 2 <= len(folded := re.sub(r"\s+", " ", text).strip()) <= 200:
            yield folded


def _metas(tree: LexborHTMLParser, name: re.Pattern[str]) -> list[str]:
    metas = (meta.attributes for meta in tree.css("meta[content]"))
    named = (meta for meta in metas if name.match((meta.get("name") or meta.get("property") or "").strip()))
    return [content.strip() for meta in named if (content := meta.get("content")) and content.strip()]


def _frames(tree: LexborHTMLParser, url: str) -> Iterator[str]:
    for frame in tree.css("iframe[src], frame[src]"):
        try:
            target = urljoin(url, (frame.attributes.get("src") or "").strip()).partition("#")[0]
        except ValueError:
            continue
        if target.startswith(("http://", "https://")) and not is_document(target) and "file=" not in target:
            yield target


def is_document(url: str) -> bool:
    """Whether a URL names a document rather than a page.

    report.pdf; /system/_content/download.jsp?urltype=…; /module/download/downfile.jsp?classid=0&filename=5a10….docx
    """
    parts = urlsplit(url)
    names = [parts.path, *(value for values in parse_qs(parts.query).values() for value in values)]
    if any(name.lower().rpartition(".")[2] in rules().documents for name in names):
        return True
    return parts.path.lower().rpartition("/")[2] in rules().document_scripts


def _names_a_document(label: str) -> bool:
    return label.strip(" )）]】").lower().rpartition(".")[2] in rules().documents


def _attachments(tree: LexborHTMLParser, url: str) -> Iterator[tuple[str, str]]:
    """Each document once, with its label."""
    seen: set[str] = set()
    for node in tree.css("a, iframe[src], embed[src], object[data]"):
        labels = (node.text(deep=True, strip=True), node.attributes.get("title") or "")
        named = any(_names_a_document(label) for label in labels)
        if node.tag == "a" and not named and not _REPORTISH.search("".join(labels)):
            continue  # of a page's links most are its menu's
        try:
            target = urljoin(url, _address(node)).partition("#")[0]
            viewed = parse_qs(urlsplit(target).query).get("file")
            if viewed:  # pdf.js: /web/viewer.html?file=/doc/report.pdf
                target = urljoin(url, unquote(viewed[0]))
        except ValueError:
            continue
        offered = target.startswith(("http://", "https://")) and (named or viewed or is_document(target))
        if offered and target not in seen:
            seen.add(target)
            yield target, max(labels, key=len)


def _address(node: LexborNode) -> str:
    """Where a link or frame leads; <a href="javascript:;" onclick="open('/1.pdf')"> says it in a script."""
    raw = next((node.attributes[key] for key in ("href", "src", "data") if node.attributes.get(key)), "") or ""
    if raw.strip() in ("", "#") or raw.lstrip().lower().startswith("javascript:"):
        return handled_address(f"{raw} {node.attributes.get('onclick') or ''}") or "about:blank"
    return raw.strip()


def guessed_dates(html: str, url: str) -> tuple[tuple[str, date], ...]:
    """What trafilatura takes for the date where neither list nor page says one: never a claim of the publisher's.

    Costs more than all else that is done with a page together.
    """
    whole = html if "<body" in html.lower() else f"<html><body>{html}</body></html>"  # it falls over bare fragments
    metadata = trafilatura.extract_metadata(whole, default_url=url)
    found = find_date(metadata.date) if metadata and metadata.date else None
    return (("trafilatura", found),) if found else ()


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
