"""One family of checks a file; each is a function of what was read. A family that is not listed here does not run."""

from __future__ import annotations

from reports.checks import (
    arithmetic,
    cells,
    citation,
    fee,
    narrative,
    outdated,
    period,
    power,
    sections,
    structure,
    sums,
)
from reports.checks.tell import Check

CHECKS: tuple[Check, ...] = (
    structure.check,
    cells.check,
    sums.check,
    sections.check,
    outdated.check,
    period.check,
    citation.check,
    narrative.check,
    arithmetic.check,
    fee.check,
    power.check,
)
