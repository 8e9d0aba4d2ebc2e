"""The REST calls about who sits in a thread."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.fakes.discord_calls import Call, Json, Refusal, unknown
from tests.fakes.discord_guilds import THREADS, Guild, require
from tests.fakes.discord_world import Channel, World


def enter(world: World, thread: Channel, user: int) -> None:
    """Without telling anybody."""
    told = {"id": str(thread.id), "user_id": str(user)}
    thread.members[user] = {**told, "join_timestamp": world.clock.stamp(), "flags": 0}
    thread.data["member_count"] = len(thread.members)


class Seats:
    """`guilds` are those of the bot, by id."""

    def __init__(self, world: World, guilds: Mapping[int, Guild]) -> None:
        self._world = world
        self._guilds = guilds
        members = "/channels/{channel_id}/thread-members"
        self.routes: dict[str, Callable[[Call], Any]] = {
            f"GET {members}": self.members,
            f"GET {members}/{{user_id}}": self.member,
            f"PUT {members}/{{user_id}}": self.add,
            f"PUT {members}/@me": self.add,
            f"DELETE {members}/{{user_id}}": self.remove,
            f"DELETE {members}/@me": self.remove,
        }

    def members(self, call: Call) -> list[Json]:
        return list(self._thread(call).members.values())

    def member(self, call: Call) -> Json:
        try:
            return self._thread(call).members[int(call.ids["user_id"])]
        except (KeyError, ValueError):
            raise unknown(10007, "Member") from None

    def add(self, call: Call) -> None:
        thread, user = self._thread(call), self._user(call)
        assert thread.guild is not None
        if thread.data["thread_metadata"]["archived"]:
            raise Refusal(400, 50083, "Thread is archived")
        if user not in self._guilds[thread.guild].members:
            raise unknown(10007, "Member")
        if user not in thread.members:
            enter(self._world, thread, user)
            self._tell_members(thread, added=[thread.members[user]])

    def remove(self, call: Call) -> None:
        thread, user = self._thread(call), self._user(call)
        if thread.members.pop(user, None):
            thread.data["member_count"] = len(thread.members)
            self._tell_members(thread, removed=[str(user)])

    def _thread(self, call: Call) -> Channel:
        thread = self._world.channel(call.ids["channel_id"])
        if thread.type not in THREADS:
            raise Refusal(400, 50024, "Cannot execute action on this channel type")
        require(self._world, thread, 0)
        return thread

    def _user(self, call: Call) -> int:
        return int(call.ids.get("user_id") or self._world.application)

    def _tell_members(
        self, thread: Channel, added: Sequence[Json] = (), removed: Sequence[str] = ()
    ) -> None:
        told: Json = {"id": str(thread.id), "guild_id": str(thread.guild)}
        told |= {"member_count": len(thread.members)}
        told |= {"added_members": [*added], "removed_member_ids": [*removed]}
        self._world.publish("THREAD_MEMBERS_UPDATE", told, thread.guild)
