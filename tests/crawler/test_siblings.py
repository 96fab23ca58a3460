"""Which hosts a crawl may ask: those that the register names, and those that are declared to belong to them."""

from __future__ import annotations

from pathlib import Path

from crawler.config import load_config
from crawler.stages.crawl import _basis
from crawler.workplace import open_workplace
from portals.model import Organ
from portals.moments import parse_moment


def test_declared_siblings_may_be_asked_and_nobody_else(tmp_path: Path) -> None:
    config = load_config(tmp_path, {"NIANBAO_SIBLINGS": "static.x.gov.cn"})
    organ = Organ("1", "甲县财政局", (), "county", "department", "510000", None, "http://www.x.gov.cn/", None)
    with open_workplace(config, parse_moment("2024-02-01")) as place:
        job = _basis(place, [organ], "ogi", 2023, None)
    assert job.hosts == ("static.x.gov.cn", "www.x.gov.cn")
