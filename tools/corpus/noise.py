"""Spelling that varies from report to report without meaning anything: widths, spaces, brackets, separators."""

from __future__ import annotations

from random import Random

from tools.corpus.layout import Grid

_HALF = str.maketrans("（），：", "(),:")
_WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")
_RADICALS = str.maketrans("行人民一二不自见长页青", "⾏⼈⺠⼀⼆不⾃⻅⻓⻚⻘")


def restyle(rng: Random, grid: Grid) -> None:
    """One house style for the whole table, and a few slips in single cells."""
    half, dot = rng.random() < 0.3, rng.choice([".", ".", "．", "、", ". "])
    quotes = rng.choice(["“”", '""', "＂＂", "「」"])
    wide = rng.random() < 0.08
    thousands = rng.random() < 0.1
    for cell in grid.cells:
        if cell.value:
            cell.text = _figure(rng, cell.text, wide, thousands)
        else:
            cell.text = _label(rng, cell.text, half, dot, quotes)


def _label(rng: Random, text: str, half: bool, dot: str, quotes: str) -> str:
    text = text.translate(_HALF) if half else text
    if text[:2] in ("1.", "2.", "3.", "4.", "5.", "6.", "7.", "8."):
        text = text[0] + dot + text[2:]
    text = text.replace("“", quotes[0]).replace("”", quotes[1])
    if text == "规章" and rng.random() < 0.4:
        return "规  章"
    if len(text) > 3 and rng.random() < 0.05:
        at = rng.randint(1, len(text) - 1)
        text = text[:at] + rng.choice([" ", "\u00a0", "\u200b"]) + text[at:]
    return text


def _figure(rng: Random, text: str, wide: bool, thousands: bool) -> str:
    whole, _, rest = text.partition(".")
    if thousands and whole.isdigit() and len(whole) > 3:
        text = f"{int(whole):,}" + (f".{rest}" if rest else "")
    return text.translate(_WIDE_DIGITS) if wide else text


def radicals(text: str) -> str:
    """As Chrome prints some characters."""
    return text.translate(_RADICALS)
