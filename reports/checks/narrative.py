"""Figures in the prose against the tables. Speaks only where a sentence clearly means the same scope and kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reports.checks.sentences import COUNT, Sentence, number, round_, sentences
from reports.checks.tell import short, tell
from reports.model import Finding
from reports.reading import Reading

_ASKED = (
    r"(?:(?:的|各类|公民|法人|和|其他组织|群众|书面|网上|在线|有效)*(?:政府)?信息公开(?:的)?申请"
    r"|(?:政府信息)?依申请公开(?:的)?(?:政府信息|申请|事项|信息)*|申请)"
)
_COUNTED = rf"(?:件数|数量)?(?:共计|共|合计|总计|为|总数为|：|:)?{COUNT}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a phrase claims: one of these sums of cells must be its figure."""

    pattern: re.Pattern[str]
    cells: tuple[tuple[str, ...], ...]
    requests_only: bool = True


def _claim(pattern: str, *cells: tuple[str, ...], requests_only: bool = True) -> Claim:
    return Claim(re.compile(pattern), cells, requests_only)


_NEW, _IN = "requests.new.total", "requests.carried_in.total"
_DONE, _OUT = "requests.handled.total", "requests.carried_out.total"
_COURT = ("challenges.litigation_direct.total", "challenges.litigation_after_reconsideration.total")
_REVIEW = "challenges.reconsideration.total"
_LOCAL = "proactive_disclosure.normative_documents."

_LAST_YEAR = r"(?:上年度?结转|结转上年度?|上一年度?结转)(?:办理)?(?:的)?"
_NEXT_YEAR = r"(?:结转(?:至|到)?(?:下年度?|下一年度?|次年|20\d\d年)|转下年度)(?:继续)?(?:办理|处理)?(?:的)?"
_RECEIVED = r"(?<!新)(?<!未)(?:收到|接收|受理|接到|收)(?:到|并办理|并受理|并答复)?"
_REVIEWED = r"(?:信息公开|依申请)[^。；]{0,30}行政复议(?:案件|申请)?(?:共计|共|合计)?"
_SUED = r"(?:信息公开|依申请)[^。；]{0,45}行政诉讼(?:案件)?(?:共计|共|合计)?"

_CLAIMS = (
    _claim(rf"(?<!已)(?:新收|新接收|新受理)(?:到)?{_ASKED}{_COUNTED}", (_NEW,)),
    _claim(rf"{_RECEIVED}{_ASKED}{_COUNTED}", (_NEW,), (_NEW, _IN), (_DONE,)),
    _claim(rf"{_LAST_YEAR}(?:{_ASKED})?{_COUNTED}", (_IN,)),
    _claim(rf"(?<!未)(?:办结|办理完毕|办理完成)(?:的)?(?:{_ASKED})?{_COUNTED}", (_DONE,)),
    _claim(rf"{_NEXT_YEAR}(?:{_ASKED})?{_COUNTED}", (_OUT,)),
    _claim(rf"{_REVIEWED}{COUNT}", (_REVIEW,), requests_only=False),
    _claim(rf"{_SUED}{COUNT}", _COURT, (_COURT[0],), (_COURT[1],), requests_only=False),
    _claim(rf"(?:制发|制定|印发|出台)(?:行政)?规范性文件{COUNT}", (_LOCAL + "issued",), requests_only=False),
    _claim(rf"废止(?:的)?(?:行政)?规范性文件{COUNT}", (_LOCAL + "repealed",), requests_only=False),
    _claim(rf"现行有效(?:的)?(?:行政)?规范性文件(?:共计|共|总数)?{COUNT}", (_LOCAL + "in_force",), requests_only=False),
)
_GROUPS = {
    "予以公开": ("disclosed",),
    "部分公开": ("partially_disclosed",),
    "不予公开": ("refused_",),
    "无法提供": ("unavailable_",),
    "不予处理": ("declined_",),
    "其他处理": ("closed",),
}
_BOTH = re.compile(rf"予以公开(?:及|和|与|、|或|或者|以及)(?:予以)?部分公开(?:的)?(?:共|合计)?{COUNT}")
_GROUP = re.compile(
    r"(?<!及)(?<!和)(?<!与)(?<!、)(?P<g>予以公开|部分公开|不予公开|无法提供|不予处理|其他处理)"
    rf"(?:的|信息|申请)*{COUNT}"
)


def check(reading: Reading) -> Iterator[Finding]:
    if reading.form is None or not reading.cells:
        return
    seen: set[tuple[str, int]] = set()
    for sentence in sentences(reading):
        if sentence.other_year(reading.prose.year):
            continue
        for claim in _CLAIMS:
            if sentence.about_requests or not claim.requests_only:
                for match in claim.pattern.finditer(sentence.text):
                    yield from _compare(reading, sentence, match, claim.cells, seen)
        if sentence.about_requests:
            yield from _groups(reading, sentence, seen)


def _compare(
    reading: Reading,
    sentence: Sentence,
    match: re.Match[str],
    wanted: tuple[tuple[str, ...], ...],
    seen: set[tuple[str, int]],
) -> Iterator[Finding]:
    sums = [_sum(reading, cells) for cells in wanted]
    said = number(match["n"])
    if (
        sums[0] is None
        or said in sums
        or not sentence.whole_scope(match.start("n"))
        or round_(sentence.text, match.start("n"))
    ):
        return
    cells = wanted[0]
    if (cells[0], said) in seen:  # the same claim, told twice
        return
    seen.add((cells[0], said))
    quote = short(match[0], 50)
    yield tell(
        "narrative.mismatch", "warning", f"文中“{quote}”，表中为{sums[0]}。",
        f"the text says {said}, the table {sums[0]} ({' + '.join(cells)}).",
        cells=cells, expected=sums[0], actual=said, place=sentence.place,
    )  # fmt: skip


def _sum(reading: Reading, cells: tuple[str, ...]) -> int | None:
    values = [reading.cells[name].value if name in reading.cells else None for name in cells]
    return None if None in values else int(sum(value for value in values if value is not None))


def group_cells(reading: Reading, group: str) -> tuple[str, ...]:
    """The total cells of an outcome group: 不予公开 is all refused_… rows."""
    prefixes = _GROUPS[group]
    return tuple(
        name
        for name in reading.cells
        if name.startswith("requests.") and name.endswith(".total") and name.split(".")[1].startswith(prefixes)
    )


def _groups(reading: Reading, sentence: Sentence, seen: set[tuple[str, int]]) -> Iterator[Finding]:
    both = (*group_cells(reading, "予以公开"), *group_cells(reading, "部分公开"))
    for match in _BOTH.finditer(sentence.text):
        yield from _compare(reading, sentence, match, (both,), seen)
    for match in _GROUP.finditer(sentence.text):
        cells = group_cells(reading, match["g"])
        loose = (cells, both) if match["g"] in ("予以公开", "部分公开") else (cells,)
        yield from _compare(reading, sentence, match, loose, seen)
