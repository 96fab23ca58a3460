"""What strangers put on paper, before a format: headings, prose and tables of boxes that may span."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from random import Random

from tools.corpus.spec import RowModel, Spec

NBSP, ZWSP = "\u00a0", "\u200b"
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
OUTCOMES = "三、本年度办理结果"


@dataclass
class Box:
    """A cell of a table; `name` only where a value of the form stands."""

    text: str
    across: int = 1
    down: int = 1
    name: str | None = None
    head: bool = False


Rows = list[list[Box]]


@dataclass
class Part:
    kind: str  # title, p, h, table, sign
    text: str = ""
    rows: Rows = field(default_factory=list)
    key: str = ""  # of a table
    heads: int = 0  # rows of header at the top of a table


def parts(rng: Random, spec: Spec) -> Iterator[Part]:
    """The report from its title to the date under it."""
    style = NumberStyle(rng)
    relabel = Labels(rng)
    yield from _title(rng, spec)
    for line in spec.preface:
        yield Part("p", line)
    for key, text in spec.headings:
        yield Part("h", text)
        if key in spec.tables and spec.tables[key].present:
            yield _table(rng, spec, key, style, relabel)
            if rng.random() < 0.1:
                yield Part("p", rng.choice(["注：本表数据由各单位报送汇总。", "说明：表中数据截至当年12月31日。"]))
        else:
            for at, line in enumerate(spec.prose.get(key, ())):
                yield Part("p", line)
                if key == "overview" and at == 1 and rng.random() < 0.15:
                    yield _extra(rng)
    if spec.signed:
        day = spec.signed
        yield Part("sign", spec.organ)
        yield Part(
            "sign",
            rng.choice(
                [
                    f"{day.year}年{day.month}月{day.day}日",
                    f"{day.year} 年 {day.month} 月 {day.day} 日",
                    f"{day:%Y-%m-%d}",
                ]
            ),
        )


def _title(rng: Random, spec: Spec) -> Iterator[Part]:
    way = rng.random()
    if way < 0.1 and spec.title.startswith(spec.organ):
        yield Part("title", spec.organ)
        yield Part("title", spec.title[len(spec.organ) :].strip())
    else:
        yield Part("title", spec.title)
        if way > 0.92:
            yield Part("title", spec.title)


def _extra(rng: Random) -> Part:
    """A small table of its own that is none of the form's."""
    kinds = rng.sample(["政策文件", "工作动态", "财政信息", "政策解读", "回应关切", "会议公开"], 4)
    rows = [[Box("信息类别", head=True), Box("发布数量（条）", head=True)]]
    rows += [[Box(kind), Box(str(rng.randint(3, 900)))] for kind in kinds]
    return Part("table", rows=rows, key="extra", heads=1)


class NumberStyle:
    """How one author writes his numbers; never so that their value is in doubt."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.way = rng.choices(["plain", "wide", "comma", "spaces", "zero_width", "mixed"], [10, 1, 2, 2, 1, 1])[0]

    def __call__(self, text: str) -> str:
        if not text.replace(".", "").isdigit():
            return text
        way = self.rng.choice(["plain", "wide", "spaces"]) if self.way == "mixed" else self.way
        if way == "wide":
            return text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)} | {ord("."): "．"})
        if way == "comma":
            whole, dot, rest = text.partition(".")
            return f"{int(whole):,}{dot}{rest}"
        if way == "spaces":
            return self.rng.choice(["", " ", NBSP, "\u3000"]) + text + self.rng.choice(["", " ", NBSP])
        return ZWSP + text if way == "zero_width" else text


class Labels:
    """How one author writes the form's labels: brackets, spaces and points, never the words."""

    def __init__(self, rng: Random) -> None:
        self.swaps = [
            pair
            for pair in [("（", "("), ("）", ")"), ("，", ","), ("：", ":"), ("、", "，"), ("“", '"'), ("”", '"')]
            if pair[0] != "、" and rng.random() < 0.2
        ]
        self.point = rng.choice([".", ".", ".", "．", "、", ". "])
        self.gap = rng.choice(["", "", "", " ", NBSP])
        self.bare_note = rng.random() < 0.1

    def __call__(self, text: str) -> str:
        for old, new in self.swaps:
            text = text.replace(old, new)
        if text[:1].isdigit() and text[1:2] == ".":
            text = text[0] + self.point + text[2:]
        for close in "）)":
            if self.gap and text[:1] in "（(" and close in text[:4]:
                text = text.replace(close, close + self.gap, 1)
        return text


