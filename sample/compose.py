"""A report as it stands at a moment: title, paragraphs and tables in order. How it looks is the writers' part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sample.form import Form
from sample.model import Figures, Publication, ReportText
from sample.tables import Grid, grids

NAME = re.compile(r"\{([a-z_.]+)\}")
WRITTEN = ("overview", "problems", "other_matters")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a report. `auto`: the number before the heading is the list's, as Word makes it, not text."""

    kind: Literal["heading", "paragraph", "table", "chart", "signature"]
    text: str = ""
    grid: Grid | None = None
    auto: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    look: str
    blocks: tuple[Block, ...]
    breaks: tuple[str, ...]
    cells: Mapping[str, str]


def cells_at(publication: Publication, figures: Figures, now: datetime) -> dict[str, str]:
    """The cells as published by then: each change that has come replaces what it names."""
    cells = dict(figures.cells)
    for change in publication.changes:
        if change.at <= now:
            cells.update(change.cells)
    return cells


def known_names(form: Form) -> set[str]:
    """What may stand in braces in a text."""
    return set(form.cells()) | set(form.sums)


def fill(text: str, cells: Mapping[str, str], form: Form) -> str:
    """Puts figures in the place of {names}; an empty cell counts as 0 in a sum."""

    def value(match: re.Match[str]) -> str:
        parts = form.sums.get(match[1])
        return cells[match[1]] if parts is None else str(sum(int(cells[part] or 0) for part in parts))

    return NAME.sub(value, text)


def _paragraphs(text: str) -> Iterator[Block]:
    for line in text.splitlines():
        if line.strip():
            yield Block("paragraph", line.strip())


def _heading(key: str, number: int, text: ReportText, form: Form) -> Block:
    heading = text.headings.get(key, form.headings[key])
    if key in text.auto_numbered:
        return Block("heading", heading.partition("、")[2], auto=number)
    return Block("heading", heading)


def compose(publication: Publication, figures: Figures, form: Form, now: datetime) -> Document:
    """The report of a publication as of `now`. The publication must have a report."""
    text = publication.report
    assert text is not None, "only a publication with a report is composed"
    cells = cells_at(publication, figures, now)
    tables = grids(form, cells)
    blocks = list(_paragraphs(fill(text.intro, cells, form)))
    for number, key in enumerate(form.headings, 1):
        blocks.append(_heading(key, number, text, form))
        if key in WRITTEN:
            blocks += _paragraphs(fill(text.sections[key], cells, form))
        else:
            blocks.append(Block("table", grid=tables[key]))
        if key == "requests" and text.chart:
            blocks += [Block("paragraph", "办理结果占比情况："), Block("chart")]
    blocks += [Block("signature", line.strip()) for line in text.signature.splitlines()]
    return Document(publication.title, text.look, tuple(blocks), text.breaks, cells)
