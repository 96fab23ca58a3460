"""The CDX answers: which lines, in which order, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from storage import cdx, queries
from storage.archive import Archive
from storage.database import Database
from storage.warc import WarcWriter
from tests.storage.make import URL, day, exchange, not_modified

HEAD_404 = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\n\r\n"


@pytest.fixture
def index(db: Database, archive: Archive, writer: WarcWriter) -> Database:
    first = writer.exchange(exchange())
    writer.exchange(not_modified(day(1)), first)
    writer.exchange(exchange(at=day(2), head=HEAD_404, body=b"gone"))
    writer.exchange(exchange("http://www.example.gov.cn/zwgk/nb/a.pdf", day(1)))
    writer.exchange(exchange("http://www.example.gov.cn/", day(1)))
    writer.exchange(exchange("http://bureau.example.gov.cn/x", day(1)))
    writer.exchange(exchange("http://example.gov.cn.hijacked.com/", day(1)))
    queries.ingest(db, archive)
    return db


def ask(db: Database, query: str) -> list[str]:
    """Answers as `address@day status`."""
    parameters = [tuple(part.split("=", 1)) for part in query.split("&")]
    found = cdx.lines(db, cdx.parse(parameters))  # type: ignore[arg-type]
    return [f"{line['url'].removeprefix('http://')}@{line['timestamp'][6:8]} {line['status']}" for line in found]


PAGE = URL.removeprefix("http://")


@pytest.mark.parametrize(("query", "expected"), [
    (f"url={URL}", [f"{PAGE}@15 200", f"{PAGE}@16 -", f"{PAGE}@17 404"]),
    (f"url={PAGE}", [f"{PAGE}@15 200", f"{PAGE}@16 -", f"{PAGE}@17 404"]),
    (f"url={URL}&from=20260116&to=20260116", [f"{PAGE}@16 -"]),
    (f"url={URL}&from=2026&to=2026&limit=1", [f"{PAGE}@15 200"]),
    (f"url={URL}&limit=-1", [f"{PAGE}@17 404"]),
    (f"url={URL}&limit=-2", [f"{PAGE}@16 -", f"{PAGE}@17 404"]),
    (f"url={URL}&sort=reverse&limit=2", [f"{PAGE}@17 404", f"{PAGE}@16 -"]),
    (f"url={URL}&closest=20260116050000&limit=2", [f"{PAGE}@16 -", f"{PAGE}@17 404"]),
    (f"url={URL}&filter==status:200", [f"{PAGE}@15 200"]),
    (f"url={URL}&filter=~statuscode:[34]..", [f"{PAGE}@17 404"]),
    (f"url={URL}&filter=!~status:2..&filter=!mime:plain", [f"{PAGE}@16 -"]),
    (f"url={URL}&collapse=digest", [f"{PAGE}@15 200", f"{PAGE}@17 404"]),
    (f"url={URL}&collapse=timestamp:6", [f"{PAGE}@15 200"]),
    ("url=http://example.gov.cn/zwgk/*&collapse=urlkey", ["www.example.gov.cn/zwgk/nb/a.pdf@16 200", f"{PAGE}@15 200"]),
    ("url=http://example.gov.cn/nothing&matchType=prefix", []),
    ("url=example.gov.cn&matchType=host&collapse=urlkey",
     ["www.example.gov.cn/@16 200", "www.example.gov.cn/zwgk/nb/a.pdf@16 200", f"{PAGE}@15 200"]),
    ("url=*.example.gov.cn&filter=url:bureau", ["bureau.example.gov.cn/x@16 200"]),
    ("url=*.example.gov.cn&filter=url:hijacked", []),
])  # fmt: skip
def test_the_answer_is_what_a_cdx_server_gives(index: Database, query: str, expected: list[str]) -> None:
    assert ask(index, query) == expected


def test_a_line_names_where_the_record_lies(index: Database) -> None:
    capture = queries.captures(index, URL)[1]
    line = list(cdx.lines(index, cdx.CdxQuery(URL)))[1]
    assert line == {
        "urlkey": "cn,gov,example)/zwgk/nb/t2026.html", "timestamp": "20260116040000", "url": URL,
        "mime": "warc/revisit", "status": "-", "digest": capture.digest, "length": line["length"],
        "offset": str(capture.offset), "filename": capture.file,
    }  # fmt: skip
    assert cdx.cdxj_line(line).startswith('cn,gov,example)/zwgk/nb/t2026.html 20260116040000 {"url": "http')
    assert cdx.text_line(line).split()[2] == URL
    assert cdx.json_line(line).startswith('{"urlkey": "cn,')


@pytest.mark.parametrize("query", [
    "matchType=exact", f"url={URL}&matchType=all", f"url={URL}&from=yesterday", f"url={URL}&to=20261340",
    f"url={URL}&limit=0", f"url={URL}&limit=x", f"url={URL}&filter=status", f"url={URL}&filter=password:x",
    f"url={URL}&filter=~status:(", f"url={URL}&collapse=x", f"url={URL}&collapse=digest:-1", f"url={URL}&fl=secret",
    f"url={URL}&page=-1", f"url={URL}&page=x", f"url={URL}&pageSize=0", f"url={URL}&page=0&limit=-1",
    f"url={URL}&page=0&closest=2026", f"url={URL}&sort=random", f"url={URL}&filter=~url:(a{{1000}}){{1000}}",
])  # fmt: skip
def test_what_cannot_be_understood_is_refused_by_name(index: Database, query: str) -> None:
    with pytest.raises(cdx.BadQuery, match=r"^(url|matchType|from|to|limit|filter|collapse|fl|sort|page|pageSize): "):
        ask(index, query)


@pytest.mark.parametrize(("stamp", "first", "last"), [
    ("2026", (2026, 1, 1), (2026, 12, 31, 23, 59, 59, 999999)),
    ("202602", (2026, 2, 1), (2026, 2, 28, 23, 59, 59, 999999)),
    ("20261231", (2026, 12, 31), (2026, 12, 31, 23, 59, 59, 999999)),
    ("2026010112", (2026, 1, 1, 12), (2026, 1, 1, 12, 59, 59, 999999)),
    ("202601011230", (2026, 1, 1, 12, 30), (2026, 1, 1, 12, 30, 59, 999999)),
    ("20260101123045", (2026, 1, 1, 12, 30, 45), (2026, 1, 1, 12, 30, 45, 999999)),
])  # fmt: skip
def test_a_short_timestamp_is_a_span(stamp: str, first: tuple[int, ...], last: tuple[int, ...]) -> None:
    assert cdx.moment_of(stamp) == datetime(*first, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert cdx.moment_of(stamp, end=True) == datetime(*last, tzinfo=UTC)  # type: ignore[misc,arg-type]
    assert cdx.timestamp(cdx.moment_of(stamp)).startswith(stamp)


@pytest.mark.parametrize("order", ["", "&sort=reverse"])
def test_pages_hold_every_line_once_and_in_order(index: Database, order: str) -> None:
    question = f"url=example.gov.cn&matchType=domain{order}"
    whole = ask(index, question)
    count = cdx.pages(index, cdx.parse([*_pairs(question), ("pageSize", "2")]))
    paged = [ask(index, f"{question}&pageSize=2&page={number}") for number in range(count)]
    assert [line for page in paged for line in page] == whole
    assert [len(page) for page in paged] == [2, 2, 2]
    assert ask(index, f"{question}&pageSize=2&page={count}") == []


def test_filters_hold_within_a_page(index: Database) -> None:
    assert ask(index, f"url={PAGE}&page=0&pageSize=2&filter=status:404") == []
    assert ask(index, f"url={PAGE}&page=1&pageSize=2&filter=status:404") == [f"{PAGE}@17 404"]


def _pairs(query: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (part.partition("=") for part in query.split("&"))]
