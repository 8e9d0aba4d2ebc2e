"""News is corrected and taken back."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from core.models import NewsState, Sending, SendState
from tests.dialogs.newsdesk import database_url, looks, news, pia, readers, received, sent
from tests.dialogs.talk import Talk

__all__ = ["database_url", "pia"]


async def test_corrected_everybody_reads_the_new_words(talk: Talk, pia: Talk) -> None:
    ann, ben = await readers(talk, ("ann", "en"), ("ben", "de"))
    await sent(pia, "One", "Eins")
    await pia.presses("✏️ Correct")
    await pia.presses("✏️ English")
    await pia.says("Two")
    assert ann.last.text == "One"
    await pia.presses("✅ Change it everywhere")
    assert [ann.last.text, ben.last.text] == ["Two", "Eins"]
    await pia.says(f"/announcements {(await news(talk)).id}")
    await pia.presses("✏️ Correct")
    await pia.presses("✏️ English")
    await pia.says(" ".join(["three"] * 1200))
    await pia.presses("✅ Change it everywhere")
    assert len([one for one in ann.heard if "three" in one.text]) == 2
    await pia.says(f"/announcements {(await news(talk)).id}")
    await pia.presses("✏️ Correct")
    await pia.presses("✏️ English")
    await pia.says("Four")
    await pia.presses("✅ Change it everywhere")
    assert ann.last.text == "Four"
    assert not [one for one in ann.heard if "three" in one.text]


async def test_taken_back_nobody_finds_it(talk: Talk, pia: Talk) -> None:
    ann, ben = await readers(talk, ("ann", "en"), ("ben", "de"))
    await sent(pia, " ".join(["One"] * 2000), "Eins")
    await pia.presses("↩️ Take back")
    await pia.presses("↩️ Yes, take it back")
    assert not [one for who in (ann, ben) for one in who.heard if "One" in one.text]
    assert not [one for one in ben.heard if one.text == "Eins"]
    assert (await news(talk)).state == NewsState.WITHDRAWN


async def test_where_a_platform_can_do_neither_that_is_said(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    talk.room.adapter.limits = replace(talk.room.adapter.limits, edits=False, withdraws=False)
    await talk.restart()
    await sent(pia, "One")
    assert pia.last.title == "News 1: done"
    await pia.presses("✏️ Correct")
    await pia.presses("✏️ English")
    await pia.says("Two")
    await pia.presses("✅ Change it everywhere")
    assert "stays as it was on: memory" in pia.last.text
    await pia.says("/announcements 1")
    await pia.presses("↩️ Take back")
    await pia.presses("↩️ Yes, take it back")
    assert "stays as it was on: memory" in pia.last.text
    assert ann.last.text == "One"


async def test_unsubscribing_ends_what_is_still_on_its_way(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await ann.says("/quiet 8-20")
    await sent(pia)
    await ann.presses_value("news:off")
    talk.clock.now += timedelta(hours=12)
    await looks(talk)
    rows = await talk.rows(select(Sending).where(Sending.cause == "news:1"))
    assert [row.state for row in rows] == [SendState.ENDED]
    assert await received([ann]) == 0
