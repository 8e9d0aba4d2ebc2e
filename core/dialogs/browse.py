"""Topics and their entries, by button, a page at a time."""

from core import faq
from core.dialogs.ask import wanted
from core.dialogs.menu import menu_choice, show_home, support_choice
from core.dialogs.turn import Turn
from core.messages import Choice

PAGE = 8
"""Entries on one page: more buttons than that are not read."""


def press_topic(turn: Turn, argument: str) -> None:
    """`topic:ID:PAGE`."""
    name, _, page = argument.partition(":")
    topic = next((topic for topic in turn.pack.topics if topic.id == name), None)
    if topic is None:
        return show_home(turn, turn.t("This topic is no longer in our help."))
    entries = faq.entries_of_topic(turn.session, name, turn.contact.audience, *wanted(turn))
    first = PAGE * (int(page) if page.isdecimal() and len(page) < 4 else 0)
    shown = [
        Choice(question, f"entry:{entry}") for entry, question in entries[first : first + PAGE]
    ]
    if first + PAGE < len(entries):
        shown.append(Choice(turn.t("More"), f"topic:{name}:{first // PAGE + 1}"))
    closing = turn.local(turn.pack.closing)
    return turn.say(
        closing,
        [*shown, menu_choice(turn), support_choice(turn)],
        title=turn.local(topic.label),
    )
