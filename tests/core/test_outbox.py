"""Rows on their way: who goes when, who owns them, and what becomes of them."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from core import outbox
from core.limits import Limits
from core.messages import Address, Choice, Reply
from core.models import Contact, Place, Rank, Sending, SendState, Ticket, row_id
from core.outbox import Claimed
from core.store import Store
from tests.conftest import Clock

LIMITS = Limits(text=100)
LEASE = timedelta(seconds=90)
YES, NO = Choice("Yes", "asked:1:yes"), Choice("No", "asked:1:no")


class Box:
    """The outbox of a desk with one platform."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock
        self._count = 0

    async def place(self, chat: str = "1001", **more: Any) -> int:
        fields = {"platform": "memory", "account": "desk", "chat": chat, "sender": chat} | more

        def add(session: Session) -> int:
            place = Place(created_at=self.clock.now, **fields)
            session.add(place)
            session.flush()
            return row_id(place.id)

        return await self.store.write(add)

    async def say(
        self,
        place: int,
        text: str,
        rank: Rank = Rank.ANSWER,
        *,
        cause: str = "",
        reply: Reply | None = None,
        limits: Limits = LIMITS,
        **more: Any,
    ) -> None:
        self._count += 1
        await self.store.write(
            partial(
                outbox.enqueue, place_id=place, cause=cause or f"in:{self._count}/0",
                reply=reply or Reply(text), limits=limits, now=self.clock.now, rank=rank, **more,
            )
        )  # fmt: skip

    async def claim(self, count: int = 10, **more: Any) -> list[Claimed]:
        asked = {"platform": "memory", "account": "desk"} | more
        return await self.store.write(
            partial(outbox.claim, count=count, now=self.clock.now, lease=LEASE, **asked)
        )

    async def claim_one(self) -> Claimed:
        (one,) = await self.claim()
        return one

    async def mark(self, mark: Callable[..., object], row: Claimed, **more: Any) -> None:
        await self.store.write(partial(mark, row=row.id, fence=row.fence, **more))

    async def sent(self, *rows: Claimed) -> None:
        marks = [(row.id, row.fence, f"id{row.id}") for row in rows]
        await self.store.write(partial(outbox.mark_sent, sent=marks, now=self.clock.now))

    async def resolve(self, **more: Any) -> int:
        return await self.store.write(partial(outbox.resolve_doubt, now=self.clock.now, **more))

    async def rows(self) -> Sequence[Sending]:
        return await self.store.read(
            lambda session: session.exec(select(Sending).order_by(col(Sending.id))).all()
        )

    async def states(self) -> dict[str, str]:
        return {row.text: row.state for row in await self.rows()}

    async def get(self, place: int) -> Place:
        return await self.store.read(lambda session: session.get_one(Place, place))


@pytest.fixture
def box(store: Store, clock: Clock) -> Box:
    return Box(store, clock)


def texts(claimed: Sequence[Claimed]) -> list[str]:
    return [one.outbound.text for one in claimed]


async def test_a_reply_is_a_row_until_somebody_claims_it(box: Box) -> None:
    place = await box.place(thread="7")
    reply = Reply("Words", "Title", (YES, NO), columns=2)
    await box.say(place, "", reply=reply, reply_to="in5")
    (row,) = await box.rows()
    assert (row.state, row.platform, row.created_at) == ("pending", "memory", box.clock.now)
    claimed = await box.claim_one()
    said = claimed.outbound
    assert said.address == Address("memory", "desk", "1001", "7")
    assert (said.text, said.title, said.choices) == ("Words", "Title", (YES, NO))
    assert (said.columns, said.reply_to) == (2, "in5")
    assert (claimed.rank, claimed.attempts, claimed.part) == (Rank.ANSWER, 1, 0)
    assert (claimed.id, claimed.place_id, claimed.doubted) == (row.id, place, False)
    (row,) = await box.rows()
    assert (row.state, row.fence, row.lease_until) == ("sending", 1, box.clock.now + LEASE)


