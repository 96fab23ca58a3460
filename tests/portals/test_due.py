"""By when who owes what, as the law and its notices say; and that the data files are refused when they are wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from portals.calendar import holiday_on, is_working_day, load_calendar, next_working_day
from portals.due import built_in_rules, due, load_due_rules, load_local_rules, obligations
from portals.faults import RegistryFaults
from portals.model import Kind, Level, Organ
from portals.series import built_in_series, load_series
from portals.working import show_working


def organ(kind: Kind, level: Level, region: str = "511702") -> Organ:
    return Organ("x", "通川区人民政府", (), level, kind, region, None, None, None)


@pytest.mark.parametrize(
    ("kind", "level", "year", "notice", "statute"),
    [
        ("department", "province", 2023, "01-31", "01-31"),
        ("department", "city", 2019, "01-31", "01-31"),
        ("department", "county", 2020, "01-31", "01-31"),
        ("township", "township", 2023, "01-31", "03-31"),
        ("township", "county", 2023, "01-31", "03-31"),
        ("government", "township", 2021, "01-31", "03-31"),
        ("government", "county", 2023, "02-20", "03-31"),
        ("government", "city", 2019, "03-10", "03-31"),
        ("government", "province", 2024, "03-31", "03-31"),
        ("government", "county", 2018, "03-31", "03-31"),
        ("department", "city", 2008, "03-31", "03-31"),
        ("township", "township", 2018, "03-31", "03-31"),
    ],
)
def test_each_tier_is_due_when_the_law_says(kind: Kind, level: Level, year: int, notice: str, statute: str) -> None:
    owed = due(organ(kind, level), "ogi", year)
    assert owed is not None
    assert owed.due_notice == date.fromisoformat(f"{year + 1}-{notice}")
    assert owed.due_statute == date.fromisoformat(f"{year + 1}-{statute}")


def test_every_kind_level_and_year_has_exactly_one_general_rule() -> None:
    for year in (2008, 2018, 2019, 2020, 2021, 2030):
        for kind in ("government", "department", "township"):
            for level in ("province", "city", "county", "township"):
                assert due(organ(kind, level), "ogi", year) is not None
    assert due(organ("department", "city"), "ogi", 2007) is None
    assert due(organ("department", "city"), "nothing", 2023) is None


def test_other_series_are_data_too() -> None:
    website = due(organ("department", "city"), "website", 2023)
    law = due(organ("government", "county"), "rule-of-law", 2023)
    assert website is not None and law is not None
    assert (website.due_notice, law.due_notice) == (date(2024, 1, 31), date(2024, 4, 1))
    assert [series.key for series in built_in_series()] == ["ogi", "website", "rule-of-law"]


def test_what_organs_owe_comes_in_their_order() -> None:
    owed = list(obligations([organ("department", "city"), organ("government", "county")], "ogi", 2023))
    assert [item.due_notice.month for item in owed] == [1, 2]


RULES = """rules:
  - {series: ogi, years: [2021, null], kinds: [government], levels: [county], notice: '02-20', statute: '03-31',
     ground_zh: 甲, ground_en: A}
  - {series: ogi, years: [2023, 2023], kinds: [government], levels: [county], regions: ['5117'], notice: '02-10',
     ground_zh: 乙, ground_en: B}
