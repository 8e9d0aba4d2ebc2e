"""Pure: the button with which a program for mail ends our news (RFC 2369, section 3.2).

It sends us a letter whose subject holds what only the news told: the proof for its recipient.
"""

import re
from urllib.parse import quote

from bots.email.tokens import Tokens

WORD = "unsubscribe"
COMMAND = f"/{WORD}"
ASKED = re.compile(rf"\s*{WORD}\s+(<\S{{1,300}}>)\s*", re.IGNORECASE)


def to_head(address: str, message_id: str, page: str) -> list[tuple[str, str]]:
    """`page` is where a press ends it on the web (RFC 8058); empty without one."""
    link = to_link(address, message_id)
    if not page:
        return [("List-Unsubscribe", link)]
    return [
        ("List-Unsubscribe", f"<{page}>,\r\n {link}"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]


def to_link(address: str, message_id: str) -> str:
    return f"<mailto:{quote(address, safe='@')}?subject={quote(f'{WORD} {message_id}', safe='')}>"


def asks(subject: str) -> bool:
    return ASKED.fullmatch(subject) is not None


def is_proven(subject: str, sender: str, tokens: Tokens) -> bool:
    """Whether it was our news to this very sender."""
    asked = ASKED.fullmatch(subject)
    return asked is not None and bool(tokens.find(asked[1], sender))
