"""What a member of staff does in a chat."""

from collections.abc import Sequence

from sqlmodel import select

from core import outbox, seats, tickets
from core.calls import CHAT, LIVE, sits_at
from core.contacts import speech_at
from core.dialogs.staff import noting
from core.dialogs.staff.notices import tell_outside
from core.dialogs.staff.writing import shown
from core.dialogs.turn import Turn, to_id
from core.messages import Choice, Reply
from core.models import Place, Rank, Seat, Staff, Ticket, TicketState, row_id
from core.notices import on_duty

RATING, OVER = "rating", "over"
STARS = range(1, 6)
"""How a person rates it; so many share a row."""


def accept(turn: Turn, caller: Staff, argument: str) -> None:
    """The first of the staff to take it has it."""
    ticket = turn.session.get(Ticket, to_id(argument.strip()))
    if ticket is None or ticket.kind != CHAT or ticket.state != TicketState.OPEN:
        return turn.say(turn.t("That chat is over."))
    if turn.place.dialog == LIVE and turn.place.state.get("ticket") != ticket.id:
        return turn.say(turn.t("You are in a chat already. /done ends it."))
    if not tickets.take(turn.session, ticket, caller, turn.now):
        holder = turn.session.get(Staff, ticket.staff_id) if ticket.staff_id else None
        name = holder.name if holder else ""
        return turn.say(turn.t("{name} has ticket {number}.", name=name, number=ticket.id))
    ticket.call_until = None
    turn.session.add(ticket)
    if turn.caller is None:  # rooms sit in it anyway
        sit_down(turn, ticket, turn.place, "staff")
    others = [one for one in on_duty(turn.session) if one.id != caller.id]
    tell_outside(turn, others, ticket, lambda speech: speech.t(
        "{name} has ticket {number}.", name=caller.name, number=ticket.id
    ))  # fmt: skip
    speech = turn.languages.speak(ticket.language)
    for place in sits_at(turn.session, ticket, staff_side=False):
        relay(
            turn, ticket, place, speech.t("{name} is here now.", name=visible(turn, caller, ticket))
        )
    if turn.caller:
        return turn.say(turn.t("The person is told that {name} is here now. /done ends the chat.",
                               name=visible(turn, caller, ticket)))  # fmt: skip
    said = [one.text for one in tickets.history(turn.session, row_id(ticket.id)) if one.text]
    hint = turn.t("You are in the chat. What begins with // stays in the team; /done ends it.")
    return turn.say("\n\n".join([*said, hint]), ticket_id=ticket.id)


def sit_down(turn: Turn, ticket: Ticket, place: Place, role: str) -> None:
    seat = select(Seat).where(Seat.ticket_id == ticket.id, Seat.address_id == place.id)
    if turn.session.exec(seat).first() is None:
        number = row_id(ticket.id)
        turn.session.add(Seat(ticket_id=number, address_id=row_id(place.id), role=role))
        turn.session.flush()
    place.dialog, place.state = LIVE, {"ticket": ticket.id}


def said_by_staff(turn: Turn, ticket: Ticket, caller: Staff) -> None:
    """To the person, unless it is a note."""
    text, number = turn.text.strip(), row_id(ticket.id)
    tickets.attach(turn.session, number, turn.evidence)
    if not text and turn.evidence:
        return None
    if not text:
        return turn.say(turn.t("I cannot read that kind of message. Please write it in words."))
    if noting.is_note(text):
        return noting.keep(turn, caller, ticket, text)
    event = tickets.write_down(
        turn.session, number, "answered", text, turn.now, actor=caller.name, inbox_id=turn.heard
    )
    tickets.stop_clock(ticket, turn.now)
    turn.session.add(ticket)
    there = sits_at(turn.session, ticket, staff_side=False) or call_back(turn, ticket)
    for place in there:
        relay(turn, ticket, place, text, visible(turn, caller, ticket), cause=tickets.cause(event))
    if not any(place.reachable for place in there):
        turn.say(turn.t("The person has shut us out: this cannot be brought to them."))
    return None


def call_back(turn: Turn, ticket: Ticket) -> Sequence[Place]:
    """Where the person is now: with nothing else begun there, they are in the chat again."""
    there = seats.ways_to(turn.session, ticket)
    for place in there:
        is_free = ticket.state == TicketState.OPEN and not place.dialog
        if is_free and not turn.limits[place.platform].letters:
            sit_down(turn, ticket, place, "user")
    return there


def end(turn: Turn, ticket: Ticket, actor: str) -> None:
    """Both sides are free, and the person is asked how it was, if anybody came."""
    ticket.call_until = None
    tickets.move(turn.session, ticket, TicketState.SOLVED, actor, turn.now)
    for place in sits_at(turn.session, ticket, staff_side=True):
        place.dialog, place.state = (OVER, place.state) if actor == "user" else ("", {})
        if place.id != turn.place.id:
            speech = speech_at(turn.session, turn.languages, place)
            relay(turn, ticket, place, speech.t("The chat is over."))
    for place in sits_at(turn.session, ticket, staff_side=False):
        text, choices = question(turn, ticket)
        place.dialog, place.state = (RATING, {"ticket": ticket.id}) if choices else ("", {})
        place.offers = [[one.label, one.value] for one in choices]
        if place.id != turn.place.id:
            relay(turn, ticket, place, text, choices=choices)


def question(turn: Turn, ticket: Ticket) -> tuple[str, list[Choice]]:
    speech = turn.languages.speak(ticket.language)
    if ticket.staff_id is None and ticket.answered_at is None:
        return speech.t("The chat is over."), []
    choices = [Choice("⭐" * stars, f"live:rate:{ticket.id}:{stars}") for stars in STARS]
    return speech.t("The chat is over. How was it, from one star to five?"), choices


def visible(turn: Turn, caller: Staff, ticket: Ticket) -> str:
    """Who writes, as the person sees it."""
    language = turn.languages.speak(ticket.language).language
    return shown(turn, caller) or turn.pack.in_language(turn.pack.name, language)


def relay(
    turn: Turn,
    ticket: Ticket,
    place: Place,
    text: str,
    title: str = "",
    choices: Sequence[Choice] = (),
    cause: str = "",
) -> None:
    """`cause` is that of what is told; without it the turn itself is."""
    outbox.enqueue(
        turn.session, row_id(place.id), cause or f"in:{turn.heard}/live",
        Reply(text, title, tuple(choices), len(STARS)), turn.limits[place.platform], turn.now,
        rank=Rank.RELAY, ticket_id=ticket.id,
    )  # fmt: skip
