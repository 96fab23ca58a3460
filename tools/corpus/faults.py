# ruff: noqa: E501 -- phrases and mark-up stay on one line
"""Known faults, one function each: it changes a sound report and says what a reader must find. False: not applicable."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random

from tools.corpus.prose import fault_gap, fault_mismatch, fault_parts, fault_percentage
from tools.corpus.spec import RowModel, Slot, Spec

Fault = Callable[[Random, Spec], bool]


def _rows(spec: Spec, *tables: str) -> list[RowModel]:
    return [row for key in tables for row in spec.tables[key].rows if spec.tables[key].present]


def _slot(rng: Random, spec: Spec, *tables: str) -> Slot:
    return rng.choice(
        [slot for row in _rows(spec, *tables) for slot in row.slots if slot.name and slot.value is not None]
    )


def wrong_value(rng: Random, spec: Spec) -> bool:
    slot = _slot(rng, spec, "requests", "challenges")
    assert slot.value is not None
    value = int(slot.value) + rng.choice([1, 1, 2, 9, 10, -1])
    if value < 0:
        return False
    assert slot.name is not None
    slot.text, slot.value = str(value), value
    spec.figures[slot.name] = value  # the prose is written afterwards and agrees with the table
    spec.quiet = True
    return True


def blank(rng: Random, spec: Spec) -> bool:
    slot = _slot(rng, spec, "requests", "challenges", "proactive_disclosure")
    if (slot.name or "").endswith(("natural_person", "reconsideration.upheld")):
        return False  # in text the empty cell behind a label may be the label's own
    slot.text, slot.value = "", None
    spec.expected.add(("cell.blank", slot.name or ""))
    return True


def placeholder(rng: Random, spec: Spec) -> bool:
    slot = _slot(rng, spec, "requests", "challenges", "proactive_disclosure")
    slot.text, slot.value = rng.choice(["/", "-", "—", "无"]), None
    spec.expected.add(("cell.placeholder", slot.name or ""))
    return True


def not_a_number(rng: Random, spec: Spec) -> bool:
    slot = _slot(rng, spec, "requests", "proactive_disclosure")
    slot.text, slot.value = rng.choice(["若干", "未统计", "详见附件"]), None
    spec.expected.add(("cell.not_a_number", slot.name or ""))
    return True


def unit(rng: Random, spec: Spec) -> bool:
    slot = _slot(rng, spec, "requests", "proactive_disclosure")
    assert slot.name is not None
    if not slot.text.replace(".", "").isdigit():
        return False
    money = spec.form.column_of(slot.name).kind == "money"
    slot.text += rng.choice(["元", "万元"]) if money else "件"
    spec.expected.add(("cell.unit", slot.name))
    return True


def invalid(rng: Random, spec: Spec) -> bool:
    slot = _slot(rng, spec, "proactive_disclosure", "requests")
    assert slot.name is not None
    kind = spec.form.column_of(slot.name).kind
    if kind == "change":
        return False
    if kind == "money":
        slot.text = f"{rng.randint(1, 900)}.{rng.randint(100, 999)}{rng.randint(1, 9)}"
        slot.value = Decimal(slot.text)
    else:
        value = -rng.randint(1, 9)
        slot.text, slot.value = str(value), value
        spec.figures[slot.name] = value
        spec.quiet = True
    spec.expected.add(("cell.invalid_number", slot.name))
    return True


def row_missing(rng: Random, spec: Spec) -> bool:
    table = spec.tables[rng.choice(["requests", "requests", "proactive_disclosure"])]
    row = rng.choice(table.rows)
    if not row.key:
        return False
    table.rows.remove(row)
    spec.expected.add(("row.missing", f"{table.key}.{row.key}"))
    return True


def row_added(rng: Random, spec: Spec) -> bool:
    rows = spec.tables["requests"].rows
    label = rng.choice(["4.涉及工作秘密", "5.属于内部管理信息的", "4.转交其他机关办理", "（八）合计"])
    at = rng.randint(4, len(rows) - 3)
    rows.insert(at, RowModel("", rows[at].group, label, [Slot(None, "0", 0) for _ in range(7)]))
    spec.expected.add(("row.added", ""))
    return True


def row_duplicated(rng: Random, spec: Spec) -> bool:
    rows = spec.tables["requests"].rows
    at = rng.randrange(len(rows))
    row = rows[at]
    if row.key in ("handled", "new"):
        return False
    rows.insert(at + 1, RowModel("", row.group, row.label, [Slot(None, slot.text, slot.value) for slot in row.slots]))
    spec.expected.add(("row.duplicated", f"requests.{row.key}"))
    return True


_TYPOS = [
    ("公开", "公布"),
    ("申请", "申清"),
    ("属于", "属与"),
    ("信息", "信息"),
    ("处理", "办理"),
    ("机关", "机构"),
    ("行政", "政务"),
]


def label_changed(rng: Random, spec: Spec) -> bool:
    row = rng.choice([row for row in _rows(spec, "requests") if len(row.label) > 8])
    for old, new in rng.sample(_TYPOS, len(_TYPOS)):
        if old in row.label and old != new:
            row.label = row.label.replace(old, new, 1)
            spec.expected.add(("label.changed", f"requests.{row.key}"))
            return True
    return False


def table_missing(rng: Random, spec: Spec) -> bool:
    key = rng.choice(list(spec.tables))
    spec.tables[key].present = False
    spec.expected.add(("table.missing", ""))
    spec.prose[key] = ["详见附表。"]
    return True


def section_heading(rng: Random, spec: Spec) -> bool:
    at = rng.randrange(6)
    key, text = spec.headings[at]
    renamed = {
        "overview": "一、概述总体情况", "proactive_disclosure": "二、主动公开信息情况", "requests": "三、依申请公开政府信息情况",
        "challenges": "四、行政复议、行政诉讼情况", "problems": "五、存在的问题及改进措施", "other_matters": "六、其他需要说明的事项",
    }  # fmt: skip
    spec.headings[at] = (key, renamed[key] if rng.random() < 0.7 else text[2:])
    spec.expected.add(("section.heading", ""))
    return True


def section_missing(rng: Random, spec: Spec) -> bool:
    key = rng.choice(["problems", "other_matters"])
    spec.headings = [(k, text) for k, text in spec.headings if k != key]
    spec.prose.pop(key, None)
    spec.expected.add(("section.missing", ""))
    return True


def section_empty(rng: Random, spec: Spec) -> bool:
    if any(key not in dict(spec.headings) for key in ("problems", "overview")):
        return False
    spec.prose["problems"] = []
    spec.expected.add(("section.empty", ""))
    return True


def period(rng: Random, spec: Spec) -> bool:
    wrong = spec.year - 1
    spec.preface = [f"根据《中华人民共和国政府信息公开条例》编制。统计期限自{wrong}年1月1日起至{wrong}年12月31日止。"]
    spec.expected.add(("period.mismatch", ""))
    return True


def citation(rng: Random, spec: Spec) -> bool:
    wrong = rng.choice(["国务院令第771号", "国务院令第七十一号", "国务院第117号令", "国务院令第492号"])
    spec.preface = [f"根据《中华人民共和国政府信息公开条例》（{wrong}）编制本报告。", *spec.preface[1:]]
    spec.expected.add(("citation.wrong", ""))
    return True


def fee(rng: Random, spec: Spec) -> bool:
    if spec.form.form == "ogi-2019" or "other_matters" not in spec.prose:
        return False
    spec.prose["other_matters"] = [rng.choice(["没有其他需要报告的事项。", "无。", "本年度无其他需要报告的事项。"])]
    spec.expected.add(("fee.silent", ""))
    return True


def power(rng: Random, spec: Spec) -> bool:
    if spec.kind == "city" or not spec.tables["proactive_disclosure"].present:
        return False
    row = spec.tables["proactive_disclosure"].rows[0]
    if row.key != "regulations" or row.slots[0].value is None:
        return False
    value = rng.randint(1, 9)
    row.slots[2].text, row.slots[2].value = str(value), value
    spec.expected.add(("power.exceeded", ""))
    return True


FAULTS: dict[str, Fault] = {
    "wrong_value": wrong_value, "blank": blank, "placeholder": placeholder, "not_a_number": not_a_number, "unit": unit,
    "invalid": invalid, "row_missing": row_missing, "row_added": row_added, "row_duplicated": row_duplicated,
    "label_changed": label_changed, "table_missing": table_missing, "section_heading": section_heading,
    "section_missing": section_missing, "section_empty": section_empty, "period": period, "citation": citation, "fee": fee,
    "power": power, "mismatch": fault_mismatch, "parts": fault_parts, "percentage": fault_percentage, "gap": fault_gap,
}  # fmt: skip
