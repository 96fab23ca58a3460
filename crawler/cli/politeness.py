"""`nianbao politeness`: how each host was treated, for us and for whoever runs it."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table

from crawler import ledger
from crawler.cli.options import config_of


@click.command()
@click.option("--host", help="Only this host.")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table")
@click.pass_context
def politeness(ctx: click.Context, host: str | None, form: str) -> None:
    """The politeness ledger: what each host was asked in each crawl, how close together, and what it answered.

    \b
    Example:
      nianbao politeness --host www.example.gov.cn --format jsonl
    """
    lines = ledger.read(config_of(ctx).home / "logs", host)
    if form == "jsonl":
        for line in lines:
            click.echo(json.dumps(line.row(), ensure_ascii=False))
        return
    table = Table(
        "crawl", "host", "requests", "delay s", "least gap s", "robots.txt", "answers", "not asked", "given up"
    )
    for line in lines:
        gap = "" if line.least_gap is None else f"{line.least_gap:.2f}"
        answers = " ".join(f"{status}×{count}" for status, count in sorted(line.statuses.items()))
        refused = " ".join(f"{name}×{count}" for name, count in sorted(line.refused.items()))
        told = [line.crawl, line.host, str(line.requests), f"{line.delay:g}", gap, line.robots or "", answers, refused]
        table.add_row(*told, line.given_up or "")
    Console().print(table)
