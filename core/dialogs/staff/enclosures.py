"""Files that came with what staff wrote: what becomes of its words becomes of them."""

from sqlalchemy import or_, update
from sqlmodel import col, select

from core import outbox, rooms
from core.dialogs.turn import Turn
from core.models import Evidence, EvidenceState, Heard, Place, Rank, Sending, row_id


def enclosed(turn: Turn, *, in_album: bool = False) -> list[Evidence]:
    """With this message, when it was written; with `in_album`, with all parts of its album."""
    first = select(Heard).where(
        Heard.address_id == turn.place.id, Heard.message == turn.inbound.message
    )
    heard = turn.session.exec(first.order_by(col(Heard.id)).limit(1)).first()
    if heard is None:
        return []
    same = col(Heard.message) == heard.message
    if in_album and heard.album:
        same = or_(same, col(Heard.album) == heard.album)
    found = select(Evidence).join(Heard, col(Heard.id) == col(Evidence.inbox_id))
    return list(turn.session.exec(found.where(Heard.address_id == turn.place.id, same)))


def take_back(turn: Turn, files: list[Evidence]) -> None:
    """From the person, where they were passed on."""
    for file in files:
        cause, again = rooms.passed_on(file.id), f"in:{turn.heard}/file {file.id}"
        sent = select(Place).join(Sending, col(Sending.address_id) == col(Place.id))
        for place in turn.session.exec(sent.where(Sending.cause == cause)).all():
            outbox.withdraw(
                turn.session, row_id(place.id), cause, turn.limits[place.platform], turn.now,
                again=again, rank=Rank.RELAY,
            )  # fmt: skip


def forget(turn: Turn, files: list[Evidence]) -> None:
    """Those that are not here yet go nowhere."""
    pending = [file.id for file in files if file.state == EvidenceState.PENDING]
    turn.session.exec(update(Evidence).where(col(Evidence.id).in_(pending)).values(ticket_id=None))
