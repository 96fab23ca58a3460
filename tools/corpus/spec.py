"""A made-up report before it is written down: tables as rows of texts, prose, and the truth about both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random

from reports.form import Form, RowSpec, TableSpec
from tools.corpus.figures import Number, true_figures

NUMERALS = "一二三四五六"


@dataclass
class Slot:
    """One value cell: what it shows and what a reader should make of it."""

    name: str | None  # None: no cell of the form
    text: str
    value: Number | None


@dataclass
class RowModel:
    key: str
    group: str
    label: str
    slots: list[Slot]
    shifted: bool = False


@dataclass
class TableModel:
    key: str
    spec: TableSpec
    rows: list[RowModel]
    present: bool = True


@dataclass
class Spec:
    form: Form
    organ: str
    kind: str  # city, county, department, township
    year: int
    title: str
    signed: date | None
    figures: dict[str, Number]
    tables: dict[str, TableModel]
    headings: list[tuple[str, str]]  # (section key, as written)
    preface: list[str] = field(default_factory=list)
    prose: dict[str, list[str]] = field(default_factory=dict)
    expected: set[tuple[str, str]] = field(default_factory=set)  # (code, what it is about)
    faults: list[str] = field(default_factory=list)
    quiet: bool = False  # the prose lists no outcomes, for they no longer add up

    def truth(self) -> dict[str, Number | None]:
        cells: dict[str, Number | None] = dict.fromkeys(self.form.cell_names)
        seen: set[str] = set()
        for table in self.tables.values():
            for row in table.rows if table.present else []:
                for slot in row.slots:
                    if slot.name is not None and slot.name not in seen:
                        cells[slot.name] = slot.value
                        seen.add(slot.name)
        return cells


def show(value: Number) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


_PLACES = [
    "松岭",
    "青河",
    "白石",
    "临江",
    "东湖",
    "云台",
    "望山",
    "金沙",
    "平川",
    "永安",
    "南桥",
    "石门",
    "长宁",
    "新丰",
    "清水",
]
_OFFICES = [
    "教育局",
    "公安局",
    "财政局",
    "民政局",
    "水利局",
    "统计局",
    "自然资源局",
    "农业农村局",
    "医疗保障局",
    "应急管理局",
]


def make_spec(rng: Random, form: Form) -> Spec:
    """A sound report."""
    first, last = form.years[0], form.years[1] or 2024
    year = rng.randint(max(first, 2019), last)
    kind = rng.choice(["city", "county", "department", "department", "township"])
    organ = _organ(rng, kind)
    figures = true_figures(rng, form)
    if kind == "city" and rng.random() < 0.5:
        for key in form.cell_names[:3]:
            figures[key] = rng.randint(0, 5)
    tables = {key: TableModel(key, spec, list(_rows(key, spec, figures))) for key, spec in form.tables.items()}
    headings = [(s.key, f"{NUMERALS[at]}、{s.label}") for at, s in enumerate(form.sections)]
    signed = date(year + 1, rng.randint(1, 3), rng.randint(1, 28)) if rng.random() < 0.7 else None
    return Spec(form, organ, kind, year, _title(rng, organ, year), signed, figures, tables, headings)


def _organ(rng: Random, kind: str) -> str:
    place = rng.choice(_PLACES)
    if kind == "city":
        return place + "市" + rng.choice(["", "人民政府"])
    if kind == "county":
        return place + rng.choice(["县", "区"]) + rng.choice(["", "人民政府"])
    if kind == "township":
        return place + rng.choice(["县", "区"]) + rng.choice(_PLACES) + rng.choice(["镇", "乡", "街道办事处"])
    return place + rng.choice(["市", "县", "区"]) + rng.choice(_OFFICES)


def _title(rng: Random, organ: str, year: int) -> str:
    return rng.choice(
        [f"{organ}{year}年政府信息公开工作年度报告"] * 4
        + [f"{organ}{year}年度政府信息公开工作年度报告", f"{organ} {year} 年政府信息公开工作年度报告"]
        + [f"{year}年{organ}政府信息公开工作年度报告", f"{organ}{year}年政府信息公开年度报告"]
    )


def _rows(key: str, spec: TableSpec, figures: dict[str, Number]) -> Iterator[RowModel]:
    if spec.one_row:
        names = [f"{key}.{row.key}.{column.key}" for row in spec.rows for column in spec.columns]
        yield RowModel("*", "", "", [_slot(name, figures) for name in names])
        return
    for row in spec.rows:
        names = [f"{key}.{row.key}.{column}" for column in spec.keys(row)]
        yield RowModel(row.key, row.group, row.label, [_slot(name, figures) for name in names])


def _slot(name: str, figures: dict[str, Number]) -> Slot:
    return Slot(name, show(figures[name]), figures[name])


def row_spec(spec: Spec, table: str, key: str) -> RowSpec:
    return next(row for row in spec.form.tables[table].rows if row.key == key)


def broken_sums(spec: Spec) -> set[tuple[str, str]]:
    """The sums that the written figures break, told from the form's data alone."""
    truth = spec.truth()
    broken: set[tuple[str, str]] = set()
    for line in spec.form.constraints:
        values = [truth[name] for name in (*line.left, *line.right)]
        if any(value is None for value in values):
            continue
        left = sum((truth[name] or 0) for name in line.left)
        right = sum((truth[name] or 0) for name in line.right)
        if left != right:
            broken.add((line.code, line.key))
    return broken
