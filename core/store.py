"""The one door to the database: `await store.write(fn)` and `await store.read(fn)`.

`fn` is a plain function over a `Session`; it may run again after a failure, so it has no effects
outside the session and makes no network call. On SQLite one thread writes: it takes what is waiting
and commits it as one transaction. On PostgreSQL each write is a transaction of its own in a pool.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

T = TypeVar("T")
Unit = Callable[[Session], Any]
Waiting = tuple[Unit, Future[Any]]

GROUP = 128
"""Most units in one commit: what waits behind them should not wait long."""
RETRIES = 5
"""How often PostgreSQL work is done again after a lost connection, a deadlock or a conflict."""
TRANSIENT = ("40001", "40P01", "57P01", "57P02", "57P03")
"""SQLSTATEs that say "again": serialization, deadlock, and the three ways a server goes away."""


def open_engine(url: str, *, checkpoints: bool = True) -> Engine:
    """An engine whose SQLite transactions say themselves how they begin.

    `checkpoints=False` is for commands beside a running desk: SQLite before 3.51.3 can damage a
    file when two processes reset its write-ahead log at once, so only the desk does.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(
            parsed, pool_size=16, max_overflow=0, pool_pre_ping=True, hide_parameters=True
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed, connect_args={"timeout": 5, "check_same_thread": False}, hide_parameters=True
    )
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000",
               f"wal_autocheckpoint={1000 if checkpoints else 0}")  # fmt: skip

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # Python's own BEGIN loses updates silently
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        how = connection.get_execution_options().get("begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {how}")

    return engine


class Store:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.single_writer = engine.dialect.name == "sqlite"
        self._pool = ThreadPoolExecutor(4 if self.single_writer else 16, "store")
        self._waiting: SimpleQueue[Waiting | None] = SimpleQueue()
        self._writer = Thread(target=self._write_groups, name="store-writer", daemon=True)
        if self.single_writer:
            self._writer.start()

    async def write(self, fn: Callable[[Session], T]) -> T:
        """What `fn` returned, once it is on disk. Raises what `fn` raised: nothing is kept then."""
        if not self.single_writer:
            return await self._in_pool(lambda: self._again(fn, commit=True))
        done: Future[T] = Future()
        self._waiting.put((fn, done))
        return await asyncio.wrap_future(done)

    async def read(self, fn: Callable[[Session], T]) -> T:
        """What `fn` returned, over one consistent view. Nothing it changes is kept."""
        return await self._in_pool(lambda: self._again(fn, commit=False))

    async def _in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def close(self) -> None:
        """Finish what is waiting, then let go of the database."""
        await asyncio.to_thread(self._drain)

    def _drain(self) -> None:
        if self.single_writer:
            self._waiting.put(None)
            self._writer.join()
        self._pool.shutdown()
        self.engine.dispose()

    def _again(self, fn: Callable[[Session], T], *, commit: bool) -> T:
        for _ in range(RETRIES):
            try:
                return self._once(fn, commit=commit)
            except DBAPIError as error:
                if not is_transient(error):
                    raise
        return self._once(fn, commit=commit)

    def _once(self, fn: Callable[[Session], T], *, commit: bool) -> T:
        with open_session(self.engine) as session:
            result = run(session, fn)
            if commit:
                session.commit()
            return result

    def _write_groups(self) -> None:
        engine = self.engine.execution_options(begin="IMMEDIATE")
        with engine.connect() as connection:
            while (first := self._waiting.get()) is not None:
                group, more = self._take(first)
                with open_session(connection) as session:
                    write_group(session, group)
                if not more:
                    return

    def _take(self, first: tuple[Unit, Future[Any]]) -> tuple[list[tuple[Unit, Future[Any]]], bool]:
        group = [first]
        while len(group) < GROUP:
            try:
                item = self._waiting.get_nowait()
            except Empty:
                break
            if item is None:
                return group, False
            group.append(item)
        return group, True


def insert_new(session: Session, table: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that both databases let pass silently over a row that is there already."""
    return insert_in(session.get_bind().dialect.name, table)


@cache
def insert_in(dialect: str, table: type[SQLModel]) -> sqlite.Insert | postgresql.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def execute(
    session: Session,
    statement: Executable,
    values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
) -> CursorResult[Any]:
    """Past the object mapper, for rows that go by in thousands."""
    return session.connection().execute(statement, values)


def open_session(bind: Engine | Connection) -> Session:
    """Rows stay readable after the commit, and are written when their unit ends or says so: a
    query does not write what is only half changed.
    """
    return Session(bind, expire_on_commit=False, autoflush=False)


def is_transient(error: DBAPIError) -> bool:
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in TRANSIENT


def write_group(session: Session, group: list[Waiting]) -> None:
    """Commit all units together and answer their futures.

    No unit pays for a savepoint: when one fails, the group is undone and each unit done again in a
    transaction of its own, so that the failing one does not undo its neighbours.
    """
    try:
        results = [run(session, fn) for fn, _ in group]
        session.commit()
    except Exception as error:  # whatever a unit or the database raises is its caller's to hear
        session.rollback()
        if len(group) == 1:
            answer(group[0][1], None, error)
        else:
            for waiting in group:
                write_group(session, [waiting])
        return
    for (_, done), result in zip(group, results, strict=True):
        answer(done, result, None)


def run(session: Session, fn: Callable[[Session], T]) -> T:
    try:
        result = fn(session)
    except StopIteration as stopped:  # no future can carry it: whoever waits would wait for ever
        raise RuntimeError("the unit ran out of an iterator") from stopped
    session.flush()
    session.expunge_all()  # the next unit reads rows afresh
    return result


def answer(done: Future[Any], result: Any, failure: Exception | None) -> None:
    if not done.set_running_or_notify_cancel():
        return  # whoever asked has gone; the work is kept all the same
    if failure is None:
        done.set_result(result)
    else:
        done.set_exception(failure)
