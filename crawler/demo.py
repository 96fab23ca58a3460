"""The demo: a season of the sample province, round by round, through every room. State lies in one folder and stays."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from crawler.catcher import Catcher
from crawler.config import Config, load_config
from crawler.stages.round import Progress, Round, make_round
from crawler.workplace import open_workplace
from portals.load import load_organs
from portals.moments import end_of_day
from sample.load import load_province
from sample.model import Province
from sample.serve import running
from storage import queries

SERIES = "ogi"
_TOML = """# The demo's settings. The sample province lives on loopback, which a crawler may reach only when told so.
allow_addresses = "127.77.0.0/16"
delay = 0
mail_from = "Nianbao 年报监测 <nianbao@demo.example>"
base_url = "http://127.0.0.1:8400"
"""
_SUBSCRIBERS = """# Who is told. `role: operator` also sees what the reader is not sure of.
subscribers:
  - {name: 省政务公开办, email: officer@demo.example, language: zh}
  - {name: Observer, email: observer@demo.example, language: en, severity: error}
"""


@dataclass(frozen=True, slots=True)
class Season:
    """What the demo has made, or found made before."""

    config: Config
    province: Province
    rounds: dict[date, Round | None]  # None: made in an earlier run


def play(home: Path, port: int, progress: Progress) -> Season:
    """Makes the season's rounds that are not made yet. Running it again changes nothing. Raises PortBusy."""
    province = load_province()
    home.mkdir(parents=True, exist_ok=True)
    _write_new(home / "nianbao.toml", _TOML)
    _write_new(home / "subscribers.yaml", _SUBSCRIBERS)
    _write_organs(province, home / "organs.csv", port)
    config = load_config(home, environ={})
    rounds: dict[date, Round | None] = {}
    todo = _unmade(config, province)
    if todo:
        with running(province, port) as served, Catcher(home / "mail") as catcher:
            config = replace(config, smtp_url=catcher.url)
            for day in todo:
                served.set_clock(day)
                with open_workplace(config, end_of_day(day)) as place:
                    queries.upsert_organs(place.db, load_organs(home / "organs.csv"))
                    rounds[day] = make_round(place, SERIES, province.year, partial(_told, progress, day))
    return Season(config, province, {day: rounds.get(day) for day in province.rounds})


def _told(progress: Progress, day: date, stage: str, done: int, total: int, what: str) -> None:
    progress(f"{day} {stage}", done, total, what)


def _write_new(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text, encoding="utf-8")


def _write_organs(province: Province, path: Path, port: int) -> None:
    rows = province.organs_rows(port)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _unmade(config: Config, province: Province) -> list[date]:
    with open_workplace(config) as place:
        made = {one.as_of for one in queries.rounds(place.db, province.year, SERIES) if one.finished}
    return [day for day in province.rounds if end_of_day(day) not in made]
