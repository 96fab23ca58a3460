"""One round of all stages. A round that was cut short is taken up again by making it again as of the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alerts.deliver import Delivery
from crawler.stages.crawl import Crawled, crawl
from crawler.stages.judge import Judged, judge
from crawler.stages.notify import notify
from crawler.stages.read import Readings, read
from crawler.workplace import Workplace
from portals.due import asked_series
from storage import queries

Progress = Callable[[str, int, int, str], None]
"""Told (stage, done, of how many, what)."""


@dataclass(frozen=True, slots=True)
class Round:
    """What a round came to, stage by stage."""

    crawled: Crawled
    readings: Readings
    judged: Judged
    delivery: Delivery

    @property
    def whole(self) -> bool:
        """Whether nothing was left over that a person, or the next round, must see to."""
        seen = self.crawled.whole and not self.crawled.troubles
        return seen and not self.readings.troubles and self.delivery.complete


def make_rounds(place: Workplace, year: int, progress: Progress) -> Iterator[Round]:
    """A round of every series that the register asks for, one after the other."""
    for series in asked_series(queries.organs(place.db)):
        yield make_round(place, series, year, progress)


def make_round(place: Workplace, series: str, year: int, progress: Progress) -> Round:
    """Crawl, read, judge, notify. Whatever a portal, a document or a mail server does, the round goes on."""
    moment = place.clock()
    queries.round_started(place.db, year, series, moment, moment)
    crawled = crawl(place, series, year, lambda *told: progress("crawl", *told))
    readings = read(place, lambda *told: progress("read", *told))
    judged = judge(place, series, year, lambda *told: progress("judge", *told))
    delivery = notify(place, series, year)
    queries.round_finished(place.db, year, series, moment, place.clock())
    return Round(crawled, readings, judged, delivery)
