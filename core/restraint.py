"""When less is said than could be: to a flood, in letters, and where what we may say runs out."""

from datetime import datetime, timedelta

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from core import outbox, staff
from core.dialogs.turn import Said
from core.i18n import Languages
from core.messages import Reply
from core.models import Contact, Place, Sending, row_id
from core.pack import Pack

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAREWELL = "farewell"
PAGE = "page"
"""The kind of contact at which nobody answers."""
STAFF_SHARE = 5
"""So many times as much may staff write in a minute: a queue is worked off by presses."""


def allowance(session: Session, place: Place, per_minute: int) -> int:
    """Messages from there that are answered in a minute."""
    return per_minute * (STAFF_SHARE if staff.who(session, place) else 1)


def floods(place: Place, now: datetime, per_minute: int) -> bool:
    """Count the message; true from the first one over the limit until the minute is over."""
    if place.minute is None or now - place.minute >= MINUTE:
        place.minute, place.heard = now, 0
    place.heard += 1
    return place.heard > per_minute


def is_enough(session: Session, place: Place, now: datetime) -> bool:
    """Two machines that answer each other's letters would never end: one letter of ours an hour,
    besides what people write (RFC 3834, section 2).
    """
    since = now - HOUR
    return outbox.answered_since(session, row_id(place.id), since) or (
        "+" in place.chat and is_mailbox_answered(session, place, since)
    )


def is_mailbox_answered(session: Session, place: Place, since: datetime) -> bool:
    """Another address of the mailbox that `ann+shop@example.org` is one of (RFC 5233): whoever
    invents them in somebody's name could have it filled with our answers.
    """
    name, _, domain = place.chat.partition("@")
    owner = name.partition("+")[0]
    tagged = col(Place.chat).startswith(f"{owner}+", autoescape=True)
    theirs = and_(tagged, col(Place.chat).endswith(f"@{domain}", autoescape=True))
    answered = (
        select(Sending.id)
        .join(Place, col(Place.id) == Sending.address_id)
        .where(
            Place.platform == place.platform,
            Place.account == place.account,
            or_(col(Place.chat) == f"{owner}@{domain}", theirs),
            col(Sending.cause).startswith("in:"),
            Sending.created_at > since,
        )
    )
    return session.exec(answered.limit(1)).first() is not None


def is_told(session: Session, place: Place, now: datetime) -> bool:
    """Whether they know that little more can be said here today."""
    return outbox.answered_since(session, row_id(place.id), now - DAY, named=FAREWELL)


def say_farewell(
    pack: Pack, languages: Languages, contact: Contact | None, said: list[Said]
) -> Said:
    """Instead of an answer: other ways to reach us. What was to be kept is kept."""
    speech = languages.speak(contact.language if contact else "")
    ticket = next((one.ticket_id for one in said if one.ticket_id), None)
    ways = [
        f"{pack.in_language(way.label, speech.language)}: {way.address}"
        for way in pack.contacts
        if way.kind != PAGE
    ]
    texts = [
        speech.t("Your message is kept as ticket {number}.", number=ticket)
        if ticket
        else speech.t("Your message is kept."),
        speech.t(
            "I have nearly used up the messages that I may send here today, so this is my last one "
            "until tomorrow."
        ),
        "\n".join([speech.t("You reach us at once this way:"), *ways]) if ways else "",
    ]
    return Said(Reply("\n\n".join(filter(None, texts))), ticket, FAREWELL)
