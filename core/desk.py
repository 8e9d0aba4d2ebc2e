"""The story of one message: remember it, understand it, answer it, in one transaction."""

import asyncio
import logging
import traceback
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from core import contacts
from core.answers import Answers
from core.arrivals import Arrival, Person, Reception
from core.cleaning import clean_text
from core.dialogs.routing import is_question
from core.faq_matcher import Found
from core.i18n import Languages
from core.limits import Limits
from core.masking import mask
from core.messages import Address, Inbound, Kind
from core.models import Note
from core.pack import Pack
from core.reception import take_all
from core.store import Store

log = logging.getLogger(__name__)

TRIES = 5
"""How often a message may meet trouble of the database before it is taken for the trouble."""
REMEMBERED = 10_000
"""Addresses of which it is remembered who asks there."""
LONGEST = 2000
"""Characters of a message in which its question is looked for."""
BATCH = 64
"""Most messages in one transaction: what waits behind them should not wait long."""


class Lane:
    """The messages of one address: looked up side by side, written in the order they came in."""

    def __init__(self) -> None:
        self.last: asyncio.Event | None = None
        """Set once the message that came last stands in the queue."""
        self.failures = 0
        """Who came before the last of them fails, too: the platform delivers all of them again,
        and in their order.
        """


class Overtaken(Exception):
    """A message before this one, at the same address, could not be kept."""


@dataclass(frozen=True, slots=True)
class Waiting:
    arrival: Arrival
    lane: Lane
    done: asyncio.Future[None]


