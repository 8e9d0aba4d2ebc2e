"""All that the imitated platform knows: users, channels, messages, and what the bot sent."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.fakes.discord_calls import Call, Json, unknown
from tests.fakes.discord_clock import Clock
from tests.fakes.discord_files import Files
from tests.fakes.telegram_bell import Bell

CALLS_KEPT = 10_000
TEXT, DM = 0, 1
MESSAGE_CONTENT_LIMITED = 1 << 19
HIDDEN: Json = {"content": "", "embeds": [], "attachments": [], "components": []}
"""https://docs.discord.com/developers/events/gateway#message-content-intent"""

Publish = Callable[[str, Json, int | None], bool]
"""An event, its data, and the guild where it happened; whether a bot was there to be told."""


class Inbox:
    """What the bot said to somebody or somewhere, in order; edits change it in place, deletes do
    not."""

    def __init__(self, name: str) -> None:
        self.messages: list[Json] = []
        self.gone: set[str] = set()
        """Ids of those that were deleted."""
        self.bell = Bell()
        self._name = name
        self._heard = 0

    def put(self, message: Json) -> None:
        self.messages.append(message)
        self.bell.ring()

    async def hears(self, n: int = 1, timeout: float = 5.0) -> list[Json]:
        """The next `n` messages of the bot that nobody heard yet, once all of them have arrived."""
        start, self._heard = self._heard, self._heard + n
        try:
            await self.bell.until(lambda: len(self.messages) >= start + n, timeout)
        except TimeoutError:
            came = [message["content"] for message in self.messages[start:]]
            raise TimeoutError(f"{self._name} waited for {n} messages and got {came}") from None
        return self.messages[start : start + n]


class Channel:
    """A place for messages: `data` is the channel as the bot sees it, messages are oldest first."""

    def __init__(self, data: Json, inbox: Inbox, guild: int | None = None) -> None:
        self.id = int(data["id"])
        self.data = data
        self.type: int = data["type"]
        self.guild = guild
        self.inbox = inbox
        self.hears = inbox.hears
        self.messages: dict[int, Json] = {}
        self.closed = False
        """The recipient takes no messages of the bot."""
        self.denied = 0
        """The permissions that the bot lacks here."""
        self.members: dict[int, Json] = {}
        """Of a thread, by user."""
        self.typed = 0
        """How often the bot showed that it types."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An accepted send. `at` is `time.monotonic()` of acceptance; `pings` whom it pinged, each as
    it is written: "@everyone", "<@&role>", "<@user>".
    """

    number: int
    channel: int
    text: str
    at: float
    message: int
    nonce: str | None = None
    pings: tuple[str, ...] = ()


class Guild(Protocol):
    """What the platform knows of a server; see discord_guilds."""

    name: str
    locale: str
    members: dict[int, Json]
    roles: dict[str, Json]

    def permissions_of(self, user: int) -> int: ...

    def snapshot(self) -> Json: ...


class World:
    """One bot's platform. What happens is published to the bot's gateway."""

    def __init__(self, publish: Publish) -> None:
        self.clock = Clock()
        self.new_id = self.clock.new_id
        self.files = Files(self.clock)
        self.bot: Json = user_json(self.new_id(), "Front Desk", bot=True)
        self.bell = Bell()
        self.publish = publish
        self.users: dict[int, Json] = {int(self.bot["id"]): self.bot}
        self.channels: dict[int, Channel] = {}
        self.dms: dict[int, Channel] = {}
        """By the id of the recipient."""
        self.message_content = True
        """Whether the bot was granted the privileged intent: then it may read all of a guild."""
        self.members_intent = False
        self.guilds: dict[int, Guild] = {}
        self.ledger: list[Sent] = []
        self.calls: deque[Call] = deque(maxlen=CALLS_KEPT)

    @property
    def application(self) -> str:
        """An application and its bot have had the same id for years."""
        return str(self.bot["id"])

    @property
    def application_flags(self) -> int:
        """https://docs.discord.com/developers/resources/application#application-object-application-flags"""
        return MESSAGE_CONTENT_LIMITED if self.message_content else 0

    def shown(self, channel: Channel, message: Json) -> Json:
        """What the bot may see of it: in a guild, without the privileged intent, nothing of what
        does not concern it. The links of files are fresh."""
        concerns = message["author"] is self.bot or self.bot in message["mentions"]
        if channel.guild is not None and not concerns and not self.message_content:
            return message | HIDDEN
        if not message["attachments"]:
            return message
        renewed = [self.files.renewed(attachment) for attachment in message["attachments"]]
        return {**message, "attachments": renewed}

    def channel(self, id: str | int) -> Channel:
        try:
            return self.channels[int(id)]
        except (KeyError, ValueError):
            raise unknown(10003, "Channel") from None

    def message(self, channel: Channel, id: str | int) -> Json:
        try:
            return channel.messages[int(id)]
        except (KeyError, ValueError):
            raise unknown(10008, "Message") from None

    def add_channel(self, data: Json, inbox: Inbox, guild: int | None = None) -> Channel:
        channel = self.channels[int(data["id"])] = Channel(data, inbox, guild)
        return channel

    def record(self, channel: Channel, message: Json) -> None:
        """The bot's message enters the ledger."""
        number, id = len(self.ledger), int(message["id"])
        nonce = message.get("nonce")
        text, at = message["content"], time.monotonic()
        self.ledger.append(Sent(number, channel.id, text, at, id, nonce, _pinged(message)))


def _pinged(message: Json) -> tuple[str, ...]:
    return (
        *(("@everyone",) if message["mention_everyone"] else ()),
        *(f"<@&{id}>" for id in message["mention_roles"]),
        *(f"<@{user['id']}>" for user in message["mentions"]),
    )


def user_json(id: int, name: str, bot: bool = False) -> Json:
    return {
        "id": str(id),
        "username": name.lower().replace(" ", "_"),
        "global_name": None if bot else name,
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
