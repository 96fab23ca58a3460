"""A crawl process gives freed memory back: in a process of its own, because what is asked of the C library stays."""

from __future__ import annotations

import subprocess
import sys

import pytest

_BURST = """
import ctypes, psutil
from crawler.memory import give_back_memory
if %r:
    give_back_memory()
def held():
    return psutil.Process().memory_info().rss >> 20
largest = ctypes.create_string_buffer(24 << 20); del largest  # glibc now keeps as much as that from then on
before = held()
pages = [b"x" * 30_000 for _ in range(800)]
del pages
print(held() - before)
"""


def kept(asked: bool) -> int:
    done = subprocess.run([sys.executable, "-c", _BURST % asked], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the C library of other systems does this by itself")
def test_the_room_of_a_burst_of_pages_is_given_back() -> None:
    assert kept(asked=True) < 4
    assert kept(asked=False) > 12
