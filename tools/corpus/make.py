"""One made-up document by number: seed and index decide everything."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from tools.corpus.artefacts import scar
from tools.corpus.draw import Sample, draw
from tools.corpus.layout import Block, Grid, blocks
from tools.corpus.noise import radicals, restyle
from tools.corpus.scan import docx_pictures, html_pictures, scan_pdf
from tools.corpus.spec import Spec, broken_sums
from tools.corpus.strangers.make import STRANGERS, make_stranger
from tools.corpus.thirds.make import THIRDS, make_third
from tools.corpus.write_html import FAKED, TABLES, write_html
from tools.corpus.write_ofd import write_ofd
from tools.corpus.write_office import write_docx, write_xlsx
from tools.corpus.write_pdf import print_html, write_pdf
from tools.corpus.write_text import write_lines, write_rows
from tools.corpus.write_xls import write_xls
from tools.corpus.write_zip import write_zip

FORMATS = (
    "html",
    "html_faked",
    "docx",
    "xlsx",
    "pdf",
    "pdf_unruled",
    "text_rows",
    "text_lines",
    "text_bare",
    "text_scarred",
)
OTHERS = ("xls", "ofd", "zip")
SCANS = ("scan", "scan_worn", "html_pictures", "docx_pictures")  # dear to read: some seconds a page
_NO_BLANKS = {"html_faked", "pdf_chrome", "pdf_unruled", "text_bare"}  # nobody can see an empty cell there


def make(seed: int, number: int, format_: str) -> Sample:
    if format_ in STRANGERS:
        return make_stranger(seed, number, format_)
    if format_ in THIRDS:
        return make_third(seed, number, format_)
    rng = Random(f"{seed}/{number}/{format_}")
    spec = draw(rng, blanks=format_ not in _NO_BLANKS)
    parts = list(blocks(spec))
    grids = {k: b.grid for k, b in zip(_table_keys(spec), (b for b in parts if b.grid), strict=True) if b.grid}
    if rng.random() < 0.5:
        for grid in grids.values():
            if format_ != "text_scarred":
                restyle(rng, grid)
    scars = scar(rng, spec, grids) if format_ == "text_scarred" else {}
    data = _write(rng, format_, parts, spec.title)
    spec.expected |= broken_sums(spec)
    return Sample(number, format_, data, spec.truth(), spec.expected, spec.faults, spec.organ, spec.year, scars)


def _table_keys(spec: Spec) -> list[str]:
    return [key for key, _ in spec.headings if key in spec.tables and spec.tables[key].present]


def _write(rng: Random, format_: str, parts: list[Block], title: str) -> bytes:
    if format_ in ("html", "html_faked"):
        tables = TABLES if format_ == "html" else FAKED
        return write_html(rng, parts, title, rng.choice(sorted(tables)), rng.choice(["utf-8", "utf-8", "gbk"]))
    if format_ == "docx":
        return write_docx(rng, parts)
    if format_ == "xlsx":
        return write_xlsx(rng, parts)
    if format_ == "pdf_chrome":
        return print_html(write_html(rng, parts, title, rng.choice(sorted(TABLES)), "utf-8", honest=True))
    if format_ == "xls":
        return write_xls(parts)
    if format_ == "ofd":
        return write_ofd(write_pdf(rng, parts))
    if format_ == "zip":
        return write_zip("年报.docx", write_docx(rng, parts))
    if format_.startswith("scan"):
        return scan_pdf(rng, write_pdf(rng, parts), wear=format_ == "scan_worn")
    if format_ == "html_pictures":
        return html_pictures(rng, parts, title)
    if format_ == "docx_pictures":
        return docx_pictures(rng, parts)
    if format_.startswith("pdf"):
        if rng.random() < 0.15:
            for block in parts:
                block.text = radicals(block.text)
        return write_pdf(rng, parts, ruled=format_ == "pdf")
    if format_ in ("text_rows", "text_scarred"):
        return write_rows(rng, parts)
    return write_lines(rng, parts, tabs=format_ == "text_lines")


def corpus(seed: int, count: int, formats: tuple[str, ...] = FORMATS) -> Iterator[Sample]:
    """`count` documents of each format."""
    for number in range(count):
        for format_ in formats:
            yield make(seed, number, format_)


def grid_of(block: Block) -> Grid:
    assert block.grid is not None
    return block.grid
