from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser, LexborNode
from starlette.testclient import TestClient

from alerts import links
from storage import queries
from tests.web.filled import HOSTILE, Filled

PAGES = [
    "/",
    "/board?year=2023&as_of=2024-02-01",
    "/board?status=missing",
    "/board?year=2019",
    "/organs/yunxi-jt",
    "/organs/yunxi-wl",
    "/organs/hongshi",
    "/reports/yunxi-jt/ogi/2023",
    "/reports/yunxi-jt/ogi/2023?version=1",
    "/reports/yunxi-wl/ogi/2023",
    "/reports/yunxi-ly/ogi/2023",
    "/versions/yunxi-jt/ogi/2023",
    "/versions/yunxi-wl/ogi/2023",
    "/visits/v-jt-2",
    "/visits/v-yunxi-wl-0201",
    "/visits/v-hongshi-0201",
    "/captures/{list}",
    "/captures/{again}",
    "/captures/{shot}",
    "/health",
    "/search",
    "/search?q=收到申请",
]


def parsed(client: TestClient, path: str) -> LexborHTMLParser:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return LexborHTMLParser(answer.text)


def text(node: LexborNode | None) -> str:
    return re.sub(r"\s+", " ", node.text(separator=" ")).strip() if node else ""


def board(client: TestClient, query: str = "") -> dict[str, list[str]]:
    """Rows of the board: organ → texts of its other cells."""
    rows = parsed(client, f"/board?{query}").css("table.cards tbody tr")
    return {text(row.css_first("th")): [text(cell) for cell in row.css("td")] for row in rows}


def tiles(client: TestClient, query: str = "") -> dict[str, int]:
    found = parsed(client, f"/board?{query}").css(".tiles a")
    return {text(tile.css_first("span")): int(text(tile.css_first("b"))) for tile in found}


# The board


def test_the_board_shows_every_organ_with_due_status_published_marks_and_findings(client: TestClient) -> None:
    rows = board(client)
    assert len(rows) == 8
    assert rows["云溪市林业局"][2] == "未发布 超过条例期限"
    assert rows["红石县财政局"][2] == "未知 被网站防护拦截"
    assert rows["青岚县人民政府"][1:4] == ["2024-02-20 条例期限 2024-03-31", "逾期发布 超过通知期限", "2024-03-05"]
    assert rows["云溪市交通运输局"][4:] == ["有改动 表格有误", "错误 2 警告 1 待核 1"]


def test_the_board_of_an_earlier_moment_shows_what_held_then(client: TestClient) -> None:
    assert {row[2] for row in board(client, "as_of=2024-01-31").values()} == {"未到期"}
    assert tiles(client, "as_of=2024-02-01")["未发布"] == 1
    assert "有改动" not in board(client, "as_of=2024-02-01")["云溪市交通运输局"][4]
    assert board(client, "as_of=2024-01-30") == {}


def test_the_counts_add_up_and_follow_the_filters(client: TestClient) -> None:
    counts = tiles(client)
    assert counts.pop("全部") == sum(counts.values()) == 8
    assert tiles(client, "region=980121")["全部"] == 2
    assert tiles(client, "q=交通局")["全部"] == 1  # by an alias
    assert set(board(client, "status=missing")) == {"云溪市林业局"}
    assert tiles(client, "status=missing")["全部"] == 8


def test_the_board_can_be_ordered(client: TestClient) -> None:
    assert next(iter(board(client, "sort=status"))) == "云溪市林业局"
    assert next(iter(board(client, "sort=region"))) == "岚河省人民政府"
    assert list(board(client, "sort=due"))[-1] == "岚河省人民政府"


def test_a_year_without_a_round_says_how_to_get_one(client: TestClient) -> None:
    assert "nianbao run --year 2019" in client.get("/board?year=2019").text


@pytest.mark.parametrize(
    "query", ["year=1999", "year=x", "as_of=tomorrow", "as_of=9999-99-99", "status=guilty", "sort=x", "number=0"]
)
def test_a_senseless_question_is_answered_with_400(client: TestClient, query: str) -> None:
    assert client.get(f"/board?{query}").status_code == 400


# Report and versions


