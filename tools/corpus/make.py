"""One made-up document by number: seed and index decide everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from reports.form import load_form
from tools.corpus.artefacts import scar
from tools.corpus.faults import FAULTS
from tools.corpus.figures import Number
from tools.corpus.layout import Block, Grid, blocks
from tools.corpus.noise import radicals, restyle
from tools.corpus.prose import write_prose
from tools.corpus.scan import docx_pictures, html_pictures, scan_pdf
from tools.corpus.spec import Spec, broken_sums, make_spec
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
_CLASH = [
    ("period", "citation"),
    ("section_missing", "section_empty"),
    ("section_missing", "fee"),
    ("mismatch", "percentage"),
]
_LATE = {
    "mismatch",
    "parts",
    "percentage",
    "gap",
    "period",
    "citation",
    "fee",
    "section_empty",
    "table_missing",
    "section_missing",
}


@dataclass
class Sample:
    number: int
    format: str
    data: bytes
    truth: dict[str, Number | None]
    expected: set[tuple[str, str]]
    faults: list[str]
    organ: str
    year: int
    scars: dict[str, str]


def make(seed: int, number: int, format_: str) -> Sample:
    rng = Random(f"{seed}/{number}/{format_}")
    spec = _spec(rng, format_)
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


def _spec(rng: Random, format_: str) -> Spec:
    form = load_form("ogi-2019" if rng.random() < 0.2 else "ogi-2021")
    spec = make_spec(rng, form)
    count = rng.choice([0, 0, 1, 1, 1, 2, 3])
    chosen = rng.sample(sorted(FAULTS), count)
    if "table_missing" in chosen:
        chosen = ["table_missing"]
    if form.form == "ogi-2019" and rng.random() < 0.2:
        spec.year += 3
        spec.title = f"{spec.organ}{spec.year}年政府信息公开工作年度报告"
        spec.signed = None
        spec.expected.add(("form.outdated", ""))
        spec.faults.append("outdated")
    if format_ in _NO_BLANKS:
        chosen = [name for name in chosen if name != "blank"]
    for one, other in _CLASH:
        if one in chosen and other in chosen:
            chosen.remove(other)
    early = [name for name in chosen if name not in _LATE]
    for name in early:
        if FAULTS[name](rng, spec):
            spec.faults.append(name)
    write_prose(rng, spec)
    for name in chosen:
        if name in _LATE and FAULTS[name](rng, spec):
            spec.faults.append(name)
    return spec


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
