"""Opening the database: SQLite file or PostgreSQL, brought to the newest form, one writing process at a time.

Knows nothing of what is stored; that is `storage.queries`.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import typing
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, Executable, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import DeclarativeBase

from storage.codec import storable_json
from storage.errors import AnotherWriter, DatabaseError
from storage.migrations import HEAD

_ADVISORY = 0x6E69616E62616F  # "nianbao": the lock that the writing process holds on PostgreSQL
_BATCH = 500
_MANY = 100  # rows


class Database:
    """An open database. Records go in and out through `storage.queries`; the connection is nobody else's business."""

    def __init__(self, engine: Engine, lock: _Lock | None, asking: Engine | None = None) -> None:
        self._engine, self._asking = engine, asking or engine
        self._lock = lock

    @property
    def dialect(self) -> str:
        """sqlite or postgresql: for the few statements that differ."""
        return self._engine.dialect.name

    @property
    def writable(self) -> bool:
        return self._lock is not None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for queries: one snapshot."""
        with self._engine.connect() as connection:
            yield connection

    def ask(self, question: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """The rows that answer one question: on PostgreSQL one round trip, where `read` takes four.

        Asked once more when the server has gone away and come back meanwhile.
        """
        for again in (True, False):
            try:
                with self._asking.connect() as connection:
                    return connection.execute(question, values).all()
            except OperationalError as error:
                if not (again and error.connection_invalidated):
                    raise
        raise AssertionError("the second time either answers or raises")

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: all of it is on disk when the block ends, or nothing of it."""
        if self._lock is None:
            raise DatabaseError("this database was opened for reading only")
        try:
            self._lock.renew()
            with self._engine.begin() as connection:
                yield connection
        except OperationalError as error:
            raise DatabaseError(
                f"the database could not be written: {str(error.orig).strip()}; nothing of this step was kept. "
                "See that it runs and its disk has room, then run again"
            ) from error

    def upsert(self, connection: Connection, table: type[DeclarativeBase], rows: list[dict[str, Any]]) -> None:
        """Insert rows; those whose primary key is there already are replaced."""
        self._insert(connection, table, rows, replace=True)

    def insert_new(self, connection: Connection, table: type[DeclarativeBase], rows: list[dict[str, Any]]) -> None:
        """Insert rows; those whose primary key is there already are left as they are."""
        self._insert(connection, table, rows, replace=False)

    def _insert(
        self, connection: Connection, table: type[DeclarativeBase], rows: list[dict[str, Any]], *, replace: bool
    ) -> None:
        if self.dialect == "postgresql" and len(rows) >= _MANY and not replace:
            _copy_in(connection, table, rows)
            return
        insert = postgresql.insert if self.dialect == "postgresql" else sqlite.insert
        statement = insert(table)
        keys = [column.name for column in table.__table__.primary_key]
        others = [column.name for column in table.__table__.columns if column.name not in keys]
        if replace and others:
            new = {name: statement.excluded[name] for name in others}
            statement = statement.on_conflict_do_update(index_elements=keys, set_=new)
        else:
            statement = statement.on_conflict_do_nothing(index_elements=keys)
        for start in range(0, len(rows), _BATCH):
            connection.execute(statement, rows[start : start + _BATCH])

    def backup(self, target: Path) -> None:
        """Copy the database as it is now into a new file, while it is in use. Back the archive's folder up after it."""
        if self.dialect != "sqlite":
            raise DatabaseError("PostgreSQL is backed up with pg_dump; copy the archive's folder after it")
        if target.exists():
            raise DatabaseError(f"{target} exists already")
        draft = target.with_name(target.name + ".part")
        pooled = self._engine.raw_connection()
        try:
            with closing(sqlite3.connect(draft)) as copy:
                typing.cast(sqlite3.Connection, pooled.driver_connection).backup(copy)
            draft.rename(target)
        except (OSError, sqlite3.Error) as error:
            draft.unlink(missing_ok=True)
            raise DatabaseError(f"cannot write the backup {target}: {error}") from error
        finally:
            pooled.close()

    def close(self) -> None:
        self._engine.dispose()
        self._asking.dispose()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _copy_in(connection: Connection, table: type[DeclarativeBase], rows: list[dict[str, Any]]) -> None:
    """New rows by COPY into a passing table, and from there with one INSERT: twice as quick as row by row."""
    dialect, columns = connection.dialect, list(table.__table__.columns)
    name, passing = table.__tablename__, f"passing_{table.__tablename__}"
    names = ", ".join(dialect.identifier_preparer.quote(column.name) for column in columns)
    adapt = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS {passing} (LIKE {name})")
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor().copy(f"COPY {passing} ({names}) FROM STDIN") as copy:
            for row in rows:
                values = (row[column.name] for column in columns)
                copy.write_row([make(value) if make else value for make, value in zip(adapt, values, strict=True)])
    except dialect.loaded_dbapi.OperationalError as error:  # past SQLAlchemy, which would have translated it
        raise OperationalError(f"COPY {passing}", None, error) from error
    found = f"INSERT INTO {name} ({names}) SELECT {names} FROM {passing} ON CONFLICT DO NOTHING"  # noqa: S608 - our names
    connection.exec_driver_sql(found)
    connection.exec_driver_sql(f"TRUNCATE {passing}")


