"""Servers: their channels, roles and members, and what the bot may do there."""

from collections.abc import Sequence

from tests.fakes.discord_calls import Json, Refusal
from tests.fakes.discord_world import TEXT, Channel, Inbox, World

NEWS, NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD, FORUM = 5, 10, 11, 12, 15
"""https://docs.discord.com/developers/resources/channel#channel-object-channel-types"""
THREADS = (NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)

VIEW, SEND, MANAGE_MESSAGES, EMBED, ATTACH = 1 << 10, 1 << 11, 1 << 13, 1 << 14, 1 << 15
READ_HISTORY, MENTION_EVERYONE, USE_COMMANDS = 1 << 16, 1 << 17, 1 << 31
MANAGE_CHANNELS, MANAGE_GUILD = 1 << 4, 1 << 5
MANAGE_THREADS, CREATE_PUBLIC, CREATE_PRIVATE = 1 << 34, 1 << 35, 1 << 36
SEND_IN_THREADS = 1 << 38
EVERYONE = VIEW | SEND | EMBED | ATTACH | READ_HISTORY | USE_COMMANDS
EVERYONE |= CREATE_PUBLIC | CREATE_PRIVATE | SEND_IN_THREADS
BOT = EVERYONE | MANAGE_MESSAGES | MENTION_EVERYONE | MANAGE_THREADS
"""https://docs.discord.com/developers/topics/permissions"""

BOT_ROLE = "Front Desk"
"""Made with the bot's coming, called as it is, and nobody else's."""

EMPTY = (
    "voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds",
)  # fmt: skip
NOTHING = (
    "icon", "splash", "discovery_splash", "home_header", "banner", "description",
    "vanity_url_code", "afk_channel_id", "system_channel_id", "rules_channel_id",
    "safety_alerts_channel_id", "public_updates_channel_id", "widget_channel_id",
    "application_id", "incidents_data", "max_presences",
)  # fmt: skip
PLAIN: Json = {
    **dict.fromkeys(NOTHING),
    "verification_level": 0,
    "default_message_notifications": 0,
    "explicit_content_filter": 0,
    "mfa_level": 0,
    "system_channel_flags": 0,
    "premium_tier": 0,
    "premium_subscription_count": 0,
    "nsfw_level": 0,
    "nsfw": False,
    "widget_enabled": False,
    "premium_progress_bar_enabled": False,
    "afk_timeout": 300,
    "region": "deprecated",
    "max_members": 500_000,
    "max_video_channel_users": 25,
    "max_stage_video_channel_users": 50,
}
"""What a server has set unless somebody changes it."""


