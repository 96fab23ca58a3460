"""The six sections: present, in order, under their prescribed headings, with something in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.checks.tell import blame, short, tell
from reports.document import Picture, Table
from reports.fold import key
from reports.form import SectionSpec
from reports.model import Finding
from reports.reading import Heading, Reading

_NUMERALS = "一二三四五六"
_TEMPLATE = re.compile(r"^[（(【\[]?(?:请|此处|填写|待|略|内容|无内容|XX|××|X{2,}|…+|\.{3,}|_{2,}).{0,30}$")
_LEAST_HEADINGS = 3


def check(reading: Reading) -> Iterator[Finding]:
    """Silent about documents that show fewer than three of the headings: those are tables alone, or no report."""
    if reading.form is None or len(reading.prose.headings) < _LEAST_HEADINGS:
        return
    found = {heading.key: heading for heading in reading.prose.headings}
    for index, spec in enumerate(reading.form.sections):
        heading = found.get(spec.key)
        if heading is None:
            yield tell(
                "section.missing",
                blame(reading),
                f"缺少「{_NUMERALS[index]}、{spec.label}」一章。",
                f"section {spec.key} is absent.",
            )
            continue
        yield from _heading(reading, heading, spec, index)
        yield from _content(reading, heading, spec)
    yield from _order(reading)


def _heading(reading: Reading, heading: Heading, spec: SectionSpec, index: int) -> Iterator[Finding]:
    wanted = f"{_NUMERALS[index]}、{spec.label}"
    if not heading.exact:
        yield tell(
            "section.heading", "error", f"标题「{short(heading.text)}」应为「{wanted}」。",
            f"the heading of section {spec.key} is not the prescribed one: {short(heading.text)}.",
            expected=wanted, actual=heading.text, place=heading.place,
        )  # fmt: skip
    elif heading.number is None and not heading.listed:
        # automatic numbering is lost in extraction: a text without 六、 may come from a document that has it
        yield tell(
            "section.heading", blame(reading, "warning"), f"标题「{short(heading.text)}」没有编号，应为「{wanted}」。",
            f"the heading of section {spec.key} has no number.",
            expected=wanted, actual=heading.text, place=heading.place,
        )  # fmt: skip
    elif heading.number is not None and heading.number != index + 1:
        yield tell(
            "section.heading", blame(reading, "warning"), f"标题「{short(heading.text)}」编号有误，应为「{wanted}」。",
            f"the heading of section {spec.key} has a wrong number.",
            expected=wanted, actual=heading.text, place=heading.place,
        )  # fmt: skip


def _content(reading: Reading, heading: Heading, spec: SectionSpec) -> Iterator[Finding]:
    section = next((section for section in reading.prose.sections if section.key == spec.key), None)
    table = reading.tables.get(spec.key)
    if section is None or (table is not None and table.found):
        return
    blocks = reading.document.blocks[heading.block + 1 : _stop(reading, heading)]
    if any(isinstance(block, (Table, Picture)) for block in blocks):
        return
    text = section.text.strip()
    if not key(text) or (len(text) < 60 and _TEMPLATE.match(text)):
        yield tell(
            "section.empty", blame(reading), f"「{spec.label}」一章没有内容。", f"section {spec.key} has no content.",
            actual=short(text) or None, place=heading.place,
        )  # fmt: skip


def _stop(reading: Reading, heading: Heading) -> int:
    later = [other.block for other in reading.prose.headings if other.block > heading.block]
    return min(later, default=len(reading.document.blocks))


def _order(reading: Reading) -> Iterator[Finding]:
    assert reading.form is not None
    order = [spec.key for spec in reading.form.sections]
    places = [order.index(heading.key) for heading in reading.prose.headings]
    if places == sorted(places):
        return
    wrong = next(h for h, p, q in zip(reading.prose.headings, places, sorted(places), strict=True) if p != q)
    yield tell(
        "section.heading", "error", f"章节顺序有误，自「{short(wrong.text)}」起。",
        f"the sections are out of order from {wrong.key} on.", actual=wrong.text, place=wrong.place,
    )  # fmt: skip
