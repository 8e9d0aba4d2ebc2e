"""The people of the desk: invited by a code, known by their addresses, and gone within a moment."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from core.codes import SECRET_HALF, draw, hashed, is_right
from core.messages import Address
from core.models import Invitation, Place, Role, Staff, Ticket, row_id

VALID = timedelta(minutes=10)
TRIES = 5
"""Wrong ones, after which an invitation is over."""
RANKS = tuple(Role)


class Taken(Exception):
    """Somebody else of the staff has that name."""


def invite(
    session: Session, name: str, role: Role, now: datetime, staff: Staff | None = None
) -> str:
    """A code, good for one address of somebody new, or of `staff`. Raises `Taken`."""
    if staff is None and by_name(session, name):
        raise Taken(name)
    code, secret = draw(), draw(SECRET_HALF)
    session.add(
        Invitation(
            code=code,
            hash=hashed(code, secret),
            name=name,
            role=role,
            staff_id=staff.id if staff else None,
            expires_at=now + VALID,
        )
    )
    return f"{code}-{secret}"


def join(session: Session, written: str, place: Place, now: datetime) -> Staff | None:
    """Whose address this is from now on; None when the code is not good, or no longer."""
    code, _, secret = written.strip().upper().partition("-")
    invitation = session.exec(
        select(Invitation).where(Invitation.code == code).with_for_update()
    ).first()
    if invitation is None or not is_open(invitation, now):
        return None
    if not is_right(code, secret, invitation.hash):
        invitation.wrong += 1
        return None
    invitation.used_at = now
    staff = staff_of(session, invitation, now)
    place.staff_id = staff.id if staff else None
    return staff


def burn(session: Session, written: str, now: datetime) -> bool:
    """Others have read this code: it is over. False when it was none, or over already; whoever
    guesses ends nobody's.
    """
    code, _, secret = written.strip().upper().partition("-")
    invitation = session.exec(
        select(Invitation).where(Invitation.code == code).with_for_update()
    ).first()
    if invitation is None or not is_open(invitation, now):
        return False
    if not is_right(code, secret, invitation.hash):
        invitation.wrong += 1
        return False
    invitation.expires_at = now
    return True


def is_open(invitation: Invitation, now: datetime) -> bool:
    unused = invitation.used_at is None and invitation.wrong < TRIES
    return unused and now < invitation.expires_at


def staff_of(session: Session, invitation: Invitation, now: datetime) -> Staff | None:
    """None when they were removed, or their name was taken, since they were invited."""
    if invitation.staff_id is not None:
        known = session.get(Staff, invitation.staff_id)
        return known if known and known.removed_at is None else None
    if by_name(session, invitation.name):
        return None
    staff = Staff(name=invitation.name, role=invitation.role, created_at=now)
    session.add(staff)
    session.flush()
    return staff


def who(session: Session, place: Place) -> Staff | None:
    """The member of staff who writes from this address."""
    staff = session.get(Staff, place.staff_id) if place.staff_id is not None else None
    return staff if staff and staff.removed_at is None else None


def by_sender(session: Session, address: Address, sender: str) -> tuple[Staff, Place] | None:
    """Who writes where all of the staff write, and their own place on that platform."""
    if not sender:
        return None
    place = session.exec(
        select(Place)
        .where(
            Place.platform == address.platform,
            Place.account == address.account,
            Place.sender == sender,
            col(Place.staff_id).is_not(None),
        )
        .limit(1)
    ).first()
    known = who(session, place) if place else None
    return (known, place) if known and place else None


def may(staff: Staff, role: Role) -> bool:
    return ranks(Role(staff.role), role)


def ranks(role: Role, least: Role) -> bool:
    """Whether it is this one, or above it."""
    return RANKS.index(role) >= RANKS.index(least)


def remove(session: Session, staff: Staff, now: datetime) -> None:
    """From the next message on they are nobody special; what they had taken is free again."""
    staff.removed_at, staff.on_duty = now, False
    session.add(staff)
    session.exec(update(Place).where(col(Place.staff_id) == staff.id).values(staff_id=None))
    session.exec(update(Ticket).where(col(Ticket.staff_id) == staff.id).values(staff_id=None))


def by_name(session: Session, name: str) -> Staff | None:
    wanted = name.strip().lstrip("@").casefold()
    return next((one for one in everybody(session) if one.name.casefold() == wanted), None)


def everybody(session: Session) -> Sequence[Staff]:
    return session.exec(
        select(Staff).where(col(Staff.removed_at).is_(None)).order_by(col(Staff.id))
    ).all()


def places_of(session: Session, staff: Sequence[Staff]) -> Sequence[Place]:
    """Where they can be told something."""
    ids = [row_id(one.id) for one in staff]
    return session.exec(
        select(Place).where(col(Place.staff_id).in_(ids), col(Place.reachable)).order_by(
            col(Place.id)
        )
    ).all()  # fmt: skip
