"""The report itself out of the page around it: main text, and a digest that only the report can move."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from reports.document import Document, Paragraph, Row, Table
from reports.fold import readable, squeeze
from reports.furniture import is_furniture
from reports.prose import container, end_of_report
from reports.reading import Reading


def main_text(reading: Reading) -> str:
    """One paragraph or table row a line, title first. Menus, counters and imprint left out."""
    return "\n".join(_lines(reading.document, reading))


def _lines(document: Document, reading: Reading) -> Iterator[str]:
    headings = reading.prose.headings
    if reading.prose.title:
        yield reading.prose.title
    first = headings[0].block if headings else 0
    inside = container(document, headings)
    begin = reading.prose.title_block + 1
    for at, block in enumerate(document.blocks[begin : end_of_report(document, headings)], begin):
        path = block.place.path if block.place else None
        if inside and path and at >= first and not f"{path}/".startswith(inside):
            continue
        if isinstance(block, Table):
            yield from (line for row in block.rows if (line := _row(row)))
        elif isinstance(block, Paragraph) and (text := readable(block.numbering + block.text)):
            if document.media == "text/html" and at < first and (is_furniture(text) or len(text) < 15):
                continue
            yield text


def _row(row: Row) -> str:
    return "\t".join(readable(cell.text) for cell in row.cells if not cell.inherited)


def digest(reading: Reading, text: str) -> str:
    """sha256 over the folded main text and every cell."""
    state = hashlib.sha256(squeeze(text).encode())
    for name, cell in reading.cells.items():
        state.update(f"\n{name}={'' if cell.value is None else cell.value}".encode())
    return "sha256:" + state.hexdigest()
