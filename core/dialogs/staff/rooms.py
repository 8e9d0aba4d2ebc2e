"""What is written in a place of the staff's: in a ticket's room it goes to the
person, from nobody but the staff.
"""

import re
from collections.abc import Callable
from datetime import timedelta

from core import outbox, rooms, tickets
from core.calls import CHAT
from core.dialogs import live
from core.dialogs.staff import changing, chatting, find, joining, noting, people, press, writing
from core.dialogs.turn import Said, Turn, to_id
from core.messages import Kind, Reply
from core.models import Staff, Ticket, TicketState, row_id

NUMBER = re.compile(r"\s*#?\d{1,18}\b")
OF_A_TICKET = {"show", "take", "give", "wait", "solve", "reopen", "faq", "user", "block", "unblock"}
"""Commands that begin with a ticket's number, which is this one's where none is named."""
SHOWN = {"take", "give", "wait", "solve", "reopen"}
"""What they change is shown in the room anyway."""
HOUR = timedelta(hours=1)


def answer(turn: Turn) -> None:
    if joining.burn(turn):
        return None
    if turn.caller is None:
        return turn_away(turn)
    match turn.inbound.kind:
        case Kind.PRESS:
            return pressed(turn)
        case Kind.EDIT:
            changing.change(turn, turn.caller)
            return None
    command = changing.COMMAND.fullmatch(turn.text.strip())
    if command and not noting.is_note(turn.text):
        return obey(turn, turn.caller, command[1].lower(), command[2] or "")
    if turn.room is None:  # they talk to each other
        return None
    return written(turn, turn.caller, turn.room)


def turn_away(turn: Turn) -> None:
    """Whoever is nobody of the staff is told so, once in a while; their words go nowhere."""
    name = f"who{turn.inbound.sender.id}"
    since = turn.now - HOUR
    if turn.room is None or turn.inbound.kind is not Kind.MESSAGE or outbox.answered_since(
        turn.session, row_id(turn.place.id), since, named=name
    ):  # fmt: skip
        return
    text = turn.t(
        "Nothing was sent: only the team can write from here. Who belongs to it writes /join and "
        "their code to me in a private chat first."
    )
    turn.said.append(Said(Reply(text), name=name))


def pressed(turn: Turn) -> None:
    who, _, what = turn.inbound.choice.partition(":")
    action = what.partition(":")[0]
    if who == "staff":
        quietly(turn, action, lambda: press(turn, what))
    elif who == "live" and action in ("accept", "later"):
        live.press(turn, what)


def obey(turn: Turn, caller: Staff, name: str, argument: str) -> None:
    if name == "done" and turn.room:
        return live.done(turn)
    known = find(turn, name)
    if known is None:
        if name in ("start", "help"):
            return people.help_(turn, caller, "")
        return turn.say(
            turn.t("I do not know that command, so nothing was done. /staff shows what there is.")
        )
    act = known[1]
    full = meant(turn.room, name, argument.strip()) if turn.room else argument
    quietly(turn, name, lambda: act(turn, caller, full))
    return None


def meant(room: Ticket, name: str, argument: str) -> str:
    """The argument with the number of this room's ticket, where it names none."""
    named = NUMBER.match(argument)
    own = named is not None and to_id(named[0].strip().lstrip("#")) == room.id
    if name in ("reply", "note"):  # a number may be how the words begin: they stay in this room
        return argument if own else f"{room.id} {argument}"
    if name in OF_A_TICKET and not named:
        return f"{room.id} {argument}"
    words = argument.split()
    if name == "canned" and len(words) == 1 and words[0] not in ("save", "drop"):
        return f"{argument} {room.id}"
    return argument


def quietly(turn: Turn, name: str, act: Callable[[], object]) -> None:
    before = rooms.newest(turn.session)
    act()
    if name in SHOWN and turn.room and rooms.newest(turn.session) > before:
        turn.said.clear()


def written(turn: Turn, caller: Staff, ticket: Ticket) -> None:
    """Plain words, and files: to the person."""
    if turn.inbound.forwarded:
        return turn.say(
            turn.t("What is forwarded is not passed on. Write it in your own words, please.")
        )
    if ticket.kind == CHAT and ticket.state == TicketState.OPEN and not ticket.call_until:
        return chatting.said_by_staff(turn, ticket, caller)
    tickets.attach(turn.session, row_id(ticket.id), turn.evidence)
    if turn.text.strip():
        return writing.write(turn, caller, ticket, turn.text, "reply")
    if not turn.evidence:
        turn.say(turn.t("I cannot read that kind of message. Please write it in words."))
    return None
