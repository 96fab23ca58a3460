"""规章 reported by an organ without the power to make them, as far as the organ's name tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.checks.tell import tell
from reports.model import Finding
from reports.reading import Reading

# A 市 may be a prefecture (has the power) or a county-level city (has not): its name does not tell.
_WITHOUT = re.compile(
    r"(?:(?<!自治)县|自治县|旗|镇|乡|苏木|街道|街道办事处|(?<!自治)区|局|厅|委员会|办公室|中心|院|支队|大队|管委会|委|办|馆|所|站)"
    r"(?:人民政府)?(?:办公室|机关)?"
)
_NATIONAL = re.compile(r"^(?:国家|中国|中华人民共和国|国务院|全国)|部$|总署$|总局$")


def check(reading: Reading) -> Iterator[Finding]:
    organ = (reading.prose.organ or "").removesuffix("本级")
    if reading.form is None or not organ or _NATIONAL.search(organ) or not re.search(f"{_WITHOUT.pattern}$", organ):
        return
    names = [name for name in reading.cells if name.startswith("proactive_disclosure.regulations.")]
    filled = [name for name in names if (reading.cells[name].value or 0) > 0]
    if filled:
        cell = reading.cells[filled[0]]
        yield tell(
            "power.exceeded", "warning", f"{organ}没有规章制定权，规章一行应为0。",
            f"{organ} has no power to make regulations, yet reports some.",
            cells=tuple(filled), expected=0, actual=cell.value, place=cell.place,
        )  # fmt: skip