async def test_the_same_cause_is_said_once_at_each_address(box: Box) -> None:
    first, second = await box.place("1001"), await box.place("1002")
    for _ in range(2):
        await box.say(first, "a" * 250, cause="news:1")
        await box.say(second, "b", cause="news:1")
    assert [(row.address_id, row.part) for row in await box.rows()] == [
        (first, 0),
        (first, 1),
        (first, 2),
        (second, 0),
    ]


async def test_the_ticket_of_a_message_is_kept_with_every_part(box: Box) -> None:
    now = box.clock.now

    def open_ticket(session: Session) -> int:
        contact = Contact(created_at=now)
        session.add(contact)
        session.flush()
        ticket = Ticket(
            contact_id=row_id(contact.id), subject="", audience="", description="", language="en",
            created_at=now, due_at=now,
        )  # fmt: skip
        session.add(ticket)
        session.flush()
        return row_id(ticket.id)

    number = await box.store.write(open_ticket)
    await box.say(await box.place(), "x" * 150, ticket_id=number)
    assert [row.ticket_id for row in await box.rows()] == [number, number]


async def test_a_long_text_goes_in_order_with_a_key_for_each_part(box: Box) -> None:
    text = " ".join(f"word{number}" for number in range(60))
    reply = Reply(text, "Title", (YES, NO))
    await box.say(await box.place(), "", reply=reply, reply_to="in5")
    said = []
    while claimed := await box.claim():
        said += claimed
        await box.sent(*claimed)
    assert [one.part for one in said] == list(range(len(said)))
    assert "".join(texts(said)).replace(" ", "") == text.replace(" ", "")
    assert all(len(one.outbound.title + one.outbound.text) < 100 for one in said)
    assert [one.outbound.choices for one in said] == [()] * (len(said) - 1) + [(YES, NO)]
    assert [one.outbound.title for one in said] == ["Title"] + [""] * (len(said) - 1)
    assert [one.outbound.reply_to for one in said] == ["in5"] + [""] * (len(said) - 1)
    keys = {one.outbound.nonce for one in said}
    assert len(keys) == len(said) > 3
    assert all(0 < len(key) <= 25 for key in keys)


async def test_wide_characters_count_as_the_platform_counts_them(box: Box) -> None:
    waves = "\N{WAVING HAND SIGN}" * 60
    await box.say(await box.place(), waves, limits=replace(LIMITS, utf16=True))
    await box.say(await box.place("1002"), waves)
    assert [len(row.text) for row in await box.rows() if row.address_id == 1] == [50, 10]
    assert [len(row.text) for row in await box.rows() if row.address_id == 2] == [60]


@pytest.mark.parametrize("title", ["x" * 49, "x" * 98, "x" * 99, "x" * 300])
async def test_a_title_never_makes_a_part_too_long(box: Box, title: str) -> None:
    await box.say(await box.place(), "", reply=Reply("y" * 90, title))
    rows = await box.rows()
    assert all(len(row.title) + len(row.text) + 2 * bool(row.title) <= 100 for row in rows)
    said = "".join(row.title + row.text for row in rows)
    assert (said.count("x"), said.count("y")) == (len(title), 90)


async def test_without_buttons_choices_are_a_numbered_list(box: Box) -> None:
    limits = replace(LIMITS, buttons=False)
    await box.say(await box.place(), "", reply=Reply("Well?", choices=(YES, NO)), limits=limits)
    await box.say(await box.place("1002"), "", reply=Reply("", choices=(YES,)), limits=limits)
    rows = await box.rows()
    assert [row.text for row in rows] == ["Well?\n\n1  Yes\n2  No", "1  Yes"]
    assert [row.choices for row in rows] == [[], []]


