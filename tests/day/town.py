"""A town of five platforms, and one desk that listens on all of them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import SecretStr
from sqlmodel import Session

from bots.discord.adapter import DiscordAdapter
from bots.email.adapter import EmailAdapter
from bots.telegram.adapter import TelegramAdapter
from bots.twitter.adapter import XAdapter
from core.adapter import Adapter
from core.limits import Limits
from core.models import Role
from core.pack import read_pack
from core.settings import Discord, Email, Faq, Settings, Telegram, X
from core.staff import by_name, invite, remove
from frontdesk.app import Parts, languages_of, open_desk
from frontdesk.platforms import terminal_door
from frontdesk.running import keep
from frontdesk.visits import Visits
from tests.conftest import Clock
from tests.day.book import Book
from tests.day.people import Somebody
from tests.day.places import AtTerminal, ByMail, OnDiscord, OnTelegram, OnX
from tests.day.reader import PATIENCE
from tests.day.rooms import (
    STAFF,
    Colleague,
    ColleagueOnDiscord,
    ColleagueOnTelegram,
    Room,
)
from tests.dialogs.on_x import Quick
from tests.dialogs.talk import PACK
from tests.fakes.discord import DiscordFake
from tests.fakes.discord_client import pointed_at
from tests.fakes.discord_guilds import FORUM, MANAGE_THREADS
from tests.fakes.mail import PASSWORD, Dovecot, dovecot
from tests.fakes.mail_smtp import PostOffice, post_office
from tests.fakes.telegram import TelegramFake
from tests.fakes.x import XFake
from tests.fakes.x_world import Message

S = TypeVar("S", bound=Somebody)

BOX = "desk@desk.example"
MONDAY = 23
LOOK = 5.0
"""Seconds between two looks at X while nobody writes."""
AT_WORK = {"Delivery.run", "Attachments.run", "Answers.run", "Reminders.run", "Rooms.run",
           "Newsroom.run", "keep"}  # fmt: skip


class Roused(Quick):
    """Whoever waits to ask again need not wait once there is something to hear."""

    def __init__(self) -> None:
        super().__init__()
        self._rouse = asyncio.Event()

    def rouse(self, _: Message) -> None:
        self._rouse.set()

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK):
                await self._rouse.wait()
        self._rouse.clear()


class Town:
    def __init__(
        self, data: Path, telegram: TelegramFake, discord: DiscordFake, x: XFake,
        mail: tuple[Dovecot, PostOffice],
    ) -> None:  # fmt: skip
        self.data = data
        self.clock = Clock()
        self.book = Book(self.clock)
        self.pack = read_pack(PACK)
        self.languages = languages_of(self.pack)
        self.people: dict[str, Somebody] = {}
        self.rooms: dict[int, Room] = {}
        self.on_duty: list[Colleague] = []
        self.telegram, self.discord, self.x, self.mail = telegram, discord, x, mail
        self.guild = discord.guild(1)
        self.forum = self.guild.channel("staff", FORUM)
        telegram.group(STAFF, forum=True)
        self._listening: list[asyncio.Task[None]] = []
        self._stack = AsyncExitStack()
        self.parts: Parts

    # The desk

    async def opens(self) -> None:
        settings = self._settings()
        door = terminal_door(settings, self.clock, self.languages)
        assert door
        adapters: list[Adapter] = [
            TelegramAdapter(settings.telegram, clock=self.clock),
            DiscordAdapter(settings.discord, self.languages, quick=PATIENCE),
            self._x(settings.x),
            EmailAdapter(settings.email, "Desk", b"k" * 32),
            door,
        ]
        for adapter in adapters:
            adapter.limits = unhurried(adapter.limits)
        desk = open_desk(settings, self.pack, adapters, self.clock)
        self.parts = await self._stack.enter_async_context(desk)
        door.join(Visits(self.parts, self.clock))
        self._listening = [
            asyncio.create_task(keep(one, self.parts.desk.receive)) for one in adapters
        ]
        await self.discord.is_connected(20)

    async def closes(self) -> None:
        """As it should be: what is on its way arrives first."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await self._stack.aclose()

    async def breaks_down(self) -> None:
        """In the middle of whatever it does; nothing is finished."""
        for task in asyncio.all_tasks():
            if getattr(task.get_coro(), "__qualname__", "") in AT_WORK:
                task.cancel()
        await self.closes()

    async def is_quiet(self) -> None:
        """Everything was heard, and is answered."""
        await self.telegram.all_confirmed()
        await self.parts.settle()

    @contextmanager
    def slow_answers(self) -> Iterator[None]:
        """Messages arrive at once; that they did is told late."""
        self.telegram.faults.add(kind="delay", method="sendMessage", after=2.0, times=None)
        route = "POST /channels/{channel_id}/messages"
        self.discord.faults.add(kind="delay", route=route, after=2.0, times=None)
        yield
        self.telegram.faults.clear()
        self.discord.faults.clear()

    def _settings(self) -> Settings:
        imap, office = self.mail
        return Settings(
            data=self.data,
            pack=PACK,
            faq=Faq(encoder="none"),
            telegram=Telegram(token=SecretStr(self.telegram.token), api_url=self.telegram.url,
                              staff_chat=str(STAFF), per_group_minute=0),
            discord=Discord(token=SecretStr(self.discord.token), api_url=self.discord.url,
                            gateway_url=self.discord.gateway_url,
                            staff_channel=str(self.forum.id)),
            x=X(consumer_key=SecretStr(self.x.keys.consumer_key),
                consumer_secret=SecretStr(self.x.keys.consumer_secret),
                access_token=SecretStr(self.x.keys.access_token),
                access_secret=SecretStr(self.x.keys.access_secret),
                client_id=self.x.keys.client_id,
                client_secret=SecretStr(self.x.keys.client_secret),
                refresh_token=SecretStr(self.x.keys.refresh_token)),
            email=Email(address=BOX, password=SecretStr(PASSWORD), imap_url=imap.url(),
                        smtp_url=office.url),
        )  # fmt: skip

    def _x(self, settings: X) -> XAdapter:
        clock = self.x.now
        assert isinstance(clock, Roused)
        return XAdapter(settings, "", self.data, connector=self.x.connector(), clock=clock,
                        sleep=clock.sleep)  # fmt: skip

    # Time

    def at(self, hour: float, day: int = MONDAY) -> None:
        """That hour, where the desk is."""
        there = datetime(2026, 11, day, tzinfo=self.pack.zone).replace(
            hour=int(hour), minute=round(hour % 1 * 60)
        )
        self.clock.now = there.astimezone(UTC)

    # People

    def on_telegram(self, name: str, language: str = "en") -> OnTelegram:
        person = self.telegram.person(number(name), name, language_code=language)
        return self._meets(OnTelegram(person, self.languages.speak(language), self.book))

    def on_discord(self, name: str, language: str = "en") -> OnDiscord:
        person = self.discord.person(number(name), name, locale=language)
        return self._meets(OnDiscord(person, self.languages.speak(language), self.book))

    def on_x(self, name: str, language: str = "en") -> OnX:
        person = self.x.person(number(name), name)
        return self._meets(OnX(person, self.languages.speak(language), self.book))

    def by_mail(self, name: str, language: str = "en") -> ByMail:
        speech = self.languages.speak(language)
        return self._meets(ByMail(name, speech, self.book, (*self.mail, BOX)))

    def at_terminal(self, name: str, language: str = "en") -> AtTerminal:
        speech = self.languages.speak(language)
        return self._meets(AtTerminal(name, speech, self.book, self.data))

    def _meets(self, one: S) -> S:
        """Whoever is known already is who they were."""
        known = self.people.setdefault(f"{type(one).__name__} {one.name}", one)
        assert isinstance(known, type(one))
        return known

    def room(self, ticket: int) -> Room:
        return self.rooms.setdefault(ticket, Room(self.telegram, self.guild, ticket))

    # The staff

    async def hires(self, name: str, place: str, role: Role, language: str = "en") -> Colleague:
        speech = self.languages.speak(language)
        colleague: Colleague
        if place == "telegram":
            on_telegram = self.telegram.person(number(name), name, language_code=language)
            colleague = self._meets(ColleagueOnTelegram(on_telegram, speech, self.book))
        else:
            on_discord = self.discord.person(number(name), name, locale=language)
            self.guild.join(on_discord.user, [self.guild.role("staff", MANAGE_THREADS)])
            colleague = self._meets(ColleagueOnDiscord(on_discord, speech, self.book))
        code = await self.parts.store.write(partial(invite, name=name, role=role, now=self.clock()))
        await colleague.says(f"/join {code}")
        await colleague.reads(speech.t("Welcome, {name}: you are staff here now. /staff shows what "
                                       "you can do, /queue what waits.", name=name))  # fmt: skip
        await colleague.says("/duty on")
        await colleague.reads(speech.t("You are told of new tickets. /duty off ends it."))
        self.on_duty.append(colleague)
        return colleague

    async def dismisses(self, name: str) -> None:
        def go(session: Session) -> None:
            known = by_name(session, name)
            assert known
            remove(session, known, self.clock())

        await self.parts.store.write(go)
        self.book.dismissed(name)
        self.on_duty = [one for one in self.on_duty if one.name != name]


def number(name: str) -> int:
    """Of an account: the same for the same name, and nobody else's."""
    return int.from_bytes(name.encode()[:6], "big")


def unhurried(limits: Limits) -> Limits:
    """The platforms here count nothing: what would take the day is done at once."""
    return replace(limits, per_second=1000.0, per_address=0.0, windows=())


@asynccontextmanager
async def town(data: Path) -> AsyncIterator[Town]:
    async with (
        TelegramFake() as telegram,
        DiscordFake() as discord,
        XFake(now=(clock := Roused())) as x,
    ):
        x.limits.off()
        discord.interactions.window = PATIENCE
        x.world.tell.append(clock.rouse)
        with dovecot() as imap, post_office() as office, pointed_at(discord):
            one = Town(data, telegram, discord, x, (imap, office))
            one.at(8.5)
            await one.opens()
            try:
                yield one
            finally:
                for person in one.people.values():
                    if isinstance(person, AtTerminal):
                        await person.leaves()
                await one.closes()
        await x.hang_up()
        assert telegram.violations == []
        assert discord.violations == []
