"""Pure: an interaction as Discord sent it (a command, a press, a form) -> what it asks of us.

https://docs.discord.com/developers/interactions/receiving-and-responding
"""

import re
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from bots.discord.forms import read_id, read_uploads, read_values
from bots.discord.parse import (
    PLATFORM,
    THREAD_TYPES,
    Me,
    Unreadable,
    attachments,
    is_room,
    line,
    number,
    sender_of,
    time_of,
    to_attachment,
)
from core.messages import CHOICE_BYTES, Address, Attachment, Inbound, Kind, Sender

Json = dict[str, Any]

PRIVATE = 1
"""The context of our own private channel with somebody."""
ON_A_MESSAGE = 3
"""The type of the command in a message's context menu."""
OPENING = re.compile(r"form:|ticket:new|asked:.*:ticket$")
"""Presses that may open a form."""
ENTRY = re.compile(r"entry:[!-~]+")
"""What completing a question gives: the question itself, to be shown."""

FOREIGN = "foreign"
"""A button that is none of ours."""


class Asked(IntEnum):
    COMMAND = 2
    COMPONENT = 3
    COMPLETION = 4
    FORM = 5


@dataclass(frozen=True, slots=True)
class Interaction:
    """`private` when it came from our own private channel with somebody; everywhere else what is
    answered is seen by nobody but them. `in_room` when it came from a thread of the staff.
    """

    id: str
    token: str
    asked: Asked
    channel: str
    sender: Sender
    private: bool
    on_message: bool
    data: Json
    inbound: Inbound | None
    """None for a completion, and for what we do not know."""
    in_room: bool = False
    quoted: tuple[Attachment, ...] = ()
    """Files of the message on which the command was used."""

    @property
    def is_quiet(self) -> bool:
        """Whether it is acknowledged without promising an answer in its place."""
        return self.on_message and (self.private or self.in_room)

    @property
    def may_open_form(self) -> bool:
        if self.inbound is None or self.asked is Asked.FORM or self.in_room:
            return False
        if self.inbound.kind is Kind.PRESS:
            return OPENING.match(self.inbound.choice) is not None
        return self.inbound.text == "/ticket"


def to_interaction(data: Json, me: Me) -> Interaction | None:
    """None for what nobody can be answered. Raises `Unreadable`."""
    try:
        return read(data, me)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(type(error).__name__) from None


def read(data: Json, me: Me) -> Interaction | None:
    if data["type"] not in list(Asked):
        return None
    user = data["member"]["user"] if data.get("member") else data["user"]
    sender = sender_of(user, line(data.get("locale")))
    channel, asked = number(data["channel_id"]), Asked(data["type"])
    private = not data.get("guild_id") and data.get("context", PRIVATE) == PRIVATE
    id, token = number(data["id"]), line(data["token"])
    in_room = is_room(parent_of(data), me)
    place = Address(PLATFORM, me.id, channel, "" if private else f"@{sender.id}")
    if in_room:
        place = Address(PLATFORM, me.id, me.staff_channel, channel)
    base = Inbound(
        f"i:{id}",
        place,
        sender,
        time_of(id),
        private=not in_room,
        in_room=in_room,
        answer_to="" if private else token,
        words_after="" if private or in_room else "/ask",
    )
    return Interaction(
        id,
        token,
        asked,
        channel,
        sender,
        private,
        bool(data.get("message")),
        data["data"],
        complete(base, asked, data),
        in_room,
        quoted(data["data"]),
    )


def parent_of(data: Json) -> str:
    """The channel of the thread in which it was done; empty outside threads."""
    channel = data.get("channel") or {}
    is_thread = channel.get("type") in THREAD_TYPES and channel.get("parent_id")
    return number(channel["parent_id"]) if is_thread else ""


def complete(base: Inbound, asked: Asked, data: Json) -> Inbound | None:
    """What was done, in its place."""
    given = data["data"]
    match asked:
        case Asked.COMPONENT:
            values = given.get("values") or [given["custom_id"]]
            message = number((data.get("message") or {}).get("id", base.event[2:]))
            return changed(base, Kind.PRESS, choice=pressed(values[0]), message=message)
        case Asked.FORM:
            return form(base, given)
        case Asked.COMMAND if given.get("type") == ON_A_MESSAGE:
            text = quote(given, data.get("guild_id"))
            return changed(base, Kind.PRESS, choice="ticket:new", text=text)
        case Asked.COMMAND:
            return command(base, given)
    return None


def form(base: Inbound, given: Json) -> Inbound:
    choice, opened_by = read_id(line(given["custom_id"]))
    files = tuple(to_attachment(file, base.address.chat, "") for file in read_uploads(given))
    return changed(
        base,
        Kind.FORM,
        choice=value_of(choice),
        message=f"f:{number(opened_by)}",
        values=read_values(given["components"]),
        files=files,
    )


def command(base: Inbound, given: Json) -> Inbound:
    """As if it had been typed; a question is just asked, and one of ours is shown. But in a room
    free words go to the person, and no command may become such.
    """
    words = " ".join(line(str(option["value"])) for option in given.get("options") or ())
    if given["name"] != "ask" or base.in_room:
        text = f"/{line(given['name'])} {words}".strip()
        return changed(base, Kind.MESSAGE, text=text, message=base.event[2:])
    if ENTRY.fullmatch(words) and len(words) <= CHOICE_BYTES:
        return changed(base, Kind.PRESS, choice=words)
    return changed(base, Kind.MESSAGE, text=words, message=base.event[2:])


def changed(
    base: Inbound,
    kind: Kind,
    *,
    text: str = "",
    choice: str = "",
    message: str = "",
    values: tuple[tuple[str, str], ...] = (),
    files: tuple[Attachment, ...] = (),
) -> Inbound:
    return replace(
        base,
        kind=kind,
        text=text,
        choice=choice,
        attachments=files,
        message=message,
        values=values,
    )


def pressed(choice: object) -> str:
    """The value of a button, also of one that some other program of this bot has left."""
    try:
        return value_of(choice)
    except ValueError:
        return FOREIGN


def value_of(choice: object) -> str:
    """The value of a button of ours. Raises `ValueError` for what is none."""
    value = line(choice)
    if not value.isascii() or not 0 < len(value) <= CHOICE_BYTES:
        raise ValueError("a choice expected")
    return value


def target(given: Json) -> Json | None:
    messages = (given.get("resolved") or {}).get("messages") or {}
    found = messages.get(given.get("target_id"))
    return dict(found) if found else None


def quote(given: Json, guild: object) -> str:
    """The message on which the command was used: who wrote it, where it stands, and its words. The
    server that `given` tells is only the one to which the command is confined.
    """
    message = target(given)
    if message is None:
        return ""
    author, words = sender_of(message["author"]).name, line(message.get("content"))
    place = number(guild) if guild else "@me"
    link = f"https://discord.com/channels/{place}/{message['channel_id']}/{message['id']}"
    return f"{author}, {link}:\n\n{words}".strip()


def quoted(given: Json) -> tuple[Attachment, ...]:
    message = target(given)
    if message is None:
        return ()
    return attachments(message, number(message["channel_id"]), number(message["id"]))


def typed(given: Json) -> str:
    """What stands in the field that is to be completed."""
    options = given.get("options") or ()
    return next((line(str(one["value"])) for one in options if one.get("focused")), "")
