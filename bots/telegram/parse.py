"""Pure: an update as Telegram sent it -> Inbound.

Nothing is taken on trust: an update of a wrong or unknown shape still becomes an Inbound when it
names the person to answer, and no value leaves here that a database could not keep.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from telegram import CallbackQuery, ChatMember, ChatMemberUpdated, Message, Update, User
from telegram.constants import ChatType

from core.messages import Address, Attachment, Inbound, Kind, Sender

Json = dict[str, Any]

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask for."""
PLATFORM = "telegram"
FILES = ("animation", "video", "video_note", "voice", "audio", "document")
"""An animation comes with the same file as a document: the first that is there counts."""
ODD = (
    *("sticker", "poll", "dice", "venue", "location", "contact", "game", "story", "invoice"),
    *("checklist", "giveaway"),
)
"""A venue comes with its location: the first that is there counts."""
PLAIN = {"message_id", "from", "chat", "date", "text", "entities"}
"""All that a message of nothing but words can have; formatting we do not use."""
UNKNOWN = "unknown"
LARGEST = 2**63


class Unreadable(Exception):
    """An update that is not understood and names nobody to answer."""


@dataclass(frozen=True, slots=True)
class Me:
    """Our own bot, and the group of its staff: empty when there is none."""

    id: str
    username: str
    staff_chat: str = ""


def to_inbound(raw: Json, me: Me, now: datetime) -> Inbound | None:
    """None when it is not for us. `now` stands in where Telegram tells no time. Raises
    `Unreadable`.

    An update's number alone does not tell it apart for good: after a quiet week they begin anew,
    anywhere (https://core.telegram.org/bots/api#update), so the message's stands beside it.
    """
    try:
        inbound = plain_words(raw, me) or from_update(Update.de_json(raw), me, now)
    except Exception:  # wrong types and missing fields fail in as many ways as there are fields
        inbound = from_wreck(raw, me, now)
    return inbound and replace(inbound, event=f"{inbound.event}/{inbound.message}")


def plain_words(raw: Json, me: Me) -> Inbound | None:
    """The most usual update, words in a private chat, without the library's objects: they take ten
    times as long. None for any other.
    """
    message = raw.get("message")
    if len(raw) != 2 or not isinstance(message, dict) or not message.keys() <= PLAIN:
        return None
    user, chat, text = message["from"], message["chat"], message["text"]
    if chat["type"] != ChatType.PRIVATE or user["is_bot"] is not False or not line(text):
        return None
    name = " ".join(filter(None, (line(user["first_name"]), line(user.get("last_name")))))
    return Inbound(
        number(raw["update_id"]),
        Address(PLATFORM, me.id, number(chat["id"])),
        Sender(number(user["id"]), name, line(user.get("language_code"))),
        datetime.fromtimestamp(int(number(message["date"])), UTC),
        text=said_to(me, text, private=True),
        message=number(message["message_id"]),
    )


def from_update(update: Update, me: Me, now: datetime) -> Inbound | None:
    event = number(update.update_id)
    if update.message:
        return from_message(event, update.message, me, Kind.MESSAGE)
    if update.edited_message:
        return from_message(event, update.edited_message, me, Kind.EDIT)
    if update.callback_query:
        return from_press(event, update.callback_query, me, now)
    if update.my_chat_member:
        return from_membership(event, update.my_chat_member, me)
    if update.api_kwargs:
        raise Unreadable
    return None


def from_message(event: str, message: Message, me: Me, kind: Kind) -> Inbound | None:
    user = message.from_user
    text = message.text or message.caption or ""
    if user is None or user.is_bot or message.is_automatic_forward:
        return None
    in_room = is_room(message.chat.id, me)
    if not is_for_us(message, text, me, in_room=in_room):
        return None
    files = attachments(message)
    if not text and not files:
        text = odd_word(message)
        if not text or kind is Kind.EDIT:  # a service message; a place that moves
            return None
        kind = Kind.ODD
    private = message.chat.type == ChatType.PRIVATE
    answered = replied(message)
    return Inbound(
        event,
        address_of(message, me),
        sender_of(user),
        moment(message.edit_date or message.date),
        kind,
        said_to(me, text, private=private or in_room),
        attachments=files,
        message=number(message.message_id),
        reply_to=number(answered.message_id) if answered else "",
        group=line(message.media_group_id),
        private=private,
        forwarded=message.forward_origin is not None,
        in_room=in_room,
    )


def from_press(event: str, query: CallbackQuery, me: Me, now: datetime) -> Inbound | None:
    message = query.message
    if message is None or not query.data or query.from_user.is_bot:
        return None
    return Inbound(
        event,
        address_of(message, me),
        sender_of(query.from_user),
        now,
        Kind.PRESS,
        choice=line(query.data),
        message=number(message.message_id),
        private=message.chat.type == ChatType.PRIVATE,
        in_room=is_room(message.chat.id, me),
    )


