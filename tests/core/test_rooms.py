"""Rooms in the database, on each kind of it."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from core import tickets
from core.i18n import Languages
from core.messages import Address
from core.models import Contact, Place, Seat, Sending, Ticket, TicketState, row_id
from core.pack import read_pack
from core.rooms import Voice, follow, move_in, newest
from core.rooms.rows import without_room
from core.store import Store
from core.tickets import Draft
from tests.conftest import Clock
from tests.dialogs.talk import PACK
from tests.fakes.memory import FAST


@pytest.fixture
def voice(languages: Languages) -> Voice:
    return Voice(read_pack(Path(PACK)), languages, {"memory": FAST})


def open_one(session: Session, clock: Clock) -> int:
    contact = Contact(name="Kim", language="en", created_at=clock.now)
    session.add(contact)
    session.flush()
    place = Place(
        contact_id=contact.id, platform="memory", account="desk", chat="kim", sender="kim",
        created_at=clock.now,
    )  # fmt: skip
    session.add(place)
    session.flush()
    draft = Draft("It stops", "user", "At nine")
    ticket = tickets.open_ticket(session, draft, contact, place, timedelta(hours=24), clock.now)
    return row_id(ticket.id)


def address(thread: str) -> Address:
    return Address("memory", "desk", "staff", thread)


async def test_of_two_rooms_opened_at_once_one_is_used(
    store: Store, clock: Clock, voice: Voice
) -> None:
    number = await store.write(lambda session: open_one(session, clock))
    missing = partial(without_room, platform="memory", account="desk", limit=9)
    assert await store.read(missing) == [(number, f"#{number} It stops")]
    won = await asyncio.gather(
        *[
            store.write(partial(move_in, number=number, room=address(name), voice=voice,
                                now=clock.now))
            for name in ("one", "two", "three")
        ]
    )  # fmt: skip
    assert sorted(won) == [False, False, True]
    assert await store.read(missing) == []
    seats = select(Seat).where(Seat.role == "staff")
    assert len(await store.read(lambda session: session.exec(seats).all())) == 1


async def test_what_is_said_while_a_room_opens_is_told_there_once(
    store: Store, clock: Clock, voice: Voice
) -> None:
    number = await store.write(lambda session: open_one(session, clock))

    def say(session: Session, text: str) -> None:
        before = newest(session)
        tickets.write_down(session, number, "said", text, clock.now)
        follow(session, before, voice, clock.now)

    move = partial(move_in, number=number, room=address("one"), voice=voice, now=clock.now)
    words = [f"word{n:02}" for n in range(20)]
    await asyncio.gather(
        *[store.write(partial(say, text=word)) for word in words[:10]],
        store.write(move),
        *[store.write(partial(say, text=word)) for word in words[10:]],
    )
    told = await store.read(
        lambda session: session.exec(
            select(Sending.text)
            .join(Place, col(Place.id) == col(Sending.address_id))
            .where(Place.thread == "one")
        ).all()
    )
    assert [sum(text.count(word) for text in told) for word in words] == [1] * 20
    again = await store.write(lambda session: follow(session, 0, voice, clock.now))
    assert again == 21
    rows = await store.read(
        lambda session: session.exec(
            select(Sending).join(Place, col(Place.id) == col(Sending.address_id)).where(
                Place.thread == "one"
            )
        ).all()
    )  # fmt: skip
    assert len(rows) == len(told)


async def test_a_solved_ticket_needs_no_room(store: Store, clock: Clock) -> None:
    number = await store.write(lambda session: open_one(session, clock))

    def solve(session: Session) -> None:
        ticket = session.get_one(Ticket, number)
        tickets.move(session, ticket, TicketState.SOLVED, "sam", clock.now)

    await store.write(solve)
    missing = partial(without_room, platform="memory", account="desk", limit=9)
    assert await store.read(missing) == []
