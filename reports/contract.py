"""A read report as JSON: the public contract of `nianbao check`, and a lossless form for storage."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from reports.model import Cause, Cell, Figure, Finding, Place, Report, Section

VERSION = 1


def to_json(report: Report) -> dict[str, Any]:
    """The object that `nianbao check --format jsonl` prints. Counts are integers, fees floats."""
    return {
        "source": report.source,
        "organ": report.organ,
        "year": report.year,
        "form": report.form,
        "title": report.title,
        "signed": report.signed.isoformat() if report.signed else None,
        "cells": {name: _number(cell.value) for name, cell in report.cells.items()},
        "findings": [_finding(finding) for finding in report.findings],
        "figures": [_figure(figure) for figure in report.figures],
        "content_digest": report.content_digest,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": _number(figure.value),
        "unit": figure.unit,
        "raw": figure.raw,
        "rounded": figure.rounded,
        "sentence": figure.sentence,
        "section": figure.section,
        "place": _place(figure.place),
    }


def _number(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
    return value


def _finding(finding: Finding) -> dict[str, Any]:
    cause = finding.cause
    return {
        "code": finding.code,
        "severity": finding.severity,
        "cells": list(finding.cells),
        "expected": _number(finding.expected),
        "actual": _number(finding.actual),
        "message": finding.message_zh,
        "message_en": finding.message_en,
        "place": _place(finding.place),
        "cause": {"cell": cause.cell, "value": _number(cause.value)} if cause else None,
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    parts = {"page": place.page, "box": place.box, "path": place.path, "line": place.line, "column": place.column}
    return {name: list(part) if isinstance(part, tuple) else part for name, part in parts.items() if part is not None}


# --- storage: nothing is lost, numbers keep their exact decimals ----------------------------------------------------


def dump(report: Report) -> dict[str, Any]:
    """Plain data that `load` turns into an equal Report."""
    return {
        "version": VERSION,
        "source": report.source,
        "media": report.media,
        "title": report.title,
        "organ": report.organ,
        "year": report.year,
        "form": report.form,
        "signed": report.signed.isoformat() if report.signed else None,
        "text": report.text,
        "content_digest": report.content_digest,
        "extra": dict(report.extra),
        "cells": [[c.name, _pack(c.value), c.raw, _place(c.place), c.how] for c in report.cells.values()],
        "sections": [[s.key, s.heading, s.text, _place(s.place)] for s in report.sections],
        "figures": [
            [_pack(f.value), f.unit, f.raw, f.rounded, f.sentence, f.section, _place(f.place)] for f in report.figures
        ],
        "findings": [_pack_finding(finding) for finding in report.findings],
    }


def load(data: dict[str, Any]) -> Report:
    """What `dump` gave. KeyError or ValueError when it is something else."""
    if data["version"] != VERSION:
        raise ValueError(f"a reading of version {data['version']!r}; {VERSION} is read")
    cells = (Cell(name, _unpack(value), raw, _to_place(place), how) for name, value, raw, place, how in data["cells"])
    return Report(
        source=data["source"],
        media=data["media"],
        title=data["title"],
        organ=data["organ"],
        year=data["year"],
        form=data["form"],
        cells={cell.name: cell for cell in cells},
        sections=tuple(Section(key, heading, text, _to_place(place)) for key, heading, text, place in data["sections"]),
        figures=tuple(_unpack_figure(*figure) for figure in data.get("figures", ())),
        signed=date.fromisoformat(data["signed"]) if data["signed"] else None,
        findings=tuple(_unpack_finding(finding) for finding in data["findings"]),
        text=data["text"],
        content_digest=data["content_digest"],
        extra=dict(data["extra"]),
    )


def _pack(value: object) -> object:
    return {"decimal": str(value)} if isinstance(value, Decimal) else value


def _unpack(value: Any) -> Any:
    return Decimal(value["decimal"]) if isinstance(value, dict) else value


def _pack_finding(finding: Finding) -> dict[str, Any]:
    cause = finding.cause
    return {
        "code": finding.code,
        "severity": finding.severity,
        "message_zh": finding.message_zh,
        "message_en": finding.message_en,
        "cells": list(finding.cells),
        "expected": _pack(finding.expected),
        "actual": _pack(finding.actual),
        "place": _place(finding.place),
        "cause": [cause.cell, _pack(cause.value)] if cause else None,
    }


def _unpack_figure(
    value: Any, unit: str, raw: str, rounded: bool, sentence: str, section: str | None, place: Any
) -> Figure:
    return Figure(_unpack(value), unit, raw, rounded, sentence, section, _to_place(place))


def _unpack_finding(data: dict[str, Any]) -> Finding:
    cause = data["cause"]
    return Finding(
        code=data["code"],
        severity=data["severity"],
        message_zh=data["message_zh"],
        message_en=data["message_en"],
        cells=tuple(data["cells"]),
        expected=_unpack(data["expected"]),
        actual=_unpack(data["actual"]),
        place=_to_place(data["place"]),
        cause=Cause(cause[0], _unpack(cause[1])) if cause else None,
    )


def _to_place(data: dict[str, Any] | None) -> Place | None:
    if data is None:
        return None
    box = data.get("box")
    return Place(data.get("page"), tuple(box) if box else None, data.get("path"), data.get("line"), data.get("column"))
