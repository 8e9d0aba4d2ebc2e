"""The REST calls that begin threads and forum posts, and find them.

https://docs.discord.com/developers/topics/threads
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.discord_calls import Call, Json, Refusal, invalid, unknown
from tests.fakes.discord_files import attached
from tests.fakes.discord_guilds import (
    CREATE_PRIVATE,
    CREATE_PUBLIC,
    FORUM,
    NEWS,
    NEWS_THREAD,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    SEND,
    THREADS,
    Guild,
    require,
)
from tests.fakes.discord_messages import check, compose, event, place
from tests.fakes.discord_seats import enter
from tests.fakes.discord_settings import check_settings, check_tags, wrong_type
from tests.fakes.discord_world import TEXT, Channel, Inbox, World

HAS_THREAD = 1 << 5
CREATED_MESSAGE, STARTER_MESSAGE = 18, 21


class Threads:
    """`guilds` are those of the bot, by id."""

    def __init__(self, world: World, guilds: Mapping[int, Guild]) -> None:
        self._world = world
        self._guilds = guilds
        channel = "/channels/{channel_id}"
        self.routes: dict[str, Callable[[Call], Any]] = {
            f"POST {channel}/messages/{{message_id}}/threads": self.start_from,
            f"POST {channel}/threads": self.start,
            f"GET {channel}/threads/archived/public": self.archived,
            f"GET {channel}/threads/archived/private": self.archived,
            "GET /guilds/{guild_id}/threads/active": self.active,
        }

    def start_from(self, call: Call) -> Json:
        """A thread under a message, whose id it takes over."""
        parent = self._parent(call, (TEXT, NEWS), CREATE_PUBLIC)
        message = self._world.message(parent, call.ids["message_id"])
        if "thread" in message:
            words = "A thread has already been created for this message"
            raise Refusal(400, 160004, words)
        kind = NEWS_THREAD if parent.type == NEWS else PUBLIC_THREAD
        thread = self._open(parent, kind, call.form(), int(message["id"]))
        message |= {"thread": thread.data, "flags": message["flags"] | HAS_THREAD}
        self._world.publish("MESSAGE_UPDATE", event(self._world, parent, message), parent.guild)
        self._note(thread, STARTER_MESSAGE, "", _pointer(parent, message["id"]))
        return self._mine(thread)

    def start(self, call: Call) -> Json:
        """A thread without a message, or a post in a forum."""
        parent = self._world.channel(call.ids["channel_id"])
        if parent.type == FORUM:
            return self._post(self._parent(call, (FORUM,), SEND), call)
        form = call.form()
        kind = form.get("type") or PRIVATE_THREAD
        needed = CREATE_PRIVATE if kind == PRIVATE_THREAD else CREATE_PUBLIC
        parent = self._parent(call, (TEXT, NEWS), needed)
        if kind not in THREADS:
            words = f"Value must be one of {{{', '.join(map(str, THREADS))}}}."
            raise invalid("type", "BASE_TYPE_CHOICES", words)
        thread = self._open(parent, kind, form, self._world.new_id())
        if kind != PRIVATE_THREAD:
            pointer = {"type": 0, "channel_id": str(thread.id), "guild_id": str(thread.guild)}
            self._note(parent, CREATED_MESSAGE, thread.data["name"], pointer)
        return self._mine(thread)

    def _post(self, forum: Channel, call: Call) -> Json:
        form = call.form()
        words = form.get("message")
        if not isinstance(words, dict):
            raise invalid("message", "BASE_TYPE_REQUIRED", "This field is required")
        id = self._world.new_id()
        words = {**words, "attachments": attached(self._world.files, call, words, id)}
        check(words)
        tags = check_tags(forum, form.get("applied_tags") or ())
        thread = self._open(forum, PUBLIC_THREAD, form, id)
        thread.data["applied_tags"] = tags
        message = compose(self._world, thread, self._world.bot, words)
        message["id"] = str(id)
        place(self._world, thread, message)
        return {**self._mine(thread), "message": message}

    def _parent(self, call: Call, kinds: Sequence[int], needed: int) -> Channel:
        parent = self._world.channel(call.ids["channel_id"])
        if parent.type not in kinds:
            raise wrong_type()
        require(self._world, parent, needed)
        return parent

    def _open(self, parent: Channel, kind: int, form: Json, id: int) -> Channel:
        assert parent.guild is not None
        check_settings(form, ("name",))
        now = self._world.clock.stamp()
        settings: Json = {
            "archived": False,
            "archive_timestamp": now,
            "auto_archive_duration": form.get("auto_archive_duration") or 1440,
            "locked": False,
            "create_timestamp": now,
        }
        if kind == PRIVATE_THREAD:
            settings["invitable"] = form.get("invitable", True)
        data: Json = {
            "id": str(id),
            "type": kind,
            "guild_id": str(parent.guild),
            "parent_id": str(parent.id),
            "owner_id": self._world.bot["id"],
            "name": form["name"],
            "last_message_id": None,
            "flags": 0,
            "rate_limit_per_user": form.get("rate_limit_per_user") or 0,
            "message_count": 0,
            "member_count": 0,
            "total_message_sent": 0,
            "thread_metadata": settings,
        }
        thread = self._world.add_channel(data, Inbox(f"#{form['name']}"), parent.guild)
        self._guilds[parent.guild].threads.append(thread)
        enter(self._world, thread, int(self._world.bot["id"]))
        self._world.publish("THREAD_CREATE", {**data, "newly_created": True}, parent.guild)
        return thread

    def _mine(self, thread: Channel) -> Json:
        return {**thread.data, "member": thread.members[int(self._world.bot["id"])]}

    def _note(self, channel: Channel, kind: int, content: str, pointer: Json) -> None:
        """A line of the platform's own. The bot counts as its author, but did not send it."""
        message = compose(self._world, channel, self._world.bot, {"content": content})
        message |= {"type": kind, "message_reference": pointer}
        channel.messages[int(message["id"])] = message
        told = event(self._world, channel, message)
        self._world.publish("MESSAGE_CREATE", told, channel.guild)

    def archived(self, call: Call) -> Json:
        parent = self._world.channel(call.ids["channel_id"])
        wanted = (PRIVATE_THREAD,) if call.route.endswith("private") else THREADS[:2]
        return self._listed(
            parent.guild,
            lambda t: (
                t.type in wanted
                and t.data["parent_id"] == str(parent.id)
                and t.data["thread_metadata"]["archived"]
            ),
        )

    def active(self, call: Call) -> Json:
        guild = int(call.ids["guild_id"])
        return self._listed(guild, lambda t: not t.data["thread_metadata"]["archived"])

    def _listed(self, guild: int | None, fits: Callable[[Channel], bool]) -> Json:
        if guild is None or guild not in self._guilds:
            raise unknown(10004, "Guild")
        threads = [thread for thread in self._guilds[guild].threads if fits(thread)]
        bot = int(self._world.bot["id"])
        members = [thread.members[bot] for thread in threads if bot in thread.members]
        told: Json = {"threads": [thread.data for thread in threads], "members": members}
        return {**told, "has_more": False}


def _pointer(channel: Channel, message: str) -> Json:
    told = {"type": 0, "channel_id": str(channel.id), "message_id": message}
    return told | {"guild_id": str(channel.guild)}
