"""`nianbao archive`: looking after the WARC files and the index over them."""

from __future__ import annotations

import sys

import click

from crawler.cli.options import config_of
from crawler.workplace import open_workplace
from storage import queries


@click.group()
def archive() -> None:
    """The WARC files, and the index that can always be rebuilt from them.

    \b
    Example:
      nianbao archive reindex
    """


@archive.command()
@click.pass_context
def reindex(ctx: click.Context) -> None:
    """Forget the index and rebuild it from the WARC files alone.

    \b
    Example:
      nianbao archive reindex
    """
    with open_workplace(config_of(ctx)) as place:
        done = queries.reindex(place.db, place.archive)
    click.echo(f"{done.captures} captures and {done.visits} visits in {done.files} files")
    for fault in done.damaged:
        click.echo(f"damaged: {fault}", err=True)
    sys.exit(1 if done.damaged else 0)
