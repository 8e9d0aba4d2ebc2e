"""What happens to one message inside its transaction: remembered once, understood, answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col

from core import attachments, contacts, outbox
from core.adapter import Limits
from core.dialogs.routing import is_later_part, understand
from core.dialogs.turn import Said, Turn
from core.faq_matcher import Found
from core.i18n import Languages
from core.messages import Inbound, Kind, Reply
from core.models import Contact, Heard, InboxState, Place, row_id
from core.pack import Pack
from core.store import insert_new

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Reception:
    """What does not change from message to message."""

    pack: Pack
    languages: Languages
    limits: Mapping[str, Limits]
    per_minute: int
    """Messages of one address that are answered in a minute."""


def take(
    desk: Reception, inbound: Inbound, found: Found | None, now: datetime, session: Session
) -> None:
    """A message that came before changes nothing."""
    language = desk.languages.nearest(inbound.sender.language)
    place, contact = contacts.meet(session, inbound, language, now)
    heard = write_down(session, inbound, place, now)
    if heard is None:
        return
    place.reachable = inbound.kind is not Kind.BLOCKED
    if inbound.kind in (Kind.BLOCKED, Kind.RETURNED):
        place.subscribed = place.subscribed and inbound.kind is Kind.RETURNED
    elif floods(desk, place, now):
        hold_back(session, desk, inbound, heard, place, now)
    elif contact is None:
        point_to_private(session, desk, inbound, heard, place, now)
    else:
        converse(session, desk, inbound, found, heard, place, contact, now)


def write_down(session: Session, inbound: Inbound, place: Place, now: datetime) -> int | None:
    """The inbox row's id; None when it was there already."""
    address = inbound.address
    row = insert_new(session, Heard).returning(col(Heard.id))
    return (
        session.connection()
        .execute(
            row,
            {
                "platform": address.platform,
                "account": address.account,
                "event": inbound.event,
                "address_id": place.id,
                "kind": inbound.kind,
                "text": inbound.text,
                "choice": inbound.choice,
                "message": inbound.message,
                "reply_to": inbound.reply_to,
                "album": inbound.group,
                "at": inbound.at,
                "received_at": now,
                "state": InboxState.DONE,
                "reason": "",
            },
        )
        .scalar()
    )


def floods(desk: Reception, place: Place, now: datetime) -> bool:
    """Count the message; true from the first one over the limit until the minute is over."""
    if place.minute is None or now - place.minute >= MINUTE:
        place.minute, place.heard = now, 0
    place.heard += 1
    return place.heard > desk.per_minute


def hold_back(
    session: Session, desk: Reception, inbound: Inbound, heard: int, place: Place, now: datetime
) -> None:
    """Keep it unanswered, and say so once."""
    session.exec(update(Heard).where(col(Heard.id) == heard).values(state=InboxState.DROPPED))
    if place.heard == desk.per_minute + 1:
        speech = desk.languages.speak(inbound.sender.language)
        said = speech.t(
            "That was a lot at once, and I have stopped reading for a minute. Please send the rest "
            "again after that."
        )
        put(session, desk, place, heard, [Said(Reply(said))], now)


def point_to_private(
    session: Session, desk: Reception, inbound: Inbound, heard: int, place: Place, now: datetime
) -> None:
    """Where others read along, nobody should have to tell their matter."""
    speech = desk.languages.speak(inbound.sender.language)
    said = speech.t("Others read along here. Please write to me in a private chat: I answer there.")
    put(session, desk, place, heard, [Said(Reply(said))], now, reply_to=inbound.message)


def converse(
    session: Session,
    desk: Reception,
    inbound: Inbound,
    found: Found | None,
    heard: int,
    place: Place,
    contact: Contact,
    now: datetime,
) -> None:
    files = attachments.remember(session, heard, place, inbound.attachments, now)
    turn = Turn(
        session,
        desk.pack,
        desk.languages,
        now,
        inbound,
        heard,
        place,
        contact,
        found,
        tuple(files),
        numbered=not desk.limits[place.platform].buttons,
    )
    turn.follows = is_later_part(turn)
    understand(turn)
    if turn.said:
        place.offers = [[one.label, one.value] for one in turn.said[-1].reply.choices]
    put(session, desk, place, heard, turn.said, now)


def put(
    session: Session,
    desk: Reception,
    place: Place,
    heard: int,
    said: list[Said],
    now: datetime,
    reply_to: str = "",
) -> None:
    for number, one in enumerate(said):
        outbox.enqueue(
            session,
            row_id(place.id),
            f"in:{heard}/{number}",
            one.reply,
            desk.limits[place.platform],
            now,
            ticket_id=one.ticket_id,
            reply_to=reply_to,
        )


def set_aside(desk: Reception, inbound: Inbound, now: datetime, session: Session) -> None:
    """Our own fault: keep the message for a person to look at, and tell who wrote it."""
    language = desk.languages.nearest(inbound.sender.language)
    place, _ = contacts.meet(session, inbound, language, now)
    heard = write_down(session, inbound, place, now)
    if heard is None:
        return
    session.exec(update(Heard).where(col(Heard.id) == heard).values(state=InboxState.FAILED))
    said = desk.languages.speak(language).t(
        "Something went wrong on our side with this message. It is kept, and our team sees it. "
        "Please go on, or write /ticket to reach the support team."
    )
    put(session, desk, place, heard, [Said(Reply(said))], now)
