"""The story of one message: remember it, understand it, answer it, in one transaction."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

from sqlalchemy.exc import DBAPIError

from core.adapter import Limits
from core.answers import Answers
from core.cleaning import clean_text
from core.dialogs.routing import is_question
from core.faq_matcher import Found
from core.i18n import Languages
from core.masking import mask
from core.messages import Address, Inbound, Kind
from core.pack import Pack
from core.reception import Reception, set_aside, take
from core.store import Store

log = logging.getLogger(__name__)


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
        after_commit: Callable[[], None],
    ) -> None:
        self._store = store
        self._languages = languages
        self._answers = answers
        self._reception = Reception(pack, languages, limits, per_minute)
        self._clock = clock
        self._after_commit = after_commit
        self._lanes: WeakValueDictionary[Address, asyncio.Lock] = WeakValueDictionary()

    async def receive(self, inbound: Inbound) -> None:
        """What came in is on disk with all that follows from it when this returns.

        Raises only when the database cannot be written: then nothing was kept, and the platform
        should deliver it again.
        """
        clean = replace(inbound, text=mask(clean_text(inbound.text)))
        lane = self._lanes.setdefault(clean.address, asyncio.Lock())
        async with lane:  # messages of one address go one after the other
            found = await self._look_up(clean)
            await self._keep(clean, found)
        self._after_commit()

    async def _keep(self, inbound: Inbound, found: Found | None) -> None:
        now = self._clock()
        try:
            await self._store.write(partial(take, self._reception, inbound, found, now))
        except DBAPIError:
            raise
        except Exception:  # a fault of ours must not stop the platform's stream
            log.exception("inbound set aside", extra={"event": inbound.event})
            await self._store.write(partial(set_aside, self._reception, inbound, now))

    async def _look_up(self, inbound: Inbound) -> Found | None:
        asks = inbound.private and inbound.kind in (Kind.MESSAGE, Kind.EDIT)
        if not asks or not is_question(inbound.text):
            return None
        try:
            language = self._languages.nearest(inbound.sender.language)
            return await self._answers.find(inbound.text, language)
        except Exception:  # without the FAQ there are still tickets
            log.exception("the matcher failed", extra={"event": inbound.event})
            return None
