"""Slash commands, and the one in a message's menu, in the languages of the desk.

https://docs.discord.com/developers/interactions/application-commands
"""

import logging
import re
from collections.abc import Awaitable, Collection
from typing import Any

from bots.discord.failures import Trouble
from bots.discord.offers import COMMANDS, STAFF_COMMANDS, Command, Option
from bots.discord.parse import number
from bots.discord.rest import Rest
from core.i18n import Languages, mark

log = logging.getLogger(__name__)

Json = dict[str, Any]

SLASH, ON_A_MESSAGE = 1, 3
TEXT = 3
IN_SERVERS, IN_PRIVATE = 0, 1
MANAGE_THREADS = 1 << 34
"""https://docs.discord.com/developers/topics/permissions"""
FOR_SERVERS = 0
NAME, DESCRIPTION = 32, 100
PAGE = 100
LOCALES: dict[str, tuple[str, ...]] = {
    **{
        tag: (tag,)
        for tag in (
            *("id", "da", "de", "fr", "hr", "it", "lt", "hu", "nl", "no", "pl", "ro", "fi", "vi"),
            *("tr", "cs", "el", "bg", "ru", "uk", "hi", "th", "ja", "ko"),
        )
    },
    "es": ("es-ES", "es-419"),
    "pt": ("pt-BR",),
    "sv": ("sv-SE",),
    "zh": ("zh-CN", "zh-TW"),
}
"""Discord's name of a language: https://docs.discord.com/developers/reference#locales. English is
what is shown to all others.
"""


ABOUT_THIS = mark("Open a ticket about this")


def definitions(languages: Languages, *, everywhere: bool) -> list[Json]:
    """As Discord takes them. `everywhere` and not only in one server, where nothing has to be said
    of places.
    """
    places: Json = {}
    if everywhere:
        places = {"contexts": [IN_SERVERS, IN_PRIVATE], "integration_types": [FOR_SERVERS]}
    slash = [to_command(command, languages) | places for command in COMMANDS]
    about_this = {
        "type": ON_A_MESSAGE,
        "name": ABOUT_THIS[:NAME],
        "name_localizations": in_all(languages, ABOUT_THIS, NAME),
    }
    return [*slash, about_this | places]


def to_command(command: Command, languages: Languages) -> Json:
    told: Json = {
        "type": SLASH,
        "name": command.name,
        "name_localizations": names(languages, command.shown),
        "description": command.does[:DESCRIPTION],
        "description_localizations": in_all(languages, command.does, DESCRIPTION),
    }
    if command.option:
        told["options"] = [to_option(command.option, languages)]
    return told


def to_option(option: Option, languages: Languages) -> Json:
    told: Json = {
        "type": TEXT,
        "name": option.name,
        "name_localizations": names(languages, option.shown),
        "description": option.does[:DESCRIPTION],
        "description_localizations": in_all(languages, option.does, DESCRIPTION),
        "required": option.required,
        "max_length": option.most,
    }
    if option.completed:
        told["autocomplete"] = True
    return told


def in_all(languages: Languages, message: str, most: int) -> dict[str, str]:
    """The languages in which it says something else than in English."""
    return {
        locale: said[:most]
        for tag, speech in languages.speech.items()
        if (said := speech.t(message)) != message
        for locale in LOCALES.get(tag.partition("-")[0], ())
    }


def names(languages: Languages, shown: str) -> dict[str, str]:
    """Those that Discord takes for a name: small letters, digits, - and _."""
    said = in_all(languages, shown, NAME + 1) if shown else {}
    return {
        locale: name
        for locale, words in said.items()
        if re.fullmatch(r"[-_\w]{1,32}", name := words.removeprefix("/").lower())
    }


def staff_definitions(languages: Languages) -> list[Json]:
    """Hidden from all who may not manage threads, unless a server's owner decides otherwise. Who
    may do what is the desk's to say.
    """
    hidden = {"default_member_permissions": MANAGE_THREADS}
    return [to_command(command, languages) | hidden for command in STAFF_COMMANDS]


async def show(
    rest: Rest, application: str, languages: Languages, guild: str, staff_guild: str
) -> None:
    """In one server or, without `guild`, everywhere; those of the staff in their server only. Only
    what Discord does not know yet is told: it takes 200 new ones a day.
    """
    wanted = wanted_in(languages, guild, staff_guild)
    known = {where: await look(rest, application, where) for where in wanted}
    if any(commands and known[where] == [] for where, commands in wanted.items()):
        await clear_elsewhere(rest, application, wanted)
    for where, commands in wanted.items():
        if known[where] is not None and sorted_by_name(known[where]) != sorted_by_name(commands):
            await attempt(rest.call("PUT", path_of(application, where), commands))


def wanted_in(languages: Languages, guild: str, staff_guild: str) -> dict[str, list[Json]]:
    """By the server, and by nothing for everywhere. None is shown twice in one place."""
    wanted = {guild: definitions(languages, everywhere=not guild)}
    if guild:
        wanted[""] = []
    if staff_guild:
        own = wanted.get(staff_guild, [])
        shown = {command["name"] for command in (*own, *wanted[""])}
        theirs = [one for one in staff_definitions(languages) if one["name"] not in shown]
        wanted[staff_guild] = [*own, *theirs]
    return wanted


def path_of(application: str, where: str) -> str:
    place = f"/guilds/{where}" if where else ""
    return f"/applications/{application}{place}/commands"


async def look(rest: Rest, application: str, where: str) -> object:
    """What is shown there; None where we are not told."""
    query = {"with_localizations": "true"}
    return await attempt(rest.call("GET", path_of(application, where), query=query))


async def clear_elsewhere(rest: Rest, application: str, wanted: Collection[str]) -> None:
    """Commands that come to where there were none stood in another server before, perhaps: there
    they would be shown twice, or to people who are no longer the staff. A bot in more servers than
    a page lists was tried out long ago.
    """
    servers = await attempt(rest.call("GET", "/users/@me/guilds", query={"limit": PAGE}))
    for where in [number(server["id"]) for server in servers or ()]:
        if where not in wanted and await look(rest, application, where):
            await attempt(rest.call("PUT", path_of(application, where), []))


async def attempt(call: Awaitable[Any]) -> Any:
    """None after trouble: without the commands the desk works all the same."""
    try:
        return await call
    except Trouble as error:
        log.warning("the commands are not shown", extra={"error": str(error)})
        return None


def sorted_by_name(commands: object) -> list[Json]:
    """Only what we tell of them, so that they can be compared."""
    listed = (
        [one for one in commands if isinstance(one, dict)] if isinstance(commands, list) else []
    )
    return sorted(map(essence, listed), key=lambda one: (one["type"], one["name"]))


def essence(command: Json) -> Json:
    """Without what Discord adds, and what it leaves out when it is nothing."""
    return {
        "type": command.get("type", SLASH),
        "name": command.get("name", ""),
        "name_localizations": command.get("name_localizations") or {},
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations") or {},
        "default_member_permissions": str(command.get("default_member_permissions") or 0),
        "required": bool(command.get("required")),
        "autocomplete": bool(command.get("autocomplete")),
        "max_length": command.get("max_length"),
        "options": [essence(option) for option in command.get("options") or ()],
    }
