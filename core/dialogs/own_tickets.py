"""A person's own tickets: the list, one of them, and adding to it."""

from core import ticket_messages, tickets
from core.asked import set_outcome
from core.cleaning import clean_line
from core.dialogs import ticket as form
from core.dialogs.menu import menu_choice, support_choice
from core.dialogs.outcome import own_question
from core.dialogs.staff.notices import pass_on
from core.dialogs.turn import Turn, to_id
from core.i18n import mark
from core.messages import Choice
from core.models import Heard, Ticket, TicketEvent, TicketState, row_id

STATES = {
    TicketState.OPEN: mark("open"),
    TicketState.WAITING: mark("waiting for you"),
    TicketState.SOLVED: mark("solved"),
}
LATEST = 5
LINE = 200


def list_tickets(turn: Turn, _argument: str = "") -> None:
    mine = tickets.tickets_of(turn.session, turn.contact)
    if not mine:
        return turn.say(
            turn.t("You have no tickets."), [support_choice(turn), menu_choice(turn)], columns=2
        )
    choices = [Choice(headline(turn, ticket), f"tickets:show:{ticket.id}") for ticket in mine]
    return turn.say(turn.t("Your tickets, newest first:"), [*choices, menu_choice(turn)])


def headline(turn: Turn, ticket: Ticket) -> str:
    state = turn.t(STATES[TicketState(ticket.state)])
    return f"{ticket.id} · {ticket.subject} · {state}"


def ticket_command(turn: Turn, argument: str = "") -> None:
    """`/ticket` opens the form; `/ticket 12` shows that one."""
    number = argument.strip().lstrip("#")
    if number:
        show(turn, number)
    else:
        form.begin(turn)


def find(turn: Turn, number: str) -> Ticket | None:
    """Theirs, or None after saying so."""
    ticket = tickets.own_ticket(turn.session, turn.contact, to_id(number))
    if ticket is None:
        turn.say(turn.t("You have no ticket with that number."), [
            Choice(turn.t("🗂 Your tickets"), "tickets:list"), support_choice(turn),
        ], columns=2)  # fmt: skip
    return ticket


def show(turn: Turn, number: str) -> None:
    ticket = find(turn, number)
    if ticket is None:
        return
    spoken = ticket_messages.spoken(turn.session, row_id(ticket.id))[-LATEST:]
    lines = [ticket.subject, "", clock(turn, ticket), "", *(line(turn, event) for event in spoken)]
    turn.say(
        "\n".join(lines).strip(),
        [
            Choice(turn.t("Add to ticket {number}", number=ticket.id), f"tickets:add:{ticket.id}"),
            menu_choice(turn),
        ],
        title=turn.t("Ticket {number}", number=ticket.id)
        + f" · {turn.t(STATES[TicketState(ticket.state)])}",
        ticket_id=ticket.id,
    )


def clock(turn: Turn, ticket: Ticket) -> str:
    if ticket.answered_at and not ticket.is_owed:
        at = turn.speech.moment(ticket.answered_at, turn.pack.zone)
        return turn.t("First answered on {at}.", at=at)
    at = turn.speech.moment(ticket.due_at, turn.pack.zone)
    return turn.t("A reply is due by {at}.", at=at)


def line(turn: Turn, event: TicketEvent) -> str:
    who = turn.t("You") if event.kind == "said" else turn.t("Support team")
    return f"{who}: {clean_line(event.text, LINE)}"


def press_tickets(turn: Turn, argument: str) -> None:
    what, _, number = argument.partition(":")
    match what:
        case "show":
            show(turn, number)
        case "add":
            begin_adding(turn, number)
        case "asked":
            add_asked(turn, *number.partition(":")[::2])
        case "files":
            add_files(turn, number)
        case "done":
            turn.leave()
            turn.say(turn.t("Thank you. The support team sees it all."), [menu_choice(turn)])
        case _:
            list_tickets(turn)


def begin_adding(turn: Turn, number: str) -> None:
    ticket = find(turn, number)
    if ticket:
        turn.enter("adding", {"ticket": ticket.id})
        turn.say(
            turn.t("Write what to add to ticket {number}, or send files.", number=ticket.id),
            [Choice(turn.t("Done"), f"tickets:done:{ticket.id}")],
            ticket_id=ticket.id,
        )


def answer(turn: Turn) -> None:
    """Everything that comes while adding goes into the ticket."""
    add(turn, str(turn.place.state["ticket"]), turn.text)


def add(turn: Turn, number: str, text: str, kind: str = "said") -> None:
    """Put the turn's words and files into one of their tickets."""
    ticket = find(turn, number)
    if ticket is None:
        return
    if not text and not turn.evidence:
        unread = turn.t("I cannot read that kind of message. Please write it in words.")
        turn.say(unread, ticket_id=ticket.id)
        return
    again = append(turn, ticket, text, kind)
    pass_on(turn, ticket, text)
    if turn.follows:
        return
    said = added(turn, ticket, again)
    done = [Choice(turn.t("Done"), f"tickets:done:{ticket.id}")] if turn.place.dialog else []
    turn.say(said, done, ticket_id=ticket.id)


def add_files(turn: Turn, number: str) -> None:
    """Files that were sent before it was known what they are for."""
    ticket = find(turn, number)
    files = turn.place.state.get("files", []) if turn.place.dialog == "files" else []
    if ticket is None:
        return
    if not files:
        begin_adding(turn, number)
        return
    turn.leave()
    again = append(turn, ticket, "", "said")
    tickets.attach(turn.session, row_id(ticket.id), files)
    turn.say(added(turn, ticket, again), ticket_id=ticket.id)


def add_asked(turn: Turn, number: str, asked: str) -> None:
    """What was put to the FAQ was meant for the team. Done twice, it is as done once."""
    ticket, question = find(turn, number), own_question(turn, asked)
    if ticket is None:
        return
    if question is None:
        begin_adding(turn, number)
        return
    heard = turn.session.get_one(Heard, question.id)
    again = False
    if heard.ticket_id != ticket.id:
        set_outcome(turn.session, question.id, "ticket")
        promise, text = turn.pack.reply_within, question.text
        again = tickets.append(turn.session, ticket, text, question.id, promise, turn.now)
        pass_on(turn, ticket, text)
    turn.say(added(turn, ticket, again), ticket_id=ticket.id)


def append(turn: Turn, ticket: Ticket, text: str, kind: str) -> bool:
    promise = turn.pack.reply_within
    return tickets.append(turn.session, ticket, text, turn.heard, promise, turn.now, kind)


def added(turn: Turn, ticket: Ticket, again: bool) -> str:
    if not again:
        return turn.t("Added to ticket {number}.", number=ticket.id)
    said = turn.t("Added to ticket {number}, which is open again.", number=ticket.id)
    return f"{said} {clock(turn, ticket)}"
