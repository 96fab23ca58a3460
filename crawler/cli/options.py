"""Options that several commands share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from crawler.config import Config, load_config
from portals.moments import parse_moment
from portals.series import MAIN, built_in_series

F = TypeVar("F", bound=Callable[..., Any])
SERIES = MAIN


class Moment(click.ParamType[datetime]):
    """2024-02-01 (the end of that day in Asia/Shanghai) or 2024-02-01T09:00:00+08:00."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            return parse_moment(str(value))
        except ValueError:
            self.fail(f"{value!r} is neither a date such as 2024-02-01 nor an instant such as 2024-02-01T09:00+08:00")


def year_option(function: F) -> F:
    text = "Report year: the year that the reports are about."
    return click.option("--year", type=click.IntRange(2008, 2100), required=True, help=text)(function)


def series_option(function: F) -> F:
    keys = click.Choice([series.key for series in built_in_series()])
    text = "Which report, where the register asks for others too."
    return click.option("--series", type=keys, default=MAIN, show_default=True, help=text)(function)


def as_of_option(function: F) -> F:
    text = "As at this moment; a bare date is its last second in Asia/Shanghai (default: now)."
    return click.option("--as-of", type=Moment(), help=text)(function)


def format_option(function: F) -> F:
    return click.option(
        "--format", "format_", type=click.Choice(["text", "jsonl"]), default="text", help="For people or for programs."
    )(function)


def config_of(ctx: click.Context) -> Config:
    home: Path = ctx.obj
    return load_config(home)


def print_jsonl(objects: Iterable[object]) -> None:
    for item in objects:
        click.echo(json.dumps(item, ensure_ascii=False))
