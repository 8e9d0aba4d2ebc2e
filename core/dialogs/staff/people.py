"""The person behind a ticket, and who is on duty."""

from sqlmodel import col, select

from core import tickets
from core.dialogs.staff.queue import find
from core.dialogs.turn import Turn
from core.i18n import mark
from core.messages import Choice
from core.models import Contact, Place, Staff


def user(turn: Turn, _caller: Staff, argument: str) -> None:
    """`/user 12`: whoever wrote that ticket."""
    found = find(turn, argument)
    if found is None:
        return
    contact = turn.session.get_one(Contact, found[0].contact_id)
    places = turn.session.exec(select(Place.platform).where(Place.contact_id == contact.id)).all()
    theirs = tickets.tickets_of(turn.session, contact)
    shut = turn.t("shut out") if contact.blocked else ""
    facts = [contact.name, contact.language, contact.audience, ", ".join(sorted(set(places))), shut]
    lines = [f"{one.id} · {one.subject} · {turn.t(one.state)}" for one in theirs]
    turn.say(
        " · ".join(filter(None, facts)) + "\n\n" + "\n".join(lines),
        [Choice(f"{one.id} · {one.subject}", f"staff:show:{one.id}") for one in theirs],
    )


def block(turn: Turn, caller: Staff, argument: str) -> None:
    shut(turn, caller, argument, blocked=True)


def unblock(turn: Turn, caller: Staff, argument: str) -> None:
    shut(turn, caller, argument, blocked=False)


def shut(turn: Turn, caller: Staff, argument: str, *, blocked: bool) -> None:
    """Whoever wrote the ticket is shut out, or let in again; nobody of the staff can be."""
    found = find(turn, argument)
    if found is None:
        return None
    ticket = found[0]
    contact = turn.session.get_one(Contact, ticket.contact_id)
    if blocked and contact.id == turn.contact.id:
        return turn.say(turn.t("That is you."))
    if blocked and is_staff(turn, contact):
        return turn.say(turn.t("That is somebody of the team: they cannot be shut out."))
    contact.blocked = blocked
    turn.session.add(contact)
    said = (
        mark("Shut out: what they write is kept and not answered.")
        if blocked
        else mark("Let in again.")
    )
    tickets.write_down(
        turn.session, ticket.id or 0, "blocked" if blocked else "unblocked", "", turn.now,
        actor=caller.name,
    )  # fmt: skip
    return turn.say(turn.t(said))


def is_staff(turn: Turn, contact: Contact) -> bool:
    theirs = select(Place.id).where(
        Place.contact_id == contact.id, col(Place.staff_id).is_not(None)
    )
    return turn.session.exec(theirs.limit(1)).first() is not None


def duty(turn: Turn, caller: Staff, argument: str) -> None:
    """`/duty`, or `/duty off`: whether new tickets are told to them."""
    caller.on_duty = argument.strip().casefold() not in ("off", turn.t("off"))
    turn.session.add(caller)
    turn.say(
        turn.t("You are told of new tickets. /duty off ends it.")
        if caller.on_duty
        else turn.t("You are not told of new tickets.")
    )


def help_(turn: Turn, caller: Staff, _argument: str) -> None:
    """What they may do."""
    lines = [f"{usage}  {turn.t(does)}" for usage, does in USAGE.items()]
    turn.say("\n".join(lines), title=f"{caller.name} · {caller.role}")


USAGE = {
    "/queue": mark("What waits: a side, a language, mine, free, waiting, solved or all narrow it"),
    "/show 12": mark("A ticket with all that happened"),
    "/take 12": mark("It is yours"),
    "/give 12 @kim": mark("It is theirs"),
    "/reply 12 …": mark("To the person, where they wrote from"),
    "/note 12 …": mark("For the team only"),
    "/wait 12": mark("It waits for the person"),
    "/solve 12": mark("It is settled"),
    "/reopen 12": mark("It is not"),
    "/canned": mark("Saved replies; /canned 12 suggests some for that ticket"),
    "/faq 12 ENTRY": mark("Its subject is answered by that entry from now on"),
    "/faq 12 new": mark("A new entry of the FAQ, step by step"),
    "/user 12": mark("Whoever wrote it"),
    "/block 12": mark("Whoever wrote it is shut out; /unblock 12 lets them in"),
    "/duty on": mark("You are told of new tickets"),
    "/stats": mark("How the desk does"),
    "/announce": mark("Publish news (publishers and admins)"),
    "/announcements": mark("What was published, and how far it is"),
}
