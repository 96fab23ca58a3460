"""Builds findings. The one place that knows that a code must be named in findings.yaml."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reports.form import finding_names
from reports.model import Finding, Place, Severity
from reports.reading import Reading
from reports.solve import Number

Check = Callable[[Reading], Iterator[Finding]]


def tell(
    code: str,
    severity: Severity,
    zh: str,
    en: str,
    *,
    cells: tuple[str, ...] = (),
    expected: Number | str | None = None,
    actual: Number | str | None = None,
    place: Place | None = None,
) -> Finding:
    """A finding. KeyError when the code is not one of findings.yaml: a fault of ours, not of the document."""
    finding_names()[code]
    return Finding(code, severity, zh, en, cells, expected, actual, place)


def blame(reading: Reading, proven: Severity = "error") -> Severity:
    """`proven` in a source that keeps every cell as its author made it, else doubtful."""
    return proven if reading.document.lossless else "doubtful"


def short(text: str, most: int = 40) -> str:
    """A quotation that fits into a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1] + "…"
