"""What people press, command and fill in. Discord tells it once and wants to hear within three
seconds: https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bots.discord.commands import focused, to_text
from bots.discord.forms import read_modal_id, read_values, to_modal
from bots.discord.parse import PLATFORM, attachments, clean, sender_of
from bots.discord.render import EPHEMERAL
from core.adapter import Lookup
from core.i18n import Languages, mark
from core.messages import Address, Attachment, Inbound, Kind

log = logging.getLogger(__name__)

Json = dict[str, Any]
Respond = Callable[[discord.Interaction, Json], Awaitable[None]]
Offer = Callable[[int, Inbound], asyncio.Future[None]]

PONG, LATER, LATER_UPDATE, CHOICES, MODAL = 4, 5, 6, 8, 9
PATIENCE = 2.0
"""Seconds of the three that the desk gets before the platform is told to wait."""
COMPLETED = 25
REMEMBERED = 1000
"""Files of messages about which a ticket is being opened."""
NOT_KEPT = mark(
    "This could not be kept just now. Please send it again in a minute; what you wrote is not lost "
    "in between if you copy it."
)


class Interactions:
    """`offer` hands on what was done; its future ends when it was received."""

    def __init__(
        self, account: str, languages: Languages, lookup: Lookup | None, respond: Respond,
        offer: Offer,
    ) -> None:  # fmt: skip
        self._account = account
        self._languages = languages
        self._lookup = lookup
        self._respond = respond
        self._offer = offer
        self._files: OrderedDict[str, tuple[Attachment, ...]] = OrderedDict()

    async def take(self, interaction: discord.Interaction) -> None:
        if interaction.type is discord.InteractionType.autocomplete:
            await self._complete(interaction)
            return
        inbound = self._read(interaction)
        if inbound is None or await self._draw(interaction, inbound):
            return
        in_message = interaction.type is discord.InteractionType.component
        if in_message and interaction.guild_id is None:
            await self._take_in_private(interaction, inbound)
        else:
            flags = EPHEMERAL if interaction.guild_id else 0
            answered = replace(inbound, answer_to=interaction.token)
            await self._respond(interaction, {"type": LATER, "data": {"flags": flags}})
            self._offer(channel_of(interaction), answered)

    async def _take_in_private(self, interaction: discord.Interaction, inbound: Inbound) -> None:
        """The answer is a message of its own; the button only stops waiting."""
        done = self._offer(channel_of(interaction), inbound)
        await asyncio.wait([done], timeout=PATIENCE)
        await self._respond(interaction, {"type": LATER_UPDATE})

    async def _complete(self, interaction: discord.Interaction) -> None:
        found = []
        if self._lookup:
            text, language = focused(data_of(interaction)), str(interaction.locale)
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    found = list(await self._lookup.complete(text, language, COMPLETED))
        choices = [{"name": one.label[:100], "value": one.value} for one in found]
        await self._respond(interaction, {"type": CHOICES, "data": {"choices": choices}})

    async def _draw(self, interaction: discord.Interaction, inbound: Inbound) -> bool:
        """Open the form that this opens, if it does. A form that cannot be had in time is asked
        for step by step.
        """
        if self._lookup is None or inbound.kind is Kind.FORM:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                form = await self._lookup.form(inbound)
        except Exception as error:
            log.warning("no form was drawn", extra={"error": type(error).__name__})
            return False
        if form is None:
            return False
        if inbound.attachments:
            self._files[str(interaction.id)] = inbound.attachments
            while len(self._files) > REMEMBERED:
                self._files.popitem(last=False)
        modal = to_modal(form, interaction.id)
        await self._respond(interaction, {"type": MODAL, "data": modal})
        return True

    def _read(self, interaction: discord.Interaction) -> Inbound | None:
        """What was done, as far as it is ours."""
        data = data_of(interaction)
        plain = Inbound(
            f"i:{interaction.id}",
            self._address(interaction),
            sender_of(interaction.user, str(interaction.locale)),
            interaction.created_at,
        )
        match interaction.type:
            case discord.InteractionType.component:
                value = next(iter(data.get("values") or ()), data.get("custom_id", ""))
                message = str(interaction.message.id) if interaction.message else ""
                return replace(plain, kind=Kind.PRESS, choice=str(value), message=message)
            case discord.InteractionType.modal_submit:
                return self._read_form(plain, data)
            case discord.InteractionType.application_command if data.get("type") == 3:
                return about_message(plain, interaction)
            case discord.InteractionType.application_command:
                text, choice = to_text(data)
                kind = Kind.PRESS if choice else Kind.MESSAGE
                return replace(plain, kind=kind, text=clean(text), choice=choice)
        return None

    def _read_form(self, plain: Inbound, data: Json) -> Inbound:
        opening, choice = read_modal_id(str(data.get("custom_id", "")))
        values, files = read_values(data)
        files += self._files.pop(opening, ())
        return replace(
            plain, kind=Kind.FORM, choice=choice, values=values, attachments=files,
            message=f"f:{opening}",
        )  # fmt: skip

    def _address(self, interaction: discord.Interaction) -> Address:
        """In a server, what one person does and reads there is nobody else's."""
        thread = f"@{interaction.user.id}" if interaction.guild_id else ""
        return Address(PLATFORM, self._account, str(channel_of(interaction)), thread)


def about_message(plain: Inbound, interaction: discord.Interaction) -> Inbound:
    """A ticket about what somebody wrote: quoted, with its files."""
    data = data_of(interaction)
    raw = next(iter((data.get("resolved") or {}).get("messages", {}).values()), {})
    message = discord.Message(
        state=interaction._state,  # the library keeps it to itself, and offers no other way
        channel=interaction.channel,  # type: ignore[arg-type]  # a partial one will do
        data=raw,
    )
    quoted = f"{message.author.display_name}: {message.content}\n{message.jump_url}"
    return replace(
        plain, kind=Kind.PRESS, choice="ticket:new", text=clean(quoted),
        attachments=attachments(message, message.attachments),
    )  # fmt: skip


def data_of(interaction: discord.Interaction) -> Json:
    return dict(interaction.data or {})  # type: ignore[arg-type]  # one of several TypedDicts


def channel_of(interaction: discord.Interaction) -> int:
    return interaction.channel_id or 0
