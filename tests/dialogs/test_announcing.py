"""News is written, shown, sent, watched and corrected by buttons."""

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core import staff
from core.adapter import Refused, Unknown
from core.announcements.wording import LONGEST
from core.models import Announcement, NewsState, Role, Sending, SendState
from tests.core.evidence import CONTENT
from tests.dialogs.newsdesk import chosen, hired, looks, news, readers, sent, written
from tests.dialogs.talk import Talk


@pytest.fixture
def database_url(sqlite_file: Path, tmp_path: Path) -> str:
    """The statements themselves are tried on both databases in tests/core/test_announcements.py."""
    return f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'desk.db')}"


@pytest.fixture
async def pia(talk: Talk) -> Talk:
    return await hired(talk, "pia")


# Writing


async def test_only_publishers_know_of_it(talk: Talk) -> None:
    agent = await hired(talk, "sam", Role.AGENT)
    for one in (talk, agent):
        await one.says("/announce")
        assert await talk.rows(select(Announcement)) == []


async def test_it_reaches_each_reader_in_their_language_and_nobody_else(
    talk: Talk, pia: Talk
) -> None:
    ann, ben = await readers(talk, ("ann", "en"), ("ben", "de"))
    await talk.says("/start")
    before = len(talk.heard)
    await sent(pia, "# Hello\nNew today", "# Hallo\nHeute neu")
    assert (ann.last.title, ann.last.text) == ("Hello", "New today")
    assert (ben.last.title, ben.last.text) == ("Hallo", "Heute neu")
    assert ann.last.news
    assert ann.labels == ["🔕 No more news"]
    assert len(talk.heard) == before


async def test_a_stray_word_does_not_become_the_news(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await written(pia, "The news")
    for word in ("yes", "7"):
        await pia.says(word)
        assert pia.last.text.startswith("Nothing is changed")
    await pia.presses("👁 Preview and send")
    await pia.says("ok")
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Send to 1")
    assert ann.last.text == "The news"


async def test_an_old_button_sends_nothing_that_was_not_seen(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await written(pia, "The news")
    await pia.presses("👁 Preview and send")
    old = pia.value("✅ Send to 1")
    await pia.presses("✏️ Change")
    await pia.presses("✏️ English")
    await pia.says("Other news")
    await pia.presses_value(old)
    assert ann.last.text != "Other news"
    await pia.presses("✅ Send to 1")
    assert ann.last.text == "Other news"


async def test_what_is_missing_in_a_language_is_said_and_read_in_the_fallback(
    talk: Talk, pia: Talk
) -> None:
    (ben,) = await readers(talk, ("ben", "de"))
    await written(pia)
    assert "Deutsch: missing: they read it in English" in pia.last.text
    await pia.presses("👁 Preview and send")
    assert pia.labels[0] == "✅ Send to 1"
    await pia.presses("✅ Send to 1")
    assert ben.last.text == "New today"


async def test_the_draft_outlives_a_restart(talk: Talk, pia: Talk) -> None:
    await readers(talk, ("ann", "en"))
    await written(pia)
    await talk.restart()
    await pia.says("/announce")
    assert "New today" in pia.last.text
    await pia.presses("✏️ English")
    await pia.says("Other words")
    assert "English: Other words" in pia.last.text


async def test_nothing_is_sent_without_words(talk: Talk, pia: Talk) -> None:
    await readers(talk, ("ann", "en"))
    await pia.says("/announce")
    await pia.presses("Back")
    await pia.presses("👁 Preview and send")
    assert "There is no text yet" in pia.last.text
    await pia.says("x" * (LONGEST + 1))
    assert "is the most" in pia.last.text


async def test_a_picture_goes_along(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await written(pia)
    await pia.sends(CONTENT, "new.bin")
    assert "File: new.bin" in pia.last.text
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Send to 1")
    assert ann.last.file
    assert ann.last.file.data == CONTENT


async def test_a_picture_too_large_for_a_platform_is_named_and_that_is_said_before(
    talk: Talk, pia: Talk
) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    small = replace(talk.room.adapter.limits, file_out=10)
    talk.room.adapter.limits = small
    await talk.restart()
    await written(pia)
    await pia.sends(CONTENT, "new.bin")
    await pia.presses("👁 Preview and send")
    assert "too large there and is only named" in pia.last.text
    await pia.presses("✅ Send to 1")
    assert "📎 new.bin" in ann.last.text


async def test_markup_and_mentions_are_text(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    said = "<b>*_ @everyone https://example.com/?a=1&b=[x](y) {0} {name}"
    await sent(pia, said)
    assert ann.last.text == said


async def test_what_is_too_long_for_a_platform_comes_in_parts_in_order(
    talk: Talk, pia: Talk
) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    words = " ".join(f"word{number}" for number in range(1500))
    await written(pia, words)
    await pia.presses("👁 Preview and send")
    assert "memory (en): 4 messages" in pia.last.text
    before = len(ann.heard)
    await pia.presses("✅ Send to 1")
    shown = [one.text for one in ann.heard[before:]]
    assert len(shown) == 4
    assert " ".join(shown).split() == words.split()


# Who, and when


async def test_sides_and_languages_and_topics_narrow_it(talk: Talk, pia: Talk) -> None:
    ann, ben = await readers(talk, ("ann", "en"), ("ben", "de"))
    await ann.presses_value("side:creator")
    await ben.presses_value("news:topic:payments")
    await written(pia)
    await chosen(pia, "👥 For whom", "I create")
    assert "memory: 1 person" in pia.last.text
    await chosen(pia, "👥 For whom", "✅ I create")
    assert "memory: 2 people" in pia.last.text
    await chosen(pia, "🏷 Topic", "Payments")
    assert "memory: 1 person" in pia.last.text


async def test_it_goes_out_when_its_time_comes(talk: Talk, pia: Talk) -> None:
    (ann,) = await readers(talk, ("ann", "en"))
    await written(pia)
    for bad, said in (
        ("tomorrow", "cannot read that time"),
        ("2026-11-21 10:00", "is over"),
        ("2027-03-28 02:30", "does not exist"),
        ("18:00 Mars/City", "do not know that time zone"),
    ):
        await pia.presses_value(f"staff:announce:{(await news(talk)).id}:ask:when")
        await pia.says(bad)
        assert said in pia.last.text
    await pia.says("12:00 UTC")
    await pia.presses("👁 Preview and send")
    await pia.presses("✅ Send to 1")
    assert "It goes out" in pia.last.text
    await looks(talk)
    assert ann.last.text != "New today"
    talk.clock.now += timedelta(hours=2)
    await looks(talk)
    assert ann.last.text == "New today"


async def test_a_time_that_passed_before_the_confirmation_is_said(talk: Talk, pia: Talk) -> None:
    await readers(talk, ("ann", "en"))
    await written(pia)
    await pia.presses("🕑 When")
    await pia.says("12:00 UTC")
    talk.clock.now += timedelta(hours=3)
    await pia.presses("👁 Preview and send")
    assert "is over" in pia.last.text
    assert (await news(talk)).state == NewsState.DRAFT


# Sending


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


async def quiet(talk: Talk, people: list[Talk]) -> None:
    """It is noon: they want nothing before the evening."""
    for one in people:
        await one.says("/quiet 8-20")


async def received(people: list[Talk]) -> int:
    return sum(said.text == "New today" for one in people for said in one.heard)


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
    room = talk.room
    room.pack = room.pack.model_copy(
        update={"news": room.pack.news.model_copy(update={"approval": True})}
    )
    await talk.restart()
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


# Afterwards


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
