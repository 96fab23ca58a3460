from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.web.filled import FEB, PNG, Filled, filled
from web.app import create_app


@pytest.mark.parametrize("name", ["old", "new", "gbk", "doc", "svg", "dom", "shot", "wl"])
def test_a_strangers_page_is_served_in_a_sandbox(client: TestClient, season: Filled, name: str) -> None:
    answer = client.get(f"/captures/{season.captures[name].id}/payload")
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert policy == "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_payload_is_what_was_archived_byte_for_byte(client: TestClient, season: Filled) -> None:
    gbk = client.get(f"/captures/{season.captures['gbk'].id}/payload")
    assert gbk.content == "政府".encode("gbk")
    assert gbk.headers["content-type"] == "text/html; charset=gbk"
    shot = client.get(f"/captures/{season.captures['shot'].id}/payload")
    assert (shot.content, shot.headers["content-type"]) == (PNG, "image/png")


def test_a_revisit_shows_the_payload_that_it_refers_to(client: TestClient, season: Filled) -> None:
    assert season.captures["again"].kind == "revisit"
    both = [client.get(f"/captures/{season.captures[name].id}/payload").content for name in ("old", "again")]
    assert both[0] == both[1]
    assert season.captures["old"].id in client.get(f"/captures/{season.captures['again'].id}").text


@pytest.mark.parametrize(("name", "file"), [("doc", "2023.docx"), ("svg", "x.svg")])
def test_what_a_browser_might_run_is_only_handed_over_as_a_file(
    client: TestClient, season: Filled, name: str, file: str
) -> None:
    answer = client.get(f"/captures/{season.captures[name].id}/payload")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-disposition"].endswith(file)


def test_a_damaged_archive_is_said_and_no_traceback(tmp_path_factory: pytest.TempPathFactory) -> None:
    with filled(tmp_path_factory.mktemp("damaged")) as season:
        client = TestClient(create_app(season.db, season.archive, lambda: FEB))
        capture = season.captures["old"]
        path = season.archive.path(capture.file)
        data = bytearray(path.read_bytes())
        data[capture.offset + 40] ^= 0xFF
        path.write_bytes(data)
        assert client.get(f"/captures/{capture.id}/payload").status_code == 502
        page = client.get(f"/captures/{capture.id}")
        assert page.status_code == 200 and "无法读取" in page.text
        path.unlink()
        assert client.get(f"/captures/{capture.id}/payload").status_code == 502
