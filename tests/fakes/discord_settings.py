"""The REST calls that change and close channels and threads, and publish news; what may be set."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.discord_calls import Call, Json, Refusal, invalid, unknown
from tests.fakes.discord_guilds import MANAGE_THREADS, NEWS, SEND, THREADS, Guild, require
from tests.fakes.discord_messages import event
from tests.fakes.discord_world import Channel, World

DURATIONS = (60, 1440, 4320, 10_080)
"""Minutes of silence after which a thread is archived."""
REQUIRE_TAG = 1 << 4
CROSSPOSTED = 1 << 0
SETTINGS = ("archived", "locked", "auto_archive_duration", "invitable")


def wrong_type() -> Refusal:
    return Refusal(400, 50024, "Cannot execute action on this channel type")


class Settings:
    """`guilds` are those of the bot, by id."""

    def __init__(self, world: World, guilds: Mapping[int, Guild]) -> None:
        self._world = world
        self._guilds = guilds
        self.routes: dict[str, Callable[[Call], Any]] = {
            "PATCH /channels/{channel_id}": self.change,
            "DELETE /channels/{channel_id}": self.delete,
            "POST /channels/{channel_id}/messages/{message_id}/crosspost": self.publish,
        }

    def change(self, call: Call) -> Json:
        channel = self._world.channel(call.ids["channel_id"])
        if channel.guild is None:
            raise Refusal(403, 50003, "Cannot execute action on a DM channel")
        form = call.form()
        check_settings(form)
        if channel.type in THREADS:
            return self._change_thread(channel, form)
        require(self._world, channel, MANAGE_THREADS)
        channel.data |= form
        self._world.publish("CHANNEL_UPDATE", channel.data, channel.guild)
        return channel.data

    def _change_thread(self, thread: Channel, form: Json) -> Json:
        settings = thread.data["thread_metadata"]
        if settings["archived"] and form.get("archived") is not False:
            raise Refusal(400, 50083, "Thread is archived")
        require(self._world, thread, MANAGE_THREADS if form.get("locked") is not None else 0)
        settings |= {name: form[name] for name in SETTINGS if name in form}
        if "archived" in form:
            settings["archive_timestamp"] = self._world.clock.stamp()
        if "applied_tags" in form:
            parent = self._world.channel(thread.data["parent_id"])
            form = {**form, "applied_tags": check_tags(parent, form["applied_tags"])}
        thread.data |= {name: form[name] for name in form if name not in SETTINGS}
        self._world.publish("THREAD_UPDATE", thread.data, thread.guild)
        return thread.data

    def delete(self, call: Call) -> Json:
        """Of a private channel only its line in the bot's list goes away."""
        channel = self._world.channel(call.ids["channel_id"])
        if channel.guild is None:
            return channel.data
        require(self._world, channel, MANAGE_THREADS)
        self._guilds[channel.guild].delete(channel)
        return channel.data

    def publish(self, call: Call) -> Json:
        """To the channels that follow a news channel."""
        channel = self._world.channel(call.ids["channel_id"])
        if channel.type != NEWS:
            raise wrong_type()
        require(self._world, channel, SEND)
        message = self._world.message(channel, call.ids["message_id"])
        if message["flags"] & CROSSPOSTED:
            raise Refusal(400, 40033, "This message has already been crossposted.")
        message["flags"] |= CROSSPOSTED
        told = event(self._world, channel, message)
        self._world.publish("MESSAGE_UPDATE", told, channel.guild)
        return message


def check_settings(form: Json, required: Sequence[str] = ()) -> None:
    for name in required:
        if not form.get(name):
            raise invalid(name, "BASE_TYPE_REQUIRED", "This field is required")
    if not 1 <= len(form.get("name", "x")) <= 100:
        raise invalid("name", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")
    if (form.get("auto_archive_duration") or 60) not in DURATIONS:
        words = f"Value must be one of {{{', '.join(map(str, DURATIONS))}}}."
        raise invalid("auto_archive_duration", "BASE_TYPE_CHOICES", words)


def check_tags(forum: Channel, wanted: Sequence[str | int]) -> list[str]:
    tags = [str(tag) for tag in wanted]
    known = {tag["id"] for tag in forum.data["available_tags"]}
    if len(tags) > 5:
        raise invalid("applied_tags", "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
    if not known.issuperset(tags):
        raise unknown(10087, "tag")
    if forum.data["flags"] & REQUIRE_TAG and not tags:
        raise Refusal(400, 40067, "A tag is required to create a forum post in this channel")
    return tags
