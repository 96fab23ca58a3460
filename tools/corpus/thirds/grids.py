"""The form's three tables as grids of cells with spans, as the notices print them, and what clerks do to the grid."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from tools.corpus.thirds.facts import APPLICANT_LABELS, APPLICANTS, CHALLENGES, RESULTS, Facts, groups


@dataclass
class Cell:
    text: str
    cols: int = 1
    rows: int = 1
    name: str = ""  # of a figure


@dataclass
class Grid:
    """Rows of the cells that begin there; `keys` names the form's row of each, empty for headers."""

    width: int
    rows: list[list[Cell]]
    keys: list[str]
    head: int  # rows of the header
    weights: list[float] = field(default_factory=list)  # of the columns

    def filled(self) -> list[list[Cell | None]]:
        """Every place of the grid: the cell that begins there, or None where another one reaches in."""
        places: list[list[Cell | None]] = [[None] * self.width for _ in self.rows]
        taken = [[False] * self.width for _ in self.rows]
        for r, row in enumerate(self.rows):
            c = 0
            for cell in row:
                while c < self.width and taken[r][c]:
                    c += 1
                if c >= self.width:
                    break
                places[r][c] = cell
                for y in range(r, min(r + cell.rows, len(self.rows))):
                    for x in range(c, min(c + cell.cols, self.width)):
                        taken[y][x] = True
        return places

    def flat(self, repeat: bool = False) -> list[list[str]]:
        """Texts of every place; covered ones are empty, or repeat what covers them."""
        out = [["" for _ in range(self.width)] for _ in self.rows]
        for r, row in enumerate(self.filled()):
            for c, cell in enumerate(row):
                if cell is None:
                    continue
                out[r][c] = cell.text
                if repeat:
                    for y in range(r, min(r + cell.rows, len(self.rows))):
                        for x in range(c, min(c + cell.cols, self.width)):
                            out[y][x] = cell.text
        return out


PROACTIVE: dict[str, list[tuple[str, list[str], list[tuple[str, str, list[str]]]]]] = {
    "ogi-2021": [
        (
            "（一）",
            ["本年制发件数", "本年废止件数", "现行有效件数"],
            [
                ("规章", "regulations", ["issued", "repealed", "in_force"]),
                ("行政规范性文件", "normative_documents", ["issued", "repealed", "in_force"]),
            ],
        ),
        ("（五）", ["本年处理决定数量"], [("行政许可", "administrative_licensing", ["decisions"])]),
        (
            "（六）",
            ["本年处理决定数量"],
            [
                ("行政处罚", "administrative_penalties", ["decisions"]),
                ("行政强制", "administrative_compulsion", ["decisions"]),
            ],
        ),
        ("（八）", ["本年收费金额（单位：万元）"], [("行政事业性收费", "administrative_fees", ["amount"])]),
    ],
    "ogi-2019": [
        (
            "（一）",
            ["本年新制作数量", "本年新公开数量", "对外公开总数量"],
            [
                ("规章", "regulations", ["newly_made", "newly_disclosed", "disclosed_total"]),
                ("规范性文件", "normative_documents", ["newly_made", "newly_disclosed", "disclosed_total"]),
            ],
        ),
        (
            "（五）",
            ["上一年项目数量", "本年增/减", "处理决定数量"],
            [
                ("行政许可", "administrative_licensing", ["previous_items", "change", "decisions"]),
                ("其他对外管理服务事项", "other_services", ["previous_items", "change", "decisions"]),
            ],
        ),
        (
            "（六）",
            ["上一年项目数量", "本年增/减", "处理决定数量"],
            [
                ("行政处罚", "administrative_penalties", ["previous_items", "change", "decisions"]),
                ("行政强制", "administrative_compulsion", ["previous_items", "change", "decisions"]),
            ],
        ),
        (
            "（八）",
            ["上一年项目数量", "本年增/减"],
            [("行政事业性收费", "administrative_fees", ["previous_items", "change"])],
        ),
        ("（九）", ["采购项目数量", "采购总金额"], [("政府集中采购", "centralized_procurement", ["items", "amount"])]),
    ],
}


def _wide(texts: list[tuple[str, str]], width: int) -> list[Cell]:
    """Cells over `width` columns, the last one taking what is left."""
    return [Cell(t, width - len(texts) + 1 if i == len(texts) - 1 else 1, 1, n) for i, (t, n) in enumerate(texts)]


def proactive(facts: Facts) -> Grid:
    rows, keys = [], []
    for article, heads, lines in PROACTIVE[facts.form]:
        rows += [[Cell("第二十条第" + article + "项", 4)], [Cell("信息内容"), *_wide([(h, "") for h in heads], 3)]]
        keys += ["", ""]
        for label, key, columns in lines:
            names = [f"proactive_disclosure.{key}.{c}" for c in columns]
            rows.append([Cell(label), *_wide([(facts.shown[n], n) for n in names], 3)])
            keys.append(key)
    return Grid(4, rows, keys, 0, [3, 2, 2, 2])


