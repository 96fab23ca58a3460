"""Pictures of pages before they are read: decoded within limits, set straight, rulings found. Reads no character."""

from __future__ import annotations

from typing import Any

from reports.model import Unreadable
from reports.sources.ruling import Stroke

_RULE = 14.4  # points: shorter dark runs are strokes of characters
_ASKEW = 3.0  # degrees: more is no scan that went wrong
_NOTED = 0.1  # degrees: less does no harm


def decoded(data: bytes, most: int) -> Any:
    """The pixels of PNG, JPEG and the like. Unreadable: broken, or too_large with more than `most`."""
    import cv2
    import numpy

    try:
        picture = cv2.imdecode(numpy.frombuffer(data, dtype=numpy.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:  # it promises more pixels than anybody can have
        raise Unreadable("too_large", f"a picture that does not unpack: {str(error)[:80]}") from error
    if picture is None:
        raise Unreadable("broken", "not a whole picture")
    if picture.shape[0] * picture.shape[1] > most:
        raise Unreadable("too_large", f"a picture of {picture.shape[1]} × {picture.shape[0]} pixels")
    return picture


def straightened(picture: Any, small: int) -> tuple[Any, float]:
    """The picture turned until its lines run level; at twice its size (the second value says so) when it is small."""
    import cv2

    larger = 2.0 if picture.shape[1] < small else 1.0
    if larger > 1:
        picture = cv2.resize(picture, None, fx=larger, fy=larger, interpolation=cv2.INTER_CUBIC)
    angle = _angle(picture)
    if abs(angle) < _NOTED:
        return picture, larger
    high, wide = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
    return cv2.warpAffine(picture, turn, (wide, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), larger


def _angle(picture: Any) -> float:
    """By how many degrees to turn: where the rows of pixels differ most from one another, lines run level."""
    import cv2
    import numpy

    dark = _dark(picture)
    share = 700 / max(dark.shape)
    dark = cv2.resize(dark, None, fx=share, fy=share, interpolation=cv2.INTER_AREA) if share < 1 else dark
    high, wide = dark.shape

    def level(angle: float) -> float:
        turn = cv2.getRotationMatrix2D((wide / 2, high / 2), angle, 1.0)
        rows = cv2.warpAffine(dark, turn, (wide, high)).sum(axis=1, dtype=numpy.float64)
        return float(((rows[1:] - rows[:-1]) ** 2).sum())

    best = max((at * 0.25 for at in range(round(-_ASKEW * 4), round(_ASKEW * 4) + 1)), key=level)
    return max((best + at * 0.05 for at in range(-5, 6)), key=level)


def rulings(picture: Any, scale: float) -> tuple[list[Stroke], list[Stroke]]:
    """Long straight dark runs, across and down, in points of `scale` pixels."""
    import cv2

    dark = _dark(picture)
    length = max(12, round(_RULE * scale))
    strokes: list[list[Stroke]] = []
    for size in ((length, 1), (1, length)):
        runs = cv2.morphologyEx(dark, cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_RECT, size))
        _, _, boxes, _ = cv2.connectedComponentsWithStats(runs)
        across = size[0] > 1
        strokes.append([stroke for box in boxes[1:20_000] if (stroke := _stroke(box, across, scale)) is not None])
    return strokes[0], strokes[1]


def _dark(picture: Any) -> Any:
    import cv2

    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    return cv2.threshold(gray, 0, 255, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)[1]


def _stroke(box: Any, across: bool, scale: float) -> Stroke | None:
    left, top, wide, high = (float(value) / scale for value in box[:4])
    if across:
        return Stroke(top + high / 2, left, left + wide) if high < 4 else None
    return Stroke(left + wide / 2, top, top + high) if wide < 4 else None
