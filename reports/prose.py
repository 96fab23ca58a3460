"""What stands around the tables: title, organ, year, the six sections, the date under the signature."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher

from reports.document import Document, Paragraph
from reports.fold import chinese_number, key, readable, squeeze
from reports.form import SectionSpec, load_form
from reports.furniture import is_furniture
from reports.model import Section
from reports.reading import Heading, Prose

_YEAR = r"(?P<year>20\d\d|二[〇○零0O][〇○零一二三四五六七八九0O]{2})"
_REPORT = r"政府信息公开(?:工作)?(?:情况)?(?:的)?(?:年度(?:工作)?报告|年报|工作报告|报告)"
_TITLE = re.compile(
    rf"^(?P<before>[^,，。;；:：]{{0,50}}?){_YEAR}年?度?(?P<after>[^,，。;；:：\d]{{0,40}}?){_REPORT}(?:[(（].{{0,20}}[)）])?$"
)
_NUMBERED = re.compile(
    r"^(?:第?(?P<number>[一二三四五六七八九十])(?:部分)?[、.,:)）\s]|[(（](?P<round>[一二三四五六七八九十])[)）]、?|(?P<digit>[1-9])[、.]\s*)"
)
_DATE = re.compile(
    r"(?:[(（])?(?P<y>20\d\d|二[〇○零][〇○零一二三四五六七八九]{2})年(?P<m>[\d一二三四五六七八九十]{1,3})月(?P<d>[\d一二三四五六七八九十]{1,3})日(?:[)）])?$"
)
_PERIOD = re.compile(r"(20\d\d)年1月1?日?(?:起|开始)?[,，]?[至到—–~-]+(?:\1年)?12月")
_ORGAN_LINE = re.compile(r"[\u4e00-\u9fff]{2,30}")
_STRAY = "《》〈〉「」“”\"' 　—-·"
_MAX_HEADING = 45


def read_prose(document: Document) -> Prose:
    """All that the paragraphs tell."""
    prose = Prose()
    headings = find_headings(document)
    prose.headings = tuple(headings)
    first = headings[0].block if headings else len(document.blocks)
    prose.title, prose.organ, prose.year, at = _title(document, first)
    prose.title_block = at
    end = end_of_report(document, headings)
    prose.sections = tuple(_sections(document, headings, end))
    prose.signed, signer = _signature(document, headings, end)
    prose.organ = prose.organ or signer
    prose.preface = "\n".join(_sentences(document, at + 1, first))
    prose.year = prose.year or _period(prose.preface)
    return prose


# --- headings -------------------------------------------------------------------------------------------------------


def find_headings(document: Document) -> list[Heading]:
    """The six sections' headings in document order; of several claimants the one with the form's words and content."""
    specs = load_form("ogi-2021").sections
    claims = [
        claim
        for at, block in enumerate(document.blocks)
        if isinstance(block, Paragraph)
        for claim in _claims(block, at, specs)
    ]
    starts = sorted({claim.block for _, claim in claims})
    chosen: list[Heading] = []
    for spec in specs:
        own = [
            (score, _has_content(claim.block, starts), -claim.block, claim)
            for score, claim in claims
            if claim.key == spec.key
        ]
        if own:
            chosen.append(max(own, key=lambda item: item[:3])[3])
    unique = {heading.block: heading for heading in sorted(chosen, key=lambda heading: heading.exact)}
    return sorted(unique.values(), key=lambda heading: heading.block)


def _has_content(block: int, starts: Sequence[int]) -> bool:
    """Lines of a table of contents follow one another; a heading is followed by something."""
    return block + 1 not in starts


def _claims(block: Paragraph, at: int, specs: Sequence[SectionSpec]) -> Iterator[tuple[float, Heading]]:
    text = squeeze(block.text)
    if len(text) > 2000 and not _NUMBERED.match(text):
        return
    match = _NUMBERED.match(squeeze(block.numbering) + text) if block.numbering else _NUMBERED.match(text)
    rest = text if block.numbering else text[match.end() :] if match else text
    number = chinese_number(match["number"] or match["round"] or match["digit"]) if match else None
    word = key(rest[: _MAX_HEADING + 15])
    proper = bool(match and match["number"])
    for index, spec in enumerate(specs, 1):
        label = key(spec.label)
        score = 2.0 if word == label else _likeness(word, label, rest, proper, number == index)
        if score:
            listed = bool(block.numbering) or (block.place is not None and "/li" in (block.place.path or ""))
            heading = Heading(
                spec.key,
                readable(block.numbering + block.text)[: _MAX_HEADING * 2],
                number if proper else None,
                word == label,
                listed,
                at,
                block.place,
            )
            yield score + 0.5 * proper, heading


def _likeness(word: str, label: str, rest: str, proper: bool, right_number: bool) -> float:
    """How well a line that is not the form's wording may still be that heading; 0.0: it is none."""
    if proper and right_number and word.startswith(label) and len(rest) > len(label) + 5:
        return 1.9  # the section's text runs on in the heading's line
    if len(rest) > _MAX_HEADING or not word or rest.endswith(("。", "；", ";")):
        return 0.0
    least = 0.45 if proper and right_number else 0.7 if proper else 0.85
    shared = len(set(word) & set(label))  # bounds from above what comparing letter by letter can come to
    if 2 * min(len(word), len(label)) < least * (len(word) + len(label)) or 3 * shared < len(label):
        return 0.0
    ratio = SequenceMatcher(None, word, label, autojunk=False).ratio()
    if ratio >= 0.85 or (proper and right_number and ratio >= 0.45):
        return ratio
    return ratio if proper and ratio >= 0.7 else 0.0


