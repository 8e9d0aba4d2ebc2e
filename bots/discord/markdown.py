"""Pure: words -> what Discord draws as exactly these words, and nothing else.

Discord reads marks in every message. A backslash before a mark makes it a plain character:
https://docs.discord.com/developers/reference#message-formatting. Links stay as they are, since
Discord takes them whole, and a backslash in one would break it.
"""

import re

LINK = r"""https?://[^\s<]+[^<.,:;"'\]\s](?![^\s<]*<)"""
"""As Discord finds one; not before a `<`, whose backslash it would take in."""
MARKS = r"[\\*_~`|<\[]"
"""Emphasis, code, spoilers, mentions, dates, emoji of servers, and links behind other words."""
NO_LINK = r"https?:(?=//)"
"""What is none, and would become one by a backslash behind it."""
EVERYBODY = r"@(?=everyone|here)"
EMOJI = r":(?=[\w+-]+:)"
AT_LINE_START = r"(?m:^[ \t]*)(?:[>#+-]|\d+(?=\.))"
"""Quotes, headings, small print and lists."""
SPECIAL = re.compile(
    f"(?P<start>{AT_LINE_START})|(?P<link>{LINK})|{NO_LINK}|{MARKS}|{EVERYBODY}|{EMOJI}"
)


def plain(text: str) -> str:
    """Words that Discord draws byte for byte."""
    return SPECIAL.sub(escape, text)


def escape(found: re.Match[str]) -> str:
    words = found[0]
    if found["link"]:
        return words
    if found["start"] and words[-1].isdecimal():  # "1." begins a list, and only its dot is a mark
        return words + "\\"
    return f"{words[:-1]}\\{words[-1]}"


def bold(text: str) -> str:
    return f"**{plain(text)}**"
