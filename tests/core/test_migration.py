"""The database is brought to the form that this program knows."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from core.migration import FOLDER, NewerDatabase, back_up, forms, migrate
from core.store import open_engine
from tests.conftest import create_database


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'desk.db'}"
    return create_database(request.getfixturevalue("postgres"), f"empty_{tmp_path.name}")


def configuration(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def test_the_forms_are_the_migrations_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    script = ScriptDirectory.from_config(config)
    assert forms() == [one.revision for one in reversed(list(script.walk_revisions()))]


def test_an_empty_database_gets_exactly_the_tables_of_the_models(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    with engine.connect() as connection:
        command.check(configuration(connection))  # raises when models and migrations differ
    engine.dispose()


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    tables = inspect(engine).get_table_names()
    migrate(engine)
    assert inspect(engine).get_table_names() == tables
    engine.dispose()


def test_up_down_and_up_again_works(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    with engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrate(engine)
    assert "ticket" in inspect(engine).get_table_names()
    engine.dispose()


def test_a_newer_database_is_refused_in_plain_words(empty_url: str) -> None:
    engine = open_engine(empty_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from-the-future'"))
    with pytest.raises(NewerDatabase, match="newer Frontdesk"):
        migrate(engine)
    engine.dispose()


def test_a_copy_holds_what_the_file_held(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO desk VALUES ('kept', 'yes')"))
    back_up(path, "0001")
    engine.dispose()
    copy = open_engine(f"sqlite:///{path}.0001.backup")
    with copy.connect() as connection:
        assert connection.execute(text("SELECT value FROM desk")).scalar_one() == "yes"
    copy.dispose()