# --- title ----------------------------------------------------------------------------------------------------------


def _title(document: Document, before: int) -> tuple[str | None, str | None, int | None, int]:
    """(title, organ, year, block): the last full title before section one, else one that the page claims."""
    lines = [
        (at, squeeze(b.text))
        for at, b in enumerate(document.blocks[:before])
        if isinstance(b, Paragraph) and b.text.strip()
    ]
    best: tuple[str | None, str | None, int | None, int] = (None, None, None, -1)
    for index, (at, _) in enumerate(lines):
        found = _parse_title(_join(lines[index : index + 1])) or _broken_title(lines, index)
        if found and (found[1] or not best[1]):
            best = (*found, at)
    if best[1]:
        return best
    for claimed in document.titles:
        found = _parse_title(squeeze(claimed))
        if found and found[1]:
            return (best[0] or found[0], found[1], best[2] or found[2], best[3])
    for index, (at, text) in enumerate(lines):  # the organ alone on the line above
        if index and at == best[3] and _ORGAN_LINE.fullmatch(lines[index - 1][1]):
            found = _parse_title(lines[index - 1][1] + text)
            return (*found, at) if found else best
    return best


def _broken_title(lines: Sequence[tuple[int, str]], index: int) -> tuple[str, str | None, int] | None:
    """A title over two or three lines, the last of which is this one. It names one year: a menu's 2016年 stands above
    政府信息公开工作年度报告（2023年）."""
    for count in (2, 3):
        if index + 1 >= count and re.search("[报告]", lines[index][1]):
            joined = _join(lines[index - count + 1 : index + 1])
            found = _parse_title(joined) if len(set(re.findall(r"20\d\d", joined))) < 2 else None
            if found and not _parse_title(_join(lines[index : index + 1])):
                return found
    return None


def _join(lines: Sequence[tuple[int, str]]) -> str:
    return "".join(text for _, text in lines) if all(len(text) <= 60 for _, text in lines) else ""