async def test_choices_beyond_the_limit_are_numbered_on(box: Box) -> None:
    choices = tuple(Choice(f"Label {n}", f"value:{n}") for n in range(1, 5))
    limits = replace(LIMITS, choices=2)
    await box.say(await box.place(), "", reply=Reply("Which?", choices=choices), limits=limits)
    (row,) = await box.rows()
    assert row.text == "Which?\n\n3  Label 3\n4  Label 4"
    assert row.choices == [["Label 1", "value:1"], ["Label 2", "value:2"]]


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("Exactly 10", "Exactly 10"),
        ("Exactly 11!", "Exactly 1…"),
        ("family 👩‍👩‍👧👩‍👩‍👧", "family…"),
        ("cafe\u0301 au lait", "cafe\u0301 au…"),
    ],
)
async def test_a_long_label_ends_between_two_characters(box: Box, label: str, shown: str) -> None:
    reply = Reply("Which?", choices=(Choice(label, "value"),))
    await box.say(await box.place(), "", reply=reply, limits=replace(LIMITS, label=10))
    assert (await box.rows())[0].choices == [[shown, "value"]]


async def test_a_reply_of_nothing_but_blanks_is_one_empty_part(box: Box) -> None:
    await box.say(await box.place(), " " * 500)
    assert [row.text for row in await box.rows()] == [""]


async def test_a_lane_goes_one_row_at_a_time_in_order(box: Box) -> None:
    ann, ben = await box.place("1001"), await box.place("1002")
    for number in range(3):
        await box.say(ann, f"ann {number}")
        await box.say(ben, f"ben {number}")
    for number in range(3):
        claimed = await box.claim()
        assert texts(claimed) == [f"ann {number}", f"ben {number}"]
        assert await box.claim() == []
        await box.sent(*claimed)
    assert await box.claim() == []


async def test_the_most_urgent_go_first(box: Box) -> None:
    places = [await box.place(str(number)) for number in range(6)]
    ranks = (Rank.ANNOUNCEMENT, Rank.ANSWER, Rank.RELAY) * 2
    for number, (place, rank) in enumerate(zip(places, ranks, strict=True)):
        await box.say(place, f"{rank} {number}", rank)
    assert texts(await box.claim(3)) == ["1 relay 2", "1 relay 5", "2 answer 1"]
    assert texts(await box.claim(9)) == ["2 answer 4", "3 announcement 0", "3 announcement 3"]


async def test_what_is_urgent_overtakes_in_its_own_lane_too(box: Box) -> None:
    place = await box.place()
    for rank in (Rank.ANNOUNCEMENT, Rank.ANSWER, Rank.RELAY):
        await box.say(place, rank, rank)
    said = []
    while claimed := await box.claim():
        said += texts(claimed)
        await box.sent(*claimed)
    assert said == [Rank.RELAY, Rank.ANSWER, Rank.ANNOUNCEMENT]


async def test_nothing_overtakes_what_is_being_sent(box: Box) -> None:
    place = await box.place()
    await box.say(place, "slow answer")
    claimed = await box.claim_one()
    await box.say(place, "relay", Rank.RELAY)
    assert await box.claim() == []
    await box.sent(claimed)
    assert texts(await box.claim()) == ["relay"]


async def test_a_row_that_waits_holds_its_lane_but_nothing_more_urgent(box: Box) -> None:
    place = await box.place()
    await box.say(place, "first")
    await box.say(place, "second")
    later = box.clock.now + timedelta(seconds=60)
    await box.mark(outbox.mark_retry, await box.claim_one(), reason="later", not_before=later)
    assert await box.claim() == []
    await box.say(place, "relay", Rank.RELAY)
    relay = await box.claim_one()
    assert relay.outbound.text == "relay"
    await box.sent(relay)
    box.clock.forward(59)
    assert await box.claim() == []
    box.clock.forward(1)
    again = await box.claim_one()
    assert (again.outbound.text, again.attempts, again.fence) == ("first", 2, 2)


async def test_only_what_can_be_reached_from_here_is_claimed(box: Box) -> None:
    await box.say(await box.place("1001"), "here")
    await box.say(await box.place("1002", platform="other"), "on another platform")
    await box.say(await box.place("1003", account="old"), "from another account")
    await box.say(await box.place("1004", reachable=False), "to somebody who shut us out")
    assert texts(await box.claim()) == ["here"]
    assert texts(await box.claim(account="old")) == ["from another account"]


