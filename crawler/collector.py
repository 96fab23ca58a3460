"""The interpreter's search for cycles, put to rest while there are none to be found."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """For stretches that make millions of records: they hold no cycles and go as soon as nobody needs them, but looking
    for cycles among them again and again takes a third of the time."""
    was_at_work = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_at_work:
            gc.enable()
