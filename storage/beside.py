"""Which reports stand beside one at a moment: last year's, and this year's of the organs below. What a comparison found
is kept as a reading of them all together, so that asking again about any moment gives the same.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from storage.database import Database
from storage.models import OrganRow
from storage.readings import reading, version_at
from storage.records import Version

COMPARED = "compared"
"""State of a reading of several reports together: its report has no cells, only what the comparison found."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Keys of readings."""

    current: str
    previous: str | None  # the same organ's, of the year before
    parts: tuple[str, ...]  # of the organs directly below, by id of organ

    @property
    def alone(self) -> bool:
        return self.previous is None and not self.parts

    @property
    def key(self) -> str:
        """Of the reading of all together: the same documents, the same key."""
        named = json.dumps([COMPARED, self.current, self.previous, *self.parts])
        return hashlib.sha256(named.encode("ascii")).hexdigest()


def beside(db: Database, version: Version, at: datetime) -> Beside:
    """What stands beside this version at a moment: of each other obligation the version in force then."""
    with db.read() as connection:
        below = select(OrganRow.id).where(OrganRow.parent == version.organ).order_by(OrganRow.id)
        children = list(connection.execute(below).scalars())
    previous = version_at(db, version.organ, version.series, version.year - 1, at)
    parts = [version_at(db, child, version.series, version.year, at) for child in children]
    return Beside(
        version.reading,
        previous.reading if previous else None,
        tuple(part.reading for part in parts if part),
    )


def report_of(db: Database, version: Version, at: datetime | None = None) -> dict[str, Any] | None:
    """The report that was read of a version, as the reader gave it; None when none is kept.

    Its findings are those of the document and, with `at`, those of its comparison with what stood beside it then.
    """
    alone = reading(db, version.reading)
    if alone is None or alone.report is None:
        return None
    compared = reading(db, beside(db, version, at).key) if at else None
    if compared is None or compared.report is None:
        return alone.report
    lists: list[Any] = [alone.report["findings"], compared.report["findings"]]
    return alone.report | {"findings": [finding for found in lists for finding in found]}
