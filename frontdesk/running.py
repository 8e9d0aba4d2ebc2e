"""Running a desk until somebody stops it: each platform on its own, so that one's trouble is its
own.
"""

import asyncio
import gc
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count

from aiohttp import web
from sqlalchemy.exc import DBAPIError

from bots.terminal.door import TerminalDoor
from core import gauges
from core.adapter import Adapter, Receive, Refused, Retry
from core.file_links import FileLinks
from core.files import open_files
from core.pack import Pack
from core.settings import Settings
from frontdesk.app import Parts, languages_of, now, open_desk
from frontdesk.lock import hold
from frontdesk.platforms import file_links
from frontdesk.visits import Visits
from web.files import files_route, robots_route
from web.server import HEALTH, ServesHttp, build, serving

log = logging.getLogger(__name__)

LONGEST_WAIT = 60.0
LEARNING = 60.0
"""Seconds for which garbage is let lie while the desk begins. It takes a few, but longer where the
database is out of order.
"""
GARBAGE = 20_000
"""Objects between two looks for cycles. Messages come and go in hundreds, each of some hundred
objects without one: the usual 700 looks for nothing at every other message.
"""


class AllOff(Exception):
    """No platform is left to listen to."""


async def run(
    settings: Settings, pack: Pack, adapters: list[Adapter], door: TerminalDoor | None
) -> None:
    """Until SIGTERM or SIGINT. Raises `AllOff` when every platform refused us: terminals alone
    keep a desk running only where no platform is set.
    """
    with hold(settings.data):
        gc.disable()
        everywhere = [*adapters, *([door] if door else [])]
        listened_to = adapters or everywhere
        on = {one.platform for one in everywhere}
        async with (
            waiting_at(door),
            open_desk(settings, pack, everywhere) as parts,
            called(settings, pack, parts, on),
            opened(door, parts, on),
        ):
            listening = asyncio.create_task(keep_all(listened_to, parts.desk.receive, on))
            stopped = asyncio.create_task(until_stopped())
            done = await first_of(listening, stopped, parts.ready, within=LEARNING)
            look_for_garbage()
            done = done or await first_of(listening, stopped, parts.ready)
            if done == {parts.ready} and not parts.ready.exception():
                done = await first_of(listening, stopped)
            log.info("stopping: what is on its way is finished first")
            stopped.cancel()
            listening.cancel()
            await asyncio.gather(listening, stopped, return_exceptions=True)
            if parts.ready in done:
                await parts.ready  # raises what stands in the way
            if stopped not in done:
                raise AllOff("No platform is left to listen to. The lines above say why.")


async def first_of(
    *tasks: asyncio.Task[None], within: float | None = None
) -> set[asyncio.Task[None]]:
    """Empty when none ended within so many seconds."""
    done, _ = await asyncio.wait(tasks, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    return done


def look_for_garbage() -> None:
    """From now on, and not among what was built until now: it is to stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)
    gc.enable()


@asynccontextmanager
async def waiting_at(door: TerminalDoor | None) -> AsyncIterator[None]:
    """Who comes while the desk is built waits; what is wrong with the door is said later."""
    if door:
        with suppress(Refused):
            await door.open()
    yield


@asynccontextmanager
async def opened(door: TerminalDoor | None, parts: Parts, on: set[str]) -> AsyncIterator[None]:
    """Terminals come and go beside the platforms, which decide how long the desk runs."""
    if door is None:
        yield
        return
    door.join(Visits(parts))
    if list(parts.adapters) == [door.platform]:
        yield
        return
    listening = asyncio.create_task(keep_while_on(door, parts.desk.receive, on))
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


@asynccontextmanager
async def called(settings: Settings, pack: Pack, parts: Parts, on: set[str]) -> AsyncIterator[None]:
    """Serve the places at which platforms call us, where the desk is watched, and where files are
    had, if there are any. Of all platforms, those that are `on` have not refused us.
    """
    routes = [
        route
        for adapter in parts.adapters.values()
        if isinstance(adapter, ServesHttp)
        for route in adapter.routes(parts.desk.receive)
    ]
    if settings.web.metrics:
        routes.append(watched(parts, on))
    if links := file_links(settings):
        routes += [given_out(links, settings, pack), robots_route()]
    if not routes:
        yield
        return
    server = build(routes, parts.is_well)
    async with serving(server, settings.web.host, settings.web.port) as url:
        log.info(
            "serving %s", " ".join([HEALTH, *(one.path for one in routes)]), extra={"url": url}
        )
        yield


def watched(parts: Parts, on: set[str]) -> web.RouteDef:
    from web.metrics import Watched, metrics_route  # takes a tenth of a second that few want

    async def watch() -> Watched | None:
        try:
            found = await parts.store.read(lambda session: gauges.read(session, now()))
        except DBAPIError:
            return None
        return Watched(found, parts.delivery.left(), {name: name in on for name in parts.adapters})

    return metrics_route(watch)


def given_out(links: FileLinks, settings: Settings, pack: Pack) -> web.RouteDef:
    files = open_files(settings.files, settings.data / "incoming")
    return files_route(links.find, files, languages_of(pack))


async def converse(settings: Settings, pack: Pack, terminal: Adapter) -> None:
    """A conversation here, until its input ends."""
    with hold(settings.data):
        async with open_desk(settings, pack, [terminal]) as parts:
            await parts.ready
            await terminal.listen(parts.receive_and_settle)


async def keep_all(adapters: list[Adapter], receive: Receive, on: set[str]) -> None:
    async with asyncio.TaskGroup() as group:
        for adapter in adapters:
            group.create_task(keep_while_on(adapter, receive, on))


async def keep_while_on(adapter: Adapter, receive: Receive, on: set[str]) -> None:
    await keep(adapter, receive)
    on.discard(adapter.platform)


async def keep(adapter: Adapter, receive: Receive) -> None:
    """Listen, and listen again after trouble. Returns when the platform refuses us for good."""
    for attempt in count():
        try:
            await adapter.open()
            log.info("listening", extra={"platform": adapter.platform})
            await adapter.listen(receive)
            return
        except Refused as refused:
            log.error("this platform is off: %s", refused, extra={"platform": adapter.platform})
            return
        except Retry as later:
            wait = max(later.after, backoff(attempt))
            log.warning("not reached: %s", later, extra={"platform": adapter.platform})
        except Exception:
            wait = backoff(attempt)
            log.exception("listening failed", extra={"platform": adapter.platform})
        await asyncio.sleep(wait)


def backoff(attempt: int) -> float:
    """One second doubling to a minute."""
    return min(2.0 ** min(attempt, 6), LONGEST_WAIT)


async def until_stopped() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