def from_membership(event: str, change: ChatMemberUpdated, me: Me) -> Inbound | None:
    """Only private chats: there it means that we were blocked or let in again."""
    kinds = {
        ChatMember.BANNED: Kind.BLOCKED,
        ChatMember.LEFT: Kind.BLOCKED,
        ChatMember.MEMBER: Kind.RETURNED,
    }
    kind = kinds.get(change.new_chat_member.status)
    if kind is None or change.chat.type != ChatType.PRIVATE:
        return None
    address = Address(PLATFORM, me.id, number(change.chat.id))
    return Inbound(event, address, sender_of(change.from_user), moment(change.date), kind)


def from_wreck(raw: Json, me: Me, now: datetime) -> Inbound | None:
    """What is left of an update that could not be read: who can be told so."""
    chat = chat_of(raw).get("id")
    if type(chat) is not int or abs(chat) >= LARGEST:
        raise Unreadable
    if chat < 0:  # a group: nobody there has to hear of it
        return None
    address = Address(PLATFORM, me.id, str(chat))
    event = number(raw.get("update_id"))
    return Inbound(event, address, Sender(str(chat)), now, Kind.ODD, UNKNOWN)


def update_number(raw: object) -> int | None:
    """The id of an update, by which it is confirmed; None for what is no update."""
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if type(found) is int and abs(found) < LARGEST else None


def chat_of(raw: Json) -> Json:
    """The chat that an update of any kind names; empty when it names none."""
    return next((part["chat"] for part in parts(raw) if isinstance(part.get("chat"), dict)), {})


def parts(raw: Json) -> Iterator[Json]:
    for part in raw.values():
        if isinstance(part, dict):
            yield part
            if isinstance(part.get("message"), dict):
                yield part["message"]


def address_of(message: Any, me: Me) -> Address:
    """A message that is no longer accessible tells no topic."""
    in_topic = getattr(message, "is_topic_message", False) and message.message_thread_id
    thread = number(message.message_thread_id) if in_topic else ""
    return Address(PLATFORM, me.id, number(message.chat.id), thread)


def sender_of(user: User) -> Sender:
    return Sender(number(user.id), line(user.full_name), line(user.language_code))


def attachments(message: Message) -> tuple[Attachment, ...]:
    if message.photo:
        largest = max(message.photo, key=lambda size: size.width * size.height)
        return (to_attachment("photo", largest, "image/jpeg"),)
    named = ((kind, getattr(message, kind)) for kind in FILES)
    return next(((to_attachment(kind, file),) for kind, file in named if file), ())


def to_attachment(kind: str, file: Any, media_type: str = "") -> Attachment:
    size = file.file_size
    return Attachment(
        line(file.file_id),
        kind.replace("_", " "),
        line(getattr(file, "file_name", None)),
        line(getattr(file, "mime_type", None)) or media_type,
        size if type(size) is int and 0 <= size < LARGEST else None,
    )


def odd_word(message: Message) -> str:
    """What it is that we cannot use; empty for messages that nobody wrote (somebody joined)."""
    known = next((word for word in ODD if getattr(message, word)), "")
    return known or (UNKNOWN if message.api_kwargs else "")


def replied(message: Message) -> Message | None:
    """In a topic every message formally replies to the one that opened it; that says nothing."""
    original = message.reply_to_message
    if original and message.is_topic_message and original.message_id == message.message_thread_id:
        return None
    return original


def is_room(chat: object, me: Me) -> bool:
    return bool(me.staff_chat) and str(chat) == me.staff_chat


def is_for_us(message: Message, text: str, me: Me, *, in_room: bool) -> bool:
    """Where others read along: a command, our name, or an answer to what we said. Among the staff:
    all but the commands of other bots.
    """
    if message.chat.type == ChatType.PRIVATE:
        return True
    command = re.match(r"/\w+(?:@(\w+))?", text)
    if command:
        return command[1] is None or command[1].lower() == me.username.lower()
    if in_room:
        return True
    answered = replied(message)
    if answered and answered.from_user and str(answered.from_user.id) == me.id:
        return True
    return re.search(mention(me), text, re.IGNORECASE) is not None


def said_to(me: Me, text: str, *, private: bool) -> str:
    """The words without our name, which only said that they are for us. In `private`, and among
    the staff, they are for us anyway.
    """
    name = rf"@{re.escape(me.username)}\b"
    text = re.sub(rf"\A(/\w+){name}", r"\1", text, flags=re.IGNORECASE)
    if private:
        return text
    return re.sub(rf" ?{mention(me)}", "", text, flags=re.IGNORECASE).strip(" ,:\n")


def mention(me: Me) -> str:
    """A pattern: our name standing alone, not inside an e-mail address."""
    return rf"(?<!\w)@{re.escape(me.username)}\b"


def number(value: object) -> str:
    """An id of Telegram's. Raises `TypeError` for what is none."""
    if type(value) is not int or abs(value) >= LARGEST:
        raise TypeError("a number expected")
    return str(value)


def moment(value: object) -> datetime:
    """Raises `TypeError` for what is no time."""
    if not isinstance(value, datetime):
        raise TypeError("a time expected")
    return value


def line(value: object) -> str:
    """A short text, without what no database takes: NUL and halves of characters. Raises
    `TypeError` for what is no text.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value.replace("\0", "").encode("utf-8", "replace").decode()
