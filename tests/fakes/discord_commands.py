"""The commands that the bot registers, for all or for one server.

https://docs.discord.com/developers/interactions/application-commands
"""

from collections import Counter
from typing import Any

from tests.fakes.discord_calls import Call, Json, invalid, unknown
from tests.fakes.discord_world import World

SLASH, OF_USERS, OF_MESSAGES = 1, 2, 3
SUBCOMMAND, GROUP = 1, 2
MOST = {SLASH: 100, OF_USERS: 15, OF_MESSAGES: 15}
NAME_LIMIT, DESCRIPTION_LIMIT, OPTIONS_LIMIT, CHOICES_LIMIT = 32, 100, 25, 25
LANGUAGES = """id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs
el bg ru uk hi th zh-CN ja zh-TW ko"""
LOCALES = frozenset(LANGUAGES.split())
"""https://docs.discord.com/developers/reference#locales"""
FOR_ALL = "/applications/{application_id}/commands"
FOR_ONE = "/applications/{application_id}/guilds/{guild_id}/commands"


class Commands:
    """Those registered, by (kind, name); under None the ones for everywhere."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[int | None, dict[tuple[int, str], Json]] = {None: {}}
        self.routes = {
            f"{verb} {place}": act
            for place in (FOR_ALL, FOR_ONE)
            for verb, act in (("GET", self.list), ("PUT", self.replace), ("POST", self.add))
        }
        self.routes |= {f"DELETE {p}/{{command_id}}": self.delete for p in (FOR_ALL, FOR_ONE)}

    def find(self, kind: int, name: str, guild: int | None, locale: str) -> Json:
        """As somebody sees it there, by its name or the name in their language."""
        for place in {guild, None}:
            for command in self._known.get(place, {}).values():
                names = {command["name"], (command.get("name_localizations") or {}).get(locale)}
                if command["type"] == kind and name in names and _serves(command, guild):
                    return command
        raise LookupError(f"no command {name!r} here")

    def shown(self, guild: int | None) -> list[Json]:
        """Those registered for a server, or for everywhere."""
        return list(self._known.get(guild, {}).values())

    def _scope(self, call: Call) -> tuple[int | None, dict[tuple[int, str], Json]]:
        if call.ids["application_id"] != self._world.application:
            raise unknown(10002, "Application")
        guild = int(call.ids["guild_id"]) if "guild_id" in call.ids else None
        if guild is not None and guild not in self._world.guilds:
            raise unknown(10004, "Guild")
        return guild, self._known.setdefault(guild, {})

    def list(self, call: Call) -> Any:
        """With the names in other languages if these are asked for."""
        known = list(self._scope(call)[1].values())
        if call.query.get("with_localizations", "").lower() in ("1", "true"):
            return known
        return [_in_one_language(command) for command in known]

    def replace(self, call: Call) -> Any:
        guild, known = self._scope(call)
        given = call.body or []
        for number, command in enumerate(given):
            check_command(command, str(number))
        for (kind, name), count in Counter(_key(command) for command in given).items():
            if count > 1:
                words = f"Application command names must be unique: {name} ({kind})"
                raise invalid("0.name", "APPLICATION_COMMANDS_DUPLICATE_NAME", words)
        for kind, count in Counter(_key(command)[0] for command in given).items():
            if count > MOST[kind]:
                raise invalid("_", "BASE_TYPE_MAX_LENGTH", f"Must be {MOST[kind]} or fewer.")
        registered = {_key(c): self._register(c, guild, known.get(_key(c))) for c in given}
        known.clear()
        known.update(registered)
        return list(known.values())

    def add(self, call: Call) -> Any:
        """One of the same name is replaced."""
        guild, known = self._scope(call)
        command = call.form()
        check_command(command, "")
        known[_key(command)] = self._register(command, guild, known.get(_key(command)))
        return known[_key(command)]

    def delete(self, call: Call) -> None:
        _, known = self._scope(call)
        for key, command in known.items():
            if command["id"] == call.ids["command_id"]:
                del known[key]
                return
        raise unknown(10063, "application command")

    def _register(self, command: Json, guild: int | None, former: Json | None) -> Json:
        needed = command.get("default_member_permissions")
        told = {
            "id": former["id"] if former else str(self._world.new_id()),
            "application_id": self._world.application,
            "version": str(self._world.new_id()),
            "type": command.get("type") or SLASH,
            "name": command["name"],
            "name_localizations": command.get("name_localizations"),
            "description": command.get("description") or "",
            "description_localizations": command.get("description_localizations"),
            "default_member_permissions": None if needed is None else str(needed),
            "dm_permission": command.get("dm_permission", True),
            "contexts": command.get("contexts"),
            "integration_types": command.get("integration_types") or [0],
            "nsfw": bool(command.get("nsfw")),
        }
        if command.get("options"):
            told["options"] = command["options"]
        return told | ({"guild_id": str(guild)} if guild else {})


def _in_one_language(thing: Json) -> Json:
    told = {key: value for key, value in thing.items() if not key.endswith("_localizations")}
    if "options" in told:
        told["options"] = [_in_one_language(option) for option in told["options"]]
    return told


def _serves(command: Json, guild: int | None) -> bool:
    contexts = command["contexts"]
    if contexts is not None:
        return (1 if guild is None else 0) in contexts
    return guild is not None or command["dm_permission"] is not False


def _key(command: Json) -> tuple[int, str]:
    return command.get("type") or SLASH, command["name"]


def check_command(command: Json, path: str) -> None:
    is_slash = (command.get("type") or SLASH) == SLASH
    _check_words(command, path, is_slash)
    if not is_slash and command.get("description"):
        words = "Context menu commands cannot have description"
        raise invalid(f"{path}.description", "APPLICATION_COMMANDS_DESCRIPTION_INVALID", words)
    _check_options(command.get("options") or [], f"{path}.options")


def _check_words(thing: Json, path: str, is_slash: bool = True) -> None:
    """The name and the description, in all languages."""
    for name in _in_all_languages(thing, "name", path):
        strict = not is_slash or (name == name.lower() and all(map(_fits, name)))
        if not 1 <= len(name) <= NAME_LIMIT or not strict:
            code = "APPLICATION_COMMAND_INVALID_NAME"
            raise invalid(f"{path}.name", code, f"Command name is invalid: {name!r}")
    for text in _in_all_languages(thing, "description", path) if is_slash else ():
        if not 1 <= len(text) <= DESCRIPTION_LIMIT:
            words = f"Must be between 1 and {DESCRIPTION_LIMIT} in length."
            raise invalid(f"{path}.description", "BASE_TYPE_BAD_LENGTH", words)


def _fits(letter: str) -> bool:
    return letter.isalnum() or letter in "-_'"


def _in_all_languages(thing: Json, field: str, path: str) -> list[str]:
    others = thing.get(f"{field}_localizations") or {}
    for locale in others:
        if locale not in LOCALES:
            where = f"{path}.{field}_localizations"
            raise invalid(where, "ENUM_TYPE_COERCE", f"Value {locale!r} is not a valid enum value.")
    return [thing.get(field) or "", *others.values()]


def _check_options(options: list[Json], path: str) -> None:
    if len(options) > OPTIONS_LIMIT:
        raise invalid(path, "BASE_TYPE_MAX_LENGTH", f"Must be {OPTIONS_LIMIT} or fewer in length.")
    names: set[str] = set()
    optional = False
    for number, option in enumerate(options):
        place = f"{path}.{number}"
        _check_words(option, place)
        if option["name"] in names:
            code = "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"
            raise invalid(f"{place}.name", code, "Option name already exists")
        names.add(option["name"])
        if option.get("required") and optional:
            code = "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"
            raise invalid(
                place, code, "Required options must be placed before non-required options"
            )
        optional = optional or not option.get("required")
        _check_choices(option, place)
        _check_options(option.get("options") or [], f"{place}.options")


def _check_choices(option: Json, path: str) -> None:
    choices = option.get("choices") or []
    if len(choices) > CHOICES_LIMIT or (choices and option.get("autocomplete")):
        raise invalid(f"{path}.choices", "BASE_TYPE_MAX_LENGTH", "Too many choices.")
    for choice in choices:
        for name in _in_all_languages(choice, "name", path):
            if not 1 <= len(name) <= 100:
                raise invalid(f"{path}.choices", "BASE_TYPE_BAD_LENGTH", "Must be 1 to 100.")
