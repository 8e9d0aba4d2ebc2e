"""F5, F12-F14: whatever Telegram answers, nothing is lost, what is in doubt is repeated at most
once, and every row ends in sent, failed or unknown.
"""

from pathlib import Path

import pytest

from frontdesk.app import Parts
from tests.conftest import Clock
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import Person
from tests.faults.desks import desk_on_telegram, query
from tests.faults.waiting import until

LEFT = "SELECT 1 FROM outbox WHERE state IN ('pending', 'sending')"
PENDING = "SELECT 1 FROM outbox WHERE state = 'pending'"
ENDED = "SELECT state, count(*) FROM outbox GROUP BY state"


def crowd(telegram: TelegramFake, size: int) -> list[Person]:
    return [telegram.person(number, language_code="en") for number in range(10, 10 + size)]


async def until_ended(parts: Parts, clock: Clock) -> dict[str, int]:
    """Let time go by until everything was said or given up; how many rows ended how."""

    async def ended() -> bool:
        clock.forward(1)
        parts.delivery.wake()
        return not await query(parts, LEFT)

    await until(ended)
    return dict(await query(parts, ENDED))


async def test_a_storm_of_429_and_502_loses_and_repeats_nothing_and_the_time_asked_for_is_given(
    telegram: TelegramFake, tmp_path: Path, clock: Clock
) -> None:
    people = crowd(telegram, 12)
    telegram.faults.add(kind="too_many", method="sendMessage", share=0.5, times=6, retry_after=1)
    telegram.faults.add(kind="server_error", method="sendMessage", share=0.3, times=4)
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        for number in range(3):
            for person in people:
                await person.says(f"forgot my password {number}")
        await telegram.all_confirmed()
        assert await until_ended(parts, clock) == {"sent": 36}
    assert telegram.faults.struck == 10
    assert [len(person.inbox) for person in people] == [3] * 12
    assert early_calls(telegram) == 0


def early_calls(telegram: TelegramFake) -> int:
    """Calls to a chat before the time was over that it had asked for."""
    early, until_then = 0, dict[str, float]()
    for call in telegram.calls_of("sendMessage"):
        chat = call.text("chat_id")
        early += call.at < until_then.get(chat, 0)
        if call.status == 429:
            until_then[chat] = call.at + 1
    return early


@pytest.mark.parametrize("kind", ["lost_answer", "malformed"])
async def test_what_may_have_arrived_is_said_again_once_and_then_shown_as_unknown(
    telegram: TelegramFake, tmp_path: Path, clock: Clock, kind: str
) -> None:
    once, always = crowd(telegram, 10), telegram.person(99, language_code="en")
    for person in once:
        telegram.faults.add(kind=kind, method="sendMessage", chat=person.id)
    telegram.faults.add(kind=kind, method="sendMessage", chat=always.id, times=None)
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        for person in (*once, always):
            await person.says("forgot my password")
        await telegram.all_confirmed()
        assert await until_ended(parts, clock) == {"sent": 10, "unknown": 1}
        assert [len(person.inbox) for person in once] == [2] * 10
        assert len(always.inbox) == 2
        telegram.faults.clear()
        await always.says("forgot my password again")
        await always.hears(3)


async def test_what_cannot_have_arrived_is_not_said_twice(
    telegram: TelegramFake, tmp_path: Path, clock: Clock
) -> None:
    people = crowd(telegram, 10)
    telegram.faults.add(kind="cut", method="sendMessage", times=10)
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        for person in people:
            await person.says("forgot my password")
        await telegram.all_confirmed()
        assert await until_ended(parts, clock) == {"sent": 10}
    assert [len(person.inbox) for person in people] == [1] * 10


async def test_who_blocks_us_is_left_in_peace_and_nobody_else_waits(
    telegram: TelegramFake, tmp_path: Path, clock: Clock
) -> None:
    kim, *others = crowd(telegram, 6)
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        await telegram.is_polled()
        for _ in range(5):
            await kim.says("forgot my password")
        kim.room.blocked = True
        for person in others:
            await person.says("forgot my password")
            await person.hears()
        await telegram.all_confirmed()
        ended = await until_ended(parts, clock)
        assert ended.keys() <= {"sent", "failed"}
        assert ended["sent"] == 5 + len(kim.inbox)
        tries = [call.text("chat_id") for call in telegram.calls_of("sendMessage")]
        assert tries.count(str(kim.id)) <= 5
        kim.room.blocked = False
        await kim.unblocks()
        await kim.says("forgot my password")
        await kim.hears(len(kim.inbox) + 1)


async def test_a_group_that_moved_is_answered_where_it_is_now(
    telegram: TelegramFake, tmp_path: Path, clock: Clock
) -> None:
    kim = telegram.person(7, language_code="en")
    old, new = telegram.group(-5), telegram.group(-1005)
    telegram.faults.add(
        kind="migrated", method="sendMessage", chat=-5, migrate_to=-1005, times=None
    )
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        await kim.says_in_group(-5, "@front_desk_bot forgot my password")
        await new.hears()
        await kim.says_in_group(-1005, "@front_desk_bot and now?")
        await new.hears()
        await telegram.all_confirmed()
        assert await until_ended(parts, clock) == {"sent": 2}
    assert (len(old.inbox), len(new.inbox)) == (0, 2)


async def test_a_token_that_is_no_longer_accepted_stops_the_calls_and_loses_nothing(
    telegram: TelegramFake, tmp_path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    people = crowd(telegram, 5)
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        await telegram.is_polled()
        telegram.faults.add(kind="unauthorized", times=None)
        for person in people:
            await person.says("forgot my password")
        await until(lambda: any("this platform is off" in said for said in caplog.messages))
        await parts.delivery.stop()
        assert len(telegram.calls_of("sendMessage")) <= 5
        assert len(telegram.calls_of("getUpdates")) <= 3
        taken = len(await query(parts, "SELECT 1 FROM inbox"))
        assert len(await query(parts, PENDING)) == taken
    telegram.faults.clear()
    async with desk_on_telegram(telegram, tmp_path, clock) as parts:
        clock.forward(600)
        await telegram.all_confirmed()
        assert await until_ended(parts, clock) == {"sent": 5}
        assert [len(person.inbox) for person in people] == [1] * 5
