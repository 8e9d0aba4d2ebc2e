"""Pure: the text of a message as Discord sends it -> words that can be read anywhere.

People and emoji of servers are ids in it: https://docs.discord.com/developers/reference#message-formatting
"""

import re
from collections.abc import Collection, Mapping

NAMED = re.compile(r" ?<@(?P<kind>[!&]?)(?P<id>\d+)>")
USER = re.compile(r"<@!?(\d+)>")
EMOJI = re.compile(r"<a?(:\w{2,32}:)\d+>")
TYPED = re.compile(r"/ask\s+(?=\S)")
"""The command as text: where the app does not offer it, people write it."""


def named_roles(text: str) -> set[str]:
    """Also those that whoever wrote it may not call: to them it looks the same."""
    return {found["id"] for found in NAMED.finditer(text) if found["kind"] == "&"}


def said_to(me: str, roles: Collection[str], text: str) -> str:
    """The words without our name, which only said that they are for us."""

    def drop(found: re.Match[str]) -> str:
        is_ours = found["id"] in roles if found["kind"] == "&" else found["id"] == me
        return "" if is_ours else found[0]

    rest = NAMED.sub(drop, text)
    return text if rest == text else rest.strip(" ,:\n")


def question(text: str) -> str:
    found = TYPED.match(text)
    return text[found.end() :] if found else text


def readable(text: str, names: Mapping[str, str]) -> str:
    """Whoever is named by their username, which is theirs alone, and emoji by their name."""
    told = USER.sub(lambda found: f"@{names[found[1]]}" if found[1] in names else found[0], text)
    return EMOJI.sub(r"\1", told)
