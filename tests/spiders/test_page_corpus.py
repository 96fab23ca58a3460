"""The page classifier held against labelled pages: what each is, and how sure the classes are told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from scrapy.http import HtmlResponse

from spiders.candidates import is_of_series
from spiders.listing import read_listing
from spiders.pages import Verdict, judge_column, judge_page
from storage.records import Outcome, Sighting

PAGES = Path(__file__).parent / "pages"
LABELS = YAML(typ="safe").load((PAGES / "labels.yaml").read_text(encoding="utf-8"))
# Precision and recall may rise, never fall. What no mark knows falls to `redesigned`, which accuses nobody.
FLOOR = {
    "blocked": (1.0, 0.93),
    "soft_404": (1.0, 0.88),
    "server_error": (1.0, 0.83),
    "moved": (1.0, 1.0),
    "redesigned": (0.61, 1.0),
    "complete": (1.0, 1.0),
}


def told(name: str) -> Verdict:
    """What a visit makes of a page at a column's address, or at an article's."""
    label = LABELS[name]
    body = (PAGES / f"{name}.html").read_bytes()
    page = HtmlResponse("http://www.lu.gov.cn/nb/", status=label["status"], body=body, encoding="utf-8")
    verdict = judge_page(page)
    if verdict.outcome is not Outcome.COMPLETE or label.get("article"):
        return verdict
    links = read_listing(body.decode(), page.url).links
    if any(is_of_series(Sighting(link.url, link.title, link.date, ""), "ogi") for link in links):
        return verdict
    return judge_column(body.decode())


@pytest.mark.parametrize("name", [name for name, label in LABELS.items() if not label.get("hard")])
def test_each_page_is_told_for_what_it_is(name: str) -> None:
    verdict = told(name)
    assert verdict.outcome.value == LABELS[name]["outcome"], verdict.detail


def test_precision_and_recall_hold(capsys: pytest.CaptureFixture[str]) -> None:
    right, said, there = Counter[str](), Counter[str](), Counter[str]()
    for name, label in LABELS.items():
        outcome = told(name).outcome.value
        said[outcome] += 1
        there[label["outcome"]] += 1
        right[outcome] += outcome == label["outcome"]
    with capsys.disabled():
        for outcome in FLOOR:
            print(
                f"\n  {outcome:13}",
                f"precision {right[outcome]}/{said[outcome]}, recall {right[outcome]}/{there[outcome]}",
                end="",
            )
    for outcome, (precision, recall) in FLOOR.items():
        assert right[outcome] / max(said[outcome], 1) >= precision, outcome
        assert right[outcome] / max(there[outcome], 1) >= recall, outcome


def test_every_page_has_a_label_and_every_label_a_page() -> None:
    assert {path.stem for path in PAGES.glob("*.html")} == set(LABELS)


def test_no_refusal_is_ever_taken_for_a_column() -> None:
    """The one error that makes a false accusation."""
    assert not [
        name
        for name, label in LABELS.items()
        if label["outcome"] != "complete" and told(name).outcome is Outcome.COMPLETE
    ]
