"""A drawn province, small, through two rounds of the real chain: nobody who published is called missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.spiders.mock import third
from tests.spiders.mock.measure import Drawing, by_outsiders, measure
from tests.spiders.mock.plan import FAMILIES, draw


def test_a_drawn_province_is_found_and_nobody_who_published_is_accused(tmp_path: Path) -> None:
    got = measure(11, sites=10, organs=30, home=tmp_path)
    assert got.accused == []
    assert got.wrong_document == []
    assert got.wrong_cause == []
    assert got.found >= 0.98 * got.to_find, got.not_found
    assert got.missing_right >= 0.5 * got.missing_to_tell, got.not_told


def test_a_province_by_another_hand_is_found_too(tmp_path: Path) -> None:
    got = measure(31, sites=6, organs=18, home=tmp_path, drawing=by_outsiders)
    assert got.accused == []
    assert got.wrong_document == []
    assert got.wrong_cause == []
    assert got.found >= 0.9 * got.to_find, got.not_found


def test_a_province_by_a_third_hand_is_found_too(tmp_path: Path) -> None:
    got = measure(605, sites=3, organs=6, home=tmp_path, drawing=third.draw)
    assert got.accused == []
    assert got.wrong_document == []
    assert got.wrong_cause == []
    assert got.found >= 0.9 * got.to_find, got.not_found


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEED", "41")), int(os.environ.get("SEED", "41")) + 3))
@pytest.mark.parametrize("drawing", [by_outsiders, third.draw])
def test_in_many_provinces_nobody_who_published_is_accused(tmp_path: Path, seed: int, drawing: Drawing) -> None:
    got = measure(seed, sites=24, organs=120, home=tmp_path, drawing=drawing)
    assert (got.accused, got.wrong_document, got.wrong_cause) == ([], [], [])
    assert got.found >= 0.98 * got.to_find, got.not_found


def test_the_same_seed_draws_the_same_province() -> None:
    assert draw(3) == draw(3)
    assert {site.family for site in draw(3)} == set(FAMILIES)