class Desk:
    """`receive` is the only way in."""

    def __init__(
        self,
        store: Store,
        pack: Pack,
        languages: Languages,
        answers: Answers,
        limits: Mapping[str, Limits],
        clock: Callable[[], datetime],
        *,
        per_minute: int,
        after_commit: Callable[[Inbound], None],
        is_short: Callable[[str], bool] = lambda _: False,
        rooms: frozenset[str] = frozenset(),
    ) -> None:
        self._store = store
        self._languages = languages
        self._answers = answers
        self._reception = Reception(pack, languages, limits, per_minute, is_short, rooms)
        self._clock = clock
        self._after_commit = after_commit
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._people: OrderedDict[Address, Person] = OrderedDict()
        self._tries: Counter[tuple[str, str, str]] = Counter()
        self._lanes: WeakValueDictionary[Address, Lane] = WeakValueDictionary()

    async def receive(self, inbound: Inbound) -> None:
        """What came in is on disk with all that follows from it when this returns.

        Raises only when the database cannot be written: then nothing was kept, and the platform
        should deliver it again.
        """
        inbound = purify(inbound)
        lane = self._lanes.setdefault(inbound.address, Lane())
        await (await self._line_up(inbound, lane))
        self._after_commit(inbound)

    async def _line_up(self, inbound: Inbound, lane: Lane) -> asyncio.Future[None]:
        """The future ends when the message is on disk."""
        before, lane.last = lane.last, asyncio.Event()
        ours, failures = lane.last, lane.failures
        try:
            arrival = Arrival(inbound, await self._look_up(inbound))
            if before:
                await before.wait()
            if lane.failures != failures:
                raise Overtaken
            return self._queue(arrival, lane)
        except BaseException:  # cancelled, too: what came behind it must not be kept first
            lane.failures += 1
            raise
        finally:
            ours.set()

    def _queue(self, arrival: Arrival, lane: Lane) -> asyncio.Future[None]:
        """Together with whatever else is waiting: a statement for many costs hardly more."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(arrival, lane, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            try:
                await self._take([one.arrival for one in batch])
            except Exception:  # each alone, so that the one at fault does not undo its neighbours
                await self._write_each(batch)
            else:
                for one in batch:
                    end(one.done)

    async def _write_each(self, batch: list[Waiting]) -> None:
        for place, one in enumerate(batch):
            try:
                await self._take_or_set_aside(one.arrival)
            except Exception as error:  # the platform hears of it, and delivers again
                self._fail(batch[place:], error)  # a database in trouble is not waited for again
                return
            end(one.done)

    def _fail(self, left: list[Waiting], error: Exception) -> None:
        """And what waits behind them: it must not be answered first."""
        lanes = {one.lane for one in left}
        for lane in lanes:
            lane.failures += 1
        for one in left + [one for one in self._waiting if one.lane in lanes]:
            end(one.done, error)
        self._waiting = [one for one in self._waiting if one.lane not in lanes]

    async def _take_or_set_aside(self, arrival: Arrival) -> None:
        try:
            await self._take([arrival])
        except Exception as error:  # a fault of ours must not stop the platform's stream
            self._tries[arrival.key] += 1
            if isinstance(error, OperationalError):
                if self._tries[arrival.key] < TRIES:
                    raise
                if await self._passes_now(arrival):
                    return
            facts = {"event": arrival.inbound.event, "fault": where(error)}
            log.error("inbound set aside", extra=facts)  # no trace: it holds words
            await self._take([replace(arrival, ours=True)])
        self._tries.pop(arrival.key, None)

    async def _passes_now(self, arrival: Arrival) -> bool:
        """Whether it was the database's trouble after all. Raises while that lasts."""
        at = self._clock().isoformat()
        await self._store.write(lambda session: session.merge(Note(name="tried", value=at)))
        try:
            await self._take([arrival])
        except OperationalError:
            return False
        return True

    async def _take(self, arrivals: list[Arrival]) -> None:
        met = await self._store.write(partial(take_all, self._reception, arrivals, self._clock()))
        for address, person in met.items():
            self._people[address] = person
            self._people.move_to_end(address)
        while len(self._people) > REMEMBERED:
            self._people.popitem(last=False)

    async def _look_up(self, inbound: Inbound) -> Found | None:
        asks = inbound.kind in (Kind.MESSAGE, Kind.EDIT) and not inbound.in_room
        open_to_all = self._reception.limits[inbound.address.platform].discreet
        if not asks or not (inbound.private or open_to_all) or not is_question(inbound.text):
            return None
        try:
            person = await self._person(inbound)
            asked = f"{inbound.subject}\n{inbound.text}".strip()[:LONGEST]
            return await self._answers.find(asked, person.language, person.audience or None)
        except Exception as error:  # without the FAQ there are still tickets
            log.error("the matcher failed", extra={"fault": where(error)})
            return None

    async def _person(self, inbound: Inbound) -> Person:
        """Whose question it is, as far as that is known: as it was at their last message here."""
        known = self._people.get(inbound.address)
        if known is None:
            known = await self._store.read(partial(find_out, inbound.address))
        language = known.language if known else self._languages.nearest(inbound.sender.language)
        return Person(language, known.audience if known else "")


def find_out(address: Address, session: Session) -> Person | None:
    place = contacts.find_places(session, [address], lock=False).get(address)
    contact = place[1] if place else None
    return Person(contact.language, contact.audience) if contact else None


def end(done: asyncio.Future[None], error: Exception | None = None) -> None:
    """Answer whoever still waits."""
    if done.done():
        return
    if error is None:
        done.set_result(None)
    else:
        done.set_exception(error)


def purify(inbound: Inbound) -> Inbound:
    """Without what no database takes, and with card numbers masked wherever people put them."""
    return replace(
        inbound,
        text=mask(clean_text(inbound.text)),
        subject=mask(clean_text(inbound.subject)),
        quoted=mask(clean_text(inbound.quoted)),
        values=tuple((name, mask(clean_text(value))) for name, value in inbound.values),
        sender=replace(inbound.sender, name=mask(inbound.sender.name)),
    )


def where(error: Exception) -> str:
    """What kind of fault, and the place in the code: its words may be somebody's."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return f"{type(error).__name__} at {Path(ours[-1].filename).name}:{ours[-1].lineno}"