async def test_waiting_addresses_are_passed_over(box: Box) -> None:
    ann, ben = await box.place("1001"), await box.place("1002")
    await box.say(ann, "ann")
    await box.say(ben, "ben")
    assert texts(await box.claim(1, waiting={ann, 99})) == ["ben"]
    assert await box.claim(waiting={ann}) == []
    assert await box.claim(groups={"1001"}) == []
    assert texts(await box.claim(groups={"1002"})) == ["ann"]


async def test_where_little_is_left_histories_wait(box: Box) -> None:
    ann, ben = await box.place("1001"), await box.place("1002")
    await box.say(ann, "history", cause="ticket:7/card")
    await box.say(ben, "a word", cause="ticket:8/9")
    assert texts(await box.claim(short={"1001", "1002"})) == ["a word"]
    assert texts(await box.claim(short={"1002"})) == ["history"]


async def test_busy_is_what_is_on_its_way_or_could_be(box: Box) -> None:
    async def busy(account: str = "desk") -> bool:
        return await box.store.read(
            partial(outbox.is_busy, platform="memory", account=account, now=box.clock.now)
        )

    assert not await busy()
    await box.say(await box.place(), "hello")
    assert await busy()
    assert not await busy("another")
    claimed = await box.claim_one()
    assert await busy()
    assert not await busy("another")
    await box.mark(outbox.mark_retry, claimed, reason="", not_before=box.clock.now + LEASE)
    assert not await busy()
    box.clock.forward(LEASE.total_seconds())
    assert await busy()


async def test_claims_at_once_never_share_a_row_or_a_lane(box: Box) -> None:
    places = [await box.place(str(number)) for number in range(20)]
    for number in range(60):
        await box.say(places[number % 20], str(number))
    said: list[str] = []
    while True:
        rounds = await asyncio.gather(*(box.claim(3) for _ in range(8)))
        claimed = [one for claims in rounds for one in claims]
        if not claimed:
            break
        assert len({one.id for one in claimed}) == len({one.place_id for one in claimed})
        assert len({one.id for one in claimed}) == len(claimed)
        said += texts(claimed)
        await box.sent(*claimed)
    assert sorted(said, key=int) == [str(number) for number in range(60)]


async def test_sent_rows_keep_the_platforms_id(box: Box) -> None:
    await box.say(await box.place(), "hello")
    claimed = await box.claim_one()
    box.clock.forward(1)
    await box.sent(claimed)
    (row,) = await box.rows()
    assert (row.state, row.platform_id) == ("sent", f"id{claimed.id}")
    assert (row.sent_at, row.lease_until, row.reason) == (box.clock.now, None, "")


@pytest.mark.parametrize(
    ("mark", "more"),
    [
        (outbox.mark_failed, {"reason": "late"}),
        (outbox.mark_gone, {"reason": "late"}),
        (outbox.mark_unknown, {}),
        (outbox.mark_moved, {"chat": "2002"}),
    ],
)
async def test_a_late_mark_changes_nothing(
    box: Box, mark: Callable[..., object], more: dict[str, str]
) -> None:
    place = await box.place()
    await box.say(place, "hello")
    asleep = await box.claim_one()
    box.clock.forward(LEASE.total_seconds())
    assert await box.resolve() == 1
    awake = await box.claim_one()
    extra = {"now": box.clock.now} if mark is outbox.mark_moved else {}
    await box.mark(mark, asleep, **more, **extra)
    await box.mark(outbox.mark_retry, asleep, reason="late", not_before=box.clock.now)
    await box.sent(asleep)
    (row,) = await box.rows()
    assert (row.state, row.fence, row.platform_id) == ("sending", awake.fence, "")
    kept = await box.get(place)
    assert (kept.reachable, kept.chat) == (True, "1001")
    await box.sent(awake)
    assert await box.states() == {"hello": "sent"}


async def test_a_mark_after_the_lease_counts_while_nobody_took_over(box: Box) -> None:
    await box.say(await box.place(), "hello")
    claimed = await box.claim_one()
    box.clock.forward(LEASE.total_seconds())
    await box.resolve()
    await box.sent(claimed)
    assert await box.states() == {"hello": "sent"}


