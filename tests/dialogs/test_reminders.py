"""Staff are told in time of what they have promised."""

from core.models import Role
from tests.conftest import Clock
from tests.dialogs.staffdesk import (
    hired,
    looks,
    open_ticket,
    sam,
    ticket,
)
from tests.dialogs.talk import Talk

__all__ = ["sam"]


async def test_staff_are_reminded_in_time_and_an_admin_when_it_is_late(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    boss = await hired(talk, "boss", Role.ADMIN)
    number = await open_ticket(talk)
    await sam.says(f"/take {number}")
    assert await looks(talk, clock, 17.9) == 0
    assert await looks(talk, clock, 0.2) == 1
    assert sam.last.text.startswith(f"⏰ A reply to ticket {number} is due")
    assert "⏰" not in boss.last.text
    await talk.restart()
    assert await looks(talk, clock, 1) == 0
    assert await looks(talk, clock, 5) == 1
    assert sam.last.text.startswith("⏰ Late")
    assert boss.last.text.startswith("⏰ Late")
    assert await looks(talk, clock, 100) == 0


async def test_nobody_is_reminded_of_what_was_answered(talk: Talk, sam: Talk, clock: Clock) -> None:
    await sam.says("/duty on")
    number = await open_ticket(talk)
    await sam.says(f"/reply {number} Hello")
    assert await looks(talk, clock, 30) == 0


async def test_a_ticket_that_is_opened_again_is_watched_once_more(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    await sam.says("/duty on")
    number = await open_ticket(talk)
    assert [await looks(talk, clock, hours) for hours in (19, 6)] == [1, 1]
    await sam.says(f"/reply {number} Hello")
    await sam.says(f"/solve {number}")
    first = (await ticket(talk, number)).answered_at
    await talk.presses_value(f"tickets:add:{number}")
    await talk.says("Es steht schon wieder")
    assert "wieder offen" in talk.last.text
    assert "Eine Antwort kommt bis" in talk.last.text
    assert [await looks(talk, clock, hours) for hours in (17.9, 0.2, 3)] == [0, 1, 0]
    assert sam.last.text.startswith(f"⏰ A reply to ticket {number} is due")
    assert await looks(talk, clock, 3) == 1
    assert sam.last.text.startswith("⏰ Late")
    await sam.says("/queue")
    assert "late since" in sam.last.text
    await sam.says(f"/reply {number} Once more")
    assert await looks(talk, clock, 100) == 0
    assert (await ticket(talk, number)).answered_at == first


async def test_a_clock_that_is_set_back_tells_nothing_twice(
    talk: Talk, sam: Talk, clock: Clock
) -> None:
    await sam.says("/duty on")
    await open_ticket(talk)
    assert [await looks(talk, clock, hours) for hours in (19, -3, 3, 6, -6, 6)] == [
        1, 0, 0, 1, 0, 0,
    ]  # fmt: skip
