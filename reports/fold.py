"""Folding text so that two spellings of one thing compare equal. Evidence keeps the text as it stood."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Chrome prints some characters as radicals. NFKC maps the Kangxi block (U+2F00–2FDF), but not the CJK radicals
# supplement: 人⺠政府, 第1⻚, 信访⻓. The forms below are those that stand for a whole character in print.
_RADICALS = str.maketrans(
    "⺁⺊⺌⺎⺕⺗⺙⺝⺟⺠⺡⺣⺤⺦⺩⺪⺫⺬⺭⺮⺯⺰⺲⺵⺶⺹⺻⺼⺽⺾⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂卜小兀彐心攵月母民水火爪丬王疋目示礻竹糸纟网网羊耂聿肉臼艹虎衤西西见角讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食食食饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
_KANGXI = re.compile("[\u2f00-\u2fdf\uf900-\ufaff]+")
_SHORT = 48
_DROP = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\u0000-\u0008\u000e-\u001f]")
_SPACE = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^\w]|_")
_CJK_GAP = re.compile(
    r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])\s+|\s+(?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])"
)


def fold(text: str) -> str:
    """NFKC, radicals as characters, no invisible characters, runs of white space as one space, ends trimmed."""
    return _fold_short(text) if len(text) <= _SHORT else _fold(text)


@lru_cache(maxsize=8192)
def _fold_short(text: str) -> str:
    """A report asks for "0" some thousand times."""
    return _fold(text)


def _fold(text: str) -> str:
    if text.isascii():
        return _SPACE.sub(" ", _DROP.sub("", text)).strip()
    text = unicodedata.normalize("NFKC", text.translate(_RADICALS))
    return _SPACE.sub(" ", _DROP.sub("", text)).strip()


def squeeze(text: str) -> str:
    """`fold` without any white space: "2023 年 1 月" and "2023年1月" are the same."""
    return fold(text).replace(" ", "")


def key(text: str) -> str:
    """Only letters, digits and ideographs: what a label or a heading is compared by."""
    return _NOT_WORD.sub("", squeeze(text))


def readable(text: str) -> str:
    """For people: radicals as characters and no stray spaces, but punctuation as the author set it."""
    if not text.isascii():
        text = _KANGXI.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text.translate(_RADICALS))
    return _CJK_GAP.sub("", _SPACE.sub(" ", _DROP.sub("", text)).strip())


_CHINESE = {"〇": 0, "○": 0, "零": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def chinese_number(text: str) -> int | None:
    """七百一十一 → 711, 二〇二三 → 2023, 711 → 711; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or any(char not in _CHINESE and char not in _UNITS for char in text):
        return None
    if not any(char in _UNITS for char in text):
        return int("".join(str(_CHINESE[char]) for char in text))
    total, digit = 0, None
    for char in text:
        if char in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[char]
            digit = None
        else:
            digit = _CHINESE[char]
    return total + (digit or 0)
