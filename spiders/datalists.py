"""Lists that come as data: XML with records, JSON with rows or with HTML in it; and the calls that fetch them.

Pure. Which calls a portal system makes is data (listings.yaml, `calls`).
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from spiders.rules import CallRule, first_number, rules

_ENTITY = re.compile(r"&#?\w{1,12};")
_BLOCK = 4000  # characters of a script in which one call is set up
_DEEP = 12  # of nested JSON that is looked at
_SHANGHAI = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Call:
    """One request for a part of a list."""

    url: str
    method: str = "GET"
    body: str = ""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """How the parts of one list are asked for. `total` records, None when the page does not say."""

    system: str
    rule: CallRule
    values: dict[str, str]
    page: str
    per: int
    total: int | None

    @property
    def batch(self) -> int:
        return self.per * 3 if "{start}" in self.rule.url else self.rule.batch

    def call(self, number: int) -> Call:
        """The call for part `number`, from 1."""
        start = (number - 1) * self.batch + 1
        end = start + self.batch - 1
        query = urlencode(self.values)
        given = {name: self.values.get(name, "") for name in self.rule.fields}
        words = {"n": number, "start": start, "end": end, "per": self.per, "query": query, **given}
        url = urljoin(self.page, self.rule.url.format(**words))
        return Call(url, self.rule.method, query if self.rule.method == "POST" else "")


def plan_calls(html: str, url: str) -> tuple[CallPlan, ...]:
    """The data calls that fill this page's lists, when a known system's are recognised: one plan for each list.

    Where there are several, which total is whose is not said: their answers tell.
    """
    # of attributes; a script's own text has none, and &para of "&paramJson=" is none without a semicolon
    text = _ENTITY.sub(lambda match: entities.unescape(match[0]), html)
    for rule in rules().calls:
        if rule.mark.search(text) or rule.mark.search(url):
            settings = [found for block in _blocks(rule, text) if (found := _settings(rule, block, url))]
            if not settings and (found := _settings(rule, text, url)):
                settings = [found]
            plans = {tuple(values.items()): values for values in settings}
            per = min(max(first_number(rules().per_page, text) or 15, 1), 100)
            total = first_number(rules().totals, text) if len(plans) == 1 else None
            if plans:
                return tuple(CallPlan(rule.system, rule, values, url, per, total) for values in plans.values())
    return ()


def _blocks(rule: CallRule, text: str) -> Iterator[str]:
    """The pieces of a page that set up one call each: {perPage:15, proxyUrl:'…dataproxy.jsp', columnid:'7', …}."""
    for match in rule.mark.finditer(text):
        start, end = text.rfind("{", 0, match.start()), text.find("}", match.end())
        if start >= 0 and 0 <= end <= start + _BLOCK:
            yield text[start : end + 1]


def _settings(rule: CallRule, text: str, url: str) -> dict[str, str] | None:
    """What the call must say; None when something that it needs is not there."""
    values = {name: value for name in rule.fields if (value := _field(text, name, url)) is not None}
    return values if all(values.get(name) for name in rule.needs) else None


def _field(text: str, name: str, url: str) -> str | None:
    """columnid:'1229' · "webid": 7 · columnid=1229&… · SID = "760001" · #3874 in the page's own address"""
    names = rf"(?<![\w-])[\"']?{name}[\"']?\s*[:=]\s*[\"']?([^\"'&,;<>\s)}}]*)"
    told: list[str] = re.findall(names, text, re.I)
    if plain := [value for value in told if value and not value.startswith("+")]:  # '&sid=' + C.SID is put together
        return plain[0]
    fragment = urlsplit(url).fragment
    if name == "cate" and fragment.isdigit():
        return fragment
    return "" if told else None


@dataclass(frozen=True, slots=True)
class DataRow:
    url: str
    title: str
    date: date | None


@dataclass(frozen=True, slots=True)
class Data:
    """One answer to a data call: rows, and pieces of HTML that hold rows. `total` is what it says of all records."""

    rows: tuple[DataRow, ...]
    html: tuple[str, ...]
    total: int | None


