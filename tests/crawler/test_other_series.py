"""Other series than the main one, from the register through a round to board and mail: existence and dates only."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from portals.due import asked_series, obligations
from portals.faults import RegistryFaults
from portals.load import load_organs

LAW, SITE = "/fzzf/nb/index.html", "/wzbb/index.html"


def listing(*rows: tuple[str, str, str]) -> str:
    items = "".join(f'<li><a href="{url}">{title}</a><span>{day}</span></li>' for url, title, day in rows)
    return f"<html><head><title>年度报告</title></head><body><ul>{items}</ul></body></html>"


def article(title: str, day: str) -> str:
    meta = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:00">'
    text = "<p>" + "一年来，我县深入推进依法行政。" * 20 + "</p>"
    return f"<html><head><title>{title}</title>{meta}</head><body><h1>{title}</h1>{text}</body></html>"


NEW = ("/fzzf/2023.html", "白石县2023年法治政府建设年度报告", "2024-02-05")
OLD = ("/fzzf/2022.html", "白石县2022年法治政府建设年度报告", "2023-03-28")
PAGES = {
    "/": listing(("/nb/index.html", "政府信息公开年报", "")),
    LAW: listing(NEW, OLD),
    NEW[0]: article(*NEW[1:]),
    "/nb/index.html": listing(("/nb/2022.html", "白石县2022年政府信息公开工作年度报告", "2023-02-01")),
}


@contextmanager
def serving(pages: dict[str, str]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.9", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.9:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def row(base: str = "http://www.baishi.gov.cn", **changes: str) -> dict[str, str]:
    columns = f"rule-of-law={base}{LAW} website={base}{SITE}"
    return {
        "id": "bs", "name": "白石县人民政府", "aliases": "白石县", "level": "county", "kind": "government",
        "region": "511923", "parent": "", "home_url": "", "column_url": f"{base}/nb/index.html", "columns": columns,
    } | changes  # fmt: skip


def register(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text(json.dumps(rows, ensure_ascii=False), "utf-8")
    return path


def test_another_series_is_asked_for_only_where_the_register_names_its_column(tmp_path: Path) -> None:
    organs = load_organs(
        register(tmp_path / "o.json", row(), row(id="b2", name="青山县人民政府", aliases="", columns=""))
    )
    assert asked_series(organs) == ["ogi", "website", "rule-of-law"]
    assert asked_series(organs[1:]) == ["ogi"]
    law = list(obligations(organs, "rule-of-law", 2023))
    assert [(one.organ.id, one.organ.column_url, one.organ.home_url) for one in law] == [
        ("bs", "http://www.baishi.gov.cn" + LAW, None)
    ]


@pytest.mark.parametrize(
    "columns",
    [
        "ogi=http://a.gov.cn/",
        "website",
        "website=ftp://a/",
        "nb=http://a.gov.cn/",
        "website=http://a.gov.cn/ website=http://b.gov.cn/",
    ],
)
def test_a_column_that_cannot_be_meant_is_a_fault(tmp_path: Path, columns: str) -> None:
    with pytest.raises(RegistryFaults) as refused:
        load_organs(register(tmp_path / "o.json", row(columns=columns)))
    assert [fault.column_name for fault in refused.value.faults] == ["columns"]


def test_what_the_register_knows_of_an_organ_is_listed_and_proposed_whole(tmp_path: Path) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["--home", str(tmp_path), *words])
        assert done.exit_code == 0, done.output
        return done.output

    whole = row(since="2019-03-01", exempt="试点")
    run("organs", "import", str(register(tmp_path / "organs.json", whole)))
    [listed] = run("organs", "list", "--format", "jsonl").splitlines()
    assert json.loads(listed)["since"] == "2019-03-01" and json.loads(listed)["columns"] == whole["columns"]
    (tmp_path / "again.json").write_text(f"[{listed}]", "utf-8")
    assert load_organs(tmp_path / "again.json") == load_organs(tmp_path / "organs.json")


def test_a_round_carries_every_series_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANBAO_ALLOW_ADDRESSES", "127.0.0.0/8")
    monkeypatch.setenv("NIANBAO_DELAY", "0")
    subscribers = "subscribers: [{name: 办, email: a@b.example, severity: info}]\n"
    (tmp_path / "subscribers.yaml").write_text(subscribers, "utf-8")

    def run(*words: str) -> list[dict[str, Any]]:
        done = CliRunner().invoke(cli, ["--home", str(tmp_path), *words])
        assert done.exit_code in (0, 1), done.output
        return [json.loads(line) for line in done.output.splitlines() if line.startswith("{")]

    with serving(PAGES) as base:
        run("organs", "import", str(register(tmp_path / "organs.json", row(base, columns=f"rule-of-law={base}{LAW}"))))
        run("run", "--year", "2023", "--as-of", "2024-02-10")
    items = run("status", "--year", "2023", "--as-of", "2024-02-10", "--format", "jsonl")
    assert [(item["series"], item["status"], item["late_by"], item["claimed"]) for item in items] == [
        ("ogi", "pending", None, None),
        ("rule-of-law", "on_time", None, "2024-02-05"),
    ]
    told = [(event["series"], event["kind"]) for mail in run("told", "--format", "jsonl") for event in mail["events"]]
    assert told == [("rule-of-law", "published")]
