"""Full-text search over the texts of reports, in Chinese and anything else.

Chinese has no blanks between words, so the index holds pairs of neighbouring characters (信息公开: 信息, 息公, 公开);
what it finds is then compared with the text itself, so that a hit is a hit. SQLite (FTS5) and PostgreSQL (GIN) alike.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, select, text

from storage.codec import storable
from storage.database import Database
from storage.models import ObservationRow, TextRow

_IDEOGRAPHS = r"\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_HAN = re.compile(f"[{_IDEOGRAPHS}]")
_RUN = re.compile(rf"[{_IDEOGRAPHS}]+|[^\W_{_IDEOGRAPHS}]+")
_GAP = re.compile(rf"(?<={_HAN.pattern})\s+(?={_HAN.pattern})")  # "规  章" is one word
_LONGEST_QUERY = 200
_AROUND = 40  # characters of the text shown on either side of a hit


@dataclass(frozen=True, slots=True)
class Hit:
    """A version of a report in whose text every word of the query stands."""

    organ: str
    series: str
    year: int
    title: str
    url: str
    content_digest: str
    reading: str
    first_seen: datetime
    last_seen: datetime
    before: str  # the text around the first word, as it stands; nothing in it is escaped
    match: str
    after: str


def keep_text(db: Database, connection: Connection, organ: str, series: str, year: int, digest: str, body: str) -> None:
    """Index the text of one version, once. For this room: settling a candidate calls it."""
    known = and_(
        TextRow.organ == organ, TextRow.series == series, TextRow.year == year, TextRow.content_digest == digest
    )
    if not body or connection.execute(select(TextRow.id).where(known)).first() is not None:
        return
    number = (connection.execute(select(func.max(TextRow.id))).scalar() or 0) + 1
    body = storable(body)
    row = {"id": number, "organ": organ, "series": series, "year": year, "content_digest": digest, "body": body}
    db.insert_new(connection, TextRow, [row])
    tokens = grams(body)
    if db.dialect == "postgresql":
        statement = text("INSERT INTO texts_index (id, grams) VALUES (:id, array_to_tsvector(:grams))")
        connection.execute(statement, {"id": number, "grams": sorted(set(tokens))})
    else:
        statement = text("INSERT INTO texts_index (rowid, grams) VALUES (:id, :grams)")
        connection.execute(statement, {"id": number, "grams": " ".join(tokens)})


def search(
    db: Database,
    query: str,
    *,
    organ: str | None = None,
    year: int | None = None,
    until: datetime | None = None,
    limit: int = 50,
) -> list[Hit]:
    """Versions whose text holds every word of the query, the newest report year first. Words stand between blanks."""
    words = [word for word in _folded(query[:_LONGEST_QUERY]).split() if _RUN.search(word)]
    if not words:
        return []
    statement = _statement(db, words).where(*_limits(organ, year, until))
    hits: list[Hit] = []
    with db.read() as connection:
        for row in connection.execute(statement):
            places = [_find(row.body, word) for word in words]
            if all(places) and places[0] is not None:
                hits.append(_hit(row, places[0]))
            if len(hits) >= limit:
                break
    return hits


def grams(body: str) -> list[str]:
    """What the index holds of a text: pairs of Chinese characters, each run's last one alone, other words whole."""
    tokens: list[str] = []
    for run in _RUN.findall(_GAP.sub("", _folded(body))):
        if _HAN.match(run):
            tokens.extend(run[place : place + 2] for place in range(len(run)))
        else:
            tokens.append(run[:100])
    return tokens


def _folded(body: str) -> str:
    return unicodedata.normalize("NFKC", body).casefold()


def _wanted(words: Sequence[str]) -> list[tuple[str, bool]]:
    """(token, whether it is only the beginning of one) that the index must hold for these words."""
    wanted: dict[tuple[str, bool], None] = {}
    for word in words:
        for run in _RUN.findall(word):
            if not _HAN.match(run):
                wanted[(run[:100], True)] = None
            elif len(run) == 1:
                wanted[(run, True)] = None
            else:
                wanted.update(dict.fromkeys((run[place : place + 2], False) for place in range(len(run) - 1)))
    return list(wanted)


def _statement(db: Database, words: Sequence[str]) -> Any:
    wanted = _wanted(words)
    if db.dialect == "postgresql":
        ask = " & ".join(f"'{token}'" + (":*" if begins else "") for token, begins in wanted)
        found = text("SELECT id FROM texts_index WHERE grams @@ CAST(:ask AS tsquery)")
    else:
        ask = " AND ".join(f'"{token}"' + ("*" if begins else "") for token, begins in wanted)
        found = text("SELECT rowid AS id FROM texts_index WHERE texts_index MATCH :ask")
    matching = found.bindparams(ask=ask).columns(TextRow.id).subquery()
    seen = (
        select(
            ObservationRow.organ,
            ObservationRow.series,
            ObservationRow.year,
            ObservationRow.content_digest,
            func.min(ObservationRow.at).label("first_seen"),
            func.max(ObservationRow.at).label("last_seen"),
            func.max(ObservationRow.reading).label("reading"),
            func.max(ObservationRow.record["title"].as_string()).label("title"),
            func.max(ObservationRow.record["url"].as_string()).label("url"),
        )
        .group_by(ObservationRow.organ, ObservationRow.series, ObservationRow.year, ObservationRow.content_digest)
        .subquery()
    )
    same = and_(
        seen.c.organ == TextRow.organ,
        seen.c.series == TextRow.series,
        seen.c.year == TextRow.year,
        seen.c.content_digest == TextRow.content_digest,
    )
    statement = select(TextRow.body, *seen.c).join(matching, matching.c.id == TextRow.id).join(seen, same)
    return statement.order_by(TextRow.year.desc(), TextRow.organ, seen.c.first_seen)


def _limits(organ: str | None, year: int | None, until: datetime | None) -> list[Any]:
    limits: list[Any] = []
    if organ is not None:
        limits.append(TextRow.organ == organ)
    if year is not None:
        limits.append(TextRow.year == year)
    if until is not None:
        earlier = select(ObservationRow.visit).where(
            ObservationRow.organ == TextRow.organ,
            ObservationRow.series == TextRow.series,
            ObservationRow.year == TextRow.year,
            ObservationRow.content_digest == TextRow.content_digest,
            ObservationRow.at <= until,
        )
        limits.append(earlier.exists())
    return limits


def _find(body: str, word: str) -> tuple[int, int] | None:
    """Where a folded word stands in a text, as places in the text itself; blanks within it do not count."""
    plain = body.find(word)
    if plain >= 0:
        return plain, plain + len(word)
    folded: list[str] = []
    origin: list[int] = []
    for place, character in enumerate(body):
        for part in _folded(character):
            if not part.isspace():
                folded.append(part)
                origin.append(place)
    at = "".join(folded).find(word)
    return None if at < 0 else (origin[at], origin[at + len(word) - 1] + 1)


def _hit(row: Any, place: tuple[int, int]) -> Hit:
    start, end = place
    return Hit(
        row.organ, row.series, row.year, row.title, row.url, row.content_digest, row.reading, row.first_seen,
        row.last_seen, row.body[max(0, start - _AROUND) : start], row.body[start:end], row.body[end : end + _AROUND],
    )  # fmt: skip
