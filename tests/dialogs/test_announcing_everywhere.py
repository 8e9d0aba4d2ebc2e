"""News that is written on Discord reaches everybody, wherever they are, in their language."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from bots.discord.adapter import DiscordAdapter
from bots.email.adapter import EmailAdapter
from bots.telegram.adapter import TelegramAdapter
from bots.terminal.adapter import TerminalAdapter
from bots.twitter.adapter import XAdapter
from core import staff
from core.adapter import Adapter
from core.messages import Address
from core.models import Role
from core.pack import read_pack
from core.settings import Discord, Email, Settings, Telegram, X
from frontdesk.app import Parts, languages_of, now, open_desk
from tests.dialogs.in_terminal import InTerminal, Screen
from tests.dialogs.newsdesk import add_reader
from tests.dialogs.on_discord import OnDiscord
from tests.dialogs.on_telegram import OnTelegram
from tests.dialogs.on_x import Quick
from tests.dialogs.story import Json, Teller
from tests.dialogs.talk import PACK
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import pointed_at
from tests.fakes.mail import PASSWORD, dovecot, find_dovecot
from tests.fakes.mail_smtp import post_office
from tests.fakes.telegram import TelegramFake
from tests.fakes.x import XFake
from tests.faults.waiting import until

BOX = "desk@desk.example"
ENGLISH, GERMAN = "# Hello\nSomething new", "# Hallo\nEtwas Neues"


@pytest.mark.skipif(find_dovecot() is None, reason="no Dovecot is installed on this machine")
async def test_news_written_on_discord_reaches_every_platform_in_two_languages(
    tmp_path: Path,
) -> None:
    async with DiscordFake() as discord, TelegramFake() as telegram:
        clock = Quick()
        async with XFake(now=clock) as x:
            with dovecot() as imap, post_office() as office, pointed_at(discord):
                settings = Settings(
                    data=tmp_path,
                    pack=PACK,
                    discord=Discord(token=SecretStr(discord.token), api_url=discord.url,
                                    gateway_url=discord.gateway_url),
                    telegram=Telegram(token=SecretStr(telegram.token), api_url=telegram.url),
                    x=keys(x),
                    email=Email(address=BOX, password=SecretStr(PASSWORD), imap_url=imap.url(),
                                smtp_url=office.url, every=0.05),
                )  # fmt: skip
                reading, writing = os.pipe()
                screen = Screen()
                with os.fdopen(reading) as source, os.fdopen(writing, "w") as lines:
                    adapters = [
                        DiscordAdapter(settings.discord, languages_of(read_pack(PACK))),
                        TelegramAdapter(settings.telegram),
                        XAdapter(settings.x, "", tmp_path, connector=x.connector(), clock=clock,
                                 sleep=clock.sleep),
                        EmailAdapter(settings.email, "Desk", b"k" * 32),
                        TerminalAdapter("Tom", "en", now, tmp_path / "terminal", source=source,
                                        sink=screen),
                    ]  # fmt: skip
                    async with at_work(settings, adapters) as parts:
                        await discord.world.bell.until(lambda: discord.gateway.ready, 10)
                        pia = OnDiscord(discord.person(7, "Pia", locale="en-US"))
                        tia = OnTelegram(telegram.person(8, "Tia", language_code="de"))
                        tom = InTerminal(lines, screen, tmp_path)
                        for one in (tia, tom):
                            await one.says("/subscribe")
                            await one.hears()
                        await parts.store.write(add_eve)
                        await announced(pia, parts)
                        assert "Etwas Neues" in (await tia.hears())["text"]
                        assert "Something new" in (await tom.hears())["text"]
                        await until(lambda: len(office.taken) == 1)
                        assert "Etwas Neues" in str(office.taken[0].letter.get_content())
                        await until(lambda: len(x.world.posts) == 1)
                        assert "Something new" in x.world.posts[0].text
                        lines.close()
            await x.hang_up()


def keys(x: XFake) -> X:
    return X(
        consumer_key=SecretStr(x.keys.consumer_key),
        consumer_secret=SecretStr(x.keys.consumer_secret),
        access_token=SecretStr(x.keys.access_token),
        access_secret=SecretStr(x.keys.access_secret),
        news=True,
    )


@asynccontextmanager
async def at_work(settings: Settings, adapters: list[Adapter]) -> AsyncIterator[Parts]:
    async with open_desk(settings, read_pack(PACK), adapters) as parts:
        for adapter in adapters:
            await adapter.open()
        listening = [
            asyncio.create_task(adapter.listen(parts.desk.receive)) for adapter in adapters
        ]
        try:
            yield parts
        finally:
            for task in listening:
                task.cancel()
            await asyncio.gather(*listening, return_exceptions=True)


def add_eve(session: Session) -> None:
    """She reads letters, and German."""
    add_reader(session, Address("email", BOX, "eve@example.org"), "de", now())


async def announced(pia: OnDiscord, parts: Parts) -> None:
    code = await parts.store.write(
        lambda session: staff.invite(session, "pia", Role.PUBLISHER, now())
    )
    await parts.newsroom.look()  # the public places are known
    await said(pia, f"/join {code}")
    await said(pia, "/announce")
    card = await said(pia, ENGLISH)
    await pia.presses(card, "✏️ Deutsch")
    await pia.hears()
    card = await said(pia, GERMAN)
    await pia.presses(card, "📢 In public")
    await pia.presses(await pia.hears(), "x")
    await pia.presses(await pia.hears(), "Done")
    await pia.presses(await pia.hears(), "👁 Preview and send")
    for _ in ("English", "German"):
        await pia.hears()
    await pia.presses(await pia.hears(), "✅ Send to 3")
    assert "News 1" in (await pia.hears())["text"]


async def said(one: Teller, text: str) -> Json:
    await one.says(text)
    return await one.hears()