class Guild:
    """A server with the bot in it. Channels and roles are made by the first call for their name."""

    def __init__(self, world: World, id: int, name: str, locale: str) -> None:
        self.id = id
        self.name = name
        self.locale = locale
        self.members: dict[int, Json] = {}
        self.channels: dict[str, Channel] = {}
        self.threads: list[Channel] = []
        self.roles: dict[str, Json] = {}
        self._world = world
        self._add_role(id, "@everyone", EVERYONE)
        self.members[int(world.bot["id"])] = self._member_json(world.bot, ())
        self._bot_role = self.role(BOT_ROLE, BOT)
        self.roles[BOT_ROLE] |= {"managed": True, "tags": {"bot_id": world.bot["id"]}}
        self.members[int(world.bot["id"])]["roles"].append(str(self._bot_role))

    def role(self, name: str, permissions: int = 0, mentionable: bool = False) -> int:
        """The id of the role with this name."""
        if name not in self.roles:
            self._add_role(self._world.new_id(), name, permissions, mentionable)
        return int(self.roles[name]["id"])

    def _add_role(self, id: int, name: str, permissions: int, mentionable: bool = False) -> None:
        self.roles[name] = {
            "id": str(id),
            "name": name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": len(self.roles),
            "permissions": str(permissions),
            "managed": False,
            "mentionable": mentionable,
            "flags": 0,
            "icon": None,
            "unicode_emoji": None,
        }

    def join(self, user: Json, roles: Sequence[int] = ()) -> Json:
        """Makes a member of somebody; again changes their roles."""
        event = "GUILD_MEMBER_UPDATE" if int(user["id"]) in self.members else "GUILD_MEMBER_ADD"
        member = self.members[int(user["id"])] = self._member_json(user, roles)
        self._world.publish(event, {**member, "guild_id": str(self.id)}, self.id)
        return member

    def _member_json(self, user: Json, roles: Sequence[int]) -> Json:
        return {
            "user": user,
            "nick": None,
            "avatar": None,
            "banner": None,
            "roles": [str(role) for role in roles],
            "joined_at": self._world.clock.stamp(),
            "premium_since": None,
            "communication_disabled_until": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
        }

    def permissions_of(self, user: int) -> int:
        roles = self.members[user]["roles"] if user in self.members else []
        granted = EVERYONE
        for role in self.roles.values():
            granted |= int(role["permissions"]) if role["id"] in roles else 0
        return granted

    def channel(self, name: str, kind: int = TEXT, tags: Sequence[str] = ()) -> Channel:
        """`tags` are those of a forum."""
        if name not in self.channels:
            data = self._channel_json(name, kind)
            if kind == FORUM:
                data |= self._forum_json(tags)
            channel = self._world.add_channel(data, Inbox(f"#{name}"), self.id)
            self.channels[name] = channel
            self._world.publish("CHANNEL_CREATE", data, self.id)
        return self.channels[name]

    def _channel_json(self, name: str, kind: int) -> Json:
        return {
            "id": str(self._world.new_id()),
            "type": kind,
            "guild_id": str(self.id),
            "name": name,
            "position": len(self.channels),
            "permission_overwrites": [],
            "topic": None,
            "nsfw": False,
            "last_message_id": None,
            "rate_limit_per_user": 0,
            "parent_id": None,
            "flags": 0,
        }

    def _forum_json(self, tags: Sequence[str]) -> Json:
        made = [
            {
                "id": str(self._world.new_id()),
                "name": tag,
                "moderated": False,
                "emoji_id": None,
                "emoji_name": None,
            }
            for tag in tags
        ]
        return {
            "available_tags": made,
            "default_reaction_emoji": None,
            "default_thread_rate_limit_per_user": 0,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }

    def deny(self, channel: Channel, permissions: int) -> None:
        """The bot may no longer do this in the channel and its threads; 0 gives all back."""
        channel.denied = permissions
        overwrite = {"id": str(self._bot_role), "type": 0, "allow": "0", "deny": str(permissions)}
        channel.data["permission_overwrites"] = [overwrite] if permissions else []
        self._world.publish("CHANNEL_UPDATE", channel.data, self.id)

    def delete(self, channel: Channel) -> None:
        """A channel or thread is gone, whoever did it."""
        del self._world.channels[channel.id]
        self.channels = {name: kept for name, kept in self.channels.items() if kept is not channel}
        self.threads = [thread for thread in self.threads if thread is not channel]
        is_thread = channel.type in THREADS
        names = ("id", "guild_id", "parent_id", "type")
        told = {name: channel.data[name] for name in names} if is_thread else channel.data
        self._world.publish("THREAD_DELETE" if is_thread else "CHANNEL_DELETE", told, self.id)

    def archive(self, thread: Channel, locked: bool = False) -> None:
        """Somebody closes it, or it was silent for long."""
        now = self._world.clock.stamp()
        thread.data["thread_metadata"] |= {
            "archived": True,
            "locked": locked,
            "archive_timestamp": now,
        }
        self._world.publish("THREAD_UPDATE", thread.data, self.id)

    def described(self) -> Json:
        """The server as it is told to who asks."""
        return {
            **PLAIN,
            **{name: [] for name in ("features", "emojis", "stickers")},
            "id": str(self.id),
            "name": self.name,
            "owner_id": "1",
            "preferred_locale": self.locale,
            "roles": list(self.roles.values()),
        }

    def snapshot(self, joined: bool = False) -> Json:
        """All of the server, as the gateway tells of it at the start, or when the bot `joined`."""
        return {
            **({} if joined else {"unavailable": False}),
            **self.described(),
            **{name: [] for name in EMPTY},
            "channels": [channel.data for channel in self.channels.values()],
            "threads": [t.data for t in self.threads if not t.data["thread_metadata"]["archived"]],
            "members": list(self.members.values()),
            "member_count": len(self.members),
            "joined_at": self._world.clock.stamp(),
            "large": False,
        }


def require(world: World, channel: Channel, needed: int) -> None:
    """Refuses what the bot may not do there. In private channels it may all that exists there."""
    if channel.guild is None:
        return
    denied = channel.denied
    if channel.type in THREADS:
        denied |= world.channel(channel.data["parent_id"]).denied
        if needed & SEND:
            needed = needed & ~SEND | SEND_IN_THREADS
    if denied & VIEW:
        raise Refusal(403, 50001, "Missing Access")
    if denied & needed:
        raise Refusal(403, 50013, "Missing Permissions")
