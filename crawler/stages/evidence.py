"""The evidence pack of one verdict: what was owed, what was seen, what follows, and everything that proves it.

Puts together what compliance says, what storage proves and what a person reads; decides nothing. The pack needs nothing
of ours: pages without scripts or addresses that would be loaded, everything that strangers wrote escaped.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from compliance import Explanation, explain
from crawler.stages.judge import assess
from crawler.workplace import Workplace
from portals.due import due
from portals.model import Obligation
from portals.series import find_series
from reports import Finding, load
from storage import pack, queries, verify, wacz
from storage.codec import plain
from storage.records import Assessment, Capture, Visit
from storage.stamps import stamp_of
from storage.tree import Signer, read_checkpoint
from storage.urls import target_uri
from web.words import local, words

_SHOWN = 60  # links of one list on the page; the record of the visit has them all


class NothingToProve(Exception):
    """There is no verdict, or nothing was archived that it could rest on; `str()` says which."""


class NoCheckpoint(Exception):
    """Records of the pack are in no checkpoint yet."""


@dataclass(frozen=True, slots=True)
class Case:
    """One verdict with what it rests on."""

    obligation: Obligation
    assessment: Assessment
    explanation: Explanation
    findings: tuple[Finding, ...]  # of severity error, in the version in force
    visits: tuple[Visit, ...]  # whose captures the assessment names, oldest first
    selection: wacz.Selection


def case_of(place: Workplace, organ: str, series: str, year: int) -> Case:
    """The verdict on one organ (by id) as of the clock's moment. Raises NothingToProve, StorageError."""
    now = place.clock()
    assessment = next(iter(assess(place, series, year, now, organs=[organ])), None)
    registered = queries.organ(place.db, organ)
    obligation = due(registered, series, year, place.rules) if registered else None
    if assessment is None or obligation is None:
        raise NothingToProve(f"{organ} owes no report for {year}")
    if not assessment.evidence:
        raise NothingToProve(f"{organ} is {assessment.status.value} for {year}: there is no evidence to hand out")
    visits = [visit for visit in queries.visits(place.db, organ, year, now) if _named(assessment, visit)]
    records = [*assessment.evidence, *(f"visit:{visit.id}" for visit in visits)]
    return Case(
        obligation,
        assessment,
        explain(assessment, obligation),
        _findings(place, assessment),
        tuple(visits),
        wacz.gather(place.db, records),
    )


def write_case(place: Workplace, case: Case, signer: Signer, target: Path) -> None:
    """Write the pack. Raises NoCheckpoint when its records are not all in the newest checkpoint, StorageError."""
    proofs = verify.prove_all(place.db, place.archive, pack.proven(case.selection))
    if proofs is None:
        raise NoCheckpoint(f"what {case.obligation.organ.name}'s verdict rests on is in no checkpoint yet")
    shots = _screenshots(place, case.selection.captures)
    values: dict[str, Any] = {
        "case": case,
        "series": find_series(case.obligation.series),
        "title": f"{case.obligation.organ.name} {case.obligation.year}",
        "verifier": signer.verifier(),
        "checkpoint": read_checkpoint(proofs[0].note),
        "records": len(proofs),
        "shots": shots,
        "stamped": stamp_of(place.archive.folder, proofs[0].size).exists(),
    }
    pack.write(
        target,
        place.archive,
        case.selection,
        proofs,
        signer,
        created=case.assessment.at,
        title=values["title"],
        titles=_titles(case),
        enclosed={
            pack.VERDICT: _verdict(case),
            "verdict.html": _rendered("evidence.html", values),
            "README.zh-CN.txt": _rendered("evidence.zh.txt", values),
            "README.txt": _rendered("evidence.en.txt", values),
            **{shot["path"]: shot["png"] for shot in shots},
        },
    )


def _named(assessment: Assessment, visit: Visit) -> bool:
    names = set(assessment.evidence)
    taken = {name for item in visit.candidates if item.organ == assessment.organ for name in item.captures}
    return f"visit:{visit.id}" in names or not names.isdisjoint(visit.captures) or not names.isdisjoint(taken)


def _findings(place: Workplace, assessment: Assessment) -> tuple[Finding, ...]:
    versions = queries.versions(place.db, assessment.organ, assessment.series, assessment.year, assessment.at)
    report = queries.report_of(place.db, versions[-1], assessment.at) if versions else None
    return tuple(item for item in load(report).findings if item.severity == "error") if report else ()


def _screenshots(place: Workplace, captures: Sequence[Capture]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for item in (item for item in captures if item.kind == "screenshot"):
        png = place.archive.payload(item).body
        path = f"screenshots/{len(found) + 1:03d}.png"
        data = "data:image/png;base64," + base64.b64encode(png).decode("ascii")
        found.append({"path": path, "png": png, "capture": item, "data": data})
    return found


def _titles(case: Case) -> dict[str, str]:
    return {target_uri(item.url): item.title for visit in case.visits for item in visit.candidates if item.accepted}


def _verdict(case: Case) -> bytes:
    owed = case.obligation
    told = {
        "organ": plain(owed.organ),
        "ground": {"zh": owed.rule.ground_zh, "en": owed.rule.ground_en},
        "assessment": plain(case.assessment),
        "reasoning": {"zh": list(case.explanation.zh), "en": list(case.explanation.en)},
        "findings": [_finding(finding) for finding in case.findings],
        "visits": [plain(visit.id) for visit in case.visits],
    }
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace")


def _finding(finding: Finding) -> dict[str, Any]:
    values = {name: getattr(finding, name) for name in ("expected", "actual")}
    return {
        "code": finding.code,
        "cells": list(finding.cells),
        "zh": finding.message_zh,
        "en": finding.message_en,
        **{name: None if value is None else str(value) for name, value in values.items()},
    }


def _rendered(template: str, values: Mapping[str, Any]) -> bytes:
    text = _pages().get_template(template).render(values, zh=words("zh"), en=words("en"), shown=_SHOWN)
    return text.encode("utf-8", "backslashreplace")


@cache
def _pages() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(["html"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["local"] = local
    return pages
