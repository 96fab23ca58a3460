"""`nianbao organs`: the register of who owes a report."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import click

from crawler.cli import BadInput
from crawler.cli.options import config_of, format_option, print_jsonl
from crawler.workplace import open_workplace
from portals.faults import RegistryFaults
from portals.load import load_organs
from storage import queries


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
    parent, home_url, column_url. With any fault in the file nothing is imported, and every fault is named.

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
        print_jsonl(dataclasses.asdict(organ) for organ in known)
        return
    for organ in known:
        click.echo(f"{organ.id}\t{organ.name}\t{organ.level}\t{organ.kind}\t{organ.column_url or '—'}")
