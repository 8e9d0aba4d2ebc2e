"""News is sent, watched, paused and cancelled."""

import asyncio
from datetime import timedelta

from sqlmodel import Session

from core import staff
from core.adapter import Refused, Unknown
from core.models import Role
from tests.dialogs.newsdesk import (
    agreed_by_two,
    database_url,
    hired,
    looks,
    news,
    pia,
    quiet,
    readers,
    received,
    sent,
    written,
)
from tests.dialogs.talk import Talk

__all__ = ["database_url", "pia"]


async def test_two_confirmations_at_once_publish_once(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await written(pia)
    await pia.presses("👁 Preview and send")
    value = pia.value("✅ Send to 1")
    await asyncio.gather(*(pia.presses_value(value) for _ in range(2)))
    assert [one.text for one in ann.heard].count("New today") == 1


async def test_the_message_of_the_publisher_is_changed_until_the_report(
    talk: Talk, pia: Talk
) -> None:
    ann, _, _, dan = await readers(talk, ("ann", "en"), ("ben", "de"), ("cat", "en"), ("dan", "en"))
    faults = talk.room.adapter.faults_at
    faults["ben"] = Refused("the person blocked us")
    faults["cat"] = Refused("too odd", gone=False)
    faults["dan"] = Unknown("no answer")
    await sent(pia)
    assert pia.last.title == "News 1: done"
    assert "Sent 1 · blocked 1 · failed 1 · unknown 1 · left 0" in pia.last.text
    assert "1 · too odd" in pia.last.text
    shown = [row for row in await talk.sending() if row.cause == "news:1/progress"]
    assert len(shown) == 1
    await dan.says("/news")  # a row in doubt was not sent again
    assert [one.text for one in dan.heard].count("New today") == 1
    assert ann.last.text == "New today"


async def test_paused_nothing_goes_and_resumed_the_rest_does(talk: Talk, pia: Talk) -> None:
    people = await readers(talk, ("ann", "en"), ("ben", "en"))
    await written(pia)
    await pia.presses("👁 Preview and send")
    await quiet(talk, people)
    await pia.presses("✅ Send to 2")
    await pia.presses("⏸ Pause")
    assert pia.last.title == "News 1: paused"
    talk.clock.now += timedelta(hours=12)
    await looks(talk)
    assert await received(people) == 0
    await pia.presses("▶️ Go on")
    await looks(talk)
    assert await received(people) == 2


async def test_cancelled_what_is_not_sent_is_not_sent(talk: Talk, pia: Talk) -> None:
    people = await readers(talk, ("ann", "en"), ("ben", "en"))
    await written(pia)
    await pia.presses("👁 Preview and send")
    await quiet(talk, people[:1])
    await pia.presses("✅ Send to 2")
    await pia.presses("✖️ Cancel it")
    talk.clock.now += timedelta(hours=12)
    await looks(talk)
    await looks(talk)
    assert await received(people) == 1
    assert pia.last.title == "News 1: cancelled"
    assert "not sent 1" in pia.last.text


async def test_a_publisher_who_is_removed_while_it_runs_learns_no_more(
    talk: Talk, pia: Talk
) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await ann.says("/quiet 8-20")
    await written(pia)
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Send to 1")

    def remove(session: Session) -> None:
        known = staff.by_name(session, "pia")
        assert known
        staff.remove(session, known, talk.clock.now)

    await talk.room.parts.store.write(remove)
    await pia.presses("✖️ Cancel it")
    talk.clock.now += timedelta(hours=12)
    await looks(talk)
    assert await received([ann]) == 1
    await looks(talk)
    assert "left 1" in next(one for one in pia.heard if one.title == "News 1: running").text


async def test_a_second_person_agrees_where_the_pack_asks_for_it(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await agreed_by_two(talk)
    await written(pia)
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Ask for approval")
    number = (await news(talk)).id
    await pia.presses_value(f"staff:announce:{number}:approve")
    assert "Somebody else has to agree" in pia.last.text
    max_ = await hired(talk, "max", Role.ADMIN)
    await max_.says("/announcements")
    await max_.presses_value(f"staff:announce:{number}:open")
    await max_.presses("✅ Agree")
    await looks(talk)
    assert ann.last.text == "New today"
