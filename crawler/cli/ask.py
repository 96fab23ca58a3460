"""`nianbao status`: every obligation by the evidence up to any moment."""

from __future__ import annotations

from datetime import datetime

import click

from crawler.cli.board import board_table, console_for
from crawler.cli.options import as_of_option, config_of, format_option, print_jsonl, year_option
from crawler.stages.judge import standing
from crawler.workplace import open_workplace
from portals.due import asked_series
from portals.series import find_series
from storage import queries
from storage.codec import plain


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
        organs = {organ.id: organ for organ in queries.organs(place.db)}
        boards = {series: standing(place, series, year) for series in asked_series(organs.values())}
    if format_ == "jsonl":
        told = [plain(item) for known in boards.values() for item in known]
        print_jsonl({key: value for key, value in item.items() if key not in ("at", "until")} for item in told)
        return
    if not any(boards.values()):
        click.echo("Nobody on the register owes a report for that year. `nianbao organs import FILE` fills it.")
        return
    for series, known in boards.items():
        named = find_series(series)
        if len(boards) > 1 and named:
            click.echo(f"{named.name_zh} · {named.name_en}")
        console_for().print(board_table(known, organs, place.clock()))
