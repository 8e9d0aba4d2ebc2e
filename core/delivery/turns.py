"""Whose turn it is to send: of several processes on one PostgreSQL, one for each account of a
platform, so that its pace is kept. Another takes over when it ends, however it ends.

https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS: a lock of a session
is given back when its connection ends.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from core.delivery.courier import Courier, insist
from core.store import Store, execute

log = logging.getLogger(__name__)

CHANNEL = "frontdesk_outbox"
LOOK = 1.0
"""Seconds between tries to get a turn, and between signs that ours is kept."""
SOON = 0.05
"""The same while a platform has yet to tell which account is ours."""
SILENCE = ("tcp_keepalives_idle = 3", "tcp_keepalives_interval = 1", "tcp_keepalives_count = 3")
"""After some six seconds of silence the server takes a machine for dead, and its turns are free."""
PATIENCE = 5.0
"""Seconds that the server may take for one of our words."""


class Turns:
    """Gives the couriers their turns until cancelled. On SQLite, which one process has for itself,
    there is nothing to do.
    """

    def __init__(self, store: Store, couriers: Sequence[Courier]) -> None:
        self._store = store
        self._couriers = couriers
        self._news = asyncio.Event()

    def tell(self) -> None:
        """There may be something new to send for those whose turn it is elsewhere."""
        if not all(one.has_turn for one in self._couriers):
            self._news.set()

    async def run(self) -> None:
        if self._store.single_writer:
            return
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pass_on())
            group.create_task(self._take_turns())

    async def _pass_on(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            await insist(self._store.write, notify)

    async def _take_turns(self) -> None:
        import psycopg  # a desk on SQLite does without: 60 ms and some megabytes

        url = self._store.engine.url.set(drivername="postgresql")
        words = url.render_as_string(hide_password=False)
        while True:
            try:
                async with asyncio.timeout(PATIENCE):
                    connection = await psycopg.AsyncConnection.connect(words, autocommit=True)
                async with connection:
                    await self._keep(connection)
            except (psycopg.Error, TimeoutError) as error:  # its words may hold the address
                log.warning("the database was lost: %s; others may send", type(error).__name__)
            await asyncio.sleep(LOOK)

    async def _keep(self, connection: Any) -> None:
        """Raises `psycopg.Error` or `TimeoutError` once the connection, and each turn, is lost."""
        try:
            for setting in SILENCE:
                await connection.execute(f"SET {setting}")
            await connection.execute(f"LISTEN {CHANNEL}")
            while True:
                async with asyncio.timeout(PATIENCE):
                    await self._ask(connection)
                unnamed = any(not one.name for one in self._couriers)
                wait = SOON if unnamed else LOOK
                async for _ in connection.notifies(timeout=wait, stop_after=1):
                    for courier in self._couriers:
                        courier.wake()
        finally:
            for courier in self._couriers:
                courier.end_turn()

    async def _ask(self, connection: Any) -> None:
        await connection.execute("SELECT 1")
        for courier in self._couriers:
            if courier.name and not courier.has_turn and await lock(connection, courier.name):
                await courier.begin_turn()


async def lock(connection: Any, name: str) -> bool:
    """Whether the turn is ours now. Nobody is waited for."""
    asked = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
    (ours,) = await (await connection.execute(asked, (name,))).fetchone()
    return bool(ours)


def notify(session: Session) -> None:
    execute(session, select(func.pg_notify(CHANNEL, "")))
