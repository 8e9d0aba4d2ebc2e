"""The database is brought to the form that this program knows, at start and in one transaction.

Usually it has that form already. That is found out without Alembic, whose import takes as long as
everything else here, and 11 MB.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

FOLDER = Path(__file__).parent.parent / "migrations"
LOCK = 4_827_513
"""Any number that is ours: two processes that start at once migrate one after the other."""


class NewerDatabase(Exception):
    """The database was written by a newer program; an older one would damage it."""


def forms() -> list[str]:
    """The forms that this program knows, oldest first: the numbers of its migrations."""
    return sorted(path.name.partition("_")[0] for path in FOLDER.glob("versions/[0-9]*_*.py"))


def migrate(engine: Engine) -> None:
    """Raises `NewerDatabase`. A SQLite file that changes is copied beside itself first."""
    with engine.execution_options(begin="IMMEDIATE").connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
        form = form_of(connection)
        if form == forms()[-1]:
            return
        if form and form not in forms():
            raise NewerDatabase(
                f"The database is of a newer Frontdesk (form {form}). Install that version again, "
                "or start with a database of its own."
            )
        if form and engine.url.database and engine.dialect.name == "sqlite":
            back_up(Path(engine.url.database), form)
        upgrade(connection)
        connection.commit()


def form_of(connection: Connection) -> str:
    """Empty for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return str(row[0]) if row else ""


def upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def back_up(path: Path, form: str) -> None:
    copy = path.with_name(f"{path.name}.{form}.backup")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
