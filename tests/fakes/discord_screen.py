"""Somebody's screen: what they use there becomes an interaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.fakes import discord_acts as acts
from tests.fakes.discord_calls import Json, Upload
from tests.fakes.discord_commands import OF_MESSAGES, OF_USERS, SLASH, Commands
from tests.fakes.discord_interactions import (
    COMMAND,
    COMPLETION,
    COMPONENT,
    SUBMIT,
    Interaction,
    Interactions,
    Modal,
)
from tests.fakes.discord_world import Channel, Inbox, World

NOTHING: Mapping[str, Any] = {}


class Screen:
    """Each act returns its interaction at once; `answered` of that waits for the bot."""

    def __init__(
        self,
        world: World,
        interactions: Interactions,
        commands: Commands,
        owner: tuple[Json, Inbox, str],
        dm: Channel,
    ) -> None:
        self.begun: list[Interaction] = []
        self._world = world
        self._interactions = interactions
        self._commands = commands
        self._owner = owner
        self._dm = dm

    @property
    def modals(self) -> list[Modal]:
        """Those that the bot opened, in the order of what opened them."""
        return [interaction.modal for interaction in self.begun if interaction.modal]

    async def presses(self, wanted: str, message: Json | None = None) -> Interaction:
        """A button by its label or custom id, under `message` (which may be an old copy) or under
        the newest that has it."""
        if message is None:
            message, data = self._newest(lambda one: acts.press(one, wanted))
        else:
            data = acts.press(message, wanted)
        return self._begin(COMPONENT, data, self._world.channel(message["channel_id"]), message)

    async def chooses(self, *wanted: str, message: Json | None = None) -> Interaction:
        """Options of a menu, by their labels or values."""
        if message is None:
            message, data = self._newest(lambda one: acts.choice(one, wanted))
        else:
            data = acts.choice(message, wanted)
        return self._begin(COMPONENT, data, self._world.channel(message["channel_id"]), message)

    def _newest(self, find: Any) -> tuple[Json, Json]:
        _, inbox, _ = self._owner
        reason = LookupError("the bot has said nothing yet")
        there = [one for one in inbox.messages if one["id"] not in inbox.gone]
        for message in reversed(there):
            try:
                return message, find(message)
            except LookupError as error:
                reason = error
        raise reason

    async def runs(
        self,
        command: str,
        options: Mapping[str, Any] = NOTHING,
        channel: Channel | None = None,
    ) -> Interaction:
        """A slash command such as "faq list". Users, channels and roles are given by their ids, a
        file as an `Upload`."""
        data, asked = self._read(command, options, channel)
        acts.check_options(asked, options)
        return self._begin(COMMAND, data, channel or self._dm)

    async def completes(
        self, command: str, option: str, text: str, channel: Channel | None = None
    ) -> list[Json]:
        """The choices that the bot offers while somebody types an option."""
        data, asked = self._read(command, {option: text}, channel)
        if not asked[option].get("autocomplete"):
            raise ValueError(f"{option} is not completed")
        _innermost(data)["options"][0]["focused"] = True
        interaction = self._begin(COMPLETION, data, channel or self._dm)
        await interaction.answered()
        return interaction.choices

    def _read(
        self, command: str, options: Mapping[str, Any], channel: Channel | None
    ) -> tuple[Json, Json]:
        name, *path = command.split()
        guild = channel.guild if channel else None
        registered = self._commands.find(SLASH, name, guild, self._owner[2])
        self._check_shown(registered, guild)
        data, asked = acts.command(registered, path, options)
        for option in _innermost(data)["options"]:
            self._resolve(data, option, channel or self._dm)
        return data, asked

    def _check_shown(self, registered: Json, guild: int | None) -> None:
        """https://docs.discord.com/developers/interactions/application-commands#permissions"""
        needed = int(registered.get("default_member_permissions") or 0)
        has = self._world.guilds[guild].permissions_of(int(self._owner[0]["id"])) if guild else 0
        if needed & ~has:
            raise LookupError(f"/{registered['name']} is hidden from {self._owner[0]['username']}")

    def _resolve(self, data: Json, option: Json, channel: Channel) -> None:
        """Whoever and whatever an option names is told with it."""
        kind, value = option["type"], option["value"]
        if kind == acts.FILE:
            file = self._world.files.keep(channel.id, value)
            option["value"] = file["id"]
            _told(data, "attachments")[file["id"]] = file
        elif kind == acts.USER:
            option["value"] = str(value)
            self._resolve_user(data, int(value), channel)
        elif kind == acts.CHANNEL:
            option["value"] = str(value)
            named = self._world.channel(value).data
            _told(data, "channels")[str(value)] = {**named, "permissions": "0"}
        elif kind == acts.ROLE:
            option["value"] = str(value)
            roles = self._world.guilds[channel.guild or 0].roles.values()
            _told(data, "roles")[str(value)] = next(r for r in roles if r["id"] == str(value))

    def _resolve_user(self, data: Json, user: int, channel: Channel) -> None:
        _told(data, "users")[str(user)] = self._world.users[user]
        guild = self._world.guilds.get(channel.guild or 0)
        if guild and user in guild.members:
            member = {k: v for k, v in guild.members[user].items() if k != "user"}
            member["permissions"] = str(guild.permissions_of(user))
            _told(data, "members")[str(user)] = member

    async def picks(self, command: str, message: Json) -> Interaction:
        """An entry of the menu of a message."""
        channel = self._world.channel(message["channel_id"])
        data = self._entry(OF_MESSAGES, command, message["id"], channel)
        _told(data, "messages")[message["id"]] = message
        return self._begin(COMMAND, data, channel)

    async def picks_user(self, command: str, user: int, channel: Channel) -> Interaction:
        """An entry of the menu of somebody."""
        data = self._entry(OF_USERS, command, str(user), channel)
        self._resolve_user(data, user, channel)
        return self._begin(COMMAND, data, channel)

    def _entry(self, kind: int, command: str, target: str, channel: Channel) -> Json:
        registered = self._commands.find(kind, command, channel.guild, self._owner[2])
        data = {key: registered[key] for key in ("id", "name", "type")}
        return {**data, "target_id": target, "resolved": {}}

    async def submits(
        self,
        modal: Modal,
        values: Mapping[str, Any] = NOTHING,
        files: Mapping[str, Sequence[Upload]] = NOTHING,
    ) -> Interaction:
        """Fields by their custom ids or labels. A menu takes labels or values, as a list."""
        before = modal.interaction
        where = before.channel

        def keep(upload: Upload) -> Json:
            return self._world.files.keep(where.id, upload)

        data = acts.submission(modal.components, values, files, keep)
        return self._begin(
            SUBMIT, {"custom_id": modal.custom_id, **data}, where, before.message, before
        )

    def _begin(
        self,
        kind: int,
        data: Json,
        channel: Channel,
        message: Json | None = None,
        trigger: Interaction | None = None,
    ) -> Interaction:
        interaction = self._interactions.begin(kind, self._owner, channel, data, message, trigger)
        self.begun.append(interaction)
        return interaction


def _innermost(data: Json) -> Json:
    """The command, or the subcommand, that has the options."""
    while data["options"] and "options" in data["options"][0]:
        data = data["options"][0]
    return data


def _told(data: Json, kind: str) -> Json:
    told: Json = data.setdefault("resolved", {}).setdefault(kind, {})
    return told
