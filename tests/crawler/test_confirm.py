"""What confirms a publication, what refuses a candidate, and what leaves it to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from compliance import REFUSED
from crawler.reading import Result
from crawler.stages.confirm import UNCONFIRMED, observation_of, settle_on
from portals.model import Organ
from portals.titles import Names
from reports import Cell, Report, Section, dump, load
from spiders.leads import MAY_BE_ITS, ONLY_READING
from storage.records import Candidate, Capture, Unread

NOW = datetime(2024, 2, 1, tzinfo=UTC)
TITLE = "甲县2023年政府信息公开工作年度报告"


def unread(**changes: Any) -> Unread:
    candidate = Candidate("a", "ogi", 2023, "http://x.cn/a.html", TITLE, 1.0, ("title",), True, ("c1",), **changes)
    capture = Capture("c1", "response", candidate.url, "cn,x)/a.html", NOW, 200, None, "sha256:0", 1, None, "f", 0)
    return Unread("v", 0, NOW, candidate, "key", (capture,))


def report(
    filled: int, *, title: str | None = TITLE, year: int | None = 2023, digest: str = "d", sections: int = 6
) -> Result:
    cells = {f"t.r{n}.c": Cell(f"t.r{n}.c", n if n < filled else None, None, None) for n in range(200)}
    parts = tuple(Section(str(n), "", "") for n in range(sections))
    made = Report("s", "text/html", title, "甲县", year, "ogi-2021", cells, parts, content_digest=digest)
    return Result("read", "", dump(made))


def test_a_document_with_the_forms_tables_confirms() -> None:
    reading = settle_on(unread(dates=(("list", date(2024, 1, 30)),)), [report(200)])
    seen = observation_of(unread(dates=(("list", date(2024, 1, 30)),)), reading)
    assert seen and (seen.organ, seen.year, seen.content_digest) == ("a", 2023, "d")
    assert seen.dates == (("list", date(2024, 1, 30)),)


def test_the_attachment_counts_when_the_page_only_announces_it() -> None:
    reading = settle_on(unread(), [report(0, sections=0, digest="page"), report(200, digest="pdf")])
    seen = observation_of(unread(), reading)
    assert seen and seen.content_digest == "pdf"


WEBSITE = "甲县人民政府网站工作年度报表（2023年度）"


@pytest.mark.parametrize(
    ("changes", "results", "state"),
    [
        ({}, [report(0, title=None, year=None, sections=0)], "read"),
        ({}, [Result("not_readable_here", "a picture"), report(0, sections=0)], "read"),
        ({}, [Result("broken", "cut short")], "broken"),
        ({"score": 0.6}, [report(0, sections=0)], UNCONFIRMED),
        ({"reasons": (ONLY_READING,)}, [report(0, sections=0)], UNCONFIRMED),
    ],
)
def test_of_a_series_without_a_form_only_existence_and_dates_are_settled(
    changes: dict[str, Any], results: list[Result], state: str
) -> None:
    found = unread(dates=(("list", date(2024, 1, 30)),))
    found = replace(found, candidate=replace(found.candidate, series="website", title=WEBSITE, **changes))
    reading = settle_on(found, results)
    seen = observation_of(found, reading)
    assert (reading.state, reading.report) == (state, None)
    assert (seen.dates if seen else None) == ((("list", date(2024, 1, 30)),) if state == "read" else None)


def test_of_two_full_documents_the_page_counts_at_every_visit() -> None:
    both = settle_on(unread(), [report(199, digest="page"), report(200, digest="pdf")])
    alone = settle_on(unread(failure="attachment gone"), [report(199, digest="page")])
    assert [observation_of(unread(), reading).content_digest for reading in (both, alone)] == ["page", "page"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ([report(200, title="甲县2023年法治政府建设年度报告")], REFUSED),
        ([report(200, year=2022)], UNCONFIRMED),
        ([report(0, sections=0)], UNCONFIRMED),
        ([Result("encrypted", "needs a password")], "encrypted"),
        ([report(0, sections=0), Result("too_long", "not read within 120 s")], "too_long"),
        ([], UNCONFIRMED),
    ],
)
def test_what_does_not_confirm_is_no_observation(results: list[Result], state: str) -> None:
    reading = settle_on(unread(), results)
    assert reading.state == state
    assert observation_of(unread(), reading) is None


def test_a_report_without_tables_for_real_is_a_report() -> None:
    assert settle_on(unread(), [report(0, sections=6)]).state == "read"


def test_a_part_of_a_report_whose_rest_could_not_be_had_is_left_to_a_person() -> None:
    assert settle_on(unread(failure="attachment gone"), [report(100)]).state == UNCONFIRMED


def test_a_report_of_which_nobody_can_tell_whose_it_is_is_left_to_a_person() -> None:
    doubtful = unread()
    candidate = Candidate("a", "ogi", 2023, "http://x.cn/a.html", TITLE, 0.55, ("title names 某局",), True, ("c1",))
    doubtful = Unread("v", 0, NOW, candidate, "key", doubtful.captures)
    assert settle_on(doubtful, [report(200)]).state == UNCONFIRMED


def test_one_document_may_be_one_organs_for_sure_and_anothers_only_perhaps() -> None:
    reading = settle_on(unread(), [report(200)])
    perhaps = Candidate("b", "ogi", 2023, "http://x.cn/a.html", TITLE, 0.55, ("may be",), True, ("c1",))
    earlier = Candidate("a", "ogi", 2022, "http://x.cn/a.html", TITLE, 1.0, ("title",), True, ("c1",))
    for candidate in (perhaps, earlier):
        assert observation_of(Unread("v", 1, NOW, candidate, "key", unread().captures), reading) is None


@pytest.mark.parametrize(("listed", "confirmed"), [("财政局 2023", False), ("2023年", False), (TITLE, True)])
def test_a_document_that_names_another_organ_than_looked_for_confirms_nothing(listed: str, confirmed: bool) -> None:
    """A row of a table may be read for another's; a list that names this organ knows better than a sloppy title."""
    county = Organ("c", "乙县人民政府", (), "county", "government", "510000", None, None, None)
    found = unread()
    found = replace(found, candidate=replace(found.candidate, title=listed))
    reading = settle_on(found, [report(200, title="乙县人民政府2023年政府信息公开工作年度报告")])
    assert (observation_of(found, reading, lambda: Names([county])) is not None) == confirmed
    assert observation_of(found, reading) is not None


