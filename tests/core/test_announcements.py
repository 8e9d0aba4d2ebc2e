"""The statements of an announcement, on both databases."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select, update

from core import outbox, staff
from core.announcements import changes, drafts, life, readers
from core.announcements.fanout import fan_out
from core.announcements.figures import delivered, figures, in_public, reasons
from core.announcements.life import Press
from core.announcements.newsroom import keep_places
from core.announcements.wording import seconds_for
from core.attachments.rows import stored_among
from core.i18n import Languages
from core.limits import Limits, Window
from core.messages import Address
from core.models import (
    Act,
    Announcement,
    Contact,
    NewsState,
    Place,
    Role,
    Sending,
    SendState,
    Staff,
    row_id,
)
from core.pack import read_pack
from core.store import Store
from tests.conftest import Clock
from tests.dialogs.talk import PACK

T = TypeVar("T")
LIMITS = Limits(text=100, edits=True, withdraws=True)
DUMB = Limits(text=100)


class Newsdesk:
    """Ann and Ben on `one`, Cat on `two`; Ben speaks German."""

    def __init__(self, store: Store, clock: Clock, languages: Languages) -> None:
        self.store = store
        self.clock = clock
        limits = {"one": LIMITS, "two": DUMB}
        self.press = Press(read_pack(PACK), languages, limits)

    async def fill(self) -> None:
        def add(session: Session) -> None:
            people = ("ann", "en", "one"), ("ben", "de", "one"), ("cat", "fr", "two")
            for name, language, platform in people:
                contact = Contact(name=name, language=language, created_at=self.clock.now)
                session.add(contact)
                session.flush()
                session.add(
                    Place(contact_id=contact.id, platform=platform, account="desk", chat=name,
                          sender=name, subscribed=True, created_at=self.clock.now)
                )  # fmt: skip

        await self.store.write(add)

    async def publish(self, english: str = "Hi", german: str = "Hallo", **fields: object) -> None:
        def do(session: Session) -> None:
            news = drafts.begin(session, None, self.clock.now)
            news.sqlmodel_update(fields)
            drafts.write(session, news, "en", english)
            drafts.write(session, news, "de", german)
            assert life.confirm(session, news, self.press, self.clock.now)

        await self.store.write(do)

    async def does(self, act: Callable[[Session, Announcement], T]) -> T:
        return await self.store.write(
            lambda session: act(session, session.get_one(Announcement, 1))
        )

    async def rows(self) -> list[Sending]:
        query = select(Sending).order_by(col(Sending.id))
        return await self.store.read(lambda session: list(session.exec(query)))

    async def deliver(self) -> None:
        """All that waits arrives."""
        sent = {"state": SendState.SENT.value, "platform_id": "p", "sent_at": self.clock.now}
        waiting = col(Sending.state) == SendState.PENDING
        await self.store.write(
            lambda session: session.exec(update(Sending).where(waiting).values(sent))
        )


@pytest.fixture
async def desk(store: Store, clock: Clock, languages: Languages) -> Newsdesk:
    made = Newsdesk(store, clock, languages)
    await made.fill()
    return made


async def test_everybody_gets_it_once_in_their_language(desk: Newsdesk) -> None:
    await desk.publish()
    said = [(row.platform, row.text.split("\n")[0], bool(row.choices)) for row in await desk.rows()]
    assert sorted(said) == [("one", "Hallo", True), ("one", "Hi", True), ("two", "Hi", True)]
    await desk.does(
        lambda session, news: fan_out(
            session, news, desk.press.pack, desk.press.languages, desk.press.limits, desk.clock.now
        )
    )
    assert len(await desk.rows()) == 3


async def test_parts_keep_their_order_in_each_lane(desk: Newsdesk) -> None:
    await desk.publish("word " * 60, "Wort " * 30)
    lanes: dict[int, list[int]] = {}
    for row in await desk.rows():
        lanes.setdefault(row.address_id, []).append(row.part)
    assert sorted(map(len, lanes.values())) == [2, 3, 3]
    assert all(parts == sorted(parts) for parts in lanes.values())
    counted = await desk.does(figures)
    assert (counted.all, counted.left, counted.sends_left) == (3, 3, {"one": 5, "two": 3})


async def test_pausing_holds_and_going_on_lets_go_but_for_those_who_left(desk: Newsdesk) -> None:
    await desk.publish()
    assert await desk.does(lambda session, news: life.pause(session, news))
    assert not await desk.does(lambda session, news: life.pause(session, news))
    assert {row.state for row in await desk.rows()} == {SendState.HELD}

    def leave(session: Session, _news: Announcement) -> None:
        place = session.exec(select(Place).where(Place.chat == "ann")).one()
        readers.unsubscribe(session, place)
        other = session.exec(select(Place).where(Place.chat == "ben")).one()
        other.subscribed = False  # as when they shut us out
        session.add_all([place, other])

    await desk.does(leave)
    assert await desk.does(
        lambda session, news: life.resume(session, news, desk.press, desk.clock.now)
    )
    states = Counter(row.state for row in await desk.rows())
    assert states == {SendState.ENDED: 2, SendState.PENDING: 1}
    assert await desk.does(reasons) == {outbox.UNWANTED: 2}


async def test_what_was_going_to_somebody_who_left_goes_once_or_not_at_all(desk: Newsdesk) -> None:
    await desk.publish()
    now, lease = desk.clock.now, timedelta(minutes=1)
    first, second = await desk.store.write(
        lambda session: outbox.claim(session, "one", "desk", 2, now, lease)
    )

    def leave(session: Session) -> None:
        for place in session.exec(select(Place).where(Place.platform == "one")):
            readers.unsubscribe(session, place)
            session.add(place)

    def hear(session: Session) -> None:
        outbox.mark_sent(session, [(first.id, first.fence, "p")], now)
        outbox.mark_retry(session, second.id, second.fence, "asked for time", now, counts=False)

    await desk.store.write(leave)
    await desk.store.write(hear)
    rows = {row.id: (row.state, row.reason) for row in await desk.rows() if row.platform == "one"}
    assert rows == {first.id: (SendState.SENT, ""), second.id: (SendState.ENDED, outbox.UNWANTED)}


async def test_trying_again_leaves_those_in_peace_who_have_left(desk: Newsdesk) -> None:
    places = {"two": Address("two", "desk", "channel")}
    await desk.store.write(lambda session: keep_places(session, places, desk.clock.now))
    await desk.publish(public=["two"])

    def lose(session: Session) -> int:
        session.exec(update(Sending).values(state=SendState.UNKNOWN.value))
        ann = session.exec(select(Place).where(Place.chat == "ann")).one()
        readers.unsubscribe(session, ann)
        session.add(ann)
        session.flush()
        return outbox.retry(session, None, desk.clock.now)

    assert await desk.store.write(lose) == 3
    assert [row.state for row in await desk.rows() if row.text == "Hi" and row.choices] == [
        SendState.UNKNOWN, SendState.PENDING
    ]  # fmt: skip


async def test_cancelling_ends_what_waits_and_a_retry_does_not_bring_it_back(
    desk: Newsdesk,
) -> None:
    await desk.publish()
    assert await desk.does(lambda session, news: life.cancel(session, news, desk.clock.now))
    await desk.store.write(lambda session: outbox.retry(session, None, desk.clock.now))
    assert {row.state for row in await desk.rows()} == {SendState.ENDED}
    assert not await desk.does(
        lambda session, news: life.resume(session, news, desk.press, desk.clock.now)
    )


async def test_cancelled_it_does_not_reach_a_public_place_later(desk: Newsdesk) -> None:
    places = {"two": Address("two", "desk", "channel")}
    await desk.store.write(lambda session: keep_places(session, places, desk.clock.now))
    await desk.publish(public=["two"])

    async def state() -> str:
        return (await desk.does(in_public))["two"]

    assert await desk.does(lambda session, news: life.pause(session, news))
    assert await state() == SendState.HELD
    assert await desk.does(
        lambda session, news: life.resume(session, news, desk.press, desk.clock.now)
    )
    assert await state() == SendState.PENDING
    assert await desk.does(lambda session, news: life.cancel(session, news, desk.clock.now))
    assert await state() == SendState.ENDED


async def test_what_was_called_off_is_not_sent_by_trying_again(desk: Newsdesk) -> None:
    await desk.publish()
    await over(desk)

    def lose(session: Session, news: Announcement) -> int:
        session.exec(update(Sending).values(state=SendState.FAILED.value))
        changes.withdraw(session, news, desk.press.limits, desk.clock.now)
        return outbox.retry(session, None, desk.clock.now)

    assert await desk.does(lose) == 0


async def test_quiet_hours_that_begin_while_it_runs_are_kept(desk: Newsdesk) -> None:
    """It is eleven in the morning there; a part that was read is followed by the next."""
    await desk.publish("word " * 30, "Wort " * 30)

    def want_quiet(session: Session, _news: Announcement) -> None:
        for place in session.exec(select(Place).where(Place.platform == "one")):
            readers.be_quiet(session, place, 12, 14)

    await desk.does(want_quiet)
    now, lease = desk.clock.now, timedelta(hours=2)
    [begun] = await desk.store.write(
        lambda session: outbox.claim(session, "one", "desk", 1, now, lease)
    )
    desk.clock.forward(3600)
    await desk.does(
        lambda session, news: life.let_go(session, news, desk.press.pack, desk.clock.now)
    )
    rows = [row for row in await desk.rows() if row.platform == "one"]
    theirs = [row.state for row in rows if row.address_id == begun.place_id]
    assert theirs == [SendState.SENDING, SendState.PENDING]
    end = now + timedelta(hours=3)
    others = [(row.state, row.not_before) for row in rows if row.address_id != begun.place_id]
    assert others == [(SendState.HELD, end), (SendState.HELD, end)]
    desk.clock.forward(7200)
    await desk.does(
        lambda session, news: life.let_go(session, news, desk.press.pack, desk.clock.now)
    )
    assert SendState.HELD not in {row.state for row in await desk.rows()}


async def test_what_is_scheduled_is_published_once_when_due(desk: Newsdesk) -> None:
    await desk.publish(at=desk.clock.now + timedelta(hours=1))
    assert await desk.rows() == []
    desk.clock.forward(3600)
    due = [
        await desk.store.write(
            lambda session: life.publish_due(session, desk.press, desk.clock.now)
        )
        for _ in range(2)
    ]
    assert due == [1, 0]
    assert len(await desk.rows()) == 3


async def test_on_sqlite_an_audience_is_read_in_order_and_not_sorted(
    sqlite_store: Store, clock: Clock, languages: Languages
) -> None:
    desk = Newsdesk(sqlite_store, clock, languages)
    await desk.fill()
    asked: list[tuple[str, Any]] = []

    def note(_c: Any, _cursor: Any, sql: str, values: Any, _x: Any, _many: bool) -> None:
        if "FROM address" in sql:
            asked.append((sql, values))

    def plans(session: Session) -> list[list[str]]:
        connection = session.connection()
        return [
            [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]
            for sql, values in list(asked)
        ]

    event.listen(desk.store.engine, "before_cursor_execute", note)
    await desk.publish(platforms=["one", "two"])
    counting, *inserting = await desk.store.read(plans)
    assert counting[0].startswith("SCAN address")
    assert len(inserting) == 3
    for steps in inserting:
        assert steps[0].startswith("SCAN address")
        assert not any("B-TREE" in step for step in steps)


async def over(desk: Newsdesk) -> None:
    await desk.deliver()
    await desk.does(
        lambda session, news: life.move(
            session, news, life.UNDER_WAY, NewsState.DONE, ended_at=desk.clock.now
        )
    )


async def test_corrections_change_each_part_and_say_where_they_cannot(desk: Newsdesk) -> None:
    await desk.publish("word " * 30, "kurz")
    await over(desk)

    def correct(session: Session, news: Announcement) -> list[str]:
        drafts.write(session, news, "en", "short")
        drafts.write(session, news, "de", "lang " * 30)
        return changes.correct(session, news, desk.press, desk.clock.now)

    assert await desk.does(correct) == ["two"]
    new = [row for row in await desk.rows() if row.cause == "news:1/1"]
    acts = sorted((row.act, row.part, row.text[:5]) for row in new)
    assert acts == [
        (Act.EDIT, 0, "lang "),
        (Act.EDIT, 0, "short"),
        (Act.SAY, 1, "lang "),
        (Act.WITHDRAW, 1, ""),
    ]
    assert {row.platform for row in new} == {"one"}


async def test_a_correction_says_nothing_new_to_those_who_have_left(desk: Newsdesk) -> None:
    await desk.publish()
    await over(desk)

    def correct(session: Session, news: Announcement) -> None:
        readers.unsubscribe(session, session.exec(select(Place).where(Place.chat == "ann")).one())
        session.flush()
        drafts.write(session, news, "en", "word " * 30)
        drafts.write(session, news, "de", "lang " * 30)
        changes.correct(session, news, desk.press, desk.clock.now)

    await desk.does(correct)
    new = [row for row in await desk.rows() if row.cause == "news:1/1"]
    said = sorted((row.act, row.part, row.text[:5]) for row in new)
    assert said == [(Act.EDIT, 0, "lang "), (Act.EDIT, 0, "word "), (Act.SAY, 1, "lang ")]


async def test_taking_back_takes_every_part_once(desk: Newsdesk) -> None:
    await desk.publish("word " * 30)
    await over(desk)
    unable = await desk.does(
        lambda session, news: changes.withdraw(session, news, desk.press.limits, desk.clock.now)
    )
    assert unable == ["two"]
    back = [row for row in await desk.rows() if row.act == Act.WITHDRAW]
    assert len(back) == 3
    assert len({row.about_id for row in back}) == 3
    again = await desk.does(
        lambda session, news: changes.withdraw(session, news, desk.press.limits, desk.clock.now)
    )
    assert again is None


async def test_public_places_are_told_and_counted_apart(desk: Newsdesk) -> None:
    place = Address("two", "desk", "channel")

    async def keep(told: Address | None) -> None:
        places = {"two": told}
        await desk.store.write(lambda session: keep_places(session, places, desk.clock.now))

    await keep(place)
    await keep(place)
    await desk.publish(public=["two", "one"])
    shown = [row for row in await desk.rows() if row.cause == "news:1/public"]
    assert [(row.text, row.choices) for row in shown] == [("Hi", [])]
    assert (await desk.does(figures)).all == 3
    assert await desk.does(in_public) == {"two": SendState.PENDING}
    assert len(await desk.does(delivered)) == 4
    await keep(None)


async def test_files_of_announcements_are_known_to_the_sweep(desk: Newsdesk) -> None:
    file = {"stored_as": "ab/cd", "name": "a", "media_type": "b", "size": 1}
    await desk.publish(file=file)
    names = await desk.store.read(lambda session: stored_among(["ab/cd", "ef/gh"], session))
    assert names == {"ab/cd"}


async def test_a_publishers_removal_leaves_what_is_scheduled_to_another(desk: Newsdesk) -> None:
    def hire(session: Session) -> int:
        pia = Staff(name="pia", role=Role.PUBLISHER, created_at=desk.clock.now)
        session.add(pia)
        session.flush()
        return row_id(pia.id)

    number = await desk.store.write(hire)
    await desk.publish(staff_id=number, at=desk.clock.now + timedelta(hours=1))
    await desk.store.write(
        lambda session: staff.remove(session, session.get_one(Staff, number), desk.clock.now)
    )
    desk.clock.forward(3600)
    await desk.store.write(lambda session: life.publish_due(session, desk.press, desk.clock.now))
    assert await desk.does(lambda _, news: news.state) == NewsState.WAITING
    assert await desk.rows() == []


def test_the_time_it_takes_follows_pace_and_windows() -> None:
    assert seconds_for(3000, replace(DUMB, per_second=30)) == 100
    day = replace(DUMB, per_second=1, windows=(Window(1440, 86400.0),))
    assert seconds_for(960, day) == 960
    assert seconds_for(2000, day) == 2 * 86400
