"""The clock of the news: publishes what is due, lets go of what was held, shows how far it is."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlmodel import Session, col

from core import contacts
from core.adapter import Adapter, Publishes
from core.announcements import colleagues
from core.announcements.figures import Figures, figures
from core.announcements.forecast import Forecast
from core.announcements.life import (
    Press,
    hold,
    let_go,
    move,
    publish_due,
    stop,
)
from core.announcements.reporting import report
from core.announcements.showing import progress, show
from core.announcements.stranded import Account, give_up, lost_accounts, where_off
from core.contacts import speech_at
from core.i18n import Speech
from core.messages import Address, Reply
from core.models import (
    Announcement,
    NewsState,
    Place,
    PublicPlace,
    row_id,
)
from core.store import Store

log = logging.getLogger(__name__)

LOOK = 3.0
"""Seconds between two looks: no message is changed more often."""
LIVING = (NewsState.SCHEDULED, NewsState.RUNNING, NewsState.PAUSED, NewsState.CANCELLED)


class Newsroom:
    """`after_commit` is called when there may be something to send."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, Adapter],
        press: Press,
        clock: Callable[[], datetime],
        after_commit: Callable[[], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._adapters = adapters
        self._press = press
        self._clock = clock
        self._after_commit = after_commit
        self._monotonic = monotonic
        self._forecasts: dict[int, Forecast] = {}
        self._places: dict[str, Address | None] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:  # the database may be away for a while
                log.error("the news could not be looked at: %s", type(error).__name__)
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        await self._keep_places()
        now = self._clock()
        living = await self._store.read(partial(alive, now=now))
        if not living:
            self._forecasts.clear()
            return
        if any(news.state == NewsState.SCHEDULED for news in living):
            await self._store.write(partial(publish, press=self._press, now=now))
        for news in living:
            if news.state != NewsState.SCHEDULED:
                await self._watch(row_id(news.id), now)
        self._after_commit()

    async def _watch(self, number: int, now: datetime) -> None:
        """Counting, which takes longest, holds up nobody's writing."""
        ours = {name: adapter.account for name, adapter in self._adapters.items()}
        counted, lost = await self._store.read(partial(count, number=number, ours=ours, now=now))
        forecast = self._forecasts.setdefault(number, Forecast(self._press.limits))
        seconds = forecast.seconds(counted, self._monotonic())
        follow_up = partial(
            follow, number=number, counted=counted, seconds=seconds, press=self._press, lost=lost,
            now=now,
        )  # fmt: skip
        await self._store.write(follow_up)

    async def _keep_places(self) -> None:
        """Public places are known once each platform has told which account is ours."""
        told = {
            name: adapter.public_place
            for name, adapter in self._adapters.items()
            if isinstance(adapter, Publishes) and adapter.account
        }
        if told != self._places:
            await self._store.write(partial(keep_places, told=told, now=self._clock()))
            self._places = told


def keep_places(session: Session, told: Mapping[str, Address | None], now: datetime) -> None:
    for platform, address in told.items():
        known = session.get(PublicPlace, platform)
        if address is None:
            if known:
                session.delete(known)
            continue
        place = place_at(session, address, now)
        if known is None:
            session.add(PublicPlace(platform=platform, address_id=row_id(place.id)))
        else:
            known.address_id = row_id(place.id)
            session.add(known)


def place_at(session: Session, address: Address, now: datetime) -> Place:
    """Nobody's; it can be reached again once somebody has set it."""
    known = contacts.find_places(session, [address]).get(address)
    place = known[0] if known else Place(
        platform=address.platform, account=address.account, chat=address.chat,
        thread=address.thread, sender="", created_at=now,
    )  # fmt: skip
    place.reachable = True
    session.add(place)
    session.flush()
    return place


def alive(session: Session, now: datetime) -> list[Announcement]:
    """What is due, and what is not over."""
    query = (
        select(Announcement)
        .where(col(Announcement.state).in_(LIVING), col(Announcement.ended_at).is_(None))
        .order_by(col(Announcement.id))
    )
    found = session.execute(query).scalars()
    return [one for one in found if one.state != NewsState.SCHEDULED or (one.at or now) <= now]


def publish(session: Session, press: Press, now: datetime) -> None:
    """What is due; and of what has to wait for somebody, they are told."""
    publish_due(session, press, now)
    waiting = select(Announcement).where(col(Announcement.state) == NewsState.WAITING)
    for news in session.execute(waiting).scalars():
        colleagues.ask(session, news, press, now)


def count(
    session: Session, number: int, ours: Mapping[str, str], now: datetime
) -> tuple[Figures, list[Account]]:
    """How far it is, and the accounts that it waits for in vain."""
    news = session.get_one(Announcement, number)
    return figures(session, news), lost_accounts(session, news, ours, now)


def follow(
    session: Session,
    number: int,
    counted: Figures,
    seconds: float,
    press: Press,
    lost: Sequence[Account],
    now: datetime,
) -> None:
    """Holds to what was decided, ends what is over, and tells whoever published it."""
    news = session.execute(
        select(Announcement).where(col(Announcement.id) == number).with_for_update(skip_locked=True)
    ).scalar_one_or_none()
    if news is None or news.ended_at:
        return
    match NewsState(news.state):
        case NewsState.RUNNING if counted.is_over:
            move(session, news, (NewsState.RUNNING,), NewsState.DONE, ended_at=now)
        case NewsState.RUNNING:
            let_go(session, news, press.pack, now)
            give_up(session, news, lost, now)
        case NewsState.PAUSED:
            hold(session, news)
        case NewsState.CANCELLED if counted.is_over:
            move(session, news, (NewsState.CANCELLED,), NewsState.CANCELLED, ended_at=now)
        case NewsState.CANCELLED:
            stop(session, news)
    tell(session, news, counted, seconds, press, now)


def tell(
    session: Session,
    news: Announcement,
    counted: Figures,
    seconds: float,
    press: Press,
    now: datetime,
) -> None:
    """Whoever published it; once they may no longer, somebody else who may."""

    def said(speech: Speech) -> Reply:
        if news.ended_at:
            return report(session, news, counted, speech)
        shown = progress(news, counted, seconds, speech)
        off = where_off(counted, press.limits, speech)
        return replace(shown, text="\n".join(filter(None, (shown.text, off))))

    if news.told_place is None:
        return
    if colleagues.watcher_of(session, news) is None:
        colleagues.hand_over(session, news, said, press, now)
        return
    place = session.get_one(Place, news.told_place)
    limits, reply = press.limits[place.platform], said(speech_at(session, press.languages, place))
    show(session, news, place, reply, limits, now)
    if news.ended_at and not limits.edits:  # it was said as well, below all else
        colleagues.offer(session, place, reply, press)
