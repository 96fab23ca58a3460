"""The index as CDX lines: what pywb's and the Internet Archive's CDX servers answer, with their parameters.

Parameters come from strangers: patterns run in RE2, whose time is linear, and every answer has a limit.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Literal, get_args

import re2
from sqlalchemy import ColumnElement, func, or_, select

from storage.database import Database
from storage.errors import StorageError
from storage.index import indexable
from storage.models import CaptureRow
from storage.records import Capture
from storage.urls import urlkey

MatchType = Literal["exact", "prefix", "host", "domain"]
FIELDS = ("urlkey", "timestamp", "url", "mime", "status", "digest", "length", "offset", "filename")
LIMIT = 100_000
PAGE = 5_000
_NEAR = 10_000  # captures on either side that `closest` looks at
_SYNONYMS = {"original": "url", "mimetype": "mime", "statuscode": "status", "file": "filename"}
_LAST = "\U0010ffff"

Line = dict[str, str]


class BadQuery(StorageError):
    """A parameter that cannot be understood; `str()` names it."""


@dataclass(frozen=True, slots=True)
class CdxQuery:
    """One question. Moments and timestamps are UTC; `since` and `until` are inclusive."""

    url: str
    match: MatchType = "exact"
    since: datetime | None = None
    until: datetime | None = None
    filters: tuple[str, ...] = ()  # "[!][=|~]field:text": contains; with = equals; with ~ the RE2 pattern fits wholly
    collapse: tuple[str, ...] = ()  # "field" or "field:digits": of neighbours that agree, the first
    fields: tuple[str, ...] = FIELDS
    limit: int = LIMIT  # negative: the last ones
    reverse: bool = False
    closest: datetime | None = None  # nearest first; for exact matches
    page: int | None = None  # from 0; None: all at once
    page_size: int = PAGE  # captures of one page, before filters


def parse(parameters: Iterable[tuple[str, str]]) -> CdxQuery:
    """A query from URL parameters (`url matchType from to filter collapse fl limit sort closest page pageSize`).

    Raises BadQuery.
    """
    given: dict[str, list[str]] = {}
    for name, value in parameters:
        given.setdefault(name, []).append(value)
    url, match = _one(given, "url"), _one(given, "matchType") or "exact"
    if not url:
        raise BadQuery("url: say which address")
    if url.startswith("*.") and "matchType" not in given:
        url, match = url[2:], "domain"
    elif url.endswith("*") and "matchType" not in given:
        url, match = url[:-1], "prefix"
    if match not in get_args(MatchType):
        raise BadQuery(f"matchType: {match!r} is none of {', '.join(get_args(MatchType))}")
    sort = _one(given, "sort") or "default"
    if sort not in ("default", "reverse", "closest"):
        raise BadQuery(f"sort: {sort!r} is none of default, reverse, closest")
    closest = _one(given, "closest")
    query = CdxQuery(
        url if re.match(r"^[A-Za-z][A-Za-z0-9+.\-]*:", url) else "http://" + url,
        match,  # type: ignore[arg-type]
        since=_moment("from", _one(given, "from"), 0),
        until=_moment("to", _one(given, "to"), 1),
        filters=tuple(given.get("filter", ())),
        collapse=tuple(given.get("collapse", ())),
        fields=_fields(_one(given, "fl") or _one(given, "fields")),
        limit=_limit(_one(given, "limit")),
        reverse=sort == "reverse",
        closest=_moment("closest", closest, 0) if closest and sort in ("closest", "default") else None,
        page=_number("page", _one(given, "page"), 0),
        page_size=_number("pageSize", _one(given, "pageSize"), 1) or PAGE,
    )
    if query.page is not None and (query.closest is not None or query.limit < 0):
        raise BadQuery("page: cannot be had with closest, or with the last ones (a negative limit)")
    _tests(query.filters)
    _collapses(query.collapse)
    return query


def lines(db: Database, query: CdxQuery) -> Iterator[Line]:
    """The answer, line by line: by urlkey and time, unless asked otherwise."""
    tests, collapses = _tests(query.filters), _collapses(query.collapse)
    backwards = query.reverse or query.limit < 0
    every = None if tests or collapses else abs(query.limit)
    if query.page is not None:
        every = query.page_size
    found = _closest(db, query) if query.closest is not None else _ordered(db, query, backwards, every)
    passed = (line for line in found if all(test(line) for test in tests))
    kept = islice(_collapsed(passed, collapses), min(abs(query.limit), LIMIT))
    chosen: Iterable[Line] = reversed(list(kept)) if query.limit < 0 and not query.reverse else kept
    for line in chosen:
        yield {name: line[name] for name in query.fields}


def pages(db: Database, query: CdxQuery) -> int:
    """How many pages the answer has: whoever asks for them from 0 to this, less one, has every line once."""
    counted = _select(query).with_only_columns(func.count())
    found: int = db.ask(counted)[0][0]
    return -(-found // query.page_size)


def line_of(capture: Capture, file: str, offset: int, size: int) -> Line:
    """A response or revisit as it stands in this file: a member of `size` bytes at `offset`."""
    revisit = capture.kind == "revisit"
    return {
        "urlkey": urlkey(capture.url) if "#" in capture.urlkey else capture.urlkey,
        "timestamp": timestamp(capture.at),
        "url": capture.url,
        "mime": "warc/revisit" if revisit else capture.media_type or "unk",
        "status": "-" if revisit or capture.status is None else str(capture.status),  # as pywb's own indexer says it
        "digest": capture.wire_digest or capture.digest,
        "length": str(size),
        "offset": str(offset),
        "filename": file,
    }


def text_line(line: Line) -> str:
    """A plain CDX line: the fields in order, one blank between."""
    return " ".join(line.values())


def json_line(line: Line) -> str:
    """One JSON object."""
    return json.dumps(line, ensure_ascii=False)


def cdxj_line(line: Line) -> str:
    """CDXJ as pywb writes it: urlkey and timestamp before the JSON of the rest. Needs those two fields."""
    rest = {name: value for name, value in line.items() if name not in ("urlkey", "timestamp")}
    return f"{line['urlkey']} {line['timestamp']} {json.dumps(rest)}"


def timestamp(moment: datetime) -> str:
    """Fourteen digits, UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def moment_of(stamp: str, *, end: bool = False) -> datetime:
    """A timestamp of 4 to 14 digits as its first moment, or with `end` its last. Raises ValueError."""
    if not re.fullmatch(r"\d{4}|\d{6}|\d{8}|\d{10}|\d{12}|\d{14}", stamp):
        raise ValueError(f"{stamp!r} is no timestamp of 4 to 14 digits")
    start = datetime.strptime((stamp + "0101000000"[len(stamp) - 4 :])[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    if not end:
        return start
    match len(stamp):
        case 4:
            after = start.replace(year=start.year + 1)
        case 6:
            after = (start + timedelta(days=31)).replace(day=1)
        case length:
            after = start + {8: timedelta(days=1), 10: timedelta(hours=1), 12: timedelta(minutes=1)}.get(
                length, timedelta(seconds=1)
            )
    return after - timedelta(microseconds=1)


def _ordered(db: Database, query: CdxQuery, backwards: bool, most: int | None) -> Iterator[Line]:
    """Captures in their order; `most` is how many are wanted, None where not every one will pass."""
    order = (CaptureRow.urlkey, CaptureRow.at, CaptureRow.id)
    statement = _select(query).order_by(*(column.desc() if backwards else column for column in order)).limit(most)
    if query.page is not None:
        statement = statement.offset(query.page * query.page_size)
    with db.read() as connection:
        for row in connection.execution_options(yield_per=1000).execute(statement):
            yield _line(row)


def _closest(db: Database, query: CdxQuery) -> Iterator[Line]:
    """Exact matches, nearest in time first: two walks away from the moment, merged."""
    if query.match != "exact" or query.closest is None:
        raise BadQuery("sort: closest needs an exact address")
    wanted, moment = _select(query), query.closest
    with db.read() as connection:
        later = connection.execute(wanted.where(CaptureRow.at >= moment).order_by(CaptureRow.at).limit(_NEAR)).all()
        sooner = connection.execute(wanted.where(CaptureRow.at < moment).order_by(CaptureRow.at.desc()).limit(_NEAR))
        for row in sorted([*later, *sooner.all()], key=lambda row: (abs(row.at - moment), row.at)):
            yield _line(row)


def _select(query: CdxQuery) -> Any:
    statement = select(CaptureRow).where(_range(query), CaptureRow.kind.in_(("response", "revisit")))
    if query.since is not None:
        statement = statement.where(CaptureRow.at >= query.since)
    if query.until is not None:
        statement = statement.where(CaptureRow.at <= query.until)
    return statement


def _range(query: CdxQuery) -> ColumnElement[bool]:
    key = urlkey(query.url)
    if query.match == "exact":
        return CaptureRow.urlkey == indexable(key)
    if query.match == "prefix":
        trimmed = key[:-1] if key.endswith(")/") and not query.url.endswith("/") else key
        return _begins(trimmed)
    host = key.partition(")")[0]
    if query.match == "host":
        return _begins(host + ")")
    return or_(_begins(host + ")"), _begins(host + ","))


def _begins(prefix: str) -> ColumnElement[bool]:
    return (CaptureRow.urlkey >= prefix) & (CaptureRow.urlkey < prefix + _LAST)


def _line(row: Any) -> Line:
    return line_of(row, row.file, row.offset, row.size)


def _tests(filters: Sequence[str]) -> list[Callable[[Line], bool]]:
    return [_test(text) for text in filters]


def _test(text: str) -> Callable[[Line], bool]:
    match = re.match(r"^(!?)([=~]?)(\w+):(.*)$", text, re.DOTALL)
    name = _SYNONYMS.get(match[3], match[3]) if match else ""
    if match is None or name not in FIELDS:
        raise BadQuery(f"filter: {text!r} is not [!][=|~]field:text with a field of {', '.join(FIELDS)}")
    negated, kind, value = bool(match[1]), match[2], match[4]
    if kind == "=":
        return lambda line: (line[name] == value) is not negated
    if kind == "":
        return lambda line: (value in line[name]) is not negated
    options = re2.Options()
    options.log_errors, options.max_mem = False, 1 << 20
    try:
        pattern = re2.compile(value, options)
    except re2.error as error:
        raise BadQuery(f"filter: {value!r} is no pattern of RE2") from error
    return lambda line: (pattern.fullmatch(line[name]) is not None) is not negated


def _collapses(collapse: Sequence[str]) -> list[tuple[str, int | None]]:
    found = []
    for text in collapse:
        name, _, digits = text.partition(":")
        name = _SYNONYMS.get(name, name)
        if name not in FIELDS or (digits and not (digits.isascii() and digits.isdigit())):
            raise BadQuery(f"collapse: {text!r} is not field or field:digits with a field of {', '.join(FIELDS)}")
        found.append((name, int(digits) if digits else None))
    return found


def _collapsed(found: Iterable[Line], collapses: Sequence[tuple[str, int | None]]) -> Iterator[Line]:
    last: tuple[str, ...] | None = None
    for line in found:
        key = tuple(line[name][:digits] for name, digits in collapses)
        if not collapses or key != last:
            yield line
        last = key


def _one(given: dict[str, list[str]], name: str) -> str | None:
    return given[name][-1] if name in given else None


def _fields(text: str | None) -> tuple[str, ...]:
    names = tuple(_SYNONYMS.get(name, name) for name in text.split(",")) if text else FIELDS
    for name in names:
        if name not in FIELDS:
            raise BadQuery(f"fl: {name!r} is none of {', '.join(FIELDS)}")
    return names


def _limit(text: str | None) -> int:
    if text is None:
        return LIMIT
    if not re.fullmatch(r"-?[0-9]{1,9}", text) or int(text) == 0:
        raise BadQuery(f"limit: {text!r} is no number other than 0")
    return max(-LIMIT, min(LIMIT, int(text)))


def _number(name: str, text: str | None, least: int) -> int | None:
    if text is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise BadQuery(f"{name}: {text!r} is no number from {least} on")
    return min(int(text), LIMIT)


def _moment(name: str, text: str | None, end: int) -> datetime | None:
    if not text:
        return None
    try:
        return moment_of(text, end=bool(end))
    except (ValueError, OverflowError) as error:
        raise BadQuery(f"{name}: {error}") from error
