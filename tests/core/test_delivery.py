"""From the outbox to a platform: in order, at its pace, and whatever happens on the way."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlmodel import select

from core import outbox
from core.adapter import Refused, Retry, Unknown, Unsupported
from core.delivery import Delivery
from core.limits import Window
from core.models import Place, Rank
from core.store import Store
from tests.conftest import Clock
from tests.core.post import LEASE, Post, hurrying
from tests.fakes.memory import ANN, BEN, FAST, MemoryAdapter
from tests.faults.waiting import until

GRACE = 10


async def test_what_waits_is_sent_at_the_start_and_what_comes_when_woken(post: Post) -> None:
    await post.say("early")
    async with post.at_work() as delivery:
        await delivery.settle(5)
        assert post.shown == ["early"]
        await post.say("late")
        delivery.wake()
        await post.adapter.until_sent(2)
        await delivery.settle(5)
    assert [row.platform_id for row in await post.rows()] == [
        post.adapter.id_of(one) for one in post.adapter.sent
    ]
    assert await post.states() == ["sent", "sent"]


@pytest.mark.alone
async def test_what_another_process_puts_in_goes_within_about_a_second(post: Post) -> None:
    async with post.at_work() as delivery:
        await delivery.settle(5)
        await post.say("from a command beside the desk")
        started = time.monotonic()
        await post.adapter.until_sent(1)
        assert time.monotonic() - started < 2


async def test_each_address_hears_everything_in_order(post: Post) -> None:
    people = [str(number) for number in range(10)]
    for number in range(8):
        for person in people:
            await post.say(f"{number}", person)
    await post.deliver()
    for person in people:
        heard = [one.text for one in post.adapter.seen(person)]
        assert heard == [str(number) for number in range(8)]


async def test_urgent_words_overtake_news_that_waits(post: Post) -> None:
    post.adapter.limits = replace(FAST, per_second=8)
    for number in range(12):
        await post.say("news", str(number), Rank.ANNOUNCEMENT)
    post.adapter.door.clear()
    async with post.at_work(senders=8, monotonic=hurrying()) as delivery:
        await post.adapter.until_tried(8)
        await post.say("an answer", "100")
        await post.say("from our team", "101", Rank.RELAY)
        delivery.wake()
        post.adapter.door.set()
        await post.adapter.until_sent(10)
    assert post.shown[:10] == ["news"] * 8 + ["from our team", "an answer"]


async def test_no_more_is_claimed_than_can_start(post: Post) -> None:
    post.adapter.limits = replace(FAST, per_second=8)
    for number in range(40):
        await post.say("news", str(number), Rank.ANNOUNCEMENT)
    post.adapter.door.clear()
    async with post.at_work(senders=8, monotonic=hurrying()):
        await post.adapter.until_tried(8)
        await asyncio.sleep(0.2)
        assert (await post.states()).count("sending") == len(post.adapter.tried) == 8


@pytest.mark.alone
async def test_a_platform_is_sent_to_at_its_pace(post: Post) -> None:
    post.adapter.limits = replace(FAST, per_second=50)
    for number in range(60):
        await post.say("news", str(number))
    started = time.monotonic()
    await post.deliver()
    assert 1 < time.monotonic() - started < 2  # any second takes fifty
    assert len(post.shown) == 60


@pytest.mark.alone
async def test_one_address_is_sent_to_at_its_own_pace(post: Post) -> None:
    post.adapter.limits = replace(FAST, per_address=5, burst=2)
    for number in range(4):
        await post.say(str(number), ANN)
    await post.say("ben", BEN)
    started = time.monotonic()
    await post.deliver()
    assert 0.35 < time.monotonic() - started < 1.5
    assert post.shown.index("ben") <= 2
    assert [one.text for one in post.adapter.seen(ANN)] == ["0", "1", "2", "3"]


async def test_how_long_a_send_may_take_is_the_platforms_own(post: Post) -> None:
    for patience, reason in ((0.05, outbox.NO_ANSWER), (900.0, "")):
        post.adapter.limits = replace(FAST, patience=patience)
        post.adapter.door.clear()
        await post.say("slowly", str(patience))
        async with post.at_work():
            await post.adapter.until_tried(len(post.adapter.tried) + 1)
            await asyncio.sleep(0.3)
            row = (await post.rows())[-1]
            assert row.reason == reason
            if not reason:
                assert row.lease_until
                assert row.lease_until > post.clock.now + timedelta(seconds=patience)


METERED = replace(FAST, windows=(Window(3, 900), Window(8, 86_400)))


async def rests(post: Post) -> bool:
    return "sending" not in await post.states()


async def goes(post: Post, passed: timedelta, tries: int) -> int:
    """How much goes after so much time, by a desk that was just started and tries so often."""
    post.clock.now += passed
    tried, shown = len(post.adapter.tried), len(post.shown)
    async with post.at_work(monotonic=lambda: post.clock.now.timestamp()):
        await post.adapter.until_tried(tried + tries)
        await asyncio.sleep(0.3)  # in which no more may follow
        await until(partial(rests, post))
    assert len(post.adapter.tried) == tried + tries
    return len(post.shown) - shown


async def test_what_is_metered_is_counted_over_restarts(post: Post) -> None:
    post.adapter.limits = METERED
    for number in range(12):
        await post.say("answer", str(number))
    for minutes, count in ((0, 3), (14, 0), (2, 3), (16, 2), (23 * 60, 0), (60, 3)):
        assert await goes(post, timedelta(minutes=minutes), count) == count


async def test_a_send_that_the_platform_did_not_take_is_not_metered(post: Post) -> None:
    post.adapter.limits = METERED
    post.adapter.faults.extend([Retry("later", 0.01)] * 5)
    for number in range(3):
        await post.say("answer", str(number))
    for tries, count in ((3, 0), (3, 1), (2, 2)):
        assert await goes(post, timedelta(seconds=1), tries) == count


async def test_news_leaves_something_to_answers(post: Post) -> None:
    post.adapter.limits = METERED
    for number in range(9):
        await post.say("news", str(number), Rank.ANNOUNCEMENT)
    assert await goes(post, timedelta(0), 3) == 3
    await post.say("an answer", "100")
    assert await goes(post, timedelta(minutes=16), 3) == 3
    assert "an answer" in post.shown
    assert await goes(post, timedelta(minutes=16), 0) == 0
    await post.say("an answer", "101")
    assert await goes(post, timedelta(0), 1) == 1


@pytest.mark.alone
async def test_a_retry_goes_when_the_platform_said(store: Store) -> None:
    class Now(Clock):
        def __call__(self) -> Any:
            self.now = type(self.now).now(self.now.tzinfo)
            return self.now

    post = Post(store, Now())
    post.adapter.faults.append(Retry("slow down", 0.3))
    async with post.at_work() as delivery:
        await post.say("hello")
        delivery.wake()
        await post.adapter.until_tried(1)
        started = time.monotonic()
        await post.adapter.until_sent(1)
        assert 0.29 < time.monotonic() - started < 0.7
        await delivery.settle(5)
    assert (await post.row()).attempts == 1


async def test_a_failed_try_counts_and_waits_longer_each_time(post: Post) -> None:
    await post.say("hello")
    for wait in (1, 3, 9):
        post.adapter.faults.append(Retry("not reached"))
        await post.deliver()
        row = await post.row()
        assert (row.state, row.reason) == ("pending", "not reached")
        assert (row.not_before - post.clock.now).total_seconds() == wait
        post.clock.forward(wait)
    await post.deliver()
    assert post.shown == ["hello"]
    assert (await post.row()).attempts == 4


async def test_after_a_day_of_failures_a_row_gives_up_visibly(post: Post) -> None:
    await post.say("hello")
    post.adapter.faults_at[ANN] = Retry("not reached")
    while (row := await post.row()).state == "pending":
        post.clock.now = max(row.not_before, post.clock.now)
        await post.deliver()
    assert (row.state, row.reason) == ("failed", "could not be delivered for 24 hours")
    assert 30 < len(post.adapter.tried) < 40
    assert (post.clock.now - row.created_at).total_seconds() >= 24 * 3600


async def test_a_platform_that_asks_for_time_is_asked_again_for_ever(post: Post) -> None:
    await post.say("hello")
    post.adapter.faults.extend(Retry("slow down", 0.01) for _ in range(20))
    while not post.shown:
        await post.deliver()
        post.clock.forward(7200)
    row = await post.row()
    assert (row.state, row.attempts) == ("sent", 1)
    assert len(post.adapter.tried) == 21


async def test_a_slowed_address_holds_nobody_else(post: Post) -> None:
    post.adapter.faults_at[ANN] = Retry("slow down", 60)
    await post.say("for ann", ANN)
    for _ in range(10):
        await post.say("for ben", BEN)
    await post.deliver()
    assert post.shown == ["for ben"] * 10


async def test_a_slowed_platform_is_left_alone_and_holds_no_other(post: Post) -> None:
    other = MemoryAdapter(platform="other")
    post.adapter.faults.append(Retry("slow down", 60, everyone=True))
    await post.say("first", "1")
    async with post.at_work(other) as delivery:
        await post.adapter.until_tried(1)
        for number in range(20):
            await post.say("here", str(number))
            await post.say("there", str(number), platform="other")
        delivery.wake()
        await other.until_sent(20)
        assert len(post.adapter.tried) == 1


async def test_an_outage_of_the_platform_is_no_rows_fault(post: Post) -> None:
    for number in range(6):
        await post.say("hello", str(number))
        post.adapter.faults_at[str(number)] = Retry("not reached")
    post.adapter.door.clear()
    async with post.at_work() as delivery:
        await post.adapter.until_tried(6)
        post.adapter.door.set()
        await delivery.settle(5)
    assert sorted(row.attempts for row in await post.rows()) == [0, 0, 0, 0, 1, 1]


async def test_who_blocked_us_loses_the_subscription_not_the_others(post: Post) -> None:
    post.adapter.block(ANN)
    for number in range(3):
        await post.say(f"ann {number}", ANN)
        await post.say(f"ben {number}", BEN)
    await post.deliver()
    assert post.shown == ["ben 0", "ben 1", "ben 2"]
    assert len(post.adapter.tried) == 4
    states = await post.states()
    assert (states.count("failed"), states.count("sent")) == (3, 3)
    places = await post.store.read(lambda session: session.exec(select(Place)).all())
    assert {one.chat: (one.reachable, one.subscribed) for one in places} == {
        ANN: (False, False),
        BEN: (True, True),
    }


async def test_a_refused_message_leaves_the_person_reachable(post: Post) -> None:
    post.adapter.faults.append(Refused("too odd", gone=False))
    await post.say("odd")
    await post.say("fine")
    await post.deliver()
    assert post.shown == ["fine"]
    assert [(row.state, row.reason) for row in await post.rows()] == [
        ("failed", "too odd"),
        ("sent", ""),
    ]


async def test_a_moved_chat_gets_its_words_under_the_new_id(post: Post) -> None:
    post.adapter.faults.append(Refused("it has a new id", moved_to="-100"))
    await post.say("first", "-5")
    await post.say("second", "-5")
    await post.deliver()
    assert [(one.address.chat, one.text) for one in post.adapter.sent] == [
        ("-100", "first"),
        ("-100", "second"),
    ]


async def test_what_a_platform_cannot_do_fails_with_the_reason(post: Post) -> None:
    post.adapter.faults.append(Unsupported("no such thing here"))
    await post.say("hello")
    await post.deliver()
    row = await post.row()
    assert (row.state, row.reason) == ("failed", "no such thing here")


@pytest.mark.parametrize("rank", [Rank.RELAY, Rank.ANSWER])
async def test_a_lost_answer_is_said_again_once_after_a_grace(post: Post, rank: Rank) -> None:
    await post.say("hello", rank=rank)
    post.adapter.faults.extend([Unknown("lost"), Retry("busy", 0.01), Unknown("lost")])
    await post.deliver()
    assert await post.states() == ["pending"]
    post.clock.forward(GRACE - 1)
    await post.deliver()
    assert len(post.adapter.tried) == 1
    post.clock.forward(1)
    await post.deliver()
    post.clock.forward(1)
    await post.deliver()
    assert await post.states() == ["unknown"]
    post.clock.forward(3600)
    await post.deliver()
    assert post.shown == ["hello", "hello"]
    assert len({one.nonce for one in post.adapter.tried}) == 1


async def test_news_in_doubt_are_not_said_again(post: Post) -> None:
    await post.say("news", rank=Rank.ANNOUNCEMENT)
    await post.say("more news", rank=Rank.ANNOUNCEMENT)
    post.adapter.faults.append(Unknown("lost"))
    await post.deliver()
    assert await post.states() == ["unknown", "sent"]
    assert (await post.rows())[0].reason == outbox.NO_ANSWER


async def test_a_fault_of_the_adapter_is_retried_and_tells_nothing(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    post.adapter.faults.append(KeyError("the words of somebody"))
    await post.say("hello")
    await post.deliver()
    row = await post.row()
    assert (row.state, row.reason) == ("pending", "a fault of ours: KeyError")
    assert "KeyError" in caplog.text
    assert "somebody" not in caplog.text
    post.clock.forward(1)
    await post.deliver()
    assert post.shown == ["hello"]


@pytest.mark.alone
async def test_stopping_lets_arrive_what_is_on_its_way_and_starts_nothing(post: Post) -> None:
    for number in range(100):
        await post.say("hello", str(number))
    post.adapter.door.clear()
    async with post.at_work() as delivery:
        await post.adapter.until_tried(64)
        stopping = asyncio.create_task(delivery.stop())
        await asyncio.sleep(0.05)
        assert not stopping.done()
        post.adapter.door.set()
        async with asyncio.timeout(0.9):
            await stopping
    states = await post.states()
    assert (states.count("sent"), states.count("pending")) == (64, 36)
    assert len(post.shown) == 64


@pytest.mark.alone
async def test_stopping_waits_no_longer_than_its_grace_and_idles_meanwhile(post: Post) -> None:
    looks = 0

    def monotonic() -> float:
        nonlocal looks
        looks += 1
        return time.monotonic()

    await post.say("hello")
    post.adapter.limits = replace(FAST, per_second=10)
    post.adapter.door.clear()
    async with post.at_work(senders=2, monotonic=monotonic) as delivery:
        await post.adapter.until_tried(1)
        async with asyncio.timeout(2):
            await delivery.stop(grace=0.3)
    assert await post.states() == ["sending"]
    assert looks < 30


async def test_stopping_what_never_ran_is_nothing(post: Post) -> None:
    delivery = Delivery(post.store, {"memory": post.adapter}, post.clock, open_file=post.open_file)
    async with asyncio.timeout(10):
        await delivery.stop()
        await delivery.run()


async def test_a_crash_while_sending_is_resolved_by_class(post: Post) -> None:
    for number, rank in enumerate(Rank):
        await post.say(rank, str(number), rank)
    post.adapter.door.clear()
    async with post.at_work():
        await post.adapter.until_tried(3)
    assert await post.states() == ["sending"] * 3
    post.adapter.door.set()
    post.clock.forward(LEASE)
    await post.deliver()
    assert await post.states() == ["sent", "sent", "unknown"]
    assert sorted(post.shown) == [Rank.RELAY, Rank.ANSWER]


async def test_rows_of_a_process_that_died_are_found_while_another_works(post: Post) -> None:
    async with post.at_work(sweep=0.05) as delivery:
        await delivery.settle(5)
        post.adapter.account = "elsewhere"  # so that the claim below is somebody else's
        await post.say("hello")
        await post.claim()
        post.adapter.account = "desk"
        post.clock.forward(LEASE)
        await post.adapter.until_sent(1)


async def test_what_waits_for_somebody_who_left_fails_at_the_start(post: Post) -> None:
    await post.say("hello")
    await post.store.write(
        lambda session: session.exec(update(Place).values(reachable=False)).rowcount
    )
    await post.deliver()
    row = await post.row()
    assert (row.state, row.reason) == ("failed", "this address can no longer be reached")


async def test_a_crash_before_the_send_costs_nothing(post: Post) -> None:
    await post.say("hello")
    await post.claim()
    post.clock.forward(LEASE)
    await post.deliver()
    assert post.shown == ["hello"]


@pytest.mark.parametrize("honours", [True, False])
async def test_a_crash_after_the_send_repeats_only_where_no_key_is_known(
    post: Post, honours: bool
) -> None:
    post.adapter = MemoryAdapter(honours_keys=honours)
    await post.say("hello")
    (row,) = await post.claim()
    await post.adapter.send(row.outbound)
    post.clock.forward(LEASE)
    await post.deliver()
    assert post.shown == ["hello"] * (1 if honours else 2)
    assert await post.states() == ["sent"]


async def test_a_process_alone_resolves_its_doubt_at_the_start(
    sqlite_store: Store, clock: Clock
) -> None:
    post = Post(sqlite_store, clock)
    await post.say("hello")
    post.adapter.door.clear()
    async with post.at_work():
        await post.adapter.until_tried(1)
    post.adapter.door.set()
    await post.deliver()
    assert post.shown == ["hello"]


async def test_what_arrived_is_marked_once_the_database_works_again(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    def rename(old: str, new: str) -> Any:
        return lambda session: session.connection().execute(
            text(f"ALTER TABLE {old} RENAME TO {new}")
        )

    await post.say("hello private words")
    post.adapter.door.clear()
    async with post.at_work() as delivery:
        await post.adapter.until_tried(1)
        await post.store.write(rename("outbox", "away"))
        post.adapter.door.set()
        await post.adapter.until_sent(1)
        await asyncio.sleep(0.2)
        await post.store.write(rename("away", "outbox"))
        await delivery.settle(10)
    assert await post.states() == ["sent"]
    assert len(post.adapter.tried) == 1
    assert "out of order" in caplog.text
    assert "private words" not in caplog.text


async def test_silence_costs_at_most_a_look_a_second(post: Post) -> None:
    asked: list[str] = []

    def note(_c: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
        if "SELECT" in sql and "outbox" in sql:
            asked.append(sql)

    await post.say("hello")
    async with post.at_work() as delivery:
        await delivery.settle(5)
        event.listen(post.store.engine, "before_cursor_execute", note)
        await asyncio.sleep(2.2)
        event.remove(post.store.engine, "before_cursor_execute", note)
    assert 1 <= len(asked) <= 3


async def test_settling_gives_up_in_time(post: Post) -> None:
    await post.say("hello")
    post.adapter.door.clear()
    async with post.at_work() as delivery:
        with pytest.raises(TimeoutError):
            await delivery.settle(0.1)


async def test_a_desk_without_platforms_has_nothing_to_send(post: Post) -> None:
    delivery = Delivery(post.store, {}, post.clock, open_file=post.open_file)
    async with asyncio.timeout(10):
        await delivery.run()
        await delivery.settle()
        await delivery.stop()
