"""How the desk is, counted by the database."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, update

from core import gauges
from core.models import Contact, Heard, Rank, Sending, SendState, Ticket
from core.outbox.tables import OUTBOX
from core.store import Store
from tests.conftest import Clock
from tests.core.post import Post

EMPTY = {"open": 0, "waiting": 0, "solved": 0}


async def read(post: Post) -> gauges.Gauges:
    return await post.store.read(lambda session: gauges.read(session, post.clock.now))


async def change(post: Post, cause: str, **values: object) -> None:
    def unit(session: Session) -> None:
        session.exec(update(Sending).where(col(Sending.cause) == cause).values(**values))

    await post.store.write(unit)


async def test_a_new_desk_has_nothing_to_tell(post: Post) -> None:
    assert await read(post) == gauges.Gauges([], {}, EMPTY, 0, 0, {}, {})


async def test_what_waits_is_counted_and_timed_from_when_it_was_due(post: Post) -> None:
    for number, rank in enumerate((Rank.RELAY, Rank.ANSWER, Rank.ANSWER, Rank.ANNOUNCEMENT)):
        await post.say("hello", f"{number}", rank)
    await change(post, "in:4/0", not_before=post.clock.now + timedelta(hours=8))
    post.clock.forward(7)
    found = {one.rank: (one.count, one.due_for) for one in (await read(post)).waiting}
    assert found == {Rank.RELAY: (1, 7), Rank.ANSWER: (2, 7), Rank.ANNOUNCEMENT: (1, 0)}


async def test_what_is_behind_somebody_who_is_not_there_calls_nobody(post: Post) -> None:
    """What waits for whoever left a terminal is late on nobody's account."""
    await post.say("hello")
    await post.say("are you there?")
    await change(post, "in:1/0", not_before=post.clock.now + timedelta(hours=1))
    post.clock.forward(100)
    assert [(one.count, one.due_for) for one in (await read(post)).waiting] == [(2, 0)]
    post.clock.forward(3600)
    assert [one.due_for for one in (await read(post)).waiting] == [100]


async def test_what_is_stuck_and_what_went_last_is_told_by_platform(post: Post) -> None:
    for number in range(5):
        await post.say("hello", platform="memory" if number < 3 else "other")
    at = post.clock.now
    await change(post, "in:1/0", state=SendState.SENT, sent_at=at - timedelta(minutes=1))
    await change(post, "in:2/0", state=SendState.SENT, sent_at=at)
    for cause, state in (("3", "failed"), ("4", "unknown"), ("5", "unknown")):
        await change(post, f"in:{cause}/0", state=state)
    found = await read(post)
    assert found.stuck == {("memory", "failed"): 1, ("other", "unknown"): 2}
    assert found.said == {"memory": at}
    assert found.waiting == []


async def test_what_came_in_and_what_is_late(post: Post) -> None:
    now, hour = post.clock.now, timedelta(hours=1)

    def fill(session: Session) -> None:
        session.add(Contact(id=1, created_at=now))
        session.flush()
        for number, (due, answered, state) in enumerate((
            (now - hour, None, "open"), (now + hour, None, "open"), (now - hour, now, "open"),
            (now - hour, None, "waiting"),
        )):  # fmt: skip
            session.add(Ticket(contact_id=1, subject="s", audience="user", description="d",
                               language="en", created_at=now, due_at=due, answered_at=answered,
                               state=state))  # fmt: skip
            session.add(Heard(platform="memory", account="desk", event=str(number), kind="message",
                              at=now, received_at=now - number * hour,
                              state="failed" if number else "done"))  # fmt: skip

    await post.store.write(fill)
    found = await read(post)
    assert (found.tickets, found.late) == (EMPTY | {"open": 3, "waiting": 1}, 1)
    assert (found.set_aside, found.heard) == (3, {"memory": now})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_table_is_read_whole_for_it(store: Store, clock: Clock) -> None:
    """However much a desk has said and heard, watching it costs little."""
    statements: list[tuple[str, Any]] = []
    event.listen(
        store.engine, "before_cursor_execute",
        lambda _c, _k, statement, values, *_: statements.append((statement, values)),
    )  # fmt: skip
    await store.read(lambda session: gauges.read(session, clock.now))
    with store.engine.connect() as connection:
        for statement, values in list(statements):
            if not statement.startswith("SELECT"):
                continue
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            whole = [row.detail for row in plan if row.detail.startswith("SCAN")]
            assert all("INDEX" in detail for detail in whole), (statement, whole)
    assert len(statements) >= 7


def test_the_conditions_are_those_of_the_indexes() -> None:
    """A partial index is used only where its own condition is found again."""
    conditions = {
        str(index.name): str(index.dialect_options["sqlite"]["where"])
        for table in (OUTBOX, gauges.INBOX)
        for index in table.indexes
    }
    assert str(gauges.STUCK) == f"outbox.{conditions['ix_outbox_stuck']}"
    assert str(gauges.SET_ASIDE) == f"inbox.{conditions['ix_inbox_set_aside']}"
