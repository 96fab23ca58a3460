"""`nianbao history`, `show`, `diff` and `search`: what reports said, when, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from crawler.cli import BadInput
from crawler.cli.options import SERIES, Moment, config_of, format_option, print_jsonl, series_option, year_option
from crawler.workplace import Workplace, open_workplace
from portals.due import due
from portals.model import Organ
from portals.moments import day_of
from reports import Report, load, to_json
from storage import queries
from storage.codec import plain
from storage.records import Version
from storage.search import search as search_texts
from web.difference import cells as changed_cells
from web.difference import lines as changed_lines
from web.words import words

_TOLD = ("requests.new.total", "requests.carried_in.total", "requests.handled.total", "requests.carried_out.total")
_SIGNS = {"same": "", "del": "[-{}-]", "ins": "{{+{}+}}"}  # as wdiff writes them

organ_argument = click.argument("organ")
at_option = click.option("--at", type=Moment(), help="As it stood at this moment (default: the newest).")


@click.command()
@organ_argument
@year_option
@click.option("--at", type=Moment(), help="Only the version in force at this moment.")
@series_option
@format_option
@click.pass_context
def history(ctx: click.Context, organ: str, year: int, at: datetime | None, series: str, format_: str) -> None:
    """The versions of ORGAN's report (an id, a name or an alias), or with --at the one in force at that moment.

    \b
    Example:
      nianbao history tongchuan --year 2023 --at 2024-03-01
    """
    with open_workplace(config_of(ctx), at, write=False) as place:
        found = find_organ(place, organ)
        versions = queries.versions(place.db, found.id, series, year, at)
        rows = [_row(place, version) for version in (versions[-1:] if at else versions)]
    if format_ == "jsonl":
        print_jsonl(rows)
        return
    if not rows:
        click.echo(f"No version of {found.name}'s report for {year} is known" + (" for that moment." if at else "."))
    for row in rows:
        click.echo(f"version {row['version']}  first seen {row['first_seen']}  last seen {row['last_seen']}")
        click.echo(f"  {row['title']}\n  {row['url']}")
        for name in _TOLD:
            if name in row["cells"]:
                click.echo(f"  {name}: {row['cells'][name]}")


@click.command()
@organ_argument
@year_option
@at_option
@format_option
@click.pass_context
def show(ctx: click.Context, organ: str, year: int, at: datetime | None, format_: str) -> None:
    """What ORGAN's report says, or said at a moment: its text and every cell.

    \b
    Example:
      nianbao show tongchuan --year 2023 --at 2024-03-01
    """
    with open_workplace(config_of(ctx), at, write=False) as place:
        found = find_organ(place, organ)
        versions = queries.versions(place.db, found.id, SERIES, year, at)
        report = report_of(place, versions[-1]) if versions else None
    if report is None:
        raise BadInput(f"no report of {found.name} for {year} is known" + (" for that moment" if at else ""))
    if format_ == "jsonl":
        print_jsonl([to_json(report) | {"text": report.text}])
        return
    click.echo(report.text)
    for name, cell in report.cells.items():
        click.echo(f"{name}\t{'—' if cell.value is None else cell.value}")


@click.command()
@organ_argument
@year_option
@click.option(
    "--from", "first", type=click.IntRange(1), help="Version to begin with (default: the one before the last)."
)
@click.option("--to", "last", type=click.IntRange(1), help="Version to compare with (default: the last).")
@format_option
@click.pass_context
def diff(ctx: click.Context, organ: str, year: int, first: int | None, last: int | None, format_: str) -> None:
    """What changed between two versions of ORGAN's report: cell by cell, and in the text.

    \b
    Example:
      nianbao diff chenghu-education --year 2023
    """
    with open_workplace(config_of(ctx), write=False) as place:
        found = find_organ(place, organ)
        versions = queries.versions(place.db, found.id, SERIES, year)
        old, new = _pair(versions, first, last, found)
        row = _difference(place, found, year, old, new)
    if format_ == "jsonl":
        print_jsonl([row])
        return
    click.echo(f"version {row['from']} → {row['to']}, seen first {row['first_seen']} ({row['after_due']})")
    for cell in row["cells"]:
        click.echo(f"  {cell['cell']}  {cell['before']} → {cell['after']}  {cell['label']}")
    for line in row["text"]:
        click.echo(f"  {line}")


@click.command()
@click.argument("query")
@click.option("--year", type=click.IntRange(2008, 2100), help="Only reports about this year.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@format_option
@click.pass_context
def search(ctx: click.Context, query: str, year: int | None, limit: int, format_: str) -> None:
    """Reports in whose text every word of QUERY stands; words stand between blanks.

    \b
    Example:
      nianbao search "行政许可 信息处理费" --year 2023
    """
    with open_workplace(config_of(ctx), write=False) as place:
        hits = search_texts(place.db, query, year=year, limit=limit)
    if format_ == "jsonl":
        print_jsonl(plain(hit) for hit in hits)
        return
    for hit in hits:
        click.echo(f"{hit.organ} {hit.year}  {hit.title}\n  …{hit.before}[{hit.match}]{hit.after}…\n  {hit.url}")
    if not hits:
        click.echo("No report that was read says that.")


def find_organ(place: Workplace, text: str) -> Organ:
    """The one organ with this id, name or alias. Raises BadInput."""
    organs = queries.organs(place.db)
    matches = [o for o in organs if o.id == text] or [o for o in organs if text == o.name or text in o.aliases]
    if len(matches) != 1:
        hint = "no organ" if not matches else f"{len(matches)} organs"
        raise BadInput(f"{hint} with the id, name or alias {text!r}; see `nianbao organs list`")
    return matches[0]


def report_of(place: Workplace, version: Version) -> Report | None:
    """What was read of a version, and found when it was compared; None when it was not kept."""
    stored = queries.report_of(place.db, version, place.clock())
    return load(stored) if stored else None


def _row(place: Workplace, version: Version) -> dict[str, Any]:
    report = report_of(place, version)
    read = to_json(report) if report else {"cells": {}, "findings": []}
    return {
        "organ": version.organ,
        "series": version.series,
        "year": version.year,
        "version": version.number,
        "first_seen": plain(version.first_seen),
        "last_seen": plain(version.last_seen),
        "title": version.title,
        "url": version.url,
        "content_digest": version.content_digest,
        "captures": list(version.captures),
        "cells": read["cells"],
        "findings": read["findings"],
    }


def _pair(versions: Sequence[Version], first: int | None, last: int | None, organ: Organ) -> tuple[Version, Version]:
    numbers = {version.number: version for version in versions}
    new = last or len(versions)
    old = first or new - 1
    if old not in numbers or new not in numbers:
        raise BadInput(f"{organ.name}'s report has {len(versions)} version(s); {old} and {new} cannot be compared")
    return numbers[old], numbers[new]


def _after_due(days: int | None) -> str:
    if days is None:
        return "no due date"
    return f"{days} days after the due date" if days > 0 else "before it was due"


def _difference(place: Workplace, organ: Organ, year: int, old: Version, new: Version) -> dict[str, Any]:
    before, after = report_of(place, old), report_of(place, new)
    owed = due(organ, SERIES, year, place.rules)
    days = (day_of(new.first_seen) - owed.due_notice).days if owed else None
    return {
        "organ": organ.id,
        "series": SERIES,
        "year": year,
        "from": old.number,
        "to": new.number,
        "last_seen_before": plain(old.last_seen),
        "first_seen": plain(new.first_seen),
        "days_after_due": days,
        "after_due": "no due date"
        if days is None
        else f"{days} days after the due date"
        if days > 0
        else "before it was due",
        "cells": [
            {"cell": change.name, "label": change.label, "before": change.before, "after": change.after}
            for change in changed_cells(before, after, words("zh"))
        ],
        "text": [
            "".join(_SIGNS[kind].format(text) if _SIGNS[kind] else text for kind, text in line.pieces) or "…"
            for line in changed_lines(before, after)
            if line.kind != "same"
        ],
    }