def _figures(facts: Facts, row: str) -> list[Cell]:
    return [Cell(facts.shown[f"requests.{row}.{c}"], 1, 1, f"requests.{row}.{c}") for c in [*APPLICANTS, "total"]]


def requests(facts: Facts) -> Grid:
    rule = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    rows = [
        [Cell(rule, 3, 3), Cell("申请人情况", 7)],
        [Cell("自然人", 1, 2), Cell("法人或其他组织", 5), Cell("总计", 1, 2)],
        [Cell(t) for t in APPLICANT_LABELS],
        [Cell("一、本年新收政府信息公开申请数量", 3), *_figures(facts, "new")],
        [Cell("二、上年结转政府信息公开申请数量", 3), *_figures(facts, "carried_in")],
    ]
    keys = ["", "", "", "new", "carried_in"]
    height = sum(len(lines) for _, lines in groups(facts.form)) + 1
    first = [Cell("三、本年度办理结果", 1, height)]
    for label, lines in groups(facts.form):
        for i, (key, text) in enumerate(lines):
            lead = [Cell(label, 2)] if not text else ([Cell(label, 1, len(lines))] if i == 0 else []) + [Cell(text)]
            rows.append([*first, *lead, *_figures(facts, key)])
            keys.append(key)
            first = []
    rows += [
        [Cell("（七）总计", 2), *_figures(facts, "handled")],
        [Cell("四、结转下年度继续办理", 3), *_figures(facts, "carried_out")],
    ]
    return Grid(10, rows, [*keys, "handled", "carried_out"], 3, [1.2, 1.8, 4.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2])


def challenges(facts: Facts) -> Grid:
    heads = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    names = [f"challenges.{r}.{c}" for r in CHALLENGES for c in [*RESULTS, "total"]]
    rows = [
        [Cell("行政复议", 5), Cell("行政诉讼", 10)],
        [*[Cell(h, 1, 2) for h in heads], Cell("未经复议直接起诉", 5), Cell("复议后起诉", 5)],
        [Cell(h) for h in heads * 2],
        [Cell(facts.shown[n], 1, 1, n) for n in names],
    ]
    return Grid(15, rows, ["", "", "", "challenges"], 3, [1.0] * 15)


def without(grid: Grid, key: str) -> Grid:
    """The grid less one row; spans that reached over it shrink, and a label that began there moves down."""
    at = grid.keys.index(key)
    rows, moved = [], []
    for r, row in enumerate(grid.rows):
        kept = [replace(c, rows=c.rows - 1) if c.rows > 1 and r <= at < r + c.rows else replace(c) for c in row]
        if r == at:
            moved = [c for c, old in zip(kept, row, strict=True) if old.rows > 1]
            continue
        rows.append([*moved, *kept] if r == at + 1 else kept)
    return Grid(grid.width, rows, grid.keys[:at] + grid.keys[at + 1 :], grid.head, grid.weights)


def with_row(grid: Grid, after: str, cells: list[Cell], key: str) -> Grid:
    """The grid with one more row; spans that reach over the place grow."""
    at = grid.keys.index(after)
    rows = [
        [replace(c, rows=c.rows + 1) if c.rows > 1 and r <= at < r + c.rows else replace(c) for c in row]
        for r, row in enumerate(grid.rows)
    ]
    keys = [*grid.keys[: at + 1], key, *grid.keys[at + 1 :]]
    return Grid(grid.width, [*rows[: at + 1], cells, *rows[at + 1 :]], keys, grid.head, grid.weights)


def split(grid: Grid, rng: Random, headed: bool) -> list[Grid]:
    """One table as two, cut between rows as a page break or an editor cuts; labels that reached over the cut end at it."""
    at = rng.randint(grid.head + 3, len(grid.rows) - 3)  # a row of the upper half or the lower one
    top = [[replace(c, rows=min(c.rows, at - r)) for c in row] for r, row in enumerate(grid.rows[:at])]
    below = [[replace(c) for c in row] for row in grid.rows[at:]]
    carried: list[Cell] = []
    for r, row in enumerate(grid.rows[:at]):
        carried += [Cell("", c.cols, r + c.rows - at) for c in row if r + c.rows > at]
    below[0] = [*carried, *below[0]]
    head = [[replace(c) for c in row] for row in grid.rows[: grid.head]] if headed else []
    return [
        Grid(grid.width, top, grid.keys[:at], grid.head, grid.weights),
        Grid(grid.width, [*head, *below], [""] * len(head) + grid.keys[at:], len(head), grid.weights),
    ]
