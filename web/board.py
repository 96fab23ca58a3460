"""The board: every organ's obligation of one year at one moment, counted, filtered, in pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from alerts.choose import within
from portals.model import Organ
from portals.series import MAIN, built_in_series
from storage import queries
from storage.database import Database
from storage.records import Assessment, Status
from web.desk import counted_years, desk, last_report_year, moment, page, series_or_404, year_or_400

router = APIRouter()

PAGE = 200
GRAVITY = (Status.MISSING, Status.LATE, Status.UNKNOWN, Status.PENDING, Status.ON_TIME, Status.EXEMPT)
LEVELS = ("province", "city", "county", "township")
MARKS = ("withdrawn", "backdated", "revised", "malformed")
SORTS = ("region", "status", "due", "published", "organ")


@dataclass(frozen=True, slots=True)
class Row:
    organ: Organ
    assessment: Assessment
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filters:
    status: str = ""
    region: str = ""
    text: str = ""
    sort: str = "region"

    def passes(self, row: Row) -> bool:
        """All but the status, which the counts show side by side."""
        text = self.text.strip().casefold()
        names = (row.organ.name, *row.organ.aliases, row.organ.id)
        return (not self.region or within(row.organ.region, self.region)) and (
            not text or any(text in name.casefold() for name in names)
        )


@router.get("/", response_class=HTMLResponse)
@router.get("/board", response_class=HTMLResponse)
def board(
    request: Request,
    year: int | None = None,
    as_of: str | None = None,
    series: str = "ogi",
    status: str = "",
    region: str = "",
    q: str = "",
    sort: str = "region",
    number: int = 1,
) -> HTMLResponse:
    here = desk(request)
    series_or_404(series)
    if (status and status not in tuple(Status)) or sort not in SORTS or len(q) > 100 or number < 1:
        raise HTTPException(400, "unknown status or order")
    at = moment(as_of)
    chosen = year_or_400(year, newest_year(here.db, series, here.clock()))
    filters = Filters(status, region if region.isdigit() else "", q, sort)
    everything = rows(here.db, chosen, series, at)
    matching = [row for row in everything if filters.passes(row)]
    listed = ordered((row for row in matching if not status or row.assessment.status == status), sort)
    pages = max(1, -(-len(listed) // PAGE))
    number = min(number, pages)
    return page(
        request,
        "board.html",
        year=chosen,
        series=series,
        beside="" if series == MAIN else series,
        kinds=[kind for kind in built_in_series() if queries.rounds(here.db, chosen, kind.key)],
        as_of=as_of or "",
        moment=at or last_moment(here.db, chosen, series) or here.clock(),
        filters=filters,
        counts=_counts(matching),
        total=len(matching),
        judged=bool(everything),
        rows=listed[(number - 1) * PAGE : number * PAGE],
        number=number,
        pages=pages,
        regions=regions(row.organ for row in everything),
        sorts=SORTS,
    )


def rows(db: Database, year: int, series: str, at: datetime | None) -> list[Row]:
    """One row an obligation that has been judged by `at` (ever, when None)."""
    organs = {organ.id: organ for organ in queries.organs(db)}
    return [
        Row(organs.get(told.organ) or unregistered(told.organ), told, marks(told))
        for told in queries.assessments(db, year, series, at)
    ]


def unregistered(organ: str) -> Organ:
    """An organ that has been taken off the register; what was judged about it stays."""
    return Organ(organ, organ, (), "county", "department", "", None, None, None)


def marks(told: Assessment) -> tuple[str, ...]:
    """Marks beside the status. `malformed` says that the document has proven errors."""
    found = {
        "withdrawn": told.withdrawn,
        "backdated": told.backdated,
        "revised": told.revised,
        "malformed": told.findings.get("error", 0) > 0,
    }
    return tuple(mark for mark in MARKS if found[mark])


def ordered(found: Iterable[Row], sort: str) -> list[Row]:
    def key(row: Row) -> tuple[object, ...]:
        told, organ = row.assessment, row.organ
        home = (organ.region, LEVELS.index(organ.level), organ.kind != "government", organ.name, organ.id)
        leading: dict[str, tuple[object, ...]] = {
            "region": (),
            "status": (GRAVITY.index(told.status),),
            "due": (told.due_notice,),
            "published": (told.published or date.max,),
            "organ": (organ.name,),
        }
        return (*leading[sort], *home)

    return sorted(found, key=key)


def regions(organs: Iterable[Organ]) -> list[tuple[str, str]]:
    """(code, name) to choose from: a region is called after its government."""
    names: dict[str, str] = {}
    for organ in organs:
        if organ.kind == "government" or organ.region not in names:
            names[organ.region] = organ.name.removesuffix("人民政府") if organ.kind == "government" else organ.region
    return sorted((code, name) for code, name in names.items() if code)


def newest_year(db: Database, series: str, now: datetime) -> int:
    """The newest report year for which there was a round, else the one that is due now."""
    judged = (year for year in counted_years(now) if queries.rounds(db, year, series))
    return next(judged, last_report_year(now))


def last_moment(db: Database, year: int, series: str) -> datetime | None:
    held = queries.rounds(db, year, series)
    return held[-1].as_of if held else None


def _counts(found: Iterable[Row]) -> list[tuple[str, int]]:
    """Every status with its number, gravest first; those that are empty too, so that nothing jumps about."""
    counted = Counter(row.assessment.status for row in found)
    return [(status.value, counted[status]) for status in GRAVITY if counted[status] or status is not Status.EXEMPT]