def test_the_report_shows_every_cell_as_it_stands_with_its_findings_beside_it(client: TestClient) -> None:
    page = parsed(client, "/reports/yunxi-jt/ogi/2023")
    assert len(page.css("table.form td[id]")) == 200
    wrong = page.css_first('td[id="requests.handled.total"]')
    assert wrong is not None and text(wrong) == "13 [1]" and "has-error" in (wrong.attributes["class"] or "")
    party = page.css_first('td[id="requests.new.total"]')
    assert party is not None and party.attributes["class"] == "involved"
    absent = page.css_first('td[id="requests.new.research_institution"]')
    assert absent is not None and text(absent) == "— [3]" and "has-doubtful" in (absent.attributes["class"] or "")
    repaired = page.css_first('td[id="requests.new.enterprise"]')
    assert repaired is not None and text(repaired) == "0" and "00" in (repaired.attributes["title"] or "")


def test_findings_with_one_cause_are_one_entry_with_its_suggestion(client: TestClient) -> None:
    entries = [text(entry) for entry in parsed(client, "/reports/yunxi-jt/ogi/2023").css(".finding")]
    assert len(entries) == 3
    assert "相加为12" in entries[0] and "办结13" in entries[0] and "为 12，各项即可平衡" in entries[0]
    english = parsed(client, "/reports/yunxi-jt/ogi/2023?lang=en").css_first(".finding")
    assert "13, parts 12." in text(english)


def test_dates_stand_with_their_provenance_and_the_due_date_with_its_ground(client: TestClient) -> None:
    page = text(parsed(client, "/reports/yunxi-jt/ogi/2023").body)
    assert "栏目列表 2024-01-24" in page and "<meta PubDate> 2024-01-24" in page and "落款日期 2024-01-20" in page
    assert "第四十九条第一款" in page


def test_an_organ_that_published_nothing_has_a_page_with_the_evidence(client: TestClient) -> None:
    page = text(parsed(client, "/reports/yunxi-ly/ogi/2023").body)
    assert "没有见到报告" in page and "v-yunxi-ly-02" in page and "完整查看" in page


def test_versions_differ_cell_by_cell_and_a_repaired_cell_is_no_change(client: TestClient) -> None:
    page = parsed(client, "/versions/yunxi-jt/ogi/2023")
    rows = [text(row) for row in page.css("table:not(.cards) tbody tr")]
    assert rows == [
        "「一、本年新收政府信息公开申请数量」的「科研机构」 requests.new.research_institution 0 文件中没有",
        "「（七）总计」的「总计」 requests.handled.total 12 13",
    ]
    assert "期限后 40 天" in text(page.body)
    assert "只有一个版本" in client.get("/versions/yunxi-wl/ogi/2023").text


def test_a_report_as_it_stood_on_an_earlier_day(client: TestClient) -> None:
    before = parsed(client, "/reports/yunxi-jt/ogi/2023?as_of=2024-02-01")
    assert text(before.css_first('td[id="requests.handled.total"]')) == "12"
    assert client.get("/reports/yunxi-jt/ogi/2023?version=3").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/organs/nobody",
        "/reports/nobody/ogi/2023",
        "/reports/yunxi-jt/nothing/2023",
        "/versions/yunxi-ly/ogi/2023",
        "/captures/nothing",
        "/captures/nothing/payload",
        "/visits/nothing",
        "/nothing",
        "/static/nothing.css",
        "/static/..%2f..%2fpyproject.toml",
        "/organs/..%2f..%2fetc%2fpasswd",
    ],
)
def test_what_does_not_exist_is_404_with_a_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "<html" in answer.text


