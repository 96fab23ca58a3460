"""What the crawl learnt of columns, proposed to the register: only what surely was an organ's report, seen there."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.proposals import propose
from portals.model import Organ
from storage.records import Candidate, Capture, Outcome, Profile, Sighting, Visit

HOME, OLD, NEW, OTHER = "http://x.cn/jyj/", "http://x.cn/jyj/nb/", "http://x.cn/zfxxgk/nb/", "http://x.cn/fz/"
TITLE, REPORT = "甲县教育局2023年政府信息公开工作年度报告", "http://x.cn/a/1.html"
ORGAN = Organ("a", "甲县教育局", ("县教育局",), "county", "department", "510000", None, HOME, OLD)
AT = datetime(2024, 4, 2, tzinfo=UTC)


def capture(url: str) -> Capture:
    return Capture("c", "response", url, "", AT, 200, "text/html", "", 0, None, "", 0)


def visit(columns: tuple[str, ...], score: float = 1.0) -> Visit:
    candidate = Candidate("a", "ogi", 2023, REPORT, TITLE, score, (), True)
    found = Profile(columns, ("政务公开", "政府信息公开年报"))
    return Visit(
        "v", AT, OLD, ("a",), 2023, Outcome.REDESIGNED, "gone", ("c",), (Sighting(REPORT, TITLE, None, "c"),),
        (candidate,), found,
    )  # fmt: skip


def test_the_column_whose_page_showed_the_report_is_proposed() -> None:
    proposal = propose(ORGAN, visit((OTHER, NEW)), {"c": capture(NEW)})
    assert proposal
    assert (proposal.organ, proposal.instead_of) == (replace(ORGAN, column_url=NEW), OLD)
    assert (proposal.why, proposal.way[-1]) == ("redesigned: gone", "政府信息公开年报")


def test_the_only_column_found_is_proposed_when_a_data_call_brought_the_list() -> None:
    proposal = propose(ORGAN, visit((NEW,)), {"c": capture("http://x.cn/api/list?page=1")})
    assert proposal and proposal.organ.column_url == NEW


@pytest.mark.parametrize(
    ("found", "page"),
    [
        (visit(()), NEW),  # nothing was found
        (visit((NEW,), score=0.5), NEW),  # whose report it is, a person must say first
        (visit((OTHER, NEW)), "http://x.cn/api/list"),  # which of them showed it is not known
        (visit((OLD,)), OLD),  # it is registered already
        (visit((NEW,)), OLD),  # the registered column showed it
    ],
)
def test_nothing_uncertain_is_proposed(found: Visit, page: str) -> None:
    assert propose(ORGAN, found, {"c": capture(page)}) is None
