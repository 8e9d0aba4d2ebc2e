"""`/join CODE`: an address becomes one of the staff's."""

from core import staff
from core.dialogs.turn import Turn
from core.messages import Choice


def join(turn: Turn, code: str) -> None:
    """Whoever has no code learns nothing about what it would be good for."""
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
