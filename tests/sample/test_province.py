"""The shipped province keeps its promises: what it offers, that its tables foot, that script and truth agree."""

from __future__ import annotations

import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from sample import Province
from sample.form import Form, load_form
from sample.model import Figures, Organ, Publication
from sample.pages import Desk
from sample.serve import first_moment
from tests.sample.tools import end_of

SEEDS = Path(__file__).parents[3] / "shared" / "seeds"
FLAWED = {"songling", "bazhong-housing"}  # a cell too high; a cell that is not there


def organs(province: Province) -> dict[str, Organ]:
    return {organ.id: organ for _, organ in province.organs()}


def test_it_has_organs_of_every_level_and_kind_on_portals_of_every_system(province: Province) -> None:
    all_organs = organs(province).values()
    assert len(all_organs) >= 14
    assert {organ.level for organ in all_organs} == {"province", "city", "county", "township"}
    assert {organ.kind for organ in all_organs} == {"government", "department", "township"}
    assert {site.system for site in province.sites} == {"trs", "vsb", "ucap", "hanweb", "gkmlpt"}
    assert {event.kind for site in province.sites for event in site.events} == {"refuse", "503", "challenge"}
    assert any(site.encoding != "utf-8" for site in province.sites)
    shapes = {suffix for _, item in reports(province) for suffix in item.attachments}
    assert shapes == {"pdf", "docx"}
    gathered = [sum(organ.column == key for organ in site.organs) for site in province.sites for key in site.columns]
    assert sum(number >= 3 for number in gathered) >= 2


def reports(province: Province) -> list[tuple[str, Publication]]:
    return [(site.key, item) for site in province.sites for item in site.publications if item.report]


def amount(text: str) -> Decimal:
    return Decimal(text or "0")


def sums_that_fail(figures: Figures, form: Form) -> list[str]:
    cells, columns = figures.cells, [key for key, _ in form.request_columns]
    rows = [row.key for row in form.request_rows]
    failing = []
    for row in rows:
        values = [amount(cells[f"requests.{row}.{column}"]) for column in columns]
        if sum(values[:-1]) != values[-1]:
            failing.append(f"sum.applicants {row}")
    for column in columns:
        by_row = {row: amount(cells[f"requests.{row}.{column}"]) for row in rows}
        if sum(by_row[row] for row in rows[2:-2]) != by_row["handled"]:
            failing.append(f"sum.handled {column}")
        if by_row["new"] + by_row["carried_in"] != by_row["handled"] + by_row["carried_out"]:
            failing.append(f"sum.balance {column}")
    for challenge in form.challenge_rows:
        found = [amount(cells[f"challenges.{challenge.key}.{column}"]) for column, _ in form.challenge_columns]
        if sum(found[:-1]) != found[-1]:
            failing.append(f"sum.challenges {challenge.key}")
    return failing


def test_tables_foot_except_the_two_that_are_meant_not_to(province: Province) -> None:
    failing = {key: sums_that_fail(figures, load_form()) for key, figures in province.figures.items()}
    assert {key for key, sums in failing.items() if sums} == FLAWED
    assert failing["songling"] == ["sum.applicants disclosed", "sum.handled natural_person"]
    assert province.figures["bazhong-housing"].cells["requests.handled.total"] == ""


def test_what_is_carried_over_from_2022_arrives_in_2023(province: Province) -> None:
    pairs = [(key.removesuffix("-2022"), key) for key in province.figures if key.endswith("-2022")]
    compared = [(this, last) for this, last in pairs if this in province.figures]
    assert len(compared) >= 4
    for this, last in compared:
        now, before = province.figures[this].cells, province.figures[last].cells
        for column, _ in load_form().request_columns:
            assert now[f"requests.carried_in.{column}"] == before[f"requests.carried_out.{column}"], (this, column)
        for row in ("regulations", "normative_documents"):
            issued, repealed, in_force = (
                int(now[f"proactive_disclosure.{row}.{column}"]) for column in ("issued", "repealed", "in_force")
            )
            assert int(before[f"proactive_disclosure.{row}.in_force"]) + issued - repealed == in_force, (this, row)


def test_no_consolidated_report_is_smaller_than_a_part_of_it(province: Province) -> None:
    of = {item.organ: item.report.figures for _, item in reports(province) if item.year == 2023 and item.report}
    for organ in organs(province).values():
        if organ.id in of and organ.parent in of:
            whole, part = province.figures[of[organ.parent]].cells, province.figures[of[organ.id]].cells
            smaller = [name for name in whole if amount(whole[name]) < amount(part[name])]
            assert smaller == [], (organ.id, organ.parent)


NOTICE = {"province": date(2024, 3, 31), "city": date(2024, 3, 10), "county": date(2024, 2, 20)}


