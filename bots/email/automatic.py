"""Pure: letters that no person wrote to us. They are never answered, or two machines would write to
each other without end (RFC 3834, section 2).
"""

import re

from bots.email.headers import Headers

LOOP = "X-Loop"
"""Names us in each letter of ours."""
MACHINES = re.compile(
    r"(?:mailer-daemon|postmaster|bounces?|no-?reply|do-?not-?reply|nobody)(?:[+=-].*)?@.*"
)
SPELLING = str.maketrans("_.", "--")
BULK = {"bulk", "junk", "list", "auto_reply"}
SUPPRESSED = {"all", "oof", "autoreply"}
"""Of Microsoft's; the others are about receipts: [MS-OXCMAIL] 2.2.3.2.14."""
LIST = ("list-id", "list-unsubscribe", "list-post")
REPLIES = ("x-autoreply", "x-autorespond", "x-autoreply-from", "x-auto-reply")


def find_reason(headers: Headers, sender: str, me: str) -> str:
    """Why a letter is not answered; empty for one that is."""
    if sender == me or any(me in value.lower() for value in headers.all(LOOP.lower())):
        return "our own letter"
    if MACHINES.fullmatch(sender.translate(SPELLING)):
        return "from a machine's address"
    submitted = headers.get("auto-submitted").partition(";")[0].strip().lower()
    if submitted not in ("", "no"):
        return "sent automatically"
    if headers.get("return-path").replace(" ", "") == "<>":
        return "without a return path"
    return find_in_bulk(headers)


def find_in_bulk(headers: Headers) -> str:
    if headers.get("precedence").lower() in BULK:
        return "sent in bulk"
    asked = headers.get("x-auto-response-suppress").lower()
    if SUPPRESSED & {word.strip() for word in asked.split(",")}:
        return "asks for no automatic answer"
    if any(map(headers.has, LIST)):
        return "from a mailing list"
    return "an automatic answer" if any(map(headers.has, REPLIES)) else ""
