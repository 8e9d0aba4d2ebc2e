"""Interactions: somebody uses a command, a button, a menu or a modal, and the bot is asked.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import secrets
from dataclasses import dataclass, field

from tests.fakes.discord_calls import Json
from tests.fakes.discord_files import UPLOAD_LIMIT
from tests.fakes.discord_guilds import BOT
from tests.fakes.discord_world import Channel, Inbox, World
from tests.fakes.telegram_bell import Bell

COMMAND, COMPONENT, COMPLETION, SUBMIT = 2, 3, 4, 5
IN_GUILD, IN_DM = 0, 1
RESPONSE_WINDOW, TOKEN_LIFE = 3.0, 900.0


@dataclass(frozen=True, slots=True)
class Modal:
    """A form that the bot opened on somebody's screen."""

    interaction: "Interaction"
    title: str
    custom_id: str
    components: list[Json]


@dataclass(slots=True)
class Interaction:
    """One thing that somebody did. `response` is the type of the bot's first answer, None before.

    `original` is the message of that answer, or the one of which a component was used.
    """

    id: int
    token: str
    kind: int
    user: Json
    inbox: Inbox
    channel: Channel
    data: Json
    began: float
    message: Json | None = None
    trigger: "Interaction | None" = None
    """What opened the modal that was submitted."""
    response: int | None = None
    original: Json | None = None
    failed: bool = False
    """No bot was there to be told."""
    choices: list[Json] = field(default_factory=list)
    modal: Modal | None = None
    messages: dict[str, Json] = field(default_factory=dict)
    """All that the bot said through it, by id."""
    bell: Bell = field(default_factory=Bell)

    def metadata(self) -> Json:
        """What is told of it with the messages that answer it."""
        told: Json = {
            "id": str(self.id),
            "type": self.kind,
            "user": self.user,
            "authorizing_integration_owners": {"0": str(self.channel.guild or 0)},
        }
        if self.kind == COMPONENT and self.message:
            told["interacted_message_id"] = self.message["id"]
        if self.trigger:
            told["triggering_interaction_metadata"] = self.trigger.metadata()
        return told

    async def answered(self, timeout: float = 5.0) -> int:
        """The type of the first answer, once it came. Whoever waits in vain sees "The application
        did not respond", which is a `TimeoutError` here: at once when no bot is connected."""
        if self.failed:
            raise TimeoutError("the application did not respond")
        await self.bell.until(lambda: self.response is not None, timeout)
        assert self.response is not None
        return self.response


class Interactions:
    """Those that the bot may still answer, by token."""

    def __init__(self, world: World) -> None:
        self.all: dict[str, Interaction] = {}
        self.window = RESPONSE_WINDOW
        """Seconds that the bot has for its first answer."""
        self._world = world

    def begin(
        self,
        kind: int,
        who: tuple[Json, Inbox, str],
        channel: Channel,
        data: Json,
        message: Json | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        """`who` is a user, their inbox and their language. The bot's gateway is told."""
        user, inbox, locale = who
        interaction = Interaction(
            id=self._world.new_id(),
            token=secrets.token_urlsafe(48),
            kind=kind,
            user=user,
            inbox=inbox,
            channel=channel,
            data=data,
            began=self._world.clock.now(),
            message=message,
            trigger=trigger,
        )
        self.all[interaction.token] = interaction
        told = self._told(interaction, locale)
        interaction.failed = not self._world.publish("INTERACTION_CREATE", told, channel.guild)
        return interaction

    def _told(self, interaction: Interaction, locale: str) -> Json:
        channel = interaction.channel
        told: Json = {
            "id": str(interaction.id),
            "application_id": self._world.application,
            "type": interaction.kind,
            "data": interaction.data,
            "token": interaction.token,
            "version": 1,
            "channel_id": str(channel.id),
            "channel": channel.data,
            "locale": locale,
            "app_permissions": str(BOT & ~channel.denied),
            "entitlements": [],
            "attachment_size_limit": UPLOAD_LIMIT,
            **self._whereabouts(interaction),
        }
        if interaction.message:
            told["message"] = interaction.message
        return told

    def _whereabouts(self, interaction: Interaction) -> Json:
        guild = interaction.channel.guild
        if guild is None:
            owners = {"0": "0"}
            return {
                "user": interaction.user,
                "context": IN_DM,
                "authorizing_integration_owners": owners,
            }
        known = self._world.guilds[guild]
        id = int(interaction.user["id"])
        if id not in known.members:
            raise LookupError(f"{interaction.user['username']} is no member of {known.name}")
        return {
            "guild_id": str(guild),
            "guild_locale": known.locale,
            "guild": {"id": str(guild), "locale": known.locale, "features": []},
            "member": {**known.members[id], "permissions": str(known.permissions_of(id))},
            "context": IN_GUILD,
            "authorizing_integration_owners": {"0": str(guild)},
        }

    def is_late(self, interaction: Interaction) -> bool:
        """The first answer did not come in time."""
        waited = self._world.clock.now() - interaction.began
        return interaction.response is None and waited > self.window

    def is_over(self, interaction: Interaction) -> bool:
        return self._world.clock.now() - interaction.began > TOKEN_LIFE
