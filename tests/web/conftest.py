from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.web.filled import MAR, Filled, filled
from web.app import create_app


@pytest.fixture(scope="session")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    with filled(tmp_path_factory.mktemp("web")) as made:
        yield made


@pytest.fixture
def client(season: Filled) -> TestClient:
    return TestClient(create_app(season.db, season.archive, lambda: MAR))
