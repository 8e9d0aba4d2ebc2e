"""Which of the choices that were shown somebody means, by number or by its words."""

import re

from core.dialogs.turn import Turn
from core.messages import Choice


def choose(turn: Turn) -> str:
    """The value of the offered choice that the text names, by number where no buttons are drawn."""
    wanted = turn.text.strip().casefold()
    if not wanted or turn.evidence or len(wanted) > 80:
        return ""
    if wanted.isdecimal() and turn.numbered and 0 < int(wanted) <= len(turn.place.offers):
        return turn.place.offers[int(wanted) - 1][1]
    bare = words_of(wanted)
    return next((value for label, value in turn.place.offers if words_of(label) == bare), "")


def ask_for_number(turn: Turn) -> None:
    """A number that is none of those shown; what was shown can still be chosen."""
    offers = turn.place.offers
    turn.say(
        turn.t("Choose a number from 1 to {count}, or write in words.", count=len(offers)),
        [Choice(label, value) for label, value in offers],
    )


def words_of(label: str) -> str:
    """A label without its picture and its case."""
    return re.sub(r"[^\w\s]+", "", label).strip().casefold()
