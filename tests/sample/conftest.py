from __future__ import annotations

from collections.abc import Iterator

import pytest

from sample import Province, Running, load_province, running


@pytest.fixture(scope="session")
def province() -> Province:
    return load_province()


@pytest.fixture
def served(province: Province) -> Iterator[Running]:
    with running(province) as live:
        yield live
