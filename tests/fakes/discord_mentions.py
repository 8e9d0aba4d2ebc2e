"""Whom a message pings: what its words name, as far as `allowed_mentions` allows.

https://docs.discord.com/developers/resources/message#allowed-mentions-object
"""

import re
from collections.abc import Collection
from typing import Any

from tests.fakes.discord_calls import Json, invalid
from tests.fakes.discord_guilds import MENTION_EVERYONE
from tests.fakes.discord_world import Channel, World

USER, ROLE = re.compile(r"<@!?(\d+)>"), re.compile(r"<@&(\d+)>")
EVERYBODY = re.compile(r"@(?:everyone|here)\b")
KINDS = ("roles", "users", "everyone")
ALL: Json = {"parse": KINDS, "replied_user": True}
"""Unless it says otherwise, an ordinary message pings all whom it names."""
USERS: Json = {"parse": ("users",), "replied_user": True}
"""What is said through an interaction pings no roles, unless it says otherwise."""
LISTED = 100


def check_allowed(allowed: Any) -> None:
    """Raises what Discord says of a wrong `allowed_mentions`."""
    if allowed is None:
        return
    path = "allowed_mentions"
    if not isinstance(allowed, dict):
        raise invalid(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    parse = allowed.get("parse") or ()
    for number, kind in enumerate(parse):
        if kind not in KINDS:
            words = f"Value must be one of {{{', '.join(map(repr, KINDS))}}}."
            raise invalid(f"{path}.parse.{number}", "BASE_TYPE_CHOICES", words)
    for kind in ("users", "roles"):
        listed = allowed.get(kind) or ()
        if len(listed) > LISTED:
            words = f"Must be {LISTED} or fewer in length."
            raise invalid(f"{path}.{kind}", "BASE_TYPE_MAX_LENGTH", words)
        if listed and kind in parse:
            words = f'parse:["{kind}"] and {kind}: [ids...] are mutually exclusive.'
            raise invalid(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", words)


def pings(world: World, channel: Channel, message: Json, allowed: Json) -> Json:
    """The fields of the message that tell whom it pings."""
    content: str = message["content"]
    users = [id for id in _named(USER, content) if _is_allowed("users", id, allowed)]
    if allowed.get("replied_user") and message.get("referenced_message"):
        users.append(message["referenced_message"]["author"]["id"])
    known = [world.users[int(id)] for id in dict.fromkeys(users) if int(id) in world.users]
    if channel.guild is None:
        return {"mentions": known, "mention_roles": [], "mention_everyone": False}
    guild = world.guilds[channel.guild]
    may_all = bool(guild.permissions_of(int(message["author"]["id"])) & MENTION_EVERYONE)
    roles = {role["id"] for role in guild.roles.values() if may_all or role["mentionable"]}
    named = [id for id in _named(ROLE, content) if _is_allowed("roles", id, allowed)]
    everyone = may_all and "everyone" in _parsed(allowed) and bool(EVERYBODY.search(content))
    return {
        "mentions": known,
        "mention_roles": [id for id in named if id in roles],
        "mention_everyone": everyone,
    }


def _named(pattern: re.Pattern[str], content: str) -> list[str]:
    return list(dict.fromkeys(pattern.findall(content))) if "<@" in content else []


def _parsed(allowed: Json) -> Collection[str]:
    return allowed.get("parse") or ()


def _is_allowed(kind: str, id: str, allowed: Json) -> bool:
    return kind in _parsed(allowed) or id in map(str, allowed.get(kind) or ())
