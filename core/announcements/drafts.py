"""An announcement before anybody else sees it."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from core.announcements.wording import has_words, split_title
from core.models import Announcement, AnnouncementText, NewsState, Place, Staff, row_id


def draft_of(session: Session, staff: Staff) -> Announcement | None:
    """The one they are writing."""
    query = (
        select(Announcement)
        .where(Announcement.staff_id == staff.id, Announcement.state == NewsState.DRAFT)
        .order_by(col(Announcement.id).desc())
    )
    return session.exec(query.limit(1)).first()


def begin(session: Session, staff: Staff | None, now: datetime) -> Announcement:
    news = Announcement(staff_id=staff.id if staff else None, created_at=now)
    session.add(news)
    session.flush()
    return news


def write(session: Session, news: Announcement, language: str, written: str) -> None:
    """A first line that begins with `#` is the title. Nothing takes the language out again."""
    number = row_id(news.id)
    title, text = split_title(written)
    known = session.get(AnnouncementText, (number, language))
    if not has_words(title + text):
        if known:
            session.delete(known)
    elif known:
        known.title, known.text = title, text
        session.add(known)
    else:
        session.add(
            AnnouncementText(announcement_id=number, language=language, title=title, text=text)
        )
    session.flush()


def discard(session: Session, news: Announcement) -> bool:
    """False when it is no draft any more."""
    if news.state != NewsState.DRAFT:
        return False
    query = select(AnnouncementText).where(AnnouncementText.announcement_id == news.id)
    for text in session.exec(query):
        session.delete(text)
    session.flush()
    session.delete(news)
    session.flush()
    return True


def watch_from(session: Session, news: Announcement, place: Place, cause: str) -> None:
    """Where, and in which message, its progress is shown."""
    news.told_place, news.told_cause = place.id, cause
    session.add(news)
    session.flush()


def newest(session: Session, limit: int) -> Sequence[Announcement]:
    query = select(Announcement).order_by(col(Announcement.id).desc()).limit(limit)
    return session.exec(query).all()
