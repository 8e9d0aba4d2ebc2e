"""What becomes of an interaction: a form is opened, a question completed, all else is received.

Discord delivers an interaction once and waits three seconds for a first answer; so it is received
first where that is quick, and answered first where it is not.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from bots.discord.acknowledging import COMPLETE, OPEN, SAY, Acknowledging
from bots.discord.forms import OPTION_LABEL, OPTIONS, cut, to_modal
from bots.discord.interactions import Asked, Interaction, typed
from bots.discord.lanes import Lanes, Sleep, insist
from bots.discord.recent import Recent
from bots.discord.render import to_return
from core.adapter import Lookup, Receive
from core.i18n import Languages, mark
from core.messages import Address, Attachment, Inbound

log = logging.getLogger(__name__)

QUICK = 2.0
"""Seconds in which something must be received to be acknowledged only then."""
GLANCE = 1.5
"""Seconds that the desk has for drawing a form or completing a question."""
SILENT = 6.0
"""Seconds after which what was received has no answer: in a room what it did shows there, and
whoever is held back or shut out is told nothing.
"""
LOOKS = 150
"""Silences in the fifteen minutes for which an answer can be filled in."""
NOT_KEPT = mark(
    "Your message could not be kept so far. If no confirmation comes in the next few minutes, "
    "nobody will see it: please send it again then. This is what you wrote:"
)
"""A try that is under way may still succeed."""
T = TypeVar("T")
Quoted = Recent[str, tuple[Attachment, ...]]


class Answering:
    """For as long as one connection is listened to."""

    def __init__(
        self,
        receive: Receive,
        lanes: Lanes,
        acknowledging: Acknowledging,
        desk: Lookup | None,
        languages: Languages,
        application: str,
        quoted: Quoted,
        sleep: Sleep,
        quick: float = QUICK,
    ) -> None:
        self._receive = receive
        self._lanes = lanes
        self._acknowledging = acknowledging
        self._desk = desk
        self._languages = languages
        self._application = application
        self._quoted = quoted
        self._sleep = sleep
        self._quick = quick

    async def take(self, one: Interaction) -> None:
        until = asyncio.get_running_loop().time() + self._quick
        try:
            if one.asked is Asked.COMPLETION:
                await self._complete(one)
            elif one.inbound is None:
                log.warning("an interaction was not understood", extra={"event": one.id})
            elif one.asked is Asked.FORM:
                await self._take_form(one, self._with_quoted(one.inbound), until)
            elif not await self._open_form(one, one.inbound):
                await self._take_other(one, one.inbound, until)
        finally:
            self._acknowledging.settle(one.token, False)

    async def _complete(self, one: Interaction) -> None:
        found = await self._ask_desk(
            lambda desk: desk.complete(typed(one.data), one.sender.language, OPTIONS)
        )
        choices = [
            {"name": cut(choice.label, OPTION_LABEL), "value": choice.value}
            for choice in (found or ())[:OPTIONS]
            if choice.label
        ]
        await self._acknowledging.answer(one, {"type": COMPLETE, "data": {"choices": choices}})

    async def _open_form(self, one: Interaction, inbound: Inbound) -> bool:
        if not one.may_open_form:
            return False
        form = await self._ask_desk(lambda desk: desk.form(inbound))
        if form is None:
            return False
        if one.quoted:
            self._quoted.put(one.id, one.quoted)
        return await self._acknowledging.answer(one, {"type": OPEN, "data": to_modal(form, one.id)})

    async def _ask_desk(self, ask: Callable[[Lookup], Awaitable[T | None]]) -> T | None:
        """None when it does not know, or not in time: then things go on step by step."""
        if self._desk is None:
            return None
        try:
            async with asyncio.timeout(GLANCE):
                return await ask(self._desk)
        except Exception as error:
            log.warning("the desk could not be asked", extra={"error": type(error).__name__})
            return None

    async def _take_other(self, one: Interaction, inbound: Inbound, until: float) -> None:
        if not one.private:
            self._acknowledging.expect(one.token)
        received = self._offer(inbound)
        if one.private:
            await self._in_time(received, until)
        await self._acknowledge(one, inbound.address, received)

    async def _acknowledge(
        self, one: Interaction, place: Address, received: asyncio.Future[bool]
    ) -> None:
        """And in the end nothing stands there that waits for an answer."""
        if not await self._acknowledging.acknowledge(one) or one.is_quiet:
            return
        await received
        if one.private:
            await self._acknowledging.take_away(one, self._application)
        else:
            await self._wait_for_answer(place)
            await self._acknowledging.release(one, self._application)

    async def _wait_for_answer(self, place: Address) -> None:
        """Whoever sends it, be it another desk: what was promised is not taken from under it."""
        for _ in range(LOOKS):
            await self._sleep(SILENT)
            if not await self._ask_desk(lambda desk: desk.is_speaking(place)):
                break

    async def _take_form(self, one: Interaction, inbound: Inbound, until: float) -> None:
        """One that is not received in time is given back: its writer should not be left to believe
        that somebody reads it.
        """
        if not one.private:
            self._acknowledging.expect(one.token)
        given_up = asyncio.Event()
        received = self._offer(inbound, given_up.is_set)
        if await self._in_time(received, until):
            await self._acknowledge(one, inbound.address, received)
        else:
            given_up.set()
            await self._give_back(one, inbound)

    def _offer(
        self, inbound: Inbound, given_up: Callable[[], bool] = lambda: False
    ) -> asyncio.Future[bool]:
        """Done, in its turn, once it was received."""
        received: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        async def work() -> None:
            attempt = partial(self._receive, inbound)
            taken = await insist(attempt, self._sleep, inbound.event, given_up)
            if not received.done():
                received.set_result(taken)

        place = inbound.address
        lane = place.thread if inbound.in_room else f"{place.chat}{place.thread}"
        self._lanes.put(lane, work)
        return received

    async def _in_time(self, received: asyncio.Future[bool], until: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout_at(until):
                return await asyncio.shield(received)
        return False

    def _with_quoted(self, inbound: Inbound) -> Inbound:
        """With the files of the message on which the form was opened."""
        quoted = self._quoted.get(inbound.message.removeprefix("f:")) or ()
        return replace(inbound, attachments=(*quoted, *inbound.attachments))

    async def _give_back(self, one: Interaction, inbound: Inbound) -> None:
        said = self._languages.speak(one.sender.language).t(NOT_KEPT)
        data = to_return(said, [value for _, value in inbound.values if value])
        self._acknowledging.promise_nothing(one.token)
        await self._acknowledging.answer(one, {"type": SAY, "data": data})
