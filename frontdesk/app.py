"""The only place that builds the parts and joins them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from core import faq
from core.adapter import Adapter, LooksUp, OpensRooms
from core.announcements.life import Press
from core.announcements.newsroom import Newsroom
from core.answers import Answers
from core.attachments import Attachments
from core.delivery import Delivery
from core.desk import Desk
from core.encoders import choose, describe
from core.faq_file import read_entries
from core.faq_matcher import Bands, Encoder
from core.files import open_files
from core.i18n import Languages
from core.lookup import DeskLookup
from core.menus import Menus
from core.messages import Inbound
from core.migration import migrate
from core.models import Note
from core.pack import Pack
from core.reminders import Reminders
from core.rooms import Rooms, Voice, pass_file_on
from core.settings import Settings
from core.store import Store, open_engine
from frontdesk.pictures import with_pictures
from frontdesk.platforms import limits_of

log = logging.getLogger(__name__)

GRACE = 8.0
"""Seconds for what is on its way when the desk stops: whoever told us to waits ten."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A desk at work."""

    store: Store
    desk: Desk
    answers: Answers
    delivery: Delivery
    attachments: Attachments
    reminders: Reminders
    rooms: Rooms
    newsroom: Newsroom
    menus: Menus
    adapters: Mapping[str, Adapter]
    ready: asyncio.Task[None]
    """Ends when the FAQ is known; questions wait for it, all else does not. Raises `NoEncoder`."""

    async def is_well(self) -> bool:
        """Whether the database can be written."""
        try:
            at = now().isoformat()
            await self.store.write(lambda session: session.merge(Note(name="health", value=at)))
        except DBAPIError:
            return False
        return True

    async def settle(self) -> None:
        """Return when everything that was to be fetched and said is done."""
        await self.rooms.settle()
        await self.attachments.settle()
        await self.delivery.settle()

    async def receive_and_settle(self, inbound: Inbound) -> None:
        """For platforms that show all replies to one message before they take the next."""
        await self.desk.receive(inbound)
        await self.settle()


def now() -> datetime:
    return datetime.now(UTC)


def languages_of(pack: Pack) -> Languages:
    return Languages(pack.languages, pack.fallback_language)


def bands_of(settings: Settings) -> Bands:
    return Bands(settings.faq.answer, settings.faq.suggest, settings.faq.together)


def open_database(settings: Settings, *, checkpoints: bool = True) -> Engine:
    """The database, in the form that this program knows."""
    engine = open_engine(settings.database, checkpoints=checkpoints)
    migrate(engine)
    return engine


@asynccontextmanager
async def open_desk(
    settings: Settings,
    pack: Pack,
    adapters: Iterable[Adapter],
    clock: Callable[[], datetime] = now,
) -> AsyncIterator[Parts]:
    """A desk that fetches, sends and follows the FAQ until the block ends. It hears and is heard
    before it is `ready` to answer questions.
    """
    kept = settings.data / "encoder"
    encoder = asyncio.create_task(asyncio.to_thread(choose, settings.faq.encoder, kept))
    store = Store(await asyncio.to_thread(open_database, settings))
    named = {one.platform: one for one in adapters}
    parts = await build(settings, pack, store, named, clock, encoder)
    at_work = [
        asyncio.create_task(work)
        for work in (
            parts.delivery.run(),
            parts.attachments.run(),
            parts.answers.run(),
            parts.reminders.run(),
            parts.rooms.run(),
            parts.newsroom.run(),
            parts.menus.run(),
        )
    ]
    for task in at_work:
        task.add_done_callback(tell_of_death)
    try:
        yield parts
    finally:
        await parts.attachments.stop()
        await parts.delivery.stop(GRACE)
        for task in (parts.ready, *at_work):
            task.cancel()
        await asyncio.gather(parts.ready, *at_work, return_exceptions=True)
        for adapter in parts.adapters.values():
            await adapter.close()
        await store.close()


def tell_of_death(task: asyncio.Task[None]) -> None:
    """Work that ends by itself is a fault of ours that must not pass in silence."""
    if not task.cancelled() and (error := task.exception()):
        log.critical("a part of the desk has stopped: start the desk again", exc_info=error)


async def build(
    settings: Settings,
    pack: Pack,
    store: Store,
    adapters: Mapping[str, Adapter],
    clock: Callable[[], datetime],
    encoder_loading: Awaitable[Encoder | None],
) -> Parts:
    languages = languages_of(pack)
    known = {name: replace(limits, off=True) for name, limits in limits_of(settings).items()}
    limits = known | {one.platform: one.limits for one in adapters.values()}
    await seed_faq(settings, pack, store)
    answers = Answers(store, bands_of(settings), settings.data / "vectors.npz")
    ready = asyncio.create_task(get_ready(answers, encoder_loading))
    files = open_files(settings.files, settings.data / "incoming")
    delivery = Delivery(store, adapters, clock, open_file=with_pictures(files.open))
    voice = Voice(pack, languages, limits)
    attachments = Attachments(
        store, adapters, files, languages, clock,
        on_settled=lambda session, file: pass_file_on(session, file, voice, clock()),
        after_commit=delivery.wake,
    )  # fmt: skip
    with_rooms = [one for one in adapters.values() if isinstance(one, OpensRooms) and one.has_rooms]
    rooms = Rooms(
        store, with_rooms, voice, clock, after_commit=delivery.wake, has_turn=delivery.has_turn
    )

    def wake(inbound: Inbound) -> None:
        delivery.wake()
        rooms.wake()
        if inbound.attachments:
            attachments.wake()

    lookup = DeskLookup(store, pack, languages, answers, clock)
    for adapter in adapters.values():
        if isinstance(adapter, LooksUp):
            adapter.look_up(lookup)
    desk = Desk(
        store,
        pack,
        languages,
        answers,
        limits,
        clock,
        per_minute=settings.messages_per_minute,
        after_commit=wake,
        is_short=delivery.is_short,
        rooms=frozenset(one.platform for one in with_rooms),
    )
    reminders = Reminders(store, pack, languages, limits, clock, after_commit=delivery.wake)
    newsroom = Newsroom(
        store, adapters, Press(pack, languages, limits), clock, after_commit=delivery.wake
    )
    menus = Menus(store, adapters.values(), languages)
    return Parts(
        store, desk, answers, delivery, attachments, reminders, rooms, newsroom, menus, adapters,
        ready,
    )  # fmt: skip


async def get_ready(answers: Answers, encoder_loading: Awaitable[Encoder | None]) -> None:
    encoder = await encoder_loading
    log.info("questions are matched by %s", describe(encoder))
    await answers.begin(encoder)


async def seed_faq(settings: Settings, pack: Pack, store: Store) -> None:
    """A new desk starts with its pack's FAQ; afterwards the database is what counts."""
    if await store.read(faq.version):
        return
    entries = await asyncio.to_thread(read_entries, settings.pack / "faq.yaml", pack)
    await store.write(lambda session: faq.seed(session, entries))
