"""What organs do wrong, one at a time: each fault changes what the document shows and says how it must be told."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tools.corpus.thirds import grids
from tools.corpus.thirds.facts import APPLICANTS, CHALLENGES, Facts, draw, result_rows, violated
from tools.corpus.thirds.grids import Cell, Grid
from tools.corpus.thirds.words import Document, total, write


def _bump(facts: Facts, name: str, rng: Random) -> None:
    facts.shown[name] = facts.told[name] = str(int(facts.shown[name]) + rng.choice([1, 1, 2, 9, 10]))


def wrong_figure(facts: Facts, rng: Random) -> None:
    row = rng.choice(["new", "carried_in", *result_rows(facts.form), "handled", "carried_out"])
    _bump(facts, f"requests.{row}.{rng.choice([*APPLICANTS, 'total', 'total'])}", rng)


def wrong_challenge(facts: Facts, rng: Random) -> None:
    _bump(facts, f"challenges.{rng.choice(CHALLENGES)}.{rng.choice(['upheld', 'other', 'pending', 'total'])}", rng)


def row_less(facts: Facts, rng: Random) -> None:
    """Two rows in one: a whole row of the results counted to its neighbour in no column of handled."""
    for c in APPLICANTS:
        _bump(facts, f"requests.handled.{c}", rng)


def cell(facts: Facts, rng: Random) -> None:
    kind, text = rng.choice(
        [
            ("cell.blank", ""),
            ("cell.placeholder", rng.choice(["/", "-", "—", "无", "--", "／"])),
            ("cell.not_a_number", rng.choice(["详见附件", "同上", "若干"])),
            ("cell.unit", "{}件"),
            ("cell.invalid_number", "-{}"),
            ("cell.invalid_number", "{}.5"),
        ]
    )
    names = [n for n in facts.shown if n.startswith("requests.") or n.endswith((".decisions", ".issued", ".in_force"))]
    if "-{}" in text:
        names = [n for n in names if n.startswith("proactive") and facts.shown[n] != "0"] or [
            "requests.closed_other.other"
        ]
        if names[0] not in facts.shown:
            return cell(facts, rng)
    name = rng.choice(names)
    facts.shown[name] = text.format(facts.shown[name] if facts.shown[name] != "0" or "-" not in text else "3")
    facts.expected.add((kind, name))
    facts.neutral.add(name)
    return None


def fee(facts: Facts, rng: Random) -> None:
    name = "proactive_disclosure.administrative_fees.amount"
    if name not in facts.shown:
        return wrong_figure(facts, rng)
    code, text = rng.choice(
        [("cell.unit", f"{rng.randint(9, 9000)}万元"), ("cell.unit", "251000元"), ("cell.invalid_number", "12.345678")]
    )
    facts.shown[name] = text
    facts.expected.add((code, name))
    facts.neutral.add(name)
    return None


def power(facts: Facts, rng: Random) -> None:
    if facts.kind == "city":
        return wrong_figure(facts, rng)
    column = "in_force" if facts.form == "ogi-2021" else "disclosed_total"
    facts.shown[f"proactive_disclosure.regulations.{column}"] = str(rng.randint(1, 5))
    facts.expected.add(("power.exceeded", ""))
    return None


FIGURES: list[Callable[[Facts, Random], None]] = [
    wrong_figure,
    wrong_figure,
    wrong_challenge,
    row_less,
    cell,
    cell,
    cell,
    fee,
    power,
]


def _grid(document: Document, at: int) -> Grid:
    grid = document.sections[at][1][0]
    assert isinstance(grid, Grid)
    return grid


def _zero_rows(facts: Facts) -> list[str]:
    rows = [
        r
        for r in result_rows(facts.form)
        if not total(facts, r) and r.startswith(("refused", "unavail", "declined", "closed_"))
    ]
    return rows or []


def row_gone(facts: Facts, document: Document, rng: Random) -> None:
    for key in rng.sample(_zero_rows(facts), 1) if _zero_rows(facts) else []:
        document.sections[2][1][0] = grids.without(_grid(document, 2), key)
        facts.absent.add(f"requests.{key}")
        facts.expected.add(("row.missing", f"requests.{key}"))


def row_more(facts: Facts, document: Document, rng: Random) -> None:
    key, label = rng.choice(
        [
            ("refused_administrative_query", "9.其他情形"),
            ("declined_reissue", "6.其他"),
            ("unavailable_still_unclear", "4.其他原因"),
        ]
    )
    document.sections[2][1][0] = grids.with_row(
        _grid(document, 2), key, [Cell(label), *[Cell("0") for _ in range(7)]], "+"
    )
    facts.expected.add(("row.added", ""))


def row_twice(facts: Facts, document: Document, rng: Random) -> None:
    rows = [r for r in _zero_rows(facts) if not r.startswith("closed")]
    if rows:
        key, grid = rng.choice(rows), _grid(document, 2)
        again = [Cell(c.text, 1, 1, c.name) for c in grid.rows[grid.keys.index(key)] if c.name or c.text[:1].isdigit()]
        document.sections[2][1][0] = grids.with_row(grid, key, again, key)
        facts.expected.add(("row.duplicated", f"requests.{key}"))


RENAMED = {
    "disclosed": ("予以公开", "准予公开"),
    "refused_state_secret": ("国家秘密", "国家机密"),
    "unavailable_not_held": ("不掌握", "没有"),
    "declined_repeated": ("重复申请", "反复申请"),
    "carried_out": ("结转下年度继续办理", "结转至下一年办理"),
}


def label(facts: Facts, document: Document, rng: Random) -> None:
    key = rng.choice(sorted(RENAMED))
    old, new = RENAMED[key]
    for one in _grid(document, 2).rows[_grid(document, 2).keys.index(key)]:
        one.text = one.text.replace(old, new)
    facts.expected.add(("label.changed", f"requests.{key}"))


def table_gone(facts: Facts, document: Document, rng: Random) -> None:
    at, table = rng.choice([(1, "proactive_disclosure"), (2, "requests"), (3, "challenges")])
    document.sections[at][1][:] = [rng.choice(["（见附件）", "本年度无此类情况。"])]
    facts.absent.add(table)
    facts.expected.add(("table.missing", ""))


def section_gone(facts: Facts, document: Document, rng: Random) -> None:
    del document.sections[4]
    facts.expected.add(("section.missing", ""))


def heading(facts: Facts, document: Document, rng: Random) -> None:
    at, new = rng.choice([(4, "五、存在的问题及改进措施"), (5, "六、其他事项"), (0, "一、基本情况")])
    document.sections[at] = (new, document.sections[at][1])
    facts.expected.add(("section.heading", ""))


def empty(facts: Facts, document: Document, rng: Random) -> None:
    document.sections[4][1][:] = rng.choice([[], ["（请填写存在的主要问题及改进情况）"], ["XXX"]])
    facts.expected.add(("section.empty", ""))


def silent(facts: Facts, document: Document, rng: Random) -> None:
    """The older form does not ask for it."""
    if facts.form == "ogi-2019":
        return citation(facts, document, rng)
    document.sections[5][1][:] = [rng.choice(["无。", "没有其他需要报告的事项。"])]
    facts.expected.add(("fee.silent", ""))
    return None


def period(facts: Facts, document: Document, rng: Random) -> None:
    document.preface = [
        f"根据《条例》规定编制本报告，所列数据的统计期限自{facts.year - 1}年1月1日起至{facts.year - 1}年12月31日止。"
    ]
    facts.expected.add(("period.mismatch", ""))


def citation(facts: Facts, document: Document, rng: Random) -> None:
    wrong = rng.choice(["国务院令第492号", "国务院令第171号"])
    document.preface[0] = (
        f"依据《中华人民共和国政府信息公开条例》（{wrong}）编制。统计期限自{facts.year}年1月1日起至{facts.year}年12月31日止。"
    )
    facts.expected.add(("citation.wrong", ""))


def contradiction(facts: Facts, document: Document, rng: Random) -> None:
    new, left = total(facts, "new"), total(facts, "carried_out")
    document.sections[0][1][2] = rng.choice(
        [
            f"（二）依申请公开。{facts.year}年共新收政府信息公开申请{new + total(facts, 'carried_in') + 4}件。",
            f"（二）依申请公开。本年新收政府信息公开申请{new}件，结转下年度继续办理{left + 3}件。",
        ]
    )
    facts.expected.add(("narrative.mismatch", ""))


def parts(facts: Facts, document: Document, rng: Random) -> None:
    n = rng.randint(50, 400)
    document.sections[0][1][1] = (
        f"（一）主动公开。全年主动公开政府信息{n}条，其中门户网站{n - 20}条、政务新媒体{n - 30}条。"
    )
    facts.expected.add(("narrative.parts", ""))


def gap(facts: Facts, document: Document, rng: Random) -> None:
    document.sections[0][1][3] = "（三）政府信息管理。本年制发行政规范性文件  件，现行有效的规范性文件  件。"
    facts.expected.add(("narrative.gap", ""))


def percentage(facts: Facts, document: Document, rng: Random) -> None:
    handled = total(facts, "handled")
    if handled < 8:
        return gap(facts, document, rng)
    opened = total(facts, "disclosed", "partially_disclosed")
    off = (100 * opened / handled + 23) % 100
    document.sections[0][1][2] = (
        f"（二）依申请公开。办结政府信息公开申请{handled}件，其中予以公开和部分公开{opened}件，占{off:.1f}%。"
    )
    facts.expected.add(("narrative.percentage", ""))
    return None


WORDS: list[Callable[[Facts, Document, Random], None]] = [
    row_gone, row_more, row_twice, label, table_gone, section_gone, heading, empty, silent, period, citation, contradiction, parts, gap, percentage,
]  # fmt: skip


def outdated(facts: Facts) -> None:
    facts.year = 2023
    facts.expected.add(("form.outdated", ""))


def constrain(facts: Facts) -> None:
    """Labels what the shown figures break, when all is drawn; of a table that is not there nothing else is told."""
    gone = {a for a in facts.absent if "." not in a}
    here = {e for e in facts.expected if not any(e[1].startswith(a) for a in gone)}
    if "proactive_disclosure" in gone:
        here.discard(("power.exceeded", ""))
    facts.expected = here | violated(facts)


def draw_document(rng: Random) -> tuple[Facts, Document]:
    """A report, sound in two cases of five."""
    facts = draw(rng)
    if facts.form == "ogi-2019" and rng.random() < 0.2:
        outdated(facts)
    which = rng.choice(["", "", "figures", "figures", "words", "words", "both"])
    if which in ("figures", "both"):
        rng.choice(FIGURES)(facts, rng)
    document = write(facts, rng)
    if which in ("words", "both"):
        rng.choice(WORDS)(facts, document, rng)
    constrain(facts)
    return facts, document
