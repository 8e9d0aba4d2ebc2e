"""`/join CODE`: an address becomes one of the staff's."""

import re

from core import staff
from core.dialogs.turn import Turn
from core.messages import Choice

WRITTEN = re.compile(r"/join\S*\s+(\S+)", re.IGNORECASE)


def burn(turn: Turn) -> bool:
    """A code that was written where others read along is over. False when none was."""
    written = WRITTEN.search(turn.text)
    if written is None:
        return False
    staff.burn(turn.session, written[1], turn.now)
    turn.say(
        turn.t(
            "Others read along here, so this code is good for nothing now. Ask for a new one and "
            "write it to me in a private chat."
        )
    )
    return True


def join(turn: Turn, code: str) -> None:
    """Whoever has no code learns nothing about what it would be good for."""
    if not turn.inbound.private and burn(turn):
        return None
    if turn.is_whispered:  # calls and notices come in private, and are answered there
        return turn.say(
            turn.t("Please write /join and your code to me in a private chat. It is still good.")
        )
    joined = staff.join(turn.session, code, turn.place, turn.now) if code.strip() else None
    if joined is None:
        return turn.say(turn.t("This code is not valid, or no longer. Ask for a new one."))
    return turn.say(
        turn.t(
            "Welcome, {name}: you are staff here now. /staff shows what you can do, /queue what "
            "waits.",
            name=joined.name,
        ),
        [Choice(turn.t("🔔 Tell me of new tickets"), "staff:duty:on")],
    )
