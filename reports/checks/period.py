"""Title, period of statistics and the page's own title name the same year."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reports.checks.tell import tell
from reports.document import Paragraph
from reports.fold import squeeze
from reports.model import Finding, Place
from reports.reading import Reading

# 统计期限自2023年1月1日起至2023年12月31日止   数据统计期限为2023年1月1日至12月31日
_PERIOD = re.compile(
    r"(?:统计|数据|期限|时限|时间|报告期)[^。；;]{0,40}?(?P<y1>20\d\d)年0?1月0?1日(?:起|开始)?[至到—\-~]+(?:(?P<y2>20\d\d)年)?0?12月31日"
)


def period_years(reading: Reading) -> Iterator[tuple[set[int], str, Place | None]]:
    """(years, the words, where) of each period of statistics that runs over a whole year."""
    for block in reading.document.blocks:
        if isinstance(block, Paragraph) and ("月" in block.text or "⽉" in block.text):
            for match in _PERIOD.finditer(squeeze(block.text)):
                yield {int(year) for year in (match["y1"], match["y2"]) if year}, match[0], block.place


def check(reading: Reading) -> Iterator[Finding]:
    year = reading.prose.year
    if year is None:
        return
    for years, words, place in period_years(reading):
        if years != {year}:
            wrong = next(iter(years - {year}))
            yield tell(
                "period.mismatch", "error", f"标题为{year}年，统计期限却为“{words}”。",
                f"the title says {year}, the period of statistics {'–'.join(map(str, sorted(years)))}.",
                expected=year, actual=wrong, place=place,
            )  # fmt: skip
