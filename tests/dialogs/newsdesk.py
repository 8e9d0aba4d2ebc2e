"""A desk with publishers and readers."""

import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, select

from core.messages import Address
from core.models import Announcement, Contact, Place, Role
from tests.dialogs import staffdesk
from tests.dialogs.talk import Talk


async def hired(talk: Talk, name: str, role: Role = Role.PUBLISHER) -> Talk:
    return await staffdesk.hired(talk, name, role)


async def agreed_by_two(talk: Talk) -> None:
    """The pack asks for it."""
    room = talk.room
    asked = room.pack.news.model_copy(update={"approval": True})
    room.pack = room.pack.model_copy(update={"news": asked})
    await talk.restart()


def add_reader(session: Session, at: Address, language: str, now: datetime) -> None:
    """Somebody who gets the news there, and has not written since."""
    contact = Contact(language=language, created_at=now)
    session.add(contact)
    session.flush()
    session.add(
        Place(contact_id=contact.id, platform=at.platform, account=at.account, chat=at.chat,
              sender=at.chat, subscribed=True, created_at=now)
    )  # fmt: skip


async def readers(talk: Talk, *named: tuple[str, str]) -> list[Talk]:
    """Each a name and a language."""
    people = [talk.another(name, language) for name, language in named]
    for one in people:
        await one.says("/subscribe")
    return people


async def looks(talk: Talk) -> None:
    """The newsroom looks, and what comes of it is sent."""
    await talk.room.parts.newsroom.look()
    await talk.room.parts.settle()


async def written(pia: Talk, english: str = "# Hello\nNew today", german: str = "") -> None:
    await pia.says("/announce")
    await pia.says(english)
    if german:
        await pia.presses("✏️ Deutsch")
        await pia.says(german)


async def chosen(pia: Talk, what: str, choice: str) -> None:
    for label in (what, choice, "Done"):
        await pia.presses(label)


async def sent(pia: Talk, english: str = "# Hello\nNew today", german: str = "") -> None:
    await written(pia, english, german)
    await pia.presses("👁 Preview and send")
    await pia.presses(pia.labels[0])
    await looks(pia)


async def news(talk: Talk) -> Announcement:
    return (await talk.rows(select(Announcement).order_by(Announcement.id.desc())))[0]  # type: ignore[union-attr]  # a column


async def quiet(talk: Talk, people: list[Talk]) -> None:
    """It is noon: they want nothing before the evening."""
    for one in people:
        await one.says("/quiet 8-20")


async def received(people: list[Talk]) -> int:
    return sum(said.text == "New today" for one in people for said in one.heard)


@pytest.fixture
def database_url(sqlite_file: Path, tmp_path: Path) -> str:
    """The statements themselves are tried on both databases in tests/core/test_announcements.py."""
    return f"sqlite:///{shutil.copy(sqlite_file, tmp_path / 'desk.db')}"


@pytest.fixture
async def pia(talk: Talk) -> Talk:
    return await hired(talk, "pia")
