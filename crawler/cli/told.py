"""`nianbao told`, `answer`, `bounce` and `export`: what people were told, what they answered, and what they file."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click

from alerts import answers, facts, ledger, record
from alerts.parquet import as_parquet
from crawler.cli import BadInput
from crawler.cli.options import Moment, as_of_option, config_of, format_option, print_jsonl, series_option, year_option
from crawler.cli.versions import find_organ
from crawler.workplace import open_workplace
from portals.series import find_series
from storage.codec import plain


@click.command()
@click.option("--to", "recipient", help="Only what went to this address.")
@click.option("--organ", help="Only what was about this organ (an id, a name or an alias).")
@click.option(
    "--state", type=click.Choice(["pending", "sent", "dead"]), help="Only what waits, went out, or could not."
)
@format_option
@click.pass_context
def told(ctx: click.Context, recipient: str | None, organ: str | None, state: str | None, format_: str) -> None:
    """Everything that went out: to whom, when, about what, and what became of it.

    \b
    Example:
      nianbao told --state dead
    """
    with open_workplace(config_of(ctx), write=False) as place:
        about = find_organ(place, organ).id if organ else None
        found = record.record(place.db, recipient=recipient, organ=about, state=state)
    if format_ == "jsonl":
        print_jsonl(plain(one) for one in found)
        return
    for one in found:
        click.echo(f"{plain(one.composed)}  {one.state:7}  {one.to}  {one.subject}")
        if one.error:
            click.echo(f"  tried {one.tries} time(s), last: {one.error}")


@click.command()
@click.argument("organ")
@year_option
@click.argument("action", type=click.Choice(get_args(answers.Action)))
@click.option("--by", "subscriber", required=True, help="Mail address of who answers.")
@click.option("--until", type=Moment(), help="Of a snooze: when to be told again.")
@click.option("--reason", default="", help="Kept with the answer.")
@as_of_option
@series_option
@click.pass_context
def answer(
    ctx: click.Context,
    organ: str,
    year: int,
    action: answers.Action,
    subscriber: str,
    until: datetime | None,
    reason: str,
    as_of: datetime | None,
    series: str,
) -> None:
    """Answer what was told of ORGAN: acknowledge (nobody is reminded until its status changes), snooze until a moment,
    or mute (this subscriber hears no more of it).

    \b
    Example:
      nianbao answer yantang snooze --year 2023 --by officer@monitor.example --until 2024-03-01 --reason 网站迁移
    """
    if (action == "snooze") != (until is not None):
        raise BadInput("a snooze needs --until, and only a snooze has it")
    with open_workplace(config_of(ctx), as_of) as place:
        about = find_organ(place, organ)
        given = answers.Answer(action, subscriber, about.id, series, year, place.clock(), until, reason)
        answers.put(place.db, [given])
    click.echo(f"{action}: {about.name}, by {subscriber}")


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.pass_context
def bounce(ctx: click.Context, file: Any) -> None:
    """Take in a mail that came back (RFC 3464) from FILE, or standard input: its message becomes a dead letter.

    \b
    Example:
      nianbao bounce < returned.eml
    """
    with open_workplace(config_of(ctx)) as place:
        found = record.note_bounce(place.db, file.read(record.LARGEST + 1), place.clock())
    if not found:
        click.echo("it names no message of ours", err=True)
        sys.exit(1)
    click.echo(f"noted: {found}")


@click.command()
@year_option
@as_of_option
@series_option
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--out", type=click.Path(path_type=Path), help="An .xlsx file, or a folder for one file a table.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Of the files in a folder; parquet needs nianbao[parquet].",
)
@click.pass_context
def export(
    ctx: click.Context, year: int, as_of: datetime | None, series: str, language: Any, out: Path | None, format_: str
) -> None:
    """Write the ledger (台账) of a year as a workbook, or as CSV or Parquet files: obligations, findings, every cell.

    \b
    Example:
      nianbao export --year 2023 --out 台账.xlsx
      nianbao export --year 2023 --out facts --format parquet
    """
    with open_workplace(config_of(ctx), as_of, write=False) as place:
        now = place.clock()
        found = facts.facts(place.db, year, series, now, language, rules=place.rules)
    out = out or Path(ledger.file_name(year, now, language))
    if out.suffix == ".xlsx":
        named = find_series(series)
        name = (named.name_zh if language == "zh" else named.name_en) if named else series
        out.write_bytes(ledger.export(found, year, name, now, language))
    else:
        out.mkdir(parents=True, exist_ok=True)
        for table in ledger.tables(found, language):
            data = as_parquet(table) if format_ == "parquet" else ledger.as_csv(table, language)
            (out / f"{table.key}.{format_}").write_bytes(data)
    click.echo(f"{len(found)} obligations written to {out}")
