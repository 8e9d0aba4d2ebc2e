"""The commands that Discord shows, in the desk's languages, and what one of them says:
https://docs.discord.com/developers/interactions/application-commands
"""

from typing import Any

from core.i18n import SOURCE, Languages, mark

Json = dict[str, Any]

SLASH, ABOUT_MESSAGE = 1, 3
TEXT, NUMBER = 3, 4
EVERYWHERE = {"integration_types": [0], "contexts": [0, 1]}
"""Installed in servers; used there and in private."""
ABOUT_THIS = mark("Open a ticket about this")
COMMANDS = {
    "ask": (mark("ask"), mark("Ask a question")),
    "ticket": (mark("ticket"), mark("Write to the support team")),
    "tickets": (mark("tickets"), mark("Your tickets")),
    "billing": (mark("billing"), mark("Who took a payment")),
    "news": (mark("news"), mark("News of the platform")),
    "language": (mark("language"), mark("Change the language")),
    "help": (mark("help"), mark("What I can do")),
}
"""Name, and what it is called and does in the person's language."""
OPTIONS = {
    "ask": (mark("question"), mark("In your own words"), TEXT, True),
    "ticket": (mark("number"), mark("One of your tickets"), NUMBER, False),
    "billing": (mark("name"), mark("The name in your payment history"), TEXT, False),
}
LOCALES = {"es": "es-ES", "pt": "pt-BR", "zh": "zh-CN", "sv": "sv-SE"}
"""Discord's names of languages that it knows by another than the usual one."""


def to_commands(languages: Languages) -> list[Json]:
    slash = [to_command(name, *words, languages) for name, words in COMMANDS.items()]
    about = {"type": ABOUT_MESSAGE, "name": ABOUT_THIS, **EVERYWHERE}
    return [*slash, {**about, **localised("name", ABOUT_THIS, languages)}]


def to_command(name: str, called: str, does: str, languages: Languages) -> Json:
    command: Json = {
        "type": SLASH,
        "name": name,
        "description": does,
        **EVERYWHERE,
        **localised("name", called, languages),
        **localised("description", does, languages),
    }
    if name in OPTIONS:
        word, says, kind, needed = OPTIONS[name]
        command["options"] = [
            {
                "type": kind,
                "name": word,
                "description": says,
                "required": needed,
                "autocomplete": name == "ask",
                **localised("name", word, languages),
                **localised("description", says, languages),
            }
        ]
    return command


def localised(what: str, message: str, languages: Languages) -> Json:
    """In each language but the one it is written in; untranslated ones stay away."""
    said = {
        LOCALES.get(tag, tag): speech.t(message)
        for tag, speech in languages.speech.items()
        if not tag.startswith(SOURCE) and speech.t(message) != message
    }
    return {f"{what}_localizations": said} if said else {}


def is_shown(wanted: list[Json], shown: list[Json]) -> bool:
    """Whether Discord shows these commands already: creating them is rationed."""
    keys = ("type", "description", "name_localizations", "description_localizations", "options")

    def of(commands: list[Json]) -> dict[tuple[int, str], Json]:
        return {
            (one.get("type", SLASH), one["name"]): {
                key: one.get(key) or None if key != "description" else one.get(key, "")
                for key in keys
                if key != "options"
            }
            | {"options": [option["name"] for option in one.get("options") or ()]}
            for one in commands
        }

    return of(wanted) == of(shown)


def to_text(data: Json) -> tuple[str, str]:
    """What a slash command says, as words, or as the choice that was picked from what was
    completed.
    """
    value = next((str(one.get("value", "")) for one in data.get("options") or ()), "")
    if data["name"] == "ask":
        return ("", value) if value.startswith("entry:") else (value, "")
    return f"/{data['name']} {value}".strip(), ""


def focused(data: Json) -> str:
    """What somebody has typed so far."""
    options = data.get("options") or ()
    return next((str(one.get("value", "")) for one in options if one.get("focused")), "")
