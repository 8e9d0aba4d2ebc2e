"""News outlives whoever wrote it: others agree to it, watch it, and it comes to an end."""

from datetime import timedelta

from sqlmodel import select, update

from core.adapter import Absent
from core.announcements.stranded import NOBODY
from core.models import NewsState, Place, Role
from tests.dialogs.newsdesk import (
    agreed_by_two,
    database_url,
    hired,
    looks,
    news,
    pia,
    readers,
    written,
)
from tests.dialogs.staffdesk import dismissed
from tests.dialogs.talk import Talk

__all__ = ["database_url", "pia"]


async def begun(pia: Talk) -> None:
    await written(pia)
    await pia.presses("👁 Preview and send")
    await pia.presses(pia.labels[0])


async def test_all_who_may_agree_are_told_and_see_what_they_agree_to(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    max_, sam = await hired(talk, "max", Role.ADMIN), await hired(talk, "sam", Role.AGENT)
    before = len(sam.heard)
    await agreed_by_two(talk)
    await begun(pia)
    assert pia.heard[-2].text.startswith("It waits for a second person. All")
    assert pia.labels == ["✖️ Cancel it"]
    assert max_.last.text == "pia has written news: it goes out once you agree."
    assert len(sam.heard) == before
    text, card = await max_.presses("👁 Look at it")
    assert (text.title, text.text) == ("Hello", "New today")
    assert "memory: 1 person, 1 message" in card.text
    await max_.presses("👁 memory")
    await max_.presses("✅ Agree")
    await looks(talk)
    assert ann.last.text == "New today"


async def test_where_nobody_else_may_agree_that_is_said(talk: Talk, pia: Talk) -> None:
    await readers(talk, ("ann", "en"))
    await agreed_by_two(talk)
    await begun(pia)
    assert "nobody else who may publish" in pia.heard[-2].text


async def test_what_is_due_without_its_writer_waits_and_others_are_told(
    talk: Talk, pia: Talk
) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    max_ = await hired(talk, "max", Role.ADMIN)
    await written(pia)
    await pia.presses("🕑 When")
    await pia.says("12:00 UTC")
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Send to 1")
    await dismissed(talk, "pia")
    talk.clock.now += timedelta(hours=3)
    await looks(talk)
    assert "whoever wrote it has gone" in max_.last.text
    await max_.presses("👁 Look at it")
    await max_.presses("✅ Agree")
    await looks(talk)
    assert ann.last.text == "New today"


async def test_somebody_else_watches_when_the_publisher_is_removed_while_it_runs(
    talk: Talk, pia: Talk
) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    max_, kay = await hired(talk, "max", Role.ADMIN), await hired(talk, "kay")
    await ann.says("/quiet 8-20")
    await begun(pia)
    await dismissed(talk, "pia")
    before = len(pia.heard)
    await looks(talk)
    assert max_.last.text.startswith("pia can no longer publish. What was begun goes on")
    assert max_.labels == ["⏸ Pause", "✖️ Cancel it"]
    talk.clock.now += timedelta(hours=12)
    await looks(talk)
    await looks(talk)
    assert "Sent 1" in max_.last.text
    assert max_.last.title == "News 1: done"
    assert not [one for one in kay.heard if "News" in one.title]
    assert len(pia.heard) == before


async def test_it_ends_although_a_reader_never_comes_and_another_account_is_gone(
    talk: Talk, pia: Talk
) -> None:
    await readers(talk, ("ann", "en"), ("ben", "en"), ("cat", "en"))
    old = update(Place).where(Place.chat == "ben").values(account="old")  # type: ignore[arg-type]  # a column
    await talk.room.parts.store.write(lambda session: session.execute(old))
    talk.room.adapter.faults_at["ann"] = Absent("nobody sits there")
    await begun(pia)
    await looks(talk)
    assert "Sent 1 · blocked 0 · failed 0 · unknown 0 · left 2" in pia.last.text
    talk.clock.now += timedelta(hours=25)
    await looks(talk)
    await looks(talk)
    assert (await news(talk)).state == NewsState.DONE
    assert "Sent 1 · blocked 0 · failed 2 · unknown 0 · left 0" in pia.last.text
    assert f"1 · {NOBODY}" in pia.last.text
    assert "1 · could not be delivered for 24 hours" in pia.last.text
    places = await talk.rows(select(Place).where(Place.chat == "ben"))
    assert places[0].subscribed  # should that account come back


async def test_who_only_looks_takes_the_report_from_nobody(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    max_ = await hired(talk, "max", Role.ADMIN)
    await ann.says("/quiet 8-20")
    await begun(pia)
    await max_.says("/announcements 1")
    assert max_.last.text.endswith("pia sees how it ends.")
    await max_.presses("⏸ Pause")
    await looks(talk)
    assert pia.last.title == "News 1: paused"
    await max_.presses("▶️ Go on")
    talk.clock.now += timedelta(hours=12)
    await looks(talk)
    await looks(talk)
    assert pia.last.title == "News 1: done"
    await max_.presses("🔄 And now?")
    assert max_.last.title == "News 1: done"
