"""Ways in which a database gets into trouble."""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import current_thread
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from frontdesk.app import Parts

HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


class BadDisk:
    """Statements fail on order: the nth from now, alone or with all that follow. A commit counts
    as one; `late` commits fail after they were done. Only those of threads named so count.
    """

    def __init__(self, engine: Engine, threads: str = "store") -> None:
        self.seen = 0
        self.struck = 0
        self._bad = range(0)
        self._late = False
        self._threads = threads
        event.listen(engine, "before_cursor_execute", self._see_statement)
        event.listen(engine, "commit", self._see_commit)

    def strike(self, nth: int, *, count: int = 1, late: bool = False) -> None:
        self.struck = self.seen = 0
        self._bad, self._late = range(nth, nth + count), late

    def heal(self) -> None:
        self._bad = range(0)

    def _see_statement(self, _connection: Connection, _cursor: object, sql: str, *_: Any) -> None:
        self._see(sql)

    def _see_commit(self, connection: Connection) -> None:
        if self.seen + 1 in self._bad:  # databases undo what they could not commit
            connection.connection.commit() if self._late else connection.connection.rollback()
        self._see("COMMIT")

    def _see(self, sql: str) -> None:
        if not current_thread().name.startswith(self._threads):
            return
        self.seen += 1
        if self.seen in self._bad:
            self.struck += 1
            raise OperationalError(sql, None, sqlite3.OperationalError("disk I/O error"))


@asynccontextmanager
async def locked(database: Path) -> AsyncIterator[None]:
    """Another process is writing to the SQLite file, and takes its time."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, str(database),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    assert await process.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        await process.communicate(b"")  # its input ends, and so does it


async def set_pragma(parts: Parts, name: str, value: int) -> int:
    """On the one connection that writes to a SQLite database; what it was before."""

    def change(session: Session) -> int:
        connection = session.connection()
        before = connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        connection.exec_driver_sql(f"PRAGMA {name}={value}")
        return int(before)

    return await parts.store.write(change)
