"""The people who talk to the bot, as a test or a benchmark speaks for them."""

import re
import time
from collections.abc import Sequence

from tests.fakes import telegram_media as media
from tests.fakes.telegram_calls import Json, Upload
from tests.fakes.telegram_content import units
from tests.fakes.telegram_sending import quoted
from tests.fakes.telegram_world import Room, World

COMMAND = re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?")


def labels(message: Json) -> list[str]:
    """The buttons under a message, row after row."""
    return [button["text"] for button in _buttons(message)]


def _buttons(message: Json) -> list[Json]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


class Person:
    """Somebody with a private chat with the bot. What they say is returned as the bot sees it."""

    def __init__(self, world: World, user: Json) -> None:
        self.user = user
        self.id: int = user["id"]
        names: Json = {key: user[key] for key in ("first_name", "username") if key in user}
        self.room = world.add_room({"id": self.id, "type": "private", **names})
        self.inbox = self.room.inbox
        self.hears = self.room.hears
        self._world = world

    async def says(self, text: str, reply_to: Json | None = None) -> Json:
        return self._send(_with_commands(text) | _reply(reply_to))

    async def says_in_group(
        self, group: int, text: str, reply_to: Json | None = None, thread: int | None = None
    ) -> Json:
        """Makes a plain group of it if there is none of this id yet."""
        content = _with_commands(text) | _reply(reply_to) | _topic(thread)
        return self._send(content, meet(self._world, group))

    async def sends_photo_in_group(
        self, group: int, data: bytes, thread: int | None = None, album: str = ""
    ) -> Json:
        content = media.photo(self._world.files, Upload(data, "photo.jpg")) | _topic(thread)
        content |= {"media_group_id": album} if album else {}
        return self._send(content, meet(self._world, group))

    async def opens_topic(self, group: int, name: str) -> int:
        room = meet(self._world, group)
        topic = self._world.new_id()
        room.topics[topic] = name
        told = {"forum_topic_created": {"name": name, "icon_color": 0x6FB9F0}}
        self._send(told | _topic(topic), room)
        return topic

    async def renames_topic(self, group: int, topic: int, name: str) -> None:
        room = meet(self._world, group)
        room.topics[topic] = name
        self._send({"forum_topic_edited": {"name": name}} | _topic(topic), room)

    async def closes_topic(self, group: int, topic: int) -> None:
        room = meet(self._world, group)
        room.closed.add(topic)
        self._send({"forum_topic_closed": {}} | _topic(topic), room)

    async def deletes_topic(self, group: int, topic: int) -> None:
        """The platform tells no bot of it."""
        room = meet(self._world, group)
        del room.topics[topic]
        for number, message in list(room.messages.items()):
            if message.get("message_thread_id") == topic:
                del room.messages[number]

    async def posts(self, channel: Room, text: str) -> Json:
        """In the channel's name, as all posts are."""
        number = self._world.new_id()
        post: Json = {"message_id": number, "sender_chat": channel.chat, "text": text}
        post |= {"chat": channel.chat, "date": int(time.time())}
        channel.messages[number] = post
        self._world.updates.put("channel_post", post)
        return post

    async def presses(self, message: Json, label_or_data: str) -> str:
        """Presses a button under `message`, which may be an old copy. Returns the query's id, by
        which `press_answers` tells the bot's answer."""
        button = self._find_button(message, label_or_data)
        query = str(self._world.new_id())
        self._world.press_answers[query] = None
        press = {"id": query, "from": self.user, "message": dict(message)}
        press |= {"chat_instance": str(message["chat"]["id"]), "data": button["callback_data"]}
        self._world.updates.put("callback_query", press)
        return query

    def _find_button(self, message: Json, wanted: str) -> Json:
        for button in _buttons(message):
            if wanted in (button["text"], button.get("callback_data")):
                return button
        raise LookupError(f"no button {wanted!r} among {labels(message)}")

    async def sends_photo(self, data: bytes, caption: str = "") -> Json:
        return self._send(
            media.photo(self._world.files, Upload(data, "photo.jpg")) | _caption(caption)
        )

    async def sends_document(
        self,
        data: bytes,
        name: str = "notes.txt",
        mime: str = "text/plain",
        caption: str = "",
        size: int | None = None,
    ) -> Json:
        """`size` is what the platform declares, when it should differ from the bytes at hand."""
        content = media.document(self._world.files, Upload(data, name, mime), size)
        return self._send(content | _caption(caption))

    async def sends_video(self, data: bytes, caption: str = "") -> Json:
        upload = Upload(data, "video.mp4", "video/mp4")
        return self._send(media.video(self._world.files, upload) | _caption(caption))

    async def sends_voice(self, data: bytes) -> Json:
        return self._send(media.voice(self._world.files, Upload(data, "v.oga", "audio/ogg")))

    async def sends_sticker(self, emoji: str = "\N{WAVING HAND SIGN}") -> Json:
        return self._send(media.sticker(self._world.files, emoji))

    async def sends_album(self, items: Sequence[bytes | Upload], caption: str = "") -> list[Json]:
        """Bytes are a photo, an `Upload` a document. An update each; the first has the caption."""
        album = str(self._world.new_id())
        captions = [caption, *[""] * (len(items) - 1)]
        return [
            self._send(self._drawn(item) | _caption(words) | {"media_group_id": album})
            for item, words in zip(items, captions, strict=True)
        ]

    def _drawn(self, item: bytes | Upload) -> Json:
        if isinstance(item, Upload):
            return media.document(self._world.files, item)
        return media.photo(self._world.files, Upload(item, "photo.jpg"))

    async def sends_location(self, latitude: float, longitude: float) -> Json:
        return self._send({"location": {"latitude": latitude, "longitude": longitude}})

    async def sends_contact(self, phone: str, first_name: str) -> Json:
        return self._send({"contact": {"phone_number": phone, "first_name": first_name}})

    async def sends_dice(self, value: int) -> Json:
        return self._send({"dice": {"emoji": "\N{GAME DIE}", "value": value}})

    async def sends_poll(self, question: str, options: Sequence[str]) -> Json:
        switches = "is_closed allows_multiple_answers allows_revoting members_only"
        poll = {"id": str(self._world.new_id()), "question": question, "type": "regular"}
        answers = [
            {"persistent_id": str(number), "text": text, "voter_count": 0}
            for number, text in enumerate(options)
        ]
        counted = {"options": answers, "total_voter_count": 0, "is_anonymous": True}
        return self._send({"poll": {**poll, **counted, **dict.fromkeys(switches.split(), False)}})

    async def forwards(self, text: str, origin: "Person | str") -> Json:
        """Forwards words of `origin`: a person, or the bare name of one who hides their account."""
        date = int(time.time()) - 60
        if isinstance(origin, str):
            source: Json = {"type": "hidden_user", "sender_user_name": origin, "date": date}
        else:
            source = {"type": "user", "sender_user": origin.user, "date": date}
        return self._send({"text": text, "forward_origin": source})

    async def edits(self, message: Json, text: str) -> Json:
        """Changes the text, or the caption where there is no text."""
        field = "text" if "text" in message else "caption"
        edited = {**message, field: text, "edit_date": int(time.time())}
        self._world.rooms[message["chat"]["id"]].messages[message["message_id"]] = edited
        self._world.updates.put("edited_message", edited)
        return edited

    async def blocks(self) -> None:
        """From now on the bot's sends to this person are refused with 403."""
        self._change_membership("member", "kicked")

    async def unblocks(self) -> None:
        self._change_membership("kicked", "member")

    def _change_membership(self, old: str, new: str) -> None:
        self.room.blocked = new == "kicked"
        change = {"chat": self.room.chat, "from": self.user, "date": int(time.time())}
        change |= {"old_chat_member": self._member(old), "new_chat_member": self._member(new)}
        self._world.updates.put("my_chat_member", change)

    def _member(self, status: str) -> Json:
        member = {"status": status, "user": self._world.bot}
        return {**member, "until_date": 0} if status == "kicked" else member

    def _send(self, content: Json, room: Room | None = None) -> Json:
        room = room or self.room
        number = self._world.new_id()
        head = {"message_id": number, "from": self.user, "chat": room.chat}
        message = {**head, "date": int(time.time()), **content}
        room.messages[number] = message
        if not self._is_private_to_the_group(message, room):
            self._world.updates.put("message", message)
        return message

    def _is_private_to_the_group(self, message: Json, room: Room) -> bool:
        """In privacy mode a plain member hears commands and answers to it, roughly:
        https://core.telegram.org/bots/features#privacy-mode.
        """
        if room.id > 0 or self._world.reads_all or room.rights:
            return False
        answered = message.get("reply_to_message", {}).get("from") == self._world.bot
        return not answered and not message.get("text", "").startswith("/")