def _table(rng: Random, spec: Spec, key: str, style: NumberStyle, relabel: Labels) -> Part:
    make = {"proactive_disclosure": _proactive, "requests": _requests, "challenges": _challenges}[key]
    rows, heads = make(rng, spec, relabel)
    for row in rows:
        for box in row:
            if box.name is not None:
                box.text = style(box.text)
    return Part("table", rows=rows, key=key, heads=heads)


def values(row: RowModel) -> list[Box]:
    return [Box(slot.text, name=slot.name or "") for slot in row.slots]


def _proactive(rng: Random, spec: Spec, relabel: Labels) -> tuple[Rows, int]:
    table = spec.tables["proactive_disclosure"]
    labels = {column.key: column.label for column in table.spec.columns}
    columns = {row.key: table.spec.keys(row) for row in table.spec.rows}
    rows: Rows = []
    for group, members in groupby(table.rows, key=lambda row: row.group):
        listed = list(members)
        keys = columns[listed[0].key]
        spans = {1: [3], 2: [1, 2], 3: [1, 1, 1]}[len(keys)]
        rows.append([Box(relabel(group), across=4, head=True)])
        heads = [Box(relabel(labels[key]), across=n, head=True) for key, n in zip(keys, spans, strict=True)]
        rows.append([Box("信息内容", head=True), *heads])
        for row in listed:
            boxes = [Box(slot.text, across=n, name=slot.name or "") for slot, n in zip(row.slots, spans, strict=False)]
            label = "规  章" if row.label == "规章" and rng.random() < 0.3 else relabel(row.label)
            rows.append([Box(label), *boxes])
    return rows, 0


def _requests(rng: Random, spec: Spec, relabel: Labels) -> tuple[Rows, int]:
    table = spec.tables["requests"]
    names = [column.label for column in table.spec.columns]
    rows: Rows = [
        [Box("" if relabel.bare_note else relabel(NOTE), 3, 3, head=True), Box("申请人情况", 7, head=True)],
        [Box(names[0], 1, 2, head=True), Box("法人或其他组织", 5, head=True), Box(names[6], 1, 2, head=True)],
        [Box(name, head=True) for name in names[1:6]],
    ]
    for done, part in groupby(table.rows, key=lambda row: row.label[:2] not in ("一、", "二、", "四、")):
        listed = list(part)
        if not done:
            rows += [[Box(relabel(row.label), across=3), *values(row)] for row in listed]
            continue
        first = [Box(OUTCOMES, down=len(listed))]
        for group, members in groupby(listed, key=lambda row: row.group):
            held = list(members)
            head = [Box(relabel(group), down=len(held))] if group else []
            for row in held:
                label = Box(relabel(row.label), across=1 if group else 2)
                rows.append([*first, *head, label, *values(row)])
                first, head = [], []
    return rows, 3


def _challenges(rng: Random, spec: Spec, relabel: Labels) -> tuple[Rows, int]:
    table = spec.tables["challenges"]
    names = [column.label for column in table.spec.columns]
    rows: Rows = [
        [Box("行政复议", 5, head=True), Box("行政诉讼", 10, head=True)],
        [
            *(Box(name, 1, 2, head=True) for name in names),
            Box("未经复议直接起诉", 5, head=True),
            Box("复议后起诉", 5, head=True),
        ],
        [Box(name, head=True) for name in names * 2],
        *(values(row) for row in table.rows),
    ]
    return rows, 3


def widths(key: str) -> list[float]:
    """Relative widths of a table's columns."""
    return {
        "proactive_disclosure": [3.0, 2.0, 2.0, 2.0],
        "requests": [1.1, 1.6, 4.0, *[1.0] * 7],
        "challenges": [1.0] * 15,
        "extra": [2.0, 1.0],
    }[key]


def matrix(rows: Rows) -> list[list[tuple[Box, bool] | None]]:
    """The table without spans: each place has its box, and whether the box begins there."""
    width = max(sum(box.across for box in row) for row in rows)
    grid: list[list[tuple[Box, bool] | None]] = [[None] * width for _ in rows]
    for at, row in enumerate(rows):
        column = 0
        for box in row:
            while column < width and grid[at][column] is not None:
                column += 1
            for down in range(min(box.down, len(rows) - at)):
                for across in range(min(box.across, width - column)):
                    grid[at + down][column + across] = (box, down == across == 0)
            column += box.across
    return grid