@pytest.mark.parametrize(("listed", "state"), [(date(2023, 1, 20), REFUSED), (date(2024, 1, 20), UNCONFIRMED)])
def test_an_older_years_document_is_refused_only_where_it_was_there_before_the_year_was_over(
    listed: date, state: str
) -> None:
    found = unread(dates=(("list", listed),))
    found = replace(found, candidate=replace(found.candidate, reasons=(ONLY_READING,)))
    assert settle_on(found, [report(200, year=2022)]).state == state


def test_a_document_of_a_year_before_last_is_no_report_of_this_one() -> None:
    found = unread(dates=())
    found = replace(found, candidate=replace(found.candidate, title="全文下载.pdf", reasons=(ONLY_READING,)))
    assert [settle_on(found, [report(200, year=year)]).state for year in (2021, 2022)] == [REFUSED, UNCONFIRMED]


@pytest.mark.parametrize(
    ("title", "failure", "state"),
    [
        ("甲县2023年度工作报告", None, REFUSED),
        ("甲县2023年度工作报告", "attachment gone", UNCONFIRMED),
        ("甲县政府信息公开工作年度报告", None, UNCONFIRMED),
    ],
)
def test_vague_words_are_refused_once_all_that_is_behind_them_was_read(
    title: str, failure: str | None, state: str
) -> None:
    found = unread(failure=failure)
    found = replace(found, candidate=replace(found.candidate, title=title, reasons=(ONLY_READING,)))
    assert settle_on(found, [report(0, sections=0)]).state == state


@pytest.mark.parametrize(("organ", "confirmed"), [("甲县财政局", True), ("乙县财政局", False), (None, False)])
def test_of_whom_a_list_does_not_say_the_document_itself_may(organ: str | None, confirmed: bool) -> None:
    money = Organ("a", "甲县财政局", (), "county", "department", "510000", None, None, None)
    other = Organ("b", "乙县财政局", (), "county", "department", "510000", None, None, None)
    found = unread()
    candidate = replace(found.candidate, title="2023年政府信息公开工作年度报告", score=0.55, reasons=("", MAY_BE_ITS))
    found = replace(found, candidate=candidate)
    read = load(report(200).report or {})
    result = Result("read", "", dump(replace(read, organ=organ, title=None)))
    reading = settle_on(found, [result])
    assert reading.state == UNCONFIRMED
    assert (observation_of(found, reading, lambda: Names([money, other])) is not None) == confirmed
