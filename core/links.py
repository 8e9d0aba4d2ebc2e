"""One person at several addresses: a code from one, written at another, and confirmed at both.
Whoever is talked into writing somebody else's code hears first what that does.
"""

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from core.codes import SECRET_HALF, draw, hashed, is_right
from core.models import Contact, Link, Place, Ticket, row_id

VALID = timedelta(minutes=10)
TRIES = 5


def begin(session: Session, place: Place, now: datetime) -> str:
    """A code that is to be written at the other address. An earlier one is over."""
    session.exec(
        update(Link).where(col(Link.from_id) == place.id, col(Link.ended_at).is_(None)).values(
            ended_at=now
        )
    )  # fmt: skip
    code, secret = draw(), draw(SECRET_HALF)
    session.add(
        Link(code=code, hash=hashed(code, secret), from_id=row_id(place.id), expires_at=now + VALID)
    )
    return f"{code}-{secret}"


def find(session: Session, written: str, place: Place, now: datetime) -> Link | None:
    """What a code that was written here would join. None when it is not good, or is this person's
    own already.
    """
    code, _, secret = written.strip().upper().partition("-")
    link = session.exec(select(Link).where(Link.code == code).with_for_update()).first()
    if link is None or not is_open(link, now) or link.to_id is not None:
        return None
    if not is_right(code, secret, link.hash):
        link.wrong += 1
        return None
    old = session.get_one(Place, link.from_id)
    return link if old.contact_id != place.contact_id else None


def claim(session: Session, written: str, place: Place, now: datetime) -> Link | None:
    """Whoever wrote the code says that they know whose it is. None when it is not good."""
    link = find(session, written, place, now)
    if link:
        link.to_id = row_id(place.id)
    return link


def is_open(link: Link, now: datetime) -> bool:
    return link.ended_at is None and link.wrong < TRIES and now < link.expires_at


def confirm(session: Session, number: int, place: Place, now: datetime) -> Link | None:
    """Whoever asked for the code says that it was they who wrote it. None when that is over."""
    link = waiting(session, number, place, now)
    if link is None or link.to_id is None:
        return None
    link.ended_at = now
    other = session.get_one(Place, link.to_id)
    if other.contact_id and place.contact_id:
        merge(session, place.contact_id, other.contact_id)
    return link


def refuse(session: Session, number: int, place: Place, now: datetime) -> Link | None:
    link = waiting(session, number, place, now)
    if link:
        link.ended_at = now
    return link


def waiting(session: Session, number: int, place: Place, now: datetime) -> Link | None:
    link = session.get(Link, number)
    return link if link and link.from_id == place.id and is_open(link, now) else None


def merge(session: Session, kept: int, folded: int) -> None:
    """Everything of one contact is the other's. Whoever is shut out stays so."""
    for table in (Place, Ticket):
        session.exec(update(table).where(col(table.contact_id) == folded).values(contact_id=kept))
    one, other = session.get_one(Contact, kept), session.get_one(Contact, folded)
    one.blocked = one.blocked or other.blocked
    one.name, one.audience = one.name or other.name, one.audience or other.audience
    session.add(one)
