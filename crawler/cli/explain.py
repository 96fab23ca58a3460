"""`nianbao explain`: what was seen for one obligation, visit by visit, and why each link was taken or refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from compliance.explain import explain as reasoning
from crawler.cli.options import as_of_option, config_of, format_option, print_jsonl, series_option, year_option
from crawler.cli.versions import find_organ
from crawler.stages.judge import assess
from crawler.workplace import Workplace, open_workplace
from portals.due import obligations
from portals.model import Organ
from reports.version import VERSION
from storage import queries
from storage.codec import plain
from storage.records import Candidate, Reading, Visit

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@click.command()
@click.argument("organ")
@year_option
@as_of_option
@series_option
@click.option("--last", type=click.IntRange(1), help="Only the last so many visits.")
@format_option
@click.pass_context
def explain(
    ctx: click.Context, organ: str, year: int, as_of: datetime | None, series: str, last: int | None, format_: str
) -> None:
    """Why ORGAN (an id, a name or an alias) stands where it stands: each visit, what the list showed, each candidate
    with the reasons for taking or refusing it, and what became of reading it.

    \b
    Example:
      nianbao explain 511902 --year 2023
    """
    with open_workplace(config_of(ctx), as_of, write=False) as place:
        found = find_organ(place, organ)
        known = queries.visits(place.db, organ=found.id, year=year, until=place.clock())
        visits = [visit for visit in known if visit.series == series]
        rows = [_row(place, visit, found.id) for visit in (visits[-last:] if last else visits)]
        verdict = list(_verdict(place, found, series, year))
    if format_ == "jsonl":
        print_jsonl(rows)
        return
    for line in (*verdict, *([] if rows else ["Nobody has looked for it yet."])):
        click.echo(line)
    for row in rows:
        print_visit(row)


def _verdict(place: Workplace, organ: Organ, series: str, year: int) -> Iterator[str]:
    """The organ's status in words."""
    owed = next(obligations([organ], series, year, place.rules), None)
    said = next(iter(assess(place, series, year, organs=[organ.id])), None)
    if owed is None or said is None:
        yield f"{organ.name} owes no report for {year}."
        return
    yield f"{organ.name}, report for {year}: {said.status.value}" + (f" ({said.cause})" if said.cause else "")
    yield from (f"  {sentence}" for sentence in reasoning(said, owed).en)


def _row(place: Workplace, visit: Visit, organ: str) -> dict[str, Any]:
    """A visit as a plain object, with this organ's candidates and their readings."""
    mine = [one for one in visit.candidates if one.organ == organ]
    return visit_row(visit, mine, {one.url: _reading(place, one) for one in mine if one.accepted})


def visit_row(visit: Visit, candidates: Iterable[Candidate], readings: dict[str, Reading | None]) -> dict[str, Any]:
    """What a visit saw, for programs; also behind `organs try`."""
    return {
        "visit": visit.id,
        "at": plain(visit.at),
        "looked_at": visit.column_url,
        "outcome": visit.outcome.value,
        "detail": visit.detail,
        "profile": plain(visit.profile) if visit.profile else None,
        "pages": len(visit.captures),
        "links": len(visit.sightings),
        "candidates": [
            plain(one) | {"read": _said(readings[one.url]) if one.url in readings else None} for one in candidates
        ],
    }


def _reading(place: Workplace, candidate: Candidate) -> Reading | None:
    held = list(queries.captures_by_id(place.db, candidate.captures).values())
    return queries.reading(place.db, queries.reading_key(held), VERSION) if held else None


def _said(reading: Reading | None) -> str:
    if reading is None:
        return "not read yet"
    return reading.state + (f": {reading.detail}" if reading.detail else "")


def print_visit(row: dict[str, Any]) -> None:
    """A visit for people."""
    at = datetime.fromisoformat(row["at"]).astimezone(_SHANGHAI)
    click.echo(f"\n{at:%Y-%m-%d %H:%M}  {row['looked_at']}")
    click.echo(f"  {row['outcome']}" + (f": {row['detail']}" if row["detail"] else ""))
    click.echo(f"  {row['pages']} pages fetched for it, {row['links']} links on its lists")
    for line in _profile_lines(row["profile"] or {}):
        click.echo(f"  {line}")
    for one in row["candidates"]:
        taken = "taken  " if one["accepted"] else "refused"
        click.echo(f"  {taken} {one['score']:.2f}  {one['title']}\n    {one['url']}")
        for reason in one["reasons"]:
            click.echo(f"    - {reason}")
        for what in (one["failure"], f"read: {one['read']}" if one["read"] else None):
            if what:
                click.echo(f"    ! {what}" if what is one["failure"] else f"    {what}")


def _profile_lines(profile: dict[str, Any]) -> Iterator[str]:
    """What the visit learnt of the site."""
    for column in profile.get("columns", ()):
        yield f"column found: {column}"
    if profile.get("way"):
        yield "way: " + " → ".join(profile["way"])
    if profile.get("systems"):
        yield "portal system: " + ", ".join(profile["systems"])
    if profile.get("browser"):
        yield "the list needs a browser" + (f"; its data: {', '.join(profile['calls'])}" if profile["calls"] else "")
