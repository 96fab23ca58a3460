"""Laws and notices that a report cites: is the number right?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.checks.tell import tell
from reports.document import Paragraph
from reports.fold import chinese_number, readable, squeeze
from reports.form import Citation, citations
from reports.model import Finding
from reports.reading import Reading

# 国务院令第711号  国务院第711号令  国令第711号  国务院令第七十一号  国务院令〔2019〕711号
_ORDER = re.compile(
    r"国(?:务院)?(?:令)?第?(?:[〔\[(（]\d{4}[〕\])）])?第?(?P<number>\d{1,4}|[〇○零一二三四五六七八九十百]{1,7})号令?"
)
_NOTICE = re.compile(
    r"(?P<issuer>国办公开办函|国办公开函)[〔\[(（【﹝](?P<year>\d{4})[〕\])）】﹞](?:第)?(?P<number>\d{1,3})号"
)
_NEAR = 30  # characters between a law's name and its number


def check(reading: Reading) -> Iterator[Finding]:
    for block in reading.document.blocks:
        if isinstance(block, Paragraph) and "号" in block.text:
            text = squeeze(block.text)
            for citation in citations():
                find = _orders if citation.kind == "order" else _notices
                for quote, right in find(text, citation, reading.prose.year):
                    if not right:
                        yield tell(
                            "citation.wrong", "error",
                            f"{citation.title_zh}的文号应为{citation.right_zh}，文中为“{quote}”。",
                            f"{quote} is not the number of what it cites.",
                            expected=citation.right_zh, actual=quote, place=block.place,
                        )  # fmt: skip


def _orders(text: str, citation: Citation, year: int | None) -> Iterator[tuple[str, bool]]:
    """(what is cited, whether it is right), for order numbers right behind the law's name, before another law's."""
    for name in citation.names:
        for start in (match.end() for match in re.finditer(name, text)):
            near = text[start : start + _NEAR + 10]
            near = re.split(r"《|。", near.removeprefix("》"), maxsplit=1)[0]
            found = [match for match in _ORDER.finditer(near) if match.start() <= _NEAR and "令" in match[0]]
            numbers = [str(chinese_number(match["number"])) for match in found]
            for match, number in zip(found, numbers, strict=True):
                late = year is not None and year >= citation.superseded.get(number, 9999) and len(set(numbers)) == 1
                yield readable(match[0]), number in citation.numbers and not late


def _notices(text: str, citation: Citation, year: int | None) -> Iterator[tuple[str, bool]]:
    """Numbers of the notice itself, where its title stands near; another notice of the same office is not judged."""
    for match in _NOTICE.finditer(text):
        around = text[max(0, match.start() - 80) : match.end() + 80]
        if any(name in around for name in citation.names):
            right = match["issuer"] == citation.issuer and f"{match['year']}-{match['number']}" in citation.numbers
            yield readable(match[0]), right
