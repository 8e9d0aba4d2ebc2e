"""Pure: a message as Discord sent it -> Inbound.

Nothing is taken on trust: what has a wrong shape is `Unreadable`, and no value leaves here that a
database could not keep.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from bots.discord.wording import named_roles, question, readable, said_to
from core.messages import Address, Attachment, Inbound, Kind, Sender

Json = dict[str, Any]

PLATFORM = "discord"
WRITTEN = (0, 19)
"""Types of messages that a person wrote; all others tell that something happened.
https://docs.discord.com/developers/resources/message#message-object-message-types
"""
PRIVATE, THREAD_TYPES = 1, (10, 11, 12)
"""https://docs.discord.com/developers/resources/channel#channel-object-channel-types"""
FORWARD = 1
VOICE = 1 << 13
"""https://docs.discord.com/developers/resources/message#message-object-message-flags"""
UNKNOWN = "unknown"
LARGEST = 2**63
EPOCH = 1_420_070_400_000


class Unreadable(Exception):
    """Something that is not understood and names nobody to answer."""


@dataclass(frozen=True, slots=True)
class Me:
    """Our own bot, and to what it listens in servers."""

    id: str
    staff_channel: str = ""
    mentions: bool = True
    roles: set[str] = field(default_factory=set, compare=False)
    """Those that servers gave to it alone, as far as we were told: each is called as it is."""

    def has_room(self, place: Address) -> bool:
        """Whether it is a thread of the staff."""
        in_channel = bool(self.staff_channel) and place.chat == self.staff_channel
        return in_channel and place.thread.isdecimal()


def to_inbound(
    data: Json, me: Me, *, edited: bool = False, parent: str = "", language: str = ""
) -> Inbound | None:
    """None when it is not for us. `parent` is the channel of the thread in which it was written;
    in the staff's threads all is for us. Raises `Unreadable`.
    """
    try:
        return read_message(data, me, edited, parent, language)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(type(error).__name__) from None


def read_message(data: Json, me: Me, edited: bool, parent: str, language: str) -> Inbound | None:
    private = not data.get("guild_id") and not parent
    in_room = is_room(parent, me)
    if not is_from_a_person(data) or not is_heard(data, me, private, in_room):
        return None
    id, stamp = number(data["id"]), data.get("edited_timestamp")
    if edited and stamp is None:  # Discord only looked at a link in it
        return None
    content = forwarded(data) or data
    text, files = words_of(content, me), attachments(content, number(data["channel_id"]), id)
    kind = Kind.EDIT if edited else Kind.MESSAGE
    if not text and not files:
        text, kind = odd_word(content), Kind.ODD
        if edited:
            return None
    return Inbound(
        f"e:{id}:{line(stamp)}" if edited else f"m:{id}",
        place_of(data, me, parent, private=private),
        sender_of(data["author"], language),
        moment(stamp if edited else data["timestamp"]),
        kind,
        text if in_room else question(text),
        attachments=files,
        message=id,
        reply_to=replied(data),
        private=private,
        forwarded=content is not data,
        in_room=in_room,
    )


def is_room(channel: str, me: Me) -> bool:
    """Whether threads of this channel are the staff's."""
    return bool(channel) and channel == me.staff_channel


def is_heard(data: Json, me: Me, private: bool, in_room: bool) -> bool:
    """What begins a forum's post is no word of its room."""
    if in_room:
        return number(data["id"]) != number(data["channel_id"])
    if private:
        return bool(data.get("channel_type", PRIVATE) == PRIVATE)
    return is_for(data, me)


def is_from_a_person(data: Json) -> bool:
    """Changes of a message that do not tell its writer tell nothing that we need."""
    author = data.get("author")
    written = data.get("type", 0) in WRITTEN and not data.get("webhook_id")
    return bool(written and author and not author.get("bot") and not author.get("system"))


def is_for(data: Json, me: Me) -> bool:
    """Where others read along: our name or our role's, or an answer to what we said. The staff's
    channel itself is none of these places: its threads are all there is for us.
    """
    if not me.mentions or is_room(number(data["channel_id"]), me):
        return False
    named = {number(user["id"]) for user in data.get("mentions") or ()}
    if me.id in named or not me.roles.isdisjoint(named_roles(line(data.get("content")))):
        return True
    answered = data.get("referenced_message") or {}
    return bool(answered) and number(answered["author"]["id"]) == me.id


