"""Driving Alembic from code: the tables' form is the program's business, not the operator's."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from storage.migrations import HEAD


def configuration() -> Config:
    """An Alembic configuration without a file; `attributes["connection"]` must be set before use."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def upgrade(engine: Engine, to: str = HEAD) -> None:
    """Bring the database to form `to`, in one transaction."""
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def downgrade(engine: Engine, to: str) -> None:
    """Bring the database back to form `to` (`base` drops everything), in one transaction."""
    config = configuration()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, to)
