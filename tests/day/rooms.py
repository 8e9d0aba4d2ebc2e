"""The rooms of one ticket, and those who work in them."""

from abc import abstractmethod
from dataclasses import replace

from tests.day.people import Somebody, seen
from tests.day.places import OnDiscord, OnTelegram, read_channel
from tests.day.reader import PATIENCE, Reader
from tests.fakes.discord_calls import Json, Upload
from tests.fakes.discord_guilds import Guild
from tests.fakes.discord_world import Channel
from tests.fakes.telegram import TelegramFake
from tests.fakes.telegram_people import labels
from tests.fakes.telegram_screen import Shown

STAFF = -1001
SECRET = "only-for-the-team"
"""In every note."""


class Topic(Reader):
    """On Telegram: the newest of that ticket."""

    def __init__(self, fake: TelegramFake, number: int) -> None:
        super().__init__(f"topic {number}")
        self._fake = fake
        self._title = f"#{number} "

    @property
    def thread(self) -> int:
        """0 while there is none."""
        topics = self._fake.group(STAFF, forum=True).topics
        named = [topic for topic, name in topics.items() if name.startswith(self._title)]
        return named[-1] if named else 0

    @property
    def messages(self) -> list[Json]:
        inbox = self._fake.group(STAFF, forum=True).inbox
        return [one for one in inbox if one.get("message_thread_id") == self.thread]

    @property
    def screen(self) -> list[str]:
        return [seen(one.text, file=one.file is not None) for one in self._shown()]

    @property
    def files(self) -> list[bytes]:
        return [one.file for one in self._shown() if one.file]

    def _shown(self) -> list[Shown]:
        return self._fake.screen(STAFF, self.thread) if self.thread else []


class Thread(Reader):
    """On Discord. Its first message is its title."""

    def __init__(self, guild: Guild, number: int) -> None:
        super().__init__(f"thread {number}")
        self._guild = guild
        self._title = f"#{number} "

    @property
    def channel(self) -> Channel | None:
        named = [one for one in self._guild.threads if one.data["name"].startswith(self._title)]
        return named[-1] if named else None

    @property
    def screen(self) -> list[str]:
        thread = self.channel
        return read_channel(thread, thread.inbox.messages)[1:] if thread else []


class Room:
    """One matter, told in two places."""

    def __init__(self, fake: TelegramFake, guild: Guild, number: int) -> None:
        self.number = number
        self._fake, self._guild = fake, guild
        self.topic, self.thread = Topic(fake, number), Thread(guild, number)

    async def reads(self, *parts: str) -> None:
        for place in (self.topic, self.thread):
            await place.reads(*parts)

    def loses_topic(self) -> None:
        """Somebody deletes it: what comes next is a new one."""
        group = self._fake.group(STAFF, forum=True)
        gone = self.topic.thread
        del group.topics[gone]
        for number, message in list(group.messages.items()):
            if message.get("message_thread_id") == gone:
                del group.messages[number]
        self.topic = Topic(self._fake, self.number)

    def loses_thread(self) -> None:
        assert self.thread.channel
        self._guild.delete(self.thread.channel)
        self.thread = Thread(self._guild, self.number)


class Colleague(Somebody):
    """Somebody of the staff. What they write in a room is read in the other one."""

    @abstractmethod
    async def writes(self, room: Room, text: str) -> Json: ...

    @abstractmethod
    async def corrects(self, message: Json, text: str) -> None: ...

    @abstractmethod
    async def presses_in(self, room: Room, label: str) -> None:
        """The newest choice of that name."""

    @abstractmethod
    def sees(self, room: Room) -> tuple[Reader, Reader]:
        """The room where they write, and the other one."""

    async def answers(self, room: Room, text: str) -> Json:
        """In writing: the first who does has the ticket, and it waits for the person."""
        before = replace(self.book.matters[room.number])
        self.book.answered(room.number, self.name)
        message = await self.writes(room, text)
        here, there = self.sees(room)
        await there.reads(text)
        if not before.waits:
            await there.reads(f"{self.name} waits for the person")
        if not before.holder:
            await room.reads(f"{self.name} took it")
        elif before.holder != self.name:
            await here.reads(f"{before.holder} has ticket {room.number}.")
        return message

    @abstractmethod
    async def shows(self, room: Room, file: bytes) -> None: ...

    async def chats(self, room: Room, text: str) -> None:
        self.book.answered(room.number, self.name, chat=True)
        await self.writes(room, text)
        await self.sees(room)[1].reads(text)

    async def notes(self, room: Room, text: str) -> None:
        await self.writes(room, f"// {text}")
        here, there = self.sees(room)
        await there.reads(text)
        await here.reads(self.word("Noted on ticket {number}; only the team reads it.",
                                   number=room.number))  # fmt: skip

    async def takes(self, room: Room) -> None:
        self.book.taken(room.number, self.name)
        await self.writes(room, "/take")
        await room.reads(f"{self.name} took it")

    async def gives(self, room: Room, other: "Colleague") -> None:
        self.book.taken(room.number, other.name)
        await self.writes(room, f"/give @{other.name}")
        await room.reads(f"{other.name} took it")
        await other.reads(other.word("{name} gives you ticket {number}.", name=self.name,
                                     number=room.number))  # fmt: skip

    async def waits(self, room: Room) -> None:
        self.book.matters[room.number].waits = True
        await self.writes(room, "/wait")
        await room.reads(f"{self.name} waits for the person")

    async def solves(self, room: Room) -> None:
        self.book.solved(room.number)
        await self.writes(room, "/solve")
        await room.reads(f"{self.name} solved")

    async def reopens(self, room: Room) -> None:
        self.book.reopened(room.number)
        await self.writes(room, "/reopen")
        await room.reads(f"{self.name} opened it again")


class ColleagueOnTelegram(OnTelegram, Colleague):
    async def writes(self, room: Room, text: str) -> Json:
        return await self.person.says_in_group(STAFF, text, thread=room.topic.thread)

    async def corrects(self, message: Json, text: str) -> None:
        await self.person.edits(message, text)

    async def shows(self, room: Room, file: bytes) -> None:
        await self.person.sends_photo_in_group(STAFF, file, room.topic.thread)

    async def presses_in(self, room: Room, label: str) -> None:
        message = next(one for one in reversed(room.topic.messages) if label in labels(one))
        await self.person.presses(message, label)

    def sees(self, room: Room) -> tuple[Reader, Reader]:
        return room.topic, room.thread


class ColleagueOnDiscord(OnDiscord, Colleague):
    """Whoever presses a button in a room is answered so that only they see it."""

    async def writes(self, room: Room, text: str) -> Json:
        return await self.person.says(text, channel=room.thread.channel)

    async def corrects(self, message: Json, text: str) -> None:
        await self.person.edits(message, text)

    async def shows(self, room: Room, file: bytes) -> None:
        await self.person.says(
            "", [Upload(file, "shown.png", "image/png")], channel=room.thread.channel
        )

    async def presses_in(self, room: Room, label: str) -> None:
        assert room.thread.channel
        there = room.thread.channel.inbox.messages
        message = next(one for one in reversed(there) if label in str(one["components"]))
        await (await self.person.presses(label, message)).answered(PATIENCE)

    def sees(self, room: Room) -> tuple[Reader, Reader]:
        return room.thread, room.topic