async def test_time_that_the_platform_asked_for_is_no_failed_try(box: Box) -> None:
    await box.say(await box.place(), "hello")
    for _ in range(3):
        claimed = await box.claim_one()
        assert claimed.attempts == 1
        await box.mark(
            outbox.mark_retry, claimed, reason="asked", not_before=box.clock.now, counts=False
        )


def test_waits_grow_to_ten_minutes_then_to_an_hour_and_end_after_a_day() -> None:
    young, old = timedelta(hours=23), timedelta(hours=24)
    waits = [outbox.next_wait(attempt, young) for attempt in range(1, 12)]
    seconds = [wait.total_seconds() for wait in waits if wait]
    assert seconds == sorted(seconds)
    assert seconds[0] == 1
    assert max(seconds[:8]) == 600
    assert seconds[8:] == [3600] * 3
    assert outbox.next_wait(8, old) == timedelta(minutes=10)
    assert outbox.next_wait(9, old) is None


async def test_who_is_gone_loses_the_subscription_and_what_still_waited(box: Box) -> None:
    ann, ben = await box.place("1001", subscribed=True), await box.place("1002", subscribed=True)
    for rank in (Rank.RELAY, Rank.ANSWER, Rank.ANNOUNCEMENT):
        await box.say(ann, f"ann {rank}", rank)
    await box.say(ben, "ben")
    first, _ = await box.claim()
    await box.mark(outbox.mark_gone, first, reason="the person blocked us")
    gone, other = await box.get(ann), await box.get(ben)
    assert (gone.reachable, gone.subscribed) == (False, False)
    assert (other.reachable, other.subscribed) == (True, True)
    rows = [(row.state, row.reason) for row in await box.rows() if row.address_id == ann]
    assert rows == [("failed", "the person blocked us")] * 3
    assert (await box.states())["ben"] == "sending"


async def test_what_is_put_on_its_way_to_somebody_gone_fails_visibly(box: Box) -> None:
    await box.say(await box.place(reachable=False), "for nobody")
    await box.say(await box.place("1002"), "for somebody")
    assert await box.store.write(outbox.fail_unreachable) == 1
    assert await box.states() == {"for nobody": "failed", "for somebody": "pending"}
    assert (await box.rows())[0].reason


async def test_a_chat_with_a_new_id_is_written_to_there(box: Box) -> None:
    place = await box.place("-5", subscribed=True)
    await box.say(place, "first")
    await box.say(place, "second")
    await box.mark(outbox.mark_moved, await box.claim_one(), chat="-100", now=box.clock.now)
    claimed = await box.claim_one()
    assert (claimed.outbound.text, claimed.outbound.address.chat) == ("first", "-100")
    moved = await box.get(place)
    assert (moved.chat, moved.reachable, moved.subscribed) == ("-100", True, True)


async def test_a_chat_whose_new_id_is_known_is_folded_into_it(box: Box) -> None:
    old, new = await box.place("-5", subscribed=True), await box.place("-100")
    await box.place("-100", platform="other")
    await box.say(old, "first")
    await box.say(old, "news", Rank.ANNOUNCEMENT, cause="news:1")
    await box.say(new, "news", Rank.ANNOUNCEMENT, cause="news:1")
    await box.say(old, "second")
    claimed = await box.claim(1)
    await box.mark(outbox.mark_moved, claimed[0], chat="-100", now=box.clock.now)
    said = []
    while claimed := await box.claim():
        said += [(one.outbound.address.chat, one.outbound.text) for one in claimed]
        await box.sent(*claimed)
    assert said == [("-100", "first"), ("-100", "second"), ("-100", "news")]
    left = [row for row in await box.rows() if row.address_id == old]
    assert [(row.text, row.state) for row in left] == [("news", "failed")]
    shut = await box.get(old)
    assert (shut.reachable, shut.subscribed) == (False, False)


async def test_a_chat_that_replaces_itself_is_not_tried_for_ever(box: Box) -> None:
    await box.say(await box.place("-5"), "hello")
    await box.mark(outbox.mark_moved, await box.claim_one(), chat="-5", now=box.clock.now)
    assert await box.states() == {"hello": "failed"}


