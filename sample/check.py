"""Faults that show only when the whole province is seen: names that meet nothing, addresses and paths that collide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sample.errors import Fault
from sample.model import Province, Site
from sample.systems import SYSTEMS


def check_province(province: Province) -> Iterator[Fault]:
    """Faults are laid on the first line of the site's file: the line of the other half is in another one."""
    organs = Counter(organ.id for _, organ in province.organs())
    addresses = Counter([province.control, *(site.address for site in province.sites)])
    for site in province.sites:
        if addresses[site.address] > 1:
            yield _fault(site, f"address {site.address} is taken by another site or by the clock")
        for organ in site.organs:
            if organs[organ.id] > 1:
                yield _fault(site, f"organ {organ.id}: this id is used twice")
            if organ.parent and organ.parent not in organs:
                yield _fault(site, f"organ {organ.id}: parent {organ.parent!r} is nobody's id")
            if organ.column not in site.columns:
                yield _fault(site, f"organ {organ.id}: the site has no column {organ.column!r}")
        yield from _check_publications(site, set(organs))


def _fault(site: Site, message: str) -> Fault:
    return Fault(f"sites/{site.key}.yaml", 1, message)


def _check_publications(site: Site, organs: set[str]) -> Iterator[Fault]:
    paths: Counter[str] = Counter()
    for publication in site.publications:
        for key in publication.columns:
            if key not in site.columns:
                yield _fault(site, f"{publication.title}: the site has no column {key!r}")
        if publication.organ and publication.organ not in organs:
            yield _fault(site, f"{publication.title}: organ {publication.organ!r} is nobody's id")
        column = site.columns.get(publication.columns[0]) if publication.columns else None
        if column and site.system in SYSTEMS:
            paths[SYSTEMS[site.system].article(column.path, publication.published, publication.number)] += 1
    for path, times in paths.items():
        if times > 1:
            yield _fault(site, f"{path}: {times} publications have this address; give one of them a `number`")
