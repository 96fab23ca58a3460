"""What the stages of a round work on: configuration, database, archive and clock, opened together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from compliance.policy import Policy
from crawler.clock import Clock, frozen_clock, system_clock
from crawler.config import Config
from crawler.rules import policy_of, rules_of
from portals.model import DueRule
from storage import database, queries
from storage.archive import Archive
from storage.bucket import Bucket
from storage.database import Database


@dataclass(frozen=True)
class Workplace:
    config: Config
    db: Database
    archive: Archive
    clock: Clock
    as_of: datetime | None  # the moment that the clock stands at, None when it runs
    rules: tuple[DueRule, ...]  # by when what is owed
    policy: Policy  # how much must have been seen


@contextmanager
def open_workplace(config: Config, as_of: datetime | None = None, *, write: bool = True) -> Iterator[Workplace]:
    """Opens what a command needs. With `write` this process is the one writer.

    Raises StorageError when the database or the archive cannot be used, RegistryFaults for a faulty file of rules.
    """
    rules, policy = rules_of(config), policy_of(config)
    if write:
        config.home.mkdir(parents=True, exist_ok=True)
    with database.open(config.database_url, write=write) as db:
        bucket = Bucket(config.bucket_url) if config.bucket_url else None
        archive = Archive(config.archive_folder, find=partial(queries.capture, db), bucket=bucket)
        clock = frozen_clock(as_of) if as_of else system_clock
        yield Workplace(config, db, archive, clock, as_of, rules, policy)