def test_due_dates_are_those_of_the_notice_and_of_the_regulations(province: Province) -> None:
    for organ in organs(province).values():
        if organ.kind == "government":
            assert (organ.truth.due_notice, organ.truth.due_statute) == (NOTICE[organ.level], date(2024, 3, 31))
        else:
            statute = date(2024, 1, 31) if organ.kind == "department" else date(2024, 3, 31)
            assert (organ.truth.due_notice, organ.truth.due_statute) == (date(2024, 1, 31), statute)


def test_the_truth_accuses_nobody_before_the_day_is_over_and_never_forgets_what_was_seen(province: Province) -> None:
    for organ in organs(province).values():
        known = None
        for day, expected in organ.truth.rounds.items():
            if expected.status in ("missing", "late", "unknown"):
                assert day > organ.truth.due_notice, (organ.id, day)
            if known:
                assert (expected.status, expected.published) == known, (organ.id, day)
            if expected.published:
                known = (expected.status, expected.published)


def test_each_column_shows_on_each_day_what_the_truth_says_was_there_to_be_seen(province: Province) -> None:
    """Not how the truth is made, only that script and truth do not contradict one another."""
    for site, organ in province.organs():
        report = next((item for item in site.publications if item.organ == organ.id and item.year == 2023), None)
        for day, expected in organ.truth.rounds.items():
            now = end_of(day)
            there = report is not None and report.published <= now
            if expected.status == "missing":
                assert not there and site.event_at(now) is None, (organ.id, day)
            if expected.status in ("on_time", "late"):
                assert report and there and report.published.date() == expected.published, (organ.id, day)
                assert (expected.status == "late") == (report.published.date() > organ.truth.due_notice)
            if expected.status == "unknown":
                assert site.event_at(now) is not None, (organ.id, day)


def test_a_revised_report_changes_one_cell_and_nothing_else(province: Province) -> None:
    site = province.site("chenghu")
    report = next(item for item in site.publications if item.changes)
    before, after = (Desk(province, site, end_of(date(2024, *day))) for day in ((2, 1), (3, 11)))
    path = next(path for path in before.paths() if path.endswith(f"_{report.number}.html"))
    old, new = (desk.page(path).body(1).decode().splitlines() for desk in (before, after))  # type: ignore[union-attr]
    changed = [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1] and "今天是" not in pair[0]]
    assert len(changed) == 1
    assert ">186<" in changed[0][0] and ">168<" in changed[0][1]


def numbers_in(text: str) -> list[str]:
    """The cells of a seed that has one cell a line, in reading order."""
    return [line.strip() for line in text.splitlines() if re.fullmatch(r"\d+(\.\d+)?", line.strip())]


@pytest.mark.parametrize(("key", "seed"), [("bazhong", "000"), ("wushan", "001")])
def test_figures_of_real_organs_are_those_of_their_reports(province: Province, key: str, seed: str) -> None:
    found = sorted(SEEDS.glob(f"{seed}_*.txt"))
    if not found and os.environ.get("CI") != "true":
        pytest.skip("the seeds are not here")
    text = found[0].read_text(encoding="utf-8")
    tables = text[text.index("二、主动公开政府信息情况") : text.index("五、存在的主要问题")]
    figures = province.figures[key].cells
    assert numbers_in(tables) == [figures[name] for name in load_form().cells()]


def test_reports_say_in_words_what_their_tables_say(province: Province) -> None:
    site = province.site("bazhong")
    desk = Desk(province, site, end_of(date(2024, 4, 1)))
    page = next(path for path in desk.paths() if "t20240306" in path)
    text = re.sub(r"<[^>]+>", "", desk.page(page).body(1).decode())  # type: ignore[union-attr]
    assert "接收政府信息公开申请669件，办结658件，结转下年度继续办理11件" in text
    assert "予以公开及部分公开288件，不予公开50件，无法提供264件，不予处理40件，其他处理16件" in text
    assert "{" not in text.split("一、总体情况")[1].split("六、")[0]


def test_documents_are_the_same_bytes_at_every_start(province: Province) -> None:
    def attachments() -> dict[str, bytes]:
        desks = [Desk(province, site, end_of(date(2024, 4, 1))) for site in province.sites]
        return {
            f"{desk.site.key}{path}": page.body(1)
            for desk in desks
            for path, page in desk.paths().items()
            if page.media.startswith("application/") and path != "/counter.js"
        }

    first, second = attachments(), attachments()
    assert first == second
    assert {body[:4] for body in first.values()} >= {b"%PDF", b"PK\x03\x04"}


def test_nothing_is_shown_before_its_time(province: Province) -> None:
    start = first_moment(province)
    for site in province.sites:
        desk = Desk(province, site, start)
        later = [item for item in site.publications if item.published > start]
        shown = b"".join(page.body(1) for path, page in desk.paths().items() if page.media == "text/html")
        for item in later:
            assert item.title.encode(site.encoding) not in shown, (site.key, item.title)
