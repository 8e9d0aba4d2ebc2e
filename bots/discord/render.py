"""Pure: Outbound -> the body of a message:
https://docs.discord.com/developers/resources/message#create-message

Discord knows no plain text: every mark in somebody's words is escaped, so that they are shown as
they are, and no mention in them is one.
"""

import re
from collections.abc import Sequence
from typing import Any

from core.messages import Choice, Outbound

Json = dict[str, Any]

LONGEST = 2000
LONGEST_EMBED = 4096
LONGEST_OPTION = 100
ROWS, ACROSS = 5, 5
LONG_LABEL = 38
"""Characters from which on buttons side by side are hard to read."""
EPHEMERAL = 1 << 6
NO_PREVIEWS = 1 << 2
NO_PINGS: Json = {"parse": [], "replied_user": False}
LINK = r"https?://[^\s<>@|`~*\\]+"
MARKS = re.compile(rf"({LINK})|([\\*_~`|<>\[\]@:])|^(\s*)([#+-]|\d+(?=[.)]))", re.MULTILINE)
"""A link is left as it is: Discord takes a backslash for a part of it."""


def to_body(outbound: Outbound) -> Json:
    """What was escaped and is too long now goes into an embed, which takes twice as much."""
    title, text = outbound.title.strip(), escape(outbound.text)
    shown = f"**{escape(title)}**\n{text}" if title else text
    body: Json = {"allowed_mentions": NO_PINGS, "components": to_components(outbound)}
    if len(shown) <= LONGEST:
        return {**body, "content": shown, "flags": NO_PREVIEWS}
    return {**body, "content": "", "embeds": [{"description": shown[:LONGEST_EMBED]}]}


def to_message(outbound: Outbound) -> Json:
    """For a channel. The nonce lets Discord recognise a repeat."""
    body = to_body(outbound)
    if outbound.nonce:
        body |= {"nonce": outbound.nonce, "enforce_nonce": True}
    if outbound.reply_to.isdecimal():
        body["message_reference"] = {
            "message_id": outbound.reply_to,
            "fail_if_not_exists": False,
        }
    return body


def escape(text: str) -> str:
    return MARKS.sub(keep_as_it_is, text)


def keep_as_it_is(found: re.Match[str]) -> str:
    link, mark, space, beginning = found.groups()
    if link:
        return str(link)
    if mark:
        return f"\\{mark}"
    return f"{space}{beginning}\\" if beginning.isdecimal() else f"{space}\\{beginning}"


def to_components(outbound: Outbound) -> list[Json]:
    choices = outbound.choices
    if not choices:
        return []
    if len(choices) > ROWS and any(len(one.label) > LONG_LABEL for one in choices):
        return [{"type": 1, "components": [to_menu(choices)]}]
    width = min(ACROSS, max(outbound.columns, 1, -(-len(choices) // ROWS)))
    return [
        {"type": 1, "components": [to_button(one) for one in choices[first : first + width]]}
        for first in range(0, len(choices), width)
    ]


def to_button(choice: Choice) -> Json:
    return {"type": 2, "style": 2, "label": choice.label, "custom_id": choice.value}


def to_menu(choices: Sequence[Choice]) -> Json:
    """Many long labels are easier to choose from in a menu."""
    options = [{"label": one.label[:LONGEST_OPTION], "value": one.value} for one in choices]
    return {"type": 3, "custom_id": "choose", "placeholder": "▾", "options": options}
