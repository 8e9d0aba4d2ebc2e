"""Live chat: a person and a member of staff, each where they are. It is a ticket's room."""

from datetime import datetime, timedelta

from sqlmodel import col, select

from core import ticket_messages, tickets
from core.calls import CHAT, LIVE, sits_at
from core.dialogs import ask as questions
from core.dialogs.menu import menu_choice, support_choice
from core.dialogs.staff.acting import TAKE
from core.dialogs.staff.chatting import (
    RATING,
    STARS,
    accept,
    end,
    question,
    relay,
    said_by_staff,
)
from core.dialogs.staff.notices import pass_on, tell
from core.dialogs.turn import Turn, to_id
from core.models import Seat, Staff, Ticket, TicketState, row_id
from core.notices import on_duty
from core.pack import Pack
from core.tickets import Draft

DIALOG = LIVE
CALL = timedelta(minutes=2)
"""In which somebody must take it."""
MEANWHILE = timedelta(seconds=10)
"""For which somebody may not have seen that the chat is over."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def is_open(pack: Pack, now: datetime) -> bool:
    """Whether people of the desk are there, by the pack's hours."""
    here = now.astimezone(pack.zone)
    hours = getattr(pack.hours, DAYS[here.weekday()])
    since_midnight = timedelta(hours=here.hour, minutes=here.minute)
    return hours is not None and hours[0] <= since_midnight < hours[1]


def ask(turn: Turn, _argument: str = "") -> None:
    """Call whoever is on duty, or go back to whoever has come."""
    if turn.place.dialog == DIALOG:
        return turn.say(turn.t("You are in a chat already. /done ends it."))
    if turn.inbound.words_after:
        return turn.say(
            turn.t(
                "A chat needs a place where I hear all that you write. Please write “menu” to me "
                "in private, and choose “💬 Talk to a person” there."
            ),
            [support_choice(turn), menu_choice(turn)],
        )
    if left := under_way(turn):
        turn.enter(DIALOG, {"ticket": left.id})
        if left.call_until:
            return say_called(turn, left)
        return turn.say(turn.t("You are in the chat again. /done ends it."), ticket_id=left.id)
    people = on_duty(turn.session)
    if not people or not is_open(turn.pack, turn.now):
        return turn.say(
            turn.t(
                "Nobody is here for a chat right now. Our team answers in writing, within {hours} "
                "hours.",
                hours=round(turn.pack.reply_within.total_seconds() / 3600),
            ),
            [support_choice(turn), menu_choice(turn)],
        )
    return call(turn, people)


def under_way(turn: Turn) -> Ticket | None:
    """The chat that was begun here and left for something else, while somebody is called or sits
    in it.
    """
    mine = (
        select(Ticket)
        .join(Seat, col(Seat.ticket_id) == col(Ticket.id))
        .where(Seat.address_id == turn.place.id, Seat.role == "user", Ticket.kind == CHAT)
        .where(Ticket.state == TicketState.OPEN, Ticket.contact_id == turn.contact.id)
    )
    ticket = turn.session.exec(mine.order_by(col(Ticket.id).desc()).limit(1)).first()
    is_live = ticket and (ticket.call_until or sits_at(turn.session, ticket, staff_side=True))
    return ticket if is_live else None


def call(turn: Turn, people: list[Staff]) -> None:
    draft = Draft(turn.t("Live chat"), turn.contact.audience, "", kind=CHAT)
    ticket = tickets.open_ticket(
        turn.session, draft, turn.contact, turn.place, turn.pack.reply_within, turn.now
    )
    ticket.call_until = turn.now + CALL
    turn.enter(DIALOG, {"ticket": ticket.id})
    name = turn.contact.name or "–"
    tell(
        turn,
        people,
        ticket,
        lambda speech: speech.t("💬 {name} asks for a chat.", name=name),
        TAKE,
    )
    say_called(turn, ticket)


def say_called(turn: Turn, ticket: Ticket) -> None:
    turn.say(
        turn.t("I am calling somebody. Write meanwhile what it is about. /done ends the chat."),
        ticket_id=ticket.id,
    )


def press(turn: Turn, argument: str) -> None:
    """`live:ask`, `live:rate:TICKET:STARS`, or for staff `live:accept:TICKET` and
    `live:later:TICKET`.
    """
    what, _, rest = argument.partition(":")
    number, _, stars = rest.partition(":")
    caller = turn.who
    if what == "accept" and caller and turn.is_whispered:
        return turn.say(
            turn.t("A chat needs a place where I hear all that you write: take it in private.")
        )
    if what == "accept" and caller:
        return accept(turn, caller, number)
    if what == "later" and caller:
        return turn.say(
            turn.t("{name}: not now. Somebody else may take it, within two minutes.",
                   name=caller.name)
        )  # fmt: skip
    if what == "rate" and to_id(stars) in STARS:
        return rate(turn, to_id(number), to_id(stars))
    return ask(turn)


