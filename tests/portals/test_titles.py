"""What titles say: series, report year, organ. The titles are spelt as portals spell them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portals.model import Kind, Level, Organ
from portals.titles import Names, fold, organ_in, organ_named, report_year, series_of


@pytest.mark.parametrize(
    "title",
    [
        "2023年政府信息公开工作年度报告",
        "巴中市住房和城乡建设局 2022 年政府信息公开工作年度报告",
        "达州市通川区\n\n2023 年政府信息公开工作年度报告",
        "巴州区清江镇 2023 年政府信息公开工作 年度报告",
        "政府信息公开工作年度报告（２０２３年度）",
        "2019年政府信息公开工作情况报告",
        "2023年度政府信息公开年报",
        "关于印发《2023年政府信息公开工作年度报告》的通知",
        "关于公布2023年政府信息公开工作年度报告的公告",
        "通川区教育局关于2023年度政府信息公开工作的报告",
        "2021年政务公开工作年度报告",
        "2023年政府信息公开⼯作年度报告",
        "2023年年度报告（政府信息公开）",
        "2023年法治政府建设和政府信息公开工作年度报告",
        "2023年政府信息公开工作年度报告（整改后）",
        "[通川区政府网站]2023年政府信息公开工作年度报告",
        "政府信息公开目录-2023年政府信息公开工作年度报告",
        "通川区教育局政府信息公开2023年度报告",
        "通川区委组织部关于2023年政府信息公开工作年度报告",
        "通川区政府信息公开工作年度报告(2023)",
        "2023年度信息公开年报",
        "机构编制委员会办公室2023年政府信息公开工作年度报告",
    ],
)
def test_titles_of_the_report_are_known_in_every_spelling(title: str) -> None:
    assert series_of(title) == "ogi"


@pytest.mark.parametrize(
    ("title", "what"),
    [
        ("2023年政府网站工作年度报表", "website"),
        ("巴中市水利局2023年法治政府建设年度报告", "rule-of-law"),
        ("2022年度法治政府建设工作情况的报告", "rule-of-law"),
        ("2023年度部门决算公开", "预决算公开"),
        ("2024年政务公开工作要点", "政务公开工作要点"),
        ("《2023年政府信息公开工作年度报告》解读", "解读"),
        ("一图读懂2023年政府信息公开工作年度报告", "一图读懂"),
        ("关于编制2023年政府信息公开工作年度报告的通知", "编制通知"),
        ("关于做好2023年政府信息公开工作年度报告编制和公布工作的通知", "编制通知"),
        ("政府信息公开工作年度报告模板", "模板"),
        ("关于2023年政府信息公开工作年度报告检查情况的通报", "考核通报"),
        ("甲县2023年政府信息公开工作年度报告公布情况通报", "考核通报"),
        ("政府信息公开指南", "信息公开制度文件"),
        ("2023年部门预算公开", "预决算公开"),
        ("第一中学2023年信息公开年度报告", "公共企事业单位信息公开"),
        ("2023年第三季度政府信息公开工作报告", "季度半年报告"),
        ("我局召开2023年政府信息公开工作年度报告编制培训会", "新闻"),
        ("2022年政府信息公开工作年度报告", "ogi"),
    ],
)
def test_lookalikes_are_called_what_they_are(title: str, what: str) -> None:
    assert series_of(title) == what


@pytest.mark.parametrize("title", ["", "关于我们", "某政策解读", "2023年工作总结", "我局召开工作会议"])
def test_titles_that_have_nothing_to_do_with_it_are_nothing(title: str) -> None:
    assert series_of(title) is None


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("2023年政府信息公开工作年度报告", 2023),
        ("２０２３年度政府信息公开年报", 2023),
        ("巴中市 2 0 2 2 年政府信息公开工作年度报告", 2022),
        ("二〇二三年度政府信息公开工作年度报告", 2023),
        ("二○二一年政府信息公开工作年度报告", 2021),
        ("二零一九年政府信息公开工作年度报告", 2019),
        ("政府信息公开工作年度报告（2023年度） 2024-01-30", 2023),
        ("政府信息公开年报2023", 2023),
        ("政府信息公开年报（2023年1月1日至2023年12月31日）", 2023),
        ("2024年1月发布2023年政府信息公开年报", 2023),
        ("2024年发布：2023年政府信息公开工作年度报告", 2023),
        ("川府办〔2024〕3号 2023年政府信息公开工作年度报告", 2023),
        ("2023年政府信息公开工作年度报告2023年政府信息公开工作年度报告", 2023),
        ("2022-2023年政府信息公开年报", None),
        ("2022年和2023年政府信息公开年报", None),
        ("2022年2023年汇编", None),
        ("政府信息公开工作年度报告", None),
        ("政府信息公开工作年度报告 2024-01-30", None),
        ("政府信息公开工作年度报告20240130", None),
        ("120235年", None),
    ],
)
def test_the_report_year_comes_from_the_title(title: str, year: int | None) -> None:
    assert report_year(title) == year


def organ(
    id: str,
    name: str,
    level: Level = "county",
    kind: Kind = "department",
    parent: str | None = None,
    aliases: tuple[str, ...] = (),
) -> Organ:
    return Organ(id, name, aliases, level, kind, "511702", parent, None, None)


ORGANS = (
    organ("bz", "巴中市人民政府", "city", "government"),
    organ("bz-office", "巴中市人民政府办公室", "city", parent="bz"),
    organ("bz-zjj", "巴中市住房和城乡建设局", "city", parent="bz", aliases=("巴中市城乡规划建设和住房保障局",)),
    organ("tc", "达州市通川区人民政府", kind="government"),
    organ("tc-jy", "通川区教育局", parent="tc"),
    organ("tc-fg", "达州市通川区发展和改革局", parent="tc"),
    organ("bzq", "巴州区人民政府", kind="government", parent="bz"),
    organ("qj", "清江镇人民政府", "township", "township", "bzq"),
    organ("dc-jd", "通川区东城街道办事处", "township", "township", "tc"),
    organ("ws", "万源市水利局"),
)


@pytest.mark.parametrize(
    ("title", "id"),
    [
        ("巴中市2023年政府信息公开工作年度报告", "bz"),
        ("巴中市人民政府2023年政府信息公开工作年度报告", "bz"),
        ("四川省巴中市人民政府2023年政府信息公开工作年度报告", "bz"),
        ("巴中市人民政府办公室2023年政府信息公开工作年度报告", "bz-office"),
        ("巴中市政府办2023年政府信息公开工作年度报告", "bz-office"),
        ("巴中市住房和城乡建设局 2022 年政府信息公开工作年度报告", "bz-zjj"),
        ("市住建局2022年政府信息公开工作年度报告", "bz-zjj"),
        ("巴中市城乡规划建设和住房保障局2018年政府信息公开工作年度报告", "bz-zjj"),
        ("达州市通川区\n2023 年政府信息公开工作年度报告", "tc"),
        ("通川区2023年政府信息公开工作年度报告", "tc"),
        ("2023年通川区政府信息公开工作年度报告", "tc"),
        ("达州市通川区教育局2023年政府信息公开工作年度报告", "tc-jy"),
        ("区教育局2023年政府信息公开工作年度报告", "tc-jy"),
        ("教育局2023年政府信息公开工作年度报告", "tc-jy"),
        ("通川区发改局关于2023年政府信息公开工作年度报告的公示", "tc-fg"),
        ("巴州区清江镇 2023 年政府信息公开工作 年度报告", "qj"),
        ("清江镇人民政府2023年政府信息公开工作年度报告", "qj"),
        ("东城街道2023年政府信息公开工作年度报告", "dc-jd"),
        ("达州市万源市水利局2023年政府信息公开工作年度报告", "ws"),
        ("2023年政府信息公开工作年度报告（通川区教育局）", "tc-jy"),
        ("通川区教育局2023年政府信息公开工作年度报告-达州市通川区人民政府", "tc-jy"),
    ],
)
def test_a_title_names_the_organ_with_or_without_its_region(title: str, id: str) -> None:
    named = organ_named(title, ORGANS)
    assert named is not None and named.id == id


@pytest.mark.parametrize(
    "title",
    [
        "2023年政府信息公开工作年度报告",
        "达州市达川区教育局2023年政府信息公开工作年度报告",
        "达州市教育局2023年政府信息公开工作年度报告",
        "通川区水务局2023年政府信息公开工作年度报告",
        "通川区教育局机关服务中心2023年政府信息公开工作年度报告",
        "通川区清江镇2023年政府信息公开工作年度报告",
        "通川区教育局、巴中市住建局2023年政府信息公开工作年度报告",
        "南巴中市政府信息公开工作年度报告",
    ],
)
def test_a_title_that_names_somebody_else_or_several_names_nobody(title: str) -> None:
    assert organ_named(title, ORGANS) is None


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("2023年政府信息公开工作年度报告", None),
        ("关于公布2023年政府信息公开工作年度报告的通知", None),
        ("政府信息公开工作年度报告", None),
        ("巴中市水利局水文站2023年政府信息公开工作年度报告", "巴中市水利局水文站"),
        ("关于沙坝子镇2023年政府信息公开工作年度报告", "沙坝子镇"),
        ("甲县人民政府信息公开年报", "甲县人民政府"),
        ("甲县人民政府政府信息公开年报", "甲县人民政府"),
        ("2023年达州市通川区政府信息公开工作年度报告", "达州市通川区"),
        ("【年报】云顶林场管理局 2023 年度政府信息公开年报", "云顶林场管理局"),
    ],
)
def test_a_name_in_a_title_is_told_from_none_also_when_nobody_registered_it(title: str, words: str | None) -> None:
    assert organ_in(title) == words


REGIONS = st.sampled_from(
    ["青屏", "云溪", "白鹭", "松陵", "雁塘", "桐坞", "澄湖", "石矶", "通江", "平昌", "万源", "忠", "开"]
)
OFFICES = [
    "教育局",
    "财政局",
    "水利局",
    "审计局",
    "统计局",
    "司法局",
    "民政局",
    "公安局",
    "林业局",
    "住房和城乡建设局",
    "人力资源和社会保障局",
    "生态环境局",
    "自然资源和规划局",
    "市场监督管理局",
    "城市管理局",
    "交通运输局",
    "农业农村局",
    "卫生健康委员会",
    "发展和改革局",
    "应急管理局",
    "退役军人事务局",
    "医疗保障局",
    "文化和旅游局",
    "机关事务管理局",
    "人民政府办公室",
]


@st.composite
def counties(draw: st.DrawFn) -> list[Organ]:
    """A city with a county or two, each with its government and some departments."""
    names = draw(st.lists(REGIONS, min_size=3, max_size=3, unique=True))
    city = f"{names[0]}州市" if len(names[0]) == 1 else f"{names[0]}市"
    found = [organ("0", f"{city}人民政府", "city", "government")]
    for number, name in enumerate(names[1:], start=1):
        county = f"{name}{'县' if len(name) == 1 else draw(st.sampled_from(['县', '区', '市']))}"
        front = city if draw(st.booleans()) else ""
        found.append(organ(f"{number}", f"{front}{county}人民政府", kind="government", parent="0"))
        for office in draw(st.lists(st.sampled_from(OFFICES), min_size=1, max_size=4, unique=True)):
            found.append(organ(f"{number}-{office}", f"{front}{county}{office}", parent=f"{number}"))
    return found


@given(counties(), st.data())
def test_in_any_city_a_name_with_its_region_names_that_organ(organs: list[Organ], data: st.DataObject) -> None:
    wanted = data.draw(st.sampled_from(organs))
    city = organs[0].name.removesuffix("人民政府")
    short = wanted.name if wanted is organs[0] else wanted.name.removeprefix(city)
    called = data.draw(
        st.sampled_from([wanted.name, short, f"四川省{wanted.name}", wanted.name.removesuffix("人民政府")])
    )
    year = data.draw(st.sampled_from(["2023年", " 2023 年度", "关于2023年"]))
    named = organ_named(f"{called}{year}政府信息公开工作年度报告", organs)
    assert named is not None and named.id == wanted.id


@given(counties(), st.sampled_from(OFFICES), REGIONS)
def test_in_any_city_a_stranger_names_nobody(organs: list[Organ], office: str, region: str) -> None:
    stranger = f"{region}{'州县' if len(region) == 1 else '新区'}{office}"
    assert organ_named(f"{stranger}2023年政府信息公开工作年度报告", organs) is None


def test_two_organs_of_one_name_are_told_apart_by_their_region_only() -> None:
    organs = [organ("a", "甲甲县教育局"), organ("b", "乙乙县教育局")]
    assert organ_named("教育局2023年政府信息公开工作年度报告", organs) is None
    named = organ_named("乙乙县教育局2023年政府信息公开工作年度报告", organs)
    assert named is not None and named.id == "b"


def test_names_made_ready_once_serve_many_titles() -> None:
    names = Names(ORGANS)
    assert {found.id for title in ("市住建局2022年", "清江镇2023年") if (found := organ_named(title, names))} == {
        "bz-zjj",
        "qj",
    }


def test_radicals_from_printed_pdfs_become_characters() -> None:
    assert fold("⻓江⻢⻋⻔⼯作") == "长江马车门工作"


@given(st.text(max_size=600))
def test_no_title_makes_anything_raise(text: str) -> None:
    series_of(text)
    report_year(text)
    organ_named(text, ORGANS)
    assert len(fold(text)) <= 400


@given(st.text(alphabet="通川区教育局2023年（）()〔〕《》 \n\u00a0⻓⼯０", max_size=60))
def test_folding_twice_is_folding_once(text: str) -> None:
    once = fold(text)
    assert fold(once) in (once, once[: len(once) // 2])


@given(st.sampled_from(ORGANS), st.integers(2008, 2030), st.sampled_from(["年", "年度"]))
def test_an_organs_own_name_before_the_year_names_it(wanted: Organ, year: int, word: str) -> None:
    title = f"{wanted.name}{year}{word}政府信息公开工作年度报告"
    named = organ_named(title, ORGANS)
    assert (named and named.id, report_year(title), series_of(title)) == (wanted.id, year, "ogi")
