"""`nianbao organs`: the register of who owes a report."""

from __future__ import annotations

import csv
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from crawler.cli import BadInput
from crawler.cli.explain import print_visit, visit_row
from crawler.cli.options import SERIES, as_of_option, config_of, format_option, print_jsonl, year_option
from crawler.proposals import Proposal
from crawler.proposals import propose as propose_column
from crawler.workplace import Workplace, open_workplace
from portals.faults import RegistryFaults
from portals.load import COLUMNS, OPTIONAL, load_organs
from portals.model import Organ
from storage import queries
from storage.codec import plain


@click.group()
def organs() -> None:
    """The register of organs: who owes a report, and where it is looked for.

    \b
    Example:
      nianbao organs import organs.csv
      nianbao organs list
    """


@organs.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--prune", is_flag=True, help="Take organs off the register that the file does not name.")
@click.pass_context
def import_(ctx: click.Context, file: Path, prune: bool) -> None:
    """Add or update organs from FILE: CSV, XLSX or JSON with the columns id, name, aliases, level, kind, region,
    parent, home_url, column_url; where needed also since, until, successor, exempt, columns (see docs/settings.md).
    With any fault in the file nothing is imported, and every fault is named.

    \b
    Example:
      nianbao organs import organs.csv
    """
    try:
        found = load_organs(file)
    except RegistryFaults as error:
        faults = "\n".join(f"  {fault}" for fault in error.faults)
        raise BadInput(f"nothing was imported: {len(error.faults)} fault(s) in {file}\n{faults}") from error
    with open_workplace(config_of(ctx)) as place:
        count = queries.upsert_organs(place.db, found)
        gone = queries.prune(place.db, [organ.id for organ in found]) if prune else []
    click.echo(f"{count} organs imported" + (f", {len(gone)} taken off the register" if gone else ""))


@organs.command("list")
@format_option
@click.pass_context
def list_(ctx: click.Context, format_: str) -> None:
    """Print the register.

    \b
    Example:
      nianbao organs list --format jsonl
    """
    with open_workplace(config_of(ctx), write=False) as place:
        known = queries.organs(place.db)
    if format_ == "jsonl":
        print_jsonl(map(_row, known))
        return
    for organ in known:
        click.echo(f"{organ.id}\t{organ.name}\t{organ.level}\t{organ.kind}\t{organ.column_url or '—'}")


@organs.command()
@as_of_option
@format_option
@click.pass_context
def propose(ctx: click.Context, as_of: datetime | None, format_: str) -> None:
    """Show the columns that the crawl found and the register does not name: from a home page, or because a site was
    redesigned. Lines in CSV for `organs import`, after a person has looked; jsonl tells the way and the reason too.

    \b
    Example:
      nianbao organs propose > found.csv
      nianbao organs import found.csv
    """
    with open_workplace(config_of(ctx), as_of, write=False) as place:
        found = [one for organ in queries.organs(place.db) if (one := _proposal(place, organ))]
    if format_ == "jsonl":
        print_jsonl(
            {
                "organ": one.organ.id,
                "column_url": one.organ.column_url,
                "instead_of": one.instead_of,
                "seen": one.seen,
                "way": one.way,
                "visit": one.visit,
                "why": one.why,
            }
            for one in found
        )
        return
    rows = [_row(one.organ) | {"aliases": ";".join(one.organ.aliases)} for one in found]
    also = [name for name in OPTIONAL if any(row[name] for row in rows)]  # importing without them would erase them
    table = csv.DictWriter(sys.stdout, [*COLUMNS, *also], extrasaction="ignore", lineterminator="\n")
    table.writeheader()
    table.writerows(rows)


def _row(organ: Organ) -> dict[str, Any]:
    """The organ as `organs import` takes it."""
    row: dict[str, Any] = plain(organ)
    return row | {"columns": " ".join(f"{key}={url}" for key, url in organ.columns)}


def _proposal(place: Workplace, organ: Organ) -> Proposal | None:
    url = organ.column_url or organ.home_url
    visit = queries.last_visit(place.db, url, place.clock()) if url else None
    if visit is None or visit.series != SERIES or organ.id not in visit.organs:
        return None
    links = {one.url for one in visit.candidates if one.organ == organ.id and one.accepted}
    ids = [one.capture for one in visit.sightings if one.url in links]
    return propose_column(organ, visit, queries.captures_by_id(place.db, ids))


@organs.command("try")
@click.argument("url")
@year_option
@as_of_option
@click.option("--name", default="", help="The organ's name: whose report is looked for.")
@format_option
@click.pass_context
def try_(ctx: click.Context, url: str, year: int, as_of: datetime | None, name: str, format_: str) -> None:
    """Look from the home page URL for the column of annual reports, and show the way, what the lists show, and each
    candidate with its reasons. URL may be the column itself. Nothing is stored. Exit status 1 when none was found.

    \b
    Example:
      nianbao organs try http://www.example.gov.cn/ --year 2023 --name 某县教育局
    """
    from crawler.trial import try_site  # Scrapy alone takes half a second, which the other commands need not wait for

    with tempfile.TemporaryDirectory(prefix="nianbao-try-") as folder:
        visits = try_site(config_of(ctx), url, name, SERIES, year, as_of, Path(folder))
    rows = [visit_row(visit, visit.candidates, {}) for visit in visits]
    if format_ == "jsonl":
        print_jsonl(rows)
    else:
        for row in rows:
            print_visit(row)
    if not any(visit.profile and visit.profile.columns for visit in visits):
        ctx.exit(1)
