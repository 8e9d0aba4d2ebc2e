"""Telling Discord in time that an interaction arrived, and knowing later whether that worked.

https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object
"""

import asyncio
import logging
from typing import Any

from bots.discord.failures import ACKNOWLEDGED, Denied, Trouble
from bots.discord.interactions import Interaction
from bots.discord.recent import Recent
from bots.discord.render import EPHEMERAL, LOADING
from bots.discord.rest import Rest

log = logging.getLogger(__name__)

Json = dict[str, Any]

SAY, THINK, NOTHING_NEW, COMPLETE, OPEN = 4, 5, 6, 8, 9
CALLBACK = "/interactions/{webhook_id}/{webhook_token}/callback"
"""The names are those by which the library tells rate limits apart: each interaction has its own.
"""
ORIGINAL = "/webhooks/{webhook_id}/{webhook_token}/messages/@original"
REMEMBERED = 10_000


class Acknowledging:
    def __init__(self, rest: Rest) -> None:
        self._rest = rest
        self._known: Recent[str, asyncio.Future[bool]] = Recent(REMEMBERED)
        self._nothing_promised: Recent[str, bool] = Recent(REMEMBERED)
        self._kept: Recent[str, bool] = Recent(REMEMBERED)

    def expect(self, token: str) -> None:
        """An answer may be ready before we have acknowledged: from now on `outcome` waits."""
        if token not in self._known:
            self._known.put(token, asyncio.get_running_loop().create_future())

    async def outcome(self, token: str) -> bool | None:
        """Whether it was acknowledged by us; None when this process knows nothing of it."""
        known = self._known.get(token)
        return None if known is None else await asyncio.shield(known)

    def has_promised(self, token: str) -> bool:
        """Whether a message stands there that the first answer fills."""
        return token not in self._nothing_promised

    def keep(self, token: str) -> None:
        """What was promised is being said."""
        self._kept.put(token, True)

    def promise_nothing(self, token: str) -> None:
        """What comes from now on stands for itself."""
        self._nothing_promised.put(token, True)

    def settle(self, token: str, done: bool) -> None:
        """Whoever waits for its outcome waits no longer."""
        known = self._known.get(token)
        if known and not known.done():
            known.set_result(done)

    async def release(self, one: Interaction, application: str) -> None:
        """Nothing was said in time: nothing is promised any more. Meanwhile answers wait, since the
        first would fill what is taken away.
        """
        if one.token in self._kept:
            return
        self._known.drop(one.token)
        self.expect(one.token)
        try:
            if await self._is_open(one, application):
                await self.take_away(one, application)
        finally:
            self.promise_nothing(one.token)
            self.settle(one.token, True)

    async def _is_open(self, one: Interaction, application: str) -> bool:
        """Another desk may have filled it, of which we know nothing."""
        try:
            told = await self._rest.call(
                "GET", ORIGINAL, webhook_id=application, webhook_token=one.token
            )
        except Trouble:
            return False
        return bool((told.get("flags") or 0) & LOADING)

    async def acknowledge(self, one: Interaction) -> bool:
        """In a server by promising an answer that only its asker sees. In private, the answer is
        an ordinary message: a button only stops to wait, and of a command nothing should stay.
        A button in a room may well be answered by nothing but a changed message.
        """
        if one.is_quiet:
            self.promise_nothing(one.token)
            return await self.answer(one, {"type": NOTHING_NEW})
        return await self.answer(one, {"type": THINK, "data": {"flags": EPHEMERAL}})

    async def answer(self, one: Interaction, body: Json) -> bool:
        """The first answer, of which there can be only one. True as well when an earlier try
        arrived, or Discord told us twice.
        """
        done = False
        try:
            await self._rest.call(
                "POST", CALLBACK, body, webhook_id=one.id, webhook_token=one.token
            )
            done = True
        except Trouble as error:
            if isinstance(error, Denied) and error.code == ACKNOWLEDGED:
                return True
            log.warning(
                "an interaction was not answered", extra={"event": one.id, "error": str(error)}
            )
        finally:
            self.settle(one.token, done)
        return done

    async def take_away(self, one: Interaction, application: str) -> None:
        """Whatever stands there for the interaction."""
        try:
            await self._rest.call(
                "DELETE", ORIGINAL, webhook_id=application, webhook_token=one.token
            )
        except Trouble as error:
            log.info("a command stays on the screen", extra={"error": str(error)})