def _caption(words: str) -> Json:
    return {"caption": words} if words else {}


def _reply(original: Json | None) -> Json:
    return {"reply_to_message": quoted(original)} if original else {}


def _topic(thread: int | None) -> Json:
    return {"message_thread_id": thread, "is_topic_message": True} if thread else {}


def _with_commands(text: str) -> Json:
    """The platform marks commands; libraries look at the mark, not at the slash."""
    marks = [
        {
            "type": "bot_command",
            "offset": units(text[: found.start()]),
            "length": units(found.group()),
        }
        for found in COMMAND.finditer(text)
    ]
    return {"text": text, "entities": marks} if marks else {"text": text}


def meet(world: World, group: int, title: str = "Staff", forum: bool = False) -> Room:
    """The group with this id; the first call makes it."""
    if group not in world.rooms:
        kind = "supergroup" if str(group).startswith("-100") else "group"
        chat = {"id": group, "type": kind, "title": title}
        world.add_room(chat | ({"is_forum": True} if forum else {}))
    return world.rooms[group]


class Crowd:
    """Everybody who talks to the bot, and the groups they meet in."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._people: dict[int, Person] = {}

    def person(
        self,
        id: int,
        first_name: str = "Ada",
        language_code: str = "de",
        username: str | None = None,
    ) -> Person:
        """The person with this id. The first call makes them; later ones ignore the rest."""
        if id not in self._people:
            user = {"id": id, "is_bot": False, "first_name": first_name}
            user |= {"language_code": language_code}
            user |= {"username": username} if username else {}
            self._people[id] = Person(self._world, user)
        return self._people[id]

    def group(self, id: int, title: str = "Staff", forum: bool = False) -> Room:
        """The group with this id, where the bot may read, write and manage topics."""
        return meet(self._world, id, title, forum)

    def channel(self, id: int, username: str = "", title: str = "News") -> Room:
        """A new channel, in which the bot may post."""
        named = {"username": username} if username else {}
        return self._world.add_room({"id": id, "type": "channel", "title": title, **named})
