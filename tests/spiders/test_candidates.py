"""Which link is taken for whose report, and why not."""

from __future__ import annotations

from datetime import date

import pytest

from portals.model import Organ
from spiders.candidates import Expectation, weigh
from storage.records import Sighting


def organ(identity: str, name: str, *aliases: str) -> Organ:
    return Organ(identity, name, aliases, "county", "department", "511902", None, None, None)


HOUSING = organ("1", "巴中市住房和城乡建设局", "市住建局")
SCHOOLS = organ("2", "巴中市教育局", "市教育局")


def candidate_for(title: str, *, alone: bool = True, wanted: Organ = HOUSING) -> tuple[bool, str] | None:
    expectation = Expectation(wanted, "ogi", 2023, alone, [HOUSING, SCHOOLS])
    found = weigh(Sighting("http://x.cn/2019/a.html", title, date(2024, 1, 2), "c"), expectation)
    return (found.accepted, "; ".join(found.reasons)) if found else None


@pytest.mark.parametrize(
    ("title", "alone"),
    [
        ("巴中市住房和城乡建设局2023年政府信息公开工作年度报告", False),
        ("市住建局2023年政府信息公开年报", False),
        ("2023年政府信息公开工作年度报告", True),
    ],
)
def test_the_report_is_taken(title: str, alone: bool) -> None:
    taken = candidate_for(title, alone=alone)
    assert taken and taken[0], taken


@pytest.mark.parametrize(
    ("title", "alone", "why"),
    [
        ("巴中市住房和城乡建设局2022年政府信息公开工作年度报告", True, "2022"),
        ("巴中市住房和城乡建设局政府信息公开工作年度报告", True, "no year"),
        ("巴中市教育局2023年政府信息公开工作年度报告", True, "教育局"),
        ("2023年政府信息公开工作年度报告", False, "gathers several"),
        ("巴中市住房和城乡建设局2023年法治政府建设年度报告", True, "another kind"),
        ("关于做好2023年政府信息公开工作年度报告编制工作的通知", True, "another kind"),
        ("一图读懂巴中市住房和城乡建设局2023年政府信息公开工作年度报告", True, "another kind"),
    ],
)
def test_what_is_not_the_report_is_refused_with_the_reason(title: str, alone: bool, why: str) -> None:
    refused = candidate_for(title, alone=alone)
    assert refused and not refused[0] and why in refused[1], refused


def test_what_has_nothing_to_do_with_the_series_is_no_candidate() -> None:
    assert candidate_for("关于2023年春节放假的通知") is None


def test_the_year_is_never_taken_from_the_address() -> None:
    found = candidate_for("巴中市住房和城乡建设局政府信息公开工作年度报告")
    assert found and not found[0]
