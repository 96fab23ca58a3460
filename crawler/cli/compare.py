"""`nianbao compare`: reports held against each other, without archive or database. For one alone there is `check`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import click

from crawler.cli.check import FAILED, SOUND, ReaderPool, files_in, in_words
from crawler.cli.options import format_option, print_jsonl
from reports import Finding, Report, check_rollup, check_years, load, to_json, weigh
from reports.fold import key

DIFFERS = 1


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@click.option(
    "--whole",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A government's consolidated report, whose parts all the other files are.",
)
@format_option
def compare(paths: tuple[Path, ...], whole: Path | None, format_: str) -> None:
    """Hold reports against each other: neighbouring years of one organ, two files of one report, parts and their whole.

    Exit status: 0 nothing to tell, 1 findings, 2 a document that cannot be read.

    \b
    Example:
      nianbao compare 2022.html 2023.html 2023.pdf
      nianbao compare departments/ --whole county.pdf
    """
    reports, status = _read([*files_in(paths), *([whole] if whole else [])])
    total = reports.pop(str(whole), None)
    compared = [*_of_one_organ(list(reports.values())), *(_of_parts(total, list(reports.values())) if total else ())]
    told = [_told(report, against, found) for report, against, found in compared]
    if format_ == "jsonl":
        print_jsonl(told)
    else:
        click.echo("\n".join(_in_words(item) for item in told) or "No two of these can be held against each other.")
    sys.exit(max(status, DIFFERS if any(item["findings"] for item in told) else SOUND))


Compared = tuple[Report, list[Report], tuple[Finding, ...]]
"""A report, what it was held against, and what that showed."""


def _read(paths: Sequence[Path]) -> tuple[dict[str, Report], int]:
    found: dict[str, Report] = {}
    status = SOUND
    with ReaderPool(1) as pool:
        for path, result in pool.read(list(dict.fromkeys(paths)), ordered=True):
            if result.report is None:
                click.echo(f"nianbao: {path}: {result.state}: {result.detail}", err=True)
                status = FAILED
            else:
                found[str(path)] = replace(load(result.report), text="")
    return found, status


def _of_one_organ(reports: Sequence[Report]) -> Iterator[Compared]:
    def when(report: Report) -> tuple[str, int]:
        return key(report.organ or ""), report.year or 0

    known = sorted((report for report in reports if report.organ and report.year), key=when)
    for _, group in groupby(known, key=lambda report: when(report)[0]):
        files = [list(copies) for _, copies in groupby(group, key=when)]
        for main, *copies in files:
            if copies:
                yield main, copies, weigh(replace(main, findings=()), copies).findings
        for (before, *_), (after, *_) in pairwise(files):
            if before.year and after.year == before.year + 1:
                yield after, [before], check_years(before, after)


def _of_parts(whole: Report, parts: Sequence[Report]) -> Iterator[Compared]:
    yield whole, list(parts), check_rollup(whole, parts, complete=True)


def _told(report: Report, against: Sequence[Report], findings: tuple[Finding, ...]) -> dict[str, Any]:
    told = to_json(replace(report, findings=findings))
    kept = {name: told[name] for name in ("source", "organ", "year", "form", "findings")}
    return kept | {"against": [other.source for other in against]}


def _in_words(told: dict[str, Any]) -> str:
    against = ", ".join(told["against"][:5]) + (" …" if len(told["against"]) > 5 else "")
    head = f"{told['source']}: {told['organ']} {told['year']}, held against {against}"
    return "\n".join([head, *in_words(told["findings"])] if told["findings"] else [head, "  nothing to tell"])
