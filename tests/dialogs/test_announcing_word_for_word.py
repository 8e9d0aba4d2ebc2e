"""What was written arrives on every platform as it was written and as the preview showed it: no
markup is read, nobody is called; and one tap, or one word, ends it there.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pydantic import SecretStr
from sqlmodel import Session, select

from bots.discord.adapter import DiscordAdapter
from bots.email.adapter import EmailAdapter
from bots.telegram.adapter import TelegramAdapter
from bots.twitter.adapter import XAdapter
from core import staff
from core.messages import Address
from core.models import Place, Role
from core.pack import read_pack
from core.settings import Discord, Email, Settings, Telegram
from frontdesk.app import Parts, languages_of, now
from tests.bots.discord import screen
from tests.dialogs.newsdesk import add_reader
from tests.dialogs.on_discord import OnDiscord
from tests.dialogs.on_telegram import OnTelegram
from tests.dialogs.on_x import OnX, Quick
from tests.dialogs.story import Json, Teller
from tests.dialogs.talk import PACK
from tests.dialogs.test_announcing_everywhere import BOX, at_work, keys
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import pointed_at
from tests.fakes.mail import PASSWORD, Dovecot, dovecot, find_dovecot
from tests.fakes.mail_smtp import PostOffice, post_office
from tests.fakes.telegram import TelegramFake
from tests.fakes.x import XFake
from tests.faults.waiting import until

pytestmark = pytest.mark.skipif(find_dovecot() is None, reason="no Dovecot is installed here")

TITLE = "Hello @everyone *<b> <@7>"
TEXT = (
    "<!channel> <@&123> @here <@7> [click](javascript:alert(1)) <b>bold</b> &amp; <script>\n"
    "**unclosed _marks `code ||spoiler ~~gone\n# no heading\n> no quote\n- no list\n"
    "https://example.com/?a=1&b=2 {0} {name} %s \\ '; DROP TABLE outbox; --"
)
END = "/unsubscribe ends the news here."
TAP = "🔕 No more news"
EVE = "eve@example.org"


@dataclass
class Town:
    parts: Parts
    pia: OnTelegram
    tia: OnTelegram
    dan: OnDiscord
    xena: OnX
    office: PostOffice
    imap: Dovecot

    async def wants_news(self, chat: str) -> bool:
        query = select(Place.subscribed).where(Place.chat == chat)
        return any(await self.parts.store.read(lambda session: session.exec(query).all()))


@asynccontextmanager
async def town(data: Path) -> AsyncIterator[Town]:
    clock = Quick()
    async with DiscordFake() as discord, TelegramFake() as telegram, XFake(now=clock) as x:
        with dovecot() as imap, post_office() as office, pointed_at(discord):
            settings = Settings(
                data=data,
                pack=PACK,
                discord=Discord(token=SecretStr(discord.token), api_url=discord.url,
                                gateway_url=discord.gateway_url, per_second=1000,
                                per_address=0),
                telegram=Telegram(token=SecretStr(telegram.token), api_url=telegram.url,
                                  per_second=1000, per_chat=0),
                x=keys(x),
                email=Email(address=BOX, password=SecretStr(PASSWORD), imap_url=imap.url(),
                            smtp_url=office.url, every=0.05),
            )  # fmt: skip
            adapters = [
                DiscordAdapter(settings.discord, languages_of(read_pack(PACK))),
                TelegramAdapter(settings.telegram),
                XAdapter(settings.x, "", data, connector=x.connector(), clock=clock,
                         sleep=clock.sleep),
                EmailAdapter(settings.email, "Test Support", b"k" * 32),
            ]  # fmt: skip
            async with at_work(settings, adapters) as parts:
                await discord.world.bell.until(lambda: discord.gateway.ready, 10)
                yield Town(
                    parts,
                    OnTelegram(telegram.person(8, "Pia", language_code="en")),
                    OnTelegram(telegram.person(9, "Tia", language_code="en")),
                    OnDiscord(discord.person(7, "Dan", locale="en-US")),
                    OnX(x.person(7, "Xena")),
                    office,
                    imap,
                )
        await x.hang_up()
    assert discord.violations == telegram.violations == []


async def test_news_arrives_word_for_word_as_the_preview_showed_it(tmp_path: Path) -> None:
    async with town(tmp_path) as all_:
        await joined(all_)
        card = await previewed(all_)
        shown = {name: await looked(all_, card, name) for name in ("discord", "email", "x")}
        shown["telegram"] = await looked(all_, card, "telegram")
        await all_.pia.presses(card, "✅ Send to 4")
        await all_.pia.hears()

        on_telegram = await all_.tia.hears()
        assert on_telegram["text"] == f"{TITLE}\n{TEXT}"
        assert [one["type"] for one in on_telegram["entities"]] == ["bold"]
        assert shown["telegram"] == f"{on_telegram['text']}\n[ {TAP} ]"

        on_discord = await all_.dan.hears()
        assert screen.words(on_discord) == f"{TITLE}\n{TEXT}"
        assert (on_discord["mentions"], on_discord["mention_everyone"]) == ([], False)
        assert shown["discord"] == f"{screen.words(on_discord)}\n[ {TAP} ]"

        on_x = await all_.xena.hears()
        assert on_x["text"] == shown["x"] == f"{TITLE}\n\n{TEXT}\n\n{END}"

        await until(lambda: len(all_.office.taken) == 1)
        letter = all_.office.taken[0].letter
        words = all_.office.taken[0].words.strip()
        assert words.endswith(f"{TITLE}\n\n{TEXT}\n\n{END}")
        assert shown["email"] == f"Subject: {letter['Subject']}\n\n{words}"
        assert letter["Subject"] == f"[Test Support] {TITLE}"

        await ended_by_one_tap(all_, on_telegram, on_discord, letter)


async def ended_by_one_tap(
    all_: Town, on_telegram: Json, on_discord: Json, letter: EmailMessage
) -> None:
    """A letter's button writes a letter to us, as RFC 2369 has it."""
    await all_.tia.presses(on_telegram, TAP)
    await all_.dan.presses(on_discord, TAP)
    await all_.xena.says("/unsubscribe")
    link = urlsplit(str(letter["List-Unsubscribe"]).strip("<>"))
    assert (link.scheme, unquote(link.path)) == ("mailto", BOX)
    pressed = EmailMessage()
    pressed["From"], pressed["To"] = EVE, BOX
    pressed["Subject"] = parse_qs(link.query)["subject"][0]
    pressed["Message-ID"] = "<1@example.org>"
    await asyncio.to_thread(all_.imap.put, BOX, bytes(pressed))
    for one in (all_.tia, all_.dan, all_.xena):
        assert "You get no more news here" in (await one.hears())["text"]
    await until(lambda: len(all_.office.taken) == 2)
    assert "You get no more news here" in all_.office.taken[1].words
    for chat in ("9", EVE):
        assert not await all_.wants_news(chat)
    query = select(Place.platform).where(Place.subscribed)
    assert await all_.parts.store.read(lambda session: session.exec(query).all()) == []


async def joined(all_: Town) -> None:
    def add(session: Session) -> str:
        add_reader(session, Address("email", BOX, EVE), "en", now())
        return staff.invite(session, "pia", Role.PUBLISHER, now())

    code = await all_.parts.store.write(add)
    await said(all_.pia, f"/join {code}")
    for one in (all_.tia, all_.dan, all_.xena):
        assert "You get the platform's news here" in (await said(one, "/subscribe"))["text"]


async def previewed(all_: Town) -> Json:
    await said(all_.pia, "/announce")
    card = await said(all_.pia, f"# {TITLE}\n{TEXT}")
    await all_.pia.presses(card, "👁 Preview and send")
    assert (await all_.pia.hears())["text"] == f"{TITLE}\n{TEXT}"
    return await all_.pia.hears()


async def looked(all_: Town, card: Json, platform: str) -> str:
    """What that platform is said to show; below it the card again."""
    await all_.pia.presses(card, f"👁 {platform}")
    shown: str = (await all_.pia.hears())["text"]
    await all_.pia.hears()
    title, _, words = shown.partition("\n")
    assert title == f"👁 {platform} · English"
    return words


async def said(one: Teller, text: str) -> Json:
    await one.says(text)
    return await one.hears()
