"""What is said where others read along: in the open, and in the staff's own rooms."""

from datetime import datetime

from sqlmodel import Session

from core import attachments, contacts, rooms, staff
from core.arrivals import Arrival, Reception, language_of, say
from core.dialogs.ask import ask_in_the_open
from core.dialogs.staff import joining
from core.dialogs.staff.rooms import answer as answer_staff
from core.dialogs.turn import Said, Turn
from core.i18n import mark
from core.messages import Inbound
from core.models import Contact, Place
from core.questions import Questions


def point_to_private(desk: Reception, inbound: Inbound) -> list[Said]:
    """Where others read along, nobody should have to tell their matter."""
    return say(desk, inbound, mark(
        "Others read along here. Please write to me in a private chat: I answer there."
    ))  # fmt: skip


def in_room(
    session: Session, desk: Reception, inbound: Inbound, heard: int, place: Place, now: datetime
) -> list[Said]:
    """Where the staff work, who writes is told by the sender, and nobody else is listened to."""
    known = staff.by_sender(session, inbound.address, inbound.sender.id)
    contact_id = known[1].contact_id if known else None
    contact = session.get(Contact, contact_id) if contact_id else None
    ticket = rooms.room_of(session, place)
    files = inbound.attachments if known and ticket and not inbound.forwarded else ()
    turn = Turn(
        session, desk.pack, desk.languages, now, inbound, heard, place,
        contact or Contact(language=language_of(desk, inbound)), None,
        tuple(attachments.remember(session, heard, place, files, now)), limits=desk.limits,
        caller=known[0] if known else None, room=ticket, rooms=desk.rooms,
    )  # fmt: skip
    answer_staff(turn)
    return turn.said


def in_the_open(
    session: Session,
    desk: Reception,
    arrival: Arrival,
    heard: int,
    place: Place,
    now: datetime,
    questions: Questions,
) -> list[Said]:
    """An answer that everybody may read; whatever is somebody's own matter goes on in private."""
    known = contacts.find_person(session, place.platform, arrival.inbound.sender)
    language = known.language if known else language_of(desk, arrival.inbound)
    turn = Turn(
        session, desk.pack, desk.languages, now, arrival.inbound, heard, place,
        Contact(language=language), arrival.found, limits=desk.limits, questions=questions,
    )  # fmt: skip
    if joining.burn(turn):
        return turn.said
    if arrival.found is None or not desk.limits[place.platform].discreet:
        return point_to_private(desk, arrival.inbound)
    ask_in_the_open(turn)
    return turn.said
