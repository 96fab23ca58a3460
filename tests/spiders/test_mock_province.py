"""A drawn province, small, through two rounds of the real chain: nobody who published is called missing."""

from __future__ import annotations

from pathlib import Path

from tests.spiders.mock.measure import measure
from tests.spiders.mock.plan import FAMILIES, draw


def test_a_drawn_province_is_found_and_nobody_who_published_is_accused(tmp_path: Path) -> None:
    got = measure(11, sites=10, organs=30, home=tmp_path)
    assert got.accused == []
    assert got.wrong_document == []
    assert got.wrong_cause == []
    assert got.found >= 0.98 * got.to_find, got.not_found
    assert got.missing_right >= 0.5 * got.missing_to_tell, got.not_told


def test_the_same_seed_draws_the_same_province() -> None:
    assert draw(3) == draw(3)
    assert {site.family for site in draw(3)} == set(FAMILIES)
