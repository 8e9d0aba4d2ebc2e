"""The clock of the promise: whoever must answer is told in time, in private and in the ticket's
rooms, and admins when it is broken; and of the calls that nobody took.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from core import outbox, rooms, staff
from core.calls import give_up
from core.cleaning import clean_line
from core.i18n import Languages, Speech
from core.limits import Limits
from core.messages import Reply
from core.models import Rank, Role, Staff, Ticket, TicketState, row_id
from core.notices import Notice, Words, concerned, on_duty
from core.pack import Pack
from core.store import Store
from core.tickets import owed

log = logging.getLogger(__name__)

LOOK = 10.0
"""Seconds between two looks at the clock."""
MOST = 100
"""Tickets in one transaction."""
SHOWN = 200
"""Characters of what was said in a call."""


class Reminders:
    """`after_commit` is called when there is something to send."""

    def __init__(
        self,
        store: Store,
        pack: Pack,
        languages: Languages,
        limits: Mapping[str, Limits],
        clock: Callable[[], datetime],
        after_commit: Callable[[], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._after_commit = after_commit
        voice = rooms.Voice(pack, languages, limits)
        self._remind = partial(remind, voice=voice)
        self._end_calls = partial(end_calls, voice=voice)
        self._tell_undelivered = partial(rooms.tell_undelivered, voice=voice)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # the database may be away for a while
                log.error("the clock could not be looked at: %s", type(error).__name__)
            await asyncio.sleep(LOOK)

    async def look(self) -> int:
        """How many tickets somebody was told of."""
        now = self._clock()
        told = await self._store.write(partial(self._remind, now=now))
        told += await self._store.write(partial(self._end_calls, now=now))
        if await self._store.write(partial(self._tell_undelivered, now=now)) or told:
            self._after_commit()
        return told


def remind(session: Session, voice: rooms.Voice, now: datetime) -> int:
    """At three quarters of the time and when it is over, once each, whatever happened meanwhile:
    what has been told is written down with the telling.
    """
    waiting = session.exec(
        select(Ticket)
        .where(col(Ticket.remind_at) <= now, owed())
        .order_by(col(Ticket.remind_at))
        .limit(MOST)
        .with_for_update(skip_locked=True)
    ).all()
    for ticket in waiting:
        is_over = now >= ticket.due_at
        cause = f"ticket:{ticket.id}/{'late' if is_over else 'soon'}{again(ticket)}"
        people = called(session, ticket, is_over)
        tell(session, voice, now, cause, people, ticket, words(ticket, voice.pack, is_over))
        ticket.remind_at = None if is_over else ticket.due_at
        session.add(ticket)
    return len(waiting)


def again(ticket: Ticket) -> str:
    """What sets the reminders of a ticket that was opened again apart from those before."""
    return f"/{ticket.reopened_at:%Y%m%d%H%M%S}" if ticket.reopened_at else ""


def end_calls(session: Session, voice: rooms.Voice, now: datetime) -> int:
    """Staff who were called learn that it is over, and what is left of it. How many calls."""
    in_vain = give_up(session, voice.pack, voice.languages, voice.limits, now)
    for ticket in in_vain:
        if ticket.state == TicketState.OPEN:
            cause, said = f"ticket:{ticket.id}/nobody", left_of_call(ticket, voice.pack)
            tell(session, voice, now, cause, on_duty(session), ticket, said)
    return len(in_vain)


def tell(
    session: Session,
    voice: rooms.Voice,
    now: datetime,
    cause: str,
    people: Sequence[Staff],
    ticket: Ticket,
    said: Words,
) -> None:
    """In private, and in the ticket's rooms."""
    Notice(session, voice.languages, voice.limits, now, cause).tell(people, ticket, said)
    for room in rooms.rooms_of(session, row_id(ticket.id)):
        outbox.enqueue(
            session, row_id(room.id), cause, Reply(said(voice.speech)),
            voice.limits[room.platform], now, rank=Rank.RELAY, ticket_id=ticket.id,
        )  # fmt: skip


def called(session: Session, ticket: Ticket, is_over: bool) -> list[Staff]:
    people = concerned(session, ticket)
    known = {one.id for one in people}
    admins = [one for one in staff.everybody(session) if one.role == Role.ADMIN]
    return people + [one for one in admins if is_over and one.id not in known]


def words(ticket: Ticket, pack: Pack, is_over: bool) -> Words:
    def say(speech: Speech) -> str:
        at = speech.moment(ticket.due_at, pack.zone)
        said = (
            speech.t("⏰ Late: a reply to ticket {number} was due {at}.", number=ticket.id, at=at)
            if is_over
            else speech.t("⏰ A reply to ticket {number} is due {at}.", number=ticket.id, at=at)
        )
        return f"{said}\n{ticket.subject}"

    return say


def left_of_call(ticket: Ticket, pack: Pack) -> Words:
    def say(speech: Speech) -> str:
        said = speech.t(
            "💬 Nobody took this chat: it is ticket {number} now, and a reply is due {at}.",
            number=ticket.id,
            at=speech.moment(ticket.due_at, pack.zone),
        )
        return f"{said}\n{clean_line(ticket.description, SHOWN)}"

    return say
