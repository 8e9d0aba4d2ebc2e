"""People and the addresses at which we reach them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from core.cleaning import clean_line
from core.i18n import Languages, Speech
from core.messages import Address, Inbound, Sender
from core.models import Contact, Place

NAME = 80
"""Longest name we show, in characters: platforms allow more, and people abuse it."""


FIND = (
    select(Place, Contact)
    .outerjoin(Contact, col(Contact.id) == col(Place.contact_id))
    .where(
        Place.platform == bindparam("platform"),
        Place.account == bindparam("account"),
        col(Place.chat).in_(bindparam("chats", expanding=True)),
    )
    .order_by(col(Place.id))  # everybody locks in the same order
)
LOCK = FIND.with_for_update(of=Place)
Known = dict[Address, tuple[Place, Contact | None]]


def find_places(session: Session, addresses: Iterable[Address], *, lock: bool = True) -> Known:
    """The addresses that we know and whose they are, locked against others until the commit."""
    query = LOCK if lock else FIND
    chats: dict[tuple[str, str], list[str]] = {}
    for address in addresses:
        chats.setdefault((address.platform, address.account), []).append(address.chat)
    found: Known = {}
    for (platform, account), named in chats.items():
        wanted = {"platform": platform, "account": account, "chats": named}
        for place, contact in session.exec(query, params=wanted):
            found[Address(platform, account, place.chat, place.thread)] = (place, contact)
    return found


def meet(
    session: Session, inbound: Inbound, known: Known, language: str, now: datetime
) -> tuple[Place, Contact | None]:
    """The address and person behind a message; those not `known` yet are written down.

    A place where others read along belongs to nobody. Somebody we know from another address of the
    same platform is the same person.
    """
    if inbound.address in known:
        return known[inbound.address]
    contact = greet(session, inbound, language, now) if inbound.private else None
    place = Place(
        contact_id=contact.id if contact else None,
        platform=inbound.address.platform,
        account=inbound.address.account,
        chat=inbound.address.chat,
        thread=inbound.address.thread,
        sender=inbound.sender.id if contact else "",
        created_at=now,
    )
    session.add(place)
    session.flush()
    return place, contact


def greet(session: Session, inbound: Inbound, language: str, now: datetime) -> Contact:
    known = find_person(session, inbound.address.platform, inbound.sender)
    if known:
        return known
    name = clean_line(inbound.sender.name, NAME)
    contact = Contact(name=name, language=language, created_at=now)
    session.add(contact)
    session.flush()
    return contact


def find_person(session: Session, platform: str, sender: Sender) -> Contact | None:
    return session.exec(
        select(Contact)
        .join(Place, col(Place.contact_id) == col(Contact.id))
        .where(Place.platform == platform, Place.sender == sender.id)
        .limit(1)
    ).first()


def speech_at(session: Session, languages: Languages, place: Place) -> Speech:
    """The language of whoever reads there; the desk's own where several do."""
    contact = session.get(Contact, place.contact_id) if place.contact_id else None
    return languages.speak(contact.language if contact else "")
