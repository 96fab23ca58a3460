"""What a visit needs of the crawl that it is part of. The spider is one; a test's site in memory is another."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from spiders.candidates import Expectation
from spiders.column import Column
from spiders.fetched import Fetch


class Crawl(Protocol):
    """One crawl for one series and report year."""

    series: str
    year: int
    has_browser: bool

    @property
    def fetch(self) -> Fetch: ...

    def clock(self) -> datetime:
        """The round's moment, with its time zone."""
        ...

    def new_id(self) -> str:
        """An identity for a visit, of which there is no other."""
        ...

    def expectations(self, column: Column) -> list[Expectation]:
        """Whose reports are looked for in a column, with the names that may stand there."""
        ...
