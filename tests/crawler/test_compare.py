"""Reports held against last year's and against those of the organs below: found in a round, kept, asked for any day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.config import load_config
from crawler.stages.compare import compare
from crawler.workplace import Workplace, open_workplace
from portals.model import Organ
from reports import Cell, Report, dump, load
from reports.form import load_form
from reports.version import VERSION
from storage import queries
from storage.records import Candidate, Observation, Reading, Unread

BEFORE, NOW, LATER = (datetime(2024, 2, day, tzinfo=UTC) for day in (1, 2, 3))
FORM = load_form("ogi-2021")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with open_workplace(load_config(tmp_path, {})) as place:
        county = Organ("county", "甲县人民政府", (), "county", "government", "110101", None, None, None)
        office = Organ("office", "甲县教育局", (), "county", "department", "110101", "county", None, None)
        queries.upsert_organs(place.db, [county, office])
    return tmp_path


def publish(place: Workplace, organ: str, year: int, **values: int) -> Observation:
    """A report as the stage `read` keeps it: cells are 0 unless named, with __ for the dots."""
    named = {name.replace("__", "."): value for name, value in values.items()}
    cells = {name: Cell(name, named.get(name, 0), None, None) for name in FORM.cell_names}
    scope = "consolidated" if organ == "county" else "own"
    key = f"{organ} {year} {sorted(named.items())}"
    made = Report("s", "text/html", "t", organ, year, "ogi-2021", cells, content_digest=key, extra={"scope": scope})
    queries.put_reading(place.db, Reading(key, VERSION, "read", "", dump(made)))
    url = f"http://x.test/{organ}/{year}"
    candidate = Candidate(organ, "ogi", year, url, "t", 1.0, (), True)
    seen = Observation(organ, "ogi", year, place.clock(), url, "t", (), key, key)
    queries.settle(place.db, Unread(f"{key} {place.clock()}", 0, place.clock(), candidate, key, ()), VERSION, seen)
    return seen


def told(place: Workplace, organ: str, year: int, at: datetime) -> list[str]:
    version = queries.version_at(place.db, organ, "ogi", year, at)
    report = queries.report_of(place.db, version, at) if version else None
    return [finding.code for finding in load(report).findings] if report else []


def day(home: Path, at: datetime, *published: tuple[str, int, dict[str, int]]) -> int:
    with open_workplace(load_config(home, {}), at) as place:
        return compare(place, [publish(place, organ, year, **values) for organ, year, values in published])


def test_last_years_report_is_held_against_this_years_in_whichever_order_they_are_found(home: Path) -> None:
    day(home, BEFORE, ("office", 2023, {"requests__carried_in__total": 3}))
    day(home, NOW, ("office", 2022, {"requests__carried_out__total": 4}))
    with open_workplace(load_config(home, {}), write=False) as place:
        assert told(place, "office", 2023, BEFORE) == []
        assert told(place, "office", 2023, NOW) == ["year.carried"]


def test_a_report_that_was_put_right_is_compared_anew(home: Path) -> None:
    day(home, BEFORE, ("office", 2022, {"requests__carried_out__total": 4}), ("office", 2023, {}))
    day(home, NOW, ("office", 2023, {"requests__carried_in__total": 4}))
    with open_workplace(load_config(home, {}), write=False) as place:
        assert told(place, "office", 2023, BEFORE) == ["year.carried"]
        assert told(place, "office", 2023, NOW) == []


def test_a_government_that_reports_less_than_one_of_its_organs_is_told(home: Path) -> None:
    day(home, BEFORE, ("county", 2023, {"requests__new__total": 3}))
    day(home, NOW, ("office", 2023, {"requests__new__total": 5}))
    with open_workplace(load_config(home, {}), write=False) as place:
        assert told(place, "county", 2023, BEFORE) == []
        assert told(place, "county", 2023, NOW) == ["rollup.mismatch"]
        assert told(place, "office", 2023, NOW) == []


def test_a_day_that_brings_nothing_new_compares_nothing(home: Path) -> None:
    both = ("county", 2023, {"requests__new__total": 3}), ("office", 2023, {"requests__new__total": 5})
    assert day(home, NOW, *both) == 1
    assert day(home, LATER, *both) == 0
    with open_workplace(load_config(home, {}), write=False) as place:
        assert told(place, "county", 2023, LATER) == ["rollup.mismatch"]
