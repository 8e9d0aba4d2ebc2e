"""What other publishers are told of an announcement that is not theirs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from core import outbox, staff
from core.announcements import drafts
from core.announcements.life import Press, may_publish
from core.announcements.showing import title
from core.contacts import speech_at
from core.i18n import Speech
from core.messages import Choice, Reply
from core.models import Announcement, NewsState, Place, Staff, row_id


def ask(session: Session, news: Announcement, press: Press, now: datetime) -> int:
    """All who may agree are told that it waits for them, once. Returns how many."""
    if news.state != NewsState.WAITING:
        return 0
    people = others(session, news)
    for place in first_places(session, people):
        speech = speech_at(session, press.languages, place)
        look = Choice(speech.t("👁 Look at it"), f"staff:announce:{news.id}:open")
        reply = Reply(why(session, news, speech), title(news, speech), (look,))
        say(session, place, f"news:{news.id}/waits", reply, press, now)
    return len(people)


def why(session: Session, news: Announcement, speech: Speech) -> str:
    writer = writer_of(session, news)
    if writer is None:
        return speech.t("News has come from the command line: it goes out once you agree.")
    if may_publish(writer):
        return speech.t("{name} has written news: it goes out once you agree.", name=writer.name)
    return speech.t("It is due, but whoever wrote it has gone: it goes out once you agree.")


def hand_over(
    session: Session,
    news: Announcement,
    said: Callable[[Speech], Reply],
    press: Press,
    now: datetime,
) -> None:
    """Whoever agreed, or else the publisher who has been here longest, sees from now on how far it
    is: the one who published it has gone.
    """
    places = first_places(session, others(session, news))
    if not places:
        return
    place = next((one for one in places if one.staff_id == news.approved_by), places[0])
    speech = speech_at(session, press.languages, place)
    writer = writer_of(session, news)
    gone = speech.t(
        "{name} can no longer publish. What was begun goes on, and you see here how far it is.",
        name=writer.name if writer else "–",
    )
    shown = said(speech)
    cause = f"news:{news.id}/handed"
    reply = replace(shown, text=f"{gone}\n\n{shown.text}")
    say(session, place, cause, reply, press, now)
    drafts.watch_from(session, news, place, cause)


def watcher_of(session: Session, news: Announcement) -> Staff | None:
    """Whoever sees in a message of theirs how far it is, as long as they may publish."""
    place = session.get(Place, news.told_place) if news.told_place else None
    known = staff.who(session, place) if place else None
    return known if known and may_publish(known) else None


def others(session: Session, news: Announcement) -> list[Staff]:
    """Publishers but for whoever wrote it, those first who have been here longest."""
    known = [one for one in staff.everybody(session) if may_publish(one)]
    return [one for one in known if one.id != news.staff_id]


def writer_of(session: Session, news: Announcement) -> Staff | None:
    return session.get(Staff, news.staff_id) if news.staff_id else None


def first_places(session: Session, people: Sequence[Staff]) -> list[Place]:
    """One for each of them, in their order."""
    places: dict[int | None, Place] = {}
    for place in staff.places_of(session, people):
        places.setdefault(place.staff_id, place)
    return [places[one.id] for one in people if one.id in places]


def say(
    session: Session, place: Place, cause: str, reply: Reply, press: Press, now: datetime
) -> None:
    limits = press.limits[place.platform]
    outbox.enqueue(session, row_id(place.id), cause, reply, limits, now)
    offer(session, place, reply, press)


def offer(session: Session, place: Place, reply: Reply, press: Press) -> None:
    """Where a number is typed, it chooses from what was shown last."""
    if not press.limits[place.platform].buttons:
        place.offers = [[one.label, one.value] for one in reply.choices]
        session.add(place)
