"""The register of organs as it was imported last."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select, update

from portals.model import Organ
from storage import codec
from storage.database import Database
from storage.evidence import known
from storage.models import JudgedRow, OrganRow

_CHUNK = 400


def upsert_organs(db: Database, organs: Iterable[Organ]) -> int:
    """Add organs, or replace those with the same id; how many. Nothing is deleted."""
    rows = {organ.id: codec.plain(organ) for organ in organs}
    with db.write() as connection:
        serial = known(connection) + 1
        before = {row.id: row.record for row in connection.execute(select(OrganRow.id, OrganRow.record))}
        changed = [
            {"id": key, "region": row["region"], "parent": row["parent"], "serial": serial, "record": row}
            for key, row in rows.items()
            if before.get(key) != row
        ]
        db.upsert(connection, OrganRow, changed)
    return len(rows)


def prune(db: Database, keep: Iterable[str]) -> list[str]:
    """Take organs off the register except those with the given ids; the ids that went. Evidence about them stays."""
    kept = set(keep)
    with db.write() as connection:
        registered = connection.execute(select(OrganRow.id).order_by(OrganRow.id)).scalars()
        gone = [identity for identity in registered if identity not in kept]
        for identity in gone:
            connection.execute(delete(OrganRow).where(OrganRow.id == identity))
        if gone:
            connection.execute(update(JudgedRow).values(serial=None))  # let every season be judged as a whole
    return gone


def organs(db: Database) -> list[Organ]:
    """The register, by id."""
    with db.read() as connection:
        rows = connection.execute(select(OrganRow.record).order_by(OrganRow.id)).all()
    return [codec.from_plain(Organ, row.record) for row in rows]


def some_organs(db: Database, identities: Collection[str]) -> list[Organ]:
    """Those of the organs that are on the register, by id."""
    found: list[Organ] = []
    names = sorted(identities)
    with db.read() as connection:
        for start in range(0, len(names), _CHUNK):
            wanted = select(OrganRow.record).where(OrganRow.id.in_(names[start : start + _CHUNK]))
            rows = connection.execute(wanted.order_by(OrganRow.id)).scalars()
            found.extend(codec.from_plain(Organ, record) for record in rows)
    return found


def organ(db: Database, identity: str) -> Organ | None:
    with db.read() as connection:
        found = connection.execute(select(OrganRow.record).where(OrganRow.id == identity)).scalar()
    return None if found is None else codec.from_plain(Organ, found)
