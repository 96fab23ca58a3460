"""Sentences of the prose with the figures in them: the raw material of the narrative checks. Compares nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reports.document import Paragraph
from reports.fold import squeeze
from reports.model import Place
from reports.reading import Reading

COUNT = r"(?P<n>\d[\d,]*)(?P<u>件次|件|份|宗|起|条|例|个|篇|次|场|期|项|部)(?!次|以上|左右|多|余)"
_END = re.compile(r"(?<=[。；;！])")
# words that narrow a sentence to a part of the organ: 县政府本级, 市直部门, 各乡镇
_PART = re.compile(
    r"本级|机关本级|直属|所属|部门|乡镇|街道|[市县区省州]政府|办公室|单位收到|其中|级行政机关(?!共)|分别"
)
_OTHER_TIME = re.compile(
    r"去年|上一年(?!度?结转)|同比|较上年|较20|与上年|相比|上半年|下半年|季度|历年|累计|截至|截止|近年|以来"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """Squeezed text; `about_requests`: it stands where the report speaks of requests for information."""

    text: str
    place: Place | None
    about_requests: bool
    paragraph: str

    def whole_scope(self, at: int) -> bool:
        """Whether the clause around `at` speaks of the whole organ and of the report year, as far as words tell."""
        start = max(self.text.rfind(mark, 0, at) for mark in "，,、（(：:") + 1
        begin = max(self.text.rfind(mark, 0, at) for mark in "。；;") + 1
        return not _PART.search(self.text[start:at]) and not _OTHER_TIME.search(self.text[begin:at])

    def other_year(self, year: int | None) -> bool:
        return any(int(found) != year for found in re.findall(r"(20\d\d)年", self.text))


def sentences(reading: Reading) -> Iterator[Sentence]:
    """Every sentence before the tables and in the sections with prose, in order."""
    stop = next((h.block for h in reading.prose.headings if h.key == "problems"), len(reading.document.blocks))
    for block in reading.document.blocks[:stop]:
        if not isinstance(block, Paragraph):
            continue
        paragraph = squeeze(block.text)
        requests = "申请" in paragraph[:200] and ("信息公开" in paragraph or "依申请" in paragraph)
        for text in _END.split(paragraph):
            if text:
                yield Sentence(text, block.place, requests, paragraph)


def number(text: str) -> int:
    return int(text.replace(",", ""))


def round_(text: str, at: int) -> bool:
    """Whether the figure that begins at `at` is a rounding: 约, 近, 超过 before it."""
    return bool(re.search(r"(?:约|近|超|逾|超过|达到近)$", text[max(0, at - 3) : at]))
