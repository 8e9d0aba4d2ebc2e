"""What Discord's client makes of a message's text: the rules it reads marks by, in their order.

What would be formatted, hidden, linked behind other words or drawn as a mention is shown as
⟦kind:…⟧, so that it can never pass for plain words.
"""

import re
from typing import Any

Json = dict[str, Any]

RULES: list[tuple[str, str]] = [
    ("escape", r"\\(?P<escaped>[^0-9A-Za-z\s])"),
    ("heading", r"(?:(?<=\n)|\A)[ \t]*#{1,3}[ \t]+\S[^\n]*"),
    ("small", r"(?:(?<=\n)|\A)[ \t]*-#[ \t]+\S[^\n]*"),
    ("quote", r"(?:(?<=\n)|\A)[ \t]*>(?:>>)?[ \t]+[^\n]*"),
    ("list", r"(?:(?<=\n)|\A)[ \t]*(?:[*-]|\d+\.)[ \t]+\S[^\n]*"),
    ("block", r"```[\s\S]+?```"),
    ("code", r"(?P<ticks>`+)[\s\S]*?[^`](?P=ticks)(?!`)"),
    ("link", r"""https?://[^\s<]+[^<.,:;"'\]\s]"""),
    ("masked", r"\[[^\]]*\]\([^)\s]+\)"),
    ("mention", r"<(?:@[!&]?|#)\d+>|@(?:everyone|here)"),
    ("emoji", r"<a?:\w+:\d+>|:[\w+-]+:"),
    ("moment", r"<t:-?\d+(?::\w)?>|</[^:]+:\d+>|<id:\w+>|<https?://[^>\s]+>"),
    ("bold", r"\*\*(?P<bold>(?:\\[\s\S]|[^\\])+?)\*\*(?!\*)"),
    ("underlined", r"__(?:\\[\s\S]|[^\\])+?__(?!_)"),
    ("italic", r"\b_(?:\\[\s\S]|[^\\_])+?_\b|\*(?=\S)(?:\\[\s\S]|[^\\*])+?\*(?!\*)"),
    ("struck", r"~~[\s\S]+?~~"),
    ("spoiler", r"\|\|[\s\S]+?\|\|"),
]
CLIENT = re.compile(
    "|".join(f"(?P<R{name}>{rule})" for name, rule in RULES).replace(r"\2", r"(?:`+)")
)


def shown(content: str) -> str:
    """The words as they stand on the screen; bold ones without a sign."""
    return CLIENT.sub(draw, content)


def draw(found: re.Match[str]) -> str:
    name = next(name for name, _ in RULES if found[f"R{name}"] is not None)
    if name == "escape":
        return found["escaped"]
    if name == "bold":
        return shown(found["bold"])
    return found[0] if name == "link" else f"⟦{name}:{found[0]}⟧"


def words(message: Json) -> str:
    embeds = [embed["description"] for embed in message["embeds"]]
    return shown("\n".join(filter(None, [message["content"], *embeds])))


def labels(message: Json) -> tuple[str, ...]:
    """Of all that can be chosen, whether it is a button or stands in a menu."""
    found = []
    for row in message["components"]:
        for component in row["components"]:
            options = component.get("options", [component])
            found += [option["label"] for option in options]
    return tuple(found)
