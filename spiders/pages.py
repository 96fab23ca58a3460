"""What kind of page this is: the one asked for, or a refusal, a challenge, a page that says 404, a stub that moves on.

Told by a score over marks that are data (data/pages.yaml), not by the status alone: firewalls answer 200.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urljoin

from scrapy.http import Response
from scrapy.http.response.text import TextResponse
from selectolax.lexbor import LexborHTMLParser

from portals.titles import report_year, series_of
from spiders.charset import decode_page
from spiders.rules import make, read_data
from storage.records import Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome` COMPLETE means only that nothing speaks against this page."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    outcome: str
    where: str
    pattern: re.Pattern[str]
    score: float
    detail: str


@dataclass(frozen=True, slots=True)
class ColumnMark:
    where: str
    pattern: re.Pattern[str]
    score: float
    detail: str


@dataclass(frozen=True, slots=True)
class Marks:
    threshold: float
    with_links: float
    few_links: int
    short_text: int
    faint: float
    bare_text: int
    bare_links: int
    tiny_body: int
    statuses: Any  # status → Outcome
    marks: tuple[Mark, ...]
    column_threshold: float
    column_marks: tuple[ColumnMark, ...]


@cache
def load_marks() -> Marks:
    data = read_data("pages.yaml")
    data["statuses"] = {status: Outcome(outcome) for outcome, codes in data["statuses"].items() for status in codes}
    data["marks"] = [make(Mark, {**entry, "outcome": Outcome(entry["outcome"])}) for entry in data["marks"]]
    data["column_marks"] = [make(ColumnMark, entry) for entry in data["column_marks"]]
    return make(Marks, data)


_MOST_TEXT = 4_000_000  # characters, without pictures that stand in the text; parsing takes a hundred times its memory
_MOST_OPTIONS = 5000  # lexbor takes the square of their number in time
_PICTURE = re.compile(r"(;base64,)[A-Za-z0-9+/=\s]{1000,}")


def html_of(response: Response) -> str:
    """The page as text, by its bytes more than by what it claims; without pictures that stand in the text (data:)."""
    claimed = re.search(rb"charset=[\"']?([\w-]+)", response.headers.get("Content-Type") or b"", re.IGNORECASE)
    text = decode_page(response.body, claimed[1].decode("ascii") if claimed else None)
    return _PICTURE.sub(r"\1", text) if ";base64," in text else text


def _is_too_large(response: Response) -> bool:
    """Whether an answer is larger than any list, article or data call of a portal, and would take all our memory."""
    if len(response.body) <= _MOST_TEXT and response.body.count(b"<option") <= _MOST_OPTIONS:
        return False
    text = html_of(response)
    return len(text) > _MOST_TEXT or text.count("<option") > _MOST_OPTIONS


# %PDF, PK (docx, ofd, zip), OLE (doc, xls, wps), {\rtf, PNG, JPEG, Rar!
_DOCUMENTS = (b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"\x89PNG", b"\xff\xd8\xff", b"Rar!")


def is_document_body(body: bytes) -> bool:
    """Whether bytes are a document or picture, whatever type they were sent as: PDFs come as text/html, and worse."""
    return body.lstrip(b"\xef\xbb\xbf \r\n\t")[:8].startswith(_DOCUMENTS)


def judge_page(response: Response) -> Verdict:
    """Whether a response may be taken for the page that was asked for."""
    marks = load_marks()
    document, data = is_document_body(response.body), _is_data(response.body)
    if not document and (data or isinstance(response, TextResponse)) and _is_too_large(response):
        return Verdict(Outcome.PARTIAL, f"{len(response.body):,} bytes are more than is read of one page")
    if response.status == 200 and (document or data):
        return Verdict(Outcome.COMPLETE)
    by_marks = _by_marks(response, marks) if isinstance(response, TextResponse) else None
    if outcome := marks.statuses.get(response.status):
        return by_marks if by_marks and by_marks.outcome == outcome else Verdict(outcome, f"status {response.status}")
    if response.status >= 400:
        if by_marks and by_marks.outcome is Outcome.BLOCKED:  # 503 with a challenge
            return by_marks
        outcome = Outcome.SERVER_ERROR if response.status >= 500 else Outcome.BLOCKED
        return Verdict(outcome, f"status {response.status}")
    if response.status >= 300:
        return Verdict(Outcome.MOVED, f"status {response.status}")
    if len(response.body) <= marks.tiny_body:
        return Verdict(Outcome.BLOCKED, f"a body of {len(response.body)} bytes")
    return by_marks or Verdict(Outcome.COMPLETE)


def _is_data(body: bytes) -> bool:
    """JSON, or the XML of a data call, short as it may be."""
    body = body.strip(b"\xef\xbb\xbf \r\n\t")
    return (body[:1], body[-1:]) in ((b"{", b"}"), (b"[", b"]")) or body.startswith(b"<datastore")


def _by_marks(response: TextResponse, marks: Marks) -> Verdict | None:
    html = html_of(response)
    tree = LexborHTMLParser(html)
    if stub := _stub(tree):
        return Verdict(Outcome.MOVED, f"a stub that leads to {stub[:200]}")
    title, text = tree.css_first("title"), visible_text(tree)
    seen = {"title": title.text(strip=True) if title else "", "html": html, "text": text}
    bare = len(text) <= marks.bare_text and len(tree.css("a[href]")) <= marks.bare_links
    seen["bare"] = f"{seen['title']} {text}" if bare and judge_column(html).outcome is not Outcome.COMPLETE else ""
    scores: dict[Outcome, float] = {}
    details: dict[Outcome, str] = {}
    long = len(text) > marks.short_text
    lists = not long and _links_a_report(tree)
    for mark in _that_count(seen, long and response.status == 200, marks):
        if mark.pattern.search(seen[mark.where]):
            faint = mark.where != "title" and (long or lists)
            outcome = Outcome(mark.outcome)
            scores[outcome] = scores.get(outcome, 0.0) + mark.score * (marks.faint if faint else 1.0)
            details.setdefault(outcome, mark.detail)
    if not scores:
        return None
    best = max(scores, key=lambda key: scores[key])
    needed = marks.with_links if len(tree.css("a[href]")) > marks.few_links else marks.threshold
    return Verdict(best, details[best]) if scores[best] >= needed else None


def _links_a_report(tree: LexborHTMLParser) -> bool:
    """Whether a link is called as a report of some year: a list is no refusal, whoever guards it."""
    titles = (anchor.text(deep=True, strip=True) for anchor in tree.css("a[href]"))
    return any(report_year(title) is not None and series_of(title) is not None for title in titles)


def _that_count(seen: dict[str, str], long: bool, marks: Marks) -> tuple[Mark, ...]:
    """On a long page faint marks alone come to nothing, and looking for them takes more than all the rest."""
    if not long or any(mark.where == "title" and mark.pattern.search(seen["title"]) for mark in marks.marks):
        return marks.marks
    return ()


def judge_column(html: str) -> Verdict:
    """Whether a page without any report in sight is the column at all: not the home page, nor somebody else's page."""
    marks = load_marks()
    tree = LexborHTMLParser(html)
    seen = {"names": " | ".join(_names(tree)), "text": visible_text(tree)}
    score, said = 0.0, ""
    for mark in marks.column_marks:
        if mark.pattern.search(seen[mark.where]):
            score, said = score + mark.score, mark.detail if mark.score < 0 else said
    if score >= marks.column_threshold:
        return Verdict(Outcome.COMPLETE)
    return Verdict(Outcome.REDESIGNED, said or "nothing on the page says that it lists annual reports")


