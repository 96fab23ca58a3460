"""The register file: what is taken, and that every fault of a refused file is told with its line."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from portals.faults import FaultList, RegistryFaults
from portals.jsonlines import read_objects
from portals.load import COLUMNS, load_organs

HEADER = ",".join(COLUMNS)
CITY = "bz,巴中市人民政府,巴中市;巴中,city,government,511900,,http://bz.example/,http://bz.example/nb/"
BUREAU = "bz-zjj,巴中市住房和城乡建设局,市住建局,city,department,511900,bz,,"


def write(folder: Path, text: str, encoding: str = "utf-8", name: str = "organs.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def faults_of(path: Path) -> list[tuple[int | None, str | None]]:
    with pytest.raises(RegistryFaults) as refused:
        load_organs(path)
    assert all(fault.file == str(path) and fault.message_zh and fault.message_en for fault in refused.value.faults)
    return [(fault.line, fault.column_name) for fault in refused.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_is_read_in_every_encoding_that_excel_writes(tmp_path: Path, encoding: str) -> None:
    city, bureau = load_organs(write(tmp_path, f"{HEADER}\r\n{CITY}\r\n{BUREAU}\r\n,,,,,,,,\r\n", encoding))
    assert (city.id, city.name, city.aliases, city.level, city.kind) == (
        "bz",
        "巴中市人民政府",
        ("巴中市", "巴中"),
        "city",
        "government",
    )
    assert (city.region, city.parent, city.home_url, city.column_url) == (
        "511900",
        None,
        "http://bz.example/",
        "http://bz.example/nb/",
    )
    assert (bureau.parent, bureau.home_url, bureau.column_url) == ("bz", None, None)


def test_unicode_text_as_excel_saves_it_is_read(tmp_path: Path) -> None:
    text = f"{HEADER}\n{CITY}\n{BUREAU}".replace(",", "\t")
    assert [organ.id for organ in load_organs(write(tmp_path, text, "utf-16", "organs.txt"))] == ["bz", "bz-zjj"]


def test_an_xlsx_with_numbers_for_codes_is_read(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append([])
    sheet.append(list(COLUMNS))
    sheet.append(["1", "巴中市人民政府", None, "city", "government", 511900, None, None, None])
    sheet.append([2, "巴中市\n水利局", "水务局；水电局", "city", "department", 511900.0, 1, None, None])
    book.save(tmp_path / "organs.xlsx")
    city, bureau = load_organs(tmp_path / "organs.xlsx")
    assert (city.region, bureau.region, bureau.parent) == ("511900", "511900", "1")
    assert (bureau.name, bureau.aliases) == ("巴中市水利局", ("水务局", "水电局"))


def test_a_json_list_is_read_and_optional_keys_may_be_absent_or_null(tmp_path: Path) -> None:
    organs = [
        {"id": "bz", "name": "巴中市人民政府", "level": "city", "kind": "government", "region": "511900"},
        {
            "id": "t",
            "name": "清江镇人民政府",
            "level": "township",
            "kind": "township",
            "region": "511902103",
            "aliases": ["清江镇"],
            "parent": "bz",
            "home_url": None,
            "column_url": "",
        },
    ]
    city, town = load_organs(write(tmp_path, json.dumps(organs, ensure_ascii=False), name="organs.json"))
    assert city.aliases == () and town.aliases == ("清江镇",) and town.column_url is None


def test_every_fault_of_a_csv_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    rows = [
        HEADER,
        CITY,
        ",没有编号的局,,city,department,511900,bz,,",
        "a,,,city,department,511900,bz,,",
        "bz,重复的局,,city,department,511900,bz,,",
        "b,名,,prefecture,bureau,51190,nobody,,",
        "c,名,,city,department,511900,d,ftp://x.example/,http://user:pw@x.example/",
        'd,"分两\n行",,city,department,511900,c,http:///nb/,http://x.example:99999/',
        "e,少了一列,,city,department,511900,bz,",
        "f,名,,city,department,511900,bz,http://x .example/,http://[::1/",
    ]
    assert faults_of(write(tmp_path, "\n".join(rows))) == [
        (3, "id"),
        (4, "name"),
        (5, "id"),
        (6, "level"),
        (6, "kind"),
        (6, "region"),
        (6, "parent"),
        (7, "home_url"),
        (7, "column_url"),
        (7, "parent"),
        (8, "home_url"),
        (8, "column_url"),
        (8, "parent"),
        (10, None),
        (11, "home_url"),
        (11, "column_url"),
    ]


def test_unknown_and_missing_columns_are_told(tmp_path: Path) -> None:
    rows = f"{HEADER.replace('region', 'colour')}\n{CITY.replace('511900', 'red')}"
    assert faults_of(write(tmp_path, rows)) == [(1, "colour"), (1, "region")]


@pytest.mark.parametrize("text", ["", " \n\n", HEADER, ",,,,\n", "\x00\x01\x02"])
def test_a_csv_without_organs_is_refused(tmp_path: Path, text: str) -> None:
    assert faults_of(write(tmp_path, text))


def test_a_file_in_no_known_encoding_is_told_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "organs.csv"
    path.write_bytes(HEADER.encode() + b"\na\xff\xff,b\n")
    assert faults_of(path) == [(2, None)]


def test_faults_of_a_json_carry_the_line_of_the_value(tmp_path: Path) -> None:
    text = """[
  {"id": "a", "name": "甲", "level": "city",
   "kind": "department", "region": 511900},
  {"id": "b", "name": "", "level": "city", "kind": "department",
   "region": "511900",
   "colour": "red"},
  7,
  {"id": "a", "name": "丙",
   "aliases": ["x", 3],
   "level": "City", "kind": "department", "region": "511900",
   "region": "511901", "parent":
     "nobody"}
]"""
    path = write(tmp_path, text, name="organs.json")
    expected = [(3, "region"), (4, "name"), (6, "colour"), (7, None), (8, "id"), (9, "aliases"), (11, "region")]
    assert faults_of(path) == [*expected, (12, "parent")]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{}", 1),
        ('[\n{"id": \n', 3),
        ('[\n\n{"id": NaN}]', 3),
        ("[]\n]", 2),
        ("[" * 100_000, 1),
        ('[{"id": ' + "[" * 100_000, 1),
        ('[{"id": 1' + "0" * 5000 + "}]", 1),
        ("[]", None),
        ("[\n{id: 1}]", 2),
    ],
)
def test_a_broken_json_is_refused_where_it_breaks(tmp_path: Path, text: str, line: int | None) -> None:
    assert line in {found for found, _ in faults_of(write(tmp_path, text, name="organs.json"))}


def test_a_file_that_is_not_there_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    assert faults_of(tmp_path / "none.csv") == [(None, None)]
    assert faults_of(tmp_path) == [(None, None)]
    assert faults_of(write(tmp_path, "x", name="organs.doc")) == [(None, None)]
    assert faults_of(write(tmp_path, "PK\x03\x04 no zip", name="organs.xlsx")) == [(None, None)]


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "organs.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<nothing")
    assert faults_of(tmp_path / "organs.xlsx") == [(None, None)]


def test_a_parent_may_be_one_that_the_registry_has_already(tmp_path: Path) -> None:
    path = write(tmp_path, f"{HEADER}\n{BUREAU}")
    assert load_organs(path, known={"bz": None})[0].parent == "bz"
    with pytest.raises(RegistryFaults, match="above itself"):
        load_organs(path, known={"bz": "bz-zjj"})


def test_effective_dates_successors_and_exemptions_may_be_given(tmp_path: Path) -> None:
    rows = [
        f"{HEADER},since,until,successor,exempt",
        f"{CITY},,,,",
        f"{BUREAU},2019-01-01,2024-03-31,bz,",
        "bz-x,某局,,city,department,511900,bz,,,,,,涉密单位",
    ]
    _, merged, secret = load_organs(write(tmp_path, "\n".join(rows)))
    assert (merged.since, merged.until, merged.successor) == (date(2019, 1, 1), date(2024, 3, 31), "bz")
    assert (secret.exempt, secret.until) == ("涉密单位", None)
    rows[2] = f"{BUREAU},2024-03-31,31.1.2024,bz-zjj,"
    rows[3] = "bz-x,某局,,city,department,511900,bz,,,2024-03-31,2024-01-01,nobody,"
    assert faults_of(write(tmp_path, "\n".join(rows))) == [
        (3, "until"),
        (3, "successor"),
        (4, "until"),
        (4, "successor"),
    ]


def test_an_organ_that_is_its_own_parent_is_refused(tmp_path: Path) -> None:
    assert faults_of(write(tmp_path, f"{HEADER}\n{BUREAU.replace(',bz,', ',bz-zjj,')}")) == [(2, "parent")]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.text(), json_values, max_size=4), max_size=4), st.sampled_from([None, 0, 2]))
def test_the_json_walker_reads_what_the_standard_parser_reads(
    objects: list[dict[str, object]], indent: int | None
) -> None:
    faults = FaultList("x")
    read = read_objects(json.dumps(objects, indent=indent), faults, 100)
    assert not faults
    assert read is not None
    assert [{key: value.value for key, value in members.items()} for _, members in read] == objects


@given(st.text(), st.sampled_from([".csv", ".json"]))
def test_no_text_makes_the_loader_raise_anything_but_faults(
    tmp_path_factory: pytest.TempPathFactory, text: str, suffix: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_text(
        f"{HEADER}\n{text}" if suffix == ".csv" else text, encoding="utf-8", errors="surrogatepass", newline=""
    )
    try:
        load_organs(path)
    except RegistryFaults as refused:
        assert refused.faults
