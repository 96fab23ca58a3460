"""Whom a report speaks for, as its own words tell."""

from __future__ import annotations

import pytest

from reports.scope import scope_of


@pytest.mark.parametrize(
    ("organ", "prose", "scope"),
    [
        ("甲市教育局", "全市各级行政机关收到申请12件。", "own"),  # the name goes first
        ("甲县乙镇人民政府", "", "own"),
        ("甲县", "全县各级行政机关新收申请12件。", "consolidated"),
        ("甲市人民政府", "全市政府信息公开申请受理情况如下。", "consolidated"),
        ("甲县人民政府", "全县各级行政机关收到12件，因本机关不掌握无法提供3件。", "consolidated"),  # a row of the form
        ("甲县人民政府", "本机关收到申请12件。", "own"),
        ("甲县人民政府", "全县各级行政机关收到12件，本机关收到3件。", None),
        ("甲县人民政府", "收到申请12件。", None),
        (None, "收到申请12件。", None),
    ],
)
def test_the_name_tells_and_then_the_prose(organ: str | None, prose: str, scope: str | None) -> None:
    assert scope_of(organ, prose) == scope
