"""One address's lane: what waits in it, and whether anything moves."""

from datetime import datetime
from typing import Any

from sqlalchemy import literal_column, select, update
from sqlmodel import Session

from core.messages import Address
from core.models import SendState
from core.outbox.tables import OUTBOX, PENDING, PLACE, TO_SEND
from core.store import execute


def hurry(session: Session, address: Address, now: datetime) -> bool:
    """What waits for a better time at this address is due now. Whether anything is still to be
    said there.
    """
    place = place_of(address).scalar_subquery()
    waits = (OUTBOX.c.address_id == place, PENDING, OUTBOX.c.not_before > now)
    execute(session, update(OUTBOX).where(*waits).values(not_before=now))
    return first_of(session, address) is not None


def is_speaking(session: Session, address: Address, now: datetime) -> bool:
    """Whether something is on its way to this address, or could be."""
    row = first_of(session, address)
    return row is not None and (row.state == SendState.SENDING or row.not_before <= now)


def first_of(session: Session, address: Address) -> Any:
    """The row whose turn it is in the address's lane."""
    under_way = OUTBOX.c.state == SendState.SENDING.value
    query = (
        select(OUTBOX.c.state, OUTBOX.c.not_before)
        .where(OUTBOX.c.address_id == place_of(address).scalar_subquery())
        .where(literal_column(TO_SEND.format("outbox")))
        .order_by(under_way.desc(), OUTBOX.c.rank, OUTBOX.c.id)
        .limit(1)
    )
    return execute(session, query).first()


def place_of(address: Address) -> Any:
    return select(PLACE.c.id).where(
        PLACE.c.platform == address.platform,
        PLACE.c.account == address.account,
        PLACE.c.chat == address.chat,
        PLACE.c.thread == address.thread,
    )
