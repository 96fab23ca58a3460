"""The register of organs as it was imported last."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select

from portals.model import Organ
from storage import codec
from storage.database import Database
from storage.models import OrganRow


def upsert_organs(db: Database, organs: Iterable[Organ]) -> int:
    """Add organs, or replace those with the same id; how many. Nothing is deleted."""
    rows = [
        {"id": organ.id, "region": organ.region, "parent": organ.parent, "record": codec.plain(organ)}
        for organ in organs
    ]
    with db.write() as connection:
        db.upsert(connection, OrganRow, rows)
    return len(rows)


def prune(db: Database, keep: Iterable[str]) -> list[str]:
    """Take organs off the register except those with the given ids; the ids that went. Evidence about them stays."""
    kept = set(keep)
    with db.write() as connection:
        known = connection.execute(select(OrganRow.id).order_by(OrganRow.id)).scalars()
        gone = [identity for identity in known if identity not in kept]
        for identity in gone:
            connection.execute(delete(OrganRow).where(OrganRow.id == identity))
    return gone


def organs(db: Database) -> list[Organ]:
    """The register, by id."""
    with db.read() as connection:
        rows = connection.execute(select(OrganRow.record).order_by(OrganRow.id)).all()
    return [codec.from_plain(Organ, row.record) for row in rows]


def organ(db: Database, identity: str) -> Organ | None:
    with db.read() as connection:
        found = connection.execute(select(OrganRow.record).where(OrganRow.id == identity)).scalar()
    return None if found is None else codec.from_plain(Organ, found)
