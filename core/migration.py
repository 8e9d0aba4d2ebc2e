"""The database is brought to the form that this program knows, at start and in one transaction."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

FOLDER = Path(__file__).parent.parent / "migrations"
LOCK = 4_827_513
"""Any number that is ours: two processes that start at once migrate one after the other."""


class NewerDatabase(Exception):
    """The database was written by a newer program; an older one would damage it."""


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Raises `NewerDatabase`. A SQLite file that changes is copied beside itself first."""
    with engine.execution_options(begin="IMMEDIATE").connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        script = ScriptDirectory.from_config(configuration())
        current = MigrationContext.configure(connection).get_current_revision()
        if current == script.get_current_head():
            return
        check_known(script, current)
        if current and engine.url.database and engine.dialect.name == "sqlite":
            back_up(Path(engine.url.database), current)
        command.upgrade(configuration(connection), "head")
        connection.commit()


def check_known(script: ScriptDirectory, current: str | None) -> None:
    known = {revision.revision for revision in script.walk_revisions()}
    if current and current not in known:
        raise NewerDatabase(
            f"The database is of a newer Frontdesk (form {current}). Install that version again, "
            "or start with a database of its own."
        )


def back_up(path: Path, revision: str) -> None:
    copy = path.with_name(f"{path.name}.{revision}.backup")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
