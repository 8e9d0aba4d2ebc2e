"""The clock of the promise: whoever must answer is told in time, in private and in the ticket's
rooms, and admins when it is broken.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlmodel import Session, col, select

from core import outbox, rooms, staff
from core.adapter import Limits
from core.calls import give_up
from core.i18n import Languages, Speech
from core.messages import Reply
from core.models import Rank, Role, Staff, Ticket, TicketState, row_id
from core.notices import Notice, concerned
from core.pack import Pack
from core.store import Store

log = logging.getLogger(__name__)

LOOK = 10.0
"""Seconds between two looks at the clock."""
MOST = 100
"""Tickets in one transaction."""


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
        self._remind = partial(remind, voice=rooms.Voice(pack, languages, limits))
        self._give_up = partial(give_up, pack=pack, languages=languages, limits=limits)

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
        told += await self._store.write(partial(self._give_up, now=now))
        if told:
            self._after_commit()
        return told


def remind(session: Session, voice: rooms.Voice, now: datetime) -> int:
    """At three quarters of the time and when it is over, once each, whatever happened meanwhile:
    what has been told is written down with the telling.
    """
    waiting = session.exec(
        select(Ticket)
        .where(
            col(Ticket.remind_at) <= now,
            Ticket.state == TicketState.OPEN,
            col(Ticket.answered_at).is_(None),
        )
        .order_by(col(Ticket.remind_at))
        .limit(MOST)
        .with_for_update(skip_locked=True)
    ).all()
    for ticket in waiting:
        is_over = now >= ticket.due_at
        cause = f"ticket:{ticket.id}/{'late' if is_over else 'soon'}"
        said = words(ticket, voice.pack, is_over)
        notice = Notice(session, voice.languages, voice.limits, now, cause)
        notice.tell(called(session, ticket, is_over), ticket, said)
        for room in rooms.rooms_of(session, row_id(ticket.id)):
            outbox.enqueue(
                session, row_id(room.id), cause, Reply(said(voice.speech)),
                voice.limits[room.platform], now, rank=Rank.RELAY, ticket_id=ticket.id,
            )  # fmt: skip
        ticket.remind_at = None if is_over else ticket.due_at
        session.add(ticket)
    return len(waiting)


def called(session: Session, ticket: Ticket, is_over: bool) -> list[Staff]:
    people = concerned(session, ticket)
    known = {one.id for one in people}
    admins = [one for one in staff.everybody(session) if one.role == Role.ADMIN]
    return people + [one for one in admins if is_over and one.id not in known]


def words(ticket: Ticket, pack: Pack, is_over: bool) -> Callable[[Speech], str]:
    def say(speech: Speech) -> str:
        at = speech.moment(ticket.due_at, pack.zone)
        said = (
            speech.t("⏰ Late: a reply to ticket {number} was due {at}.", number=ticket.id, at=at)
            if is_over
            else speech.t("⏰ A reply to ticket {number} is due {at}.", number=ticket.id, at=at)
        )
        return f"{said}\n{ticket.subject}"

    return say
