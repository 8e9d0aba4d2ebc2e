"""Which of the choices that were shown somebody means, by number or by its words."""

import re

from core.dialogs.turn import Turn
from core.messages import Choice

NUMBER = re.compile(r"[#(]?(\d{1,3})(?:[.):]|\ufe0f?\u20e3)?")
"""As people type one from a list: `2`, `2.`, `(2)`, `#2`, 2️⃣."""


def choose(turn: Turn) -> str:
    """The value of the offered choice that the text names, by number where no buttons are drawn."""
    wanted, offers = turn.text.strip().casefold(), turn.place.offers
    if not wanted or turn.evidence or len(wanted) > 80:
        return ""
    number = NUMBER.fullmatch(wanted) if turn.numbered else None
    if number and 0 < int(number[1]) <= len(offers):
        return offers[int(number[1]) - 1][1]
    bare = words_of(wanted)
    same = [value for label, value in offers if label.casefold() == wanted]
    alike = [value for label, value in offers if bare and words_of(label) == bare]
    return next(iter([*same, *alike]), "")


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
