"""Which link is taken for whose report, and why not."""

from __future__ import annotations

from datetime import date

import pytest

from portals.model import Organ
from portals.titles import Names
from spiders.candidates import SURE, Expectation, is_organ_label, named_in, weigh
from storage.records import Sighting


def organ(identity: str, name: str, *aliases: str) -> Organ:
    return Organ(identity, name, aliases, "county", "department", "511902", None, None, None)


HOUSING = organ("1", "巴中市住房和城乡建设局", "市住建局")
COUNTY = Organ("3", "巴州县人民政府", ("巴州县",), "county", "government", "511902", None, None, None)
SCHOOLS = organ("2", "巴中市教育局", "市教育局")


def candidate_for(title: str, *, alone: bool = True, wanted: Organ = HOUSING) -> tuple[bool, str, float] | None:
    expectation = Expectation(wanted, "ogi", 2023, alone, Names([HOUSING, SCHOOLS, COUNTY]))
    found = weigh(Sighting("http://x.cn/2019/a.html", title, date(2024, 1, 2), "c"), expectation)
    return (found.accepted, "; ".join(found.reasons), found.score) if found else None


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
        ("巴中市住房和城乡建设局2023年法治政府建设年度报告", True, "another kind"),
        ("关于做好2023年政府信息公开工作年度报告编制工作的通知", True, "another kind"),
        ("【转载】省政府办公厅2023年政府信息公开工作年度报告", True, "reprinted"),
        ("一图读懂巴中市住房和城乡建设局2023年政府信息公开工作年度报告", True, "another kind"),
    ],
)
def test_what_is_not_the_report_is_refused_with_the_reason(title: str, alone: bool, why: str) -> None:
    refused = candidate_for(title, alone=alone)
    assert refused and not refused[0] and why in refused[1], refused


@pytest.mark.parametrize("title", ["2023年政府信息公开工作年度报告", "巴中市教育局2023年政府信息公开工作年度报告"])
def test_in_a_column_of_several_only_what_names_the_organ_is_its_candidate(title: str) -> None:
    assert candidate_for(title, alone=False) is None


def test_a_towns_report_in_its_countys_column_is_not_the_countys() -> None:
    refused = candidate_for("巴州县某某镇2023年政府信息公开工作年度报告", wanted=COUNTY)
    assert refused and not refused[0] and "某某镇" in refused[1]


def test_an_unknown_name_in_an_organs_own_column_is_taken_and_left_to_a_person() -> None:
    taken = candidate_for("巴中市房产管理局2023年政府信息公开工作年度报告")
    assert taken and taken[0] and taken[2] < SURE, taken


def test_what_has_nothing_to_do_with_the_series_is_no_candidate() -> None:
    assert candidate_for("关于2023年春节放假的通知") is None


def test_the_year_is_never_taken_from_the_address() -> None:
    found = candidate_for("巴中市住房和城乡建设局政府信息公开工作年度报告")
    assert found and not found[0]


@pytest.mark.parametrize("label", ["新闻中心", "互动中心", "走进青山区", "魅力乡镇", "人文青山县", "乡镇", "今日甲县"])
def test_a_menus_label_is_no_organs_name(label: str) -> None:
    assert not is_organ_label(Sighting("http://x.cn/1/", label, None, ""))


@pytest.mark.parametrize("label", ["财政局", "青山镇", "县人民政府", "公共资源交易中心", "政务服务中心"])
def test_an_organs_name_is_its_label(label: str) -> None:
    assert is_organ_label(Sighting("http://x.cn/1/", label, None, ""))


@pytest.mark.parametrize(
    ("title", "whose"),
    [
        ("市教育局2023年政府信息公开工作年度报告", "9"),
        ("市教育局", "9"),
        ("巴中市教育局2023年政府信息公开工作年度报告", "2"),
        ("达州市教育局2023年政府信息公开工作年度报告", "9"),
    ],
)
def test_a_short_name_is_this_hosts_organs_although_another_citys_is_registered_by_it(title: str, whose: str) -> None:
    ours = Organ("9", "达州市教育局", (), "city", "department", "511700", None, None, None)
    wanted = Expectation(ours, "ogi", 2023, False, Names([SCHOOLS, ours]), here=Names([ours]))
    named = named_in(title, wanted)
    assert named and named.id == whose
