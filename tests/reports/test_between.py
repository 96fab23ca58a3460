"""Checks between years and over a region: on made-up reports whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from reports import Cell, Finding, Report, check_rollup, check_years, weigh
from reports.form import load_form
from reports.model import Section

FORM = load_form("ogi-2021")


def report(
    year: int = 2023, organ: str = "甲县", prose: str = "", scope: str = "consolidated", **values: Any
) -> Report:
    """Cells are 0 unless named, with __ for the dots."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    cells = {name: Cell(name, named.get(name, 0), str(named.get(name, 0)), None) for name in FORM.cell_names}
    sections = (Section("overview", "一、总体情况", prose),)
    extra = {"scope": scope} if scope else {}
    return Report(organ, "text/html", f"{organ}{year}年", organ, year, "ogi-2021", cells, sections, extra=extra)


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, object, object]]:
    return [(f.code, f.expected, f.actual) for f in findings]


def test_what_is_carried_in_is_what_last_year_carried_out() -> None:
    before = report(2022, requests__carried_out__total=4, requests__carried_out__enterprise=4)
    assert check_years(before, report(requests__carried_in__total=4, requests__carried_in__enterprise=4)) == ()
    wrong = check_years(before, report(requests__carried_in__total=3, requests__carried_in__enterprise=4))
    assert codes(wrong) == [("year.carried", 4, 3)]


def test_documents_in_force_follow_from_last_years() -> None:
    stem = "proactive_disclosure__normative_documents__"
    then: dict[str, Any] = {stem + "in_force": 50}
    since: dict[str, Any] = {stem + "in_force": 53, stem + "issued": 5, stem + "repealed": 1}
    before, now = report(2022, **then), report(**since)
    assert codes(check_years(before, now)) == [("year.in_force", 54, 53)]


def test_reports_that_are_not_of_neighbouring_years_are_not_compared() -> None:
    assert check_years(report(2020, requests__carried_out__total=9), report()) == ()


def test_two_reports_without_business_are_not_called_copied() -> None:
    assert check_years(report(2022), report()) == ()


def test_identical_tables_are_told() -> None:
    busy: dict[str, Any] = {
        f"requests__{row}__total": 3 for row in ("new", "disclosed", "declined_repeated", "handled", "closed_other")
    }
    busy |= {f"requests__{row}__natural_person": 3 for row in ("new", "disclosed", "declined_repeated", "handled")}
    busy |= {"challenges__reconsideration__upheld": 2, "challenges__reconsideration__total": 2}
    assert codes(check_years(report(2022, **busy), report(**busy))) == [("year.copied", None, "2022")]


def test_prose_with_other_figures_only_is_told() -> None:
    words = "".join(chr(0x4E00 + (at * 37) % 2000) for at in range(600))
    findings = check_years(report(2022, prose=words + "12件"), report(prose=words + "15件"))
    assert [code for code, *_ in codes(findings)] == ["year.copied"]


def test_a_parent_differs_from_the_sum_of_complete_parts_only() -> None:
    parent = report(requests__new__total=9)
    parts = [report(organ="甲县教育局", requests__new__total=4), report(organ="甲县民政局", requests__new__total=6)]
    assert codes(check_rollup(parent, parts, complete=True)) == [("rollup.mismatch", 10, 9)]
    assert check_rollup(parent, parts, complete=False) == ()


def test_a_parent_smaller_than_one_part_is_always_wrong() -> None:
    findings = check_rollup(report(requests__new__total=3), [report(requests__new__total=4)], complete=False)
    assert codes(findings) == [("rollup.mismatch", None, 3)]


def test_parts_of_another_year_or_form_keep_the_check_silent() -> None:
    assert check_rollup(report(requests__new__total=3), [report(2022, requests__new__total=4)], complete=True) == ()
    old = replace(report(requests__new__total=4), form="ogi-2019")
    assert check_rollup(report(requests__new__total=3), [old], complete=True) == ()


def test_fees_are_added_exactly() -> None:
    name = "proactive_disclosure.administrative_fees.amount"

    def with_fee(text: str) -> Report:
        one = report()
        return replace(one, cells=one.cells | {name: Cell(name, Decimal(text), text, None)})

    assert check_rollup(with_fee("0.30"), [with_fee("0.10"), with_fee("0.20")], complete=True) == ()


def test_figures_are_not_compared_where_a_scope_is_not_known() -> None:
    before: dict[str, Any] = {"requests__carried_out__total": 9}
    for mine, theirs in (("", ""), ("own", ""), ("own", "consolidated")):
        assert check_years(report(2022, scope=mine, **before), report(scope=theirs)) == ()
    for scope in ("", "own"):
        parent = report(scope=scope, requests__new__total=3)
        assert check_rollup(parent, [report(requests__new__total=4)], complete=True) == ()


def total(wrong: int) -> Report:
    """A report whose 新收 do not add up, and are told to be wrong."""
    finding = Finding("sum.applicants", "error", "…", "…", cells=("requests.new.natural_person", "requests.new.total"))
    return replace(report(requests__new__total=wrong), findings=(finding,))


def test_a_copy_that_says_the_same_changes_nothing() -> None:
    assert weigh(total(7), [report(requests__new__total=7)]) == total(7)


def test_where_a_copy_says_otherwise_nobody_is_accused() -> None:
    weighed = weigh(total(7), [report(requests__new__total=8)])
    assert [(f.code, f.severity, f.expected, f.actual) for f in weighed.findings] == [
        ("sum.applicants", "doubtful", None, None),
        ("copies.differ", "doubtful", 8, 7),
    ]


def test_a_fault_elsewhere_stands_whatever_a_copy_says() -> None:
    weighed = weigh(total(7), [report(requests__new__total=7, requests__handled__total=2)])
    assert [f.severity for f in weighed.findings if f.code == "sum.applicants"] == ["error"]


def test_a_cell_that_only_the_copy_gives_is_not_called_blank() -> None:
    blank = Finding("cell.blank", "error", "…", "…", cells=("requests.new.total",))
    page = replace(report(requests__new__total=None), findings=(blank,))
    assert [(f.code, f.severity) for f in weigh(page, [report()]).findings] == [("cell.blank", "doubtful")]


def test_another_document_beside_it_is_no_copy() -> None:
    other = report()
    cells = {name: replace(cell, value=number) for number, (name, cell) in enumerate(other.cells.items())}
    for copy in (replace(other, cells=cells), report(2022, requests__new__total=8)):
        assert weigh(total(7), [copy]) == total(7)
