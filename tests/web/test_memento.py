from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from storage import database, queries
from storage.archive import Archive
from storage.records import Capture, Exchange
from storage.warc import WarcWriter
from tests.web.filled import FEB, MAR, Filled
from web.app import create_app
from web.memento import PAGE

ADDRESS = "http://jt.yunxi.example/nb/1.html"
LINK = re.compile(r'<([^>]*)>((?:; ?[a-z]+="[^"]*")*)')


def links(text: str) -> list[tuple[str, dict[str, str]]]:
    """Link values, as RFC 8288 has them."""
    return [(found[1], dict(re.findall(r'([a-z]+)="([^"]*)"', found[2]))) for found in LINK.finditer(text)]


def by_relation(text: str) -> dict[str, tuple[str, dict[str, str]]]:
    return {relation: link for link in links(text) for relation in link[1]["rel"].split()}


def http_date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def ask(client: TestClient, path: str, at: datetime | None = None) -> tuple[int, str, str]:
    headers = {"Accept-Datetime": http_date(at)} if at else {}
    answer = client.get(path, headers=headers, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", ""), answer.headers.get("link", "")


@pytest.mark.parametrize(
    ("at", "stamp"),
    [
        (None, "20240311155959"),
        (datetime(2010, 1, 1, tzinfo=UTC), "20240201155959"),
        (datetime(2030, 1, 1, tzinfo=UTC), "20240311155959"),
        (FEB + timedelta(hours=1), "20240201155959"),
        (datetime(2024, 2, 3, tzinfo=UTC), "20240202155959"),
        (MAR - timedelta(days=1), "20240311155959"),
    ],
)
def test_the_timegate_leads_to_the_memento_nearest_to_the_day(
    client: TestClient, at: datetime | None, stamp: str
) -> None:
    status, location, link = ask(client, f"/timegate/{ADDRESS}", at)
    assert (status, location) == (302, f"http://testserver/web/{stamp}/{ADDRESS}")
    named = by_relation(link)
    assert named["original"][0] == ADDRESS
    assert named["timemap"][0] == f"http://testserver/timemap/link/{ADDRESS}"
    assert named["timemap"][1]["type"] == "application/link-format"
    assert named["first"][1]["datetime"] == http_date(FEB) and named["last"][1]["datetime"] == http_date(MAR)


def test_the_timegate_says_that_it_negotiates_and_sends_no_memento_datetime(client: TestClient) -> None:
    answer = client.head(f"/timegate/{ADDRESS}", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["vary"] == "accept-datetime"
    assert "memento-datetime" not in answer.headers


def test_a_memento_says_when_it_was_and_where_its_neighbours_are(client: TestClient, season: Filled) -> None:
    answer = client.get(f"/web/20240202155959/{ADDRESS}")
    assert answer.status_code == 200
    assert answer.headers["memento-datetime"] == "Fri, 02 Feb 2024 15:59:59 GMT"
    named = by_relation(answer.headers["link"])
    assert named["timegate"][0] == f"http://testserver/timegate/{ADDRESS}"
    assert named["prev"][0].endswith(f"/web/20240201155959/{ADDRESS}") and named["first"] == named["prev"]
    assert named["next"][0].endswith(f"/web/20240311155959/{ADDRESS}") and named["last"] == named["next"]
    assert answer.content == client.get(f"/captures/{season.captures['again'].id}/payload").content
    assert answer.headers["content-security-policy"].startswith("sandbox;")


def test_a_moment_in_between_leads_to_the_memento_itself(client: TestClient) -> None:
    status, location, _ = ask(client, f"/web/2024020116/{ADDRESS}")
    assert (status, location) == (302, f"http://testserver/web/20240201155959/{ADDRESS}")


def test_the_timemap_lists_every_memento_with_its_moment(client: TestClient) -> None:
    answer = client.get(f"/timemap/link/{ADDRESS}")
    assert answer.headers["content-type"] == "application/link-format"
    found = links(answer.text)
    mementos = [(address, what) for address, what in found if "memento" in what["rel"].split()]
    assert [what["rel"] for _, what in mementos] == ["first memento", "memento", "last memento"]
    assert [client.get(address).headers["memento-datetime"] for address, _ in mementos] == [
        what["datetime"] for _, what in mementos
    ]
    itself = by_relation(answer.text)["self"]
    assert itself[1]["from"] == http_date(FEB) and itself[1]["until"] == http_date(MAR)
    as_json = client.get(f"/timemap/json/{ADDRESS}").json()
    assert as_json["original_uri"] == ADDRESS
    assert [item["uri"] for item in as_json["mementos"]["list"]] == [address for address, _ in mementos]
    assert as_json["mementos"]["list"][0]["datetime"] == "2024-02-01T15:59:59Z"


@pytest.mark.parametrize("path", ["/timegate/http://nowhere.example/", "/timemap/link/http://nowhere.example/"])
def test_an_address_that_was_never_archived_is_404_in_plain_words(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "path",
    [
        "/timegate/ftp://x/",
        "/timegate/javascript://x/alert(1)",
        "/web/2024x/http://x/",
        "/web/20249999/http://x/",
        "/timemap/xml/http://x/",
        "/timegate/http://",
        "/web/99999999999999/http://x/",
    ],
)
def test_a_senseless_address_or_moment_is_400(client: TestClient, path: str) -> None:
    assert client.get(path, follow_redirects=False).status_code == 400


@pytest.mark.parametrize(
    "text", ["yesterday", "2024-02-01", "", "Thu, 01 Feb 2024 15:59:59", "Thu, 99 Feb 99999 00:00:00 GMT"]
)
def test_an_accept_datetime_that_is_no_http_date_is_400(client: TestClient, text: str) -> None:
    answer = client.get(f"/timegate/{ADDRESS}", headers={"Accept-Datetime": text}, follow_redirects=False)
    assert answer.status_code == 400


# A row of its own: redirects, errors, odd addresses, many mementos


@pytest.fixture(scope="module")
def long_row(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, list[Capture]]]:
    folder = tmp_path_factory.mktemp("memento")
    (folder / "archive").mkdir()
    numbers = count(1)
    url = "http://many.example/s?a=1&b=%E5%B9%B4"
    with database.open(f"sqlite:///{folder / 'nianbao.db'}") as db:
        with WarcWriter(folder / "archive", "t", new_id=lambda: str(UUID(int=next(numbers)))) as writer:
            made = [writer.exchange(answered(url, FEB + timedelta(days=n), b"x%d" % n)) for n in range(PAGE + 5)]
            moved = b"HTTP/1.1 302 Found\r\nLocation: /new%20place\r\n\r\n"
            writer.exchange(Exchange("http://many.example/old", FEB, b"GET / HTTP/1.1\r\n\r\n", moved, b""))
            raw = b"HTTP/1.1 302 Found\r\nLocation: /\xc4\xea\xb1\xa8?n=\xe5\xb9\xb4\r\n\r\n"
            writer.exchange(Exchange("http://many.example/raw", FEB, b"GET / HTTP/1.1\r\n\r\n", raw, b""))
            writer.exchange(answered("http://例子.cn/年报", FEB, b"idn"))
            gone = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n"
            writer.exchange(Exchange("http://many.example/gone", FEB, b"GET / HTTP/1.1\r\n\r\n", gone, b"gone"))
            evil = b"HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\n\r\n"
            writer.exchange(Exchange("http://many.example/evil", FEB, b"GET / HTTP/1.1\r\n\r\n", evil, b"evil"))
        archive = Archive(folder / "archive", find=partial(queries.capture, db))
        queries.ingest(db, archive)
        yield TestClient(create_app(db, archive, lambda: MAR, "https://archive.example/")), made


def answered(url: str, at: datetime, body: bytes) -> Exchange:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n"
    return Exchange(url, at, b"GET / HTTP/1.1\r\n\r\n", head, body)


def test_long_timemaps_come_in_pages_that_name_one_another(long_row: tuple[TestClient, list[Capture]]) -> None:
    client, made = long_row
    path, found = f"/timemap/link/{made[0].url}", []
    while path:
        text = client.get(path).text
        found += [what["datetime"] for _, what in links(text) if "memento" in what["rel"].split()]
        others = [address for address, what in links(text) if what["rel"] == "timemap"]
        assert len(others) == 1
        assert others[0].startswith("https://archive.example/timemap/link/")
        path = others[0].removeprefix("https://archive.example") if "/2/" in others[0] else ""
    assert found == [http_date(capture.at) for capture in made]
    assert "last memento" in text and "first memento" not in text
    assert client.get(f"/timemap/link/3/{made[0].url}").status_code == 404


def test_an_address_keeps_its_query_and_its_percent_signs(long_row: tuple[TestClient, list[Capture]]) -> None:
    client, made = long_row
    answer = client.get(f"/timegate/{made[0].url}", follow_redirects=False)
    assert answer.headers["location"].endswith("/http://many.example/s?a=1&b=%E5%B9%B4")
    merged = client.get("/timegate/http:/many.example/s?a=1&b=%E5%B9%B4", follow_redirects=False)
    assert merged.headers["location"] == answer.headers["location"]


def test_a_memento_of_an_error_or_a_redirect_has_its_status(long_row: tuple[TestClient, list[Capture]]) -> None:
    client, _ = long_row
    gone = client.get("/web/20240201155959/http://many.example/gone")
    assert (gone.status_code, gone.text) == (404, "gone") and "memento-datetime" in gone.headers
    moved = client.get("/web/20240201155959/http://many.example/old", follow_redirects=False)
    assert moved.status_code == 302
    assert moved.headers["location"] == "https://archive.example/web/20240201155959/http://many.example/new%20place"
    evil = client.get("/web/20240201155959/http://many.example/evil", follow_redirects=False)
    assert "location" not in evil.headers


def test_a_redirect_to_an_address_in_raw_bytes_leads_where_a_browser_would_go(
    long_row: tuple[TestClient, list[Capture]],
) -> None:
    client, _ = long_row
    moved = client.get("/web/20240201155959/http://many.example/raw", follow_redirects=False)
    assert moved.headers["location"].endswith("/http://many.example/%C4%EA%B1%A8?n=%E5%B9%B4")


@pytest.mark.parametrize("written", [
    "http://%E4%BE%8B%E5%AD%90.cn/%E5%B9%B4%E6%8A%A5", "http://xn--fsqu00a.cn/%E5%B9%B4%E6%8A%A5",
    "http%3A%2F%2Fxn--fsqu00a.cn%2F%E5%B9%B4%E6%8A%A5", "https%3a%2f%2F%E4%BE%8B%E5%AD%90.cn%2F%E5%B9%B4%E6%8A%A5",
    "xn--fsqu00a.cn/%e5%b9%b4%e6%8a%a5",
])  # fmt: skip
def test_an_address_is_found_however_it_is_written(long_row: tuple[TestClient, list[Capture]], written: str) -> None:
    client, _ = long_row
    answer = client.get(f"/timegate/{written}", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["location"].endswith("/web/20240201155959/http://xn--fsqu00a.cn/%E5%B9%B4%E6%8A%A5")


def test_an_unknown_kind_of_timemap_is_named(long_row: tuple[TestClient, list[Capture]]) -> None:
    client, _ = long_row
    answer = client.get("/timemap/rdf/http://many.example/old")
    assert (answer.status_code, answer.text) == (400, "kind: 'rdf' is none of link, json\n")


@pytest.fixture(scope="module")
def many(long_row: tuple[TestClient, list[Capture]]) -> TestClient:
    return long_row[0]


@given(st.text(alphabet=st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), max_size=60))
def test_no_address_breaks_a_header(many: TestClient, tail: str) -> None:
    client = many
    answer = client.get("/timegate/http://many.example/" + tail, follow_redirects=False)
    assert answer.status_code in (302, 400, 404)


# CDX


def cdx(client: TestClient, **asked: str) -> list[str]:
    answer = client.get("/cdx", params={"url": ADDRESS, **asked})
    assert answer.status_code == 200
    return answer.text.splitlines()


def test_cdx_lines_say_where_each_capture_lies(client: TestClient, season: Filled) -> None:
    lines = [line.split(" ") for line in cdx(client)]
    assert [line[1] for line in lines] == ["20240201155959", "20240202155959", "20240311155959"]
    old = season.captures["old"]
    assert lines[0] == [
        "example,yunxi,jt)/nb/1.html",
        "20240201155959",
        ADDRESS,
        "text/html",
        "200",
        old.digest,
        lines[0][6],
        str(old.offset),
        old.file,
    ]
    assert lines[1][3] == "warc/revisit"


def test_cdx_takes_the_usual_parameters(client: TestClient) -> None:
    assert len(cdx(client, url="jt.yunxi.example/*")) == 7
    assert len(cdx(client, url="yunxi.example", matchType="domain")) > 7
    assert len(cdx(client, limit="-1", fl="timestamp")) == 1 and cdx(client, limit="-1", fl="timestamp") == [
        "20240311155959"
    ]
    assert cdx(client, to="20240301", fl="timestamp", filter="!mime:warc/revisit") == ["20240201155959"]
    assert cdx(client, output="json", limit="1", fl="timestamp,status") == [
        '{"timestamp": "20240201155959", "status": "200"}'
    ]
    assert cdx(client, output="cdxj", limit="1")[0].startswith("example,yunxi,jt)/nb/1.html 20240201155959 {")


@pytest.mark.parametrize(
    "query",
    ["", "url=x&output=xml", "url=x&limit=0", "url=x&filter=nothing", "url=x&output=cdxj&fl=url", "url=x&from=x"],
)
def test_cdx_says_which_parameter_it_does_not_understand(client: TestClient, query: str) -> None:
    answer = client.get(f"/cdx?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/plain") and len(answer.text) > 10
