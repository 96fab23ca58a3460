"""Arithmetic within the prose: parts of a whole, percentages, and numbers that were never filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from reports.checks.narrative import group_cells
from reports.checks.sentences import COUNT, Sentence, number, round_, sentences
from reports.checks.tell import blame, short, tell
from reports.document import Paragraph
from reports.fold import fold
from reports.model import Finding
from reports.reading import Reading

_WHOLE = re.compile(rf"{COUNT}[，,（(：:]+其中[，,：:]?(?P<list>[^。；;]*)")
_PART = re.compile(rf"(?P<what>[^\d，,、：:（）()%]{{1,24}}){COUNT}")
_NAMED = re.compile(
    r"(?P<g>予以公开(?:及|和|与|、)(?:予以)?部分公开|予以公开|部分公开|不予公开|无法提供|不予处理|其他处理)(?:的|信息|申请)*"
    r"(?:(?P<n>\d[\d,]*)[件份宗条]?)?[，,（(]?(?:约)?(?:占(?:比)?|比例为)[^\d%，。；]{0,14}(?P<p>\d+(?:\.\d+)?)%"
)
# 文件  件，   文件件，   信息条。   培训次，   ____件   XX件
_GAPS = re.compile(
    r"[\u4e00-\u9fff][ _＿]+(?:件次|件|条|次|场|期|个|份|篇|人次|项)(?=[，。；、,;）)\s]|$)"
    r"|(?:文件|案件|信件|邮件)件(?=[，。；、,;）)]|$)|信息条(?=[，。；、,;）)]|$)"
    r"|(?:培训|会议|活动|检查|发布会)(?:次|场)(?=[，。；、,;）)]|$)|(?:_{2,}|[X×]{2,})(?:件|条|次|场|期|个|份|篇|年)"
)


def check(reading: Reading) -> Iterator[Finding]:
    if reading.form is None:
        return
    for sentence in sentences(reading):
        yield from _parts(sentence)
        if sentence.about_requests:
            yield from _percentages(reading, sentence)
    yield from _gaps(reading)


def _parts(sentence: Sentence) -> Iterator[Finding]:
    """Parts that make more than their whole. Parts that make less may be a selection, and are no fault."""
    for match in _WHOLE.finditer(sentence.text):
        listed = match["list"]
        if "其中" in listed or "（" in listed or "(" in listed or round_(sentence.text, match.start("n")):
            continue
        parts = [part for part in _PART.finditer(listed) if part["u"] == match["u"]]
        if len(parts) < 2 or any(re.search("占|平均|同比|合计|共计|余|万", part["what"]) for part in parts):
            continue
        total, whole = sum(number(part["n"]) for part in parts), number(match["n"])
        rest = re.match("其他|其它|其余", parts[-1]["what"])
        if total > whole or (rest and total < whole):
            yield tell(
                "narrative.parts", "warning", f"“{short(match[0], 60)}”：分项合计{total}，总数{whole}。",
                f"the parts make {total}, the whole is {whole}.", expected=total, actual=whole, place=sentence.place,
            )  # fmt: skip


def _percentages(reading: Reading, sentence: Sentence) -> Iterator[Finding]:
    """A share of an outcome that follows from none of the figures around it."""
    wholes = {number(found) for found in re.findall(r"\d[\d,]*(?=[件份宗条])", sentence.paragraph)}
    for name in ("requests.handled.total", "requests.new.total", "requests.carried_in.total"):
        cell = reading.cells.get(name)
        if cell is None or cell.value is None:
            return
        wholes.add(int(cell.value))
    wholes.add(int(sum(reading.cells[f"requests.{key}.total"].value or 0 for key in ("new", "carried_in"))))
    for match in _NAMED.finditer(sentence.text):
        part = number(match["n"]) if match["n"] else _group(reading, match["g"])
        share = Decimal(match["p"])
        step = Decimal(1).scaleb(int(share.as_tuple().exponent))
        if part is None or any(whole and abs(Decimal(part) * 100 / whole - share) < step for whole in wholes):
            continue
        handled = int(reading.cells["requests.handled.total"].value or 0)
        right = round(part * 100 / handled, 2) if handled else None
        yield tell(
            "narrative.percentage", "warning",
            f"“{short(match[0], 50)}”与数据不符"
            + (f"，按办结{handled}件应为{right:g}%。" if right is not None else "。"),
            f"{share}% does not follow from the figures.",
            expected=None if right is None else f"{right:g}%", actual=f"{share}%", place=sentence.place,
        )  # fmt: skip


def _group(reading: Reading, words: str) -> int | None:
    names = [name for name in ("予以公开", "部分公开") if name in words] if "部分公开" in words else [words]
    values = [reading.cells[cell].value for name in names for cell in group_cells(reading, name)]
    return None if not values or None in values else int(sum(value for value in values if value is not None))


def _gaps(reading: Reading) -> Iterator[Finding]:
    """A unit without its number. In a lossy source the number may have been lost on the way."""
    stop = next((h.block for h in reading.prose.headings if h.key == "proactive_disclosure"), 0)
    for block in reading.document.blocks[:stop]:
        if isinstance(block, Paragraph):
            text = fold(block.text)
            for match in _GAPS.finditer(text):
                around = text[max(0, match.start() - 14) : match.end() + 2]
                yield tell(
                    "narrative.gap", blame(reading, "warning"), f"“{short(around)}”缺少数字。",
                    "a number is missing before its unit.", actual=short(around), place=block.place,
                )  # fmt: skip
