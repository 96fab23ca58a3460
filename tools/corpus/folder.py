"""A folder of documents in all formats, some of them broken: what an officer gets from forty offices."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tools.corpus.damage import damage
from tools.corpus.make import FORMATS, OTHERS, make

BROKEN = 12  # one in so many is damaged
_SUFFIXES = {"html_faked": "html", "pdf_unruled": "pdf", "text_rows": "txt", "text_lines": "txt", "text_bare": "txt"}


def fill(folder: Path, count: int, seed: int) -> list[Path]:
    """Writes `count` files and names them, in the order of their names."""
    formats = (*FORMATS, *OTHERS)
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        format_ = formats[number % len(formats)]
        data = make(seed, number, format_).data
        if number % BROKEN == BROKEN - 1:
            data = damage(Random(f"{seed}/{number}"), data)
        path = folder / f"{number:05}.{_SUFFIXES.get(format_, format_.partition('_')[0])}"
        path.write_bytes(data)
        paths.append(path)
    return paths
