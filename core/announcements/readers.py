"""How readers want the news: at all, about what, when; and what was published last."""

from sqlalchemy import case, update
from sqlmodel import Session, col, select

from core import outbox
from core.announcements.fanout import cause_of
from core.announcements.life import UNDER_WAY
from core.models import (
    Announcement,
    MutedTopic,
    NewsState,
    Place,
    QuietHours,
    SendState,
    row_id,
)
from core.outbox.tables import OUTBOX
from core.store import execute

PUBLISHED = (NewsState.RUNNING, NewsState.PAUSED, NewsState.DONE)
LATEST = 5


def home(session: Session, place: Place) -> Place:
    """Where the news of whoever writes here goes on this platform: they may write from many places
    there, and in one of them they get it, whichever they end it from.
    """
    if place.subscribed or not place.sender:
        return place
    query = select(Place).where(
        Place.platform == place.platform,
        Place.account == place.account,
        Place.sender == place.sender,
        Place.contact_id == place.contact_id,
        Place.subscribed,
    )
    return session.exec(query.limit(1)).first() or place


def subscribe(session: Session, place: Place) -> None:
    known = home(session, place)
    known.subscribed = True
    session.add(known)


def unsubscribe(session: Session, place: Place) -> None:
    """Nothing that is not on its way already comes any more."""
    known = home(session, place)
    known.subscribed = False
    session.add(known)
    drop(session, known, running(session))


def drop(session: Session, place: Place, news: list[Announcement]) -> None:
    """What is just being sent does not come again when it does not arrive."""
    if not news:
        return
    goes = OUTBOX.c.state == SendState.SENDING.value
    ended = case((goes, SendState.SENDING.value), else_=SendState.ENDED.value)
    execute(
        session,
        update(OUTBOX)
        .where(
            OUTBOX.c.cause.in_([cause_of(one) for one in news]),
            OUTBOX.c.address_id == place.id,
            OUTBOX.c.state.in_([SendState.PENDING.value, SendState.HELD.value]) | goes,
        )
        .values(state=ended, reason=outbox.UNWANTED),
    )


def running(session: Session) -> list[Announcement]:
    query = select(Announcement).where(col(Announcement.state).in_(UNDER_WAY))
    return list(session.exec(query))


def muted(session: Session, place: Place) -> set[str]:
    query = select(MutedTopic.topic).where(MutedTopic.address_id == home(session, place).id)
    return set(session.exec(query))


def turn_topic(session: Session, place: Place, topic: str) -> bool:
    """Whether it is wanted from now on: what was wanted is not, and the other way round."""
    place = home(session, place)
    known = session.get(MutedTopic, (row_id(place.id), topic))
    if known:
        session.delete(known)
        session.flush()
        return True
    session.add(MutedTopic(address_id=row_id(place.id), topic=topic))
    session.flush()
    drop(session, place, [one for one in running(session) if one.topic == topic])
    return False


def quiet_hours(session: Session, place: Place) -> QuietHours | None:
    return session.get(QuietHours, row_id(home(session, place).id))


def be_quiet(session: Session, place: Place, since: int, until: int) -> None:
    """From one hour until the other, each from 0 to 24; the same twice ends it."""
    number = row_id(home(session, place).id)
    known = session.get(QuietHours, number)
    if known:
        session.delete(known)
        session.flush()
    if since % 24 != until % 24:
        session.add(QuietHours(address_id=number, since=since % 24, until=until % 24))


def latest(session: Session, side: str) -> list[Announcement]:
    """The newest that are for somebody of this side; whoever has none reads all."""
    query = (
        select(Announcement)
        .where(col(Announcement.state).in_(PUBLISHED))
        .order_by(col(Announcement.published_at).desc(), col(Announcement.id).desc())
        .limit(LATEST * 10)
    )
    fit = (one for one in session.exec(query) if not one.sides or not side or side in one.sides)
    return [one for one, _ in zip(fit, range(LATEST), strict=False)]
