"""The printed layout of the form: which cells there are, under which labels they stand. Knows no figures."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from sample.errors import Fault, ProvinceFaults
from sample.nodes import Entry, read_yaml


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table. `group` is the merged label left of it; `heads` makes it a row of headings under `label`."""

    key: str
    label: str
    group: str = ""
    columns: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    headings: Mapping[str, str]
    proactive: tuple[Row, ...]
    note: str
    applicants: str
    legal: str
    results: str
    request_columns: tuple[tuple[str, str], ...]  # (key, label)
    request_rows: tuple[Row, ...]
    litigation: str
    challenge_rows: tuple[Row, ...]
    challenge_columns: tuple[tuple[str, str], ...]
    sums: Mapping[str, tuple[str, ...]]

    def cells(self) -> tuple[str, ...]:
        """The names of all 200 cells, in the form's order."""
        return tuple(cell for _, _, cells in self.rows() for cell in cells)

    def rows(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """(table, row, names of its cells)."""
        requests, challenges = [key for key, _ in self.request_columns], [key for key, _ in self.challenge_columns]
        wide = [("proactive_disclosure", row.key, row.columns) for row in self.proactive if not row.heads]
        wide += [("requests", row.key, tuple(requests)) for row in self.request_rows]
        wide += [("challenges", row.key, tuple(challenges)) for row in self.challenge_rows]
        return [(table, row, tuple(f"{table}.{row}.{column}" for column in columns)) for table, row, columns in wide]


def _row(entry: Entry) -> Row:
    if entry.has("article"):
        row = Row("", entry.text("article"), heads=entry.texts("heads", required=True))
    else:
        row = Row(entry.text("row"), entry.text("label"), entry.text("group", ""), entry.texts("columns"))
    entry.done()
    return row


def _columns(entry: Entry) -> tuple[tuple[str, str], ...]:
    return tuple((column.text("key"), column.text("label")) for column in entry.entries("columns"))


@functools.cache
def load_form() -> Form:
    """The form that ships with the sample. Raises ProvinceFaults."""
    faults: list[Fault] = []
    with resources.as_file(resources.files("sample") / "form.yaml") as path:
        top = read_yaml(Path(path), "form.yaml", faults)
    requests, challenges = top.entry("requests"), top.entry("challenges")
    headings, sums = top.entry("headings"), top.entry("sums")
    form = Form(
        headings={key: headings.text(key) for key in headings.nodes},
        proactive=tuple(_row(row) for row in top.entries("proactive_disclosure")),
        note=requests.text("note"),
        applicants=requests.text("applicants"),
        legal=requests.text("legal"),
        results=requests.text("results"),
        request_columns=_columns(requests),
        request_rows=tuple(_row(row) for row in requests.entries("rows")),
        litigation=challenges.text("litigation"),
        challenge_rows=tuple(_row(row) for row in challenges.entries("rows")),
        challenge_columns=_columns(challenges),
        sums={key: sums.texts(key) for key in sums.nodes},
    )
    for entry in (top, requests, challenges):
        entry.done()
    if faults:
        raise ProvinceFaults(faults)
    return form
