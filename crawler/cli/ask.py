"""`nianbao status` and `nianbao history`: what is known, as at any moment, from what was written before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from crawler.cli import BadInput
from crawler.cli.board import board_table, console_for
from crawler.cli.options import SERIES, Moment, as_of_option, config_of, format_option, print_jsonl, year_option
from crawler.stages.judge import assess
from crawler.workplace import Workplace, open_workplace
from portals.model import Organ
from reports import load, to_json
from storage import queries
from storage.codec import plain
from storage.records import Version


@click.command()
@year_option
@as_of_option
@format_option
@click.pass_context
def status(ctx: click.Context, year: int, as_of: datetime | None, format_: str) -> None:
    """Every obligation's status by the evidence up to then: the board, or one JSON object a line.

    \b
    Example:
      nianbao status --year 2023 --as-of 2024-02-01 --format jsonl
    """
    with open_workplace(config_of(ctx), as_of, write=False) as place:
        known = assess(place, SERIES, year)
        organs = {organ.id: organ for organ in queries.organs(place.db)}
    if format_ == "jsonl":
        print_jsonl({key: value for key, value in plain(item).items() if key != "at"} for item in known)
        return
    if not known:
        click.echo("Nobody on the register owes a report for that year. `nianbao organs import FILE` fills it.")
        return
    console_for().print(board_table(known, organs, place.clock()))


@click.command()
@click.argument("organ")
@year_option
@click.option("--at", type=Moment(), help="Only the version in force at this moment.")
@format_option
@click.pass_context
def history(ctx: click.Context, organ: str, year: int, at: datetime | None, format_: str) -> None:
    """The versions of ORGAN's report (an id, a name or an alias), or with --at the one in force at that moment.

    \b
    Example:
      nianbao history 511902 --year 2023 --at 2024-03-01
    """
    with open_workplace(config_of(ctx), at, write=False) as place:
        found = _organ(place, organ)
        versions: Sequence[Version] = queries.versions(place.db, found.id, SERIES, year, at)
        rows = [_version(place, version) for version in (versions[-1:] if at else versions)]
    if format_ == "jsonl":
        print_jsonl(rows)
        return
    if not rows:
        click.echo(f"No version of {found.name}'s report for {year} is known" + (" for that moment." if at else "."))
    for row in rows:
        click.echo(f"version {row['version']}  first seen {row['first_seen']}  last seen {row['last_seen']}")
        click.echo(f"  {row['title']}\n  {row['url']}")
        for name, value in row["tables"].items():
            click.echo(f"  {name}: {value}")


def _organ(place: Workplace, text: str) -> Organ:
    organs = queries.organs(place.db)
    matches = [o for o in organs if o.id == text] or [o for o in organs if text == o.name or text in o.aliases]
    if len(matches) != 1:
        hint = "no organ" if not matches else f"{len(matches)} organs"
        raise BadInput(f"{hint} with the id, name or alias {text!r}; see `nianbao organs list`")
    return matches[0]


def _version(place: Workplace, version: Version) -> dict[str, Any]:
    reading = queries.reading(place.db, version.reading)
    read = to_json(load(reading.report)) if reading and reading.report else {"cells": {}, "findings": []}
    cells = read["cells"]
    told = ("requests.new.total", "requests.carried_in.total", "requests.handled.total", "requests.carried_out.total")
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
        "tables": {name: cells[name] for name in told if name in cells},
        "cells": cells,
        "findings": read["findings"],
    }