def wanting(parts: Sequence[Sequence[Hashable]], total: int | None) -> int:
    """How many of a list's rows are not among the parts that were asked for in turn; 1 when their number is not known.

    A row that comes again counts once: some servers take no notice of which part is asked for. Where no total is told,
    the end is a part without rows, or the last part given once more, if that was shorter than the first.
    """
    if total is not None:
        return max(0, total - len({row for part in parts for row in part}))
    *earlier, last = parts
    if not last:
        return 0
    clamped = len(earlier) > 1 and set(last) == set(earlier[-1]) and len(earlier[-1]) < len(earlier[0])
    return 0 if clamped else 1


def is_data(text: str) -> bool:
    """Whether an answer is JSON or a datastore rather than a page."""
    head = text.lstrip("\ufeff \t\r\n")[:200]
    return head.startswith(("{", "[")) or "<datastore" in head or "<recordset" in head


def records(text: str) -> list[str]:
    """What stands in the records of a datastore, in an answer or in a page: <record><![CDATA[<li>…</li>]]></record>"""
    found = (piece.partition("</record>") for piece in text.split("<record>")[1:])
    whole = (inner.strip() for inner, end, _ in found if end)
    return [inner.removeprefix("<![CDATA[").removesuffix("]]>").strip() for inner in whole]


def read_data_list(text: str, url: str) -> Data | None:
    """The rows in a data call's answer; None when it is no data that could hold a list."""
    text = text.lstrip("\ufeff \t\r\n")
    if "<record" in text[:20000] and not text.startswith(("{", "[")):
        return Data(
            (), tuple(entities.unescape(record) for record in records(text)), first_number(rules().totals, text)
        )
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict | list):
        return None
    rows: list[DataRow] = []
    pieces: list[str] = []
    totals: list[int] = []
    for item in _walk(data, 0):
        if isinstance(item, str):
            if "<a " in item:
                pieces.append(item)
            continue
        if row := _row(item, url):
            rows.append(row)  # its own "count" tells how often it was read
        elif (total := _number(item, rules().json_totals)) is not None:
            totals.append(total)
    return Data(tuple(rows), tuple(pieces), max(totals, default=None))


def _walk(value: Any, depth: int) -> Iterator[Any]:
    """Every mapping, and every text, of nested JSON."""
    if depth > _DEEP:
        return
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _walk(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, str):
        yield value


def _row(item: dict[str, Any], url: str) -> DataRow | None:
    title = next((item[key] for key in rules().json_titles if isinstance(item.get(key), str) and item[key]), None)
    href = next((item[key] for key in rules().json_urls if isinstance(item.get(key), str) and item[key]), None)
    if not title or not href:
        return None
    try:
        target = urljoin(url, href.strip())
        if urlsplit(target).scheme not in ("http", "https"):
            return None
    except ValueError:
        return None
    day = next((found for key in rules().json_dates if (found := _day(item.get(key)))), None)
    return DataRow(target, re.sub(r"<[^>]{0,100}>", "", title).strip()[:500], day)


def _number(item: dict[str, Any], keys: tuple[str, ...]) -> int | None:
    for key in keys:
        value = item.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if isinstance(value, str) and value.isdecimal() and len(value) < 10:
            return int(value)
    return None


def _day(value: Any) -> date | None:
    """2024-01-26 09:15:00, 2024/1/26, or seconds or milliseconds since 1970."""
    if isinstance(value, str):
        match = re.search(r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})", value)
        if match:
            try:
                return date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                return None
        value = int(value) if value.isdecimal() and len(value) in (10, 13) else None
    if isinstance(value, int) and not isinstance(value, bool):
        seconds = value / 1000 if value > 10**11 else value
        if 10**9 < seconds < 4 * 10**9:
            return (datetime.fromtimestamp(seconds, UTC) + _SHANGHAI).date()
    return None
