"""News is written, shown and told who gets it and when."""

from dataclasses import replace
from datetime import timedelta

from sqlmodel import select

from core.announcements.wording import LONGEST
from core.models import Announcement, NewsState, Role
from tests.core.evidence import CONTENT
from tests.dialogs.newsdesk import (
    chosen,
    database_url,
    hired,
    looks,
    news,
    pia,
    readers,
    sent,
    written,
)
from tests.dialogs.talk import Talk

__all__ = ["database_url", "pia"]


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
    assert "cannot go along there and is only named" in pia.last.text
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
