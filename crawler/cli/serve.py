"""`nianbao serve`."""

from __future__ import annotations

import click

from crawler.cli.options import config_of
from crawler.clock import system_clock
from crawler.serve import serve as serve_pages
from crawler.workplace import open_workplace
from portals.moments import day_of


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8400, show_default=True, type=click.IntRange(1, 65535))
@click.option("--year", type=click.IntRange(2008, 2100), help="Report year of the rounds (default: last year).")
@click.option("--rounds-at", "hours", default="6", show_default=True, help="Hours of the daily rounds, as in cron.")
@click.option("--upkeep-at", "upkeep", default="3", show_default=True, help="Hour of the archive's daily upkeep.")
@click.option("--no-rounds", is_flag=True, help="Only show pages.")
@click.pass_context
def serve(ctx: click.Context, host: str, port: int, year: int | None, hours: str, upkeep: str, no_rounds: bool) -> None:
    """Show the board and every report as web pages, make a round at set hours, and keep the archive (`archive upkeep`).

    \b
    Example:
      nianbao serve --port 8400 --rounds-at 6,18
    """
    config = config_of(ctx)
    with open_workplace(config):
        pass  # make or upgrade the database; the rounds are its only writers
    with open_workplace(config, write=False) as place:
        click.echo(f"http://{host}:{port}/")
        serve_pages(place, host, port, year or day_of(system_clock()).year - 1, None if no_rounds else hours, upkeep)
