"""A publisher sees beforehand how each platform will show the news."""

import shutil
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session, col, select

from core.messages import Address
from core.models import Announcement, Place, PublicPlace, row_id
from core.settings import Faq, Settings, Telegram
from tests.conftest import Clock
from tests.dialogs.newsdesk import add_reader, hired, looks, readers, written
from tests.dialogs.talk import PACK, Talk, opened

LONG = " ".join(f"word{number}" for number in range(1500))


@pytest.fixture
def database_url(sqlite_file: Path, tmp_path: Path) -> str:
    """The statements themselves are tried on both databases in tests/core/test_announcements.py."""
    return f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'desk.db')}"


@pytest.fixture
async def pia(talk: Talk) -> Talk:
    return await hired(talk, "pia")


async def elsewhere(talk: Talk, *named: tuple[str, str]) -> None:
    """A reader on each of these platforms, who speaks that language."""

    def add(session: Session) -> None:
        for chat, (platform, language) in enumerate(named, 7):
            add_reader(session, Address(platform, "us", str(chat)), language, talk.clock.now)

    await talk.room.parts.store.write(add)


async def test_each_platform_is_shown_message_for_message(talk: Talk, pia: Talk) -> None:
    await elsewhere(talk, ("telegram", "de"), ("email", "en"), ("x", "en"))
    await written(pia, f"# Hello\n{LONG}")
    await pia.presses("👁 Preview and send")
    assert "telegram (de): 4 messages" in pia.last.text
    assert "email (en): 1 message\n" in pia.last.text
    assert "telegram: 1 person, 4 messages, about 1 s, but it is switched off here" in pia.last.text
    telegram = (await pia.presses("👁 telegram"))[:-1]
    assert telegram[0].title == "👁 telegram · Deutsch"
    shown = "".join(one.text for one in telegram)
    assert shown.startswith("— 1 of 4 —\nHello\nword0 word1 ")
    assert shown.endswith("[ 🔕 Keine Neuigkeiten mehr ]")
    letter = "".join(one.text for one in (await pia.presses("👁 email"))[:-1])
    assert letter.startswith("Subject: [Test Support] Hello\n\n##- ↑ -##\n\nHello\n\nword0")
    assert letter.endswith("word1499\n\n/unsubscribe ends the news here.")
    await pia.presses("👁 x")
    assert "x (en): 2 messages" in pia.last.text
    await pia.presses("✅ Send to 3")
    assert pia.last.title == "News 1: running"
    off = "It waits where the desk is switched off: email, telegram, x"
    assert pia.last.text.endswith(off)
    await looks(talk)
    assert pia.last.text.endswith(off)


async def test_the_public_place_is_shown_as_everybody_reads_it(talk: Talk, pia: Talk) -> None:
    await readers(talk, ("ann", "en"))

    def open_x(session: Session) -> None:
        place = Place(platform="x", account="us", chat="timeline", sender="",
                      created_at=talk.clock.now)  # fmt: skip
        session.add(place)
        session.flush()
        session.add(PublicPlace(platform="x", address_id=row_id(place.id)))

    await talk.room.parts.store.write(open_x)
    await written(pia, "word " * 100)
    await pia.presses("📢 In public")
    await pia.presses("x")
    await pia.presses("Done")
    await pia.presses("👁 Preview and send")
    assert "📢 x (en): 2 messages" in pia.last.text
    shown = await pia.presses("👁 📢 x")
    assert shown[0].text.startswith("— 1 of 2 —\nword word")
    assert "unsubscribe" not in shown[0].text


async def test_where_a_picture_is_too_large_that_is_said_and_what_comes_instead(
    talk: Talk, pia: Talk
) -> None:
    await elsewhere(talk, ("telegram", "en"), ("email", "en"), ("x", "en"), ("discord", "en"))
    await written(pia)

    def enclose(session: Session) -> None:
        news = session.exec(select(Announcement).order_by(col(Announcement.id).desc())).one()
        news.file = {"stored_as": "p", "name": "plan.png", "media_type": "image/png",
                     "size": 12_000_000}  # fmt: skip
        session.add(news)

    await talk.room.parts.store.write(enclose)
    await pia.presses("👁 Preview and send")
    assert [line for line in pia.last.text.splitlines() if " (en): " in line] == [
        "discord (en): 1 message, the file cannot go along there and is only named",
        "email (en): 1 message",
        "telegram (en): 1 message, the picture is too large there and comes as a file",
        "x (en): 1 message, the file cannot go along there and is only named",
    ]
    shown = await pia.presses("👁 x")
    assert "📎 plan.png (12.0 MB)" in shown[0].text


async def test_what_is_begun_is_not_written_over_by_a_second_announce(
    talk: Talk, pia: Talk
) -> None:
    await readers(talk, ("ann", "en"))
    await pia.says("/announce The first words")
    await pia.says("/announce Other words")
    assert "it stays as it is" in pia.last.text
    assert "English: The first words" in pia.last.text
    await pia.presses("🗑 Discard")
    await pia.says("/announce Other words")
    assert "English: Other words" in pia.last.text


async def test_after_a_time_that_cannot_be_read_the_buttons_are_there_again(
    talk: Talk, pia: Talk
) -> None:
    await written(pia)
    await pia.presses("🕑 When")
    await pia.says("tomorrow")
    assert pia.labels == ["Now", "Back"]


async def test_blanks_that_nobody_sees_are_no_news(talk: Talk, pia: Talk) -> None:
    await written(pia, "The news")
    await pia.presses("✏️ English")
    await pia.says("\N{ZERO WIDTH SPACE}\N{WORD JOINER} \N{NO-BREAK SPACE}")
    assert pia.last.text.startswith("There is nothing to read in that.")
    await pia.presses("Back")
    assert "English: The news" in pia.last.text


async def test_what_it_costs_at_most_is_said_before_it_is_sent(
    database_url: str, tmp_path: Path, clock: Clock
) -> None:
    settings = Settings(
        data=tmp_path,
        database_url=SecretStr(database_url),
        pack=PACK,
        faq=Faq(encoder="none"),
        telegram=Telegram(paid_per_second=1000),
    )
    async for talk in opened(settings, clock):
        pia = await hired(talk, "pia")
        await elsewhere(talk, *[("telegram", "en")] * 3)
        await written(pia, f"# Hello\n{LONG}")
        assert "3 people, 12 messages, about 1 s, at most 2 Telegram Stars" in pia.last.text
