"""What the mock province's servers are asked and answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HTML = "text/html"


@dataclass
class Answer:
    body: str | bytes
    kind: str = HTML
    status: int = 200
    location: str = ""
    disposition: str = ""
    fault: str = ""  # "reset": hung up on; "cut": half of the body, then hung up on


class Asked(dict[str, str]):
    """The fields of one request: its query, then its form or its JSON body."""


Page = Answer | Callable[[Asked], Answer]
Answers = dict[str, Page]
Row = tuple[str, str, str]  # (date, address, title)
