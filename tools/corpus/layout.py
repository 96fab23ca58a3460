"""Tables as grids of merged cells, as the form draws them; and the report as a list of blocks for every writer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tools.corpus.spec import Spec, TableModel

NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


@dataclass
class GCell:
    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    value: bool = False


@dataclass
class Grid:
    width: int
    height: int
    cells: list[GCell]

    def by_row(self) -> list[list[GCell]]:
        return [sorted((c for c in self.cells if c.row == r), key=lambda c: c.column) for r in range(self.height)]


@dataclass
class Block:
    kind: str  # title, heading, paragraph, table, signature
    text: str = ""
    grid: Grid | None = None


def blocks(spec: Spec) -> Iterator[Block]:
    yield Block("title", spec.title)
    yield from (Block("paragraph", text) for text in spec.preface)
    for key, heading in spec.headings:
        yield Block("heading", heading)
        yield from (Block("paragraph", text) for text in spec.prose.get(key, []))
        table = spec.tables.get(key)
        if table is not None and table.present:
            yield Block("table", grid=GRIDS[key](table))
    if spec.signed:
        yield Block("signature", spec.organ)
        yield Block("signature", f"{spec.signed.year}年{spec.signed.month}月{spec.signed.day}日")


def proactive_grid(table: TableModel) -> Grid:
    cells: list[GCell] = []
    r = 0
    shown = ""
    width = 1 + max(len(row.slots) for row in table.rows)
    for row in table.rows:
        spec = next(s for s in table.spec.rows if s.key == row.key)
        keys = table.spec.keys(spec)
        wide = (width - 1) // len(keys)
        if row.group != shown:
            shown = row.group
            cells.append(GCell(r, 0, row.group, 1, width))
            cells.append(GCell(r + 1, 0, "信息内容"))
            cells += _spread(r + 1, [table.spec.column(key).label for key in keys], wide, width, value=False)
            r += 2
        cells.append(GCell(r, 0, row.label))
        cells += _spread(r, [slot.text for slot in row.slots], wide, width, value=True)
        r += 1
    return Grid(width, r, cells)


def _spread(row: int, texts: list[str], wide: int, width: int, value: bool) -> list[GCell]:
    cells = [GCell(row, 1 + at * wide, text, 1, wide, value) for at, text in enumerate(texts)]
    cells[-1].columns = width - cells[-1].column
    return cells


def requests_grid(table: TableModel) -> Grid:
    columns = [column.label for column in table.spec.columns]
    cells = [
        GCell(0, 0, NOTE, 3, 3),
        GCell(0, 3, "申请人情况", 1, 7),
        GCell(1, 3, columns[0], 2),
        GCell(1, 4, "法人或其他组织", 1, 5),
    ]
    cells.append(GCell(1, 9, columns[6], 2))
    cells += [GCell(2, 4 + at, label) for at, label in enumerate(columns[1:6])]
    body = [at for at, row in enumerate(table.rows) if not row.label.startswith(("一、", "二、", "四、"))]
    shown = ""
    for at, row in enumerate(table.rows):
        r = 3 + at
        if at not in body:
            cells.append(GCell(r, 0, row.label, 1, 3))
        else:
            if at == body[0]:
                cells.append(GCell(r, 0, "三、本年度办理结果", body[-1] - body[0] + 1, 1))
            if row.group:
                if row.group != shown:
                    cells.append(GCell(r, 1, row.group, _run(table, at), 1))
                cells.append(GCell(r, 2, row.label))
            else:
                cells.append(GCell(r, 1, row.label, 1, 2))
        shown = row.group
        cells += [GCell(r, 3 + c, slot.text, value=True) for c, slot in enumerate(row.slots)]
    return Grid(10, 3 + len(table.rows), cells)


def _run(table: TableModel, at: int) -> int:
    end = at
    while end < len(table.rows) and table.rows[end].group == table.rows[at].group:
        end += 1
    return end - at


def challenges_grid(table: TableModel) -> Grid:
    labels = [column.label for column in table.spec.columns]
    cells = [GCell(0, 0, "行政复议", 1, 5), GCell(0, 5, "行政诉讼", 1, 10)]
    cells += [GCell(1, at, label, 2) for at, label in enumerate(labels)]
    cells += [GCell(1, 5, "未经复议直接起诉", 1, 5), GCell(1, 10, "复议后起诉", 1, 5)]
    cells += [GCell(2, 5 + at, labels[at % 5]) for at in range(10)]
    cells += [GCell(3, at, slot.text, value=True) for at, slot in enumerate(table.rows[0].slots)]
    return Grid(15, 4, cells)


GRIDS = {"proactive_disclosure": proactive_grid, "requests": requests_grid, "challenges": challenges_grid}
