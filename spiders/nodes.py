"""Rows of a page, looked at within bounds. Pure.

A table of ten thousand links, or a page that means harm, must not cost the square of its size.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from selectolax.lexbor import LexborNode

_MOST_NODES = 300  # elements and texts of what counts as a row or a control
_MOST_ABOVE = 30


def is_small(node: LexborNode) -> bool:
    """Whether an element is small enough for a row or a control."""
    return next(islice(node.traverse(include_text=True), _MOST_NODES, None), None) is None


def leads_to_one(node: LexborNode) -> bool:
    """Whether an element is small, and its links all lead to the same address."""
    addresses: set[str | None] = set()
    for number, each in enumerate(node.traverse(include_text=True)):
        if each.tag == "a" and "href" in each.attributes:
            addresses.add(each.attributes["href"])
        if number == _MOST_NODES or len(addresses) > 1:
            return False
    return True


def above(node: LexborNode) -> Iterator[LexborNode]:
    """What an element stands in, from its parent up, as far as that can matter."""
    outer = node.parent
    for _ in range(_MOST_ABOVE):
        if outer is None:
            return
        yield outer
        outer = outer.parent
