"""What the wire of the imitation cannot be made to answer: see test_adapter.py for the rest."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bots.telegram.failures import Garbled
from bots.telegram.polling import LONGEST_WAIT, Polling

Json = dict[str, Any]


class Enough(Exception):
    """Ends a test's loop."""


class Telegram:
    """Gives one answer after another, and notes what was asked."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.asked: list[tuple[int, int]] = []

    async def __call__(self, offset: int, limit: int) -> Any:
        self.asked.append((offset, limit))
        if not self._answers:
            raise Enough
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Desk:
    """Takes updates, fails as often as told, and notes every wait."""

    def __init__(self, fails: Callable[[int], bool] = lambda _: False) -> None:
        self._fails = fails
        self.taken: list[int] = []
        self.waits: list[float] = []

    async def take(self, update: Json) -> None:
        if self._fails(update["update_id"]):
            raise OSError("no space left on device")
        self.taken.append(update["update_id"])

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


async def poll(telegram: Telegram, desk: Desk) -> None:
    with pytest.raises(Enough):
        await Polling(telegram, desk.take, desk.sleep).run()


def update(number: int, chat: int = 7) -> Json:
    return {"update_id": number, "message": {"chat": {"id": chat}}}


async def test_the_offset_confirms_all_of_a_batch_and_then_names_nothing() -> None:
    telegram, desk = Telegram([update(5), update(6, chat=8)], [], [update(2)]), Desk()
    await poll(telegram, desk)
    assert [offset for offset, _ in telegram.asked] == [0, 7, 0, 3]
    assert sorted(desk.taken) == [2, 5, 6]
    assert desk.waits == []


async def test_the_offset_stops_before_what_was_not_received() -> None:
    batch = [update(5, chat=8), update(6), update(7, chat=8), update(8)]
    telegram, desk = Telegram(batch, batch[1:]), Desk(lambda number: number in (6, 8))
    await poll(telegram, desk)
    assert [offset for offset, _ in telegram.asked] == [0, 6, 6]
    assert desk.taken == [5, 7]


async def test_waiting_ends_at_half_a_minute() -> None:
    telegram = Telegram(*[[update(5)]] * 2000)
    desk = Desk(lambda _: True)
    await poll(telegram, desk)
    assert len(desk.waits) == 2000
    assert max(desk.waits) <= LONGEST_WAIT * 1.2
    assert min(desk.waits[6:]) >= LONGEST_WAIT * 0.8


async def test_waits_begin_small_again_after_a_success() -> None:
    failing = iter([True, True, False, True])
    telegram = Telegram(*[[update(5)]] * 3, [update(6)])
    desk = Desk(lambda _: next(failing))
    await poll(telegram, desk)
    assert [round(wait) for wait in desk.waits] == [1, 2, 1]


async def test_an_update_that_nothing_can_read_is_passed_by_in_the_end() -> None:
    poison = Garbled(6)
    telegram = Telegram([update(5)], *[poison] * 5, [update(7)], [])
    desk = Desk()
    await poll(telegram, desk)
    assert desk.taken == [5, 7]
    assert telegram.asked[1:7] == [(6, 100), (6, 1), (6, 1), (6, 1), (6, 1), (7, 1)]
    assert telegram.asked[7] == (8, 100)
    assert len(desk.waits) == 3


async def test_an_answer_that_names_no_update_is_waited_out() -> None:
    telegram, desk = Telegram(*[Garbled(None)] * 9, [update(5)]), Desk()
    await poll(telegram, desk)
    assert desk.taken == [5]
    assert len(desk.waits) == 8


@pytest.mark.parametrize(
    "answer", [True, 5, {}, "updates", [5], [{"message": {}}], [{"update_id": "5"}]]
)
async def test_an_answer_of_another_shape_is_waited_out(answer: object) -> None:
    telegram, desk = Telegram(answer, [update(5)]), Desk()
    await poll(telegram, desk)
    assert desk.taken == [5]
    assert len(desk.waits) == 1


async def test_what_has_no_number_is_left_out_of_a_batch() -> None:
    telegram, desk = Telegram([{"message": {}}, update(5)]), Desk()
    await poll(telegram, desk)
    assert desk.taken == [5]
    assert telegram.asked[1] == (6, 100)


async def test_cancelling_ends_what_is_being_received() -> None:
    begun = asyncio.Event()

    async def take(_: Json) -> None:
        begun.set()
        await asyncio.Event().wait()

    polling = asyncio.create_task(Polling(Telegram([update(5)]), take, asyncio.sleep).run())
    await begun.wait()
    polling.cancel()
    async with asyncio.timeout(10):
        with pytest.raises(asyncio.CancelledError):
            await polling