def _parse_title(text: str) -> tuple[str, str | None, int] | None:
    match = _TITLE.match(text.strip(_STRAY))
    year = _year(match["year"]) if match else None
    if match is None or year is None:
        return None
    organ = re.sub(r"^(?:关于印发|关于公布|关于|公布)|(?:关于|的|编制)$", "", match["before"].strip(_STRAY)).strip(
        _STRAY
    )
    after = re.sub(r"^(?:的|工作)|(?:的|关于)$", "", match["after"].strip(_STRAY))
    organ = organ or after
    half = len(organ) // 2
    if half >= 3 and organ[:half] == organ[half:]:  # a title over two lines whose first line is doubled
        organ = organ[:half]
    return text.strip(_STRAY), organ or None, year


def _period(preface: str) -> int | None:
    """The year of the one period that the report says it is about, where its title names none; else None.

    政府信息公开工作年度报告 … 统计期限自2023年1月1日起，至2023年12月31日止
    """
    years = {int(year) for year in _PERIOD.findall(squeeze(preface))}
    return years.pop() if len(years) == 1 else None


def _year(text: str) -> int | None:
    return chinese_number(text.replace("0", "〇").replace("O", "〇")) if not text.isdigit() else int(text)


# --- sections and signature -----------------------------------------------------------------------------------------


def end_of_report(document: Document, headings: Sequence[Heading]) -> int:
    """The block after the last one of the report: behind the signature's date, or where page furniture begins."""
    if not headings:
        return len(document.blocks)
    start = headings[-1].block + 1
    inside = container(document, headings)
    end = len(document.blocks)
    for at in range(start, end):
        block = document.blocks[at]
        path = block.place.path if block.place else None
        if inside and path and not f"{path}/".startswith(inside):
            return at
        if isinstance(block, Paragraph) and parse_date(block.text):
            return at + 1
        if document.media == "text/html" and isinstance(block, Paragraph) and is_furniture(block.text):
            return at
    return end


def container(document: Document, headings: Sequence[Heading]) -> str | None:
    """The path of the innermost element around all headings, with a slash; None when the source has no paths."""
    if document.media != "text/html":
        return None
    paths = [heading.place.path.split("/") for heading in headings if heading.place and heading.place.path]
    if len(paths) < 2:
        return None
    shared: list[str] = []
    for steps in zip(*paths, strict=False):
        if len(set(steps)) > 1:
            break
        shared.append(steps[0])
    return "/".join(shared) + "/"


def _sections(document: Document, headings: Sequence[Heading], end: int) -> Iterator[Section]:
    for at, heading in enumerate(headings):
        stop = headings[at + 1].block if at + 1 < len(headings) else max(end, heading.block + 1)
        lines = [readable(b.text) for b in document.blocks[heading.block + 1 : stop] if isinstance(b, Paragraph)]
        own = readable(getattr(document.blocks[heading.block], "text", ""))
        if len(own) > _MAX_HEADING:
            lines.insert(0, own)
        yield Section(heading.key, heading.text, "\n".join(line for line in lines if line), heading.place)


def _sentences(document: Document, start: int, stop: int) -> Iterator[str]:
    for block in document.blocks[start:stop]:
        if isinstance(block, Paragraph):
            text = readable(block.text)
            if len(text) >= 15 and re.search("[。，,]", text) and not is_furniture(text):
                yield text


def parse_date(text: str) -> date | None:
    """A line that is a date and nothing else: 2023 年 1 月 30 日, 二〇二三年一月三十日."""
    flat = squeeze(text)
    match = _DATE.match(flat)
    if match is None:
        return None
    numbers = [chinese_number(match[part]) for part in "ymd"]
    try:
        return date(*(number or 0 for number in numbers))
    except ValueError:
        return None


def _signature(document: Document, headings: Sequence[Heading], end: int) -> tuple[date | None, str | None]:
    """The date after the last section, and the line above it."""
    start = headings[-1].block + 1 if headings else max(0, len(document.blocks) - 12)
    above: str | None = None
    for block in document.blocks[start:end]:
        if not isinstance(block, Paragraph):
            continue
        signed = parse_date(block.text)
        if signed:
            return signed, above
        flat = squeeze(block.text)
        above = flat if 3 <= len(flat) <= 40 and not re.search("[。，；：,]", flat) else None
    return None, None
