"""`python -m sample`: serves the sample province, or prints its organs for `nianbao organs import`."""

from __future__ import annotations

import csv
import json
import sys
from datetime import datetime
from pathlib import Path

import click

from sample.errors import SampleError
from sample.load import load_province
from sample.model import Province
from sample.nodes import parse_moment
from sample.serve import bind, serve


def _moment(_context: click.Context, _parameter: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return parse_moment(value)
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a moment (2024-02-01, or with a time)") from error


def _write_organs(province: Province, port: int, form: str) -> None:
    rows = province.organs_rows(port)
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    writer = csv.DictWriter(sys.stdout, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port on every address; 0 picks a free one.")
@click.option("--province", "root", type=click.Path(path_type=Path, exists=True, file_okay=False), help="Its folder.")
@click.option("--now", callback=_moment, help="Where the clock stands at the start; a date is the end of that day.")
@click.option("--organs", type=click.Choice(["csv", "json"]), help="Print the list of organs instead of serving.")
def main(port: int | None, root: Path | None, now: datetime | None, organs: str | None) -> None:
    """Serve the sample province on loopback addresses; nothing else can reach it."""
    try:
        province = load_province(root)
        at = province.port if port is None else port
        if organs:
            _write_organs(province, at, organs)
            return
        listeners = bind(province, at)
        at = listeners[0].getsockname()[1]
        for site in province.sites:
            click.echo(f"{site.url('/', at)}  {site.name}")
        click.echo(f"clock and log: http://{province.control}:{at}/clock, /log")
        serve(province, listeners, now)
    except SampleError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(0)


if __name__ == "__main__":
    main()