# Every page


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_read_by_everybody(client: TestClient, season: Filled, path: str, lang: str) -> None:
    path = path.format(**{name: capture.id for name, capture in season.captures.items()})
    if lang == "en":
        path += ("&" if "?" in path else "?") + "lang=en"
    page = parsed(client, path)
    html = page.css_first("html")
    assert html is not None and html.attributes["lang"] == ("zh-CN" if lang == "zh" else "en")
    assert len(page.css("h1")) == 1 and text(page.css_first("h1"))
    assert text(page.css_first("title")) and page.css_first('meta[name="viewport"]')
    assert page.css_first('main[id="main"]') and page.css_first('a.skip[href="#main"]')
    levels = [int((node.tag or "h0")[1]) for node in page.css("h1, h2, h3")]
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))
    for table in page.css("table"):
        assert all(head.attributes.get("scope") for head in table.css("th")), "a heading without scope"
        assert table.css_first("th")
    for field in page.css("input:not([type=hidden]), select"):
        assert page.css_first(f'label[for="{field.attributes["id"]}"]')
    assert all(image.attributes.get("alt") for image in page.css("img"))
    ids = [node.attributes["id"] for node in page.css("[id]")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", PAGES)
def test_nothing_on_a_page_comes_from_elsewhere_or_runs(client: TestClient, season: Filled, path: str) -> None:
    answer = client.get(path.format(**{name: capture.id for name, capture in season.captures.items()}))
    page = LexborHTMLParser(answer.text)
    assert not page.css("script, iframe, object, embed, base, style")
    for node in page.css("[src], link[href], form[action]"):
        address = node.attributes.get("src") or node.attributes.get("href") or node.attributes.get("action") or ""
        assert address.startswith("/"), address
    for node in page.css("a[href]"):
        assert urlsplit(node.attributes["href"] or "").scheme in ("", "http", "https")
    assert not [name for node in page.css("*") for name in node.attributes if name.startswith("on") or name == "style"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_hostile_titles_are_shown_as_text(client: TestClient) -> None:
    shown = 0
    for path in ("/", "/organs/yunxi-wl", "/reports/yunxi-wl/ogi/2023", "/visits/v-yunxi-wl-0201", "/visits/v-jt-2"):
        page = client.get(path).text
        assert HOSTILE not in page
        shown += page.count("&lt;script&gt;")
    assert shown >= 10


def test_links_within_the_pages_lead_somewhere(client: TestClient) -> None:
    seen: set[str] = set()
    waiting = ["/", "/?lang=en"]
    while waiting and len(seen) < 150:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code == 200, path
        if "text/html" in answer.headers["content-type"] and not path.endswith("/payload"):
            page = LexborHTMLParser(answer.text)
            hrefs = [(node.attributes["href"] or "").partition("#")[0] for node in page.css("a[href]")]
            waiting += [href for href in hrefs if href.startswith("/")]
            for anchor in page.css('a[href^="#"]'):
                assert page.css_first(f'[id="{(anchor.attributes["href"] or "")[1:]}"]'), anchor.html
    assert len(seen) > 50


def test_the_addresses_in_mails_are_pages(client: TestClient, season: Filled) -> None:
    for address in (
        links.board("", 2023),
        links.board("", 2023, status="missing"),
        links.organ("", "yunxi-jt"),
        links.report("", "yunxi-jt", "ogi", 2023),
        links.versions("", "yunxi-jt", "ogi", 2023),
        links.evidence("", season.captures["list"].id),
        links.evidence("", "visit:v-jt-2"),
    ):
        assert client.get(address).status_code == 200


def test_health_says_what_works(client: TestClient, season: Filled) -> None:
    assert "2024-03-11 23:59" in client.get("/health").text
    assert client.get("/healthz").json() == {"database": "ok", "archive": "ok"}


# Search


def test_a_search_shows_the_words_in_place_and_leads_to_the_report(client: TestClient) -> None:
    hits = parsed(client, "/search?q=收到申请 按期答复&year=2023").css("ol.hits li")
    assert hits
    assert all(text(hit.css_first("mark")) == "收到申请" for hit in hits)
    for hit in hits:
        link = hit.css_first("a")
        assert link is not None and client.get(link.attributes["href"] or "").status_code == 200


def test_a_search_for_what_nobody_says_finds_nothing_and_says_so(client: TestClient) -> None:
    for query in ("从未有过的词", "2023年&year=2019", "年&as_of=2020-01-01", HOSTILE, "%22 OR 1=1"):
        page = parsed(client, f"/search?q={query}")
        assert not page.css("ol.hits li") and not page.css("script")


def test_a_board_that_is_alone_names_no_other(client: TestClient) -> None:
    assert "法治政府建设年度报告" not in client.get("/board?year=2023").text


def test_boards_of_several_series_lead_to_one_another(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    of_main = queries.rounds
    monkeypatch.setattr(queries, "rounds", lambda db, year, series: of_main(db, year, "ogi"))
    page = client.get("/board?year=2023&series=website").text
    assert "series=rule-of-law" in page and "<b>政府网站工作年度报表</b>" in page
    assert client.get("/board?year=2023&series=website&status=missing").text.count("series=website") > 5
