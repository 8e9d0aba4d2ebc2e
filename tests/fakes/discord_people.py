"""The people who talk to the bot, as a test or a benchmark speaks for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.fakes.discord_calls import Json, Upload
from tests.fakes.discord_commands import Commands
from tests.fakes.discord_components import BUTTON, MENUS, TEXT, walk
from tests.fakes.discord_guilds import MANAGE_THREADS, PRIVATE_THREAD
from tests.fakes.discord_interactions import Interactions, Modal
from tests.fakes.discord_messages import change, compose, place, remove
from tests.fakes.discord_screen import Screen
from tests.fakes.discord_world import DM, Channel, Inbox, World, user_json

RENAMED = 4
"""https://docs.discord.com/developers/resources/message#message-object-message-types"""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as it stands on somebody's screen."""

    content: str
    labels: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()


def labels(message: Json) -> list[str]:
    """The labels of the buttons and the placeholders of the menus of a message."""
    everything = [component for _, component in walk(message["components"])]
    controls = [c for c in everything if c["type"] in (BUTTON, *MENUS)]
    return [c.get("label") or c.get("placeholder") or "" for c in controls]


def words(message: Json) -> str:
    """All that there is to read: the text, then what embeds and the text among components say."""
    parts = [message["content"]]
    for embed in message["embeds"]:
        parts += [embed.get("title"), embed.get("description")]
        for field in embed.get("fields") or ():
            parts += [field["name"], field["value"]]
        parts.append((embed.get("footer") or {}).get("text"))
    parts += [c.get("content") for _, c in walk(message["components"]) if c["type"] == TEXT]
    return "\n".join(part for part in parts if part)


def shown(world: World, message: Json) -> Shown:
    files = (world.files.data(attachment) for attachment in message["attachments"])
    return Shown(words(message), tuple(labels(message)), tuple(files))


def screen(world: World, channel: Channel) -> list[Shown]:
    """All that stands in a channel, whoever said it; what only one person sees is not there."""
    return [shown(world, message) for _, message in sorted(channel.messages.items())]


class Person:
    """Somebody with a private channel with the bot. What they say is returned as the bot sees it.

    `inbox` is what the bot told them in private, each message as it was when it came or as edits
    changed it; `seen` leaves out what was deleted.
    """

    def __init__(
        self, world: World, interactions: Interactions, commands: Commands, user: Json, locale: str
    ) -> None:
        self.user = user
        self.id = int(user["id"])
        self.locale = locale
        self._inbox = Inbox(f"{user['username']}")
        self.inbox = self._inbox.messages
        self.hears = self._inbox.hears
        self.bell = self._inbox.bell
        self.dm = world.add_channel(_dm_json(world, user), self._inbox)
        world.dms[self.id] = self.dm
        world.users[self.id] = user
        self._world = world
        self._screen = Screen(world, interactions, commands, (user, self._inbox, locale), self.dm)
        self.presses = self._screen.presses
        self.chooses = self._screen.chooses
        self.runs = self._screen.runs
        self.completes = self._screen.completes
        self.picks = self._screen.picks
        self.picks_user = self._screen.picks_user
        self.submits = self._screen.submits

    @property
    def modals(self) -> list[Modal]:
        """Those that the bot opened."""
        return self._screen.modals

    @property
    def seen(self) -> list[Shown]:
        return [
            shown(self._world, message)
            for message in self.inbox
            if message["id"] not in self._inbox.gone
        ]

    async def says(
        self,
        text: str,
        files: Sequence[Upload] = (),
        reply_to: Json | None = None,
        channel: Channel | None = None,
    ) -> Json:
        """In private, or in a channel of a server."""
        form: Json = {"content": text}
        if reply_to:
            form["message_reference"] = {"message_id": reply_to["id"]}
        where = channel or self.dm
        self._check_sees(where)
        form["attachments"] = [self._world.files.keep(where.id, file) for file in files]
        message = compose(self._world, where, self.user, form)
        place(self._world, where, message)
        return message

    def _check_sees(self, channel: Channel) -> None:
        """A closed thread is seen by those who were let in or may manage threads."""
        if channel.type != PRIVATE_THREAD or self.id in channel.members:
            return
        if not self._may(channel, MANAGE_THREADS):
            raise LookupError(f"{self.user['username']} does not see {channel.data['name']!r}")

    def _may(self, channel: Channel, permissions: int) -> bool:
        guild = self._world.guilds[channel.guild or 0]
        return bool(guild.permissions_of(self.id) & permissions)

    async def renames(self, thread: Channel, name: str) -> Json:
        """The platform notes that, in their name."""
        thread.data["name"] = name
        message = compose(self._world, thread, self.user, {"content": name}) | {"type": RENAMED}
        place(self._world, thread, message)
        return message

    async def sends_file(self, upload: Upload, size: int, text: str = "") -> Json:
        """A file of which the platform declares `size`, whatever the data at hand."""
        file = self._world.files.keep(self.dm.id, upload, size)
        message = compose(self._world, self.dm, self.user, {"content": text, "attachments": [file]})
        place(self._world, self.dm, message)
        return message

    async def edits(self, message: Json, text: str) -> None:
        where = self._world.channel(message["channel_id"])
        change(self._world, where, message, {"content": text})

    async def deletes(self, message: Json) -> None:
        remove(self._world, self._world.channel(message["channel_id"]), message)

    async def mentions_bot(self, text: str, channel: Channel) -> Json:
        """Words to the bot among others."""
        return await self.says(f"<@{self._world.application}> {text}", channel=channel)

    def blocks(self) -> None:
        """From now on the bot's sends to this person are refused with 403."""
        self.dm.closed = True

    def unblocks(self) -> None:
        self.dm.closed = False


def _dm_json(world: World, user: Json) -> Json:
    return {
        "id": str(world.new_id()),
        "type": DM,
        "last_message_id": None,
        "flags": 0,
        "recipients": [user],
    }


class Crowd:
    """Everybody who talks to the bot."""

    def __init__(self, world: World, interactions: Interactions, commands: Commands) -> None:
        self._world = world
        self._interactions = interactions
        self._commands = commands
        self._people: dict[int, Person] = {}

    def person(self, id: int, name: str = "Ada", locale: str = "de") -> Person:
        """The person with this id. The first call makes them; later ones ignore the rest."""
        if id not in self._people:
            user = user_json(id, name)
            self._people[id] = Person(self._world, self._interactions, self._commands, user, locale)
        return self._people[id]