def _names(tree: LexborHTMLParser) -> list[str]:
    """What a page calls itself: title, ColumnName, headings, and where it says that it stands."""
    title = tree.css_first("title")
    found = [title.text(strip=True)[:200]] if title else []
    for meta in tree.css("meta[content]"):
        if (meta.attributes.get("name") or "").strip().lower() in ("columnname", "articletitle", "keywords"):
            found.append((meta.attributes.get("content") or "")[:200])
    places = tree.css(
        "h1, h2, h3, [class*=crumb], [class*=position], [class*=location], [class*=dqwz], [class*=column]"
    )
    found += [re.sub(r"\s+", " ", node.text(deep=True, separator=" ")).strip()[:200] for node in places[:12]]
    text = visible_text(tree)
    found += [match[0] for match in re.finditer(r"(当前|所在|现在)的?位置.{0,80}", text)][:2]
    return found


def stub_target(response: Response) -> str | None:
    """Where a stub sends its reader; None when the response is none."""
    if not isinstance(response, TextResponse):
        return None
    target = _stub(LexborHTMLParser(html_of(response)))
    try:
        return urljoin(response.url, target) if target else None
    except ValueError:
        return None


_REFRESH = re.compile(r"\s*(\d+)\s*;\s*url\s*=\s*['\"]?(.+?)['\"]?\s*$", re.I)
_JUMP = re.compile(
    r"(?:^|[\s;{.])location(?:\.href)?\s*=\s*['\"]([^'\"]+)['\"]|location\.(?:replace|assign)\(\s*['\"]([^'\"]+)['\"]"
)


def _stub(tree: LexborHTMLParser) -> str | None:
    """Where a page without links of its own sends its reader at once: a home page's, or a deleted page's, stub."""
    if tree.css_first("a[href]"):
        return None
    for meta in tree.css("meta[http-equiv]"):
        if (meta.attributes.get("http-equiv") or "").lower() == "refresh":
            match = _REFRESH.match((meta.attributes.get("content") or "")[:2000])
            if match and int(match[1][:4]) <= 5:
                return match[2]
    for script in tree.css("script"):
        jump = _JUMP.search(script.text())
        if jump and "cookie" not in script.text() and len(visible_text(tree).strip()) < 40:
            return jump[1] or jump[2]
    return None


def visible_text(tree: LexborHTMLParser) -> str:
    """What a person would read on the page, spaces folded."""
    body = tree.body
    if body is None:
        return ""
    copy = tree.clone()
    copy.strip_tags(["script", "style", "noscript", "template"])
    return " ".join(copy.body.text(separator=" ").split()) if copy.body else ""
