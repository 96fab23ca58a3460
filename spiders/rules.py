"""How lists are written, as data (data/listings.yaml): loaded once, strictly, into what the readers of lists use."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ruamel.yaml import YAML

T = TypeVar("T")


class BadRules(Exception):
    """A data file of this room cannot be used: a fault of ours, told at the first use."""


@dataclass(frozen=True, slots=True)
class PagerRule:
    """Pages that a script names: `count` of them, file names by `url`, n from `first` on."""

    system: str
    pattern: re.Pattern[str]
    url: str
    first: int


@dataclass(frozen=True, slots=True)
class CallRule:
    """A list that comes by data calls."""

    system: str
    mark: re.Pattern[str]
    url: str
    method: str
    fields: tuple[str, ...]
    needs: tuple[str, ...]
    batch: int


@dataclass(frozen=True, slots=True)
class ListRules:
    pagers: tuple[PagerRule, ...]
    calls: tuple[CallRule, ...]
    totals: re.Pattern[str]
    datastore_total: re.Pattern[str]
    per_page: re.Pattern[str]
    told_pages: re.Pattern[str]
    told_rows: re.Pattern[str]
    script_pages: re.Pattern[str]
    script_rows: re.Pattern[str]
    script_size: re.Pattern[str]
    json_titles: tuple[str, ...]
    json_urls: tuple[str, ...]
    json_dates: tuple[str, ...]
    json_totals: tuple[str, ...]
    next_labels: frozenset[str]
    more_labels: frozenset[str]
    empty_labels: re.Pattern[str]
    max_pages: int
    max_sightings: int
    placeholders: tuple[str, ...]
    loading: tuple[str, ...]
    documents: frozenset[str]
    document_scripts: frozenset[str]
    harmless_paths: re.Pattern[str]
    harmless_hosts: re.Pattern[str]
    form_words: tuple[str, ...]
    form_words_wanted: int


def is_harmless(url: str) -> bool:
    """Whether a script or frame puts no list on a page that asks for it, as far as its address tells."""
    parts = urlsplit(url)
    return bool(rules().harmless_hosts.search(parts.hostname or "") or rules().harmless_paths.search(parts.path))


@cache
def rules() -> ListRules:
    data = read_data("listings.yaml")
    data["pagers"] = [make(PagerRule, entry) for entry in data["pagers"]]
    data["calls"] = [make(CallRule, entry) for entry in data["calls"]]
    return make(ListRules, data)


def read_data(name: str) -> dict[str, Any]:
    """A data file of this room, as it is."""
    text = files("spiders").joinpath(f"data/{name}").read_text(encoding="utf-8")
    data: dict[str, Any] = YAML(typ="safe").load(text)
    return data


def make(kind: type[T], entry: dict[str, Any]) -> T:
    """A dataclass of an entry whose keys are its fields, no more and no fewer. Texts become patterns where wanted."""
    wanted = {field.name: str(field.type) for field in fields(kind)}  # type: ignore[arg-type]
    if set(entry) != set(wanted):
        raise BadRules(f"{kind.__name__}: {sorted(set(entry) ^ set(wanted))} in {entry!r}")
    return kind(**{name: _shaped(wanted[name], value, entry) for name, value in entry.items()})


def _shaped(shape: str, value: Any, entry: dict[str, Any]) -> Any:
    if shape.startswith("re.Pattern"):
        try:
            return re.compile(value)
        except re.error as error:
            raise BadRules(f"{value!r}: {error}, in {entry!r}") from error
    if shape.startswith("tuple"):
        return tuple(value)
    return frozenset(value) if shape.startswith("frozenset") else value


def first_number(pattern: re.Pattern[str], text: str) -> int | None:
    """The number that a pattern's first matching group `count…` caught; None when nothing matches."""
    match = pattern.search(text)
    found = next((value for value in match.groups() if value), None) if match else None
    return int(found[:9]) if found else None
