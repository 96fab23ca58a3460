"""One spelling for titles and names, so that they can be compared whatever portals type and print."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

MOST = 400
"""Characters of a title that are looked at: real ones have some 40, hostile ones any number."""

# NFKC maps the Kangxi radicals U+2F00–2FDF that Chrome prints into PDFs, but not the radicals supplement: ⻓ for 长.
_RADICALS = str.maketrans(
    "⺁⺇⺊⺋⺒⺓⺗⺝⺟⺠⺩⺪⺫⺬⺮⺯⺱⺶⺷⺸⺹⺻⺼⺽⻁⻃⻄⻅⻆⻇⻉⻊⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻞⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻭⻮⻰⻱⻳",
    "厂几卜㔾巳幺心月母民王疋目示竹糸网羊羊羊老聿肉臼虎西西见角角贝足车长长门雨青韦页风飞食食马骨鬼鱼鸟卤麦黄黾齐歯齿龙龟龟",
)
# Some portals are written in traditional characters: those of titles and of organs' names.
_SIMPLE = str.maketrans(
    "縣報開務財國區鎮鄉廳處員會衛業農產資應環規劃動為與於訊佈計經濟發辦學總體電門關質監檢審稅設運輸廣場漁無導構號統",
    "县报开务财国区镇乡厅处员会卫业农产资应环规划动为与于讯布计经济发办学总体电门关质监检审税设运输广场渔无导构号统",
)
# Quotation and book-title marks say nothing here: 关于公布《2023年政府信息公开工作年度报告》的通知
_DROPPED = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff*_~`\"'“”‘’「」『』《》〈〉<>]+")
_BRACKETS = str.maketrans("〔〕【】［］〖〗｛｝—–―－·•", "[][][][][]---" + "-" + "··")


@lru_cache(4096)  # a portal's menu stands on each of its pages
def fold(title: str) -> str:
    """NFKC, radicals as characters, no spaces or quotation marks, lower case; a title that stands twice stands once."""
    text = unicodedata.normalize("NFKC", html.unescape(title[: MOST * 4])).translate(_RADICALS).translate(_BRACKETS)
    text = text.translate(_SIMPLE)
    text = _DROPPED.sub("", text).lower()[:MOST]
    half = len(text) // 2
    return text[:half] if half > 4 and text[:half] == text[half:] else text
