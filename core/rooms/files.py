"""Files between the two sides of a ticket, passed on in the transaction that stores them."""

from datetime import datetime, timedelta

from sqlmodel import Session

from core import outbox, seats, ticket_messages
from core.calls import sits_at
from core.contacts import speech_at
from core.messages import Reply, StoredFile
from core.models import Evidence, EvidenceState, Heard, Place, Rank, Ticket, row_id
from core.rooms import words
from core.rooms.rows import room_of, rooms_of, show_files
from core.rooms.words import Voice

ALBUM = timedelta(seconds=3)
"""For which a file of an album waits: what comes with another part of it may make all a note."""


def pass_file_on(session: Session, file: Evidence, voice: Voice, now: datetime) -> None:
    """A file of a ticket has been settled: the other side gets it, or the staff hear that it is
    not to be had. One that came with a note stays in the team.
    """
    ticket = session.get(Ticket, file.ticket_id) if file.ticket_id else None
    if ticket is None:
        return
    stored, writer = words.as_stored(file), session.get_one(Place, file.address_id)
    show_in_rooms(session, ticket, file, writer, voice, now)
    if stored is None:
        return
    if is_theirs(session, ticket, writer):
        for place in sits_at(session, ticket, staff_side=True):
            send(session, place, file, stored, voice, now)
        return
    heard = session.get_one(Heard, file.inbox_id)
    if not ticket_messages.became_note(session, row_id(ticket.id), heard):
        then = now + ALBUM if heard.album and not heard.text else now
        for place in seats.ways_to(session, ticket):
            send(session, place, file, stored, voice, then)
            warn(session, writer, place, file, stored, voice, now)


def show_in_rooms(
    session: Session, ticket: Ticket, file: Evidence, writer: Place, voice: Voice, now: datetime
) -> None:
    for room in rooms_of(session, row_id(ticket.id)):
        if file.state == EvidenceState.STORED:
            show_files(session, [file], room, voice, now)
        elif room.id != writer.id:
            say(session, room, f"evidence:{file.id}/room", words.file_line(file), voice, now)


def is_theirs(session: Session, ticket: Ticket, writer: Place) -> bool:
    """Whether the ticket's own person sent it, and not the staff."""
    if writer.contact_id is not None and writer.contact_id == ticket.contact_id:
        return True
    return writer.staff_id is None and room_of(session, writer) is None


def passed_on(number: int | None) -> str:
    """The cause of what brings this file to the person."""
    return f"evidence:{number}/passed on"


def send(
    session: Session, place: Place, file: Evidence, stored: StoredFile, voice: Voice, now: datetime
) -> None:
    outbox.enqueue(
        session, row_id(place.id), passed_on(file.id), Reply("", file=stored),
        voice.limits[place.platform], now, rank=Rank.RELAY, ticket_id=file.ticket_id,
    )  # fmt: skip


def warn(
    session: Session,
    writer: Place,
    place: Place,
    file: Evidence,
    stored: StoredFile,
    voice: Voice,
    now: datetime,
) -> None:
    """Whoever sent what the person does not get hears of it."""
    if not voice.limits[place.platform].hands_over(stored):
        text = speech_at(session, voice.languages, writer).t(
            "“{name}” cannot be sent on {platform}: the person was only told its name.",
            name=stored.name,
            platform=place.platform,
        )
        say(session, writer, f"evidence:{file.id}/too large", text, voice, now)


def say(session: Session, place: Place, cause: str, text: str, voice: Voice, now: datetime) -> None:
    outbox.enqueue(
        session, row_id(place.id), cause, Reply(text), voice.limits[place.platform], now,
        rank=Rank.RELAY,
    )  # fmt: skip