def file_of(url: str) -> Path:
    """The file of a SQLite address. DatabaseError for PostgreSQL."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise DatabaseError("PostgreSQL is restored with pg_restore; copy the archive's folder back before it")
    return Path(parsed.database)


def open(url: str, *, write: bool = True) -> Database:
    """Open `sqlite:///path` or `postgresql://…`, creating and upgrading as needed.

    With `write` this process becomes the one writer, or AnotherWriter is raised. Without it nothing is changed, and the
    database must exist. Raises DatabaseError when it cannot be used.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseError(
            f"not a database address: {url!r}; give sqlite:///file or postgresql://host/name"
        ) from error
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, write)
    if parsed.get_backend_name() == "postgresql":
        return _open_postgresql(parsed.set(drivername="postgresql+psycopg"), write)
    raise DatabaseError(f"SQLite and PostgreSQL are supported, not {parsed.get_backend_name()}")


def _open_sqlite(url: URL, write: bool) -> Database:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise DatabaseError("SQLite needs a file; an index in memory would be lost")
    if not write and not path.exists():
        raise DatabaseError(f"there is no database at {path}")
    engine = create_engine(url, json_serializer=storable_json)
    event.listen(engine, "connect", _tune_sqlite if write else _tune_sqlite_reader)
    event.listen(
        engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN" if not write else "BEGIN IMMEDIATE")
    )
    lock = _FileLock(path.with_name(path.name + ".lock")) if write else None
    return _ready(engine, lock)


def _open_postgresql(url: URL, write: bool) -> Database:
    try:
        engine = create_engine(url, pool_pre_ping=True, json_serializer=storable_json)
        asking = create_engine(url, isolation_level="AUTOCOMMIT", json_serializer=storable_json)
    except ModuleNotFoundError as error:
        raise DatabaseError("PostgreSQL needs psycopg: install nianbao[postgresql]") from error
    try:
        lock = _AdvisoryLock(engine) if write else None
    except OperationalError as error:
        raise DatabaseError(f"PostgreSQL cannot be reached: {error.orig}") from error
    return _ready(engine, lock, asking)


def _ready(engine: Engine, lock: _Lock | None, asking: Engine | None = None) -> Database:
    """Upgrade to the newest form (a writer), or check that it has it (a reader)."""
    try:
        with engine.connect() as connection:
            form = _form(connection)
        if form != HEAD and lock is None:
            raise DatabaseError(
                f"the database has form {form}, this program needs {HEAD}; run `nianbao` once to upgrade it"
            )
        if form != HEAD:
            from storage.migrations.run import upgrade  # Alembic costs a third of a second: only where it is needed

            upgrade(engine)
    except BaseException:
        engine.dispose()
        if lock is not None:
            lock.release()
        raise
    return Database(engine, lock, asking)


def _form(connection: Connection) -> str | None:
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    form: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return form


def _tune_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, not where the driver guesses
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "cache_size=-65536"):  # KiB
        connection.execute(f"PRAGMA {pragma}")


def _tune_sqlite_reader(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("busy_timeout=10000", "query_only=ON"):
        connection.execute(f"PRAGMA {pragma}")


class _Lock:
    def renew(self) -> None:
        """See that the lock is still ours; raises AnotherWriter when it was lost to somebody."""

    def release(self) -> None:
        raise NotImplementedError


class _FileLock(_Lock):
    """Held for as long as the process lives and does not let go: a killed writer leaves no lock behind."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise DatabaseError(f"cannot write beside the database: {path}: {error.strerror}") from error
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._handle, 20).decode("ascii", "replace").strip()
            os.close(self._handle)
            raise AnotherWriter(
                f"another Nianbao (process {holder or 'unknown'}) is writing to this database; wait for it, or stop it"
            ) from error
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


class _AdvisoryLock(_Lock):
    """A session lock on PostgreSQL: the server lets go of it when the connection ends."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._acquire()

    def _acquire(self) -> None:
        self._connection = self._engine.connect()
        got = self._connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _ADVISORY}).scalar()
        self._connection.commit()
        if not got:
            self._connection.close()
            raise AnotherWriter("another Nianbao is writing to this PostgreSQL database; wait for it, or stop it")

    def renew(self) -> None:
        try:
            self._connection.execute(text("SELECT 1"))
            self._connection.commit()
        except OperationalError:  # the server was restarted, and forgot our lock with our session
            self._connection.close()
            self._acquire()

    def release(self) -> None:
        if not self._connection.closed:
            self._connection.invalidate()  # ends the session, and the lock with it
            self._connection.close()
