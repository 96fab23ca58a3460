"""What kind of page this is: the one asked for, or a refusal, a challenge, a page that says 404, a stub that moves on.

Told by a score over marks that are data (data/pages.yaml), not by the status alone: firewalls answer 200.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML
from scrapy.http import Response
from scrapy.http.response.text import TextResponse
from selectolax.lexbor import LexborHTMLParser

from spiders.charset import decode_page
from storage.records import Outcome


@dataclass(frozen=True, slots=True)
class Verdict:
    """`outcome` COMPLETE means only that nothing speaks against this page."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    outcome: Outcome
    where: str
    pattern: re.Pattern[str]
    score: float
    detail: str


@dataclass(frozen=True, slots=True)
class Marks:
    threshold: float
    few_links: int
    tiny_body: int
    statuses: dict[int, Outcome]
    marks: tuple[Mark, ...]


@cache
def load_marks() -> Marks:
    data = YAML(typ="safe").load(files("spiders").joinpath("data/pages.yaml").read_text(encoding="utf-8"))
    return Marks(
        threshold=float(data["threshold"]),
        few_links=int(data["few_links"]),
        tiny_body=int(data["tiny_body"]),
        statuses={status: Outcome(outcome) for outcome, codes in data["statuses"].items() for status in codes},
        marks=tuple(
            Mark(Outcome(m["outcome"]), m["where"], re.compile(m["pattern"]), float(m["score"]), m["detail"])
            for m in data["marks"]
        ),
    )


def html_of(response: TextResponse) -> str:
    """The page as text, by its bytes more than by what it claims."""
    claimed = re.search(rb"charset=[\"']?([\w-]+)", response.headers.get("Content-Type") or b"", re.IGNORECASE)
    return decode_page(response.body, claimed[1].decode("ascii") if claimed else None)


def judge_page(response: Response) -> Verdict:
    """Whether a response may be taken for the page that was asked for."""
    marks = load_marks()
    by_marks = _by_marks(response, marks) if isinstance(response, TextResponse) else None
    if outcome := marks.statuses.get(response.status):
        return by_marks if by_marks and by_marks.outcome == outcome else Verdict(outcome, f"status {response.status}")
    if response.status >= 500:
        return Verdict(Outcome.SERVER_ERROR, f"status {response.status}")
    if response.status >= 400:
        return Verdict(Outcome.BLOCKED, f"status {response.status}")
    if response.status >= 300:
        return Verdict(Outcome.MOVED, f"status {response.status}")
    if len(response.body) <= marks.tiny_body:
        return Verdict(Outcome.BLOCKED, f"a body of {len(response.body)} bytes")
    return by_marks or Verdict(Outcome.COMPLETE)


def _by_marks(response: TextResponse, marks: Marks) -> Verdict | None:
    html = html_of(response)
    tree = LexborHTMLParser(html)
    if stub := _refresh_stub(tree):
        return Verdict(Outcome.MOVED, f"meta refresh to {stub[:200]}")
    if len(tree.css("a[href]")) > marks.few_links:
        return None
    title = tree.css_first("title")
    seen = {"title": title.text(strip=True) if title else "", "html": html, "text": visible_text(tree)}
    scores: dict[Outcome, float] = {}
    details: dict[Outcome, str] = {}
    for mark in marks.marks:
        if mark.pattern.search(seen[mark.where]):
            scores[mark.outcome] = scores.get(mark.outcome, 0.0) + mark.score
            details.setdefault(mark.outcome, mark.detail)
    if not scores:
        return None
    outcome = max(scores, key=lambda key: scores[key])
    return Verdict(outcome, details[outcome]) if scores[outcome] >= marks.threshold else None


def _refresh_stub(tree: LexborHTMLParser) -> str | None:
    """Where a page without links of its own sends its reader at once (a deleted or moved page's stub)."""
    for meta in tree.css("meta[http-equiv]"):
        if (meta.attributes.get("http-equiv") or "").lower() == "refresh":
            match = re.match(
                r"\s*(\d+)\s*;\s*url\s*=\s*['\"]?(.+?)['\"]?\s*$", meta.attributes.get("content") or "", re.I
            )
            if match and int(match[1]) <= 5 and not tree.css_first("a[href]"):
                return match[2]
    return None


def visible_text(tree: LexborHTMLParser) -> str:
    """What a person would read on the page, spaces folded."""
    body = tree.body
    if body is None:
        return ""
    copy = LexborHTMLParser(body.html or "")
    copy.strip_tags(["script", "style", "noscript", "template"])
    return re.sub(r"\s+", " ", copy.body.text(separator=" ") if copy.body else "")
