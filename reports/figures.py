"""The figures that stand in sentences, as data: value, unit, sentence and place. Compares nothing with the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reports.document import Paragraph
from reports.fold import readable
from reports.model import Figure
from reports.prose import end_of_report, parse_date
from reports.reading import Reading

_MOST = 2_000  # in one report; real ones have some fifty
_LONGEST = 400  # characters of a sentence that are kept
_SENTENCE = re.compile(r"[^。；;！!？?\n]+[。；;！!？?]?")
_FIGURE = re.compile(
    r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<times>[万亿]?)(?P<over>[余多]?)"
    r"(?P<unit>个百分点|万元|亿元|件次|人次|批次|场次|篇次|[%％‰]|[件份宗起条例个篇次场期项部家名人元批户处页类种批本册幅])?"
)
# what only looks like a figure: 第711号, 〔2021〕30号, （2）, T20240308, 0571-87054321, www.a.gov.cn/2024
_BEFORE = re.compile(r"(?:第|〔|\[|[A-Za-z_/\\:：]\d*[-.]?|\d[-—.]|\d)$")
_AFTER = re.compile(r"^(?:[年月日号时分条款](?!目|例)|〕|\]|[A-Za-z_/\\]|[-—.]\d|[)）、.．](?!\d))")
_CONTACT = re.compile("电话|邮编|邮政编码|地址|传真|邮箱")
_ROUND = re.compile(r"(?:约|近|超|逾|超过|达到近|不足|大约)$")
_TIMES = {"": 1, "万": 10_000, "亿": 100_000_000}


def figures_of(reading: Reading) -> tuple[Figure, ...]:
    """In reading order, from the title to the signature; those of tables are cells, and not here."""
    document, headings = reading.document, reading.prose.headings
    section: str | None = None
    starts = {heading.block: heading.key for heading in headings}
    found: list[Figure] = []
    end = end_of_report(document, headings)
    for at, block in enumerate(document.blocks[reading.prose.title_block + 1 : end], reading.prose.title_block + 1):
        section = starts.get(at, section)
        if not isinstance(block, Paragraph) or parse_date(block.text):
            continue
        for sentence in _SENTENCE.findall(readable(block.text)):
            sentence = sentence.strip()
            for value, unit, raw, rounded in _figures(sentence):
                found.append(Figure(value, unit, raw, rounded, sentence[:_LONGEST], section, block.place))
                if len(found) == _MOST:
                    return tuple(found)
    return tuple(found)


def _figures(sentence: str) -> Iterator[tuple[int | Decimal, str, str, bool]]:
    """(value, unit, raw, rounded) of each."""
    for match in _FIGURE.finditer(sentence):
        before, after = sentence[max(0, match.start() - 8) : match.start()], sentence[match.end() : match.end() + 4]
        whole = match["unit"] or match["times"]
        if len(match["n"]) > 15 or _BEFORE.search(before) or (not whole and _AFTER.match(after)):
            continue
        if not whole and (not after or not before or re.fullmatch(r"20\d\d", match["n"])):
            continue  # a number alone on its line, or a year
        if not whole and _CONTACT.search(sentence):
            continue
        times, unit = match["times"], match["unit"] or ""
        if unit in ("万元", "亿元"):
            times, unit = unit[0], "元"
        value = Decimal(match["n"].replace(",", "")) * _TIMES[times]
        exact = int(value) if value == value.to_integral_value() else value
        yield exact, unit.replace("％", "%"), match[0], bool(match["over"] or _ROUND.search(before))