async def test_doubt_is_resolved_by_class_when_the_lease_ends(box: Box) -> None:
    for number, rank in enumerate(Rank):
        await box.say(await box.place(str(number)), rank, rank)
    before = await box.claim()
    box.clock.forward(LEASE.total_seconds() - 1)
    assert await box.resolve() == 0
    box.clock.forward(1)
    assert await box.resolve() == 3
    again = await box.claim()
    assert texts(again) == [Rank.RELAY, Rank.ANSWER]
    assert [one.outbound.nonce for one in again] == [one.outbound.nonce for one in before[:2]]
    assert (await box.states())[Rank.ANNOUNCEMENT] == SendState.UNKNOWN
    assert all(row.reason for row in await box.rows())


async def test_a_process_alone_need_not_wait_for_leases(box: Box) -> None:
    await box.say(await box.place(), "hello")
    await box.claim()
    assert await box.resolve(everything=True) == 1
    assert texts(await box.claim()) == ["hello"]


async def test_an_operator_can_try_again(box: Box) -> None:
    marks: list[Callable[..., object]] = [outbox.mark_failed, outbox.mark_unknown]
    for number, mark in enumerate([*marks, outbox.mark_failed]):
        await box.say(await box.place(str(number)), f"text {number}")
        more = {"reason": "no"} if mark is outbox.mark_failed else {}
        await box.mark(mark, await box.claim_one(), **more)
    await box.say(await box.place("4"), "sent already")
    await box.sent(await box.claim_one())

    async def retry(ids: list[int] | None) -> int:
        return await box.store.write(partial(outbox.retry, ids=ids, now=box.clock.now))

    assert await retry([1, 4]) == 1
    assert [(one.outbound.text, one.attempts) for one in await box.claim()] == [("text 0", 1)]
    assert await retry(None) == 2
    assert texts(await box.claim()) == ["text 1", "text 2"]


async def test_an_operators_list_shows_nobodys_words(box: Box) -> None:
    for number in range(3):
        await box.say(await box.place(str(number)), "private words")
    first, second, _ = await box.claim()
    await box.mark(outbox.mark_failed, first, reason="blocked")
    await box.mark(outbox.mark_unknown, second)

    async def listed(*states: SendState, limit: int = 10) -> list[outbox.Listed]:
        return await box.store.read(
            partial(outbox.list_rows, states=states, limit=limit)
        )  # fmt: skip

    unknown, failed = await listed(SendState.FAILED, SendState.UNKNOWN)
    assert (failed.id, failed.platform, failed.chat) == (first.id, "memory", "0")
    assert (failed.state, failed.attempts, failed.reason) == ("failed", 1, "blocked")
    assert unknown.reason == outbox.NO_ANSWER
    assert "private words" not in str([unknown, failed])
    assert await listed(SendState.FAILED, SendState.UNKNOWN, limit=1) == [unknown]
    assert [one.state for one in await listed(SendState.SENDING)] == ["sending"]


async def test_a_reason_is_one_line_that_any_database_takes(box: Box) -> None:
    await box.say(await box.place(), "hello")
    await box.mark(outbox.mark_failed, await box.claim_one(), reason="bad\0\ud800\nnews " * 100)
    (row,) = await box.rows()
    assert row.reason.startswith("bad")
    assert len(row.reason) <= 200
    assert "\n" not in row.reason


async def test_a_claim_finds_its_rows_by_index_however_many_were_sent(
    sqlite_store: Store, clock: Clock
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, values: Any, _x: Any, _many: bool) -> None:
        asked.append((sql, values))

    def plan(session: Session) -> list[str]:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        outbox.claim(session, "memory", "desk", 8, clock.now, LEASE, waiting=[1, 2])
        sql, values = asked[-1]
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]

    steps = await sqlite_store.read(plan)
    assert any(
        "outbox USING INDEX ix_outbox_todo (platform=? AND rank<?)" in step for step in steps
    )
    assert any(
        "ahead USING INDEX ix_outbox_lane (address_id=? AND rank>?)" in step for step in steps
    )
    assert not any("SCAN outbox" in step or "B-TREE" in step for step in steps)
