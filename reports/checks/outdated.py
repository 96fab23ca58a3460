"""Whether the report uses the form of its year. The form is told by its header words, the year by the title."""

from __future__ import annotations

from collections.abc import Iterator

from reports.checks.tell import tell
from reports.model import Finding
from reports.reading import Reading


def check(reading: Reading) -> Iterator[Finding]:
    form, year = reading.form, reading.prose.year
    if form is None or year is None or form.years[1] is None or year <= form.years[1]:
        return
    if any(table.found for table in reading.tables.values()):
        yield tell(
            "form.outdated", "error", f"{year}年度报告仍使用{form.ground}规定的旧版表格。",
            f"the report for {year} uses the form of {form.years[0]}–{form.years[1]}.", actual=form.form,
        )  # fmt: skip
