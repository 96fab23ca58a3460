"""`nianbao demo`: the main job in three minutes, told on the screen."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from crawler.catcher import caught
from crawler.cli import BadInput
from crawler.cli.board import board_table, console_for
from crawler.cli.progress import Bars
from crawler.demo import SERIES, Season, play
from crawler.stages.judge import assess
from crawler.workplace import open_workplace
from portals.moments import end_of_day
from reports import load
from sample.errors import SampleError
from storage import queries
from storage.database import Database


@click.command()
@click.option("--folder", default="demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--port", default=8410, show_default=True, help="Port of the sample province on 127.77.0.*.")
def demo(folder: Path, port: int) -> None:
    """Start the sample province on loopback, make a season's five rounds, and show the board, the mails, one
    question to the archive, and where everything lies. Running it again is quick and changes nothing.

    \b
    Example:
      nianbao demo
    """
    try:
        with Bars() as bars:
            season = play(folder, port, bars.told)
    except SampleError as error:
        raise BadInput(str(error)) from error
    console = console_for()
    _show_board(console, season)
    _show_mails(console, season)
    _show_question(console, season)
    _show_places(console, season)


def _show_board(console: Console, season: Season) -> None:
    for day, made in season.rounds.items():
        told = "made before" if made is None else ", ".join(f"{n} {s}" for s, n in sorted(made.judged.statuses.items()))
        console.print(f"[bold]{day}[/] {told}")
        for trouble in made.crawled.troubles if made else ():
            line = f"  could not look: {trouble}"
            console.print(line, style="magenta", markup=False, highlight=False, soft_wrap=True)
    moment = end_of_day(max(season.rounds))
    with open_workplace(season.config, moment, write=False) as place:
        organs = {organ.id: organ for organ in queries.organs(place.db)}
        known = assess(place, SERIES, season.province.year)
    console.print()
    console.print(board_table(known, organs, moment))


def _show_mails(console: Console, season: Season) -> None:
    mails = caught(season.config.home / "mail")
    console.print(f"\n[bold]{len(mails)} mails went out[/], each in a real SMTP conversation with a local catcher:")
    for path, mail in mails:
        line = f"  {path.name}  {mail['to']}  {mail['subject']}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _show_question(console: Console, season: Season) -> None:
    """The organ that changed a figure: what did its report say before, and what after?"""
    with open_workplace(season.config, write=False) as place:
        for organ in queries.organs(place.db):
            versions = queries.versions(place.db, organ.id, SERIES, season.province.year)
            if len(versions) > 1:
                break
        else:
            return
        console.print(f"\n[bold]What did {organ.name}'s report say?[/] (nianbao history {organ.id} --year … --at …)")
        before, after = (_cells(place.db, version.reading) for version in versions[:2])
        for version in versions:
            console.print(
                f"  version {version.number}: seen {version.first_seen:%Y-%m-%d} to {version.last_seen:%Y-%m-%d}"
            )
        for name in before:
            if before[name] != after.get(name):
                console.print(f"  {name}: {before[name]} → {after.get(name)}", markup=False)


def _cells(db: Database, key: str) -> dict[str, object]:
    reading = queries.reading(db, key)
    cells = load(reading.report).cells if reading and reading.report else {}
    return {name: cell.value for name, cell in cells.items()}


def _show_places(console: Console, season: Season) -> None:
    home = season.config.home
    console.print("\n[bold]Where everything lies[/]")
    for name, what in (
        ("archive", "WARC files: the truth"),
        ("nianbao.db", "the index over them, and what was read, judged and told"),
        ("mail", "the mails that went out"),
        ("logs", "what the crawls said"),
    ):
        console.print(f"  {home / name}  {what}", highlight=False, soft_wrap=True)
    shown = f".venv/bin/nianbao --home {home.name}"
    console.print(f"\nAsk on: {shown} status --year {season.province.year} --as-of 2024-02-01", highlight=False)
    console.print(f"        {shown} serve --no-rounds   (then open http://127.0.0.1:8400/)", highlight=False)
