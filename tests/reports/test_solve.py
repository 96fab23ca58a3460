"""Repairing scrambled rows: a lost digit is never invented, and what is restored is the truth."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from reports.form import load_form
from reports.solve import Rule, TooMany, candidates, implied

ROW: list[Rule] = [((0, 1, 2, 3, 4, 5), (6,))]


def row(parts: list[int]) -> tuple[int, ...]:
    return (*parts, sum(parts))


parts = st.lists(st.one_of(st.just(0), st.integers(0, 999)), min_size=6, max_size=6)


def test_glued_figures_of_the_handbook_example_split_in_one_way() -> None:
    found = candidates([801000081], ["801000081"], 7, ROW)
    assert [c.values for c in found] == [(80, 1, 0, 0, 0, 0, 81)]


def test_a_lost_total_is_known_to_be_the_total() -> None:
    found = candidates([12, 0, 0, 0, 0, 0], ["12", "0", "0", "0", "0", "0"], 7, ROW)
    assert [(c.values, c.sources[6]) for c in found] == [((12, 0, 0, 0, 0, 0, 12), None)]


def test_a_lost_zero_among_zeros_can_stand_anywhere_and_changes_nothing() -> None:
    found = candidates([0] * 6, ["0"] * 6, 7, ROW)
    assert {c.values for c in found} == {(0,) * 7}
    assert len(found) == 7


@given(parts)
@settings(max_examples=60, deadline=None)
def test_the_truth_is_always_among_the_readings_of_a_glued_row(values: list[int]) -> None:
    truth = row(values)
    text = "".join(map(str, truth))
    try:
        found = candidates([int(text)], [text], 7, ROW)
    except TooMany:
        return
    assert truth in {c.values for c in found}


@given(parts, st.integers(0, 6))
@settings(max_examples=60, deadline=None)
def test_the_truth_is_always_among_the_readings_of_a_row_that_lost_a_cell(values: list[int], lost: int) -> None:
    truth = row(values)
    left = [*truth[:lost], *truth[lost + 1 :]]
    try:
        found = candidates(left, list(map(str, left)), 7, ROW)
    except TooMany:
        return
    assert truth in {c.values for c in found}


def test_sums_that_disagree_about_a_missing_cell_suggest_nothing() -> None:
    form = load_form("ogi-2021")
    known: dict[str, int | None] = dict.fromkeys(form.cell_names, 0)
    known["requests.handled.total"] = None
    assert implied("requests.handled.total", known, form.constraints) == 0
    known["requests.new.total"] = 5
    assert implied("requests.handled.total", known, form.constraints) is None