"""


def test_a_stricter_local_notice_counts_in_its_region_only(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    rules = load_due_rules(tmp_path / "rules.yaml")
    here = due(organ("government", "county", "511702"), "ogi", 2023, rules)
    there = due(organ("government", "county", "511902"), "ogi", 2023, rules)
    assert here is not None and there is not None
    assert (here.due_notice, here.due_statute, here.rule.ground_en) == (date(2024, 2, 10), date(2024, 3, 31), "B")
    assert (there.due_notice, there.rule.ground_en) == (date(2024, 2, 20), "A")
    assert "stricter" in show_working(here).en


def test_local_rules_stand_beside_those_that_ship_and_must_name_a_region(tmp_path: Path) -> None:
    path = tmp_path / "local.yaml"
    local = "series: ogi, years: [2021, null], kinds: [department], levels: [city], notice: '01-20', ground_zh: 甲"
    path.write_text(f"rules:\n  - {{{local}, ground_en: A, regions: ['51']}}\n", encoding="utf-8")
    rules = (*built_in_rules(), *load_local_rules(path))
    owed = due(organ("department", "city"), "ogi", 2023, rules)
    assert owed is not None and (owed.due_notice, owed.due_statute) == (date(2024, 1, 20), date(2024, 1, 31))
    path.write_text(
        f"rules:\n  - {{{local}, ground_en: A, statute: '01-31'}}\n"
        f"  - {{{local}, ground_en: A, regions: ['51'], statute: '01-31'}}\n",
        encoding="utf-8",
    )
    with pytest.raises(RegistryFaults) as refused:
        load_local_rules(path)
    assert places(refused) == [(2, None), (3, "statute")]


def test_organs_owe_for_the_years_in_which_they_existed() -> None:
    base = organ("department", "county")
    founded = replace(base, since=date(2023, 6, 1))
    assert due(founded, "ogi", 2022) is None
    assert due(founded, "ogi", 2023) is not None
    merged = replace(base, until=date(2024, 1, 15), successor="y")
    years = {year: due(merged, "ogi", year) for year in (2022, 2023, 2024, 2025)}
    assert [owed.exempt if owed else "nothing" for owed in years.values()] == [
        None,
        "abolished",
        "abolished",
        "nothing",
    ]
    last_day = due(replace(base, until=date(2024, 1, 31)), "ogi", 2023)
    assert last_day is not None and last_day.exempt is None


def test_an_exempt_organ_is_exempt_with_its_reason() -> None:
    owed = due(replace(organ("department", "county"), exempt="涉密单位"), "ogi", 2023)
    assert owed is not None and owed.exempt == "涉密单位"


def test_a_due_date_is_shown_with_its_working_and_its_holiday() -> None:
    owed = due(organ("department", "county"), "ogi", 2024)  # 31 January 2025 was the third day of Spring Festival
    assert owed is not None
    words = show_working(owed)
    assert "第四十九条第一款" in words.zh and "春节" in words.zh and "不因此顺延" in words.zh
    assert "Art. 49(1)" in words.en and "Spring Festival" in words.en and "2025-01-31" in words.en
    county = due(organ("government", "county"), "ogi", 2022)
    assert county is not None
    assert "2023年2月20日" in show_working(county).zh and "2023年3月31日" in show_working(county).zh


def test_holidays_and_worked_weekends_are_known() -> None:
    holiday = holiday_on(date(2022, 1, 31))
    assert holiday is not None and holiday.name_en == "Spring Festival"
    assert not is_working_day(date(2025, 1, 31)) and is_working_day(date(2025, 2, 8))
    assert next_working_day(date(2025, 1, 28)) == date(2025, 2, 5)
    assert is_working_day(date(2050, 10, 3))  # a Monday of which nothing is announced yet


def places(refused: pytest.ExceptionInfo[RegistryFaults]) -> list[tuple[int | None, str | None]]:
    return [(fault.line, fault.column_name) for fault in refused.value.faults]


def test_rules_with_faults_are_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        """rules:
  - series: none
    years: [2021]
    kinds: [office]
    levels: []
    notice: 02-30
    statute: '1-31'
    ground_zh: ''
    colour: red
  - {series: ogi, years: [2021, null], kinds: [government], levels: [county], notice: '03-20', statute: '02-28',
     ground_zh: 甲, ground_en: A, regions: [x]}
  - {series: ogi, years: [2020, 2022], kinds: [government], levels: [county], notice: '02-20', statute: '01-31',
     ground_zh: 甲, ground_en: A}
  - {series: ogi, years: [2022, null], kinds: [government], levels: [county], notice: '02-20', statute: '03-31',
     ground_zh: 甲, ground_en: A}
  - just words
extra: 1
""",
        encoding="utf-8",
    )
    with pytest.raises(RegistryFaults) as refused:
        load_due_rules(path)
    assert sorted(places(refused), key=str) == sorted(
        [
            (2, "series"),
            (3, "years"),
            (4, "kinds"),
            (5, "levels"),
            (6, "notice"),
            (7, "statute"),
            (8, "ground_zh"),
            (2, "ground_en"),
            (9, "colour"),
            (11, "regions"),
            (10, "statute"),
            (12, "notice"),
            (14, None),
            (16, None),
            (17, "extra"),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    "text", ["", "[]", "a: [", "a: 1\na: 2\n", "rules: 3\n", "\x00", "rules: []\n", "a: &a [*a]\n", "{" * 5000]
)
def test_files_that_are_no_rules_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    for load in (load_due_rules, load_series):
        with pytest.raises(RegistryFaults):
            load(path)


def test_series_and_calendar_files_with_faults_are_refused(tmp_path: Path) -> None:
    series, names = tmp_path / "series.yaml", "name_zh: 甲, name_en: A, reminder_zh: 甲, reminder_en: A"
    series.write_text(
        f"series:\n  - {{key: a, {names}, has_form: 1, first_year: 12, titles: ['(']}}\n"
        f"  - {{key: a, {names}, has_form: true, first_year: 2020}}\n",
        encoding="utf-8",
    )
    with pytest.raises(RegistryFaults) as refused:
        load_series(series)
    assert sorted(places(refused), key=str) == [
        (2, "first_year"),
        (2, "has_form"),
        (2, "key"),
        (2, "titles"),
        (3, "key"),
        (3, None),
    ]
    calendar = tmp_path / "calendar.yaml"
    calendar.write_text(
        "years:\n  - year: 2024\n    worked: ['02-05']\n"
        "    holidays: [{name_zh: 甲, name_en: A, from: '02-03', to: '02-01'}]\n",
        encoding="utf-8",
    )
    with pytest.raises(RegistryFaults) as refused:
        load_calendar(calendar)
    assert [column for _, column in places(refused)] == ["worked", "to"]
    with pytest.raises(RegistryFaults):
        load_calendar(tmp_path / "none.yaml")


def test_the_data_that_ships_is_sound() -> None:
    assert len(built_in_rules()) > 10
