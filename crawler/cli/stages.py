"""`nianbao run` and its stages one by one: crawl, read, judge, notify."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from alerts.deliver import Delivery
from crawler.cli.options import as_of_option, config_of, year_option
from crawler.cli.progress import Bars
from crawler.stages import crawl as crawling
from crawler.stages import judge as judging
from crawler.stages import notify as notifying
from crawler.stages import read as reading
from crawler.stages.round import make_rounds
from crawler.workplace import Workplace, open_workplace
from portals.due import asked_series
from storage import queries


@contextmanager
def _at_work(ctx: click.Context, as_of: datetime | None) -> Iterator[tuple[Workplace, Bars]]:
    with open_workplace(config_of(ctx), as_of) as place, Bars() as bars:
        yield place, bars


@click.command()
@year_option
@as_of_option
@click.pass_context
def run(ctx: click.Context, year: int, as_of: datetime | None) -> None:
    """One round: crawl, read, judge, notify. Made again as of the same moment, it takes up what was left.

    Exit status 1 if something is left for a person: a column that could not be seen, a document that could not be
    read, a mail that could not be delivered.

    \b
    Example:
      nianbao run --year 2023
      nianbao run --year 2023 --as-of 2024-02-01
    """
    with _at_work(ctx, as_of) as (place, bars):
        rounds = list(make_rounds(place, year, bars.told))
    for done in rounds:
        _say_crawled(done.crawled)
        _say_read(done.readings)
        _say_judged(done.judged)
        _say_delivery(done.delivery)
    sys.exit(0 if all(done.whole for done in rounds) else 1)


@click.command()
@year_option
@as_of_option
@click.pass_context
def crawl(ctx: click.Context, year: int, as_of: datetime | None) -> None:
    """Visit every column and archive what it shows.

    \b
    Example:
      nianbao crawl --year 2023
    """
    with _at_work(ctx, as_of) as (place, bars):
        crawls = [crawling.crawl(place, series, year, bars.of("crawl")) for series in _asked(place)]
    for done in crawls:
        _say_crawled(done)
    sys.exit(0 if all(done.whole and not done.troubles for done in crawls) else 1)


@click.command()
@as_of_option
@click.pass_context
def read(ctx: click.Context, as_of: datetime | None) -> None:
    """Read what was archived and not read yet by this version of the reader.

    \b
    Example:
      nianbao read
    """
    with _at_work(ctx, as_of) as (place, bars):
        done = reading.read(place, bars.of("read"))
    _say_read(done)
    sys.exit(1 if done.troubles else 0)


@click.command()
@year_option
@as_of_option
@click.pass_context
def judge(ctx: click.Context, year: int, as_of: datetime | None) -> None:
    """Judge every obligation by the evidence up to now, or as of any past moment.

    \b
    Example:
      nianbao judge --year 2023 --as-of 2024-02-01
    """
    with _at_work(ctx, as_of) as (place, bars):
        for series in _asked(place):
            _say_judged(judging.judge(place, series, year, bars.of("judge")))


@click.command()
@year_option
@as_of_option
@click.pass_context
def notify(ctx: click.Context, year: int, as_of: datetime | None) -> None:
    """Write mails about what changed, and send what waits in the outbox.

    \b
    Example:
      nianbao notify --year 2023
    """
    with _at_work(ctx, as_of) as (place, _):
        deliveries = [notifying.notify(place, series, year) for series in _asked(place)]
    for delivery in deliveries:
        _say_delivery(delivery)
    sys.exit(0 if all(delivery.complete for delivery in deliveries) else 1)


def _asked(place: Workplace) -> list[str]:
    return asked_series(queries.organs(place.db))


def _say_crawled(done: crawling.Crawled) -> None:
    told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.outcomes.items()))
    click.echo(f"crawl: {told or 'nothing to visit'}")
    for trouble in done.troubles:
        click.echo(f"  could not look: {trouble}")
    if done.not_visited and done.log is None:
        click.echo(f"  not visited: {len(done.not_visited)} columns, outside the hours (NIANBAO_HOURS)", err=True)
        return
    for column in done.not_visited:
        click.echo(f"  not visited: {column} (see {done.log}; the same round made again takes it up)", err=True)
    if done.without_column:
        click.echo(f"  without a column URL, so not looked for: {len(done.without_column)} organs")


def _say_read(done: reading.Readings) -> None:
    told = ", ".join(f"{count} {state}" for state, count in sorted(done.states.items()))
    click.echo(f"read: {told or 'nothing new'}")
    for trouble in done.troubles:
        click.echo(f"  could not read: {trouble}", err=True)


def _say_judged(done: judging.Judged) -> None:
    told = ", ".join(f"{count} {status}" for status, count in sorted(done.statuses.items()))
    click.echo(f"judge: {told or 'no obligations'}; {len(done.events)} changes")


def _say_delivery(delivery: Delivery) -> None:
    click.echo(f"notify: {delivery}")
