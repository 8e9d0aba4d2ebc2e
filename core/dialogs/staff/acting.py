"""Taking, giving and settling a ticket."""

from core import staff, tickets
from core.calls import CHAT, sits_at
from core.dialogs.staff.chatting import accept, end
from core.dialogs.staff.notices import tell
from core.dialogs.staff.queue import find
from core.dialogs.turn import Turn
from core.models import Staff, Ticket, TicketState
from core.notices import Words

TAKE: dict[str, Words] = {"live:accept": lambda speech: speech.t("🙋 I take it")}


def take(turn: Turn, caller: Staff, argument: str) -> None:
    """The first to take it has it; everybody else is told who that is. A chat begins by it."""
    found = find(turn, argument)
    if found is None:
        return None
    ticket = found[0]
    is_chat = ticket.kind == CHAT and ticket.state == TicketState.OPEN
    if is_chat and (ticket.call_until or turn.caller is None):
        return accept(turn, caller, str(ticket.id))
    if ticket.state == TicketState.SOLVED:
        return turn.say(turn.t(
            "Ticket {number} is solved. /reopen {number} opens it again.", number=ticket.id
        ))  # fmt: skip
    if tickets.take(turn.session, ticket, caller, turn.now):
        return turn.say(turn.t("Ticket {number} is yours.", number=ticket.id))
    holder = turn.session.get(Staff, ticket.staff_id) if ticket.staff_id else None
    return turn.say(
        turn.t("{name} has ticket {number}.", name=holder.name if holder else "", number=ticket.id)
    )


def give(turn: Turn, caller: Staff, argument: str) -> None:
    """`/give 12 @kim`."""
    found = find(turn, argument)
    if found is None:
        return None
    ticket, name = found
    receiver = staff.by_name(turn.session, name)
    if receiver is None:
        names = ", ".join(one.name for one in staff.everybody(turn.session))
        return turn.say(turn.t("Nobody here has that name. There are: {names}", names=names))
    tickets.hand_over(turn.session, ticket, receiver, turn.now)
    is_chat = ticket.kind == CHAT and ticket.state == TicketState.OPEN
    if receiver.id != caller.id:
        tell(turn, [receiver], ticket, lambda speech: speech.t(
            "{name} gives you ticket {number}.", name=caller.name, number=ticket.id
        ), TAKE if is_chat else None)  # fmt: skip
    if is_chat:
        stand_up(turn, ticket, caller, receiver)
    return turn.say(turn.t("{name} has ticket {number}.", name=receiver.name, number=ticket.id))


def stand_up(turn: Turn, ticket: Ticket, caller: Staff, receiver: Staff) -> None:
    """Whoever sat in the chat in private sits in it no more, and hears who has it."""
    sat = [place for place in sits_at(turn.session, ticket, staff_side=True)
           if place.staff_id != receiver.id]  # fmt: skip
    for place in sat:
        place.dialog, place.state = "", {}
    others = {place.staff_id for place in sat} - {caller.id}
    people = [one for one in staff.everybody(turn.session) if one.id in others]
    tell(turn, people, ticket, lambda speech: speech.t(
        "{name} has ticket {number}.", name=receiver.name, number=ticket.id
    ))  # fmt: skip


def wait(turn: Turn, caller: Staff, argument: str) -> None:
    move(turn, caller, argument, TicketState.WAITING)


def reopen(turn: Turn, caller: Staff, argument: str) -> None:
    move(turn, caller, argument, TicketState.OPEN)


def move(turn: Turn, caller: Staff, argument: str, state: TicketState) -> None:
    found = find(turn, argument)
    if found is None:
        return
    ticket = found[0]
    if ticket.state != state:
        tickets.move(turn.session, ticket, state, caller.name, turn.now)
    turn.say(f"{ticket.id} · {turn.t(state)}")


def solve(turn: Turn, caller: Staff, argument: str) -> None:
    found = find(turn, argument)
    if found is None:
        return
    ticket = found[0]
    if ticket.state != TicketState.SOLVED and sits_at(turn.session, ticket, staff_side=False):
        end(turn, ticket, caller.name)
    else:
        tickets.solve(turn.session, ticket, caller.name, turn.languages, turn.limits, turn.now)
    turn.say(f"{ticket.id} · {turn.t(TicketState.SOLVED)}")