def place_of(data: Json, me: Me, parent: str, *, private: bool) -> Address:
    """In a server the answer goes into a thread: the one it was said in, or the one that is made
    from the message, which will have the message's id.
    """
    channel = number(data["channel_id"])
    if private:
        return Address(PLATFORM, me.id, channel)
    if parent:
        return Address(PLATFORM, me.id, parent, channel)
    return Address(PLATFORM, me.id, channel, number(data["id"]))


def words_of(content: Json, me: Me) -> str:
    names = {
        number(user["id"]): line(user.get("username")) for user in content.get("mentions") or ()
    }
    known = {id: name for id, name in names.items() if name}
    return readable(said_to(me.id, me.roles, line(content.get("content"))), known)


def own_role(role: Json, me: Me) -> str:
    """Its id, if it is the one that a server gave to our bot alone; else nothing."""
    return number(role["id"]) if (role.get("tags") or {}).get("bot_id") == me.id else ""


def forwarded(data: Json) -> Json | None:
    """What was forwarded; its writer is not told."""
    pointer = data.get("message_reference") or {}
    shots = data.get("message_snapshots") or ()
    return dict(shots[0]["message"]) if pointer.get("type") == FORWARD and shots else None


def replied(data: Json) -> str:
    pointer = data.get("message_reference") or {}
    if pointer.get("type", 0) == FORWARD or not pointer.get("message_id"):
        return ""
    return number(pointer["message_id"])


def odd_word(content: Json) -> str:
    """What it is that we cannot use."""
    if content.get("sticker_items"):
        return "sticker"
    return "poll" if content.get("poll") else UNKNOWN


def attachments(content: Json, channel: str, message: str) -> tuple[Attachment, ...]:
    voice = bool((content.get("flags") or 0) & VOICE)
    return tuple(
        to_attachment(file, channel, message, voice) for file in content.get("attachments") or ()
    )


def to_attachment(file: Json, channel: str, message: str, voice: bool = False) -> Attachment:
    """The link in the handle expires within a day, after which channel and message give a fresh
    one: https://docs.discord.com/developers/reference#signed-attachment-cdn-urls
    """
    media_type, size = line(file.get("content_type")).partition(";")[0], file.get("size")
    return Attachment(
        f"{channel}/{message}/{number(file['id'])} {line(file['url'])}",
        "voice" if voice else kind_of(media_type),
        name_of(file),
        media_type,
        size if type(size) is int and 0 <= size < LARGEST else None,
    )


def kind_of(media_type: str) -> str:
    kinds = {"image": "photo", "video": "video", "audio": "audio"}
    return kinds.get(media_type.partition("/")[0], "document")


def name_of(file: Json) -> str:
    """Discord makes names plain; how it was, without its ending, is the title."""
    name, title = line(file.get("filename")), line(file.get("title"))
    return title + PurePosixPath(name).suffix if title else name


def sender_of(user: Json, language: str = "") -> Sender:
    name = line(user.get("global_name")) or line(user.get("username"))
    return Sender(number(user["id"]), name, line(language))


def number(value: object) -> str:
    """An id of Discord's. Raises `TypeError` for what is none."""
    if not isinstance(value, str | int) or not str(value).isdecimal() or int(value) >= LARGEST:
        raise TypeError("an id expected")
    return str(int(value))


def moment(value: object) -> datetime:
    """Raises `TypeError` or `ValueError` for what is no time."""
    if not isinstance(value, str):
        raise TypeError("a time expected")
    return datetime.fromisoformat(value).astimezone(UTC)


def time_of(id: str) -> datetime:
    """Ids tell when they were made: https://docs.discord.com/developers/reference#snowflakes"""
    return datetime.fromtimestamp(((int(id) >> 22) + EPOCH) / 1000, UTC)


def line(value: object) -> str:
    """A text, without what no database takes: NUL and halves of characters. Raises `TypeError` for
    what is no text.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def newest_last(messages: Iterable[Json]) -> list[Json]:
    """Raises `Unreadable` for what are no messages."""
    try:
        return sorted(messages, key=lambda message: int(message["id"]))
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable(type(error).__name__) from None
