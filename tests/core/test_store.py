"""The one door to the database."""

import asyncio
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from core.models import Note
from core.store import Store


def put(name: str, value: str = "x"):  # type: ignore[no-untyped-def]  # a unit for the store
    def fn(session: Session) -> str:
        session.add(Note(name=name, value=value))
        return value

    return fn


def names(session: Session) -> list[str]:
    return sorted(session.exec(select(Note.name)))


async def test_what_was_written_can_be_read(store: Store) -> None:
    assert await store.write(put("a", "1")) == "1"
    assert await store.read(names) == ["a"]


async def test_a_failing_unit_leaves_nothing_and_does_not_undo_its_neighbours(store: Store) -> None:
    def half(session: Session) -> None:
        session.add(Note(name="half", value="x"))
        session.flush()
        raise LookupError("on purpose")

    results = await asyncio.gather(
        *(store.write(fn) for fn in (put("a"), half, put("b"))), return_exceptions=True
    )
    assert isinstance(results[1], LookupError)
    assert results[0] == results[2] == "x"
    assert await store.read(names) == ["a", "b"]


async def test_a_unit_that_breaks_a_constraint_hears_of_it_alone(store: Store) -> None:
    results = await asyncio.gather(
        *(store.write(put("same")) for _ in range(2)), return_exceptions=True
    )
    assert [isinstance(result, Exception) for result in results].count(True) == 1
    assert await store.read(names) == ["same"]


async def test_a_unit_that_runs_out_of_an_iterator_is_heard_of(store: Store) -> None:
    with pytest.raises(RuntimeError, match="ran out"):
        await store.write(lambda session: next(iter(session.exec(select(Note)))))


async def test_two_hundred_increments_at_once_lose_none(store: Store) -> None:
    await store.write(put("count", "0"))

    def add_one(session: Session) -> None:
        note = session.exec(select(Note).where(Note.name == "count").with_for_update()).one()
        note.value = str(int(note.value) + 1)
        session.add(note)

    await asyncio.gather(*(store.write(add_one) for _ in range(200)))
    assert (await store.read(lambda s: s.get_one(Note, "count"))).value == "200"


async def test_a_reader_keeps_nothing(store: Store) -> None:
    await store.read(put("never"))
    assert await store.read(names) == []


async def test_sqlite_commits_survive_power_loss(sqlite_store: Store) -> None:
    def pragmas(session: Session) -> tuple[object, ...]:
        connection = session.connection()
        asked = ("journal_mode", "synchronous", "foreign_keys")
        return tuple(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked)

    assert await sqlite_store.write(pragmas) == ("wal", 2, 1)


async def test_what_waits_at_closing_time_is_still_written(sqlite_store: Store) -> None:
    writes = [asyncio.create_task(sqlite_store.write(put(str(n)))) for n in range(50)]
    await asyncio.sleep(0)
    await sqlite_store.close()
    assert await asyncio.gather(*writes) == ["x"] * 50


async def test_a_full_disk_is_told_and_passes(sqlite_store: Store) -> None:
    def limit(pages: int):  # type: ignore[no-untyped-def]  # a unit for the store
        return lambda session: session.connection().exec_driver_sql(
            f"PRAGMA max_page_count={pages}"
        )

    await sqlite_store.write(limit(1))  # SQLite takes the present size for the smallest
    with pytest.raises(OperationalError, match="full"):
        await sqlite_store.write(put("large", "x" * 1_000_000))
    await sqlite_store.write(limit(1_000_000))
    assert await sqlite_store.write(put("after")) == "x"
    assert await sqlite_store.read(names) == ["after"]


async def test_a_locked_database_is_waited_for(sqlite_store: Store) -> None:
    other = sqlite3.connect(str(sqlite_store.engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    write = asyncio.create_task(sqlite_store.write(put("late")))
    done, _ = await asyncio.wait([write], timeout=0.2)
    assert not done
    other.execute("COMMIT")
    other.close()
    assert await write == "x"
