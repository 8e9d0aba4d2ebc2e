"""Readers have the news as they want it."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from core.models import Place
from tests.dialogs.newsdesk import chosen, hired, looks, readers, sent
from tests.dialogs.talk import Talk


@pytest.fixture
def database_url(sqlite_file: Path, tmp_path: Path) -> str:
    """The statements themselves are tried on both databases in tests/core/test_announcements.py."""
    return f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'desk.db')}"


async def test_the_latest_five_are_there_for_anybody_in_their_language(talk: Talk) -> None:
    pia = await hired(talk, "pia")
    for number in range(6):
        await sent(pia, f"# Title {number}\nText {number}", f"# Titel {number}\nWort {number}")
        talk.clock.forward(60)
    shown = await talk.says("/news")
    assert [one.title for one in shown[:-1]] == [f"Titel {number}" for number in range(1, 6)]
    assert talk.labels[0] == "🔔 Neuigkeiten bekommen"


async def test_without_any_that_is_said(talk: Talk) -> None:
    await talk.says("/news")
    assert "Noch wurde keine Neuigkeit veröffentlicht." in talk.last.text


async def test_who_wants_nothing_of_a_topic_gets_the_others(talk: Talk) -> None:
    pia = await hired(talk, "pia")
    (ann,) = await readers(talk, ("ann", "en"))
    assert "✅ Payments" in ann.labels
    await ann.presses("✅ Payments")
    assert "▫️ Payments" in ann.labels
    await pia.says("/announce About money")
    await chosen(pia, "🏷 Topic", "Payments")
    assert "Nobody has asked for such news yet." in pia.last.text
    await chosen(pia, "🏷 Topic", "New features")
    assert "memory: 1 person" in pia.last.text


async def test_in_quiet_hours_nothing_comes_and_afterwards_it_does(talk: Talk) -> None:
    pia = await hired(talk, "pia")
    ann, ben = await readers(talk, ("ann", "en"), ("ben", "en"))
    await ann.says("/quiet 10-12")  # it is eleven in the pack's zone
    assert "10:00 to 12:00" in ann.last.text
    await sent(pia, "News")
    assert ben.last.text == "News"
    assert ann.last.text != "News"
    talk.clock.now += timedelta(hours=1)
    await looks(talk)
    assert ann.last.text == "News"
    await ann.says("/quiet off")
    assert ann.last.text == "News comes at any hour."
    await ann.says("/quiet")
    assert ann.last.text.startswith("News comes at any hour. /quiet 22-8")
    for bad in ("99-3", "at night", "8"):
        await ann.says(f"/quiet {bad}")
        assert ann.last.text == "I cannot read those hours. Write them as 22-8, or off."
    await ann.says("/quiet 0-24")
    assert ann.last.text == "That would be the whole day: /unsubscribe ends the news."


async def test_whoever_writes_from_many_places_gets_it_once_and_ends_it_from_any(
    talk: Talk,
) -> None:
    """As in servers of Discord, where each channel is a place of its own."""
    pia = await hired(talk, "pia")
    places = [talk.another("ann", "en") for _ in range(3)]
    for number, one in enumerate(places):
        one.address = replace(one.address, chat=f"channel{number}")
        await one.says("/subscribe")
    await places[2].presses("✅ Payments")
    await places[1].presses_value("news:on")
    assert "▫️ Payments" in places[1].labels
    await sent(pia, "News")
    assert [one.last.text == "News" for one in places] == [True, False, False]
    await places[1].says("/quiet 10-12")
    await places[0].says("/quiet")
    assert "10:00 to 12:00" in places[0].last.text
    await places[2].says("/unsubscribe")
    await sent(pia, "More news")
    assert not [one for place in places for one in place.heard if one.text == "More news"]
    assert await talk.rows(select(Place).where(Place.sender == "ann", Place.subscribed)) == []
