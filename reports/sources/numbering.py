"""The numbers that Word puts before paragraphs by itself: 一、 二、 （一） 1. They stand in no text run."""

from __future__ import annotations

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_FORMATS = """
    chineseCounting chineseCountingThousand ideographDigital japaneseCounting taiwaneseCountingThousand
    taiwaneseCounting koreanDigital2
"""
_CHINESE = frozenset(_FORMATS.split())


def chinese(number: int) -> str:
    """1…99 as 一…九十九."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return _DIGITS[ones]
    return ("" if tens == 1 else _DIGITS[tens % 10]) + "十" + (_DIGITS[ones] if ones else "")


class Numbering:
    """Counts paragraphs by list and level as Word does."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}  # (list, level) → format, text, start
        self._abstract: dict[str, str] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        if numbering is not None:
            self._read_lists(numbering)
        if styles is not None:
            self._read_styles(styles)

    def _read_lists(self, root: etree._Element) -> None:
        for abstract in root.findall(f"{W}abstractNum"):
            key = abstract.get(f"{W}abstractNumId") or ""
            for level in abstract.findall(f"{W}lvl"):
                at = int(level.get(f"{W}ilvl") or 0)
                start = _val(level.find(f"{W}start")) or "1"
                self._levels[key, at] = (
                    _val(level.find(f"{W}numFmt")) or "decimal",
                    _val(level.find(f"{W}lvlText")) or "",
                    int(start) if start.isdigit() else 1,
                )
        for number in root.findall(f"{W}num"):
            self._abstract[number.get(f"{W}numId") or ""] = _val(number.find(f"{W}abstractNumId")) or ""

    def _read_styles(self, root: etree._Element) -> None:
        for style in root.findall(f"{W}style"):
            found = _number_of(style.find(f"{W}pPr"))
            if found:
                self._styles[style.get(f"{W}styleId") or ""] = found

    def of(self, paragraph: etree._Element) -> str:
        """The number before this paragraph, "" when it has none; counts it."""
        properties = paragraph.find(f"{W}pPr")
        if properties is None:
            return ""
        found = _number_of(properties) or self._styles.get(_val(properties.find(f"{W}pStyle")) or "")
        if found is None or found[0] == "0":
            return ""
        abstract, level = self._abstract.get(found[0], ""), found[1]
        if (abstract, level) not in self._levels:
            return ""
        self._counts[abstract, level] = self._counts.get((abstract, level), self._levels[abstract, level][2] - 1) + 1
        for other in [key for key in self._counts if key[0] == abstract and key[1] > level]:
            del self._counts[other]
        return self._text(abstract, level)

    def _text(self, abstract: str, level: int) -> str:
        text = self._levels[abstract, level][1]
        for at in range(9):
            if f"%{at + 1}" in text:
                kind, _, start = self._levels.get((abstract, at), ("decimal", "", 1))
                number = self._counts.get((abstract, at), start)
                text = text.replace(
                    f"%{at + 1}", chinese(number) if kind in _CHINESE and 0 < number < 100 else str(number)
                )
        return text


def _val(element: etree._Element | None) -> str | None:
    return element.get(f"{W}val") if element is not None else None


def _number_of(properties: etree._Element | None) -> tuple[str, int] | None:
    about = properties.find(f"{W}numPr") if properties is not None else None
    number = _val(about.find(f"{W}numId")) if about is not None else None
    if about is None or number is None:
        return None
    level = _val(about.find(f"{W}ilvl")) or "0"
    return number, int(level) if level.isdigit() else 0
