"""The REST calls that tell who and what there is: people, servers, their channels and roles."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.fakes.discord_calls import Call, Json, invalid, unknown
from tests.fakes.discord_guilds import Guild
from tests.fakes.discord_world import World


class Directory:
    """`guilds` are those of the bot, by id."""

    def __init__(self, world: World, guilds: Mapping[int, Guild]) -> None:
        self._world = world
        self._guilds = guilds
        self.routes: dict[str, Callable[[Call], Any]] = {
            "GET /users/{user_id}": self.user,
            "GET /users/@me/guilds": self.guilds,
            "GET /guilds/{guild_id}": self.guild,
            "GET /guilds/{guild_id}/channels": self.channels,
            "GET /guilds/{guild_id}/roles": self.roles,
            "GET /guilds/{guild_id}/members/{user_id}": self.member,
        }

    def user(self, call: Call) -> Json:
        try:
            return self._world.users[int(call.ids["user_id"])]
        except (KeyError, ValueError):
            raise unknown(10013, "User") from None

    def guilds(self, call: Call) -> list[Json]:
        """A page of the bot's own, in the order of their ids."""
        limit, after = int(call.query.get("limit", 200)), int(call.query.get("after", 0))
        if not 1 <= limit <= 200:
            raise invalid(
                "limit", "NUMBER_TYPE_MAX", "int value should be less than or equal to 200."
            )
        found = [self._guilds[id] for id in sorted(self._guilds) if id > after]
        return [
            {
                "id": str(guild.id),
                "name": guild.name,
                "icon": None,
                "banner": None,
                "owner": False,
                "permissions": str(guild.permissions_of(int(self._world.bot["id"]))),
                "features": [],
            }
            for guild in found[:limit]
        ]

    def guild(self, call: Call) -> Json:
        return self._find(call).described()

    def channels(self, call: Call) -> list[Json]:
        return [channel.data for channel in self._find(call).channels.values()]

    def roles(self, call: Call) -> list[Json]:
        return list(self._find(call).roles.values())

    def member(self, call: Call) -> Json:
        try:
            return self._find(call).members[int(call.ids["user_id"])]
        except (KeyError, ValueError):
            raise unknown(10007, "Member") from None

    def _find(self, call: Call) -> Guild:
        try:
            return self._guilds[int(call.ids["guild_id"])]
        except (KeyError, ValueError):
            raise unknown(10004, "Guild") from None
