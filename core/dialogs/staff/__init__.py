"""What the people of the desk do by commands and buttons, from any platform: known to them alone,
and checked at every call.
"""

from collections.abc import Callable

from core import staff
from core.dialogs import announce
from core.dialogs.announce import listing
from core.dialogs.staff import acting, card, people, queue, replies, stats, teaching, writing
from core.dialogs.turn import Turn
from core.i18n import Speech
from core.models import Role, Staff

Act = Callable[[Turn, Staff, str], None]

COMMANDS: dict[str, tuple[Role, Act]] = {
    "queue": (Role.AGENT, queue.show),
    "show": (Role.AGENT, card.show),
    "take": (Role.AGENT, acting.take),
    "give": (Role.AGENT, acting.give),
    "reply": (Role.AGENT, writing.reply),
    "note": (Role.AGENT, writing.note),
    "wait": (Role.AGENT, acting.wait),
    "solve": (Role.AGENT, acting.solve),
    "reopen": (Role.AGENT, acting.reopen),
    "faq": (Role.AGENT, teaching.teach),
    "canned": (Role.AGENT, replies.canned),
    "user": (Role.AGENT, people.user),
    "block": (Role.AGENT, people.block),
    "unblock": (Role.AGENT, people.unblock),
    "duty": (Role.AGENT, people.duty),
    "stats": (Role.AGENT, stats.show),
    "staff": (Role.AGENT, people.help_),
    "announce": (Role.PUBLISHER, announce.command),
    "announcements": (Role.PUBLISHER, listing.show),
}


def commands_of(role: Role, speech: Speech) -> tuple[tuple[str, str], ...]:
    """What they may do, each by the name of its command, for a menu."""
    does: dict[str, str] = {}
    for written, said in people.USAGE.items():
        does.setdefault(written.split()[0].removeprefix("/"), said)
    return tuple(
        (name, speech.t(does[name]))
        for name, (least, _) in COMMANDS.items()
        if name in does and staff.ranks(role, least)
    )


def find(turn: Turn, name: str) -> tuple[Staff, Act] | None:
    """Who calls, and what the command does; None for everybody to whom there is no such command."""
    known = COMMANDS.get(name)
    caller = turn.who
    if known is None or caller is None or not staff.may(caller, known[0]):
        return None
    if turn.inbound.forwarded:  # somebody else's words, shown to the desk
        return None
    return caller, known[1]


def press(turn: Turn, argument: str) -> bool:
    """`staff:COMMAND:NUMBER`. False for everybody to whom there is no such button."""
    name, _, number = argument.partition(":")
    found = find(turn, name)
    if found is None:
        return False
    caller, act = found
    act(turn, caller, number)
    return True


def answer(turn: Turn) -> bool:
    """What was written in the middle of a reply, note or entry. False for staff no more."""
    caller = turn.who
    if caller is None:
        turn.leave()
        return False
    if turn.place.state.get("kind") in teaching.KINDS:
        teaching.answer(turn, caller)
    else:
        writing.answer(turn, caller)
    return True
