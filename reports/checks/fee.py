"""Section six must say whether information-processing fees (信息处理费) were charged; asked for since the 2021 form."""

from __future__ import annotations

from collections.abc import Iterator

from reports.checks.tell import short, tell
from reports.fold import squeeze
from reports.model import Finding
from reports.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    if reading.form is None or reading.form.form != "ogi-2021":
        return
    section = next((section for section in reading.prose.sections if section.key == "other_matters"), None)
    if section is None or not section.text.strip() or "费" in squeeze(section.text):
        return
    yield tell(
        "fee.silent", "warning", "第六部分没有说明是否收取信息处理费。",
        "section 六 does not say whether information-processing fees were charged.",
        actual=short(section.text), place=section.place,
    )  # fmt: skip
