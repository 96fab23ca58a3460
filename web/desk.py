"""What every page needs: database, archive, clock, templates, and the few parameters that all addresses share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from alerts.links import safe
from alerts.text import BEIJING
from portals.series import find_series
from storage.archive import Archive
from storage.database import Database
from web.words import TONES, Language, local, words

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_YEAR = 2008  # the Regulations came into force

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


@dataclass(frozen=True, slots=True)
class Desk:
    """The pages' access to the rest. It only reads."""

    db: Database
    archive: Archive
    clock: Callable[[], datetime]
    pages: Environment
    public_url: str | None = None  # where others reach us, without a slash at the end; None: as the request came
    secret: bytes | None = field(default=None, repr=False)  # signed the links in mails; None: they cannot be answered
    inbox: Path | None = None  # where answers wait for the next round


def environment() -> Environment:
    pages = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,  # every title on every page comes from a stranger
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pages.filters["local"] = local
    pages.filters["sentence"] = lambda text: text[:1].upper() + text[1:]
    pages.globals.update(tones=TONES, safe=safe)
    return pages


def desk(request: Request) -> Desk:
    found: Desk = request.app.state.desk
    return found


def language(request: Request) -> Language:
    return "en" if request.query_params.get("lang") == "en" else "zh"


def page(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    spoken = language(request)

    def href(*path: object, **query: object) -> str:
        """An address of ours; the language goes along."""
        kept = {key: str(value) for key, value in query.items() if value not in (None, "")}
        if spoken == "en":
            kept.setdefault("lang", "en")
        where = "/" + "/".join(quote(str(part), safe="") for part in path)
        return where + ("?" + urlencode(kept) if kept else "")

    text = (
        desk(request)
        .pages.get_template(template)
        .render(
            words=words(spoken), lang=spoken, href=href, here=request.url.path, other=_other_language(request), **values
        )
    )
    return HTMLResponse(text, status, headers={"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"})


def _other_language(request: Request) -> str:
    """The same page in the other language."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    if language(request) == "zh":
        kept.append(("lang", "en"))
    return request.url.path + ("?" + urlencode(kept) if kept else "")


def moment(text: str | None) -> datetime | None:
    """A moment from an address: a date is the end of that day in Beijing, no zone is Beijing's. 400 otherwise."""
    if not text:
        return None
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), time(23, 59, 59), BEIJING).astimezone(UTC)
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo else read.replace(tzinfo=BEIJING)).astimezone(UTC)
    except (ValueError, OverflowError) as fault:
        raise HTTPException(400, f"not a date or moment: {text[:40]!r}") from fault


def series_or_404(key: str) -> str:
    if find_series(key) is None:
        raise HTTPException(404)
    return key


def year_or_400(year: int | None, default: int) -> int:
    if year is None:
        return default
    if not _FIRST_YEAR <= year <= 2100:
        raise HTTPException(400, "the report year must lie between 2008 and 2100")
    return year


def last_report_year(now: datetime) -> int:
    """The report year that is due in the current year."""
    return now.astimezone(BEIJING).year - 1


def counted_years(now: datetime) -> range:
    """Report years that may be on record, newest first."""
    return range(now.astimezone(BEIJING).year, _FIRST_YEAR - 1, -1)