def answer(turn: Turn) -> bool:
    """What is written in a chat goes to the other side. False when they are in none any more."""
    ticket = turn.session.get(Ticket, turn.place.state.get("ticket", 0))
    caller = turn.who
    if ticket is None or ticket.state == TicketState.SOLVED:
        turn.leave()
        return False
    if ticket.contact_id == turn.contact.id:
        said_by_person(turn, ticket)
        return True
    if caller is None or ticket.staff_id != caller.id:
        turn.leave()
        return False
    said_by_staff(turn, ticket, caller)
    return True


def afterwards(turn: Turn) -> bool:
    """What staff wrote while the person was ending the chat reaches them all the same. False for
    what they write later.
    """
    ticket, caller = turn.session.get(Ticket, turn.place.state.get("ticket", 0)), turn.who
    ended = ticket.solved_at if ticket else None
    if not (ticket and ended and turn.now - ended < MEANWHILE):
        ticket = None
    if ticket is None or caller is None or ticket.staff_id != caller.id:
        turn.leave()
        return False
    said_by_staff(turn, ticket, caller)
    return True


def said_by_person(turn: Turn, ticket: Ticket) -> None:
    tickets.append(turn.session, ticket, turn.text, turn.heard, turn.pack.reply_within, turn.now)
    cause = tickets.cause(ticket_messages.made_of(turn.session, ticket, turn.heard))
    there = sits_at(turn.session, ticket, staff_side=True)
    for place in there:
        if turn.text:
            relay(turn, ticket, place, turn.text, cause=cause)
    if not there and (ticket.staff_id or not ticket.call_until):
        pass_on(turn, ticket, turn.text)


def done(turn: Turn) -> None:
    """Either side ends it; the person is asked how it was."""
    ticket = turn.room or turn.session.get(Ticket, turn.place.state.get("ticket", 0))
    if turn.room is None:
        turn.leave()
    actor = ender(turn, ticket) if ticket else ""
    if ticket is None or not actor:
        return turn.say(turn.t("That chat is over."), [] if turn.room else [menu_choice(turn)])
    end(turn, ticket, actor)
    if actor != "user":
        return turn.say(turn.t("The chat is over."))
    text, choices = question(turn, ticket)
    if choices:
        turn.enter(RATING, {"ticket": ticket.id})
    return turn.say(text, choices or [menu_choice(turn)])


def done_elsewhere(turn: Turn) -> None:
    """A chat that was left for something else, which goes on, is ended; or there is none."""
    ticket = under_way(turn)
    if ticket is None:
        return turn.say(turn.t("No chat is open here."), [menu_choice(turn), support_choice(turn)])
    end(turn, ticket, "user")
    text, choices = question(turn, ticket)
    return turn.say(text, choices or [menu_choice(turn)])


def ender(turn: Turn, ticket: Ticket) -> str:
    """Who ends the chat; empty when it is over, or not theirs to end."""
    if ticket.state == TicketState.SOLVED or (turn.room and ticket.kind != CHAT):
        return ""
    if turn.room is None and ticket.contact_id == turn.contact.id:
        return "user"
    caller = turn.who
    mine = caller is not None and (turn.room is not None or ticket.staff_id == caller.id)
    return caller.name if caller and mine else ""


def rate(turn: Turn, number: int, stars: int) -> None:
    ticket = tickets.own_ticket(turn.session, turn.contact, number)
    if ticket is None or ticket.kind != CHAT:
        return turn.say(turn.t("That chat is over."), [menu_choice(turn)])
    ticket.rating = stars
    turn.session.add(ticket)
    tickets.write_down(turn.session, number, "rated", "⭐" * stars, turn.now)
    if turn.place.dialog not in ("", RATING):  # whatever they are in the middle of goes on
        return turn.say(turn.t("Thank you. The support team sees it all."))
    turn.enter(RATING, {"ticket": ticket.id})
    return turn.say(
        turn.t("Thank you. Do you want to add a word? Just write it."), [menu_choice(turn)]
    )


def comment(turn: Turn) -> None:
    """What they add to their stars, with its files. What the FAQ answers is a new question."""
    ticket = turn.session.get(Ticket, turn.place.state.get("ticket", 0))
    turn.leave()
    if turn.found and turn.found.verdict == "answer":
        return questions.ask(turn)
    if ticket is None or ticket.contact_id != turn.contact.id:
        return turn.say(turn.t("That chat is over."), [menu_choice(turn)])
    tickets.attach(turn.session, row_id(ticket.id), turn.evidence)
    if turn.text or turn.evidence:
        number, text = row_id(ticket.id), turn.text
        tickets.write_down(turn.session, number, "commented", text, turn.now, inbox_id=turn.heard)
        pass_on(turn, ticket, text)
    return turn.say(
        turn.t("Thank you. The support team sees it all."),
        [menu_choice(turn), support_choice(turn)],
        columns=2,
    )
